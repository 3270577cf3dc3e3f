"""A wallet takes credentials in: keys and verdicts by itself, the rest is asked."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from idwallet.codec.json import JsonObject, JsonValue
from idwallet.consent.reuse import ReuseMethod
from idwallet.credentials.compact.issue import Compact
from idwallet.credentials.model import Credential
from idwallet.credentials.possession import HolderKey
from idwallet.credentials.sdjwt.issue import SdJwtVc
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.seal import SealKey
from idwallet.crypto.software import MemoryKeyStore, SoftwareSigner
from idwallet.envelope.jws import read_compact
from idwallet.errors import MalformedError, UsageError, VerificationFailed
from idwallet.profiles import HAIP_1_0
from idwallet.protocols.http import HttpRequest, HttpResponse, json_response
from idwallet.protocols.openid4vci.credential import (
    NotificationEvent,
    read_credential_request,
)
from idwallet.protocols.openid4vci.metadata import CredentialConfiguration, ProofType
from idwallet.protocols.openid4vci.wallet import (
    ConfirmCredentials,
    ConfirmOffer,
    Done,
    Failed,
    Send,
    Wait,
    WalletClient,
)
from idwallet.roles.credential_service import Pending, Supplied
from idwallet.roles.holder import Holder
from idwallet.roles.receiving.arrived import Arrived, Refused, judge_received
from idwallet.roles.receiving.taking import ConfirmArrived, Receiving
from idwallet.roles.record import HeldCredential
from idwallet.testing.scene import PID, Scene
from tests.unit.roles.credential_service_world import (
    AT,
    BACK,
    CLIENT_ID,
    SCENE,
    World,
    metadata,
)

KEY = SealKey(bytes(range(32)))
Meddle = Callable[[HttpRequest, HttpResponse], HttpResponse]


class Taking:
    """A wallet and a service, and whoever is between them."""

    def __init__(self, **changes: object) -> None:
        self.world = World()
        if changes:
            self.world.described = lambda: metadata(**changes)  # type: ignore[method-assign]
            self.world.__post_init__()
        self.keys = MemoryKeyStore()
        self.wallet = Holder(
            store=SCENE.new_wallet().vault._store,
            seal=KEY,
            keys=self.keys,
            trust=SCENE.trust,
        )
        self.meddle: Meddle = lambda _, response: response

    def begin(self, *, copies: int | None = None, code: bool = False) -> Receiving:
        """Take an offer up to where the person is asked."""
        offer, self.code = self.world.offer(code=code)
        taking = self.wallet.take_offer(
            offer.to_uri(), self.world.client, copies=copies, at=AT
        )
        return self.carry(taking)

    def carry(self, taking: Receiving, *, at: object = AT) -> Receiving:
        """Send what is to be sent."""
        while isinstance(taking.step, Send):
            request = taking.step.request
            answer = self.meddle(request, self.world.ask(request, at=at))  # type: ignore[arg-type]
            taking = taking.receive(answer, at=at)  # type: ignore[arg-type]
        return taking

    def arrive(self, *, copies: int | None = None) -> Receiving:
        """Go to where what came waits for the person."""
        taking = self.begin(copies=copies)
        assert isinstance(taking.step, ConfirmOffer)
        return self.carry(taking.accept(at=AT))

    @property
    def made(self) -> int:
        """How many keys are in the key store."""
        return len(self.keys._keys)


def test_a_batch_is_verified_shown_and_stored_as_one_card() -> None:
    taking = Taking()
    shown = taking.arrive()
    assert isinstance(shown.step, ConfirmArrived)
    (arrived,) = shown.step.arrived
    assert arrived.card.claims["family_name"] == "Образцова"
    assert not taking.wallet.credentials()  # nothing before the person said so
    done = taking.carry(shown.store(at=AT))
    assert done.step == Done(stored=True)
    (card,) = taking.wallet.credentials()
    assert done.stored == (card,)
    standing = taking.wallet.batch(card, at=AT)
    assert standing is not None
    assert standing.unused == 10
    assert [each.event for each in taking.world.told] == [NotificationEvent.ACCEPTED]


def test_one_copy_is_a_card_with_a_key_of_its_own() -> None:
    taking = Taking()
    shown = taking.arrive(copies=1)
    done = taking.carry(shown.store(at=AT))
    (card,) = taking.wallet.credentials()
    assert done.stored == (card,)
    assert taking.keys.get(card.thumbprint) is not None
    assert taking.made == 1


@pytest.mark.parametrize("copies", [1, None])
def test_what_a_killed_wallet_had_stored_is_one_card_and_told_as_taken(
    copies: int | None,
) -> None:
    taking = Taking()
    shown = taking.arrive(copies=copies)
    saved = shown.save(KEY)
    shown.store(at=AT)  # and it is killed before it notes that
    (card,) = taking.wallet.credentials()
    again = taking.wallet.resume(
        saved, taking.world.client, key=KEY, copies=copies, at=AT
    )
    done = taking.carry(again.store(at=AT))
    assert done.stored == (card,) == taking.wallet.credentials()
    assert not done.refused
    assert taking.made == (copies or 10)
    assert [each.event for each in taking.world.told] == [NotificationEvent.ACCEPTED]
    batch = taking.wallet.batch(card, at=AT)
    assert (batch.unused if batch else 1) == (copies or 10)


def test_who_does_not_know_the_person_shown_takes_nothing_and_keeps_no_key() -> None:
    taking = Taking()
    shown = taking.arrive()
    done = taking.carry(shown.reject(at=AT))
    assert done.step == Done(stored=False)
    assert not taking.wallet.credentials()
    assert not taking.made
    assert [each.event for each in taking.world.told] == [NotificationEvent.DELETED]


def _bound_elsewhere(taking: Taking) -> Meddle:
    """Replace what is issued with a genuine one bound to another key of the wallet."""
    other = taking.keys.create("ES256", None)
    from idwallet.crypto.signer import StoredKeySigner

    mine = StoredKeySigner(other).public_key
    issued = taking.world.service._issuer.issue(
        SCENE.content(),
        holder_key=HolderKey.unproven(mine, reason="a test"),
        valid_until=AT + timedelta(days=1),
        at=AT,
    )

    def meddle(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if not request.url.endswith("/credential"):
            return response
        body = response.json()
        body["credentials"] = [{"credential": issued.raw}]
        return json_response(body)

    return meddle


def test_what_is_bound_to_a_key_that_was_not_proven_is_refused() -> None:
    taking = Taking()
    taking.meddle = _bound_elsewhere(taking)
    done = taking.arrive(copies=1)
    assert done.step == Done(stored=False)
    (refused,) = done.refused
    assert isinstance(refused.error, MalformedError)
    assert "not proven" in refused.error.what
    assert [each.event for each in taking.world.told] == [NotificationEvent.FAILURE]
    assert taking.made == 1  # the other key is not this issuance's to destroy


def test_what_somebody_else_signed_is_refused_and_told_as_a_failure() -> None:
    taking = Taking()
    stranger = Scene(at=AT)
    taking.world.service._issuer = stranger.issuer
    done = taking.arrive()
    assert done.step == Done(stored=False)
    assert isinstance(done.refused[0].error, VerificationFailed)
    assert not taking.wallet.credentials()
    assert not taking.made


def _key_in(proof: str) -> PublicKey:
    header = read_compact(proof, at="proof", understood=frozenset()).header
    jwk = header.parameters["jwk"]
    assert isinstance(jwk, dict)
    return PublicKey.from_jwk(jwk, at="proof")


def _copies(taking: Taking, names: Sequence[str], *, keys: int) -> Meddle:
    """Replace what is issued with genuine copies to keys proven: of whom, to how many.

    The proofs are in the request; the copies are dealt out to the first keys in turn.
    """

    def meddle(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if not request.url.endswith("/credential"):
            return response
        asked = read_credential_request(request.json())
        public = [_key_in(each) for each in asked.proofs]
        issuer = taking.world.service._issuer
        made: list[JsonValue] = []
        for place, name in enumerate(names):
            content = SCENE.content()
            content = replace(content, claims={**content.claims, "given_name": name})
            key = HolderKey.unproven(public[place % keys], reason="a test")
            # One odd second is as good as a name: all copies end in it.
            until = AT + timedelta(days=1, seconds=keys * 17)
            one = issuer.issue(content, holder_key=key, valid_until=until, at=AT)
            made.append({"credential": one.raw})
        return json_response(response.json() | {"credentials": made})

    return meddle


@pytest.mark.parametrize(
    ("names", "keys", "what"),
    [
        (["Anna", "Berta"], 2, "do not say the same"),
        (["Anna", "Anna"], 1, "bound to one key"),
        (["Anna", "Anna"], 2, "copies share"),
    ],
)
def test_copies_that_are_no_batch_are_refused_and_told_as_a_failure(
    names: list[str], keys: int, what: str
) -> None:
    taking = Taking()
    taking.meddle = _copies(taking, names, keys=keys)
    done = taking.arrive(copies=2)
    assert done.step == Done(stored=False)
    (refused,) = done.refused
    assert isinstance(refused.error, MalformedError)
    assert what in refused.error.what
    assert not taking.made
    assert [each.event for each in taking.world.told] == [NotificationEvent.FAILURE]
    twin = Taking()
    twin.meddle = _copies(twin, ["Anna"], keys=1)
    assert isinstance(twin.arrive(copies=2).step, ConfirmArrived)


def test_where_the_profile_wants_certificates_another_key_is_not_enough(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taking = Taking()
    shown = taking.arrive(copies=1)
    waits = shown._issuance.step
    assert isinstance(waits, ConfirmCredentials)
    (received,) = waits.received
    demanding = replace(shown._terms, profile=HAIP_1_0.issuance)
    assert isinstance(judge_received(received, demanding, place=0, at=AT), Arrived)
    genuine = taking.wallet._verified

    def pinned(credential: Credential, *, at: datetime) -> HeldCredential:
        return replace(genuine(credential, at=at), authority_key_ids=())

    monkeypatch.setattr(type(taking.wallet), "_verified", staticmethod(pinned))
    refused = judge_received(received, demanding, place=0, at=AT)
    assert isinstance(refused, Refused)
    assert isinstance(refused.error, MalformedError)
    assert refused.error.clause.startswith("HAIP 1.0")
    assert isinstance(judge_received(received, shown._terms, place=0, at=AT), Arrived)


def test_what_is_of_another_type_than_was_offered_is_refused() -> None:
    taking = Taking()
    other = SdJwtVc(vct="urn:example:other:1", claims={"name": "Anna"})
    taking.world.answer = Supplied(other, AT + timedelta(days=3))
    done = taking.arrive(copies=1)
    assert isinstance(done.refused[0].error, MalformedError)
    assert "another type" in done.refused[0].error.what


def _with_policies(beside: JsonObject) -> Taking:
    found = metadata().configurations
    configurations = {
        name: replace(each, beside=beside) for name, each in found.items()
    }
    return Taking(configurations=configurations)


DISCLOSURE: JsonObject = {
    "policy_type": "authorised_rp_only",
    "policy_uri": "https://issuer.example/policy",
    "authorized_parties": [{"identifier": "VATXX-1"}],
}
REUSE: JsonObject = {
    "id": "arf_annex_ii",
    "options": [{"details": ["limited_time"], "batch_size": 5}],
}


def test_the_issuers_policies_are_kept_with_the_card() -> None:
    taking = _with_policies(
        {
            "embedded_disclosure_policy": DISCLOSURE,
            "credential_reuse_policy": REUSE
            | {
                "options": [
                    {
                        "details": ["limited_time"],
                        "batch_size": 5,
                        "reissue_trigger_unused": 1,
                        "reissue_trigger_lifetime_left": 3600,
                    }
                ]
            },
        }
    )
    shown = taking.arrive()
    assert isinstance(shown.step, ConfirmArrived)
    assert shown.step.arrived[0].unread == ()
    taking.carry(shown.store(at=AT))
    (card,) = taking.wallet.credentials()
    assert card.disclosure is not None
    assert card.disclosure.uri == "https://issuer.example/policy"
    standing = taking.wallet.batch(card, at=AT)
    assert standing is not None
    assert standing.policy.method is ReuseMethod.LIMITED_TIME


def test_a_policy_that_cannot_be_read_is_named_and_a_copy_shown_once() -> None:
    taking = _with_policies(
        {
            "embedded_disclosure_policy": {"policy_uri": "https://issuer.example/p"},
            "credential_reuse_policy": {"id": "another"},
        }
    )
    shown = taking.arrive()
    assert isinstance(shown.step, ConfirmArrived)
    (arrived,) = shown.step.arrived
    assert set(arrived.unread) == {
        "embedded_disclosure_policy",
        "credential_reuse_policy",
    }
    assert arrived.reuse.method is ReuseMethod.ONCE_ONLY


def test_what_was_deferred_comes_days_later_in_another_process() -> None:
    taking = Taking()
    taking.world.answer = Pending(72_000)
    waiting = taking.arrive()
    assert isinstance(waiting.step, Wait)
    saved = waiting.save(KEY)
    later = AT + timedelta(hours=19, minutes=59)
    taking.world.answer = Supplied(SCENE.content(), AT + timedelta(days=30))
    again = taking.wallet.resume(saved, taking.world.client, key=KEY, at=later)
    with pytest.raises(UsageError, match="more time"):
        again.poll(at=later)
    due = AT + timedelta(hours=20)
    sent = len(taking.world.sent)
    shown = taking.carry(again.poll(at=due), at=due)
    assert isinstance(shown.step, ConfirmArrived)
    tokens = [e for e in taking.world.sent[sent:] if e.url.endswith("/token")]
    assert b"refresh_token" in tokens[0].body  # the first token was long over
    done = taking.carry(shown.store(at=due), at=due)
    assert done.step == Done(stored=True)


def test_a_challenge_that_is_not_taken_leaves_no_key_behind() -> None:
    taking = Taking()
    once: list[HttpResponse] = []

    def stale(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if request.url.endswith("/nonce") and not once:
            once.append(response)
            return json_response({"c_nonce": "made-up"})
        return response

    taking.meddle = stale
    shown = taking.arrive()
    assert isinstance(shown.step, ConfirmArrived)
    taking.carry(shown.store(at=AT))
    assert taking.made == 10
    again = Taking()
    again.meddle = lambda request, response: (
        json_response({"c_nonce": "made-up"})
        if request.url.endswith("/nonce")
        else response
    )
    ended = again.arrive()
    assert isinstance(ended.step, Failed)
    assert ended.step.code == "invalid_nonce"
    assert not again.made


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_issuer_is_asked_again_for_what_it_put_off(status: int) -> None:
    taking = Taking()
    taking.world.answer = Pending(1)
    waiting = taking.arrive()
    taking.meddle = lambda request, response: (
        HttpResponse(status) if request.url.endswith("/deferred") else response
    )
    due = AT + timedelta(seconds=1)
    busy = taking.carry(waiting.poll(at=due), at=due)
    assert busy.step == Wait(due + timedelta(minutes=1))
    taking.meddle = lambda _, response: response
    taking.world.answer = None
    due += timedelta(minutes=1)
    shown = taking.carry(busy.poll(at=due), at=due)
    assert isinstance(shown.step, ConfirmArrived)


def test_a_card_is_had_anew_and_takes_the_place_of_the_old_one() -> None:
    taking = Taking()
    done = taking.carry(taking.arrive().store(at=AT))
    (old,) = done.stored
    saved = done.renewal(KEY)
    assert saved is not None
    later = AT + timedelta(hours=20)
    again = taking.wallet.resume(
        saved, taking.world.client, key=KEY, at=later, replaces=[old]
    )
    shown = taking.carry(again, at=later)
    assert isinstance(shown.step, ConfirmArrived)
    assert shown.step.arrived[0].says_the_same
    done = taking.carry(shown.store(at=later), at=later)
    assert taking.wallet.credentials() == done.stored
    assert taking.made == 10
    assert done.renewal(KEY) is not None
    assert not replace(shown.step.arrived[0], replaces=None).says_the_same
    # What was renewed with serves once.
    twice = taking.wallet.resume(saved, taking.world.client, key=KEY, at=later)
    ended = taking.carry(twice, at=later)
    assert isinstance(ended.step, Failed)
    assert ended.step.code == "invalid_grant"


def test_of_two_cards_of_one_kind_each_takes_the_place_of_its_own() -> None:
    taking = Taking()
    taking.world.more = {"data_sets": lambda *_: ["2019", "2023"]}
    years = iter(["2019", "2023", "2023", "2019", "2019", "1999"])

    def supplied(_: object) -> Supplied:
        content = SCENE.content()
        claims = {**content.claims, "given_name": next(years)}
        return Supplied(replace(content, claims=claims), AT + timedelta(days=30))

    taking.world._supply = supplied  # type: ignore[method-assign,assignment]
    taking.world.__post_init__()
    done = taking.carry(taking.arrive(copies=1).store(at=AT))
    assert len(done.stored) == 2
    for says_the_same in ([True, True], [True, False]):
        saved = done.renewal(KEY)
        assert saved is not None
        again = taking.wallet.resume(
            saved,
            taking.world.client,
            key=KEY,
            at=AT,
            copies=1,
            replaces=done.stored,
        )
        shown = taking.carry(again)
        assert isinstance(shown.step, ConfirmArrived)
        assert [e.says_the_same for e in shown.step.arrived] == says_the_same
        if says_the_same == [True, True]:
            done = taking.carry(shown.store(at=AT))
            kept = [each.name for each in taking.wallet.credentials()]
            assert sorted(kept) == sorted(each.name for each in done.stored)
            assert taking.made == 2


def test_a_renewal_is_refused_to_a_wallet_with_another_key() -> None:
    taking = Taking()
    done = taking.carry(taking.arrive().store(at=AT))
    saved = done.renewal(KEY)
    assert saved is not None
    thief = WalletClient(
        client_id=CLIENT_ID,
        redirect_uri=BACK,
        dpop=SoftwareSigner.generate(Algorithm.ES256),
    )
    ended = taking.carry(taking.wallet.resume(saved, thief, key=KEY, at=AT))
    assert isinstance(ended.step, Failed)
    assert ended.step.code == "invalid_grant"


def test_an_issuance_that_fails_leaves_no_key_behind() -> None:
    taking = Taking()
    taking.meddle = lambda request, response: (
        HttpResponse(400) if request.url.endswith("/credential") else response
    )
    ended = taking.arrive()
    assert isinstance(ended.step, Failed)
    assert not taking.made


def test_fewer_credentials_than_keys_leave_no_key_behind() -> None:
    taking = Taking()

    def fewer(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if not request.url.endswith("/credential"):
            return response
        body = response.json()
        listed = body["credentials"]
        assert isinstance(listed, list)
        return json_response({**body, "credentials": listed[:3]})

    taking.meddle = fewer
    taking.carry(taking.arrive().store(at=AT))
    assert taking.made == 3


def test_no_step_that_is_not_asked_for_is_taken() -> None:
    taking = Taking()
    asked = taking.begin(code=True)
    for wrong in (asked.store, asked.reject):
        with pytest.raises(UsageError):
            wrong(at=AT)
    with pytest.raises(UsageError, match="one copy"):
        taking.begin(copies=0)
    assert asked.decline(at=AT).step == Done(stored=False)
    assert PID not in repr(asked)


def test_a_compact_credential_is_offered_taken_and_stored_like_any_other() -> None:
    content = Compact("national-id", {"age_over_18": True, "family_name": "Testova"})
    kind = CredentialConfiguration(
        format="idwallet-compact",
        credential_type=content.identifier,
        scope="id",
        binding_methods=("jwk",),
        proofs={"jwt": ProofType(algorithms=("ES256",))},
    )
    assert kind.to_json()["type"] == content.identifier
    case = Taking(configurations={"id": kind})
    case.world.answer = Supplied(content, AT + timedelta(hours=20))
    taking = case.arrive(copies=1)
    assert isinstance(taking.step, ConfirmArrived), taking.refused
    taking = case.carry(taking.store(at=AT))
    assert taking.step == Done(stored=True)
    (card,) = case.wallet.credentials()
    assert (card.format.value, card.claims["family_name"]) == (
        "idwallet-compact",
        "Testova",
    )


def test_a_compact_credential_of_another_type_than_offered_is_refused() -> None:
    kind = CredentialConfiguration(
        format="idwallet-compact",
        credential_type="urn:example:other",
        scope="id",
        binding_methods=("jwk",),
        proofs={"jwt": ProofType(algorithms=("ES256",))},
    )
    case = Taking(configurations={"id": kind})
    content = Compact("national-id", {"age_over_18": True})
    case.world.answer = Supplied(content, AT + timedelta(hours=20))
    taking = case.begin(copies=1)
    taking = case.carry(taking.accept(at=AT))
    (refused,) = taking.refused
    assert isinstance(refused.error, MalformedError)
    assert case.wallet.credentials() == ()
