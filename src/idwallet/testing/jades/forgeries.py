"""Forged JAdES signatures, each with its valid twin."""

import hashlib
from dataclasses import dataclass
from typing import Final

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject
from idwallet.crypto.algorithms import Algorithm
from idwallet.documents.jades.elements import element_text
from idwallet.documents.policy import ARCHIVE
from idwallet.report import CheckId, Reason
from idwallet.testing.authorities import document_signer
from idwallet.testing.corpus.forgery import Forged
from idwallet.testing.document_draft import CONTRACT, DocumentScene
from idwallet.testing.evidence import crls
from idwallet.testing.jades.draft import (
    JadesDraft,
    JwsSigner,
    jades_draft,
)
from idwallet.testing.jades.formats import FORMATS
from idwallet.testing.jades.shapes import (
    Forger,
    after,
    archived,
    attached_counter,
    countersigned,
    detached,
    draft,
    header,
    json,
    named,
    signer,
    stamped,
    stays,
    two,
)
from idwallet.testing.tsa import TimestampDraft

_R = Reason


@dataclass(frozen=True, slots=True)
class JadesForgery(Forged[JadesDraft]):
    """A JAdES signature that nobody may accept; see `Forged`."""

    def twins(self, scene: DocumentScene) -> tuple[JadesDraft, JadesDraft]:
        """Return the valid draft and the forged one."""
        return self.apart(lambda: jades_draft(scene))


# --- what was signed ------------------------------------------------------------------


def _other_payload(made: JsonObject) -> JsonObject:
    return {**made, "payload": b64.encode(CONTRACT + b".")}


def _swapped_headers(made: JsonObject) -> JsonObject:
    listed = made["signatures"]
    if not isinstance(listed, list):
        return made
    one, two = (dict(each) for each in listed if isinstance(each, dict))
    one["protected"], two["protected"] = two["protected"], one["protected"]
    return {**made, "signatures": [one, two]}


def _bad_second(made: JadesDraft) -> None:
    made.signers[1].covered = b"something else"


def _other_key(made: JadesDraft) -> None:
    made.first.signer = made.scene.second.signer


def _jwk(made: JadesDraft) -> None:
    """Sign with a key of one's own, and say so beside somebody's certificate."""
    _other_key(made)
    made.first.protected["jwk"] = dict(made.scene.second.signer.public_key.to_jwk())


def _other_algorithm(made: JadesDraft) -> None:
    who = document_signer(made.scene.pki, algorithm=Algorithm.ML_DSA_44)
    made.signers = [JwsSigner.of(who, at=made.at)]
    made.crls = (*made.crls, *crls(who, at=made.at))


_SIGNATURE: Final = CheckId.SIGNER_SIGNATURE
_SIGNATURES: Final[tuple[tuple[str, Reason, Forger, Forger], ...]] = (
    ("a payload changed", _R.INVALID, json(_other_payload), stays),
    ("another document", _R.INVALID, draft(document=CONTRACT + b"."), detached),
    ("over something else", _R.INVALID, signer(covered=b"AAAA"), stays),
    ("over nothing", _R.INVALID, signer(covered=b""), stays),
    ("by another key", _R.INVALID, _other_key, stays),
    ("by a key in the header", _R.INVALID, _jwk, stays),
    ("no signature value", _R.INVALID, signer(signature=lambda _: b""), stays),
    ("nothing but zeros", _R.INVALID, signer(signature=lambda _: bytes(64)), stays),
    ("cut off", _R.INVALID, signer(signature=lambda s: s[:-1]), stays),
    ("headers swapped", _R.INVALID, json(_swapped_headers), two),
    ("one good, one bad", _R.INVALID, _bad_second, two),
    ("RSA named, an EC key", _R.KEY_UNUSABLE, signer(algorithm="RS256"), stays),
    ("another curve named", _R.KEY_UNUSABLE, signer(algorithm="ES384"), stays),
    ("none", _R.ALGORITHM_NOT_ALLOWED, signer(algorithm="none"), stays),
    ("HMAC", _R.ALGORITHM_NOT_ALLOWED, signer(algorithm="HS256"), stays),
    ("an algorithm nobody named", _R.ALGORITHM_NOT_ALLOWED, _other_algorithm, stays),
)


def _forged_counter(made: JadesDraft) -> None:
    def change(own: JwsSigner) -> None:
        own.covered = b"AAAA"

    made.first.counter = change


def _covers(payload: bytes) -> Forger:
    """Put a good signature on something else in the place of a counter-signature."""

    def change(own: JwsSigner) -> None:
        own.inside = lambda _: b64.encode(payload).encode("ascii")

    return lambda made: setattr(made.first, "counter", change)


_INTEGRITY: Final = CheckId.DOCUMENT_INTEGRITY
_INTEGRITIES: Final[tuple[tuple[str, Reason, Forger, Forger], ...]] = (
    ("no document", _R.NOT_AT_HAND, draft(document=None), named),
    ("another one named", _R.INTEGRITY_MISMATCH, draft(document=b""), named),
    (
        "one inside, one beside",
        _R.INTEGRITY_MISMATCH,
        draft(document=CONTRACT + b"."),
        draft(document=CONTRACT),
    ),
    (
        "a counter-signature replaced",
        _R.INTEGRITY_MISMATCH,
        _covers(bytes(64)),
        attached_counter,
    ),
    (
        "a signature as counter-signature",
        _R.INTEGRITY_MISMATCH,
        _covers(CONTRACT),
        attached_counter,
    ),
)


# --- the profile ----------------------------------------------------------------------


def _names_another(made: JadesDraft) -> None:
    other = hashlib.sha256(made.scene.second.chain[0]).digest()
    made.first.protected["x5t#S256"] = b64.encode(other)


_OLD: Final = "2025-07-14T23:59:59Z"
_PROFILES: Final[tuple[tuple[str, Forger, Forger], ...]] = (
    ("x5t", header(x5t="AAAA"), stays),
    ("another certificate named", _names_another, stays),
    (
        "two references",
        header(x5t__o={"digAlg": "S512", "digVal": "AAAA"}),
        stays,
    ),
    ("no time of signing", header(iat=None), stays),
    ("iat and sigT", header(sigT=_OLD), stays),
    (
        "sigT today",
        header(iat=None, sigT="2026-11-24T12:00:00Z"),
        header(iat=None, sigT=_OLD),
    ),
    ("a time that is none", header(iat="yesterday"), stays),
    (
        "a day that is none",
        header(sigT="2025-02-30T00:00:00Z"),
        header(iat=None, sigT=_OLD),
    ),
    ("etsiU signed", header(etsiU=[]), stays),
    ("sigD that is not critical", header(crit=["b64"]), named),
    (
        "a signature policy twice",
        signer(elements=[("sigPSt", {})] * 2),
        signer(elements=[("sigPSt", {})]),
    ),
)


def _cty_on_counter(made: JadesDraft) -> None:
    made.first.counter = lambda own: own.protected.update({"cty": "text/plain"})


# --- who signed -----------------------------------------------------------------------


def _no_certificate(made: JadesDraft) -> None:
    made.first.protected.pop("x5c")


def _unprotected_certificate(made: JadesDraft) -> None:
    """Leave the certificate where anybody may put another one."""
    chain = made.first.protected.pop("x5c")
    made.first.unprotected["x5c"] = chain


def _at_an_address(made: JadesDraft) -> None:
    made.first.protected.pop("x5c")
    made.first.protected["x5u"] = "https://signer.example/chain.pem"


_TRUSTS: Final = (
    ("no certificate", _no_certificate),
    ("a certificate that nobody signed", _unprotected_certificate),
    ("a certificate at an address", _at_an_address),
)


# --- timestamps -----------------------------------------------------------------------


def _archived(made: JadesDraft) -> None:
    made.policy = ARCHIVE
    stamped(made)


def _of_another(stamp: TimestampDraft) -> None:
    stamp.digest = bytes(32)


def _on_the_octets(made: JadesDraft) -> None:
    """Stamp the signature value itself, not its base64url text."""

    def seen(value: bytes) -> bytes:
        digest = hashlib.sha256(value).digest()
        made.first.stamps = [lambda stamp: setattr(stamp, "digest", digest)]
        return value

    made.first.signature = seen


def _crowded(made: JadesDraft) -> None:
    made.first.stamps = [lambda _: None] * (limits.SIGNATURE_TIMESTAMPS + 1)


def _crowd(made: JadesDraft) -> None:
    made.first.stamps = [lambda _: None] * limits.SIGNATURE_TIMESTAMPS


def _flooded(made: JadesDraft) -> None:
    """Put more counter-signatures than are looked at on two signatures."""
    half = limits.DOCUMENT_SIGNATURE_CHECKS // 2 + 1
    other = JwsSigner.of(made.scene.second, at=made.at)
    made.signers.append(other)
    for each in (made.first, other):
        each.elements = [("cSig", "")] * half


def _deep(made: JadesDraft) -> None:
    made.first.counter, made.first.depth = (
        lambda _: None,
        limits.COUNTER_SIGNATURE_DEPTH,
    )


# --- archives -------------------------------------------------------------------------


def _swapped(texts: list[str]) -> list[str]:
    return [texts[1], texts[0], *texts[2:]]


def _respelled(texts: list[str]) -> list[str]:
    """Write an element otherwise that says the same."""
    octets = b64.decode(texts[0], at="draft")
    return [b64.encode(b"{ " + octets[1:]), *texts[1:]]


def _added(texts: list[str]) -> list[str]:
    return [element_text("sigPSt", {}), *texts]


def _twice_archived(made: JadesDraft) -> None:
    archived(made)
    made.first.archives = [lambda _: None] * 2


def _other_document_archived(made: JadesDraft) -> None:
    """Have the archive timestamp be on another payload."""
    made.first.archives = [lambda stamp: setattr(stamp, "digest", bytes(32))]


_ARCHIVES: Final[tuple[tuple[str, Forger, Forger], ...]] = (
    ("elements swapped", after(_swapped), archived),
    ("an element taken away", after(lambda t: [t[0], *t[2:]]), archived),
    ("an element put before", after(_added), archived),
    ("an element written otherwise", after(_respelled), archived),
    ("on something else", _other_document_archived, archived),
    ("two swapped", after(lambda t: [*t[:-2], t[-1], t[-2]]), _twice_archived),
)

_STAMP: Final = CheckId.TIMESTAMP_TRUST

_FORMAT: Final = CheckId.DOCUMENT_FORMAT

JADES_FORGERIES: Final = (
    *(JadesForgery(f"jws: {n}", _FORMAT, r, f, prepare=p) for n, r, f, p in FORMATS),
    JadesForgery(
        "jws: too many timestamps",
        _FORMAT,
        _R.LIMIT_EXCEEDED,
        _crowded,
        prepare=_crowd,
    ),
    JadesForgery(
        "jws: more signatures than anybody looks at",
        _FORMAT,
        _R.LIMIT_EXCEEDED,
        _flooded,
        prepare=countersigned,
    ),
    JadesForgery(
        "jws: counter-signatures too deep",
        _FORMAT,
        _R.LIMIT_EXCEEDED,
        signer(depth=limits.COUNTER_SIGNATURE_DEPTH + 1),
        prepare=_deep,
    ),
    *(
        JadesForgery(f"jws signature: {n}", _SIGNATURE, r, f, prepare=p)
        for n, r, f, p in _SIGNATURES
    ),
    JadesForgery(
        "jws signature: a forged counter-signature",
        _SIGNATURE,
        _R.INVALID,
        _forged_counter,
        prepare=countersigned,
    ),
    *(
        JadesForgery(f"jws document: {n}", _INTEGRITY, r, f, prepare=p)
        for n, r, f, p in _INTEGRITIES
    ),
    JadesForgery(
        "jws document: none, and no digest of it",
        _INTEGRITY,
        _R.NOT_AT_HAND,
        draft(document=None),
        prepare=detached,
    ),
    *(
        JadesForgery(
            f"jws profile: {n}", CheckId.SIGNATURE_PROFILE, _R.MISMATCH, f, prepare=p
        )
        for n, f, p in _PROFILES
    ),
    JadesForgery(
        "jws profile: a type on a counter-signature",
        CheckId.SIGNATURE_PROFILE,
        _R.MISMATCH,
        _cty_on_counter,
        prepare=countersigned,
    ),
    *(
        JadesForgery(f"jws signer: {n}", CheckId.SIGNER_TRUST, _R.NO_KEY_MATERIAL, f)
        for n, f in _TRUSTS
    ),
    JadesForgery(
        "jws timestamp: of another signature",
        _STAMP,
        _R.INTEGRITY_MISMATCH,
        signer(stamps=[_of_another]),
        prepare=stamped,
    ),
    JadesForgery(
        "jws timestamp: on the octets",
        _STAMP,
        _R.INTEGRITY_MISMATCH,
        _on_the_octets,
        prepare=stamped,
    ),
    *(
        JadesForgery(f"jws archive: {n}", _STAMP, _R.INTEGRITY_MISMATCH, f, prepare=p)
        for n, f, p in _ARCHIVES
    ),
    JadesForgery(
        "jws timestamp: none", _STAMP, _R.ABSENT, signer(stamps=[]), prepare=_archived
    ),
)
"""Every forged JAdES signature there is here."""
