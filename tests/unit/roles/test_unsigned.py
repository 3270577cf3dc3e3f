"""Who asks without a key, or with somebody's word."""

from dataclasses import replace

import pytest

from idwallet.adapters.store import MemoryStore
from idwallet.codec.json import JsonObject
from idwallet.consent import AuthenticatedBy
from idwallet.consent.transaction import PAYMENT
from idwallet.credentials.query import Query
from idwallet.credentials.sdjwt.issue import SdJwtVc
from idwallet.credentials.sdjwt.metadata import Disclosability
from idwallet.crypto.seal import SealKey
from idwallet.errors import MalformedError, UsageError, VerificationFailed
from idwallet.report import CheckId, Outcome, Reason
from idwallet.roles.asked import Anonymous, Authenticated
from idwallet.roles.holder import Holder
from idwallet.roles.presentation import verify_presentation
from idwallet.roles.verifier import PresentationRequest, RelyingParty, Verifier
from idwallet.testing.corpus import judge_request
from idwallet.testing.corpus.attested import ADMITTING, ATTESTED, attestation
from idwallet.testing.request_draft import request_draft
from idwallet.testing.scene import ANSWER_TO, PID, Scene
from idwallet.trust.policies import RETAIL, WALLET
from idwallet.trust.policy import Admission, Policy
from idwallet.trust.replay import MemoryReplay
from tests.checks.requests import alone

STRANGER = RelyingParty.anonymous(answer_to=ANSWER_TO)


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene(seed=b"idwallet TEST unsigned")


def query(*names: str) -> Query:
    claims: JsonObject = {
        "id": "pid",
        "format": "dc+sd-jwt",
        "meta": {"vct_values": [PID]},
        "claims": [{"path": [each]} for each in names],
    }
    return Query.from_dcql({"credentials": [claims]})


def wallet(scene: Scene, policy: Policy, content: SdJwtVc | None = None) -> Holder:
    made = Holder(
        store=MemoryStore(),
        seal=SealKey(bytes(range(32))),
        keys=scene.keys,
        trust=scene.trust,
        policy=policy,
    )
    made.add(scene.issue(content), at=scene.at)
    return made


def ask(scene: Scene, who: RelyingParty, *names: str) -> PresentationRequest:
    verifier = Verifier(identity=who, policy=RETAIL, replay=MemoryReplay())
    return verifier.request(query(*names), purpose="a test", at=scene.at)


def refused(scene: Scene, request: PresentationRequest, policy: Policy) -> Reason:
    with pytest.raises(VerificationFailed) as caught:
        wallet(scene, policy).read_request(request.message.to_uri(), at=scene.at)
    return alone(caught.value.report, CheckId.READER_AUTHORISED).reason


def test_a_wallet_refuses_a_stranger_unless_its_policy_names_the_claims(
    scene: Scene,
) -> None:
    request = ask(scene, STRANGER, "family_name")
    assert refused(scene, request, WALLET) is Reason.ANONYMOUS
    more = ask(scene, STRANGER, "family_name", "birthdate")
    assert refused(scene, more, ADMITTING) is Reason.CLAIM_NOT_ADMITTED


def test_that_nobody_signed_is_accepted_of_the_admitted_alone(scene: Scene) -> None:
    request = ask(scene, STRANGER, "family_name")
    with pytest.raises(VerificationFailed) as caught:
        wallet(scene, WALLET).read_request(request.message.to_uri(), at=scene.at)
    reasons = {each.id: each.reason for each in caught.value.report.checks}
    assert reasons[CheckId.REQUEST_SIGNATURE] is Reason.WAITING


@pytest.mark.parametrize("carrier", ["uri", "json"])
def test_a_stranger_who_is_admitted_is_answered_and_said_to_be_one(
    scene: Scene, carrier: str
) -> None:
    request = ask(scene, STRANGER, "family_name")
    message = request.message
    raw = message.to_uri() if carrier == "uri" else message.to_json()
    held = wallet(scene, ADMITTING)
    asked = held.read_request(raw, at=scene.at)
    assert asked.by == Anonymous(f"redirect_uri:{ANSWER_TO}", ANSWER_TO)
    reasons = {each.id: each.reason for each in asked.report.checks}
    assert reasons[CheckId.REQUEST_SIGNATURE] is Reason.ABSENT_ACCEPTED
    assert reasons[CheckId.READER_AUTHORISED] is Reason.ADMITTED_ACCEPTED
    choice = held.match(asked, at=scene.at).choose()
    answer = held.present(asked, choice, at=scene.at)
    assert answer.send_to == ANSWER_TO
    verified = verify_presentation(
        answer.body, request=request, trust=scene.trust, at=scene.at
    )
    assert verified.claim("family_name", str) == "Образцова"


def test_a_credential_that_shows_more_than_was_admitted_is_not_shown(
    scene: Scene,
) -> None:
    shown = {("given_name",): Disclosability.NEVER}
    held = wallet(scene, ADMITTING, replace(scene.content(), disclosure=shown))
    request = ask(scene, STRANGER, "family_name")
    asked = held.read_request(request.message.to_json(), at=scene.at)
    choice = held.match(asked, at=scene.at).choose()
    with pytest.raises(UsageError, match="more than"):
        held.present(asked, choice, at=scene.at)


def test_an_unsigned_request_is_answered_for_a_while_only(scene: Scene) -> None:
    request = ask(scene, STRANGER, "family_name")
    asked = wallet(scene, ADMITTING).read_request(
        request.message.to_json(), at=scene.at
    )
    assert asked.request.expires > scene.at
    assert asked.request.issued is None


def test_whoever_has_a_key_does_not_ask_unsigned(scene: Scene) -> None:
    message = request_draft(scene)
    bare = replace(message, is_unsigned=True, policy=ADMITTING)
    with pytest.raises(VerificationFailed) as caught:
        wallet(scene, ADMITTING).read_request(bare.message(), at=scene.at)
    found = alone(caught.value.report, CheckId.REQUEST_FORMAT)
    assert (found.outcome, found.reason) == (Outcome.FAILED, Reason.UNSUPPORTED)


def test_a_stranger_signs_nothing() -> None:
    assert STRANGER.is_anonymous
    with pytest.raises(UsageError, match="signs nothing"):
        _ = STRANGER.signer


def test_the_attested_are_known_by_the_name_that_is_attested(scene: Scene) -> None:
    token = attestation(request_draft(scene))
    who = RelyingParty(
        signer=scene.reader_identity.signer, answer_to=ANSWER_TO, attestation=token
    )
    assert who.client_id == "verifier_attestation:shop.example"
    request = ask(scene, who, "family_name", "birthdate")
    asked = wallet(scene, WALLET).read_request(request.message.to_uri(), at=scene.at)
    by = asked.by
    assert isinstance(by, Authenticated)
    assert (by.name, by.certificate) == ("shop.example", None)


def test_an_attestation_of_another_key_or_address_is_refused_at_once(
    scene: Scene,
) -> None:
    token = attestation(request_draft(scene))
    with pytest.raises(UsageError, match="another key"):
        RelyingParty(signer=scene.holder_signer, answer_to=ANSWER_TO, attestation=token)
    who = RelyingParty(
        signer=scene.reader_identity.signer,
        answer_to="https://shop.example/other",
        attestation=token,
    )
    with pytest.raises(UsageError, match="address"):
        ask(scene, who, "family_name")
    with pytest.raises(MalformedError):
        RelyingParty(signer=scene.holder_signer, answer_to=ANSWER_TO, attestation="eyJ")
    with pytest.raises(UsageError, match="certificates"):
        RelyingParty(
            signer=scene.reader_identity.signer,
            answer_to=ANSWER_TO,
            attestation=token,
            client_id="https://kiosk.example",
        )


@pytest.mark.parametrize("paths", [frozenset(), frozenset({()})])
def test_an_admission_names_claims(paths: frozenset[tuple[str, ...]]) -> None:
    with pytest.raises(UsageError):
        Admission(PID, paths)
    with pytest.raises(UsageError):
        Admission("", frozenset({("family_name",)}))


def test_an_admission_is_of_a_claim_and_what_lies_below_it() -> None:
    name = Admission(PID, frozenset({("address", "locality")}))
    assert name.covers(("address", "locality"))
    assert name.covers(("address", "locality", "part"))
    assert not name.covers(("address",))
    assert not name.covers(("address", "country"))


def test_a_policy_that_admits_strangers_is_another_policy() -> None:
    assert ADMITTING.digest() != replace(WALLET, name=ADMITTING.name).digest()
    swapped = replace(ADMITTING, unauthenticated=ADMITTING.unauthenticated[::-1])
    assert swapped.digest() == ADMITTING.digest()


def test_a_stranger_is_agreed_with_about_nothing(scene: Scene) -> None:
    verifier = Verifier(identity=STRANGER, policy=RETAIL, replay=MemoryReplay())
    paid: JsonObject = {
        "type": PAYMENT,
        "credential_ids": ["pid"],
        "payload": {
            "transaction_id": "8D8AC610",
            "payee": "Example Shop",
            "amount": {"value": 14.22, "currency": "EUR"},
        },
    }
    for transactions, passes in (([], True), ([paid], False)):
        request = verifier.request(
            query("family_name"),
            purpose="a test",
            at=scene.at,
            transactions=transactions,
        )
        if passes:
            raw = request.message.to_uri()
            assert wallet(scene, ADMITTING).read_request(raw, at=scene.at)
        else:
            found = refused(scene, request, ADMITTING)
            assert found is Reason.CLAIM_NOT_ADMITTED


def test_the_ledger_tells_the_attested_from_those_whose_key_is_pinned(
    scene: Scene,
) -> None:
    who = RelyingParty(
        signer=scene.reader_identity.signer,
        answer_to=ANSWER_TO,
        attestation=attestation(request_draft(scene)),
    )
    request = ask(scene, who, "family_name")
    held = wallet(scene, WALLET)
    asked = held.read_request(request.message.to_uri(), at=scene.at)
    entry = held.ledger.entry(held.decline(asked, at=scene.at).entry).entry
    assert entry is not None
    assert entry.party is not None
    assert entry.party.authenticated is AuthenticatedBy.ATTESTATION
    assert Authenticated("a", "kiosk", "b", None).known_by is AuthenticatedBy.PINNED_KEY


def test_what_the_attester_is_registered_for_is_not_what_the_attested_are(
    scene: Scene,
) -> None:
    (forgery,) = (e for e in ATTESTED if e.name.endswith("beside a registration"))
    report = judge_request(forgery.twins(scene)[1])
    (told,) = (e for e in report.checks if e.id is CheckId.READER_REGISTERED)
    # Its certificate is not even looked at, good for that as it may be.
    assert dict(told.facts)["what"] == "who asks has no certificate of their own"
