"""What a wallet writes down by itself, and what both sides can prove later."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from secrets import token_bytes

import pytest

from idwallet.adapters.store import MemoryStore
from idwallet.consent import (
    AnchorContext,
    AuthenticatedBy,
    ClaimsAsked,
    ClaimsShown,
    Earlier,
    EntryKind,
    Ledger,
    Outside,
    Promise,
    ReceiptOutcome,
    Sending,
)
from idwallet.consent.ledger.ledger import read_ledger_record
from idwallet.consent.ledger.position import LedgerEntry
from idwallet.consent.purpose import CautionCode, Judgement
from idwallet.consent.receipt import read_receipt
from idwallet.credentials.model import VerifiedPresentation
from idwallet.credentials.query import Query
from idwallet.credentials.sdjwt.issue import SdJwtVc, Shape
from idwallet.credentials.sdjwt.metadata import Disclosability
from idwallet.crypto.seal import SealKey
from idwallet.crypto.vault import Vault, VaultRecord
from idwallet.errors import (
    PortError,
    SignerError,
    SignerUnavailable,
    UsageError,
    VerificationFailed,
)
from idwallet.ports import Change
from idwallet.report import CheckId, Reason
from idwallet.roles import askers
from idwallet.roles.asked import Anonymous, Authenticated
from idwallet.roles.holder import Holder
from idwallet.roles.presentation import evaluate_presentation, verify_presentation
from idwallet.roles.receipts import enter_answer, give_receipt
from idwallet.roles.verifier import PresentationRequest
from idwallet.testing.scene import PID, Scene
from idwallet.testing.scene import test_claims as claims
from idwallet.trust.policies import WALLET

SCENE = Scene(seed=b"idwallet TEST consenting")
AT = SCENE.at
KEPT = Promise(kept=True, until=AT + timedelta(days=30), basis="a test law")


def held(content: SdJwtVc | None = None) -> Holder:
    wallet = SCENE.new_wallet()
    wallet.add(SCENE.issue(content), at=AT)
    return wallet


def answered(
    wallet: Holder, request: PresentationRequest | None = None
) -> tuple[PresentationRequest, str, int]:
    request = request or SCENE.request()
    asked = wallet.read_request(request.message.to_uri(), at=AT)
    response = wallet.present(asked, wallet.match(asked, at=AT).choose(), at=AT)
    return request, response.body, response.entry


def codes(judgement: Judgement) -> Counter[str]:
    found = Counter(each.finding.value for each in judgement.claims)
    return found + Counter(each.code.value for each in judgement.cautions)


def verified(request: PresentationRequest, body: str) -> VerifiedPresentation:
    return verify_presentation(body, request=request, trust=SCENE.trust, at=AT)


NOT_JUDGED = Judgement(None, None, (), ())


def own_ledger() -> Ledger:
    vault = Vault(MemoryStore(), SealKey(bytes(32)), random=token_bytes)
    return Ledger(vault, random=token_bytes)


def test_presenting_writes_down_who_asked_what_and_what_was_shown() -> None:
    wallet = held()
    request, _, index = answered(wallet)
    found = wallet.ledger.entry(index)
    entry = found.entry
    assert entry is not None
    assert (entry.kind, entry.time, entry.purpose) == (EntryKind.SHOWN, AT, "a test")
    assert entry.party is not None
    assert entry.party.authenticated is AuthenticatedBy.CERTIFICATE
    assert entry.party.identifier == request.client_id
    assert entry.asked == (
        ClaimsAsked(
            "pid",
            "dc+sd-jwt",
            (PID,),
            (("family_name",), ("age_equal_or_over", "18")),
        ),
    )
    assert entry.shown == (
        ClaimsShown(
            "pid",
            "dc+sd-jwt",
            PID,
            (("age_equal_or_over", "18"), ("family_name",)),
        ),
    )
    # What the person was told of the request: each finding, and each warning.
    asked = wallet.read_request(request.message.raw, at=AT)
    told = wallet.match(asked, at=AT, earlier=Earlier()).judgement
    assert entry.judgement == codes(told)
    assert entry.judgement["unknown_purpose"] == 1
    # The request is kept as it was signed: evidence of what was asked.
    assert found.evidence.request == request.message.raw.encode()
    assert entry.request == sha256(request.message.raw.encode()).digest()


def test_what_was_not_said_to_be_sent_counts_as_perhaps_sent() -> None:
    wallet = held()
    *_, index = answered(wallet)
    (found,) = wallet.history()
    assert found.sending is Sending.NOT_KNOWN
    wallet.record_sent(index, at=AT)
    (found,) = wallet.history()
    assert found.sending is Sending.SENT
    wallet.record_sent(index, at=AT, sent=False)
    (found,) = wallet.history()
    assert found.sending is Sending.NOT_SENT


def test_an_outcome_is_of_an_answer_and_of_nothing_else() -> None:
    wallet = held()
    *_, index = answered(wallet)
    outcome = wallet.record_sent(index, at=AT)
    for wrong in (outcome, 17):
        with pytest.raises(UsageError):
            wallet.record_sent(wrong, at=AT)


def test_declining_is_written_down_too() -> None:
    wallet = held()
    request = SCENE.request()
    asked = wallet.read_request(request.message.raw, at=AT)
    index = wallet.decline(asked, at=AT).entry
    entry = wallet.ledger.entry(index).entry
    assert entry is not None
    assert (entry.kind, entry.shown) == (EntryKind.DECLINED, ())
    with pytest.raises(UsageError, match="zone"):
        wallet.decline(asked, at=AT.replace(tzinfo=None))


class _Refusing:
    """A key store whose keys are there and do not sign."""

    def __init__(self, keys: object) -> None:
        self._keys = keys

    def get(self, name: str) -> object:
        return _Silent(self._keys.get(name))  # type: ignore[attr-defined]


class _Silent:
    def __init__(self, key: object) -> None:
        self._key = key

    def __getattr__(self, name: str) -> object:
        return getattr(self._key, name)

    def sign(self, message: bytes) -> bytes:
        raise SignerError("no")


def test_a_key_that_does_not_sign_leaves_an_entry_that_says_so() -> None:
    wallet = held()
    wallet._keys = _Refusing(wallet._keys)  # type: ignore[assignment]
    with pytest.raises(SignerError):
        answered(wallet)
    (found,) = wallet.history()
    assert found.sending is Sending.NOT_SENT


def test_what_cannot_be_shown_at_all_is_not_written_down() -> None:
    wallet = held()
    for each in wallet.credentials():
        wallet._keys.delete(each.thumbprint)
    with pytest.raises(SignerUnavailable):
        answered(wallet)
    assert wallet.history() == ()
    SCENE.holder_signer = SCENE.new_holder_signer()


class _Full(MemoryStore):
    """A store on a disk that is full."""

    is_full = False

    def change(self, changes: object, /) -> bool:
        if self.is_full:
            raise PortError("the disk is full")
        return super().change(changes)  # type: ignore[arg-type]


def test_nothing_is_signed_that_could_not_be_written_down() -> None:
    store = _Full()
    wallet = Holder(
        store=store, seal=SealKey(bytes(32)), keys=SCENE.keys, trust=SCENE.trust
    )
    wallet.add(SCENE.issue(), at=AT)
    store.is_full = True
    wallet._keys = _Refusing(wallet._keys)  # type: ignore[assignment]
    with pytest.raises(PortError, match="full"):
        answered(wallet)


def test_a_receipt_is_kept_with_what_it_is_for_and_proves_that_it_arrived() -> None:
    wallet = held()
    request, body, index = answered(wallet)
    token = give_receipt(
        verified(request, body), request=request, at=AT, retention=KEPT
    )
    found = wallet.keep_receipt(token, index=index, at=AT)
    assert found.receipt.outcome is ReceiptOutcome.ACCEPTED
    assert found.receipt.retention == KEPT
    assert found.receipt.purpose == "a test"
    (happening,) = wallet.history()
    assert happening.sending is Sending.SENT
    (kept,) = happening.receipts
    assert wallet.ledger.entry(kept).evidence.receipt == token
    # The same once more is the same.
    wallet.keep_receipt(token, index=index, at=AT)
    assert len(wallet.ledger) == 2


def test_a_receipt_of_another_occasion_is_not_kept() -> None:
    wallet = held()
    request, body, _ = answered(wallet)
    *_, second = answered(wallet)
    token = give_receipt(verified(request, body), request=request, at=AT)
    with pytest.raises(VerificationFailed) as caught:
        wallet.keep_receipt(token, index=second, at=AT)
    (failed,) = caught.value.report.failed()
    assert (failed.id, failed.reason) == (CheckId.RECEIPT_REQUEST, Reason.MISMATCH)
    assert len(wallet.ledger) == 2


def asking(*paths: list[str | int | None]) -> PresentationRequest:
    query = {
        "credentials": [
            {
                "id": "pid",
                "format": "dc+sd-jwt",
                "meta": {"vct_values": [PID]},
                "claims": [{"path": path} for path in paths],
            }
        ]
    }
    return SCENE.request(Query.from_dcql(query))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "paths",
    [
        [["address"]],
        [["address", "locality"]],
        [["nationalities", None]],
        [["nationalities", 1]],
        [["age_equal_or_over", "18"], ["age_equal_or_over", "65"]],
        [["birthdate"], ["family_name"], ["given_name"]],
    ],
    ids=str,
)
def test_both_sides_name_the_same_places(paths: list[list[str | int | None]]) -> None:
    wallet = held()
    request, body, index = answered(wallet, asking(*paths))
    token = give_receipt(verified(request, body), request=request, at=AT)
    wallet.keep_receipt(token, index=index, at=AT)


def test_what_came_along_unasked_stands_in_the_receipt_too() -> None:
    # The address is one disclosure, which cannot be shown in part; the name is always
    # shown.
    content = SdJwtVc(
        vct=PID,
        claims=claims(),
        disclosure={("family_name",): Disclosability.NEVER},
        shape=Shape.FLAT,
    )
    wallet = held(content)
    request, body, index = answered(wallet, asking(["address", "locality"]))
    found = verified(request, body)
    assert set(found.credential("pid").disclosed) == {
        ("address", "locality"),
        ("address", "street_address"),
        ("address", "country"),
        ("family_name",),
    }
    token = give_receipt(found, request=request, at=AT)
    assert wallet.keep_receipt(token, index=index, at=AT)


def test_of_what_was_not_accepted_nothing_is_named_and_nothing_kept() -> None:
    wallet = held()
    request, body, index = answered(wallet)
    late = AT + timedelta(hours=1)
    refused = evaluate_presentation(body, request=request, trust=SCENE.trust, at=late)
    assert not isinstance(refused, VerifiedPresentation)
    token = give_receipt(refused, request=request, at=late)
    receipt = read_receipt(token).receipt
    assert receipt.outcome is ReceiptOutcome.NOT_ACCEPTED
    assert (receipt.disclosed, receipt.retention) == (None, Promise(kept=False))
    assert wallet.keep_receipt(token, index=index, at=late)
    with pytest.raises(UsageError, match="kept"):
        give_receipt(refused, request=request, at=late, retention=KEPT)


def test_whoever_declines_gets_a_receipt_for_that() -> None:
    wallet = held()
    request = SCENE.request()
    asked = wallet.read_request(request.message.raw, at=AT)
    no = wallet.decline(asked, at=AT)
    refused = evaluate_presentation(no.body, request=request, trust=SCENE.trust, at=AT)
    token = give_receipt(refused, request=request, at=AT)
    found = wallet.keep_receipt(token, index=no.entry, at=AT)
    assert found.receipt.outcome is ReceiptOutcome.DECLINED


def test_a_receipt_bears_witness_of_the_holders_ledger() -> None:
    wallet = held()
    request, body, index = answered(wallet)
    checkpoint = wallet.ledger.checkpoint(at=AT)
    token = give_receipt(
        verified(request, body), request=request, at=AT, witnessed=checkpoint.digest
    )
    wallet.keep_receipt(token, index=index, at=AT)
    from idwallet.consent import AnchoredCheckpoint

    wallet.ledger.keep(AnchoredCheckpoint(checkpoint, receipt=token))
    report = wallet.ledger.judge(
        Outside(), context=AnchorContext(SCENE.trust, WALLET, AT)
    )
    found = {each.reason for each in report.checks}
    assert Reason.ANCHORED in found


def test_a_verifier_writes_down_what_it_received_and_no_value() -> None:
    wallet, ledger = held(), own_ledger()
    request, body, _ = answered(wallet)
    result = verified(request, body)
    token = give_receipt(result, request=request, at=AT, retention=KEPT, ledger=ledger)
    found = ledger.entry(0)
    assert found.evidence == (request.message.raw.encode(), token)
    entry = found.entry
    assert entry is not None
    assert (entry.kind, entry.outcome, entry.checks) == (
        EntryKind.RECEIVED,
        "passed",
        (),
    )
    assert entry.kept_until == KEPT.until
    assert entry.party is None
    # Both ledgers name the same request: they fit together when it is needed.
    (mine,) = wallet.ledger.entries()
    assert mine.entry is not None
    assert entry.request == mine.entry.request
    assert entry.shown == mine.entry.shown


def test_a_verifier_writes_down_what_it_refused_and_why() -> None:
    wallet, ledger = held(), own_ledger()
    request, body, _ = answered(wallet)
    late = AT + timedelta(hours=1)
    refused = evaluate_presentation(body, request=request, trust=SCENE.trust, at=late)
    assert enter_answer(ledger, refused, request=request, at=late) == 0
    entry = ledger.entry(0).entry
    assert entry is not None
    assert (entry.outcome, entry.shown) == ("failed", ())
    assert "presentation.freshness" in entry.checks


def test_a_receipt_is_of_the_request_that_was_answered() -> None:
    request, body, _ = answered(held())
    result = verified(request, body)
    (one,) = result.credentials
    other = replace(result, credentials=(replace(one, query_id="other"),))
    with pytest.raises(UsageError, match="another request"):
        give_receipt(other, request=request, at=AT)


def test_repeated_asks_of_one_party_are_counted_from_the_ledger() -> None:
    wallet = held()
    asked = wallet.read_request(SCENE.request().message.raw, at=AT)
    assert wallet.earlier(asked) == Earlier()
    answered(wallet)
    wallet.decline(asked, at=AT)
    assert wallet.earlier(asked) == Earlier(asked=2, refused=1)
    wallet.ledger.erase(0)
    assert wallet.earlier(asked) == Earlier(asked=1, refused=1)


def test_a_match_warns_of_who_asks_again_though_the_application_says_nothing() -> None:
    wallet = held()
    asked = wallet.read_request(SCENE.request().message.raw, at=AT)
    assert wallet.match(asked, at=AT).judgement.caution(CautionCode.ASKED_AGAIN) is None
    entry = wallet.decline(asked, at=AT).entry
    again = wallet.read_request(SCENE.request().message.raw, at=AT)
    found = wallet.match(again, at=AT).judgement.caution(CautionCode.ASKED_AGAIN)
    assert found is not None
    assert found.count == 1
    # What was erased is not known any more, and nobody is suspected of it.
    wallet.ledger.erase(entry)
    assert wallet.match(again, at=AT).judgement.caution(CautionCode.ASKED_AGAIN) is None


def two_over_one_store() -> tuple[Holder, Holder]:
    store, seal = MemoryStore(), SealKey(bytes(range(32)))
    first, second = (
        Holder(store=store, seal=seal, keys=SCENE.keys, trust=SCENE.trust)
        for _ in range(2)
    )
    return first, second


def test_what_another_process_entered_is_counted_and_each_entry_read_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[str] = []

    def counting(record: VaultRecord) -> LedgerEntry:
        read.append(record.name)
        return read_ledger_record(record)

    monkeypatch.setattr(askers, "read_ledger_record", counting)
    wallet, other = two_over_one_store()
    asked = wallet.read_request(SCENE.request().message.raw, at=AT)
    for _ in range(3):
        other.decline(asked, at=AT, judgement=NOT_JUDGED)
    for _ in range(5):
        assert wallet.earlier(asked) == Earlier(3, 3)
    assert len(read) == 3
    other.decline(asked, at=AT, judgement=NOT_JUDGED)
    assert wallet.earlier(asked) == Earlier(4, 4)
    assert len(read) == 4


def test_whoever_comes_back_with_another_certificate_is_known_again() -> None:
    wallet = held()
    asked = wallet.read_request(SCENE.request().message.raw, at=AT)
    wallet.decline(asked, at=AT)
    assert isinstance(asked.by, Authenticated)
    renewed = replace(asked.by, client_id="x509_hash:other", certificate="00")
    assert wallet.earlier(replace(asked, by=renewed)) == Earlier(1, 1)
    # Neither the name alone nor the anchor alone is somebody.
    for other in ({"name": "somebody else"}, {"anchor": "another authority"}):
        by = replace(renewed, **other)
        assert wallet.earlier(replace(asked, by=by)) == Earlier()


def test_whom_nobody_knows_is_nobodys_second_request() -> None:
    wallet = held()
    asked = wallet.read_request(SCENE.request().message.raw, at=AT)
    stranger = replace(asked, by=Anonymous())
    wallet.decline(stranger, at=AT)
    assert wallet.earlier(stranger) == Earlier()


def test_declining_writes_down_what_the_person_was_told() -> None:
    wallet = held()
    asked = wallet.read_request(SCENE.request().message.raw, at=AT)
    told = wallet.match(asked, at=AT).judgement
    entry = wallet.ledger.entry(wallet.decline(asked, at=AT, judgement=told).entry)
    assert entry.entry is not None
    assert entry.entry.judgement == codes(told)
    # Not told, the wallet judges the request alone: what it holds is not looked at.
    alone = wallet.ledger.entry(wallet.decline(asked, at=AT).entry)
    assert alone.entry is not None
    assert alone.entry.judgement == codes(told) + Counter({"asked_again": 1})


def test_the_log_for_a_backup_has_deletions_too() -> None:
    wallet = held()
    *_, index = answered(wallet)
    wallet.ask_deletion(index, at=AT)
    kinds = [each["transactionType"] for each in wallet.transactions()]
    assert kinds == ["Presentation", "DataDeletionRequest"]


def test_a_deletion_request_is_drafted_and_written_down() -> None:
    wallet = held()
    request, _, index = answered(wallet)
    made = wallet.ask_deletion(index, at=AT)
    assert made.party.identifier == request.client_id
    (happening,) = wallet.history()
    assert happening.deletions == (1,)
    wallet.ledger.erase(index)
    with pytest.raises(UsageError, match="erased"):
        wallet.ask_deletion(index, at=AT)
    assert [each.entry for each in wallet.ledger.entries()] == [None, None]


def test_a_change_is_one_of_the_store() -> None:
    changes: list[int] = []

    class Counting(MemoryStore):
        def change(self, made: object, /) -> bool:
            each: list[Change] = list(made)  # type: ignore[call-overload]
            changes.append(len(each))
            return super().change(each)

    wallet = Holder(
        store=Counting(), seal=SealKey(bytes(32)), keys=SCENE.keys, trust=SCENE.trust
    )
    wallet.add(SCENE.issue(), at=AT)
    changes.clear()
    answered(wallet)
    # The entry, the head, the evidence, by what the visit could be known again, and the
    # vault's own state.
    assert changes == [5]
