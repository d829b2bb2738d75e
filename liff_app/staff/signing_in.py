"""A colleague comes in: counted, then checked, then given a session.

Three steps, so that a try is in the database before the first byte of a password is compared, and
no transaction stays open while one is.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from liff_app import limits
from liff_app.crypto import KeyRing
from liff_app.errors import NotSignedIn, TooMany
from liff_app.limits import Counter
from liff_app.staff import browsers, codes, doors, lanes, sessions
from liff_app.staff.lanes import STRANGERS, Lane, Try
from liff_app.staff.models import Account, RecoveryCode
from liff_app.staff.passwords import Passwords

__all__ = ["Attempt", "Opened", "Proof", "SignInRefused", "TooManyTries", "count", "knock",
           "open_console", "proof_of", "prove", "totp_context", "use_up"]  # fmt: skip

WINDOW_SECONDS = 60
BY_ADDRESS = 20  # a minute, of strangers
LANE_SECONDS = 15  # short, so that a flood cannot take all tries of a minute in its first second
BY_LANE = {Lane.FRESH: 5, Lane.CROWD: 2}  # in LANE_SECONDS, of all names together
MAX_LOGIN = 64
NETWORK_CHARS = 16  # of its digest, enough to tell networks of a quarter of an hour apart
NOBODYS_SECRET = "A" * 32  # checked where there is no account, for the time it takes


class SignInRefused(NotSignedIn):
    """Something does not fit. Which part, and whether there is such a name, is not told."""

    code = "sign_in_refused"
    title = "ログイン名、パスワード、確認コードのどれかがちがいます。"


class TooManyTries(TooMany):
    """All tries of this minute are used up; the next minute has new ones."""

    title = (
        "このログイン名は、いま続けて試されています。1分ほど待ってから、もう一度お試しください。"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What was typed, and from where. `known` is the cookie of a browser that signed in before."""

    login: str
    password: str = field(repr=False)
    code: str = field(repr=False)
    address: str | None = field(repr=False)
    known: str | None = field(repr=False)

    @property
    def name(self) -> str:
        """The login name as accounts spell it."""
        printable = "".join(one for one in self.login if one.isprintable())
        return printable.strip().lower()[:MAX_LOGIN]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """That password and code fitted: what is still to be used up, once, when the door opens."""

    account_id: str
    step: int | None
    recovery: bytes | None
    new_hash: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A session: the cookies to be set, whose it is, and how many recovery codes are left."""

    account_id: str
    session_token: str = field(repr=False)
    browser_token: str = field(repr=False)
    by_recovery: bool
    previous: datetime | None


def knock(
    session: Session, attempt: Attempt, *, counts: Counter, keys: KeyRing, now: datetime
) -> None:
    """Raises TooMany where no try is left: reads only, so that a flood ends here.

    Strangers are counted together, by address and by lane. Whoever has a lane of their own is not:
    an attacker in the same town hall would shut them out.
    """
    visit = _visit(session, attempt, keys, now)
    lane = visit.lane(
        doors.tries_at(session, visit.at_name), doors.tries_at(session, visit.at_network)
    )
    if lane in STRANGERS:
        address = f"staff:{attempt.address}"
        limits.allow(counts, address, most=BY_ADDRESS, window_seconds=WINDOW_SECONDS)
        most = BY_LANE[lane]
        limits.allow(counts, f"staff:{lane}", most=most, window_seconds=LANE_SECONDS)


def count(session: Session, attempt: Attempt, *, keys: KeyRing, now: datetime) -> Lane:
    """The try is counted and may be checked, once this transaction is committed.

    Raises TooManyTries where its lanes are full; nothing is written then.
    """
    visit = _visit(session, attempt, keys, now)
    name = doors.locked(session, visit.at_name, now)
    network = doors.locked(session, visit.at_network, now)  # always after the name's
    lane = visit.lane(doors.read(name), doors.read(network))
    doors.count(name, lane, network=visit.network, now=now)
    if lane is Lane.FRESH:
        doors.count(network, lane, network=visit.network, now=now)
    return lane


@dataclass(frozen=True, slots=True, kw_only=True)
class _Visit:
    """At which doors somebody stands, and what they show."""

    at_name: bytes
    at_network: bytes
    known: bool
    proven: bool
    now: datetime

    @property
    def network(self) -> str:
        """The network as tries remember it."""
        return self.at_network.hex()[:NETWORK_CHARS]

    def lane(self, at_name: list[Try], of_network: list[Try]) -> Lane:
        """The lane of this try. Raises TooManyTries."""
        mine = lanes.lanes_of(
            at_name,
            of_network,
            known=self.known,
            proven=self.proven,
            network=self.network,
            now=self.now,
        )
        lane = lanes.free_lane(at_name, mine, self.now)
        if lane is None:
            raise TooManyTries("no try left in this minute")
        return lane


def _visit(session: Session, attempt: Attempt, keys: KeyRing, now: datetime) -> _Visit:
    network = doors.network_of(attempt.address)
    known, proven = _shown(session, attempt, now)
    return _Visit(
        at_name=doors.subject_of(keys, "name", attempt.name),
        at_network=doors.subject_of(keys, "network", network),
        known=known,
        proven=proven,
        now=now,
    )


def _shown(session: Session, attempt: Attempt, now: datetime) -> tuple[bool, bool]:
    """Whether the browser signed in as them before, and whether a recovery code of theirs came.

    The code's 80 bits cannot be guessed, so looking it up is no try; it is not used up by it.
    """
    # A name that nobody has is looked up in the same tables, for the time that takes.
    account_id = session.scalar(select(Account.id).where(Account.login == attempt.name)) or ""
    known = browsers.is_known(session, attempt.known, account_id, now=now)
    return known, _recovery_of(session, account_id, attempt.code) is not None


def _recovery_of(session: Session, account_id: str, code: str) -> bytes | None:
    """Digest of the code if it is one of the account's unused ones."""
    if not codes.looks_like_recovery(code):
        return None
    digest = codes.recovery_digest(code)
    found = session.get(RecoveryCode, digest)
    return digest if found is not None and found.account_id == account_id else None


def prove(
    session: Session,
    attempt: Attempt,
    lane: Lane,
    *,
    passwords: Passwords,
    keys: KeyRing,
    now: datetime,
) -> Proof:
    """Password and code fit. Call it outside a transaction: it takes a good part of a second.

    Raises SignInRefused, after the same work, for whatever does not fit, and TurnTaken at once for
    a stranger while another stranger's password is checked.
    """
    account = session.scalar(select(Account).where(Account.login == attempt.name))
    usable = account is not None and account.disabled_at is None
    kept = account.password_hash if account is not None and usable else None
    fits = passwords.fits(kept, attempt.password, stranger=lane in STRANGERS)
    proof = proof_of(session, account, attempt.code, keys=keys, now=now)
    if proof is None or kept is None or not fits:
        raise SignInRefused("refused")
    if passwords.is_outdated(kept):
        return replace(proof, new_hash=passwords.kept(attempt.password))
    return proof


def proof_of(
    session: Session, account: Account | None, code: str, *, keys: KeyRing, now: datetime
) -> Proof | None:
    """That the code is the phone's present one or an unused recovery code; None if neither."""
    step = codes.step_of(_secret(account, keys), code, now=now, after=_last_step(account))
    recovery = _recovery_of(session, account.id if account else "", code)
    if account is None or (step is None and recovery is None):
        return None
    return Proof(
        account_id=account.id, step=step, recovery=recovery if step is None else None, new_hash=None
    )


def _secret(account: Account | None, keys: KeyRing) -> str:
    if account is None or account.totp_sealed is None:
        return NOBODYS_SECRET
    return keys.open(account.totp_sealed, totp_context(account.id))


def _last_step(account: Account | None) -> int | None:
    return account.totp_step if account is not None else None


def totp_context(account_id: str) -> str:
    """For what an account's secret is sealed."""
    return f"staff_accounts.totp_sealed:{account_id}"


def open_console(
    session: Session, proof: Proof, *, known: str | None, browser: str, now: datetime
) -> Opened:
    """The proof is used up and a new session begun. Raises SignInRefused if it was used before."""
    account = session.get_one(
        Account, proof.account_id, with_for_update=True, populate_existing=True
    )
    if account.disabled_at is not None or not use_up(session, account, proof):
        raise SignInRefused("used before")
    if proof.new_hash is not None:
        account.password_hash = proof.new_hash
    previous, account.signed_in_at = account.signed_in_at, now
    return Opened(
        account_id=account.id,
        session_token=sessions.start(session, account.id, browser=browser, now=now),
        browser_token=browsers.remember(session, known, account.id, now=now),
        by_recovery=proof.recovery is not None,
        previous=previous,
    )


def use_up(session: Session, account: Account, proof: Proof) -> bool:
    """The code counts as used; False if somebody used it in the meantime. The row is locked."""
    if proof.recovery is not None:
        mine = RecoveryCode.digest == proof.recovery
        result = session.execute(delete(RecoveryCode).where(mine))
        return bool(result.rowcount)  # type: ignore[attr-defined]  # a DELETE has a row count
    if proof.step is None or (account.totp_step is not None and proof.step <= account.totp_step):
        return False
    account.totp_step = proof.step
    return True
