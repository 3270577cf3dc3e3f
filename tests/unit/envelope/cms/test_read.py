"""CMS is read strictly, and what was signed is kept as it came."""

from collections.abc import Callable

import pytest

from idwallet import limits
from idwallet.codec.der import OCTETS, OID, SET, integer, oid, sequence, tlv
from idwallet.envelope.cms import (
    IssuerSerial,
    attribute,
    names,
    read_counter_signatures,
    read_signed_data,
)
from idwallet.errors import LimitError, MalformedError, UnsupportedError
from idwallet.testing.cms_draft import CmsDraft, SignerDraft, octets
from tests.unit.envelope.cms.forge import CONTENT, draft, identity, judged, pki

Change = Callable[[CmsDraft], None]


def changed(change: Change) -> bytes:
    made = draft()
    change(made)
    return made.to_bytes()


def test_a_message_is_cut_in_its_parts() -> None:
    made = draft(identity(), identity(name="https://second.example"))
    found = read_signed_data(made.to_bytes(), at="cms")
    assert (found.content_type, found.content) == (names.DATA, CONTENT)
    assert found.certificates == made.certificates
    assert found.digests == {"sha256"}
    assert [each.at for each in found.signers] == ["cms/0", "cms/1"]
    for own, each in zip(made.signers, found.signers, strict=True):
        assert each.signed == own.signed()
        assert isinstance(each.sid, IssuerSerial)
    assert [judged(found, n=n).is_valid for n in (0, 1)] == [True, False]


def test_content_may_come_apart() -> None:
    made = draft()
    made.is_detached = True
    found = read_signed_data(made.to_bytes(), at="cms")
    assert found.content is None
    assert judged(found).is_valid


def test_crls_and_responses_are_kept_and_other_kinds_are_passed_over() -> None:
    made = draft()
    crl, response = sequence(integer(1)), sequence(integer(2))
    ocsp = tlv(0xA1, tlv(OID, names.OCSP_RESPONSE), response)
    other = tlv(0xA1, oid("1.2.3"), integer(3))
    made.revocations = (crl, ocsp, other)
    found = read_signed_data(made.to_bytes(), at="cms")
    assert (found.crls, found.responses) == ((crl,), (response,))
    assert found.parts.revocations == (crl, ocsp, other)


def test_a_certificate_of_another_kind_is_kept_and_no_candidate() -> None:
    made = draft()
    attribute_certificate = tlv(0xA2, integer(1))
    made.certificates = (*made.certificates, attribute_certificate)
    found = read_signed_data(made.to_bytes(), at="cms")
    assert found.certificates == made.certificates[:-1]
    assert found.parts.certificates == made.certificates


def test_a_signer_may_name_its_certificate_by_its_key() -> None:
    made = draft()
    identifier = identity().certificate.subject_key_id
    assert identifier is not None
    made.signer.version, made.signer.sid = 3, tlv(0x80, identifier)
    found = read_signed_data(made.to_bytes(), at="cms")
    assert found.signers[0].sid == identifier
    assert judged(found).is_valid


def _duplicate(made: CmsDraft) -> None:
    made.signer.more = (attribute(names.CONTENT_TYPE, oid("1.2.3")),)


def _no_value(made: CmsDraft) -> None:
    made.signer.more = (attribute(oid("1.2.3")[2:]),)


def _version(number: int) -> Change:
    def change(made: CmsDraft) -> None:
        made.signer.version = number

    return change


def _digest_with_parameters(made: CmsDraft) -> None:
    made.signer.digest = sequence(
        tlv(OID, names.DIGEST_OIDS["sha256"]), tlv(OCTETS, b"a")
    )


def _null_that_holds(made: CmsDraft) -> None:
    made.signer.digest = sequence(
        tlv(OID, names.DIGEST_OIDS["sha256"]), b"\x05\x01\x00"
    )


def _protected_otherwise(made: CmsDraft) -> None:
    protection = sequence(
        names.digest_identifier("sha512"), b"\xa1" + made.signer.scheme[1:]
    )
    made.signer.more = (attribute(names.ALGORITHM_PROTECTION, protection),)


def _protection_of_a_mac(made: CmsDraft) -> None:
    protection = sequence(made.signer.digest, b"\xa2" + made.signer.scheme[1:])
    made.signer.more = (attribute(names.ALGORITHM_PROTECTION, protection),)


def _attribute_that_is_none(made: CmsDraft) -> None:
    made.signer.more = (tlv(SET, integer(1)),)


@pytest.mark.parametrize(
    "change",
    [
        _duplicate,
        _no_value,
        _version(0),
        _version(2),
        _version(3),
        _digest_with_parameters,
        _null_that_holds,
        _protected_otherwise,
        _protection_of_a_mac,
        _attribute_that_is_none,
    ],
)
def test_what_breaks_the_standard_is_refused(change: Change) -> None:
    with pytest.raises(MalformedError) as caught:
        read_signed_data(changed(change), at="cms")
    assert caught.value.at.startswith("cms")


def test_the_algorithms_may_be_among_what_is_signed() -> None:
    def protect(made: CmsDraft) -> None:
        protection = sequence(made.signer.digest, b"\xa1" + made.signer.scheme[1:])
        made.signer.more = (attribute(names.ALGORITHM_PROTECTION, protection),)

    assert judged(read_signed_data(changed(protect), at="cms")).is_valid


def test_another_kind_of_message_or_version_is_unsupported() -> None:
    def enveloped(made: CmsDraft) -> None:
        made.kind = oid("1.2.840.113549.1.7.3")[2:]

    def version(made: CmsDraft) -> None:
        made.version = 2

    for change in (enveloped, version):
        with pytest.raises(UnsupportedError):
            read_signed_data(changed(change), at="cms")


def test_nothing_follows_the_message() -> None:
    with pytest.raises(MalformedError):
        read_signed_data(draft().to_bytes() + b"\0", at="cms")


@pytest.mark.parametrize("cut", [1, 10, 100, 500])
def test_a_message_that_was_cut_off_is_refused(cut: int) -> None:
    with pytest.raises(MalformedError):
        read_signed_data(draft().to_bytes()[:-cut], at="cms")


def _many_signers(made: CmsDraft) -> None:
    made.signers = [made.signer] * (limits.CMS_SIGNERS + 1)


def _many_certificates(made: CmsDraft) -> None:
    made.certificates = (sequence(),) * (limits.CMS_CERTIFICATES + 1)


def _many_revocations(made: CmsDraft) -> None:
    made.revocations = (sequence(),) * (limits.CMS_REVOCATIONS + 1)


def _many_digests(made: CmsDraft) -> None:
    made.digests = tuple(
        sequence(oid(f"1.2.{n}")) for n in range(limits.CMS_DIGESTS + 1)
    )


def _many_attributes(made: CmsDraft) -> None:
    made.signer.more = tuple(
        attribute(oid(f"1.2.{n}")[2:], integer(n)) for n in range(limits.CMS_ATTRIBUTES)
    )


def _many_values(made: CmsDraft) -> None:
    values = map(integer, range(limits.CMS_ATTRIBUTE_VALUES + 1))
    made.signer.unsigned = (attribute(oid("1.2.3")[2:], *values),)


def _long_signature(made: CmsDraft) -> None:
    made.signer.bend_signature = lambda _: bytes(limits.CMS_SIGNATURE_BYTES + 1)


@pytest.mark.parametrize(
    "change",
    [
        _many_signers,
        _many_certificates,
        _many_revocations,
        _many_digests,
        _many_attributes,
        _many_values,
        _long_signature,
    ],
)
def test_more_than_a_bound_is_refused(change: Change) -> None:
    with pytest.raises(LimitError):
        read_signed_data(changed(change), at="cms")


def test_a_message_longer_than_the_bound_is_not_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    message = draft().to_bytes()
    monkeypatch.setattr(limits, "CMS_BYTES", len(message))
    read_signed_data(message, at="cms")
    monkeypatch.setattr(limits, "CMS_BYTES", len(message) - 1)
    with pytest.raises(LimitError):
        read_signed_data(message, at="cms")


# --- BER ------------------------------------------------------------------------------


def in_ber(message: bytes, *, signed_too: bool = False) -> bytes:
    """The same message with lengths left out and its content in parts."""
    made = draft()
    signers = [each.to_bytes() for each in made.signers]
    if signed_too:
        inner = made.signer.signed()
        at = signers[0].index(b"\xa0" + inner[1:])
        size = 2 + (inner[1] & 0x7F if inner[1] & 0x80 else 0)
        loose = b"\xa0\x80" + inner[size:] + b"\0\0"
        head, tail = signers[0][:at], signers[0][at + len(inner) :]
        size = 2 + (head[1] & 0x7F)
        signers = [b"\x30\x80" + head[size:] + loose + tail + b"\0\0"]
    half = len(CONTENT) // 2
    parts = octets(CONTENT[:half]) + octets(CONTENT[half:])
    content = b"\xa0\x80\x24\x80" + parts + b"\0\0\0\0"
    body = (
        integer(1)
        + tlv(SET, *made.digests)
        + b"\x30\x80"
        + tlv(OID, names.DATA)
        + content
        + b"\0\0"
        + tlv(0xA0, *made.certificates)
        + b"\x31\x80"
        + b"".join(signers)
        + b"\0\0"
    )
    kind = tlv(OID, names.SIGNED_DATA)
    return b"\x30\x80" + kind + b"\xa0\x80\x30\x80" + body + b"\0\0" * 3


def test_ber_is_read_as_the_der_that_it_stands_for() -> None:
    found = read_signed_data(in_ber(draft().to_bytes()), at="cms")
    assert found.content == CONTENT
    assert found.certificates == draft().certificates
    assert judged(found).is_valid


def test_signed_attributes_that_came_in_ber_are_refused() -> None:
    with pytest.raises(MalformedError, match="not DER"):
        read_signed_data(in_ber(draft().to_bytes(), signed_too=True), at="cms")


# --- counter-signatures ---------------------------------------------------------------


def _countersigned(**changes: object) -> CmsDraft:
    made = draft()
    signature = read_signed_data(made.to_bytes(), at="cms").signers[0].signature
    made.signer.bend_signature = lambda _: signature
    second = identity(name="https://second.example")
    counter = SignerDraft.of(second, content=signature, at=pki().at, content_type=None)
    for name, value in changes.items():
        setattr(counter, name, value)
    made.signer.unsigned = (attribute(names.COUNTER_SIGNATURE, counter.to_bytes()),)
    return made


def test_counter_signatures_are_read_from_the_signature_they_are_on() -> None:
    found = read_signed_data(_countersigned().to_bytes(), at="cms")
    (counter,) = read_counter_signatures(found.signers[0])
    assert counter.at == "cms/0/counter/0"
    assert read_counter_signatures(counter) == ()


def test_a_counter_signature_that_is_none_is_refused() -> None:
    made = draft()
    for value in (integer(1), sequence(integer(1))):
        made.signer.unsigned = (attribute(names.COUNTER_SIGNATURE, value),)
        found = read_signed_data(made.to_bytes(), at="cms")
        with pytest.raises(MalformedError):
            read_counter_signatures(found.signers[0])


def test_the_number_of_counter_signatures_is_bounded() -> None:
    made = draft()
    values = [sequence(integer(n)) for n in range(limits.CMS_SIGNERS // 2 + 1)]
    holder = attribute(names.COUNTER_SIGNATURE, *values)
    made.signer.unsigned = (holder, holder)
    found = read_signed_data(made.to_bytes(), at="cms")
    with pytest.raises(LimitError):
        read_counter_signatures(found.signers[0])
