"""Type metadata comes with a bundle, and only what is said to be such."""

import json
from dataclasses import replace

import pytest

from idwallet.credentials.sdjwt.bundled import TYPE_METADATA, types_of
from idwallet.errors import MalformedError
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

SCENE = BundleScene(seed=b"idwallet TEST bundled types")
CARD = json.dumps({"vct": "urn:example:card"}).encode()


def bundle(data: bytes) -> Bundle:
    part = BundlePart(
        kind=PartKind.BLOB,
        name="card",
        data=data,
        as_of=SCENE.issued,
        media_type=TYPE_METADATA,
    )
    content = replace(SCENE.content(), parts=[*SCENE.parts(), part])
    made = build_bundle(content, signer=SCENE.operator)
    context = BundleContext(SCENE.operator.public_key, MemoryBundleState(), SCENE.at)
    return open_bundle(made, context)


def test_the_types_of_a_bundle_are_those_that_it_says_are_such() -> None:
    assert set(types_of(bundle(CARD)).by_vct) == {"urn:example:card"}


def test_type_metadata_that_breaks_its_form_is_said_to() -> None:
    with pytest.raises(MalformedError):
        types_of(bundle(b"{}"))
