"""Whatever is done to one ledger, somebody who kept a checkpoint of it notices."""

import json
from dataclasses import replace
from secrets import token_bytes

from hypothesis import given
from hypothesis import strategies as st

from idwallet.adapters.store import MemoryStore
from idwallet.codec import b64
from idwallet.codec.json import read_object
from idwallet.consent import (
    AnchorContext,
    Checkpoint,
    CompletenessRule,
    Evidence,
    Ledger,
    Outside,
    UnverifiedLedger,
    VerifiedLedger,
    evaluate_ledger_export,
)
from idwallet.consent.ledger.entry import read_entry, write_entry
from idwallet.crypto.seal import SealKey
from idwallet.crypto.vault import Vault
from idwallet.errors import MalformedError
from idwallet.ports import Change, Shelf
from idwallet.report import CheckId, Outcome, Reason
from idwallet.testing.ledger_draft import REQUEST, LedgerScene
from idwallet.trust.policies import WALLET

SCENE = LedgerScene(seed=b"idwallet TEST properties of ledgers")
ENTRIES = SCENE.entries()
KEY = SealKey(bytes(32))
CONTEXT = AnchorContext(SCENE.trust, WALLET, SCENE.at)

kinds = st.lists(st.integers(0, 3), min_size=2, max_size=6)


def made(numbers: list[int]) -> tuple[MemoryStore, Ledger]:
    store = MemoryStore()
    ledger = Ledger(Vault(store, KEY, random=token_bytes), random=token_bytes)
    for number in numbers:
        # The outcome of the first entry makes no sense alone, and is one all the same.
        entry = ENTRIES[number]
        has = entry.request is not None
        ledger.enter(entry, evidence=Evidence(REQUEST) if has else Evidence())
    return store, ledger


def exported(numbers: list[int]) -> tuple[dict[str, object], Checkpoint]:
    _, ledger = made(numbers)
    members: dict[str, object] = json.loads(ledger.export(at=SCENE.at, evidence=True))
    return members, ledger.checkpoint(at=SCENE.at)


def judged(
    members: dict[str, object], kept: Checkpoint
) -> VerifiedLedger | UnverifiedLedger:
    # What its own last checkpoint says goes by what the entries say; no help is taken
    # from it here.
    plain = members | {"checkpoints": []}
    return evaluate_ledger_export(
        json.dumps(plain).encode(),
        trust=SCENE.trust,
        policy=WALLET,
        at=SCENE.at,
        kept=(kept,),
    )


def _entries(members: dict[str, object]) -> list[dict[str, object]]:
    entries = members["entries"]
    assert isinstance(entries, list)
    return entries


def _number(members: dict[str, object]) -> None:
    for number, each in enumerate(_entries(members)):
        each["index"] = number


@given(kinds)
def test_what_nobody_touched_is_complete(numbers: list[int]) -> None:
    members, kept = exported(numbers)
    found = judged(members, kept)
    assert isinstance(found, VerifiedLedger)
    assert found.complete_to == len(numbers)


@given(kinds, st.data())
def test_an_entry_taken_out_is_noticed(numbers: list[int], data: st.DataObject) -> None:
    members, kept = exported(numbers)
    del _entries(members)[data.draw(st.integers(0, len(numbers) - 1))]
    _number(members)
    assert judged(members, kept).report.outcome is Outcome.FAILED


@given(kinds, st.data())
def test_an_entry_put_in_is_noticed(numbers: list[int], data: st.DataObject) -> None:
    members, kept = exported(numbers)
    entries = _entries(members)
    copied = dict(entries[data.draw(st.integers(0, len(numbers) - 1))])
    entries.insert(data.draw(st.integers(0, len(numbers))), copied)
    _number(members)
    assert judged(members, kept).report.outcome is Outcome.FAILED


@given(kinds, st.data())
def test_two_entries_swapped_are_noticed(
    numbers: list[int], data: st.DataObject
) -> None:
    members, kept = exported(numbers)
    entries = _entries(members)
    places = st.integers(0, len(numbers) - 1)
    one, two = data.draw(st.tuples(places, places).filter(lambda e: e[0] != e[1]))
    entries[one], entries[two] = entries[two], entries[one]
    _number(members)
    assert judged(members, kept).report.outcome is Outcome.FAILED


@given(kinds, st.data())
def test_a_tail_cut_off_is_noticed_by_what_was_kept_and_by_nothing_else(
    numbers: list[int], data: st.DataObject
) -> None:
    members, kept = exported(numbers)
    left = data.draw(st.integers(0, len(numbers) - 1))
    del _entries(members)[left:]
    assert judged(members, kept).report.outcome is Outcome.FAILED
    alone = evaluate_ledger_export(
        json.dumps(members | {"checkpoints": []}).encode(),
        trust=SCENE.trust,
        policy=WALLET,
        at=SCENE.at,
    )
    assert {each.reason for each in alone.report.indeterminate()} == {
        Reason.SELF_ASSERTED
    }


@given(kinds, st.data())
def test_a_character_of_an_entry_changed_is_noticed(
    numbers: list[int], data: st.DataObject
) -> None:
    members, kept = exported(numbers)
    entry = data.draw(st.sampled_from(_entries(members)))
    name = data.draw(st.sampled_from(sorted(set(entry) - {"index"})))
    text = str(entry[name])
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda e: e != text[place]))
    entry[name] = text[:place] + other + text[place + 1 :]
    assert judged(members, kept).report.outcome is Outcome.FAILED


@given(kinds, st.data())
def test_concealing_entries_changes_nothing_about_the_rest(
    numbers: list[int], data: st.DataObject
) -> None:
    members, kept = exported(numbers)
    gone = data.draw(st.sets(st.integers(0, len(numbers) - 1)))
    for index in gone:
        for name in ("content", "request", "receipt"):
            _entries(members)[index].pop(name, None)
    found = judged(members, kept)
    assert isinstance(found, VerifiedLedger)
    assert found.concealed == len(gone)


@given(kinds, st.data())
def test_whatever_a_store_does_to_one_record_a_wallet_notices(
    numbers: list[int], data: st.DataObject
) -> None:
    store, ledger = made(numbers)
    kept = ledger.checkpoint(at=SCENE.at)
    names = [each.name for each in store.records(Shelf.LEDGER)]
    name = data.draw(st.sampled_from(names))
    was = store.get(Shelf.LEDGER, name)
    assert was is not None
    swapped = store.get(Shelf.LEDGER, data.draw(st.sampled_from(names)))
    other = data.draw(st.sampled_from([None, swapped, was[:-1], was + b"\0", b""]))
    if other == was:
        return
    store.change([Change(Shelf.LEDGER, name, was, other)])
    try:
        report = ledger.judge(Outside(kept=(kept,)), context=CONTEXT)
    except MalformedError:
        return
    assert report.outcome is Outcome.FAILED


@given(st.sampled_from(ENTRIES), st.text(max_size=20))
def test_an_entry_is_read_as_it_was_written(entry: object, text: str) -> None:
    assert isinstance(entry, type(ENTRIES[0]))
    told = replace(entry, purpose=text or None)
    octets = write_entry(told, salt=bytes(16))
    assert read_entry(octets, at="entry") == told
    assert read_object(octets, at="")["salt"] == b64.encode(bytes(16))


@given(kinds)
def test_accepting_the_owners_word_is_told_apart(numbers: list[int]) -> None:
    _, ledger = made(numbers)
    report = ledger.judge(
        Outside(rule=CompletenessRule.SELF_ASSERTED_ACCEPTED), context=CONTEXT
    )
    assert report.outcome is Outcome.PASSED
    (found,) = (e for e in report.checks if e.id is CheckId.LEDGER_COMPLETENESS)
    assert found.reason is Reason.SELF_ASSERTED_ACCEPTED
