import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest

from liff_app.errors import DomainError, NotSignedIn, Unavailable
from liff_app.gateways.line_login import (
    JwksSource,
    LineIdentity,
    LineLogin,
    LocalLineLogin,
    LoginUnavailable,
    RecordingLineLogin,
    TokenExpired,
    TokenInvalid,
)
from tests.gateways.forged_tokens import matrix
from tests.gateways.token_attack import (
    FLAWED,
    NoSignatureCheck,
    attack,
    mutations,
    verifier,
)
from tests.gateways.token_mint import (
    CHANNEL,
    NOW,
    ORDER,
    OTHER_CHANNEL,
    STRANGER_KEY,
    USER,
    b64,
    claims,
    good_tokens,
    header,
    raw_signature,
    seal,
    unb64,
)

EXPIRED = ["expired", "expired a day ago"]


@pytest.mark.parametrize(("name", "token"), matrix().items(), ids=str)
def test_a_forged_token_is_refused_with_our_own_error(name: str, token: object) -> None:
    wanted = TokenExpired if name in EXPIRED else TokenInvalid
    with pytest.raises(wanted):
        verifier().verify(token, now=NOW)


@pytest.mark.parametrize(
    "name",
    [
        "alg none, properly signed",
        "alg ES384",
        "HMAC under the name ES256",
        "HS256 with the public key's PEM",
        "jwk and the forger's key",
        "crit though signed by LINE",
        "signature with r zero",
        "signature with s zero",
        "signature with s the group order",
        "signature one byte short",
        "signature one byte long",
        "signature with a zero between r and s",
        "signature in DER",
        "other trailing bits",
        "padding",
        "plus and slash",
        "full-width letter",
    ],
)
def test_our_own_checks_refuse_what_the_library_should_refuse_too(name: str) -> None:
    with pytest.raises(TokenInvalid):
        verifier(NoSignatureCheck).verify(matrix()[name], now=NOW)


def test_the_matrix_holds_the_forgeries_we_promise() -> None:
    assert len(matrix()) >= 100


@pytest.mark.parametrize("caught_by", FLAWED)
def test_a_planted_flaw_is_caught_by_the_matrix(caught_by: str) -> None:
    outcome = attack(FLAWED[caught_by](), matrix().items())
    assert caught_by in outcome.accepted
    assert not outcome.uncaught


def test_ten_thousand_mutations_are_refused_without_another_error() -> None:
    outcome = attack(verifier(), mutations(10_000, seed=20251122))
    assert outcome.tried == 10_000
    assert (outcome.accepted, outcome.expired, outcome.uncaught) == ([], [], [])


def test_mutations_get_through_where_the_signature_is_not_checked() -> None:
    outcome = attack(verifier(NoSignatureCheck), mutations(500, seed=3))
    assert len(outcome.accepted) > 50


def test_a_thousand_good_tokens_are_accepted() -> None:
    login = verifier()
    for token in good_tokens(1000, seed=7):
        said = json.loads(unb64(token.split(".")[1]))
        assert login.verify(token, now=NOW).sub == said["sub"]


def test_a_good_token_gives_the_id_the_times_and_nothing_personal() -> None:
    found = verifier().verify(seal(header(), claims(aud=OTHER_CHANNEL)), now=NOW)
    assert (found.sub, found.audience) == (USER, OTHER_CHANNEL)
    assert found.issued_at == NOW - timedelta(seconds=30)
    assert found.expires_at - found.issued_at == timedelta(hours=1)
    assert len(found.token_digest) == hashlib.sha256().digest_size
    assert USER not in repr(found)
    assert set(LineIdentity.__slots__) == {
        "sub", "audience", "issued_at", "expires_at", "token_digest",
    }  # fmt: skip


@pytest.mark.parametrize(("late_s", "accepted"), [(0, True), (59, True), (60, False), (61, False)])
def test_a_token_lives_one_minute_beyond_its_end(late_s: int, *, accepted: bool) -> None:
    token = seal(header(), claims())
    now = NOW + timedelta(seconds=3570 + late_s)
    if accepted:
        assert verifier().verify(token, now=now).sub == USER
    else:
        with pytest.raises(TokenExpired):
            verifier().verify(token, now=now)


def test_a_clock_a_minute_behind_line_still_lets_people_in() -> None:
    second = int(NOW.timestamp())
    assert verifier().verify(seal(header(), claims(iat=second + 60)), now=NOW)
    with pytest.raises(TokenInvalid):
        verifier().verify(seal(header(), claims(iat=second + 62)), now=NOW)


@pytest.mark.parametrize("change", [{"aud": "1659999999"}, {"iss": "https://evil.example"}])
def test_an_expired_forgery_is_called_invalid_so_the_forger_learns_nothing(
    change: dict[str, object],
) -> None:
    old = {"exp": int(NOW.timestamp()) - 7200, "iat": int(NOW.timestamp()) - 10800}
    for token in (
        seal(header(), claims(**old, **change)),
        seal(header(), claims(**old), STRANGER_KEY),
    ):
        with pytest.raises(TokenInvalid):
            verifier().verify(token, now=NOW)


def test_headers_and_claims_line_may_add_one_day_do_not_lock_people_out() -> None:
    token = seal(header(ver=2), claims(new_claim={"a": [1.5, None]}))
    assert verifier().verify(token, now=NOW).sub == USER


def test_half_an_emoji_in_a_name_does_not_lock_its_owner_out() -> None:
    body = json.dumps(claims(name="花子\ud83d")).encode()  # escaped, as LINE's ASCII JSON would be
    assert verifier().verify(seal(header(), body), now=NOW).sub == USER


def test_the_mirrored_signature_of_a_token_has_the_same_digest() -> None:
    token = seal(header(), claims())
    signed = token.rpartition(".")[0]
    r, s = raw_signature(signed)
    mirrored = f"{signed}.{b64(r.to_bytes(32) + (ORDER - s).to_bytes(32))}"
    assert mirrored != token
    login = verifier()
    assert login.verify(mirrored, now=NOW) == login.verify(token, now=NOW)


def test_two_tokens_have_two_digests() -> None:
    login = verifier()
    digests = {login.verify(token, now=NOW).token_digest for token in good_tokens(50, seed=2)}
    assert len(digests) == 50


def test_no_key_is_fetched_for_a_token_whose_claims_are_wrong() -> None:
    asked: list[str] = []

    def fetch(url: str, _timeout_s: float) -> bytes:
        asked.append(url)
        raise OSError

    login = LocalLineLogin(
        JwksSource("https://line.invalid/certs", fetch=fetch),
        issuer="https://access.line.me",
        audiences=frozenset({CHANNEL}),
    )
    with pytest.raises(TokenInvalid):
        login.verify(seal(header(kid="new"), claims(aud="1659999999")), now=NOW)
    assert asked == []


@pytest.mark.parametrize(
    ("issuer", "audiences"), [("", {CHANNEL}), ("https://access.line.me", set()), ("x", {""})]
)
def test_a_verifier_without_issuer_or_channel_does_not_start(
    issuer: str, audiences: set[str]
) -> None:
    source = JwksSource("https://line.invalid/certs", fetch=lambda _u, _t: b"")
    with pytest.raises(ValueError, match="channel id"):
        LocalLineLogin(source, issuer=issuer, audiences=frozenset(audiences))


@pytest.mark.parametrize(
    ("kind", "code", "family"),
    [
        (TokenInvalid, "token_invalid", NotSignedIn),
        (TokenExpired, "token_expired", NotSignedIn),
        (LoginUnavailable, "login_unavailable", Unavailable),
    ],
)
def test_errors_have_the_codes_of_the_contract(
    kind: type[DomainError], code: str, family: type[DomainError]
) -> None:
    assert kind.code == code
    assert issubclass(kind, family)
    assert kind.title != family.title


def _identity() -> LineIdentity:
    return LineIdentity(
        sub=USER,
        audience=CHANNEL,
        issued_at=NOW,
        expires_at=NOW + timedelta(hours=1),
        token_digest=b"\0" * 32,
    )


def test_the_recording_login_answers_from_its_table() -> None:
    login: LineLogin = RecordingLineLogin({"a": _identity(), "b": LoginUnavailable("down")})
    assert login.verify("a", now=NOW).sub == USER
    with pytest.raises(LoginUnavailable):
        login.verify("b", now=NOW)
    with pytest.raises(TokenInvalid):
        login.verify(["a"], now=NOW)
    with pytest.raises(TokenExpired):
        login.verify("a", now=datetime(2030, 1, 1, tzinfo=UTC))


def test_the_recording_login_refuses_to_work_inside_a_transaction() -> None:
    login = RecordingLineLogin({"a": _identity()}, in_transaction=lambda: True)
    with pytest.raises(RuntimeError, match="transaction"):
        login.verify("a", now=NOW)
    assert login.asked == []
