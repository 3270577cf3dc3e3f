"""What no signature covers is added, and all else stays as it came."""

import pytest

from idwallet import limits
from idwallet.codec.der import integer, oid, sequence
from idwallet.envelope.cms import (
    attribute,
    read_signed_data,
    with_signers,
    with_unsigned,
)
from idwallet.errors import UsageError
from idwallet.testing.cms_draft import CmsDraft
from tests.unit.envelope.cms.forge import CONTENT, draft, identity, judged, pki

ONE, TWO = (attribute(oid(f"1.2.{n}")[2:], integer(n)) for n in (1, 2))
SECOND = "https://second.example"


def test_an_unsigned_attribute_is_added_to_one_signature() -> None:
    second = identity(name=SECOND)
    before = read_signed_data(draft(identity(), second).to_bytes(), at="cms")
    after = read_signed_data(with_unsigned(before, 1, attributes=[ONE]), at="cms")
    assert [len(each.unsigned) for each in after.signers] == [0, 1]
    assert after.signers[1].unsigned[0].der == ONE
    assert after.signers[0].der == before.signers[0].der
    assert after.parts == before.parts
    assert judged(after).is_valid
    assert judged(after, second, n=1).is_valid


def test_attributes_that_were_there_stay_as_they_are() -> None:
    found = read_signed_data(draft().to_bytes(), at="cms")
    for each in (TWO, ONE, TWO):
        found = read_signed_data(with_unsigned(found, 0, attributes=[each]), at="cms")
    assert [each.der for each in found.signers[0].unsigned] == [TWO, ONE, TWO]


def test_an_empty_set_of_attributes_is_filled() -> None:
    found = read_signed_data(draft().to_bytes(), at="cms")
    empty = read_signed_data(with_unsigned(found, 0, attributes=[]), at="cms")
    assert empty.signers[0].der.endswith(b"\xa1\x00")
    filled = read_signed_data(with_unsigned(empty, 0, attributes=[ONE]), at="cms")
    assert [each.der for each in filled.signers[0].unsigned] == [ONE]
    assert judged(filled).is_valid


def test_signers_of_the_same_content_are_joined() -> None:
    second = identity(name=SECOND)
    one = read_signed_data(draft().to_bytes(), at="cms")
    made = draft(second)
    made.revocations = (sequence(integer(1)),)
    two = read_signed_data(made.to_bytes(), at="cms")
    both = read_signed_data(with_signers(one, two), at="cms")
    assert both.content == CONTENT
    assert set(both.certificates) == {*identity().chain, *second.chain}
    assert both.crls == made.revocations
    assert judged(both).is_valid
    assert judged(both, second, n=1).is_valid


def test_signers_of_other_content_are_not_joined() -> None:
    one = read_signed_data(draft().to_bytes(), at="cms")
    other = CmsDraft.of(identity(), content=b"another contract", at=pki().at)
    apart = draft()
    apart.is_detached = True
    for each in (other, apart):
        with pytest.raises(UsageError):
            with_signers(one, read_signed_data(each.to_bytes(), at="cms"))


def test_what_no_reader_would_take_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read_signed_data(draft().to_bytes(), at="cms")
    other = read_signed_data(draft(identity(name=SECOND)).to_bytes(), at="cms")
    with pytest.raises(UsageError):
        with_unsigned(found, 1, attributes=[ONE])
    with pytest.raises(UsageError):
        with_unsigned(found, 0, attributes=[ONE] * (limits.CMS_ATTRIBUTES + 1))
    monkeypatch.setattr(limits, "CMS_CERTIFICATES", 2)
    with pytest.raises(UsageError):
        with_signers(found, other)
    monkeypatch.setattr(limits, "CMS_SIGNERS", 1)
    with pytest.raises(UsageError):
        with_signers(found, other)
