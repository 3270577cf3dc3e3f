"""Forged signed documents, each with its valid twin.

    from idwallet.testing.documents import DOCUMENT_FORGERIES, DocumentScene

    scene = DocumentScene()
    for forgery in DOCUMENT_FORGERIES:
        valid, forged = forgery.twins(scene)
        assert my_reader(valid.to_bytes(), valid.document)
        assert not my_reader(forged.to_bytes(), forged.document)

A twin differs from its forgery in nothing but the fault. Every key is a test key.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from idwallet import limits
from idwallet.codec.der import OID, integer, oid, sequence, tlv
from idwallet.crypto.algorithms import Algorithm
from idwallet.documents.policy import ARCHIVE
from idwallet.envelope.cms import attribute, names
from idwallet.report import CheckId, Reason
from idwallet.testing.authorities import document_signer
from idwallet.testing.cms_draft import (
    SignerDraft,
    certificate_v1,
    certificate_v2,
    octets,
)
from idwallet.testing.corpus.forgery import Forged
from idwallet.testing.document_draft import (
    CONTRACT,
    DocumentDraft,
    DocumentScene,
    document_draft,
)
from idwallet.testing.document_signers import SIGNER_FORGERIES, sign_as
from idwallet.testing.document_stamps import TIMESTAMP_FORGERIES

__all__ = [
    "CONTRACT",
    "DOCUMENT_FORGERIES",
    "DocumentDraft",
    "DocumentForgery",
    "DocumentScene",
    "document_draft",
]

Forger = Callable[[DocumentDraft], None]


def _stays(_: object) -> None:
    """Change nothing."""


_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DocumentForgery(Forged[DocumentDraft]):
    """A signed document that nobody may accept; see `Forged`."""

    def twins(self, scene: DocumentScene) -> tuple[DocumentDraft, DocumentDraft]:
        """Return the valid draft and the forged one."""
        return self.apart(lambda: document_draft(scene))


def _bent(change: Callable[[bytes], bytes]) -> Forger:
    return lambda made: setattr(made, "bend", change)


def _cms(**changes: object) -> Forger:
    def forge(made: DocumentDraft) -> None:
        for name, value in changes.items():
            setattr(made.cms, name, value)

    return forge


def _signer(**changes: object) -> Forger:
    def forge(made: DocumentDraft) -> None:
        for name, value in changes.items():
            setattr(made.cms.signer, name, value)

    return forge


def _draft(**changes: object) -> Forger:
    def forge(made: DocumentDraft) -> None:
        for name, value in changes.items():
            setattr(made, name, value)

    return forge


def _signed(kind: bytes, *values: bytes) -> Forger:
    """Sign another value of an attribute, or none."""

    def forge(made: DocumentDraft) -> None:
        attributes = dict(made.cms.signer.attributes or {})
        attributes.pop(kind, None)
        if values:
            attributes[kind] = values
        made.cms.signer.attributes = attributes

    return forge


# --- the message ----------------------------------------------------------------------


def _two_references(made: DocumentDraft) -> None:
    own = certificate_v1(made.scene.signer.chain[0])
    _signed(names.SIGNING_CERTIFICATE, own)(made)


def _protected_otherwise(made: DocumentDraft) -> None:
    algorithms = sequence(
        names.digest_identifier("sha512"), b"\xa1" + made.cms.signer.scheme[1:]
    )
    _signed(names.ALGORITHM_PROTECTION, algorithms)(made)


def _crowd(made: DocumentDraft) -> None:
    """Have one signature stamped as often as may be, and repeated beside itself."""
    made.stamps = [lambda _: None] * limits.SIGNATURE_TIMESTAMPS


def _crowded(made: DocumentDraft) -> None:
    each = 1 + limits.SIGNATURE_TIMESTAMPS
    times = limits.DOCUMENT_SIGNATURE_CHECKS // each + 1
    made.repeated = times


def _deep_counters(made: DocumentDraft) -> None:
    made.counter, made.depth = _stays, limits.COUNTER_SIGNATURE_DEPTH


_FORMAT: Final = CheckId.DOCUMENT_FORMAT
_R = Reason
_FORMATS: Final = (
    ("no message but junk", _R.MALFORMED, _bent(lambda _: b"junk")),
    ("nothing", _R.MALFORMED, _bent(lambda _: b"")),
    ("a message cut off", _R.MALFORMED, _bent(lambda der: der[:-1])),
    ("something after the message", _R.MALFORMED, _bent(lambda der: der + b"\0")),
    ("certificates and no signature", _R.ABSENT, _cms(signers=[])),
    ("another kind of message", _R.UNSUPPORTED, _cms(kind=oid("1.2.3")[2:])),
    ("another version", _R.UNSUPPORTED, _cms(version=2)),
    (
        "a signed attribute twice",
        _R.MALFORMED,
        _signer(more=(attribute(names.CONTENT_TYPE, tlv(OID, names.DATA)),)),
    ),
    ("two signing certificates", _R.MALFORMED, _two_references),
    ("other algorithms than were signed", _R.MALFORMED, _protected_otherwise),
    (
        "too many certificates",
        _R.LIMIT_EXCEEDED,
        _cms(certificates=(sequence(),) * (limits.CMS_CERTIFICATES + 1)),
    ),
)


# --- what was signed ------------------------------------------------------------------


def _enveloping(made: DocumentDraft) -> None:
    made.cms.is_detached = False
    made.document = None


def _both(made: DocumentDraft) -> None:
    made.cms.is_detached = False


def _countersigned(made: DocumentDraft) -> None:
    made.counter = lambda _: None


def _moved_counter(made: DocumentDraft) -> None:
    def change(own: SignerDraft) -> None:
        if own.attributes is not None:
            own.attributes[names.MESSAGE_DIGEST] = (octets(bytes(32)),)

    made.counter = change


_OTHER: Final = CONTRACT + b"."
_INTEGRITY: Final = CheckId.DOCUMENT_INTEGRITY


_INTEGRITIES: Final[tuple[tuple[str, Reason, Forger, Forger], ...]] = (
    ("another document", _R.INTEGRITY_MISMATCH, _draft(document=_OTHER), _stays),
    ("an empty document", _R.INTEGRITY_MISMATCH, _draft(document=b""), _stays),
    ("no document", _R.NOT_AT_HAND, _draft(document=None), _stays),
    (
        "another digest signed",
        _R.INTEGRITY_MISMATCH,
        _signed(names.MESSAGE_DIGEST, octets(bytes(32))),
        _stays,
    ),
    (
        "another type signed",
        _R.INTEGRITY_MISMATCH,
        _signed(names.CONTENT_TYPE, tlv(OID, names.TIMESTAMP_INFO)),
        _stays,
    ),
    ("content changed", _R.INTEGRITY_MISMATCH, _cms(content=_OTHER), _enveloping),
    ("one inside, one beside", _R.INTEGRITY_MISMATCH, _draft(document=_OTHER), _both),
    ("one beside, one inside", _R.INTEGRITY_MISMATCH, _cms(content=_OTHER), _both),
    (
        "a counter-signature from elsewhere",
        _R.INTEGRITY_MISMATCH,
        _moved_counter,
        _countersigned,
    ),
)


# --- the signature --------------------------------------------------------------------


def _other_key(made: DocumentDraft) -> None:
    made.cms.signer.signer = made.scene.second.signer


def _forged_counter(made: DocumentDraft) -> None:
    def change(own: SignerDraft) -> None:
        own.covered = b"something else"

    made.counter = change


def _numbers(der: bytes) -> bytes:
    return bytes(64) + der[:0]


def _later(signed: bytes) -> bytes:
    return signed.replace(b"\x17\x0d2611", b"\x17\x0d2511")


def _by_ml_dsa(made: DocumentDraft) -> None:
    who = document_signer(made.scene.pki, algorithm=Algorithm.ML_DSA_44)
    sign_as(who, made)


_SIGNATURES: Final = (
    ("by another key", _R.INVALID, _other_key),
    ("over something else", _R.INVALID, _signer(covered=b"something else")),
    ("over nothing", _R.INVALID, _signer(covered=b"")),
    ("numbers in place of DER", _R.INVALID, _signer(bend_signature=_numbers)),
    ("no signature value", _R.INVALID, _signer(bend_signature=lambda _: b"")),
    ("a trailing octet", _R.INVALID, _signer(bend_signature=lambda d: d + b"\0")),
    ("attributes changed afterwards", _R.INVALID, _signer(bend_signed=_later)),
    ("no signed attributes", _R.ABSENT, _signer(attributes=None)),
    (
        "RSA named, an EC key",
        _R.KEY_UNUSABLE,
        _signer(scheme=names.SIGNS[Algorithm.RS256][1]),
    ),
    (
        "SHA-1",
        _R.ALGORITHM_NOT_ALLOWED,
        _signer(scheme=sequence(oid("1.2.840.10045.4.1"))),
    ),
    (
        "two digests at once",
        _R.ALGORITHM_NOT_ALLOWED,
        _signer(scheme=sequence(oid("1.2.840.10045.4.3.3"))),
    ),
    ("an algorithm nobody named", _R.ALGORITHM_NOT_ALLOWED, _by_ml_dsa),
)


def _first_version(made: DocumentDraft) -> None:
    _signed(names.SIGNING_CERTIFICATE_V2)(made)
    own = certificate_v1(made.scene.signer.chain[0])
    _signed(names.SIGNING_CERTIFICATE, own)(made)


def _names_another(made: DocumentDraft) -> None:
    other = certificate_v2(made.scene.second.chain[0])
    _signed(names.SIGNING_CERTIFICATE_V2, other)(made)


def _other_type(made: DocumentDraft) -> None:
    made.cms.content_type, made.cms.version = names.TIMESTAMP_INFO, 3
    _signed(names.CONTENT_TYPE, tlv(OID, names.TIMESTAMP_INFO))(made)


_PROFILES: Final = (
    ("no time of signing", _R.MISMATCH, _signed(names.SIGNING_TIME)),
    ("no signing certificate", _R.MISMATCH, _signed(names.SIGNING_CERTIFICATE_V2)),
    ("another signing certificate", _R.MISMATCH, _names_another),
    ("the certificate named by SHA-1", _R.MISMATCH, _first_version),
    (
        "an attribute nobody knows",
        _R.MISMATCH,
        _signer(more=(attribute(oid("1.3.6.1.4.1.55555.9")[2:], integer(1)),)),
    ),
    ("another type of content", _R.MISMATCH, _other_type),
)


def _archived(made: DocumentDraft) -> None:
    made.policy = ARCHIVE
    made.stamps = [lambda _: None]


_ABSENT: Final = DocumentForgery(
    "timestamp: none",
    CheckId.TIMESTAMP_TRUST,
    Reason.ABSENT,
    _draft(stamps=[]),
    prepare=_archived,
)

DOCUMENT_FORGERIES: Final = (
    *(DocumentForgery(f"document: {n}", _FORMAT, r, f) for n, r, f in _FORMATS),
    DocumentForgery(
        "document: more signatures than anybody looks at",
        _FORMAT,
        Reason.LIMIT_EXCEEDED,
        _crowded,
        prepare=_crowd,
    ),
    DocumentForgery(
        "document: too many timestamps",
        _FORMAT,
        Reason.LIMIT_EXCEEDED,
        lambda made: made.stamps.append(lambda _: None),
        prepare=_crowd,
    ),
    DocumentForgery(
        "document: counter-signatures too deep",
        _FORMAT,
        Reason.LIMIT_EXCEEDED,
        _draft(depth=limits.COUNTER_SIGNATURE_DEPTH + 1),
        prepare=_deep_counters,
    ),
    *(
        DocumentForgery(f"document: {n}", _INTEGRITY, r, f, prepare=p)
        for n, r, f, p in _INTEGRITIES
    ),
    *(
        DocumentForgery(f"signature: {n}", CheckId.SIGNER_SIGNATURE, r, f)
        for n, r, f in _SIGNATURES
    ),
    DocumentForgery(
        "signature: a forged counter-signature",
        CheckId.SIGNER_SIGNATURE,
        Reason.INVALID,
        _forged_counter,
        prepare=_countersigned,
    ),
    *(
        DocumentForgery(f"signature: {n}", CheckId.SIGNATURE_PROFILE, r, f)
        for n, r, f in _PROFILES
    ),
    _ABSENT,
    *(
        DocumentForgery(each.name, each.check, each.reason, each.forge, each.prepare)
        for each in (*SIGNER_FORGERIES, *TIMESTAMP_FORGERIES)
    ),
)
"""Every forged document there is here."""
