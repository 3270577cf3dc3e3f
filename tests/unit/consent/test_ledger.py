"""A ledger in its vault: added to, looked at, erased, exported, judged."""

import json
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from secrets import token_bytes
from threading import Thread

import pytest

from idwallet import limits
from idwallet.adapters.store import MemoryStore
from idwallet.consent import (
    AnchorContext,
    AnchoredCheckpoint,
    Checkpoint,
    CompletenessRule,
    EntryKind,
    Evidence,
    Ledger,
    Outside,
    Proves,
    Sending,
    draft_deletion,
    happenings,
    stamped,
    transaction_log,
    verify_ledger_export,
)
from idwallet.consent.occasion import LegalContacts
from idwallet.crypto.seal import SealKey
from idwallet.crypto.vault import Edit, Vault
from idwallet.errors import (
    LimitError,
    MalformedError,
    UsageError,
    VerificationIndeterminate,
)
from idwallet.ports import Change, Shelf
from idwallet.report import CheckId, Outcome, Reason, Report
from idwallet.testing.ledger_draft import REQUEST, LedgerScene
from idwallet.trust.policies import WALLET

SCENE = LedgerScene(seed=b"idwallet TEST ledgers in vaults")
AT = SCENE.at
KEY = SealKey(bytes(range(32)))
SHOWN, SENT, DECLINED, _ = SCENE.entries()
WITH_REQUEST = Evidence(request=REQUEST)
CONTEXT = AnchorContext(SCENE.trust, WALLET, AT)


class Counter:
    """A monotonic counter in memory."""

    def __init__(self) -> None:
        self.value = 0

    def read(self) -> int:
        return self.value

    def advance(self, to: int, /) -> None:
        self.value = max(self.value, to)


def opened(store: MemoryStore, counter: Counter | None = None) -> Ledger:
    vault = Vault(store, KEY, random=token_bytes, counter=counter)
    return Ledger(vault, random=token_bytes)


def filled(store: MemoryStore | None = None) -> Ledger:
    ledger = opened(store or MemoryStore())
    for entry in SCENE.entries():
        has = entry.request is not None
        ledger.enter(entry, evidence=WITH_REQUEST if has else Evidence())
    return ledger


def verified(data: bytes, **more: object) -> object:
    return verify_ledger_export(
        data,
        trust=SCENE.trust,
        policy=WALLET,
        at=AT,
        **more,  # type: ignore[arg-type]
    )


def completeness(report: Report) -> Reason:
    (found,) = (e for e in report.checks if e.id is CheckId.LEDGER_COMPLETENESS)
    return found.reason


def test_entries_come_back_as_they_were_entered() -> None:
    ledger = filled()
    assert [each.entry for each in ledger.entries()] == list(SCENE.entries())
    assert len(ledger) == 4
    assert ledger.entry(0).evidence == WITH_REQUEST
    assert ledger.entry(1).evidence == Evidence()


def test_a_ledger_that_was_never_added_to_leaves_no_record() -> None:
    store = MemoryStore()
    ledger = opened(store)
    assert (len(ledger), ledger.entries()) == (0, ())
    with pytest.raises(UsageError, match="nothing to prove"):
        ledger.export(at=AT)
    assert not list(store.records(Shelf.LEDGER))


def test_evidence_has_to_be_what_the_entry_names() -> None:
    ledger = filled()
    with pytest.raises(UsageError, match="evidence"):
        ledger.enter(SHOWN, evidence=Evidence(request=b"another request"))
    huge = b"x" * (limits.LEDGER_EVIDENCE_BYTES + 1)
    entry = replace(SHOWN, request=sha256(huge).digest())
    with pytest.raises(UsageError, match="evidence"):
        ledger.enter(entry, evidence=Evidence(request=huge))
    assert len(ledger) == 4


def test_an_entry_that_is_too_long_is_refused_before_anything_is_stored() -> None:
    ledger = filled()
    with pytest.raises(LimitError):
        ledger.enter(replace(SHOWN, checks=("x" * limits.LEDGER_ENTRY_BYTES,)))
    assert len(ledger) == 4


def test_every_kind_of_entry_says_what_it_is_of() -> None:
    for wrong in (
        {"kind": EntryKind.SHOWN, "party": None},
        {"kind": EntryKind.SHOWN, "request": None},
        {"kind": EntryKind.OUTCOME},
        {"time": AT.replace(tzinfo=None)},
    ):
        with pytest.raises(UsageError):
            replace(SHOWN, **wrong)  # type: ignore[arg-type]


def test_what_is_beside_an_entry_is_done_with_it_or_not_at_all() -> None:
    ledger = filled()
    vault = ledger._vault
    vault.change([Edit.adding(Shelf.BATCH, "copy", plain=b"once")])
    copy = vault.get(Shelf.BATCH, "copy")
    assert copy is not None
    used = [Edit.removing(copy)]
    assert ledger.add(SHOWN, evidence=WITH_REQUEST, beside=used) == 4
    assert vault.get(Shelf.BATCH, "copy") is None
    # Nobody can use it up twice: neither the copy nor an entry is there.
    assert ledger.add(SHOWN, evidence=WITH_REQUEST, beside=used) is None
    assert len(ledger) == 5


def test_two_who_add_at_once_come_one_after_the_other() -> None:
    store = MemoryStore()
    ledgers = [opened(store), opened(store)]

    def add(ledger: Ledger) -> None:
        for _ in range(20):
            ledger.enter(SHOWN, evidence=WITH_REQUEST)

    threads = [Thread(target=add, args=(each,)) for each in ledgers]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    report = opened(store).judge(
        Outside(rule=CompletenessRule.SELF_ASSERTED_ACCEPTED), context=CONTEXT
    )
    assert report.outcome is Outcome.PASSED
    assert len(opened(store)) == 40


def test_erasing_takes_the_entry_its_evidence_and_what_is_about_it() -> None:
    store = MemoryStore()
    ledger = filled(store)
    before = ledger.checkpoint(at=AT)
    assert ledger.erase(0) == (0, 1)
    entries = ledger.entries()
    assert [each.entry is None for each in entries] == [True, True, False, False]
    assert ledger.entry(0).evidence == Evidence()
    names = {each.name for each in store.records(Shelf.RECEIPT)}
    assert names == {"000000000002-request", "000000000003-request"}
    assert ledger.erase(0) == ()
    # The chain stands as it stood, and so does what was anchored before.
    assert replace(ledger.checkpoint(at=AT), time=before.time) == before
    with pytest.raises(UsageError):
        ledger.erase(17)


def test_erasing_takes_the_witness_that_says_it_all_again() -> None:
    ledger = filled()
    point = ledger.checkpoint(at=AT)
    telling = SCENE.witnessed(point, request=sha256(REQUEST).digest())
    ledger.keep(telling)
    assert ledger.checkpoints() == (telling,)
    ledger.erase(0)
    assert ledger.checkpoints() == ()

    # A witness that tells nothing of the entry stays.
    ledger = filled()
    other = SCENE.witnessed(ledger.checkpoint(at=AT))
    ledger.keep(other)
    ledger.erase(0)
    assert ledger.checkpoints() == (other,)


def test_an_export_has_no_witness_that_tells_what_it_conceals() -> None:
    ledger = filled()
    ledger.enter(replace(SHOWN, request=sha256(b"another").digest()))
    point = ledger.checkpoint(at=AT)
    ledger.keep(SCENE.witnessed(point, request=sha256(b"another").digest()))
    shown = ledger.export(at=AT, show={4})
    assert json.loads(shown)["assertion"] == "anchored"
    concealed = ledger.export(at=AT, show={0})
    assert json.loads(concealed)["assertion"] == "self-asserted"
    assert b'"receipt"' not in concealed


def test_evidence_can_be_erased_alone() -> None:
    ledger = filled()
    ledger.erase_evidence(0)
    ledger.erase_evidence(0)
    assert ledger.entry(0).entry == SHOWN
    assert ledger.entry(0).evidence == Evidence()


def test_an_erased_entry_cannot_be_guessed_by_its_digest() -> None:
    ledger = filled()
    digests = {each.digest for each in filled().entries()}
    assert digests.isdisjoint(each.digest for each in ledger.entries())


def test_an_export_proves_order_and_says_that_nobody_else_does_more() -> None:
    data = filled().export(at=AT)
    assert json.loads(data)["assertion"] == "self-asserted"
    with pytest.raises(VerificationIndeterminate):
        verified(data)
    found = verified(data, rule=CompletenessRule.SELF_ASSERTED_ACCEPTED)
    assert found.proves == (Proves.ORDER, Proves.OWNERS_WORD)  # type: ignore[attr-defined]
    assert completeness(found.report) is Reason.SELF_ASSERTED_ACCEPTED  # type: ignore[attr-defined]


def test_a_stamped_checkpoint_makes_an_export_complete_up_to_it() -> None:
    ledger = filled()
    ledger.keep(SCENE.stamped(ledger.checkpoint(at=AT)))
    ledger.enter(SHOWN, evidence=WITH_REQUEST)
    data = ledger.export(at=AT)
    assert json.loads(data)["assertion"] == "anchored"
    found = verify_ledger_export(data, trust=SCENE.trust, policy=WALLET, at=AT)
    assert (found.complete_to, len(found.entries)) == (4, 5)
    assert found.as_of == SCENE.authority.moment
    assert found.proves == (Proves.ORDER, Proves.COMPLETE, Proves.REST_OPEN)


def test_what_is_not_shown_is_proven_to_have_been_there() -> None:
    ledger = filled()
    ledger.keep(SCENE.stamped(ledger.checkpoint(at=AT)))
    ledger.erase(0)
    data = ledger.export(at=AT, show={3}, evidence=True)
    found = verify_ledger_export(data, trust=SCENE.trust, policy=WALLET, at=AT)
    assert [each.entry is None for each in found.entries] == [True, True, True, False]
    assert found.entries[3].evidence == WITH_REQUEST
    assert (found.concealed, Proves.CONCEALED in found.proves) == (3, True)
    # Erased and not shown look alike.
    members = json.loads(data)["entries"]
    assert {frozenset(each) for each in members[:3]} == {
        frozenset({"index", "digest", "head"})
    }


def test_a_receipt_can_bear_witness() -> None:
    ledger = filled()
    ledger.keep(SCENE.witnessed(ledger.checkpoint(at=AT)))
    found = verify_ledger_export(
        ledger.export(at=AT), trust=SCENE.trust, policy=WALLET, at=AT
    )
    assert found.complete_to == 4


def test_a_checkpoint_of_something_else_is_not_kept() -> None:
    ledger = filled()
    mine = ledger.checkpoint(at=AT)
    for wrong in (
        replace(mine, ledger=bytes(16)),
        replace(mine, count=5),
        replace(mine, count=0),
        replace(mine, head=bytes(32)),
    ):
        with pytest.raises(UsageError, match="checkpoint"):
            ledger.keep(AnchoredCheckpoint(wrong))
    assert ledger.checkpoints() == ()
    with pytest.raises(UsageError, match="one witness"):
        AnchoredCheckpoint(mine, timestamp=b"x", receipt="y")


def test_a_checkpoint_is_read_back_as_it_was_written() -> None:
    mine = filled().checkpoint(at=AT)
    assert Checkpoint.from_json(mine.to_json()) == mine
    with pytest.raises(MalformedError):
        Checkpoint.from_json({**mine.to_json(), "format": "idwallet/9"})


def test_stamping_tells_the_authority_a_digest_and_nothing_else() -> None:
    point = filled().checkpoint(at=AT)
    stamped(point, authority=SCENE.authority, random=token_bytes)
    assert point.digest in SCENE.authority.requests[-1]
    assert point.head not in SCENE.authority.requests[-1]


def test_the_wallet_says_that_nobody_bears_witness_of_its_own_ledger() -> None:
    report = filled().judge(Outside(), context=CONTEXT)
    assert completeness(report) is Reason.SELF_ASSERTED
    assert report.outcome is Outcome.INDETERMINATE


def test_a_counter_bears_witness_that_no_end_was_cut_off() -> None:
    store, counter = MemoryStore(), Counter()
    ledger = opened(store, counter)
    ledger.enter(SHOWN, evidence=WITH_REQUEST)
    report = ledger.judge(Outside(), context=CONTEXT)
    assert completeness(report) is Reason.ANCHORED
    assert report.outcome is Outcome.PASSED


def _copy(store: MemoryStore) -> MemoryStore:
    made = MemoryStore()
    made._records = dict(store._records)
    return made


def test_an_older_copy_is_noticed_by_a_counter_and_by_what_was_kept() -> None:
    store, counter = MemoryStore(), Counter()
    ledger = opened(store, counter)
    ledger.enter(SHOWN, evidence=WITH_REQUEST)
    older = _copy(store)
    ledger.enter(DECLINED, evidence=WITH_REQUEST)
    kept = ledger.checkpoint(at=AT)
    with pytest.raises(MalformedError, match="older copy"):
        len(opened(older, counter))
    # Without a counter the copy opens, and only what is elsewhere tells.
    report = opened(older).judge(Outside(kept=(kept,)), context=CONTEXT)
    assert completeness(report) is Reason.CUT_OFF
    report = opened(older).judge(Outside(), context=CONTEXT)
    assert completeness(report) is Reason.SELF_ASSERTED


def test_what_a_store_does_to_its_records_is_noticed_when_the_vault_is_opened() -> None:
    names = [each.name for each in _store().records(Shelf.LEDGER)]
    assert names[0] == "000000000000"
    for name in names:
        for other in (None, b"\x01" + bytes(60), _other(name)):
            store = _store()
            place = (Shelf.LEDGER, name)
            was = store.get(*place)
            assert store.change([Change(*place, was, other)])
            with pytest.raises(MalformedError):
                opened(store).entries()


def _store() -> MemoryStore:
    store = MemoryStore()
    filled(store)
    return store


def _other(name: str) -> bytes:
    """Return another record of another ledger at that place."""
    found = _store().get(Shelf.LEDGER, name)
    assert found is not None
    return found


def test_a_record_that_is_gone_while_the_wallet_is_open_is_noticed() -> None:
    store = MemoryStore()
    ledger = filled(store)
    ledger.entries()
    for name, reason in (
        ("000000000003", Reason.CUT_OFF),
        ("000000000001", Reason.OUT_OF_ORDER),
    ):
        store.change([Change(Shelf.LEDGER, name, store.get(Shelf.LEDGER, name), None)])
        report = ledger.judge(Outside(), context=CONTEXT)
        assert {each.reason for each in report.failed()} == {reason}


def test_happenings_join_what_became_of_an_answer() -> None:
    found = happenings(filled().entries())
    assert [(each.index, each.sending) for each in found] == [
        (0, Sending.SENT),
        (2, Sending.NOT_KNOWN),
        (3, Sending.NOT_KNOWN),
    ]


def test_a_deletion_request_goes_where_the_registration_says() -> None:
    legal = LegalContacts(
        support=(
            "https://shop.example/privacy",
            "privacy@shop.example",
            "+7 495 000-00-00",
            "javascript:alert(1)",
        ),
        supervisor="Test Authority",
    )
    made = draft_deletion(replace(SHOWN, legal=legal), index=0, at=AT)
    assert [(each.way.value, each.address) for each in made.contacts] == [
        ("page", "https://shop.example/privacy"),
        ("mail", "privacy@shop.example"),
        ("phone", "+7 495 000-00-00"),
    ]
    written = made.to_json()
    assert written["listOfClaims"] == [
        {"credentialIdentifier": "urn:eudi:pid:1", "claims": ["age"]}
    ]
    assert written["requestSha256"] == sha256(REQUEST).hexdigest()
    for nothing in (DECLINED, SENT, replace(SHOWN, shown=())):
        with pytest.raises(UsageError, match="nothing was shown"):
            draft_deletion(nothing, index=0, at=AT)


def test_the_log_has_the_shape_of_ts10_and_makes_nothing_up() -> None:
    log = transaction_log(filled().entries())
    assert [each["transactionResult"] for each in log] == [
        "Completed",
        "NotCompleted",
        "NotCompleted",
    ]
    first, declined, _ = log
    assert first == {
        "transactionIdentifier": "0",
        "time": "2026-11-24T12:00:00",
        "transactionType": "Presentation",
        "transactionResult": "Completed",
        "interactingPartyIdentifier": {
            "type": "client_id",
            "identifier": "x509_hash:test",
        },
        "interactingPartyType": "ServiceProvider",
        "interactingPartyName": "Test Shop",
        "isIntermediary": False,
        "purpose": [{"lang": "und", "content": "a test"}],
        "listOfClaimsRequested": [
            {"credentialIdentifier": "urn:eudi:pid:1", "claims": ["age"]}
        ],
        "listOfClaimsPresented": [
            {"credentialIdentifier": "urn:eudi:pid:1", "claims": ["age"]}
        ],
    }
    assert declined["reasonOfNoncompletion"] == "declined"
    assert declined["listOfClaimsPresented"] == []


def test_nothing_that_is_shown_of_a_ledger_tells_what_is_in_it() -> None:
    ledger = filled()
    assert repr(ledger) == "<Ledger>"
    assert repr(ledger.entry(0).evidence) == "Evidence(<1 pieces>)"


def test_a_moment_of_an_entry_is_kept_in_whole_seconds() -> None:
    ledger = opened(MemoryStore())
    moment = AT + timedelta(milliseconds=500)
    ledger.enter(replace(SHOWN, time=moment), evidence=WITH_REQUEST)
    (found,) = ledger.entries()
    assert found.entry is not None
    assert found.entry.time == AT
