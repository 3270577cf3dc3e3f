"""Forged XAdES documents, each with its valid twin.

    from idwallet.testing.xades import XADES_FORGERIES

    scene = DocumentScene()
    for forgery in XADES_FORGERIES:
        valid, forged = forgery.twins(scene)
        assert my_reader(valid.to_bytes(), valid.brought)
        assert not my_reader(forged.to_bytes(), forged.brought)

A twin differs from its forgery in nothing but the fault. Every key is a test key.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from idwallet.envelope.xmldsig import NewReference
from idwallet.report import CheckId, Reason
from idwallet.testing.corpus.forgery import Forged
from idwallet.testing.document_draft import DocumentScene
from idwallet.testing.xades_content import CONTENT_FORGERIES
from idwallet.testing.xades_draft import (
    Forger,
    XadesDraft,
    bent,
    countered,
    replacing,
    spelled,
    stamped,
    xades_draft,
)
from idwallet.testing.xades_signature import MORE, SIGNATURE_FORGERIES

__all__ = ["XADES_FORGERIES", "XadesDraft", "XadesForgery", "xades_draft"]

_R = Reason


@dataclass(frozen=True, slots=True)
class XadesForgery(Forged[XadesDraft]):
    """A signed document that nobody may accept; see `Forged`."""

    def twins(self, scene: DocumentScene) -> tuple[XadesDraft, XadesDraft]:
        """Return the valid draft and the forged one."""
        return self.apart(lambda: xades_draft(scene))


def _properties(old: bytes, new: bytes) -> Forger:
    return lambda made: setattr(made, "bend_properties", replacing(old, new))


# --- what is signed beside the document ----------------------------------------------


def _without_properties(made: XadesDraft) -> None:
    made.has_properties = False


def _between(start: bytes, end: bytes) -> Callable[[bytes], bytes]:
    def bend(octets: bytes) -> bytes:
        first, last = octets.index(start), octets.index(end) + len(end)
        return octets[:first] + octets[last:]

    return bend


_TIME: Final = (b"<xades:SigningTime>", b"</xades:SigningTime>")
_CERT: Final = (b"<xades:SigningCertificateV2>", b"</xades:SigningCertificateV2>")
_FORMAT: Final = (
    b"<xades:SignedDataObjectProperties>",
    b"</xades:SignedDataObjectProperties>",
)


def _naming(made: XadesDraft) -> None:
    """Name the certificate of somebody else."""
    own, other = made.who.chain[0], made.scene.second.chain[0]
    digests = [spelled(hashlib.sha256(each).digest()) for each in (own, other)]
    made.bend_properties = replacing(digests[0], digests[1])


def _unsigned(held: bytes) -> Forger:
    return lambda made: setattr(made, "bend_unsigned", lambda octets: octets + held)


def _cut(start: bytes, end: bytes) -> Forger:
    return lambda made: setattr(made, "bend_properties", _between(start, end))


_PROFILES: Final = (
    ("no signed properties", _without_properties),
    (
        "properties of another signature",
        bent(b'Target="#id-first"', b'Target="#id-other"'),
    ),
    (
        "two holders of properties",
        bent(
            b"</ds:Signature>",
            b'<ds:Object><x:QualifyingProperties Target="#id-first"'
            b' xmlns:x="http://uri.etsi.org/01903/v1.3.2#"/></ds:Object>'
            b"</ds:Signature>",
        ),
    ),
    ("no time of signing", _cut(*_TIME)),
    ("no certificate named", _cut(*_CERT)),
    ("another certificate named", _naming),
    (
        "the first form of the name",
        _properties(
            _CERT[1],
            _CERT[1] + b"<xades:SigningCertificate></xades:SigningCertificate>",
        ),
    ),
    (
        "two times of signing",
        _properties(
            _TIME[0],
            b"<xades:SigningTime>2026-11-24T12:00:00Z</xades:SigningTime>" + _TIME[0],
        ),
    ),
    ("nothing said of the document", _cut(*_FORMAT)),
    (
        "something else described",
        _properties(
            b'ObjectReference="#id-first-document"', b'ObjectReference="#other"'
        ),
    ),
    (
        "a property of nobody",
        _properties(
            _CERT[1], _CERT[1] + b'<e:Evil xmlns:e="urn:example:evil"></e:Evil>'
        ),
    ),
    (
        "an archive timestamp of old",
        _unsigned(
            b'<xades:ArchiveTimeStamp xmlns:xades="http://uri.etsi.org/01903/v1.3.2#"/>'
        ),
    ),
)


# --- timestamps, and signatures on signatures -----------------------------------------


def _stamp_bent(old: bytes, new: bytes) -> Forger:
    return lambda made: setattr(made, "bend_stamps", replacing(old, new))


def _other_value(made: XadesDraft) -> None:
    made.stamps = [lambda stamp: setattr(stamp, "digest", bytes(32))]


_STAMPS: Final = (
    ("of another value", _R.INTEGRITY_MISMATCH, _other_value),
    (
        "in a form of nobody",
        _R.INTEGRITY_MISMATCH,
        _stamp_bent(b"2001/10/xml-exc-c14n#", b"form"),
    ),
    (
        "that says what it is on",
        _R.INTEGRITY_MISMATCH,
        _stamp_bent(
            b"<xades:EncapsulatedTimeStamp>",
            b"<xades:Include></xades:Include><xades:EncapsulatedTimeStamp>",
        ),
    ),
    (
        "in XML",
        _R.MALFORMED,
        _stamp_bent(
            b"</xades:EncapsulatedTimeStamp>",
            b"</xades:EncapsulatedTimeStamp><xades:EncapsulatedTimeStamp></xades:EncapsulatedTimeStamp>",
        ),
    ),
    (
        "that is none",
        _R.MALFORMED,
        lambda m: setattr(
            m,
            "bend_stamps",
            _between(
                b"<xades:EncapsulatedTimeStamp>", b"</xades:EncapsulatedTimeStamp>"
            ),
        ),
    ),
)


def _replayed(made: XadesDraft) -> None:
    made.counter_target = b"the value of another signature"


def _elsewhere(made: XadesDraft) -> None:
    def on(counter: XadesDraft) -> None:
        def other(found: tuple[NewReference, ...]) -> tuple[NewReference, ...]:
            (first,) = found
            text = (
                b'<p:text xmlns:p="urn:example:paper" xmlns:q="urn:example:kind"'
                b' Id="text" q:kind="q:loan">an honest paper of invented people'
                b"</p:text>"
            )
            return (first._replace(uri="#text", digest=hashlib.sha256(text).digest()),)

        counter.references = other

    made.counter = on


def _counter_bent(made: XadesDraft) -> None:
    made.counter = lambda counter: setattr(
        counter, "bend_info", replacing(MORE + b"ecdsa-sha256", MORE + b"ecdsa-sha1")
    )


_INTEGRITY: Final = CheckId.DOCUMENT_INTEGRITY
_COUNTERS: Final = (
    ("of another signature", _INTEGRITY, _R.INTEGRITY_MISMATCH, _replayed),
    ("on something else", _INTEGRITY, _R.NOT_COVERED, _elsewhere),
    (
        "a method with SHA-1",
        CheckId.SIGNER_SIGNATURE,
        _R.ALGORITHM_NOT_ALLOWED,
        _counter_bent,
    ),
)

_OTHERS: Final[tuple[Forged[XadesDraft], ...]] = (
    *(
        Forged(f"profile: {n}", CheckId.SIGNATURE_PROFILE, _R.MISMATCH, f)
        for n, f in _PROFILES
    ),
    *(
        Forged(f"timestamp: {n}", CheckId.TIMESTAMP_TRUST, r, f, prepare=stamped)
        for n, r, f in _STAMPS
    ),
    *(Forged(f"counter: {n}", c, r, f, prepare=countered) for n, c, r, f in _COUNTERS),
)

XADES_FORGERIES: Final = tuple(
    XadesForgery(each.name, each.check, each.reason, each.forge, each.prepare)
    for each in (*SIGNATURE_FORGERIES, *_OTHERS, *CONTENT_FORGERIES)
)
"""Every forged XAdES document there is here."""
