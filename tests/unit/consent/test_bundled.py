"""Purpose profiles come with a bundle, and only what is said to be such."""

import json
from dataclasses import replace

import pytest

from idwallet.consent import (
    PURPOSE_PROFILE,
    ProfileOrigin,
    purposes_of,
    shipped_purposes,
)
from idwallet.errors import MalformedError, VerificationFailed
from idwallet.testing.bundle import BundleScene
from idwallet.trust.bundle import (
    Bundle,
    BundleContext,
    BundlePart,
    PartKind,
    build_bundle,
    open_bundle,
)
from idwallet.trust.bundle.state import MemoryBundleState
from tests.unit.consent.test_purposes import GOOD

SCENE = BundleScene(seed=b"idwallet TEST bundled purposes")
CLUB = json.dumps(GOOD).encode()


def built(data: bytes, media_type: str = PURPOSE_PROFILE) -> bytes:
    part = BundlePart(
        kind=PartKind.BLOB,
        name="club",
        data=data,
        as_of=SCENE.issued,
        media_type=media_type,
    )
    content = replace(SCENE.content(), parts=[*SCENE.parts(), part])
    return build_bundle(content, signer=SCENE.operator)


def bundle(made: bytes) -> Bundle:
    context = BundleContext(SCENE.operator.public_key, MemoryBundleState(), SCENE.at)
    return open_bundle(made, context)


def test_a_bundle_brings_purposes_signed_by_its_operator() -> None:
    (found,) = purposes_of(bundle(built(CLUB)))
    assert found.name == "club-entry"
    assert found.origin is ProfileOrigin.BUNDLE
    known = shipped_purposes().with_profiles([found])
    assert known.find("club-entry") is found


def test_what_a_bundle_calls_something_else_is_no_purpose() -> None:
    assert purposes_of(bundle(built(CLUB, "application/json"))) == ()


def test_a_profile_that_breaks_its_form_is_said_to() -> None:
    with pytest.raises(MalformedError):
        purposes_of(bundle(built(b"{}")))


def test_a_profile_that_the_operator_did_not_sign_is_refused() -> None:
    made = built(CLUB)
    greedy = made.replace(b'"needed"', b'"wanted"')
    assert len(greedy) == len(made)
    assert greedy != made
    assert purposes_of(bundle(made))  # the twin
    with pytest.raises(VerificationFailed):
        purposes_of(bundle(greedy))


def test_a_bundle_takes_no_shipped_purpose_over_by_its_name_alone() -> None:
    taken = {**GOOD, "name": "age-restricted-sale"}
    shipped = shipped_purposes()
    (silent,) = purposes_of(bundle(built(json.dumps(taken).encode())))
    kept = shipped.with_profiles([silent]).find("age-restricted-sale")
    assert kept is shipped.find("age-restricted-sale")
    spoken = json.dumps({**taken, "supersedes": 1}).encode()
    (found,) = purposes_of(bundle(built(spoken)))
    assert shipped.with_profiles([found]).find("age-restricted-sale") is found
