"""What a device could decide with a bundle, and what differs between two."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from idwallet.testing.bundle import BundleScene
from idwallet.testing.revocation.world import World
from idwallet.trust.anchors import Purpose, TrustAnchor
from idwallet.trust.bundle import (
    Bundle,
    BundleContent,
    BundleContext,
    BundlePart,
    PartKind,
    build_bundle,
    store_of,
    verify_bundle,
)
from idwallet.trust.bundle.compare import Change, compare_bundles
from idwallet.trust.bundle.outlook import Outlook, Use, outlook
from idwallet.trust.bundle.state import MemoryBundleState
from idwallet.trust.policies import RETAIL, STRICT
from idwallet.trust.policy import Policy

SCENE = BundleScene(seed=b"idwallet TEST outlook")
DAY = timedelta(days=1)


def opened(content: BundleContent) -> Bundle:
    data = build_bundle(content, signer=SCENE.operator)
    state = MemoryBundleState()
    context = BundleContext(SCENE.operator.public_key, state, content.issued)
    return verify_bundle(data, context)


def seen(
    content: BundleContent, *, at: datetime = SCENE.at, policy: Policy = STRICT
) -> Outlook:
    return outlook(store_of(opened(content)), policy=policy, at=at)


@pytest.mark.parametrize(
    ("at", "policy", "expected"),
    [
        (SCENE.at - timedelta(hours=1), STRICT, Use.CURRENT),
        (SCENE.at + timedelta(hours=3), STRICT, Use.OVER),
        (SCENE.at + timedelta(hours=3), RETAIL, Use.STALE_ACCEPTED),
        (SCENE.at + DAY, RETAIL, Use.OVER),
        (SCENE.at - DAY, RETAIL, Use.NOT_YET),
    ],
)
def test_a_list_is_of_use_as_its_times_and_the_policy_have_it(
    at: datetime, policy: Policy, expected: Use
) -> None:
    (found,) = seen(SCENE.content(), at=at, policy=policy).lists
    assert found.use is expected
    assert found.use.is_usable is (expected in {Use.CURRENT, Use.STALE_ACCEPTED})


def _noise(part: BundlePart) -> BundlePart:
    is_list = part.kind is PartKind.STATUS_LIST
    return replace(part, data=b"noise") if is_list else part


def test_a_list_that_breaks_its_form_is_of_no_use() -> None:
    content = SCENE.content()
    (found,) = seen(replace(content, parts=[*map(_noise, content.parts)])).lists
    assert (found.use, found.entries) == (Use.BROKEN, 0)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda anchor: anchor, Use.CURRENT),
        (
            lambda a: a.with_validity(since=SCENE.at - DAY, until=SCENE.at - DAY / 2),
            Use.OVER,
        ),
        (
            lambda a: a.with_validity(since=SCENE.at + DAY, until=SCENE.at + 2 * DAY),
            Use.NOT_YET,
        ),
        (lambda a: replace(a, distrusted_after=SCENE.at), Use.DISTRUSTED),
    ],
)
def test_an_anchor_is_of_use_within_its_validity_and_while_it_is_trusted(
    change: Callable[[TrustAnchor], TrustAnchor], expected: Use
) -> None:
    anchors = BundlePart.of_anchors(
        [change(SCENE.pki.anchor())], name="root", as_of=SCENE.issued
    )
    (found,) = seen(replace(SCENE.content(), parts=[anchors])).anchors
    assert found.use is expected


def revoking(data: bytes) -> BundleContent:
    part = BundlePart(kind=PartKind.CRL, name="root.crl", data=data, as_of=SCENE.issued)
    content = SCENE.content()
    return replace(content, parts=[content.parts[0], part])


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (SCENE.at, Use.CURRENT),
        (SCENE.at + 6 * DAY, Use.OVER),
        (SCENE.at + 8 * DAY, Use.OVER),
        (SCENE.at - 2 * DAY, Use.NOT_YET),
    ],
)
def test_a_crl_is_of_use_as_its_times_and_the_policy_have_it(
    at: datetime, expected: Use
) -> None:
    crl = World.sound().crl(this_update=SCENE.at, next_update=SCENE.at + 5 * DAY)
    (found,) = seen(revoking(crl.to_der()), at=at).crls
    assert (found.name, found.use) == ("crls/0", expected)
    assert found.as_of == SCENE.at


def test_a_crl_that_breaks_its_form_is_of_no_use() -> None:
    (found,) = seen(revoking(b"noise")).crls
    assert found.use is Use.BROKEN


def test_whoever_watches_is_told_of_every_piece() -> None:
    told: list[int] = []
    store = store_of(opened(SCENE.content()))
    outlook(store, policy=STRICT, at=SCENE.at, progress=lambda: told.append(1))
    assert len(told) == 1


# --- two bundles -------------------------------------------------------------------


def anchor(key: str, *, announces: str | None = None) -> TrustAnchor:
    import hashlib

    jwk = {**SCENE.key(key).public_key.to_jwk(), "kid": "1"}
    made = TrustAnchor.from_jwks(
        {"keys": [jwk]},
        name="Library",
        purposes=[Purpose.ISSUE_CREDENTIALS],
        issuer_names=["https://library.example"],
    )
    if announces is None:
        return made
    spki = SCENE.key(announces).public_key.spki
    digest = hashlib.sha256(spki).digest()
    return replace(made, successors=frozenset({digest}))


def with_anchor(anchor: TrustAnchor) -> Bundle:
    part = BundlePart.of_anchors([anchor], name="library", as_of=SCENE.issued)
    content = SCENE.content()
    return opened(replace(content, parts=[*content.parts, part]))


@pytest.mark.parametrize(
    ("before", "after", "announced"),
    [
        (anchor("a"), anchor("b"), False),
        (anchor("a", announces="b"), anchor("b"), True),
        (anchor("a", announces="c"), anchor("b"), False),
        (anchor("a"), anchor("a", announces="b"), None),
    ],
)
def test_a_changed_key_is_told_apart_by_whether_it_was_announced(
    before: TrustAnchor,
    after: TrustAnchor,
    announced: bool | None,
) -> None:
    found = compare_bundles(with_anchor(before), with_anchor(after))
    (change,) = found.anchors
    assert (change.change, change.announced) == (Change.CHANGED, announced)
    assert [each.place for each in found.parts] == ["anchors/library"]


def test_what_only_one_bundle_has_is_added_or_removed() -> None:
    plain, more = opened(SCENE.content()), with_anchor(anchor("a"))
    added, removed = compare_bundles(plain, more), compare_bundles(more, plain)
    assert [each.change for each in (*added.anchors, *added.parts)] == [
        Change.ADDED,
        Change.ADDED,
    ]
    assert [each.change for each in (*removed.anchors, *removed.parts)] == [
        Change.REMOVED,
        Change.REMOVED,
    ]
    same = compare_bundles(plain, plain)
    assert (same.parts, same.anchors) == ((), ())


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (SCENE.issued, Use.CURRENT),
        (SCENE.issued + DAY, Use.CURRENT),
        (SCENE.issued + DAY + timedelta(seconds=1), Use.OVER),
        (SCENE.issued - DAY, Use.NOT_YET),
    ],
)
def test_a_list_of_delegations_taken_back_is_of_use_while_it_is_new(
    at: datetime, expected: Use
) -> None:
    content = SCENE.content()
    part = BundlePart.of_withdrawn([b"one"], name="families", as_of=content.issued)
    made = replace(content, parts=[*content.parts, part])
    found = seen(made, at=at)
    (one,) = found.withdrawn
    assert (one.name, one.use, one.entries) == ("families", expected, 1)
    assert one.as_of == content.issued
    assert not found.takes_delegations
    assert seen(made, policy=RETAIL).takes_delegations
    assert seen(content).withdrawn == ()


def test_a_list_of_delegations_that_breaks_its_form_is_broken() -> None:
    content = SCENE.content()
    part = BundlePart(
        kind=PartKind.WITHDRAWN, name="families", data=b"no", as_of=content.issued
    )
    (one,) = seen(replace(content, parts=[*content.parts, part])).withdrawn
    assert (one.use, one.entries) == (Use.BROKEN, 0)
