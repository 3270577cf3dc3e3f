"""What signxml signs we verify, and what we make signxml verifies."""

from typing import Any, Final

import pytest
from lxml import etree
from signxml import (
    CanonicalizationMethod,
    DigestAlgorithm,
    SignatureConfiguration,
    SignatureConstructionMethod,
    XMLSigner,
    XMLVerifier,
)
from signxml.exceptions import InvalidSignature
from signxml.xades import XAdESSigner, XAdESVerifier

from idwallet.crypto.algorithms import Algorithm
from idwallet.envelope.xmldsig import (
    CertificateRule,
    Coverage,
    XmlJudgement,
    judge_signature,
    read_signatures,
)
from idwallet.report import Reason
from idwallet.testing.xml_signed import METHODS, Packaging
from tests.unit.envelope.xmldsig.forge import EVERY, LIST, draft, signer

# What signxml calls the methods of our algorithms; it has no EdDSA.
NAMES: Final = {
    Algorithm.ES256: "ecdsa-sha256",
    Algorithm.ES384: "ecdsa-sha384",
    Algorithm.ES512: "ecdsa-sha512",
    Algorithm.RS256: "rsa-sha256",
    Algorithm.PS256: "sha256-rsa-MGF1",
}
METHOD = {
    Packaging.ENVELOPED: SignatureConstructionMethod.enveloped,
    Packaging.ENVELOPING: SignatureConstructionMethod.enveloping,
}


def ours(document: bytes, algorithm: Algorithm, rule: CertificateRule) -> XmlJudgement:
    (found,) = read_signatures(document, at="signxml")
    who = signer(algorithm)
    return judge_signature(
        found,
        key=who.signer.public_key,
        certificate=who.chain[0],
        allowed=EVERY,
        rule=rule,
    )


def theirs(document: bytes, algorithm: Algorithm, references: int) -> bool:
    certificate = signer(algorithm).certificate.native
    try:
        XAdESVerifier().verify(
            document, x509_cert=certificate, expect_references=references
        )
    except InvalidSignature:
        return False
    return True


def signed(kind: Any, algorithm: Algorithm, **options: Any) -> bytes:
    who = signer(algorithm)
    made = kind(signature_algorithm=NAMES[algorithm], **options).sign(
        etree.fromstring(LIST),
        key=who.signer._native,
        cert=[who.certificate.native],
    )
    return etree.tostring(made)


@pytest.mark.parametrize("algorithm", NAMES, ids=lambda each: each.jose)
@pytest.mark.parametrize("packaging", METHOD)
@pytest.mark.parametrize("form", CanonicalizationMethod)
def test_a_signature_of_signxml_is_valid_here(
    algorithm: Algorithm, packaging: Packaging, form: CanonicalizationMethod
) -> None:
    document = signed(
        XMLSigner, algorithm, method=METHOD[packaging], c14n_algorithm=form
    )
    found = ours(document, algorithm, CertificateRule.IF_PRESENT)
    assert found.reason is Reason.VALID
    is_whole = found.covered[0].coverage is Coverage.DOCUMENT
    assert is_whole is (packaging is Packaging.ENVELOPED)


@pytest.mark.parametrize("digest", [DigestAlgorithm.SHA384, DigestAlgorithm.SHA512])
def test_longer_digests_of_signxml_are_read(digest: DigestAlgorithm) -> None:
    document = signed(XMLSigner, Algorithm.ES256, digest_algorithm=digest)
    found = ours(document, Algorithm.ES256, CertificateRule.IF_PRESENT)
    assert found.reason is Reason.VALID


@pytest.mark.parametrize("form", CanonicalizationMethod)
def test_xades_of_signxml_is_judged_here_as_it_judges_it(
    form: CanonicalizationMethod,
) -> None:
    document = signed(XAdESSigner, Algorithm.ES256, c14n_algorithm=form)
    found = ours(document, Algorithm.ES256, CertificateRule.REQUIRED)
    # It digests signed properties in a form that it does not name, and then refuses
    # its own exclusive signatures where a namespace is in scope, as we do.
    assert (found.reason is Reason.VALID) is theirs(document, Algorithm.ES256, 3)
    assert (found.reason is Reason.VALID) is ("exc-c14n" not in form.value)


@pytest.mark.parametrize("algorithm", NAMES, ids=lambda each: each.jose)
@pytest.mark.parametrize("packaging", METHOD)
def test_what_is_signed_here_is_valid_to_signxml(
    algorithm: Algorithm, packaging: Packaging
) -> None:
    assert set(METHODS) - set(NAMES) == {Algorithm.EDDSA}
    made = draft(algorithm)
    made.packaging = packaging
    assert theirs(made.document(), algorithm, 2)


def test_what_is_signed_apart_is_valid_to_signxml() -> None:
    made = draft()
    made.packaging = Packaging.DETACHED
    found = XMLVerifier().verify(
        made.document(),
        x509_cert=signer().certificate.native,
        uri_resolver=lambda _: made.content,
        expect_config=SignatureConfiguration(expect_references=2),
    )
    assert len(found) == 2


def test_a_changed_word_is_refused_by_both() -> None:
    document = draft().document()
    forged = document.replace(b"honest", b"hostile")
    for text, is_valid in ((document, True), (forged, False)):
        judged = ours(text, Algorithm.ES256, CertificateRule.REQUIRED)
        assert (judged.reason is Reason.VALID) is is_valid
        assert theirs(text, Algorithm.ES256, 2) is is_valid
