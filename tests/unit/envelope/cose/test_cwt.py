"""CWT claims: each wrong type beside the right one."""

from datetime import UTC, datetime

import pytest

from idwallet import limits
from idwallet.codec.cbor import CborTag, CborValue, write_cbor
from idwallet.envelope.cose import Cwt, read_cwt
from idwallet.errors import LimitError, MalformedError

GOOD: dict[int | str | bytes, CborValue] = {
    1: "https://issuer.example",
    2: "12345",
    3: "https://verifier.example",
    4: 2_291_720_170,
    5: 1_686_920_170,
    6: 1_686_920_170.5,
    7: b"\x0b\x71",
    65533: {"bits": 1},
    "own": [1, None],
}


def read(changes: dict[int | str | bytes, CborValue] | None = None) -> Cwt:
    return read_cwt(write_cbor({**GOOD, **(changes or {})}), at="cwt")


def refusal(data: bytes) -> MalformedError:
    with pytest.raises(MalformedError) as caught:
        read_cwt(data, at="cwt")
    return caught.value


def test_registered_claims_have_their_types_and_unknown_ones_are_kept() -> None:
    cwt = read()
    assert cwt.issuer == "https://issuer.example"
    assert cwt.subject == "12345"
    assert cwt.audience == ("https://verifier.example",)
    assert cwt.expires == datetime(2042, 8, 15, 12, 56, 10, tzinfo=UTC)
    assert cwt.not_before == datetime(2023, 6, 16, 12, 56, 10, tzinfo=UTC)
    assert cwt.issued == datetime(2023, 6, 16, 12, 56, 10, 500_000, tzinfo=UTC)
    assert cwt.identifier == b"\x0b\x71"
    assert dict(cwt.claims) == GOOD


def test_every_claim_may_be_absent() -> None:
    cwt = read_cwt(b"\xa0", at="cwt")
    assert (cwt.issuer, cwt.subject, cwt.audience) == (None, None, ())
    assert (cwt.expires, cwt.not_before, cwt.issued) == (None, None, None)
    assert cwt.identifier is None


def test_several_audiences_may_be_named() -> None:
    assert read({3: ["a", "b"]}).audience == ("a", "b")
    assert read({3: []}).audience == ()


def test_claims_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        read().claims[4] = 0


@pytest.mark.parametrize("label", [1, 2])
@pytest.mark.parametrize("value", [b"text", 1, None, ["a"], True])
def test_an_issuer_or_subject_that_is_no_text_is_refused(
    label: int, value: CborValue
) -> None:
    assert refusal(write_cbor({**GOOD, label: value})).at == f"cwt/{label}"


@pytest.mark.parametrize("value", [b"a", 1, None, [b"a"], ["a", 1], {"a": 1}])
def test_an_audience_that_is_no_text_is_refused(value: CborValue) -> None:
    assert refusal(write_cbor({**GOOD, 3: value})).at == "cwt/3"


@pytest.mark.parametrize("label", [4, 5, 6])
@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        "1686920170",
        b"1",
        -1,
        -0.5,
        [1_686_920_170],
        limits.NUMERIC_DATE_MAXIMUM + 1,
        float(limits.NUMERIC_DATE_MAXIMUM) + 1,
        2**64 - 1,
        float("inf"),
        float("nan"),
        CborTag(1, 1_686_920_170),
        CborTag(0, "2023-06-16T12:56:10Z"),
    ],
    ids=repr,
)
def test_a_moment_that_is_no_numeric_date_is_refused(
    label: int, value: CborValue
) -> None:
    read({label: 1_686_920_170})
    error = refusal(write_cbor({**GOOD, label: value}))
    assert (error.at, error.clause) == (f"cwt/{label}", "RFC 8392 §2")


@pytest.mark.parametrize("value", [0, 0.0, limits.NUMERIC_DATE_MAXIMUM])
def test_the_ends_of_time_are_moments(value: float) -> None:
    assert read({4: value}).expires == datetime.fromtimestamp(value, UTC)


@pytest.mark.parametrize("value", ["0b71", 1, None, [b"a"]])
def test_an_identifier_that_is_no_byte_string_is_refused(value: CborValue) -> None:
    assert refusal(write_cbor({**GOOD, 7: value})).at == "cwt/7"


@pytest.mark.parametrize(
    "value", [None, [], [[4, 1]], "", b"", 1, CborTag(18, []), CborTag(61, {})]
)
def test_what_is_no_map_of_claims_is_refused(value: CborValue) -> None:
    assert refusal(write_cbor(value)).what == "not a map of claims"


def test_a_claim_under_a_byte_string_is_refused() -> None:
    assert refusal(write_cbor({**GOOD, b"x": 1})).what == "not a map of claims"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xa0\x00",  # an octet behind it
        b"\xa2\x04\x01\x04\x02",  # a claim twice
        b"\xa1\x18\x04\x01",  # a label not in its shortest form
        b"\xbf\xff",  # indefinite length
    ],
    ids=bytes.hex,
)
def test_claims_in_faulty_cbor_are_refused(data: bytes) -> None:
    assert refusal(data).at == "cwt"


def test_claims_longer_than_the_bound_are_refused_unread() -> None:
    assert isinstance(refusal(bytes(limits.CBOR_BYTES + 1)), LimitError)
