"""Several people agree to one contract, and anybody may judge it later."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from idwallet.codec.json import JsonObject
from idwallet.consent.transaction import Contract, ContractDocument
from idwallet.credentials.possession import HolderKey
from idwallet.credentials.query import Query
from idwallet.credentials.sdjwt.issue import SdJwtVc
from idwallet.errors import MalformedError, UsageError, VerificationFailed
from idwallet.protocols.openid4vp.response import ResponseParts, read_response
from idwallet.report import CheckId, Outcome, Reason, Report
from idwallet.roles.agreement import (
    Agreement,
    AgreementContext,
    AgreementEvidence,
    PartyEvidence,
    UnverifiedAgreement,
    VerifiedAgreement,
    evaluate_agreement,
    read_agreement_evidence,
    verify_agreement,
)
from idwallet.testing.draft import disclose
from idwallet.testing.scene import LIFE, PID, Scene
from idwallet.testing.scene import test_claims as claims_of_a_person
from idwallet.trust.anchors import TrustStore

LEASE = b"The flat is let for 1,000 a month.\n"
HOUSE = b"No music after ten.\n"
DOCUMENTS = {"lease.txt": LEASE, "house.txt": HOUSE}
CONTRACT = Contract(
    "agreement-1",
    "Lease of a flat",
    tuple(ContractDocument.of(name, each) for name, each in DOCUMENTS.items()),
    ("owner", "tenant"),
)
IN_TURN = replace(CONTRACT, in_turn=True)
QUERY = Query.from_dcql(
    {
        "credentials": [
            {
                "id": "who",
                "format": "dc+sd-jwt",
                "meta": {"vct_values": [PID]},
                "claims": [{"path": ["family_name"]}, {"path": ["given_name"]}],
            }
        ]
    }
)
NAMES = {"owner": "Хозяйкина", "tenant": "Съёмщиков", "witness": "Свидетелев"}


@cache
def scene() -> Scene:
    return Scene(seed=b"idwallet TEST agreement")


AT = scene().at


@dataclass
class Person:
    """A person of the contract with a wallet of their own."""

    name: str

    def __post_init__(self) -> None:
        self.holder = scene().new_wallet()
        signer = scene().new_holder_signer()
        content = SdJwtVc(
            vct=PID, claims={**claims_of_a_person(), "family_name": self.name}
        )
        credential = scene().issuer.issue(
            content,
            holder_key=HolderKey.unproven(signer.public_key, reason="a test key"),
            valid_until=AT + LIFE,
            at=AT,
        )
        self.holder.add(credential, at=AT)

    def answer(self, raw: str, at: Any = AT) -> str:
        asked = self.holder.read_request(raw, at=at)
        choice = self.holder.match(asked, at=at).choose()
        return self.holder.present(asked, choice, at=at).body


@cache
def person(party: str) -> Person:
    return Person(NAMES[party])


def agree(
    party: str,
    contract: Contract = CONTRACT,
    *,
    after: PartyEvidence | None = None,
    who: str | None = None,
    made_by: Scene | None = None,
    at: Any = AT,
) -> PartyEvidence:
    verifier = (made_by or scene()).verifier
    agreement = Agreement(contract, verifier, QUERY)
    request = agreement.ask(party, at=at, after=after)
    body = person(who or party).answer(request.message.raw, at)
    return agreement.take(body, request=request, trust=scene().trust, at=at)


@cache
def evidence(contract: Contract = CONTRACT) -> AgreementEvidence:
    owner = agree("owner", contract)
    after = owner if contract.in_turn else None
    tenant = agree("tenant", contract, after=after)
    return Agreement(contract, scene().verifier, QUERY).evidence([tenant, owner])


def context(**changes: Any) -> AgreementContext:
    made: dict[str, Any] = {"trust": scene().trust, "at": AT + timedelta(days=1)}
    return AgreementContext(**{**made, **changes})


def judge(
    parties: AgreementEvidence | bytes, documents: Any = None, **changes: Any
) -> Report:
    return evaluate_agreement(
        parties,
        documents=DOCUMENTS if documents is None else documents,
        context=context(**changes),
    ).report


def failed(report: Report) -> set[tuple[CheckId, Reason]]:
    return {(each.id, each.reason) for each in report.failed()}


@pytest.mark.parametrize("contract", [CONTRACT, IN_TURN])
def test_it_is_told_who_agreed_to_which_bytes_and_when(contract: Contract) -> None:
    data = evidence(contract).to_bytes()
    assert read_agreement_evidence(data).to_bytes() == data
    verified = verify_agreement(data, documents=DOCUMENTS, context=context())
    assert isinstance(verified, VerifiedAgreement)
    assert verified.contract == contract
    assert [each.party for each in verified.parties] == ["owner", "tenant"]
    owner = verified.party("owner")
    assert owner.credentials[0].claim("family_name", str) == "Хозяйкина"
    assert "birthdate" not in owner.credentials[0].claims
    assert owner.credentials[0].issuer
    assert owner.agreed == AT
    assert owner.asked_by
    assert verified.existed_by is None
    with pytest.raises(UsageError):
        verified.party("nobody")


TWO = Query.from_dcql(
    {
        "credentials": [
            {**each, "id": name}  # type: ignore[dict-item]
            for name in ("who", "also")
            for each in QUERY.to_dcql()["credentials"]  # type: ignore[union-attr]
        ]
    }
)


def test_only_whose_key_agreed_is_said_to_have_agreed() -> None:
    # Whoever asks puts what a victim showed for the same nonce beside the agreement of
    # an accomplice: the victim never saw the contract.
    verifier = replace(scene().verifier, random=bytes)
    harmless = verifier.request(QUERY, purpose="a parcel", at=AT)
    answer = read_response(person("witness").answer(harmless.message.raw))
    assert isinstance(answer, ResponseParts)
    agreement = Agreement(CONTRACT, verifier, TWO, credential_ids=("also",))
    request = agreement.ask("tenant", at=AT)
    taken = read_response(person("tenant").answer(request.message.raw))
    assert isinstance(taken, ResponseParts)
    shown = {**taken.presentations, "who": answer.presentations["who"]}
    forged = PartyEvidence("tenant", request.message.raw, shown)
    judged = verify_agreement(
        of(owner(), forged), documents=DOCUMENTS, context=context()
    )
    party = judged.party("tenant")
    names = [each.claim("family_name", str) for each in party.credentials]
    assert names == [NAMES["tenant"]]
    assert [each.query_id for each in party.beside] == ["who"]
    # The twin: who agreed with the only credential shown, and with nothing beside.
    assert judged.party("owner").beside == ()
    assert len(judged.party("owner").credentials) == 1


def test_an_agreement_outlives_the_credentials_that_it_was_made_with() -> None:
    later = AT + LIFE + timedelta(days=200)
    assert judge(evidence(), at=later).outcome is Outcome.PASSED


def test_a_proof_of_existence_bounds_the_time_from_above() -> None:
    proven = AT + timedelta(minutes=5)
    verified = evaluate_agreement(
        evidence(), documents=DOCUMENTS, context=context(existed_by=proven)
    )
    assert isinstance(verified, VerifiedAgreement)
    assert verified.existed_by == proven
    early = judge(evidence(), existed_by=AT - timedelta(hours=1))
    assert failed(early) == {(CheckId.PRESENTATION_FRESHNESS, Reason.FROM_THE_FUTURE)}


def test_without_its_documents_an_agreement_stays_open() -> None:
    report = judge(evidence(), documents={"lease.txt": LEASE})
    assert report.outcome is Outcome.INDETERMINATE


def test_nothing_of_a_person_stands_in_the_report_or_a_repr() -> None:
    verified = verify_agreement(evidence(), documents=DOCUMENTS, context=context())
    for text in (str(verified.report.to_json()), repr(verified), repr(evidence())):
        assert "Хозяйкина" not in text
    assert "Хозяйкина" not in repr(verified.parties)


Bend = Callable[[dict[str, Any]], None]


def bent(change: Bend, contract: Contract = CONTRACT) -> bytes:
    held = json.loads(evidence(contract).to_bytes())
    change(held)
    return json.dumps(held).encode()


def of(*parties: PartyEvidence) -> AgreementEvidence:
    return AgreementEvidence(parties)


def owner() -> PartyEvidence:
    return evidence().parties[0]


def tenant() -> PartyEvidence:
    return evidence().parties[1]


OTHER_LEASE = replace(
    CONTRACT,
    documents=(
        ContractDocument.of("lease.txt", b"2,000 a month"),
        CONTRACT.documents[1],
    ),
)
OTHER_NAME = replace(CONTRACT, agreement="agreement-2")
THREE = replace(CONTRACT, parties=("owner", "tenant", "witness"))
_T, _R = CheckId.PRESENTATION_TRANSACTION, Reason
_REPLAY = (CheckId.PRESENTATION_REPLAY, Reason.ALREADY_USED)


def swapped_presentations(held: dict[str, Any]) -> None:
    one, other = held["parties"]
    one["presentations"], other["presentations"] = (
        other["presentations"],
        one["presentations"],
    )


def swapped_requests(held: dict[str, Any]) -> None:
    one, other = held["parties"]
    one["request"], other["request"] = other["request"], one["request"]


def swapped_names(held: dict[str, Any]) -> None:
    one, other = held["parties"]
    one["party"], other["party"] = other["party"], one["party"]


def altered(place: str) -> Bend:
    def change(held: dict[str, Any]) -> None:
        party = held["parties"][1]
        if place == "request":
            text = party["request"]
            party["request"] = text[:-8] + ("A" if text[-8] != "A" else "B") + text[-7:]
        elif place == "disclosure":
            parts = party["presentations"]["who"][0].split("~")
            parts[1] = disclose("a salt of 128 bits or so", "family_name", "Другова")
            party["presentations"]["who"][0] = "~".join(parts)
        elif place == "binding":
            text = party["presentations"]["who"][0]
            letter = "A" if text[-8] != "A" else "B"
            party["presentations"]["who"][0] = text[:-8] + letter + text[-7:]
        elif place == "unbound":
            text = party["presentations"]["who"][0]
            party["presentations"]["who"][0] = text[: text.rindex("~") + 1]
        elif place == "query":
            party["presentations"]["other"] = party["presentations"].pop("who")
        elif place == "more":
            party["presentations"]["who"] *= 2

    return change


def foreign_scene() -> Scene:
    return Scene(seed=b"idwallet TEST another world")


def mixed(made: PartyEvidence, shown: PartyEvidence) -> PartyEvidence:
    """Take the request of one and what was shown for another."""
    return PartyEvidence(made.party, made.request, shown.presentations)


TWINS: list[
    tuple[str, Callable[[], AgreementEvidence | bytes], tuple[CheckId, Reason]]
] = [
    ("a party missing", lambda: of(owner()), (_T, _R.ABSENT)),
    ("the other party missing", lambda: of(tenant()), (_T, _R.ABSENT)),
    ("one party twice", lambda: of(owner(), owner()), (_T, _R.MISMATCH)),
    (
        "one party twice beside the other",
        lambda: of(owner(), tenant(), tenant()),
        _REPLAY,
    ),
    (
        "a party that agreed twice",
        lambda: of(owner(), tenant(), agree("tenant")),
        (_T, _R.MISMATCH),
    ),
    (
        "one person as both parties",
        lambda: of(owner(), agree("tenant", who="owner")),
        _REPLAY,
    ),
    (
        "evidence of another contract",
        lambda: of(owner(), agree("tenant", OTHER_LEASE)),
        (_T, _R.MISMATCH),
    ),
    (
        "evidence of another agreement on the same contract",
        lambda: of(owner(), agree("tenant", OTHER_NAME)),
        (_T, _R.MISMATCH),
    ),
    (
        "a contract of more parties",
        lambda: of(agree("owner", THREE), agree("tenant", THREE)),
        (_T, _R.ABSENT),
    ),
    (
        "a party that the others did not know of",
        lambda: of(owner(), tenant(), agree("witness", THREE)),
        (_T, _R.MISMATCH),
    ),
    (
        "names of parties swapped",
        lambda: bent(swapped_names),
        (_T, _R.MISMATCH),
    ),
    (
        "presentations swapped",
        lambda: bent(swapped_presentations),
        (CheckId.PRESENTATION_NONCE, _R.MISMATCH),
    ),
    (
        "requests swapped",
        lambda: bent(swapped_requests),
        (CheckId.PRESENTATION_NONCE, _R.MISMATCH),
    ),
    (
        "a presentation of an earlier request",
        lambda: of(owner(), mixed(tenant(), agree("tenant"))),
        (CheckId.PRESENTATION_NONCE, _R.MISMATCH),
    ),
    (
        "a presentation for another contract's request",
        lambda: of(owner(), mixed(tenant(), agree("tenant", OTHER_LEASE))),
        (_T, _R.MISMATCH),
    ),
    (
        "a request that was altered",
        lambda: bent(altered("request")),
        (CheckId.REQUEST_SIGNATURE, _R.INVALID),
    ),
    (
        "a disclosure that was altered",
        lambda: bent(altered("disclosure")),
        (CheckId.CREDENTIAL_DISCLOSURES, _R.NOT_REFERENCED),
    ),
    (
        "a key binding that was altered",
        lambda: bent(altered("binding")),
        (CheckId.HOLDER_BINDING, _R.INVALID),
    ),
    (
        "a key binding cut off",
        lambda: bent(altered("unbound")),
        (CheckId.HOLDER_BINDING, _R.ABSENT),
    ),
    (
        "an answer to a query that was not asked",
        lambda: bent(altered("query")),
        (CheckId.PRESENTATION_QUERY, _R.CREDENTIAL_MISSING),
    ),
    (
        "an answer given twice",
        lambda: bent(altered("more")),
        _REPLAY,
    ),
]


@pytest.mark.parametrize(
    ("forge", "expected"), [row[1:] for row in TWINS], ids=[row[0] for row in TWINS]
)
def test_evidence_that_was_tampered_with_is_refused(
    forge: Callable[[], AgreementEvidence | bytes], expected: tuple[CheckId, Reason]
) -> None:
    assert judge(evidence()).outcome is Outcome.PASSED  # the twin
    report = judge(forge())
    assert report.outcome is Outcome.FAILED
    assert expected in failed(report)


def test_the_order_of_those_who_agree_in_turn_cannot_be_altered() -> None:
    first, second = evidence(IN_TURN).parties
    assert judge(of(first, second)).outcome is Outcome.PASSED
    assert (_T, _R.MISMATCH) in failed(judge(of(second, first)))
    again = agree("owner", IN_TURN)
    assert again.digest() != first.digest()
    assert (_T, _R.MISMATCH) in failed(judge(of(again, second)))


def test_those_who_agree_in_no_order_may_stand_in_any() -> None:
    assert judge(of(tenant(), owner())).outcome is Outcome.PASSED


@pytest.mark.parametrize("name", DOCUMENTS)
def test_other_bytes_than_were_agreed_to_are_refused(name: str) -> None:
    swapped = {**DOCUMENTS, name: DOCUMENTS[name] + b" "}
    expected = (CheckId.DOCUMENT_INTEGRITY, Reason.INTEGRITY_MISMATCH)
    assert failed(judge(evidence(), documents=swapped)) == {expected}


def test_documents_that_changed_their_names_are_refused() -> None:
    swapped = {"lease.txt": HOUSE, "house.txt": LEASE}
    assert judge(evidence(), documents=swapped).outcome is not Outcome.PASSED


def test_a_foreign_issuer_and_asker_are_refused() -> None:
    other: TrustStore = foreign_scene().trust
    found = failed(judge(evidence(), trust=other))
    assert {each for each, _ in found} >= {CheckId.READER_AUTHORISED}


def test_an_agreement_of_tomorrow_is_refused() -> None:
    assert (CheckId.PRESENTATION_FRESHNESS, Reason.FROM_THE_FUTURE) in failed(
        judge(evidence(), at=AT - timedelta(days=1))
    )


def test_a_request_that_asked_nobody_to_agree_is_no_evidence() -> None:
    request = scene().request(QUERY)
    body = person("tenant").answer(request.message.raw)
    agreement = Agreement(CONTRACT, scene().verifier, QUERY)
    with pytest.raises(UsageError, match="asks nobody"):
        agreement.take(body, request=request, trust=scene().trust, at=AT)
    shown = agree("tenant").presentations
    lone = PartyEvidence("tenant", request.message.raw, shown)
    assert (_T, _R.ABSENT) in failed(judge(of(owner(), lone)))


def test_who_asks_keeps_to_the_contract_and_its_order() -> None:
    agreement = Agreement(IN_TURN, scene().verifier, QUERY)
    with pytest.raises(UsageError):
        agreement.ask("tenant", at=AT)
    with pytest.raises(UsageError):
        agreement.ask("nobody", at=AT)
    first, second = evidence(IN_TURN).parties
    with pytest.raises(UsageError, match="party before"):
        agreement.ask("tenant", at=AT, after=second)
    with pytest.raises(UsageError, match="another contract"):
        other = Agreement(OTHER_LEASE, scene().verifier, QUERY)
        request = other.ask("tenant", at=AT)
        body = person("tenant").answer(request.message.raw)
        agreement.take(body, request=request, trust=scene().trust, at=AT)
    for parties in ([first], [first, first], [first, second, second]):
        with pytest.raises(UsageError):
            agreement.evidence(parties)


def test_an_answer_that_agrees_to_nothing_is_no_evidence() -> None:
    agreement = Agreement(CONTRACT, scene().verifier, QUERY)
    request = agreement.ask("tenant", at=AT)
    plain = scene().request(QUERY)
    body = person("tenant").answer(plain.message.raw)
    with pytest.raises(VerificationFailed):
        agreement.take(body, request=request, trust=scene().trust, at=AT)


BROKEN: list[JsonObject | str] = [
    "",
    "[]",
    {},
    {"format": "idwallet-agreement/2", "parties": []},
    {"format": "idwallet-agreement/1"},
    {"format": "idwallet-agreement/1", "parties": []},
    {"format": "idwallet-agreement/1", "parties": [1]},
    {"format": "idwallet-agreement/1", "parties": [{}], "more": 1},
    {
        "format": "idwallet-agreement/1",
        "parties": [{"party": 1, "request": "", "presentations": {"a": ["b"]}}],
    },
    {
        "format": "idwallet-agreement/1",
        "parties": [{"party": "a", "request": "", "presentations": {}}],
    },
    {
        "format": "idwallet-agreement/1",
        "parties": [{"party": "a", "request": "", "presentations": {"a": []}}],
    },
    {
        "format": "idwallet-agreement/1",
        "parties": [{"party": "a", "request": "", "presentations": {"a": [1]}}],
    },
    {
        "format": "idwallet-agreement/1",
        "parties": [{"party": "a", "request": "", "presentations": {"a": ["x"] * 33}}],
    },
    {
        "format": "idwallet-agreement/1",
        "parties": [{"party": "a", "request": "", "presentations": {"a": ["x"]}}] * 33,
    },
]


@pytest.mark.parametrize("broken", BROKEN)
def test_what_is_no_evidence_is_malformed(broken: JsonObject | str) -> None:
    data = broken if isinstance(broken, str) else json.dumps(broken)
    with pytest.raises(MalformedError):
        evaluate_agreement(data.encode(), documents={}, context=context())


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "~", "a~b", "{}"])
def test_evidence_of_rubbish_fails_and_raises_nothing(text: str) -> None:
    lone = PartyEvidence("tenant", text, {"who": (text,)})
    judged = evaluate_agreement(of(lone), documents={}, context=context())
    assert isinstance(judged, UnverifiedAgreement)
    rubbish = PartyEvidence("tenant", tenant().request, {"who": (text,)})
    judged = evaluate_agreement(of(owner(), rubbish), documents={}, context=context())
    assert isinstance(judged, UnverifiedAgreement)
    assert judged.report.outcome is Outcome.FAILED
