"""OCSP responses with one fault each."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from cryptography import x509
from cryptography.x509.ocsp import OCSPCertStatus, OCSPResponseStatus

from idwallet.testing.certificates import (
    CertificatePlan,
    test_name,
    unknown_extension,
)
from idwallet.testing.pki import MOMENT
from idwallet.testing.revocation.case import Case, Outcome
from idwallet.testing.revocation.plans import DAY, HOUR, OcspPlan
from idwallet.testing.revocation.world import (
    Scene,
    World,
    archive_cutoff,
    authority,
    key_of,
    no_check,
)
from idwallet.testing.revocation.writing import unrecognised
from idwallet.trust.certificate import KeyUsage
from idwallet.trust.revocation import OnHold, Revoked, Unsettled

SOUND: Final = World.sound()
_U = Unsettled
_NONCE: Final = bytes(range(32))
_ANOTHER: Final = authority("another", above=SOUND.root)
_HOST: Final = x509.DNSName("responder.example")


def _scene(*responses: OcspPlan | bytes, **changes: object) -> Scene:
    scene = Scene(world=SOUND, responses=responses)
    return replace(scene, **changes)  # type: ignore[arg-type]  # any field


_SAYS_GOOD: Final = SOUND.answer()
_GOOD: Final = _scene(_SAYS_GOOD)


def _case(name: str, expected: Outcome, *, clause: str, forged: Scene) -> Case:
    return Case(
        name=f"OCSP: {name}",
        clause=f"RFC 6960 {clause}",
        forged=forged,
        twin=_GOOD,
        expected=expected,
    )


def identifier_cases() -> Iterator[Case]:
    """Yield responses about something else."""
    changes: dict[str, dict[str, object]] = {
        "another serial number": {"serial": SOUND.leaf.serial + 1},
        "another issuer's name": {"issuer": test_name("another")},
        "another issuer's key": {"issuer_key": key_of("another")},
        "an identifier with a hash nobody reads": {"algorithm": "sha384"},
    }
    for name, change in changes.items():
        forged = _scene(_SAYS_GOOD.saying(**change))
        yield _case(name, _U.NO_EVIDENCE, clause="4.1.1", forged=forged)


def status_cases() -> Iterator[Case]:
    """Yield responses that do not say good."""
    revoked = OCSPCertStatus.REVOKED
    said: dict[str, tuple[Outcome, dict[str, object]]] = {
        "unknown": (_U.RESPONDER_UNKNOWN, {"status": OCSPCertStatus.UNKNOWN}),
        "revoked": (Revoked, {"status": revoked}),
        "revoked, key compromise": (Revoked, {"status": revoked, "reason": 1}),
        "on hold": (OnHold, {"status": revoked, "reason": 6}),
        "a removal": (_U.MALFORMED, {"status": revoked, "reason": 8}),
        "a reason that is none": (_U.MALFORMED, {"status": revoked, "reason": 7}),
    }
    for name, (expected, change) in said.items():
        forged = _scene(_SAYS_GOOD.saying(**change))
        yield _case(name, expected, clause="2.2", forged=forged)
    for status in OCSPResponseStatus:
        if status is not OCSPResponseStatus.SUCCESSFUL:
            yield _case(
                f"no answer: {status.name.lower()}",
                _U.RESPONDER_REFUSED,
                clause="2.3",
                forged=_scene(replace(_SAYS_GOOD, response_status=status)),
            )
    revoked_later = _SAYS_GOOD.saying(status=revoked, reason=1)
    before = MOMENT - 3 * DAY
    invalid = x509.InvalidityDate(before - DAY), False
    yield Case(
        name="OCSP: invalid since before the proof of existence",
        clause="RFC 6960 4.4.5",
        forged=_scene(
            revoked_later.saying(extensions=(invalid,)), existed_before=before
        ),
        twin=_scene(revoked_later, existed_before=before),
        expected=Revoked,
    )


def time_cases() -> Iterator[Case]:
    """Yield responses of another time than the moment judged."""
    said: dict[str, tuple[Outcome, dict[str, object]]] = {
        "past its next update": (_U.STALE, {"next_update": MOMENT - HOUR / 2}),
        "older than the rules allow": (_U.STALE, {"this_update": MOMENT - 8 * DAY}),
        "old, with no next update": (
            _U.STALE,
            {"this_update": MOMENT - 8 * DAY, "next_update": None},
        ),
        "of a later moment": (_U.NOT_YET, {"this_update": MOMENT + HOUR}),
        "next update before this one": (
            _U.MALFORMED,
            {"next_update": MOMENT - 2 * HOUR},
        ),
    }
    for name, (expected, change) in said.items():
        forged = _scene(_SAYS_GOOD.saying(**change))
        yield _case(name, expected, clause="3.2", forged=forged)
    later = replace(_SAYS_GOOD, produced_at=MOMENT + HOUR)
    yield _case("produced later", _U.NOT_YET, clause="2.4", forged=_scene(later))
    old = replace(SOUND, leaf=replace(SOUND.leaf, not_after=MOMENT - 5 * DAY))
    for name, extensions in {
        "of an expired certificate": (),
        "with a cut-off after the certificate's end": (
            archive_cutoff(MOMENT - 4 * DAY),
        ),
    }.items():
        kept = _SAYS_GOOD.saying(extensions=(archive_cutoff(MOMENT - 30 * DAY),))
        yield Case(
            name=f"OCSP: {name}",
            clause="RFC 6960 4.4.4",
            forged=_scene(_SAYS_GOOD.saying(extensions=extensions), world=old),
            twin=_scene(kept, world=old),
            expected=_U.CERTIFICATE_EXPIRED,
        )


def question_cases() -> Iterator[Case]:
    """Yield responses to another question than was asked."""
    for name, nonce in {
        "another nonce": bytes(32),
        "a nonce that goes on": _NONCE + b"\0",
        "no nonce": None,
    }.items():
        yield Case(
            name=f"OCSP: {name}",
            clause="RFC 6960 4.4.1",
            forged=_scene(replace(_SAYS_GOOD, nonce=nonce), nonce=_NONCE),
            twin=_scene(replace(_SAYS_GOOD, nonce=_NONCE), nonce=_NONCE),
            expected=_U.NONCE_MISMATCH,
        )


def format_cases() -> Iterator[Case]:
    """Yield responses that cannot be read, or not be used as they are."""
    unknown = unknown_extension()
    der = _SAYS_GOOD.to_der()
    said: dict[str, tuple[Outcome, OcspPlan | bytes]] = {
        "truncated": (_U.MALFORMED, der[:-1]),
        "bytes after it": (_U.MALFORMED, der + b"\0"),
        "another type": (_U.MALFORMED, replace(_SAYS_GOOD, response_type="1.2.3")),
        "critical extension unknown": (
            _U.UNSUPPORTED,
            replace(_SAYS_GOOD, extensions=(unknown,)),
        ),
        "critical extension of an answer unknown": (
            _U.UNSUPPORTED,
            _SAYS_GOOD.saying(extensions=(unknown,)),
        ),
        "extension twice": (
            _U.MALFORMED,
            replace(_SAYS_GOOD, extensions=(_nonce(), _nonce())),
        ),
        "extension of an answer twice": (
            _U.MALFORMED,
            _SAYS_GOOD.saying(extensions=(archive_cutoff(MOMENT),) * 2),
        ),
        "a cut-off that is no time": (
            _U.MALFORMED,
            _SAYS_GOOD.saying(
                extensions=(unrecognised("1.3.6.1.5.5.7.48.1.6", b"\x18\x01Z"),)
            ),
        ),
    }
    for name, (expected, response) in said.items():
        yield _case(name, expected, clause="4.2.1", forged=_scene(response))


def _nonce() -> tuple[x509.ExtensionType, bool]:
    return x509.OCSPNonce(_NONCE), False


def responder_cases() -> Iterator[Case]:
    """Yield responses by who may not speak for the CA."""
    der = _SAYS_GOOD.to_der()
    flipped = der[:-1] + bytes([der[-1] ^ 1])
    yield _case(
        "a bit of the signature differs",
        _U.SIGNATURE_INVALID,
        clause="3.2",
        forged=_scene(flipped),
    )
    stranger = replace(
        _SAYS_GOOD, signing_key=key_of("stranger"), responder_key=SOUND.ca.key
    )
    yield _case(
        "another key", _U.SIGNATURE_INVALID, clause="3.2", forged=_scene(stranger)
    )
    unnamed = replace(_SAYS_GOOD, responder=test_name("another"))
    yield _case(
        "another responder's name",
        _U.SIGNER_UNKNOWN,
        clause="3.2",
        forged=_scene(unnamed),
    )
    muted = replace(SOUND.ca, key_usage=frozenset({KeyUsage.KEY_CERT_SIGN}))
    yield _case(
        "the CA's key must not sign data",
        _U.SIGNER_NOT_AUTHORISED,
        clause="4.2.2.2",
        forged=_scene(_SAYS_GOOD, world=replace(SOUND, ca=muted)),
    )
    yield from _delegate_cases()


def _faulty() -> Mapping[str, tuple[Outcome, CertificatePlan]]:
    refused = _U.SIGNER_NOT_AUTHORISED
    return {
        "without the extended key usage": (refused, SOUND.responder(key_purposes=())),
        "for any purpose": (refused, SOUND.responder(key_purposes=("2.5.29.37.0",))),
        "under the root": (
            refused,
            SOUND.responder(
                issuer=SOUND.root.subject,
                signing_key=SOUND.root.key,
                authority_key_id=SOUND.root.subject_key_id,
            ),
        ),
        "under another CA": (
            refused,
            SOUND.responder(issuer=_ANOTHER.subject, signing_key=_ANOTHER.key),
        ),
        "under another key of the CA's name": (
            _U.SIGNATURE_INVALID,
            SOUND.responder(signing_key=_ANOTHER.key),
        ),
        "that is a CA": (refused, SOUND.responder(is_ca=True)),
        "whose key must not sign data": (
            refused,
            SOUND.responder(key_usage=frozenset({KeyUsage.KEY_AGREEMENT})),
        ),
        "expired since": (
            _U.SIGNER_EXPIRED,
            SOUND.responder(not_after=MOMENT - HOUR / 2),
        ),
        "not valid when it signed": (
            refused,
            SOUND.responder(not_before=MOMENT - HOUR / 2),
        ),
        "whose status is unknown": (_U.SIGNER_STATUS, SOUND.responder(extensions=())),
        "with a critical extension unknown": (
            refused,
            SOUND.responder(extensions=(no_check(), unknown_extension())),
        ),
    }


def _delegate_cases() -> Iterator[Case]:
    twin = _scene(SOUND.answer(SOUND.responder()))
    for name, (expected, responder) in _faulty().items():
        yield Case(
            name=f"OCSP: responder {name}",
            clause="RFC 6960 4.2.2.2",
            forged=_scene(SOUND.answer(responder)),
            twin=twin,
            expected=expected,
        )
    constrained = replace(SOUND.ca, excluded=(_HOST,))
    named = SOUND.responder(alternative_names=(_HOST,))
    free = replace(SOUND.ca, excluded=(x509.DNSName("nowhere.example"),))
    yield Case(
        name="OCSP: responder with a name that the CA must not certify",
        clause="RFC 5280 6.1.3 (c)",
        forged=_scene(SOUND.answer(named), world=replace(SOUND, ca=constrained)),
        twin=_scene(SOUND.answer(named), world=replace(SOUND, ca=free)),
        expected=_U.SIGNER_NOT_AUTHORISED,
    )
