"""Laws of trust bundles: round trips, deltas, and nothing changed goes through."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idwallet.errors import VerificationError
from idwallet.report import Outcome
from idwallet.testing.bundle import BundleScene, bundle_draft
from idwallet.testing.bundle.draft import SEQUENCE
from idwallet.trust.bundle import (
    Bundle,
    BundleContent,
    BundleContext,
    BundlePart,
    PartKind,
    build_bundle,
    build_manifest,
    evaluate_bundle,
    evaluate_delta,
    make_delta,
    store_of,
    verify_bundle,
)
from idwallet.trust.bundle.state import MemoryBundleState

SCENE = BundleScene(seed=b"idwallet TEST laws of bundles")
ROOTS = SCENE.parts()[0]


def context(at: timedelta = timedelta()) -> BundleContext:
    state = MemoryBundleState()
    return BundleContext(SCENE.operator.public_key, state, SCENE.at + at)


def small() -> bytes:
    made = bundle_draft(SCENE)
    made.parts = [each for each in made.parts if each.kind is not PartKind.STATUS_LIST]
    return made.file()


def judged(data: bytes) -> Outcome:
    """The outcome for whoever reads all of it."""
    found = evaluate_bundle(data, context())
    if not isinstance(found, Bundle):
        return found.report.outcome
    try:
        store_of(found.check_parts())
    except VerificationError as error:
        return error.report.outcome
    return found.report.outcome


@st.composite
def contents(draw: st.DrawFn) -> BundleContent:
    names = st.text("abc/é", min_size=1, max_size=3)
    blobs = draw(st.dictionaries(names, st.binary(min_size=1, max_size=40), max_size=5))
    ages = st.integers(0, 100)
    parts = [
        BundlePart(
            kind=PartKind.BLOB,
            name=name,
            data=data,
            as_of=SCENE.issued - timedelta(hours=draw(ages)),
            media_type=draw(st.sampled_from(["text/plain", "application/json"])),
        )
        for name, data in blobs.items()
    ]
    return BundleContent(
        series="shops",
        sequence=draw(st.integers(1, 9)),
        issued=SCENE.issued,
        next_update=SCENE.issued + timedelta(days=draw(st.integers(1, 30))),
        parts=[ROOTS, *parts],
    )


@given(contents(), st.randoms(use_true_random=False))
def test_two_builders_agree_and_what_was_put_in_comes_out(
    content: BundleContent, random: st.random_module
) -> None:
    parts = list(content.parts)
    random.shuffle(parts)  # type: ignore[attr-defined]
    assert build_manifest(replace(content, parts=parts)) == build_manifest(content)
    found = verify_bundle(build_bundle(content, signer=SCENE.operator), context())
    read = {each.place: found.read(each) for each in found.manifest.parts}
    assert read == {each.entry().place: each.data for each in content.parts}
    assert {each.entry() for each in content.parts} == set(found.manifest.parts)


@given(contents(), contents())
def test_a_delta_applied_equals_the_full_bundle(
    before: BundleContent, after: BundleContent
) -> None:
    base, full = (build_bundle(e, signer=SCENE.operator) for e in (before, after))
    delta = make_delta(base, full)
    assert delta == make_delta(base, full)
    made = evaluate_delta(base, delta, context=context())
    assert isinstance(made, Bundle)
    assert b"".join(made.chunks()) == full


@given(contents(), contents(), st.data())
def test_a_delta_that_was_changed_makes_no_other_bundle(
    before: BundleContent, after: BundleContent, data: st.DataObject
) -> None:
    base, full = (build_bundle(e, signer=SCENE.operator) for e in (before, after))
    delta = bytearray(make_delta(base, full))
    place = data.draw(st.integers(0, len(delta) - 1))
    delta[place] ^= data.draw(st.integers(1, 255))
    made = evaluate_delta(base, bytes(delta), context=context())
    if isinstance(made, Bundle):
        with pytest.raises(VerificationError):
            made.check_parts()


def test_every_byte_of_a_small_bundle_matters() -> None:
    data = small()
    assert judged(data) is Outcome.PASSED
    through = []
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 1 << place % 8
        if judged(bytes(changed)) is not Outcome.FAILED:
            through.append(place)
    assert through == []


def test_a_bundle_cut_off_anywhere_is_refused() -> None:
    data = small()
    assert {judged(data[:end]) for end in range(len(data))} == {Outcome.FAILED}


@given(st.binary(max_size=300))
def test_noise_is_refused_and_raises_nothing(noise: bytes) -> None:
    assert judged(noise) is Outcome.FAILED
    assert judged(small()[:60] + noise) is Outcome.FAILED


@given(st.integers(0, 60), st.integers(0, 60))
def test_a_later_moment_never_makes_a_stale_bundle_fresh(first: int, more: int) -> None:
    data = small()
    early, late = (
        evaluate_bundle(data, context(timedelta(days=days))).report.outcome
        for days in (first, first + more)
    )
    assert not (early is not Outcome.PASSED and late is Outcome.PASSED)


@given(st.lists(st.integers(SEQUENCE, SEQUENCE + 4), min_size=1, max_size=8))
def test_the_number_that_a_device_has_never_falls(numbers: list[int]) -> None:
    from idwallet.trust.bundle import open_bundle

    state = MemoryBundleState()
    taken = 0
    for number in numbers:
        data = BUNDLES[number]
        try:
            open_bundle(data, BundleContext(SCENE.operator.public_key, state, SCENE.at))
        except VerificationError:
            assert number < taken
        else:
            assert number >= taken
            taken = number
        mark = state.mark()
        assert mark is not None
        assert mark.sequence == taken


BUNDLES = {
    number: build_bundle(SCENE.content(number), signer=SCENE.operator)
    for number in range(SEQUENCE, SEQUENCE + 5)
}
