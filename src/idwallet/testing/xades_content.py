"""Forged XAdES documents of which something else is shown than was signed."""

import hashlib
from typing import Final

from idwallet.documents.model import Packaging, XAdES
from idwallet.envelope.xmldsig import AS_IT_IS, PART, NewReference
from idwallet.report import CheckId, Reason
from idwallet.testing.corpus.forgery import Forged, nothing
from idwallet.testing.xades_draft import (
    PAPER,
    Forger,
    XadesDraft,
    apart,
    around,
    bent,
    both_around,
    spelled,
    wrapped,
)

References = tuple[NewReference, ...]
_R = Reason
_EVIL: Final = PAPER.replace(b"honest", b"hostile")


def _brought(document: object) -> Forger:
    return lambda made: setattr(made, "brought", document)


_CHANGED: Final = (
    ("a word", bent(b"honest", b"hostile"), nothing),
    (
        "an element added",
        bent(b"</p:text>", b"</p:text><p:text>more</p:text>"),
        nothing,
    ),
    ("an attribute added", bent(b'Id="paper"', b'Id="paper" p:x="1"'), nothing),
    (
        "what a prefix in a text stands for",
        bent(b"urn:example:kind", b"urn:example:gift"),
        nothing,
    ),
    (
        "a declaration added",
        bent(b'Id="paper"', b'Id="paper" xmlns:z="urn:z"'),
        nothing,
    ),
    ("white space", bent(b"<p:text ", b" <p:text "), nothing),
    (
        "an instruction before it",
        lambda m: setattr(m, "bend", lambda o: b"<?show evil?>" + o),
        nothing,
    ),
    (
        "text behind the signature",
        bent(b"</p:paper>", b"not really</p:paper>"),
        nothing,
    ),
    (
        "the time of signing",
        bent(b"<xades:SigningTime>2026", b"<xades:SigningTime>2025"),
        nothing,
    ),
    (
        "a role added",
        bent(
            b"</xades:SigningCertificateV2>",
            b"</xades:SigningCertificateV2><xades:SignerRoleV2></xades:SignerRoleV2>",
        ),
        nothing,
    ),
    ("what is in it", bent(spelled(PAPER), spelled(_EVIL)), around),
    ("what is brought beside it", _brought(_EVIL), nothing),
    ("what is brought beside what is in it", _brought(_EVIL), around),
    ("a document apart", _brought({"one.txt": b"one", "two.txt": b"2"}), apart),
    (
        "two documents apart swapped",
        _brought({"one.txt": b"two", "two.txt": b"one"}),
        apart,
    ),
)


# --- left uncovered -------------------------------------------------------------------


def _by_identifier(made: XadesDraft) -> None:
    """Refer to the document by its identifier, and take the one signature out."""
    made.profile = XAdES(alone=True)
    made.bend_info = lambda info: info.replace(b'URI=""', b'URI="#paper"')


def _moved(made: XadesDraft) -> None:
    """Show another document, with what was signed somewhere in it."""

    def bend(octets: bytes) -> bytes:
        outer = _EVIL.replace(b'Id="paper"', b'Id="evil"').replace(b' Id="text"', b"")
        return outer.replace(b"</p:paper>", octets + b"</p:paper>")

    made.bend = bend


_TEXT: Final = (
    b'<p:text xmlns:p="urn:example:paper" xmlns:q="urn:example:kind" Id="text"'
    b' q:kind="q:loan">an honest paper of invented people</p:text>'
)


def _a_part(made: XadesDraft) -> None:
    def only(found: References) -> References:
        digest = hashlib.sha256(_TEXT).digest()
        return (found[0]._replace(uri="#text", digest=digest, transforms=PART),)

    made.references = only


def _nothing_signed(made: XadesDraft) -> None:
    made.references = lambda _: ()
    made.bend_properties = _described_never


def _described_never(properties: bytes) -> bytes:
    start = properties.index(b"<xades:SignedDataObjectProperties>")
    end = b"</xades:SignedDataObjectProperties>"
    return properties[:start] + properties[properties.index(end) + len(end) :]


def _object(held: bytes) -> Forger:
    return bent(b"</ds:Signature>", held + b"</ds:Signature>")


def _instructed(made: XadesDraft) -> None:
    made.bend = lambda octets: octets + b"<?show evil?>"


def _around_it(made: XadesDraft) -> None:
    made.bend = lambda octets: b"<evil>" + octets + b"</evil>"


def _beside_it(made: XadesDraft) -> None:
    def wrap(first: bytes, second: bytes) -> bytes:
        return wrapped(first, second + b"<evil>pay more</evil>")

    made.wrap = wrap


def _on_another(made: XadesDraft) -> None:
    made.beside = lambda second: setattr(second, "document", _EVIL)


def _apart_from_it(made: XadesDraft) -> None:
    def other(second: XadesDraft) -> None:
        second.profile = XAdES(packaging=Packaging.DETACHED)
        second.document = {"one.txt": b"one"}

    made.beside = other
    made.brought = {"one.txt": b"one"}


def _one_more(made: XadesDraft) -> None:
    made.brought = {"one.txt": b"one", "two.txt": b"two", "three.txt": b"three"}


def _one_less(made: XadesDraft) -> None:
    """Sign one of the two that are brought."""
    made.references = lambda found: found[:1]
    made.bend_properties = _described_once


def _described_once(properties: bytes) -> bytes:
    start = properties.rindex(b"<xades:DataObjectFormat ")
    end = properties.rindex(b"</xades:DataObjectFormat>") + 25
    return properties[:start] + properties[end:]


_OPEN: Final = (
    ("a part is signed", _a_part, nothing),
    ("nothing is signed", _nothing_signed, nothing),
    ("nothing in it is signed", _nothing_signed, around),
    ("what was signed is moved", _moved, _by_identifier),
    ("an object added", _object(b"<ds:Object><evil/></ds:Object>"), nothing),
    ("an object with text added", _object(b"<ds:Object>pay more</ds:Object>"), around),
    ("an element added", _object(b"<evil/>"), around),
    ("text added", _object(b"pay more"), around),
    ("something put around it", _around_it, around),
    ("an instruction before it", _instructed, around),
    ("an instruction behind it", _instructed, _by_identifier),
    ("something put beside it", _beside_it, both_around),
    ("two on different documents", _on_another, both_around),
    ("one more document brought", _one_more, apart),
    ("one of two signed", _one_less, apart),
)


# --- not at hand ----------------------------------------------------------------------


def _external(made: XadesDraft) -> None:
    """Refer to something in the network, as if somebody would fetch it."""

    def more(found: References) -> References:
        digest = hashlib.sha256(b"fetched").digest()
        uri = "https://attacker.example/paper"
        return (*found, NewReference(uri, digest, AS_IT_IS, id="id-external"))

    made.references = more
    made.bend_properties = _described_twice


def _described_twice(properties: bytes) -> bytes:
    more = (
        b'<xades:DataObjectFormat ObjectReference="#id-external">'
        b"<xades:MimeType>text/plain</xades:MimeType></xades:DataObjectFormat>"
    )
    end = b"</xades:SignedDataObjectProperties>"
    return properties.replace(end, more + end)


_LACKING: Final = (
    ("nothing is brought", _brought(None), apart),
    ("one of two is brought", _brought({"one.txt": b"one"}), apart),
    ("two are brought without names", _brought(b"one"), apart),
    ("something in the network", _external, nothing),
)

_INTEGRITY: Final = CheckId.DOCUMENT_INTEGRITY

CONTENT_FORGERIES: Final = (
    *(
        Forged(f"content: {n} changed", _INTEGRITY, _R.INTEGRITY_MISMATCH, f, prepare=p)
        for n, f, p in _CHANGED
    ),
    *(
        Forged(f"coverage: {n}", _INTEGRITY, _R.NOT_COVERED, f, prepare=p)
        for n, f, p in _OPEN
    ),
    *(
        Forged(f"at hand: {n}", _INTEGRITY, _R.NOT_AT_HAND, f, prepare=p)
        for n, f, p in _LACKING
    ),
)
"""Every forged content there is here."""
