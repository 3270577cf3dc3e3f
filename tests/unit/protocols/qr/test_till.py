"""What is printed at a till is written in one way, and for a bounded time."""

import pytest

from idwallet import limits
from idwallet.codec.cbor import CborKey, CborValue, write_cbor
from idwallet.codec.json import write_json
from idwallet.credentials.query import Query
from idwallet.envelope.cose import CoseForm, CoseHeaders, Sign1Signer, TagForm
from idwallet.errors import IdWalletError, MalformedError
from idwallet.protocols.qr.till import AAD, read_till_code
from idwallet.testing.pki import TestPki

PARTY = TestPki().issuer()
QUERY = write_json(Query.age_over(18, formats=["idwallet-compact"]).to_dcql())
LIFE = int(limits.TILL_LIFETIME.total_seconds())
CHAIN: dict[CborKey, CborValue] = {33: PARTY.chain[0]}
PARTS: tuple[CborValue, ...] = ("shop", "till-3", 0, LIFE, "age", QUERY)


def printed(
    *parts: CborValue,
    inside: dict[CborKey, CborValue] | None = None,
    outside: dict[CborKey, CborValue] | None = None,
) -> bytes:
    headers = CoseHeaders(inside or {}, CHAIN if outside is None else outside)
    by = Sign1Signer(PARTY.signer, headers=headers, form=CoseForm(TagForm.UNTAGGED))
    return by.sign(write_cbor([*(parts or PARTS)]), external_aad=AAD)


def test_a_printed_code_of_the_longest_life_is_read() -> None:
    code = read_till_code(printed(), at="x").code
    assert code.until - code.since == limits.TILL_LIFETIME
    assert code.audience == "shop#till-3"


def test_a_code_that_holds_until_the_end_of_all_years_is_read_and_no_longer_one() -> (
    None
):
    last = limits.NUMERIC_DATE_MAXIMUM
    code = read_till_code(printed(*PARTS[:2], last - 1, last, *PARTS[4:]), at="x").code
    assert int(code.until.timestamp()) == last
    for since in (last, last - LIFE - 1):
        with pytest.raises(MalformedError):
            read_till_code(printed(*PARTS[:2], since, last, *PARTS[4:]), at="x")


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, None),
        (0, b"shop"),
        (1, ""),
        (1, "till#3"),
        (1, 3),
        (2, -1),
        (2, True),
        (2, "now"),
        (2, LIFE),
        (2, LIFE + 1),
        (3, LIFE + 1),
        (3, 1 << 50),
        (4, None),
        (5, "query"),
        (5, b"{}"),
        (5, b""),
    ],
)
def test_other_than_what_is_printed_is_refused(place: int, value: CborValue) -> None:
    parts = [*PARTS]
    parts[place] = value
    with pytest.raises(IdWalletError):
        read_till_code(printed(*parts), at="x")


def test_a_part_more_or_less_is_refused() -> None:
    for parts in (PARTS[:-1], (*PARTS, None)):
        with pytest.raises(MalformedError):
            read_till_code(printed(*parts), at="x")


def test_headers_are_the_algorithm_and_certificates_outside() -> None:
    with pytest.raises(MalformedError):
        read_till_code(printed(inside={4: b"me"}), at="x")
    for outside in ({}, {**CHAIN, 4: b"me"}):
        with pytest.raises(MalformedError):
            read_till_code(printed(outside=outside), at="x")
