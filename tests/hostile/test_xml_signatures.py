"""A forged XML signature is refused, and its twin is valid."""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Final

import pytest

from idwallet import limits
from idwallet.testing.xml_signed import DS, EXC_C14N, Packaging, XmlDraft
from tests.unit.envelope.xmldsig.forge import LIST, Forger, draft, outcome, pki


def nothing(_: XmlDraft) -> None:
    """Change nothing."""


@dataclass(frozen=True)
class Case:
    """One thing wrong with a signed document, and how it is refused."""

    name: str
    outcome: str
    forge: Forger
    prepare: Forger = nothing


def bent(old: bytes, new: bytes) -> Forger:
    def forge(made: XmlDraft) -> None:
        def bend(document: bytes) -> bytes:
            assert old in document
            return document.replace(old, new, 1)

        made.bend = bend

    return forge


def info(old: str, new: str) -> Forger:
    def forge(made: XmlDraft) -> None:
        def bend(text: str) -> str:
            assert old in text
            return text.replace(old, new, 1)

        made.bend_info = bend

    return forge


def properties(old: str, new: str) -> Forger:
    def forge(made: XmlDraft) -> None:
        def bend(text: str) -> str:
            assert old in text
            return text.replace(old, new, 1)

        made.bend_properties = bend

    return forge


def digest(change: object) -> Forger:
    def forge(made: XmlDraft) -> None:
        made.bend_digest = lambda text: b64encode(change(b64decode(text))).decode()  # type: ignore[operator]

    return forge


def transform(name: str, inner: str = "") -> str:
    return f'<ds:Transform Algorithm="{name}">{inner}</ds:Transform>'


def transforms(steps: str) -> Forger:
    def forge(made: XmlDraft) -> None:
        made.transforms = steps

    return forge


def method(name: str) -> Forger:
    def forge(made: XmlDraft) -> None:
        made.method = name

    return forge


def by_identifier(made: XmlDraft) -> None:
    made.uri = "#list"


def wrapped(made: XmlDraft) -> None:
    """Move what was signed into an object, and put another list in its place.

    The signature still fits what it refers to, which no longer is what is read.
    """
    by_identifier(made)

    def bend(document: bytes) -> bytes:
        start = document.index(b"<ds:Signature ")
        signature = document[start : document.index(b"</ds:Signature>") + 15]
        evil = LIST.replace(b"honest", b"evil").replace(b'Id="list"', b'Id="evil"')
        inner = signature.replace(
            b"</ds:Signature>", b"<ds:Object>" + LIST + b"</ds:Object></ds:Signature>"
        )
        return evil.replace(b"</l:list>", inner + b"</l:list>")

    made.bend = bend


def key_swapped(made: XmlDraft) -> None:
    stranger = pki().issuer("https://stranger.example")
    made.signer, made.chain = stranger.signer, stranger.chain


def signed_by_none(made: XmlDraft) -> None:
    start, end = b"<ds:SignatureValue>", b"</ds:SignatureValue>"

    def bend(document: bytes) -> bytes:
        head, _, rest = document.partition(start)
        return head + start + b"AA==" + end + rest.partition(end)[2]

    made.bend = bend


def prefixes(count: int) -> str:
    names = " ".join(f"p{n}" for n in range(count))
    inner = f'<e:InclusiveNamespaces xmlns:e="{EXC_C14N}" PrefixList="{names}"/>'
    return transform(f"{DS}enveloped-signature") + transform(EXC_C14N, inner)


ENVELOPED = transform(f"{DS}enveloped-signature")
FORM = transform(EXC_C14N)
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
PSS = "http://www.w3.org/2007/05/xmldsig-more#rsa-pss"
REFERENCE_END = "</ds:Reference></ds:SignedInfo>"

CONTENT: Final = (
    Case("a word changed", "integrity_mismatch", bent(b"honest", b"hostile")),
    Case(
        "an element added", "integrity_mismatch", bent(b"</l:name>", b"</l:name><l:x/>")
    ),
    Case(
        "an attribute added",
        "integrity_mismatch",
        bent(b'Id="list"', b'Id="list" x="1"'),
    ),
    Case(
        "a namespace changed under a prefix",
        "integrity_mismatch",
        bent(b'xmlns:l="urn:list"', b'xmlns:l="urn:evil"'),
    ),
    Case("a space added", "integrity_mismatch", bent(b"honest<", b"honest <")),
    Case(
        "the text of another charset", "MalformedError", bent(b"honest", b"h\xf6nest")
    ),
    Case("a document type", "MalformedError", bent(b"<l:list", b"<!DOCTYPE l><l:list")),
    Case(
        "an entity that expands",
        "MalformedError",
        bent(b"<l:list", b'<!DOCTYPE l [<!ENTITY a "aa">]><l:list'),
    ),
    Case(
        "an entity for the text that was signed",
        "MalformedError",
        bent(b"honest", b"&honest;"),
    ),
    Case(
        "huge depth behind the signature",
        "LimitError",
        bent(
            b"</l:list>",
            b"<x>" * limits.XML_DEPTH + b"</x>" * limits.XML_DEPTH + b"</l:list>",
        ),
    ),
    Case(
        "namespaces without number",
        "LimitError",
        bent(
            b"<l:name>",
            b"<l:name " + b" ".join(b'xmlns:n%d="urn:n"' % n for n in range(65)) + b">",
        ),
    ),
)

WRAPPING: Final = (
    Case(
        "the signed list wrapped in an object", "MalformedError", wrapped, by_identifier
    ),
    Case(
        "a second element with the identifier",
        "MalformedError",
        bent(b"<l:name>", b'<l:name Id="list">'),
        by_identifier,
    ),
    Case(
        "a second element with the identifier under another name of it",
        "MalformedError",
        bent(b"<l:name>", b'<l:name xml:id="list">'),
        by_identifier,
    ),
    Case(
        "a second element with the identifier inside of the signature",
        "MalformedError",
        bent(b"<ds:KeyInfo>", b'<ds:KeyInfo Id="list">'),
        by_identifier,
    ),
    Case(
        "the identifier taken away",
        "MalformedError",
        bent(b'Id="list"', b'Name="list"'),
        by_identifier,
    ),
    Case(
        "the signed properties twice",
        "MalformedError",
        bent(b"<ds:KeyInfo>", b'<ds:KeyInfo Id="signed">'),
    ),
    Case(
        "two SignedInfo",
        "MalformedError",
        bent(b"<ds:SignatureValue>", b"<ds:SignedInfo/><ds:SignatureValue>"),
    ),
    Case(
        "two signature values",
        "MalformedError",
        bent(
            b"<ds:KeyInfo>", b"<ds:SignatureValue>AA==</ds:SignatureValue><ds:KeyInfo>"
        ),
    ),
    Case(
        "two KeyInfo",
        "MalformedError",
        bent(b"<ds:KeyInfo>", b"<ds:KeyInfo/><ds:KeyInfo>"),
    ),
)

REFERENCES: Final = (
    Case(
        "a fragment of XPointer",
        "UnsupportedError",
        info('URI=""', 'URI="#xpointer(/)"'),
    ),
    Case(
        "an identifier chosen by XPointer",
        "UnsupportedError",
        info('URI="#list"', "URI=\"#xpointer(id('list'))\""),
        by_identifier,
    ),
    Case("an empty fragment", "UnsupportedError", info('URI=""', 'URI="#"')),
    Case("no address", "UnsupportedError", info(' URI=""', "")),
    Case(
        "an address on the network",
        "MalformedError",
        info('URI=""', 'URI="http://a.example"'),
    ),
    Case(
        "a file",
        "not_at_hand",
        info(
            'URI=""><ds:Transforms>' + ENVELOPED,
            'URI="file:///etc/passwd"><ds:Transforms>',
        ),
    ),
    Case(
        "a manifest", "UnsupportedError", info('URI=""', f'Type="{DS}Manifest" URI=""')
    ),
    Case(
        "no reference",
        "MalformedError",
        lambda made: setattr(made, "bend_info", _no_references),
    ),
    Case(
        "references without number",
        "LimitError",
        lambda made: setattr(made, "bend_info", _many_references),
    ),
)


def _no_references(text: str) -> str:
    head, _, _rest = text.partition("<ds:Reference")
    return head + "</ds:SignedInfo>"


def _many_references(text: str) -> str:
    start = text.index("<ds:Reference")
    one = text[start : text.index("</ds:Reference>") + len("</ds:Reference>")]
    return text.replace(
        "</ds:SignedInfo>", one * limits.XML_REFERENCES + "</ds:SignedInfo>"
    )


TRANSFORMS: Final = (
    Case(
        "XPath",
        "UnsupportedError",
        transforms(
            ENVELOPED + transform("http://www.w3.org/TR/1999/REC-xpath-19991116")
        ),
    ),
    Case(
        "XPath filter",
        "UnsupportedError",
        transforms(ENVELOPED + transform("http://www.w3.org/2002/06/xmldsig-filter2")),
    ),
    Case(
        "XSLT",
        "UnsupportedError",
        transforms(
            ENVELOPED + transform("http://www.w3.org/TR/1999/REC-xslt-19991116")
        ),
    ),
    Case(
        "base64", "UnsupportedError", transforms(ENVELOPED + transform(f"{DS}base64"))
    ),
    Case(
        "a decryption",
        "UnsupportedError",
        transforms(ENVELOPED + transform("http://www.w3.org/2002/07/decrypt#XML")),
    ),
    Case("canonical twice", "LimitError", transforms(ENVELOPED + FORM + FORM)),
    Case("enveloped after canonical", "LimitError", transforms(FORM + ENVELOPED)),
    Case("enveloped twice", "UnsupportedError", transforms(ENVELOPED + ENVELOPED)),
    # Signed like this by whoever is believed; it once raised what nobody expects.
    Case(
        "a signature taken out of itself",
        "MalformedError",
        lambda made: setattr(made, "uri", "#sig"),
        lambda made: setattr(made, "uri", "#list"),
    ),
    Case("an empty list", "MalformedError", transforms("<ds:Other/>")),
    Case(
        "something beside a transform",
        "MalformedError",
        transforms(ENVELOPED + FORM + "<ds:Other/>"),
    ),
    Case(
        "a parameter of enveloped",
        "UnsupportedError",
        transforms(
            transform(f"{DS}enveloped-signature", "<ds:XPath>x</ds:XPath>") + FORM
        ),
    ),
    Case(
        "a parameter of canonical",
        "UnsupportedError",
        transforms(ENVELOPED + transform(EXC_C14N, "<ds:XPath>x</ds:XPath>")),
    ),
    Case(
        "prefixes without number",
        "LimitError",
        transforms(prefixes(limits.XML_PREFIXES + 1)),
        transforms(prefixes(limits.XML_PREFIXES)),
    ),
    Case("nothing taken out", "integrity_mismatch", transforms(FORM)),
)

ALGORITHMS: Final = (
    Case(
        "a digest cut short", "integrity_mismatch", digest(lambda octets: octets[:16])
    ),
    Case(
        "an empty digest",
        "MalformedError",
        lambda made: setattr(made, "bend_digest", lambda _: ""),
    ),
    Case(
        "a digest with octets behind it",
        "integrity_mismatch",
        digest(lambda octets: octets + b"\0"),
    ),
    Case(
        "SHA-1",
        "UnsupportedError",
        lambda made: setattr(made, "digest_method", f"{DS}sha1"),
    ),
    Case(
        "a digest method of its own",
        "UnsupportedError",
        info("2001/04/xmlenc#sha256", "2001/04/xmlenc#md5"),
    ),
    Case("HMAC", "algorithm_not_allowed", method(f"{MORE}hmac-sha256")),
    Case("RSA with SHA-1", "algorithm_not_allowed", method(f"{DS}rsa-sha1")),
    Case("ECDSA with SHA-1", "algorithm_not_allowed", method(f"{MORE}ecdsa-sha1")),
    Case("no method", "algorithm_not_allowed", method("")),
    Case(
        "a method of another kind of key", "key_unusable", method(f"{MORE}rsa-sha256")
    ),
    Case("another hash than was signed with", "invalid", method(f"{MORE}ecdsa-sha512")),
    Case(
        "a parameter of the method",
        "UnsupportedError",
        info(
            "</ds:SignatureMethod>",
            "<ds:HMACOutputLength>1</ds:HMACOutputLength></ds:SignatureMethod>",
        ),
    ),
    Case(
        "a canonical form of its own",
        "UnsupportedError",
        lambda made: setattr(made, "form", "http://www.w3.org/2010/xml-c14n2"),
    ),
    Case(
        "SignedInfo changed",
        "invalid",
        bent(b"<ds:SignatureMethod", b"<ds:SignatureMethod Id='x'"),
    ),
    Case("a value that is none", "invalid", signed_by_none),
    Case("another key in KeyInfo, which signed", "invalid", key_swapped),
)

PROPERTIES: Final = (
    Case(
        "another certificate named",
        "mismatch",
        lambda made: setattr(
            made, "named", pki().issuer("https://other.example").chain[0]
        ),
    ),
    Case(
        "the certificate named twice",
        "MalformedError",
        properties(
            "</xades:SigningCertificateV2>",
            "</xades:SigningCertificateV2><xades:SigningCertificate/>",
        ),
    ),
    Case(
        "the certificate named by SHA-1",
        "UnsupportedError",
        properties("2001/04/xmlenc#sha256", "2000/09/xmldsig#sha1"),
    ),
    Case(
        "no certificate in the name",
        "MalformedError",
        properties("xades:Cert>", "xades:No>"),
    ),
    Case(
        "properties changed",
        "integrity_mismatch",
        bent(
            b"<xades:SignedSignatureProperties>",
            b"<xades:SignedSignatureProperties Id='x'>",
        ),
    ),
    Case(
        "properties that nobody signed",
        "absent",
        info(' Type="http://uri.etsi.org/01903#SignedProperties"', ""),
    ),
    Case(
        "a time without a zone",
        "MalformedError",
        properties(
            "<xades:SigningCertificateV2>",
            "<xades:SigningTime>2026-11-24T12:00:00</xades:SigningTime><xades:SigningCertificateV2>",
        ),
    ),
)

CASES: Final = (*CONTENT, *WRAPPING, *REFERENCES, *TRANSFORMS, *ALGORITHMS, *PROPERTIES)


@pytest.mark.parametrize("case", CASES, ids=lambda each: each.name)
def test_a_forged_signature_is_told_from_its_valid_twin(case: Case) -> None:
    valid, forged = draft(), draft()
    for each in (valid, forged):
        case.prepare(each)
    case.forge(forged)
    assert outcome(valid) == "valid"
    assert outcome(forged) == case.outcome


def test_forged_signatures_have_names_of_their_own() -> None:
    names = [each.name for each in CASES]
    assert len(set(names)) == len(names)


def test_a_comment_that_divides_a_text_is_no_part_of_what_is_read() -> None:
    # The digest leaves comments out, so one may be put in; a reader of what is covered
    # still finds the whole text, and no shorter one.
    made = draft()
    bent(b"honest", b"hon<!-- -->est")(made)
    assert outcome(made) == "valid"


def test_more_signatures_than_anybody_reads_are_refused() -> None:
    made = draft()
    made.packaging = Packaging.ENVELOPING
    made.bend = lambda document: (
        b"<a>" + document * (limits.XML_SIGNATURES + 1) + b"</a>"
    )
    assert outcome(made) == "LimitError"


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("", "invalid"),  # well-formed: another scheme than it was signed with
        (
            '<p:RSAPSSParams xmlns:p="http://www.w3.org/2007/05/xmldsig-more#"/>',
            "invalid",
        ),
        (
            (
                '<p:RSAPSSParams xmlns:p="http://www.w3.org/2007/05/xmldsig-more#">'
                "<p:SaltLength>20</p:SaltLength></p:RSAPSSParams>"
            ),
            "UnsupportedError",
        ),
        (
            (
                '<p:RSAPSSParams xmlns:p="http://www.w3.org/2007/05/xmldsig-more#">'
                '<p:MaskGenerationFunction Algorithm="urn:x"/></p:RSAPSSParams>'
            ),
            "UnsupportedError",
        ),
        (
            (
                '<p:RSAPSSParams xmlns:p="http://www.w3.org/2007/05/xmldsig-more#">'
                f'<ds:DigestMethod xmlns:ds="{DS}" Algorithm="{MORE}sha384"/>'
                "</p:RSAPSSParams>"
            ),
            "UnsupportedError",
        ),
    ],
)
def test_parameters_of_pss_have_one_hash_throughout(inner: str, expected: str) -> None:
    made = draft()
    made.method = PSS
    info("</ds:SignatureMethod>", f"{inner}</ds:SignatureMethod>")(made)
    assert outcome(made) == expected.replace("invalid", "key_unusable")
