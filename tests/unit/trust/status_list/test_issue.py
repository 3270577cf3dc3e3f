from datetime import datetime, timedelta

import pytest

from idwallet import limits
from idwallet.codec.cbor import read_cbor
from idwallet.codec.json import read_object
from idwallet.envelope.cose import CoseRules, TagRule, read_sign1
from idwallet.envelope.jws import read_compact
from idwallet.errors import UsageError
from idwallet.testing.pki import MOMENT, TestPki
from idwallet.trust.status_list import (
    StatusListContent,
    issue_status_list,
    issue_status_list_cwt,
)

ISSUER = TestPki(seed=b"status lists").issuer()
URI = "https://issuer.example/status/1"
FULL = StatusListContent(
    uri=URI,
    bits=2,
    array=b"\xc9\x44\xf9",
    expires=MOMENT + timedelta(days=1),
    ttl=timedelta(hours=1),
    aggregation_uri="https://issuer.example/status",
)
BARE = StatusListContent(uri=URI, bits=1, array=b"\xb9\xa3")


def test_a_list_says_all_that_it_was_given() -> None:
    token = issue_status_list(
        FULL, signer=ISSUER.signer, certificates=ISSUER.chain, kid="1", at=MOMENT
    )
    jws = read_compact(token, at="")
    assert (jws.header.typ, jws.header.kid) == ("statuslist+jwt", "1")
    assert jws.header.x5c == ISSUER.chain
    assert read_object(jws.payload, at="") == {
        "sub": URI,
        "iat": int(MOMENT.timestamp()),
        "exp": int(MOMENT.timestamp()) + 86_400,
        "ttl": 3600,
        "status_list": {
            "bits": 2,
            "lst": "eNo76fITAAPfAgc",
            "aggregation_uri": "https://issuer.example/status",
        },
    }


def test_a_list_says_no_more_than_it_was_given() -> None:
    jws = read_compact(issue_status_list(BARE, signer=ISSUER.signer, at=MOMENT), at="")
    assert set(jws.header.parameters) == {"alg", "typ"}
    assert set(read_object(jws.payload, at="")) == {"sub", "iat", "status_list"}


def test_the_same_list_at_the_same_moment_has_the_same_payload() -> None:
    one, other = (
        read_compact(issue_status_list(FULL, signer=ISSUER.signer, at=MOMENT), at="")
        for _ in range(2)
    )
    assert one.payload == other.payload


def test_a_cwt_says_all_that_it_was_given() -> None:
    token = issue_status_list_cwt(
        FULL, signer=ISSUER.signer, certificates=ISSUER.chain, kid=b"1", at=MOMENT
    )
    sign1 = read_sign1(token, at="", rules=CoseRules(TagRule.UNTAGGED))
    assert sign1.header.typ == "application/statuslist+cwt"
    assert (sign1.kid, sign1.x5chain) == (b"1", ISSUER.chain)
    assert read_cbor(sign1.payload, at="") == {
        2: URI,
        6: int(MOMENT.timestamp()),
        4: int(MOMENT.timestamp()) + 86_400,
        65534: 3600,
        65533: {
            "bits": 2,
            "lst": bytes.fromhex("78da3be9f2130003df0207"),
            "aggregation_uri": "https://issuer.example/status",
        },
    }


def test_a_cwt_says_no_more_than_it_was_given() -> None:
    token = issue_status_list_cwt(BARE, signer=ISSUER.signer, at=MOMENT)
    sign1 = read_sign1(token, at="", rules=CoseRules(TagRule.UNTAGGED))
    claims = read_cbor(sign1.payload, at="")
    assert isinstance(claims, dict)
    assert set(claims) == {2, 6, 65533}
    assert (sign1.kid, sign1.x5chain) == (None, ())


@pytest.mark.parametrize(
    "change",
    [
        {"uri": ""},
        {"uri": "h" * (limits.URI_CHARACTERS + 1)},
        {"bits": 3},
        {"array": b""},
        {"expires": datetime(2026, 12, 1)},  # noqa: DTZ001 - the fault
        {"ttl": timedelta()},
    ],
)
def test_what_no_reader_takes_is_refused(change: dict[str, object]) -> None:
    given = {"uri": URI, "bits": 1, "array": b"\0", **change}
    with pytest.raises(UsageError):
        StatusListContent(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize("issue", [issue_status_list, issue_status_list_cwt])
def test_a_list_is_issued_at_a_moment_before_it_expires(issue) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UsageError, match="expires"):
        issue(FULL, signer=ISSUER.signer, at=MOMENT + timedelta(days=1))


def test_a_list_too_long_when_compressed_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "STATUS_LIST_COMPRESSED_BYTES", 9)
    with pytest.raises(UsageError, match="divide"):
        issue_status_list(BARE, signer=ISSUER.signer, at=MOMENT)
