"""A bundle is taken whole, from its operator, and never an older one after it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

import pytest

from idwallet.crypto.keys import PublicKey
from idwallet.errors import (
    PortError,
    UsageError,
    VerificationFailed,
    VerificationIndeterminate,
)
from idwallet.ports import BundleMark
from idwallet.report import CheckId, Outcome, Reason
from idwallet.testing.bundle import BundleScene, bundle_draft
from idwallet.testing.bundle.draft import SEQUENCE, SERIES, WEEK, BundleDraft
from idwallet.trust.bundle import (
    Bundle,
    BundleContext,
    BundleRefused,
    PartKind,
    build_bundle,
    evaluate_bundle,
    open_bundle,
    store_of,
    take_bundle,
    verify_bundle,
)
from idwallet.trust.bundle.frame import MemorySource
from idwallet.trust.bundle.rotation import key_id
from idwallet.trust.bundle.state import MemoryBundleState

SCENE = BundleScene(seed=b"idwallet TEST opening")


class CountingSource(MemorySource):
    """Notes how many bytes were read."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.seen = 0

    def read(self, offset: int, length: int) -> bytes:
        found = super().read(offset, length)
        self.seen += len(found)
        return found


def context(state: MemoryBundleState, at: datetime = SCENE.at) -> BundleContext:
    return BundleContext(SCENE.operator.public_key, state, at)


def bundle(sequence: int = SEQUENCE) -> bytes:
    return build_bundle(SCENE.content(sequence), signer=SCENE.operator)


def reasons(error: VerificationFailed | VerificationIndeterminate) -> set[Reason]:
    bad = (*error.report.failed(), *error.report.indeterminate())
    return {each.reason for each in bad} - {Reason.WAITING}


def test_taking_a_bundle_is_remembered() -> None:
    state = MemoryBundleState()
    taken = open_bundle(bundle(), context(state))
    mark = state.mark()
    assert mark is not None
    assert (mark.series, mark.sequence) == (SERIES, SEQUENCE)
    assert mark.digest == taken.digest
    assert mark.signer == mark.pinned == key_id(SCENE.operator.public_key)


def test_looking_at_a_bundle_is_not_remembered() -> None:
    state = MemoryBundleState()
    assert isinstance(evaluate_bundle(bundle(), context(state)), Bundle)
    verify_bundle(bundle(), context(state))
    assert state.mark() is None


def test_the_same_bundle_may_be_taken_again_and_again() -> None:
    state, data = MemoryBundleState(), bundle()
    for _ in range(3):
        open_bundle(data, context(state))


def test_an_older_bundle_is_refused_after_a_newer_one() -> None:
    state = MemoryBundleState()
    open_bundle(bundle(SEQUENCE + 1), context(state))
    before = state.mark()
    with pytest.raises(VerificationFailed) as caught:
        open_bundle(bundle(SEQUENCE), context(state))
    assert reasons(caught.value) == {Reason.ROLLED_BACK}
    assert state.mark() == before


def test_another_content_of_the_same_number_is_refused() -> None:
    state = MemoryBundleState()
    open_bundle(bundle(), context(state))
    other = replace(SCENE.content(), next_update=SCENE.issued + 2 * WEEK)
    with pytest.raises(VerificationFailed) as caught:
        open_bundle(build_bundle(other, signer=SCENE.operator), context(state))
    assert reasons(caught.value) == {Reason.FORKED}


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        (SCENE.at - timedelta(days=1), Reason.CLOCK_BEHIND),
        (SCENE.at + WEEK, Reason.STALE),
    ],
)
def test_a_bundle_that_is_open_is_raised_as_such_and_not_remembered(
    at: datetime, reason: Reason
) -> None:
    state = MemoryBundleState()
    with pytest.raises(VerificationIndeterminate) as caught:
        open_bundle(bundle(), context(state, at))
    assert reasons(caught.value) == {reason}
    assert state.mark() is None


def test_of_two_that_take_at_once_the_older_loses() -> None:
    state = MemoryBundleState()
    older = verify_bundle(bundle(SEQUENCE), context(state))
    open_bundle(bundle(SEQUENCE + 1), context(state))
    with pytest.raises(VerificationFailed) as caught:
        take_bundle(older, state=state)
    assert reasons(caught.value) == {Reason.ROLLED_BACK}


class BusyState(MemoryBundleState):
    """Somebody else is always faster."""

    def __init__(self) -> None:
        super().__init__()
        self.tries = 0

    def advance(self, before: BundleMark | None, mark: BundleMark) -> bool:
        self.tries += 1
        return False


def test_a_state_that_never_stands_still_is_given_up() -> None:
    state = BusyState()
    with pytest.raises(PortError):
        open_bundle(bundle(), context(state))
    assert 1 < state.tries < 1_000


def test_a_bundle_without_a_pinned_key_is_a_mistake_of_the_program() -> None:
    nobody = cast("PublicKey", None)
    with pytest.raises(UsageError, match="pinned"):
        BundleContext(nobody, MemoryBundleState(), SCENE.at)


def test_a_moment_without_a_zone_is_a_mistake_of_the_program() -> None:
    with pytest.raises(UsageError):
        context(MemoryBundleState(), SCENE.at.replace(tzinfo=None))


def test_nobody_makes_a_bundle_but_who_judged_it() -> None:
    made = verify_bundle(bundle(), context(MemoryBundleState()))
    with pytest.raises(UsageError):
        replace(made, seal=None)
    with pytest.raises(UsageError):
        Bundle(
            made.manifest,
            made.digest,
            made.signer,
            made.mark,
            made.report,
            made.head,
            made.reader,
            seal=object(),
        )


def test_only_what_is_asked_for_is_read() -> None:
    data = bundle()
    source = CountingSource(data)
    found = verify_bundle(source, context(MemoryBundleState()))
    head = source.seen
    parts = sum(each.size for each in found.manifest.parts)
    assert head < len(data) - parts + 100
    entry = found.entry(PartKind.BLOB, "notes")
    assert entry is not None
    assert found.read(entry) == b"what a shop may ask"
    assert source.seen - head < entry.size + 10


def test_a_broken_part_does_not_spoil_the_others() -> None:
    made = bundle_draft(SCENE)
    made.bend_contents = lambda parts: [*parts[:1], b"?" * len(parts[1]), *parts[2:]]
    found = verify_bundle(made.file(), made.context())
    notes, other = (found.entry(PartKind.BLOB, name) for name in ("notes", "other"))
    assert notes is not None
    assert other is not None
    assert found.read(other) == b"what a clerk may ask"
    with pytest.raises(VerificationFailed) as caught:
        found.read(notes)
    assert reasons(caught.value) == {Reason.MISMATCH}
    assert caught.value.report.outcome is Outcome.FAILED


def test_what_is_not_there_is_none() -> None:
    found = verify_bundle(bundle(), context(MemoryBundleState()))
    assert found.entry(PartKind.CRL, "notes") is None
    assert found.entries(PartKind.OCSP) == ()


def test_every_part_is_told_of_as_it_is_checked() -> None:
    found = verify_bundle(bundle(), context(MemoryBundleState()))
    told: list[str] = []
    whole = found.check_parts(lambda entry: told.append(entry.place))
    assert told == [each.place for each in found.manifest.parts]
    assert {e.reason for e in whole.report.checks if e.id is CheckId.BUNDLE_INTEGRITY}
    assert Reason.ALL_MATCH in {each.reason for each in whole.report.checks}


def test_a_bundle_gives_back_its_file() -> None:
    data = bundle()
    found = verify_bundle(data, context(MemoryBundleState()))
    assert b"".join(found.chunks()) == data


def handed_over(*, sequence: int, keys: int, signer: int) -> BundleDraft:
    """A bundle with announcements from the first to the `keys`-th key."""
    line = [SCENE.operator, SCENE.next_operator, SCENE.last_operator]
    made = bundle_draft(SCENE)
    made.signer = line[signer]
    made.members = {"sequence": sequence}
    made.announcements = [
        SCENE.announcement(line[n], heir=line[n + 1], sequence=10 * (n + 1))
        for n in range(keys)
    ]
    made.mark = None
    return made


def test_keys_are_handed_over_and_none_comes_back() -> None:
    state = MemoryBundleState()
    for sequence, keys, signer in ((9, 0, 0), (9, 1, 0), (10, 1, 1), (25, 2, 2)):
        made = handed_over(sequence=sequence, keys=keys, signer=signer)
        open_bundle(made.file(), context(state))
    for sequence, keys, signer in ((26, 0, 0), (26, 1, 1)):
        made = handed_over(sequence=sequence, keys=keys, signer=signer)
        found = evaluate_bundle(made.file(), context(state))
        assert isinstance(found, BundleRefused)
        assert Reason.KEY_RETIRED in {each.reason for each in found.report.failed()}


def test_the_first_word_on_who_follows_holds() -> None:
    state = MemoryBundleState()
    with_word = handed_over(sequence=9, keys=1, signer=0)
    without = handed_over(sequence=9, keys=0, signer=0)
    open_bundle(with_word.file(), context(state))
    open_bundle(without.file(), context(state))
    late = handed_over(sequence=10, keys=0, signer=0)
    found = evaluate_bundle(late.file(), context(state))
    assert isinstance(found, BundleRefused)
    assert {each.reason for each in found.report.failed()} == {Reason.KEY_RETIRED}


def test_who_pins_a_later_key_passes_over_what_came_before() -> None:
    made = handed_over(sequence=25, keys=2, signer=2)
    for pinned in (SCENE.next_operator, SCENE.last_operator):
        made.pinned = pinned
        open_bundle(made.file(), made.context())


def test_who_pins_anew_begins_anew_but_not_with_an_older_number() -> None:
    state = MemoryBundleState()
    open_bundle(handed_over(sequence=9, keys=0, signer=0).file(), context(state))
    for sequence, outcome in ((10, Outcome.PASSED), (8, Outcome.FAILED)):
        made = bundle_draft(SCENE)
        made.signer = made.pinned = SCENE.stranger
        made.members = {"sequence": sequence}
        anew = BundleContext(SCENE.stranger.public_key, state, SCENE.at)
        assert evaluate_bundle(made.file(), anew).report.outcome is outcome


def test_the_store_of_a_bundle_says_where_everything_is_from() -> None:
    found = verify_bundle(bundle(), context(MemoryBundleState()))
    store = store_of(found)
    assert [each.name for each in store.anchors] == ["idwallet TEST root"]
    (listed,) = store.evidence.status_lists
    for origin in (listed.origin, store.evidence.anchors):
        assert origin.source == "bundle"
        assert origin.digest == found.digest.hex()
        assert origin.sequence == SEQUENCE
    assert store.evidence.anchors.taken == SCENE.issued
    assert listed.origin.taken == SCENE.at - timedelta(hours=2)
    assert callable(listed.token)
    assert listed.token() == SCENE.status_token
