from base64 import b64encode
from datetime import UTC, datetime
from functools import partial

import pytest

from idwallet.crypto.algorithms import DEFAULT_ALGORITHMS, Algorithm
from idwallet.envelope.xmldsig import (
    CertificateRule,
    Coverage,
    judge_signature,
    read_signatures,
)
from idwallet.errors import MalformedError
from idwallet.report import Reason
from idwallet.testing.pki import TestIdentity
from idwallet.testing.xml_signed import DS, METHODS, Packaging, XmlDraft
from tests.unit.envelope.xmldsig.forge import EVERY, LIST, draft, judged, pki, signer


@pytest.mark.parametrize("algorithm", METHODS, ids=lambda each: each.jose)
@pytest.mark.parametrize("packaging", Packaging)
def test_a_signature_of_each_scheme_and_packaging_is_valid(
    algorithm: Algorithm, packaging: Packaging
) -> None:
    made = draft(algorithm)
    made.packaging = packaging
    found = judged(made)
    assert found.reason is Reason.VALID
    expected = {
        Packaging.ENVELOPED: Coverage.DOCUMENT,
        Packaging.ENVELOPING: Coverage.PART,
        Packaging.DETACHED: Coverage.DETACHED,
    }
    assert found.covered[0].coverage is expected[packaging]
    assert LIST in found.covered[0].octets


def test_what_is_covered_is_the_document_without_the_signature() -> None:
    found = judged(draft())
    assert next(each.octets for each in found.covered) == LIST
    assert "honest" not in repr(found)


def test_the_signing_time_is_what_the_signer_says() -> None:
    made = draft()
    made.signing_time = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    assert judged(made).signing_time == made.signing_time
    assert judged(draft()).signing_time is None


@pytest.mark.parametrize("named", ['"#list"', '"#l2"'])
def test_a_reference_by_identifier_says_what_it_is_to(named: str) -> None:
    made = draft(content=LIST.replace(b"<l:name>", b'<l:name Id="l2">'))
    made.has_properties = False
    if named == '"#list"':
        made.uri = "#list"
        assert judged(made, rule=CertificateRule.IF_PRESENT).covered[0].coverage is (
            Coverage.DOCUMENT
        )
        return
    part = b'<l:name xmlns:l="urn:list" Id="l2">honest</l:name>'
    made.uri = "#l2"
    made.transforms = (
        '<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>'
    )
    made.bend_content = lambda _: part
    found = judged(made, rule=CertificateRule.IF_PRESENT)
    assert found.covered[0].coverage is Coverage.PART
    assert found.covered[0].octets == part


def test_an_algorithm_that_the_policy_does_not_name_is_not_allowed() -> None:
    made = draft(Algorithm.RS256)
    assert judged(made).reason is Reason.VALID
    found = judged(made, allowed=DEFAULT_ALGORITHMS)
    assert found == (Reason.ALGORITHM_NOT_ALLOWED, (), None)


def test_a_hash_that_goes_with_another_curve_is_no_way_round_the_policy() -> None:
    made = draft(Algorithm.ES384)
    assert judged(made, allowed=frozenset({Algorithm.ES384})).reason is Reason.VALID
    found = judged(made, allowed=frozenset({Algorithm.ES256}))
    assert found.reason is Reason.ALGORITHM_NOT_ALLOWED


def test_a_key_of_another_kind_than_the_header_names_is_unusable() -> None:
    made = draft(Algorithm.ES256)
    found = judged(made, by=signer(Algorithm.EDDSA))
    assert found.reason is Reason.KEY_UNUSABLE


def test_the_key_that_came_with_the_signature_judges_nothing() -> None:
    stranger = pki().issuer("https://stranger.example")
    made = draft()
    made.signer, made.chain = stranger.signer, stranger.chain
    assert judged(made, by=stranger).reason is Reason.VALID
    assert judged(made).reason is Reason.INVALID


def test_a_key_value_in_key_info_is_not_looked_at() -> None:
    made = draft()
    made.bend_key_info = lambda _: (
        "<ds:KeyInfo><ds:KeyName>somebody</ds:KeyName><ds:RetrievalMethod "
        'URI="http://attacker.example/"/></ds:KeyInfo>'
    )
    assert judged(made).reason is Reason.VALID
    (found,) = read_signatures(made.document(), at="test")
    assert found.certificates == ()


def _renewed() -> TestIdentity:
    """The same key under a certificate of its own."""
    first = signer()
    return TestIdentity(
        first.name,
        first.signer,
        first.certificate,
        (pki().issuer("https://other.example").chain[0], *first.chain[1:]),
    )


def test_another_certificate_of_the_key_is_not_the_one_that_signed() -> None:
    assert judged(draft()).reason is Reason.VALID
    found = judged(draft(), certificate=_renewed().chain[0])
    assert found == (Reason.MISMATCH, (), None)


def test_a_signature_that_names_no_certificate_passes_only_where_it_may() -> None:
    made = draft()
    made.has_properties = False
    assert judged(made).reason is Reason.ABSENT
    assert judged(made, rule=CertificateRule.IF_PRESENT).reason is Reason.VALID


@pytest.mark.parametrize("rule", CertificateRule)
def test_a_pinned_key_is_held_against_no_certificate(rule: CertificateRule) -> None:
    (found,) = read_signatures(draft().document(), at="test")
    reason = judge_signature(
        found, key=signer().signer.public_key, allowed=EVERY, rule=rule
    ).reason
    expected = {
        CertificateRule.REQUIRED: Reason.MISMATCH,
        CertificateRule.IF_PRESENT: Reason.VALID,
    }
    assert reason is expected[rule]


def _with(made: XmlDraft, extra: str) -> XmlDraft:
    made.bend_properties = lambda text: text.replace(
        "</xades:CertDigest>", f"</xades:CertDigest>{extra}"
    )
    return made


def issuer_serial(serial: int) -> str:
    native = signer().certificate.native
    name = native.issuer.public_bytes()
    inner = bytes((0xA4, len(name))) + name
    number = serial.to_bytes(serial.bit_length() // 8 + 1)
    content = bytes((0x30, len(inner))) + inner + bytes((2, len(number))) + number
    encoded = b64encode(bytes((0x30, len(content))) + content).decode()
    return f"<xades:IssuerSerialV2>{encoded}</xades:IssuerSerialV2>"


def test_issuer_and_serial_beside_the_digest_may_only_agree() -> None:
    serial = signer().certificate.native.serial_number
    assert judged(_with(draft(), issuer_serial(serial))).reason is Reason.VALID
    assert judged(_with(draft(), issuer_serial(serial + 1))).reason is Reason.MISMATCH


@pytest.mark.parametrize(("off", "reason"), [(0, Reason.VALID), (1, Reason.MISMATCH)])
def test_the_first_form_of_the_reference_is_held_to_its_serial(
    off: int, reason: Reason
) -> None:
    serial = signer().certificate.native.serial_number + off
    made = draft()
    made.bend_properties = lambda text: text.replace(
        "CertificateV2", "Certificate"
    ).replace(
        "</xades:CertDigest>",
        f"</xades:CertDigest><xades:IssuerSerial><ds:X509IssuerName "
        f'xmlns:ds="{DS}">CN=any</ds:X509IssuerName><ds:X509SerialNumber '
        f'xmlns:ds="{DS}">{serial}</ds:X509SerialNumber></xades:IssuerSerial>',
    )
    assert judged(made).reason is reason


def test_the_certificate_that_the_signature_names_comes_first() -> None:
    made = draft()
    honest = made.chain
    made.bend_properties = str
    made.named = honest[0]
    made.chain = (*honest[1:], honest[0])
    (found,) = read_signatures(made.document(), at="test")
    assert found.certificates[0] == honest[0]
    made.has_properties = False
    (found,) = read_signatures(made.document(), at="test")
    assert found.certificates == made.chain


def test_detached_octets_are_taken_only_under_the_very_address() -> None:
    made = draft()
    made.packaging = Packaging.DETACHED
    document = made.document()
    for address, reason in (
        ("document.xml", Reason.VALID),
        ("./document.xml", Reason.NOT_AT_HAND),
    ):
        (found,) = read_signatures(document, at="t", detached={address: LIST})
        key, certificate = signer().signer.public_key, signer().chain[0]
        given = judge_signature(found, key=key, certificate=certificate, allowed=EVERY)
        assert given.reason is reason


def test_detached_xml_is_made_canonical_where_the_signature_says_so() -> None:
    made = draft(content=b"<a b='1'/>")
    made.packaging = Packaging.DETACHED
    made.transforms = (
        '<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>'
    )
    made.bend_content = lambda _: b'<a b="1"></a>'
    assert judged(made).covered[0].octets == b'<a b="1"></a>'


def test_a_document_without_signatures_has_none() -> None:
    assert read_signatures(LIST, at="test") == ()


PROPERTIES = (
    b'<xades:SignedProperties xmlns:xades="http://uri.etsi.org/01903/v1.3.2#" '
    b'Id="foreign"></xades:SignedProperties>'
)


def test_properties_of_another_signature_do_not_speak_for_this_one() -> None:
    made = draft(content=LIST.replace(b"<l:name>", PROPERTIES + b"<l:name>"))
    made.has_properties = False
    form = '<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>'
    for kind, refused in ((TYPE, True), ("urn:other", False)):
        foreign = made.reference(
            "#foreign", PROPERTIES, transforms=form, kind=f' Type="{kind}"'
        )
        made.bend_info = partial(_append, foreign)
        if refused:
            with pytest.raises(MalformedError, match="own"):
                judged(made, rule=CertificateRule.IF_PRESENT)
        else:
            found = judged(made, rule=CertificateRule.IF_PRESENT)
            assert [each.type for each in found.covered] == [None, "urn:other"]


TYPE = "http://uri.etsi.org/01903#SignedProperties"


def _append(reference: str, text: str) -> str:
    return text.replace("</ds:SignedInfo>", f"{reference}</ds:SignedInfo>")
