"""Two builders agree, and nobody builds what nobody reads."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from idwallet import limits
from idwallet.errors import UsageError
from idwallet.testing.bundle import BundleScene
from idwallet.testing.bundle.draft import SEQUENCE
from idwallet.trust.anchors import Purpose, TrustAnchor
from idwallet.trust.bundle import (
    Bundle,
    BundleContent,
    BundleContext,
    BundlePart,
    announce_key,
    build_bundle,
    build_manifest,
    open_bundle,
)
from idwallet.trust.bundle.anchors import read_anchors, write_anchors
from idwallet.trust.bundle.state import MemoryBundleState

SCENE = BundleScene(seed=b"idwallet TEST building")
CONTENT = SCENE.content()


def opened(content: BundleContent) -> Bundle:
    context = BundleContext(SCENE.operator.public_key, MemoryBundleState(), SCENE.at)
    return open_bundle(build_bundle(content, signer=SCENE.operator), context)


def test_two_builders_agree_in_all_but_the_signature() -> None:
    other = replace(CONTENT, parts=CONTENT.parts[::-1])
    assert build_manifest(other) == build_manifest(CONTENT)
    one, two = (build_bundle(each, signer=SCENE.operator) for each in (CONTENT, other))
    assert one != two  # ECDSA is randomised
    assert len(one) == len(two)
    parts = sum(len(each.data) for each in CONTENT.parts)
    assert one[-parts:] == two[-parts:]


def test_the_digest_of_a_bundle_is_that_of_its_manifest() -> None:
    found = opened(CONTENT)
    digest = hashlib.sha256(build_manifest(CONTENT)).digest()
    assert found.digest == digest


def test_a_part_is_its_own_source_unless_another_is_said() -> None:
    part = CONTENT.parts[0]
    assert part.entry().source == part.entry().digest
    assert replace(part, source=b"\1" * 32).entry().source == b"\1" * 32


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"parts": []}, "not a list of one or more"),
        ({"series": ""}, "not a text"),
        ({"series": " shop"}, "nobody sees"),
        ({"sequence": 0}, "too small"),
        ({"next_update": CONTENT.issued}, "not after the issue"),
        ({"issued": CONTENT.issued.replace(microsecond=1)}, "whole seconds"),
        ({"issued": CONTENT.issued.replace(tzinfo=None)}, "time zone"),
        ({"parts": [CONTENT.parts[0]] * 2}, "one twice"),
    ],
)
def test_what_no_reader_takes_is_not_built(
    change: dict[str, object], what: str
) -> None:
    with pytest.raises(UsageError, match=what):
        build_manifest(replace(CONTENT, **change))


def test_more_parts_than_the_bound_are_not_built() -> None:
    part = CONTENT.parts[1]
    many = [replace(part, name=f"{n:05}") for n in range(limits.BUNDLE_PARTS + 1)]
    with pytest.raises(UsageError, match="too many of them"):
        build_manifest(replace(CONTENT, parts=many))
    build_manifest(replace(CONTENT, parts=many[1:]))


def test_the_largest_manifest_there_can_be_fits_its_bounds() -> None:
    parts = [
        replace(CONTENT.parts[1], name=f"https://issuer.example/status/{n:05}")
        for n in range(limits.BUNDLE_PARTS)
    ]
    content = replace(CONTENT, parts=[CONTENT.parts[0], *parts[1:]])
    assert opened(content)


def announcements(*sequences: int) -> list[bytes]:
    keys = [SCENE.operator, SCENE.next_operator, SCENE.last_operator]
    return [
        SCENE.announcement(keys[n], heir=keys[n + 1], sequence=sequence)
        for n, sequence in enumerate(sequences)
    ]


def test_a_bundle_by_a_key_whose_time_is_over_is_not_built() -> None:
    content = replace(CONTENT, announcements=announcements(SEQUENCE))
    with pytest.raises(UsageError, match="announced that another key signs"):
        build_bundle(content, signer=SCENE.operator)
    build_bundle(content, signer=SCENE.next_operator)
    early = replace(content, sequence=SEQUENCE - 1)
    build_bundle(early, signer=SCENE.operator)


def test_more_announcements_than_the_bound_are_not_built() -> None:
    many = announcements(SEQUENCE) * (limits.BUNDLE_ROTATIONS + 1)
    with pytest.raises(UsageError, match="BUNDLE_ROTATIONS"):
        build_bundle(replace(CONTENT, announcements=many), signer=SCENE.next_operator)


def test_a_key_does_not_succeed_itself() -> None:
    with pytest.raises(UsageError, match="succeed itself"):
        SCENE.announcement(heir=SCENE.operator)


def test_an_announcement_from_the_first_number_would_leave_nobody_to_make_it() -> None:
    with pytest.raises(UsageError, match="no reader takes this announcement"):
        announce_key(
            SCENE.next_operator.public_key,
            series="shops",
            sequence=1,
            signer=SCENE.operator,
            issued=SCENE.issued,
        )


ROOT = SCENE.pki.anchor()
PINNED = TrustAnchor.from_jwks(
    {"keys": [{**SCENE.stranger.public_key.to_jwk(), "kid": "2026", "alg": "ES256"}]},
    name="Library",
    purposes=[Purpose.ISSUE_CREDENTIALS, Purpose.READ_CREDENTIALS],
    issuer_names=["https://library.example"],
    credential_types=["urn:example:card"],
)


@pytest.mark.parametrize(
    "anchor",
    [
        ROOT,
        PINNED,
        ROOT.with_validity(since=SCENE.at, until=SCENE.at + timedelta(days=9)),
        ROOT.with_key_purposes("1.2.3", "1.0.18013.5.1.2"),
        ROOT.with_fetch_origins("https://status.example", "http://crl.example:8080"),
        replace(
            ROOT,
            jurisdiction="US-CA",
            distrusted_after=SCENE.at,
            successors=frozenset({b"\1" * 32, b"\2" * 32}),
        ),
        replace(ROOT, jurisdiction=None),
    ],
)
def test_an_anchor_is_the_same_after_its_way_through_a_bundle(
    anchor: TrustAnchor,
) -> None:
    (found,) = read_anchors(write_anchors([anchor]), at="anchors")
    assert found == anchor
    assert [each.key.algorithms for each in found.keys] == [
        each.key.algorithms for each in anchor.keys
    ]


def test_the_order_of_anchors_does_not_matter() -> None:
    assert write_anchors([ROOT, PINNED]) == write_anchors([PINNED, ROOT])


@pytest.mark.parametrize(
    "anchors",
    [
        list,
        lambda: [ROOT, ROOT],
        lambda: [replace(ROOT, jurisdiction="Atlantis")],
        lambda: [replace(ROOT, name="a\nb")],
        lambda: [replace(ROOT, successors=frozenset({b"short"}))],
    ],
)
def test_anchors_that_no_reader_takes_are_not_written(
    anchors: Callable[[], list[TrustAnchor]],
) -> None:
    with pytest.raises(UsageError):
        BundlePart.of_anchors(anchors(), name="roots", as_of=SCENE.issued)


@pytest.mark.parametrize(
    ("parts", "what"),
    [
        (CONTENT.parts[1:], "without anchors"),
        ([*CONTENT.parts, replace(CONTENT.parts[0], name="again")], "one certificate"),
        ([replace(CONTENT.parts[0], data=b"noise")], "no reader takes these anchors"),
    ],
)
def test_a_bundle_that_no_store_can_be_made_of_is_not_built(
    parts: list[BundlePart], what: str
) -> None:
    with pytest.raises(UsageError, match=what):
        build_bundle(replace(CONTENT, parts=parts), signer=SCENE.operator)
