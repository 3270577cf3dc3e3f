"""Reading OCSP responses, and asking for them."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509 import ocsp

from idwallet import limits
from idwallet.codec.der import Element, inside
from idwallet.codec.der import sequence as der_sequence
from idwallet.crypto.algorithms import Algorithm
from idwallet.errors import LimitError, MalformedError, UnsupportedError, UsageError
from idwallet.testing.pki import MOMENT
from idwallet.testing.revocation import OcspPlan, Scene, World, authority, outcome
from idwallet.testing.revocation.writing import (
    algorithm_of,
    bits,
    enumerated,
    generalized_time,
    integer,
    oid,
    sequence,
    signature,
    tlv,
    unrecognised,
    utc_time,
)
from idwallet.trust.certificate import Certificate
from idwallet.trust.revocation import Good, OcspResponse, Unsettled, ocsp_request
from idwallet.trust.revocation.der import only_time, read_signed
from idwallet.trust.revocation.ocsp import _basic
from idwallet.trust.revocation.signatures import signature_fault
from tests.unit.trust import forged

SOUND: Final = World.sound()
ANSWER: Final = SOUND.answer()


def read(plan: OcspPlan, *, asked: bytes | None = None) -> OcspResponse:
    return OcspResponse.from_der(plan.to_der(), at="responses/0", asked=asked)


def test_a_response_is_read_whole() -> None:
    response = read(replace(ANSWER, nonce=b"n" * 32), asked=b"n" * 32)
    basic = response.basic
    assert basic is not None
    assert basic.produced_at == MOMENT - timedelta(hours=1)
    assert basic.answers(b"n" * 32)
    assert basic.answers(None)
    assert not basic.answers(b"m" * 32)
    assert basic.singles[0].serial == SOUND.leaf.serial


def test_a_response_that_says_no_has_nothing_in_it() -> None:
    refused = replace(ANSWER, response_status=ocsp.OCSPResponseStatus.TRY_LATER)
    assert read(refused).basic is None


def test_a_response_beyond_its_bound_is_refused_unread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "OCSP_BYTES", len(ANSWER.to_der()) - 1)
    with pytest.raises(LimitError, match="too long"):
        read(ANSWER)


def test_more_answers_than_are_looked_at_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    two = replace(ANSWER, singles=ANSWER.singles * 2)
    monkeypatch.setattr(limits, "OCSP_ANSWERS", 2)
    assert read(two)
    monkeypatch.setattr(limits, "OCSP_ANSWERS", 1)
    with pytest.raises(LimitError, match="too many answers"):
        read(two)


def test_more_certificates_than_are_looked_at_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    two = replace(ANSWER, certificates=(SOUND.ca.to_der(), SOUND.root.to_der()))
    monkeypatch.setattr(limits, "REVOCATION_CERTIFICATES", 2)
    assert read(two)
    monkeypatch.setattr(limits, "REVOCATION_CERTIFICATES", 1)
    with pytest.raises(LimitError, match="too many certificates"):
        read(two)


def test_an_identifier_with_an_unknown_hash_is_not_supported() -> None:
    der = ANSWER.to_der()
    sha_1, other = bytes.fromhex("06052b0e03021a"), bytes.fromhex("06052b0e03021b")
    assert sha_1 in der
    with pytest.raises(UnsupportedError, match="hash"):
        OcspResponse.from_der(der.replace(sha_1, other), at="responses/0")


def test_an_extension_that_is_not_critical_may_be_unknown() -> None:
    unknown = unrecognised("1.2.3.4", b"\x05\x00")
    plan = replace(ANSWER, extensions=(unknown,)).saying(extensions=(unknown,))
    assert outcome(Scene(responses=(plan,)).judge()) is Good


def test_the_answer_about_the_leaf_is_found_among_others() -> None:
    (mine,) = ANSWER.singles
    others = (replace(mine, serial=1), mine, replace(mine, serial=2))
    plan = replace(ANSWER, singles=others)
    assert outcome(Scene(responses=(plan,)).judge()) is Good


def test_an_invalidity_date_that_is_no_time_is_refused() -> None:
    odd = unrecognised("2.5.29.24", b"\x18\x01Z")
    plan = ANSWER.saying(status=ocsp.OCSPCertStatus.REVOKED, extensions=(odd,))
    with pytest.raises(MalformedError):
        read(plan)


def test_a_request_asks_for_the_certificate_with_the_nonce() -> None:
    leaf = Certificate.from_der(SOUND.leaf.to_der(), at="leaf")
    issuer = Certificate.from_der(SOUND.ca.to_der(), at="ca")
    nonce = bytes(range(16))
    asked = ocsp.load_der_ocsp_request(ocsp_request(leaf, issuer=issuer, nonce=nonce))
    assert asked.serial_number == SOUND.leaf.serial
    assert asked.extensions[0].value == x509.OCSPNonce(nonce)
    plain = ocsp.load_der_ocsp_request(ocsp_request(leaf, issuer=issuer))
    assert len(plain.extensions) == 0


@pytest.mark.parametrize("size", [0, 129])
def test_a_nonce_of_no_length_or_too_long_is_a_fault_of_the_caller(size: int) -> None:
    leaf = Certificate.from_der(SOUND.leaf.to_der(), at="leaf")
    with pytest.raises(UsageError, match="nonce"):
        ocsp_request(leaf, issuer=leaf, nonce=bytes(size))


# --- RSA, which a policy must name ---------------------------------------------------

RSA: Final = rsa.generate_private_key(65537, 2048)
RSA_CA: Final = authority("CA", above=SOUND.root, key=RSA)
RSA_KEY: Final = Certificate.from_der(RSA_CA.to_der(), at="ca").public_key


@pytest.mark.parametrize(
    ("pss", "named"), [(False, Algorithm.RS256), (True, Algorithm.PS256)]
)
def test_rsa_signs_when_it_is_named(pss: bool, named: Algorithm) -> None:
    body = sequence(b"\x05\x00")
    signed = read_signed(
        sequence(body, algorithm_of(RSA, pss=pss), bits(signature(RSA, body, pss=pss)))
    )
    allowed = frozenset({named})
    assert signature_fault(signed, key=RSA_KEY, allowed=allowed) is None
    other = frozenset({Algorithm.ES256, Algorithm.PS256, Algorithm.RS256}) - allowed
    fault = signature_fault(signed, key=RSA_KEY, allowed=other)
    assert fault is Unsettled.ALGORITHM_NOT_ALLOWED


def test_the_padding_of_a_signature_is_the_one_it_names() -> None:
    body = sequence(b"\x05\x00")
    crossed = read_signed(
        sequence(body, algorithm_of(RSA, pss=True), bits(signature(RSA, body)))
    )
    allowed = frozenset({Algorithm.PS256, Algorithm.RS256})
    fault = signature_fault(crossed, key=RSA_KEY, allowed=allowed)
    assert fault is Unsettled.SIGNATURE_INVALID


def test_a_crl_by_an_rsa_key_is_good_when_rsa_is_named() -> None:
    leaf = replace(SOUND.leaf, signing_key=RSA, authority_key_id=RSA_CA.subject_key_id)
    world = World(root=SOUND.root, ca=RSA_CA, leaf=leaf)
    scene = Scene(world=world, crls=(world.crl(),))
    assert outcome(scene.judge()) is Unsettled.ALGORITHM_NOT_ALLOWED
    named = scene.changed(algorithms=frozenset({Algorithm.RS256}))
    assert outcome(named.judge()) is Good


# --- what octet strings may hold -----------------------------------------------------


@pytest.mark.parametrize(
    "broken", [b"", b"\x30\x02\x05\x00\x00", b"\x30\x03\x05\x02\x00", b"\x30"]
)
def test_der_that_is_not_one_whole_is_refused(broken: bytes) -> None:
    with pytest.raises(ValueError):
        inside(broken)


def test_an_element_that_passes_what_holds_it_is_refused() -> None:
    der = bytes.fromhex("300430010500")
    inner = Element(0x30, 2, 4, 5)
    with pytest.raises(ValueError, match="passes"):
        inside(der, inner)


def test_a_signature_that_is_no_whole_octets_is_refused() -> None:
    with pytest.raises(ValueError, match="no signature"):
        read_signed(sequence(sequence(), sequence(), b"\x03\x02\x01\x80"))


def test_a_certificate_whose_algorithm_fields_differ_was_issued_by_nobody() -> None:
    responder = SOUND.responder()
    swap = forged.swap("2a8648ce3d040302", "2a8648ce3d040303")
    changed = forged.forge(responder, swap)
    answer = SOUND.answer(responder)
    assert outcome(Scene(responses=(answer,)).judge()) is Good
    faulty = replace(answer, certificates=(changed,))
    found = Scene(responses=(faulty,)).judge()
    assert outcome(found) is Unsettled.SIGNATURE_INVALID


def test_a_version_that_is_written_out_is_refused() -> None:
    der = ANSWER.to_der()
    basic = _basic(der)
    body = read_signed(basic).body
    for version in (0, 1):
        longer = sequence(tlv(0xA0, integer(version)), basic[body.value : body.end])
        signed = sequence(
            longer, algorithm_of(SOUND.ca.key), bits(signature(SOUND.ca.key, longer))
        )
        typed = sequence(oid("1.3.6.1.5.5.7.48.1.1"), tlv(0x04, signed))
        whole = sequence(enumerated(0), tlv(0xA0, typed))
        assert outcome(Scene(responses=(whole,)).judge()) is Unsettled.MALFORMED


def test_a_long_sequence_is_written_as_it_must_be() -> None:
    for size in (127, 128, 256):
        assert inside(der_sequence(b"\x04\x00" * size))[-1].value == (
            len(der_sequence(b"\x04\x00" * size))
        )


def test_a_time_of_another_kind_is_no_generalized_time() -> None:
    assert only_time(generalized_time(MOMENT)) == MOMENT
    with pytest.raises(ValueError, match="generalized"):
        only_time(utc_time(MOMENT))
