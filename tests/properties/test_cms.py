"""Whatever is done to a message, it is refused or told, and never passes by mistake."""

from functools import cache

from asn1crypto import cms as oracle
from hypothesis import given
from hypothesis import strategies as st

from idwallet.codec.der import DerError
from idwallet.envelope.cms import (
    SignedData,
    attribute,
    find_certificate,
    names,
    read_counter_signatures,
    read_signed_data,
)
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.testing.cms_draft import SignerDraft
from tests.unit.envelope.cms.forge import CONTENT, draft, identity, judged, pki


@cache
def message() -> bytes:
    """A message with content, a chain, and a counter-signature."""
    made = draft()
    signature = read_signed_data(made.to_bytes(), at="cms").signers[0].signature
    made.signer.bend_signature = lambda _: signature
    second = identity(name="https://second.example")
    counter = SignerDraft.of(second, content=signature, at=pki().at, content_type=None)
    made.signer.unsigned = (attribute(names.COUNTER_SIGNATURE, counter.to_bytes()),)
    return made.to_bytes()


def read(octets: bytes) -> SignedData | None:
    try:
        return read_signed_data(octets, at="cms")
    except (MalformedError, UnsupportedError):
        return None


def passes(found: SignedData) -> bool:
    """Whether any signature in it is judged valid over the content that it brings."""
    if found.content is None or not found.signers:
        return False
    try:
        for each in found.signers:
            read_counter_signatures(each)
            find_certificate(each, found.certificates)
        return judged(found, content=found.content).is_valid
    except MalformedError:
        return False


@given(st.data())
def test_a_flipped_bit_is_refused_told_or_outside_of_what_is_signed(
    data: st.DataObject,
) -> None:
    whole = message()
    bit = data.draw(st.integers(0, 8 * len(whole) - 1))
    octets = bytearray(whole)
    octets[bit // 8] ^= 1 << bit % 8
    found = read(bytes(octets))
    if found is None or not passes(found):
        return
    genuine = read_signed_data(whole, at="cms")
    assert found.content == CONTENT
    assert found.signers[0].signed == genuine.signers[0].signed
    assert found.signers[0].signature == genuine.signers[0].signature


@given(st.data())
def test_a_message_with_octets_cut_out_or_doubled_never_raises_anything_else(
    data: st.DataObject,
) -> None:
    whole = message()
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    piece = whole[start:end] * data.draw(st.sampled_from([0, 2, 3]))
    found = read(whole[:start] + piece + whole[end:])
    if found is not None and passes(found):
        assert found.content == CONTENT


@given(st.binary(max_size=200))
def test_noise_is_refused(noise: bytes) -> None:
    assert read(noise) is None


@given(st.data())
def test_what_is_read_is_what_another_reader_reads(data: st.DataObject) -> None:
    whole = bytearray(message())
    for _ in range(data.draw(st.integers(0, 2))):
        whole[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(
            st.integers(1, 255)
        )
    found = read(bytes(whole))
    if found is None:
        return
    theirs = oracle.ContentInfo.load(bytes(whole), strict=True)["content"]
    content = theirs["encap_content_info"]["content"]
    if found.content is not None:
        assert content.contents is not None
        assert content.dump().endswith(found.content)
    for own, each in zip(found.signers, theirs["signer_infos"], strict=True):
        assert bytes(each["signature"]) == own.signature
        signed = each["signed_attrs"]
        if own.signed:
            assert signed.untag().dump() == own.signed


def test_the_errors_of_encodings_stay_inside() -> None:
    assert issubclass(DerError, ValueError)
    assert not issubclass(DerError, MalformedError)
