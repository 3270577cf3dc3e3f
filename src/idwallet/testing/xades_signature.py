"""Forged XAdES documents of which the signature does not stand, or cannot be read."""

from typing import Final

from idwallet import limits
from idwallet.envelope.xmldsig import NewReference
from idwallet.report import CheckId, Reason
from idwallet.testing.corpus.forgery import Forged
from idwallet.testing.xades_draft import (
    Forger,
    XadesDraft,
    bent,
    countered,
    info_bent,
    spelled,
)

_R = Reason
_DS: Final = b"http://www.w3.org/2000/09/xmldsig#"
MORE: Final = b"http://www.w3.org/2001/04/xmldsig-more#"


# --- the signature itself -------------------------------------------------------------


def _another_certificate(made: XadesDraft) -> None:
    """Put somebody else's certificates in place of the signer's."""
    pairs = zip(made.who.chain, made.scene.second.chain, strict=True)

    def bend(octets: bytes) -> bytes:
        for own, other in pairs:
            octets = octets.replace(spelled(own), spelled(other))
        return octets

    made.bend = bend


def _without_key_info(octets: bytes) -> bytes:
    start, end = octets.index(b"<ds:KeyInfo>"), octets.index(b"</ds:KeyInfo>")
    return octets[:start] + b"<ds:KeyInfo>" + octets[end:]


def _value_of_another(made: XadesDraft) -> None:
    signer = made.who.signer

    def bend(octets: bytes) -> bytes:
        start = octets.index(b'-value">') + 8
        end = octets.index(b"</ds:SignatureValue>")
        return octets[:start] + spelled(signer.sign(b"another")) + octets[end:]

    made.bend = bend


_SIGNATURES: Final = (
    (
        "another form of SignedInfo",
        _R.INVALID,
        bent(b"xml-exc-c14n#", b"xml-exc-c14n#WithComments"),
    ),
    ("the address of a reference", _R.INVALID, bent(b'URI=""', b'URI="#paper"')),
    ("a value of another signature", _R.INVALID, _value_of_another),
    ("somebody else's certificate", _R.INVALID, _another_certificate),
    (
        "a method of another key",
        _R.KEY_UNUSABLE,
        info_bent(MORE + b"ecdsa-sha256", MORE + b"rsa-sha256"),
    ),
    (
        "a method with SHA-1",
        _R.ALGORITHM_NOT_ALLOWED,
        info_bent(MORE + b"ecdsa-sha256", MORE + b"ecdsa-sha1"),
    ),
    (
        "a shared secret",
        _R.ALGORITHM_NOT_ALLOWED,
        info_bent(MORE + b"ecdsa-sha256", _DS + b"hmac-sha256"),
    ),
)


# --- what is read ---------------------------------------------------------------------

_FILTER: Final = b"http://www.w3.org/2002/06/xmldsig-filter2"
_XPATH: Final = b"/descendant::ds:Signature"


def _transform(name: bytes) -> Forger:
    return info_bent(b"http://www.w3.org/TR/2001/REC-xml-c14n-20010315", name)


def _again(made: XadesDraft) -> None:
    """Put an element with the identifier of the signed properties beside them."""
    made.document = b'<a><b Id="id-first-signed"/></a>'


def _crowded(made: XadesDraft) -> None:
    def more(found: tuple[NewReference, ...]) -> tuple[NewReference, ...]:
        return found * (limits.XML_REFERENCES + 1)

    made.references = more


def _many(made: XadesDraft) -> None:
    empty = b'<s:Signature xmlns:s="%s"/>' % _DS
    made.bend = lambda octets: octets.replace(
        b"</p:paper>", empty * limits.XML_SIGNATURES + b"</p:paper>"
    )


def _deep(made: XadesDraft) -> None:
    def deeper(left: int) -> Forger:
        def counter(on: XadesDraft) -> None:
            if left:
                on.counter = deeper(left - 1)

        return counter

    made.counter = deeper(limits.COUNTER_SIGNATURE_DEPTH)


_FORMATS: Final = (
    (
        "XSLT",
        _R.UNSUPPORTED,
        _transform(b"http://www.w3.org/TR/1999/REC-xslt-19991116"),
    ),
    ("a transform of nobody", _R.UNSUPPORTED, _transform(b"urn:example:transform")),
    ("XPath of its own", _R.UNSUPPORTED, info_bent(_XPATH, b"/descendant::ds:Object")),
    ("an intersection", _R.UNSUPPORTED, info_bent(b'"subtract"', b'"intersect"')),
    (
        "XPath with another prefix",
        _R.UNSUPPORTED,
        info_bent(b'xmlns:dsig-xpath="', b'xmlns:ds="urn:x" xmlns:dsig-xpath="'),
    ),
    ("an XPointer", _R.UNSUPPORTED, info_bent(b'URI=""', b'URI="#xpointer(/)"')),
    ("no address", _R.UNSUPPORTED, info_bent(b' URI=""', b"")),
    (
        "a manifest",
        _R.UNSUPPORTED,
        info_bent(b' URI=""', b' Type="%sManifest" URI=""' % _DS),
    ),
    (
        "a digest by SHA-1",
        _R.UNSUPPORTED,
        info_bent(b"http://www.w3.org/2001/04/xmlenc#sha256", _DS + b"sha1"),
    ),
    (
        "another encoding",
        _R.UNSUPPORTED,
        lambda m: setattr(
            m, "bend", lambda o: b'<?xml version="1.0" encoding="latin1"?>' + o
        ),
    ),
    ("one identifier twice", _R.MALFORMED, _again),
    (
        "a document type",
        _R.MALFORMED,
        lambda m: setattr(m, "bend", lambda o: b"<!DOCTYPE p:paper>" + o),
    ),
    (
        "an entity",
        _R.MALFORMED,
        lambda m: setattr(
            m,
            "bend",
            lambda o: (
                b'<!DOCTYPE p:paper [<!ENTITY x "evil">]>'
                + o.replace(b"honest", b"&x;")
            ),
        ),
    ),
    ("an entity of nobody", _R.MALFORMED, bent(b"honest", b"&x;")),
    (
        "two SignedInfo",
        _R.MALFORMED,
        bent(
            b"<ds:SignatureValue ",
            b"<ds:SignedInfo></ds:SignedInfo><ds:SignatureValue ",
        ),
    ),
    (
        "two KeyInfo",
        _R.MALFORMED,
        bent(b"<ds:KeyInfo>", b"<ds:KeyInfo></ds:KeyInfo><ds:KeyInfo>"),
    ),
    ("an open element", _R.MALFORMED, bent(b"</p:paper>", b"")),
    ("too many references", _R.LIMIT_EXCEEDED, _crowded),
    ("too many signatures", _R.LIMIT_EXCEEDED, _many),
    (
        "no signature",
        _R.ABSENT,
        lambda m: setattr(m, "bend", lambda o: o.replace(_DS, b"urn:example:dsig")),
    ),
)

SIGNATURE_FORGERIES: Final = (
    *(
        Forged(f"signature: {n}", CheckId.SIGNER_SIGNATURE, r, f)
        for n, r, f in _SIGNATURES
    ),
    *(Forged(f"format: {n}", CheckId.DOCUMENT_FORMAT, r, f) for n, r, f in _FORMATS),
    Forged(
        "counter: too deep",
        CheckId.DOCUMENT_FORMAT,
        _R.LIMIT_EXCEEDED,
        _deep,
        prepare=countered,
    ),
    Forged(
        "signer: no certificate",
        CheckId.SIGNER_TRUST,
        _R.NO_KEY_MATERIAL,
        lambda made: setattr(made, "bend", _without_key_info),
    ),
)
"""Every signature that does not stand there is here."""
