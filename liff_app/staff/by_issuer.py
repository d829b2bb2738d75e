"""A colleague comes in whom the town's own issuer has proven (ADR 0017)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from liff_app.staff import browsers, sessions
from liff_app.staff.models import Account
from liff_app.staff.service import LOGIN
from liff_app.staff.signing_in import Opened, SignInRefused

__all__ = ["open_console"]

NO_ACCOUNT = "この名前の職員は登録されていません。管理者に登録をたのんでください。"


def open_console(
    session: Session,
    login: str,
    *,
    proven_at: datetime | None,
    known: str | None,
    browser: str,
    now: datetime,
) -> Opened:
    """A new session of the account with that login name.

    Raises SignInRefused where there is none: the issuer makes no accounts.
    """
    account = None
    if _is_login(login):
        account = session.scalar(
            select(Account).where(Account.login == login.lower()).with_for_update()
        )
    if account is None or account.disabled_at is not None:
        raise SignInRefused("no account for this name", title=NO_ACCOUNT)
    previous, account.signed_in_at = account.signed_in_at, now
    long_ago = now - sessions.LONGEST  # an issuer that does not say when is asked again
    return Opened(
        account_id=account.id,
        session_token=sessions.start(
            session, account.id, browser=browser, now=now, confirmed_at=proven_at or long_ago
        ),
        browser_token=browsers.remember(session, known, account.id, now=now),
        by_recovery=False,
        previous=previous,
    )


def _is_login(name: str) -> bool:
    """Whether it is spelled like a login name, but for capitals.

    Only ASCII: the lower case of some other letters is ASCII, U+212A's is a `k`, and the issuer's
    `Kanri` with it is another person than ours.
    """
    return name.isascii() and LOGIN.fullmatch(name.lower()) is not None
