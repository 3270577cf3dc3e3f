"""Revocation judged by `idwallet.trust.revocation` and by pyhanko-certvalidator.

We never say good where it refuses, but for a hold that was lifted (`LATER`). Where we
refuse what it accepts, `STRICTER` says why; a scene that stands in either table and no
longer differs fails too. Not compared are proofs
of existence, which it weighs elsewhere, and nonces, which it does not read.
"""

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest
from asn1crypto import x509 as asn1
from cryptography.x509 import ReasonFlags
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError
from pyhanko_certvalidator.policy_decl import (
    CertRevTrustPolicy,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)

from idwallet.crypto.algorithms import Algorithm
from idwallet.testing.pki import MOMENT
from idwallet.testing.revocation import (
    EntryPlan,
    Scene,
    World,
    authority,
    key_of,
    revocation_cases,
    scope,
)
from idwallet.trust.revocation import Good

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SOUND: Final = World.sound()
# It asks for revocation of the leaf only: that of the CA is judged apart here.
POLICY: Final = CertRevTrustPolicy(
    RevocationCheckingPolicy(
        ee_certificate_rule=RevocationCheckingRule.CRL_OR_OCSP_REQUIRED,
        intermediate_ca_cert_rule=RevocationCheckingRule.NO_CHECK,
    )
)


def good_here(scene: Scene) -> bool:
    if scene.at > scene.world.leaf.not_after:
        return False  # the path does not hold, which is not what revocation judges
    return isinstance(scene.judge(), Good)


def good_there(scene: Scene) -> bool:
    logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)
    world = scene.world
    others = [world.ca, *scene.certificates]
    leaf = asn1.Certificate.load(world.leaf.to_der())
    try:
        context = ValidationContext(
            trust_roots=[asn1.Certificate.load(world.root.to_der())],
            other_certs=[asn1.Certificate.load(each.to_der()) for each in others],
            moment=scene.at,
            allow_fetching=False,
            crls=[_der(each) for each in scene.crls],
            ocsps=[_der(each) for each in scene.responses],
            revinfo_policy=POLICY,
            time_tolerance=timedelta(),
        )
        validator = CertificateValidator(leaf, validation_context=context)
        asyncio.run(validator.async_validate_path())
    except (PathError, ValidationError, ValueError, AttributeError, KeyError):
        return False
    return True


def _der(plan: object) -> bytes:
    return plan if isinstance(plan, bytes) else plan.to_der()  # type: ignore[attr-defined,no-any-return]


def _combinations() -> Iterator[tuple[str, Scene]]:
    """Several pieces of evidence that agree, or do not."""
    good, answer = SOUND.crl(), SOUND.answer()
    listed = replace(good, entries=(EntryPlan(serial=SOUND.leaf.serial),))
    stale = replace(good, next_update=MOMENT - HOUR / 2)
    yield "nothing", Scene(world=SOUND)
    yield "CRL and response agree", Scene(crls=(good,), responses=(answer,))
    yield "stale CRL, fresh response", Scene(crls=(stale,), responses=(answer,))
    yield "revoked by CRL, good by response", Scene(crls=(listed,), responses=(answer,))
    yield "one CRL of two lists it", Scene(crls=(good, listed))
    yield (
        "older CRL lists it",
        Scene(crls=(good, replace(listed, number=6, this_update=MOMENT - 2 * HOUR))),
    )
    hold = EntryPlan(serial=SOUND.leaf.serial, reason=ReasonFlags.certificate_hold)
    yield (
        "older CRL holds it",
        Scene(
            crls=(good, replace(good, entries=(hold,), this_update=MOMENT - 2 * HOUR))
        ),
    )
    users = replace(good, scope=scope(only="user"))
    yield "CRL for users only", Scene(crls=(users,))
    yield (
        "responder by name",
        Scene(responses=(replace(answer, responder=SOUND.ca.subject),)),
    )
    yield "identifier by SHA-256", Scene(responses=(answer.saying(algorithm="sha256"),))
    responder = SOUND.responder()
    named = replace(SOUND.answer(responder), responder=responder.subject)
    yield "delegated responder by name", Scene(responses=(named,))
    bare = SOUND.responder(extensions=())
    own = EntryPlan(serial=bare.serial)
    for name, entries in {"not revoked": (), "revoked": (own,)}.items():
        only = replace(good, entries=entries)
        yield (
            f"responder {name} by the CRL",
            Scene(crls=(only,), responses=(SOUND.answer(bare),)),
        )
    for algorithm in (Algorithm.ES384, Algorithm.ES512, Algorithm.EDDSA):
        ca = authority("CA", above=SOUND.root, key=key_of("CA", algorithm))
        leaf = replace(
            SOUND.leaf, signing_key=ca.key, authority_key_id=ca.subject_key_id
        )
        world = World(root=SOUND.root, ca=ca, leaf=leaf)
        yield f"CRL by {algorithm.name}", Scene(world=world, crls=(world.crl(),))
        yield (
            f"response by {algorithm.name}",
            Scene(world=world, responses=(world.answer(),)),
        )


def _scenes() -> Iterator[tuple[str, Scene]]:
    for case in revocation_cases():
        if case.twin.existed_before is None and case.twin.nonce is None:
            yield f"forged: {case.name}", case.forged
            yield f"twin: {case.name}", case.twin
    yield from _combinations()


SCENES: Final = dict(_scenes())
_FORM: Final = "it breaks its own format, which is read leniently there"
_CRITICAL: Final = "RFC 5280 5.3, RFC 6960 4.4: critical, and not understood"
_AGE: Final = "older than the rules allow; there an own next update is enough"
_DELTA: Final = "RFC 5280 5.2.4: the complete CRL alone is too old for the rules"
_LISTED: Final = "a revocation for good stands, whatever other evidence says"
_SIGNED: Final = "who signs on a CA's behalf is valid when it signs"
STRICTER: Final[dict[str, str]] = {
    "forged: algorithm fields differ": "RFC 5280 5.1.1.2: the two fields are the same",
    "forged: older than the rules allow": _AGE,
    "forged: OCSP: older than the rules allow": _AGE,
    "forged: critical entry extension unknown": _CRITICAL,
    "forged: OCSP: critical extension unknown": _CRITICAL,
    "forged: OCSP: critical extension of an answer unknown": _CRITICAL,
    "forged: extension twice": _FORM,
    "forged: version 1": "RFC 5280 5.1.2.1: version 2",
    "forged: entry: removal in a complete CRL": "RFC 5280 5.3.1: in delta CRLs only",
    "forged: an entry of another issuer in a CRL that is not indirect": _FORM,
    "forged: OCSP: bytes after it": _FORM,
    "forged: OCSP: extension twice": _FORM,
    "forged: OCSP: extension of an answer twice": _FORM,
    "forged: OCSP: a cut-off that is no time": _FORM,
    "forged: delta: base older than it starts from": _DELTA,
    "forged: delta: not newer than its base": _DELTA,
    "forged: delta: another scope than its base": _DELTA,
    "forged: delta: base without a number": _DELTA,
    "forged: delta: stale itself": _DELTA,
    "forged: delta: revoked by the delta": _LISTED,
    "forged: revoked on a stale CRL": _LISTED,
    "revoked by CRL, good by response": _LISTED,
    "forged: delegate: without key usage": "RFC 5280 4.2.1.3: cRLSign marks a delegate",
    "forged: delegate: not valid when it signed": _SIGNED,
    "forged: OCSP: responder not valid when it signed": _SIGNED,
    "forged: an algorithm that the rules do not name": "RFC 8725 3.2: only named ones",
    "forged: OCSP: produced later": "RFC 6960 2.4: a clock is wrong",
    "forged: OCSP: the CA's key must not sign data": "RFC 5280 4.2.1.3",
    "forged: OCSP: responder whose key must not sign data": "RFC 5280 4.2.1.3",
    "forged: OCSP: responder that is a CA": "whom it certifies could speak for its CA",
    "forged: OCSP: responder with a name that the CA must not certify": (
        "RFC 5280 6.1.3 (c); an exempt responder's path starts at the CA there"
    ),
}
_LIFTED: Final = "RFC 5280 5.3.1: a hold is lifted by a later statement, never so there"
# A hold that was lifted is no refusal of the evidence, and the one way they part.
LATER: Final[dict[str, str]] = {
    "twin: delta: hold not lifted": _LIFTED,
    "twin: delta: a final revocation cannot be lifted": _LIFTED,
    "older CRL holds it": _LIFTED,
}


def test_there_are_enough_scenes_and_both_answers_occur() -> None:
    assert len(SCENES) >= 180
    answers = [good_here(scene) for scene in SCENES.values()]
    assert answers.count(True) >= 80
    assert answers.count(False) >= 80


@pytest.mark.parametrize("name", SCENES)
def test_nothing_is_good_here_that_certvalidator_refuses(name: str) -> None:
    scene = SCENES[name]
    here, there = good_here(scene), good_there(scene)
    if name in LATER:
        assert (here, there) == (True, False)
    else:
        assert (here, there) == ((False, True) if name in STRICTER else (there, there))


def test_every_stricter_scene_exists() -> None:
    assert {*STRICTER, *LATER} <= set(SCENES)
