"""Whether a signature was made by a key, over which content, and says so of itself."""

import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from idwallet.codec.der import OID, SET, inside, integer, oid, sequence, tlv, whole
from idwallet.crypto.algorithms import DEFAULT_ALGORITHMS, Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.envelope.cms import (
    attribute,
    digest_content,
    find_certificate,
    judge_signer,
    names,
    read_counter_signatures,
    read_signed_data,
)
from idwallet.errors import MalformedError
from idwallet.report import Reason
from idwallet.testing.certificates import CertificatePlan
from idwallet.testing.cms_draft import (
    CmsDraft,
    SignerDraft,
    certificate_v1,
    certificate_v2,
    octets,
)
from tests.unit.envelope.cms.forge import (
    CONTENT,
    VALID,
    draft,
    identity,
    judge,
    judged,
    pki,
)

Change = Callable[[CmsDraft], None]
SECOND = "https://second.example"


def attributes(made: CmsDraft) -> dict[bytes, tuple[bytes, ...]]:
    assert made.signer.attributes is not None
    return made.signer.attributes


@pytest.mark.parametrize("algorithm", Algorithm)
def test_every_algorithm_signs_messages(algorithm: Algorithm) -> None:
    who = identity(algorithm)
    found = judge(draft(who), who)
    assert found[:3] == VALID
    assert found.is_valid
    assert found.signing_time == pki().at


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_signature_over_something_else_is_invalid(algorithm: Algorithm) -> None:
    who = identity(algorithm)
    made = draft(who)
    made.signer.covered = made.signer.signed() + b"\0"
    assert judge(made, who)[:3] == (Reason.INVALID, *VALID[1:])


def test_another_key_makes_it_invalid() -> None:
    made = draft()
    made.signer.signer = identity(name=SECOND).signer
    assert judge(made).signature is Reason.INVALID


def test_what_the_policy_does_not_name_is_not_allowed() -> None:
    for algorithm in Algorithm:
        who = identity(algorithm)
        found = read_signed_data(draft(who).to_bytes(), at="cms")
        reason = judged(found, who, allowed=DEFAULT_ALGORITHMS).signature
        if algorithm in DEFAULT_ALGORITHMS:
            assert reason is Reason.VALID
        else:
            assert reason is Reason.ALGORITHM_NOT_ALLOWED


def test_a_key_that_the_policy_does_not_name_is_not_allowed() -> None:
    # ECDSA with SHA-256 is ES256's, and goes with a curve that nobody named.
    who = identity(Algorithm.ES384)
    made = draft(who)
    found = read_signed_data(made.to_bytes(), at="cms")
    only_p256 = frozenset({Algorithm.ES256})
    reason = judged(found, who, allowed=only_p256).signature
    assert reason is Reason.ALGORITHM_NOT_ALLOWED


def test_a_key_of_another_kind_is_unusable() -> None:
    found = read_signed_data(draft().to_bytes(), at="cms")
    rsa = identity(Algorithm.PS256).signer.public_key
    assert judged(found, key=rsa).signature is Reason.KEY_UNUSABLE


# --- algorithms -----------------------------------------------------------------------


def _scheme(scheme: bytes) -> Change:
    def change(made: CmsDraft) -> None:
        made.signer.scheme = scheme

    return change


def _digest(name: str) -> Change:
    def change(made: CmsDraft) -> None:
        made.signer.digest = names.digest_identifier(name)

    return change


def _pss(*parts: bytes) -> Change:
    return _scheme(sequence(tlv(OID, names.PSS), sequence(*parts)))


SHA256 = sequence(tlv(OID, names.DIGEST_OIDS["sha256"]))
SHA384 = sequence(tlv(OID, names.DIGEST_OIDS["sha384"]))
HASH, SALT = tlv(0xA0, SHA256), tlv(0xA2, integer(32))


def _mask(digest: bytes = SHA256, function: bytes = names.MGF1) -> bytes:
    return tlv(0xA1, sequence(tlv(OID, function), digest))


@pytest.mark.parametrize(
    ("algorithm", "change"),
    [
        (Algorithm.ES256, _digest("sha384")),
        (Algorithm.ES256, _scheme(sequence(oid("1.2.840.10045.4.1")))),
        (Algorithm.ES256, _scheme(sequence(oid("1.2.840.10045.2.1")))),
        (Algorithm.RS256, _scheme(sequence(oid("1.2.840.113549.1.1.5"), b"\5\0"))),
        (Algorithm.EDDSA, _digest("sha256")),
        (Algorithm.ML_DSA_65, _digest("sha256")),
        (Algorithm.ML_DSA_87, _digest("sha384")),
        (Algorithm.PS256, _digest("sha384")),
        (Algorithm.PS256, _pss()),
        (Algorithm.PS256, _pss(HASH, _mask())),
        (Algorithm.PS256, _pss(HASH, _mask(SHA384), SALT)),
        (Algorithm.PS256, _pss(tlv(0xA0, SHA384), _mask(), SALT)),
        (Algorithm.PS256, _pss(HASH, _mask(function=names.RSA), SALT)),
        (Algorithm.PS256, _pss(HASH, _mask(), tlv(0xA2, integer(20)))),
        (Algorithm.PS256, _pss(HASH, _mask(), SALT, tlv(0xA3, integer(2)))),
    ],
)
def test_algorithms_that_are_none_of_ours_or_do_not_go_together_are_not_allowed(
    algorithm: Algorithm, change: Change
) -> None:
    who = identity(algorithm)
    made = draft(who)
    change(made)
    assert judge(made, who).signature is Reason.ALGORITHM_NOT_ALLOWED


@pytest.mark.parametrize(
    ("algorithm", "change"),
    [
        (Algorithm.RS256, _scheme(sequence(tlv(OID, names.RSA), b"\5\0"))),
        (Algorithm.RS256, _scheme(sequence(tlv(OID, names.RSA)))),
        (Algorithm.ES256, _scheme(sequence(oid("1.2.840.10045.4.3.2"), b"\5\0"))),
        (Algorithm.PS256, _pss(HASH, _mask(), SALT)),
        (Algorithm.PS256, _pss(HASH, _mask(), SALT, tlv(0xA3, integer(1)))),
    ],
)
def test_other_spellings_of_the_same_algorithm_are_read(
    algorithm: Algorithm, change: Change
) -> None:
    who = identity(algorithm)
    made = draft(who)
    change(made)
    assert judge(made, who).is_valid


@pytest.mark.parametrize(
    "scheme",
    [
        sequence(),
        sequence(oid("1.2.840.10045.4.3.2"), integer(1)),
        sequence(tlv(OID, names.PSS)),
        sequence(tlv(OID, names.PSS), sequence(SALT, HASH)),
    ],
)
def test_parameters_that_are_not_the_algorithms_are_refused(scheme: bytes) -> None:
    made = draft()
    made.signer.scheme = scheme
    with pytest.raises(MalformedError):
        judge(made)


def test_a_digest_that_is_not_made_here_is_no_algorithm() -> None:
    made = draft()
    made.signer.digest = sequence(oid("1.3.14.3.2.26"))
    found = judge(made)
    assert found.signature is Reason.ALGORITHM_NOT_ALLOWED
    assert found.content is Reason.NOT_AT_HAND


@pytest.mark.parametrize(
    "bend",
    [
        lambda der: der + b"\0",
        lambda der: b"\x30\x81" + der[1:],
        lambda der: bytes(64),
        lambda der: b"",
    ],
)
def test_an_ecdsa_signature_is_der_to_the_last_octet(
    bend: Callable[[bytes], bytes],
) -> None:
    made = draft()
    made.signer.bend_signature = bend
    assert judge(made).signature is Reason.INVALID


# --- content --------------------------------------------------------------------------


def test_other_content_is_told() -> None:
    found = read_signed_data(draft().to_bytes(), at="cms")
    assert judged(found, content=CONTENT + b".").content is Reason.INTEGRITY_MISMATCH
    assert judged(found, content=CONTENT + b".").signature is Reason.VALID


def test_content_that_is_not_at_hand_is_no_fault() -> None:
    found = read_signed_data(draft().to_bytes(), at="cms")
    assert judged(found, content=None)[:3] == (
        Reason.VALID,
        Reason.NOT_AT_HAND,
        Reason.MATCHES,
    )


def test_attributes_without_a_digest_cover_no_content() -> None:
    made = draft()
    del attributes(made)[names.MESSAGE_DIGEST]
    assert judge(made).content is Reason.INTEGRITY_MISMATCH


def test_attributes_without_a_type_or_with_another_are_told() -> None:
    made = draft()
    del attributes(made)[names.CONTENT_TYPE]
    assert judge(made).content is Reason.TYP_MISMATCH
    attributes(made)[names.CONTENT_TYPE] = (tlv(OID, names.TIMESTAMP_INFO),)
    assert judge(made).content is Reason.TYP_MISMATCH


def test_the_type_of_the_message_is_not_changed_after_signing() -> None:
    made = draft()
    made.content_type, made.version = names.TIMESTAMP_INFO, 3
    assert judge(made).content is Reason.TYP_MISMATCH


def test_a_signature_without_signed_attributes_counts_for_nothing() -> None:
    made = draft()
    made.signer.attributes = None
    assert judge(made)[:3] == (Reason.ABSENT, Reason.NOT_AT_HAND, Reason.ABSENT)


def test_signed_attributes_are_not_passed_off_as_content() -> None:
    # The signature over attributes is one over that SET as content without any.
    honest = draft()
    signed = honest.signer.signed()
    signature = read_signed_data(honest.to_bytes(), at="cms").signers[0].signature
    forged = draft()
    forged.content = signed
    forged.signer.attributes = None
    forged.signer.bend_signature = lambda _: signature
    found = read_signed_data(forged.to_bytes(), at="cms")
    assert found.content == signed
    assert not judged(found, content=signed).is_valid


def test_attributes_that_were_changed_after_signing_are_told() -> None:
    made = draft()
    late = sequence(b"\x17\x0d991231235959Z")[2:]
    early = b"\x17\x0d261124120000Z"
    made.signer.bend_signed = lambda signed: signed.replace(early, late)
    assert judge(made)[:3] == (Reason.INVALID, *VALID[1:])


@pytest.mark.parametrize(
    "kind", [names.MESSAGE_DIGEST, names.CONTENT_TYPE, names.SIGNING_TIME]
)
def test_an_attribute_has_one_value_of_its_own_form(kind: bytes) -> None:
    made = draft()
    own = attributes(made)[kind]
    attributes(made)[kind] = (own[0], own[0])
    with pytest.raises(MalformedError):
        judge(made)
    attributes(made)[kind] = (integer(1),)
    with pytest.raises(MalformedError):
        judge(made)
    attributes(made)[kind] = own
    assert judge(made).is_valid


# --- the certificate ------------------------------------------------------------------


def _named(*values: bytes, kind: bytes = names.SIGNING_CERTIFICATE_V2) -> CmsDraft:
    made = draft()
    del attributes(made)[names.SIGNING_CERTIFICATE_V2]
    if values:
        attributes(made)[kind] = values
    return made


def test_the_certificate_is_named_in_either_version_and_by_any_digest() -> None:
    own = identity().chain[0]
    assert judge(_named(certificate_v2(own, hashed="sha512"))).is_valid
    first = _named(certificate_v1(own), kind=names.SIGNING_CERTIFICATE)
    assert judge(first).is_valid
    assert judge(_named()).certificate is Reason.ABSENT


def test_another_certificate_than_the_one_named_is_told() -> None:
    other = identity(name=SECOND).chain[0]
    assert judge(_named(certificate_v2(other))).certificate is Reason.MISMATCH
    first = _named(certificate_v1(other), kind=names.SIGNING_CERTIFICATE)
    assert judge(first).certificate is Reason.MISMATCH


def test_an_issuer_and_number_beside_the_digest_may_only_agree() -> None:
    own, other = identity().chain[0], identity(name=SECOND).chain[0]
    digest = octets(hashlib.sha256(own).digest())
    _, _, tail = certificate_v2(other).partition(octets(hashlib.sha256(other).digest()))
    mixed = sequence(sequence(sequence(digest, tail)))
    assert judge(_named(mixed)).certificate is Reason.MISMATCH


def test_a_certificate_named_by_a_digest_that_is_not_made_here_is_none() -> None:
    sha1 = sequence(oid("1.3.14.3.2.26"))
    digest = octets(hashlib.sha1(identity().chain[0]).digest())  # noqa: S324
    named = sequence(sequence(sequence(sha1, digest)))
    assert judge(_named(named)).certificate is Reason.MISMATCH


def test_a_signer_that_names_another_certificate_is_told() -> None:
    made = draft()
    made.signer.sid = draft(identity(name=SECOND)).signer.sid
    assert judge(made).certificate is Reason.MISMATCH
    made.signer.version, made.signer.sid = 3, tlv(0x80, b"another key")
    assert judge(made).certificate is Reason.MISMATCH


def test_two_names_for_the_certificate_are_refused() -> None:
    own = identity().chain[0]
    made = draft()
    attributes(made)[names.SIGNING_CERTIFICATE] = (certificate_v1(own),)
    with pytest.raises(MalformedError, match="two signing certificates"):
        judge(made)


@pytest.mark.parametrize(
    "value",
    [
        integer(1),
        sequence(),
        sequence(sequence()),
        sequence(sequence(sequence(integer(1)))),
        sequence(sequence(sequence(octets(bytes(32)), sequence(sequence())))),
        sequence(
            sequence(
                sequence(
                    octets(bytes(32)),
                    sequence(sequence(tlv(0x82, b"a")), integer(1)),
                )
            )
        ),
    ],
)
def test_a_name_of_a_certificate_that_is_none_is_refused(value: bytes) -> None:
    with pytest.raises(MalformedError):
        judge(_named(value))


def test_of_several_certificates_of_one_name_the_one_meant_is_found() -> None:
    own = identity().chain[0]
    twin = bytearray(own)
    twin[-1] ^= 1
    signer = read_signed_data(draft().to_bytes(), at="cms").signers[0]
    assert find_certificate(signer, [bytes(twin), own]) == own
    assert find_certificate(signer, [bytes(twin)]) == bytes(twin)
    assert find_certificate(signer, [identity(name=SECOND).chain[0]]) is None
    assert find_certificate(signer, [b"", b"\x30\x00", sequence(integer(1))]) is None


def test_a_certificate_without_key_identifier_is_not_found_by_one() -> None:
    made = draft()
    made.signer.version, made.signer.sid = 3, tlv(0x80, b"a key")
    signer = read_signed_data(made.to_bytes(), at="cms").signers[0]
    bare = pki().issuer(change=_bare).chain[0]
    assert find_certificate(signer, [bare, b"\x30\x02\x30\x00"]) is None


def _bare(plan: CertificatePlan) -> CertificatePlan:
    return replace(plan, subject_key_id=None)


# --- counter-signatures ---------------------------------------------------------------


def counter(change: Callable[[SignerDraft], None] = lambda _: None) -> Reason:
    made = draft()
    signature = read_signed_data(made.to_bytes(), at="cms").signers[0].signature
    made.signer.bend_signature = lambda _: signature
    who = identity(name=SECOND)
    own = SignerDraft.of(who, content=signature, at=pki().at, content_type=None)
    change(own)
    made.signer.unsigned = (attribute(names.COUNTER_SIGNATURE, own.to_bytes()),)
    found = read_signed_data(made.to_bytes(), at="cms")
    (signer,) = read_counter_signatures(found.signers[0])
    judgement = judge_signer(
        signer,
        key=who.signer.public_key,
        certificate=who.chain[0],
        digest=hashlib.sha256(found.signers[0].signature).digest(),
        content_type=None,
        allowed=DEFAULT_ALGORITHMS,
    )
    assert judgement.signature is Reason.VALID
    return judgement.content


def test_a_counter_signature_is_over_the_signature() -> None:
    assert counter() is Reason.MATCHES


def test_a_counter_signature_moved_here_from_elsewhere_is_told() -> None:
    def moved(own: SignerDraft) -> None:
        assert own.attributes is not None
        other = octets(hashlib.sha256(b"another signature").digest())
        own.attributes[names.MESSAGE_DIGEST] = (other,)

    assert counter(moved) is Reason.INTEGRITY_MISMATCH


def test_a_counter_signature_signs_no_type_of_content() -> None:
    def typed(own: SignerDraft) -> None:
        assert own.attributes is not None
        own.attributes[names.CONTENT_TYPE] = (tlv(OID, names.DATA),)

    assert counter(typed) is Reason.TYP_MISMATCH


def test_content_is_digested_once_by_every_name() -> None:
    found = digest_content([CONTENT[:5], CONTENT[5:]], ["sha256", "sha512", "sha256"])
    assert found == {
        name: hashlib.new(name, CONTENT).digest() for name in ("sha256", "sha512")
    }


def test_any_hash_goes_with_any_curve_when_both_say_so() -> None:
    who = identity(Algorithm.ES256)
    made = draft(who)
    made.signer.digest = names.digest_identifier("sha512")
    made.signer.scheme = sequence(oid("1.2.840.10045.4.3.4"))
    attributes(made)[names.MESSAGE_DIGEST] = (octets(hashlib.sha512(CONTENT).digest()),)
    key = ec.generate_private_key(ec.SECP256R1())
    signed = made.signer.signed()
    made.signer.bend_signature = lambda _: key.sign(signed, ec.ECDSA(hashes.SHA512()))
    found = read_signed_data(made.to_bytes(), at="cms")
    own = PublicKey.from_native(key.public_key())
    assert judged(found, who, key=own).is_valid


def test_signed_attributes_are_kept_in_the_order_in_which_they_came() -> None:
    made = draft()

    def reversed_order(signed: bytes) -> bytes:
        parts = [whole(signed, each) for each in inside(signed)]
        return tlv(SET, *reversed(parts))

    made.signer.covered = reversed_order(made.signer.signed())
    made.signer.bend_signed = reversed_order
    assert judge(made).is_valid
