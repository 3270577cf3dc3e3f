import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from idwallet.adapters.store import MemoryStore
from idwallet.codec.json import JsonValue, read_object
from idwallet.credentials.model import Credential, Format, VerifiedPresentation
from idwallet.credentials.possession import HolderKey
from idwallet.credentials.query import Lack, Query
from idwallet.credentials.sdjwt.issue import SdJwtVc, Shape
from idwallet.credentials.sdjwt.present import read_held
from idwallet.credentials.sdjwt.structures import (
    Serialisation,
    json_form,
    read_sd_jwt,
)
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.seal import SealKey
from idwallet.crypto.signer import StoredKeySigner
from idwallet.crypto.software import MemoryKeyStore, SoftwareSigner
from idwallet.errors import (
    MalformedError,
    PortError,
    SignerUnavailable,
    UsageError,
    VerificationFailed,
    VerificationIndeterminate,
    WrongKey,
)
from idwallet.ports import Change, Shelf
from idwallet.protocols.openid4vp.response import read_response
from idwallet.report import CheckId, Outcome, Reason
from idwallet.roles.asked import Asked, Choice
from idwallet.roles.holder import Holder
from idwallet.roles.presentation import evaluate_presentation, verify_presentation
from idwallet.roles.record import added
from idwallet.testing.draft import draft
from idwallet.testing.pki import Fault, TestPki
from idwallet.testing.request_draft import request_draft
from idwallet.testing.scene import ANSWER_TO, LIFE, PID, Scene
from idwallet.trust.anchors import TrustStore
from idwallet.trust.policies import WALLET
from idwallet.trust.policy import MetadataRule

SCENE = Scene(seed=b"idwallet TEST holder")
AT = SCENE.at
SEAL = SealKey(bytes(range(32)))
CARD = "urn:example:card"
CREDENTIAL = Shelf.CREDENTIAL


def wallet_over(store: MemoryStore, **changes: object) -> Holder:
    parts = {"seal": SEAL, "keys": SCENE.keys, "trust": SCENE.trust, **changes}
    return Holder(store=store, **parts)  # type: ignore[arg-type]  # as named above


def force(
    store: MemoryStore, name: str, sealed: bytes, *, on: Shelf = CREDENTIAL
) -> None:
    """Put a record there whatever is there."""
    assert store.change([Change(on, name, store.get(on, name), sealed)])


def refused(credential: Credential) -> set[tuple[CheckId, Reason]]:
    """Add it to a wallet; it must be refused, and nothing must be stored."""
    store = MemoryStore()
    with pytest.raises(VerificationFailed) as caught:
        wallet_over(store).add(credential, at=AT)
    assert list(store.records(CREDENTIAL)) == []
    assert caught.value.report.policy == WALLET.name
    return {(each.id, each.reason) for each in caught.value.report.failed()}


# --- adding ------------------------------------------------------------------------


def test_a_credential_is_verified_stored_sealed_and_found_again() -> None:
    store = MemoryStore()
    credential = SCENE.issue()
    held = wallet_over(store).add(credential, at=AT)
    assert held.raw == credential.raw
    assert (held.credential_type, held.types) == (PID, (PID,))
    assert held.claims["family_name"] == "Образцова"
    assert held.thumbprint == SCENE.holder_signer.public_key.thumbprint
    assert "issuer.example" in held.issuer
    assert held.authority_key_ids
    # Another process, the same store and seal.
    assert wallet_over(store).credentials() == (held,)
    assert repr(held) == f"HeldCredential({PID!r}, {held.issuer!r})"


def test_the_same_credential_is_stored_once_and_another_beside_it() -> None:
    wallet = wallet_over(MemoryStore())
    credential = SCENE.issue()
    card = wallet.add(credential, at=AT)
    assert wallet.add(credential, at=AT) == card
    assert wallet.credentials() == (card,)
    other = wallet.add(SCENE.issue(), at=AT)
    assert {each.name for each in wallet.credentials()} == {card.name, other.name}


def test_a_credential_in_json_form_is_held_and_shown_like_any_other() -> None:
    compact = SCENE.issue()
    text = str(json_form(read_sd_jwt(compact.raw))).replace("'", '"')
    credential = Credential(Format.SD_JWT_VC, text)
    request = SCENE.request()
    body = SCENE.answer(request, credential)
    found = evaluate_presentation(body, request=request, trust=SCENE.trust, at=AT)
    assert isinstance(found, VerifiedPresentation)


def test_a_forged_credential_is_not_stored() -> None:
    raw = SCENE.issue().raw
    head, _, rest = raw.partition("~")
    flipped = head[:-2] + ("A" if head[-2] != "A" else "B") + head[-1]
    forged = Credential(Format.SD_JWT_VC, f"{flipped}~{rest}")
    assert refused(forged) == {(CheckId.ISSUER_SIGNATURE, Reason.INVALID)}
    cut = Credential(Format.SD_JWT_VC, head)
    assert refused(cut) == {(CheckId.CREDENTIAL_FORMAT, Reason.MALFORMED)}


def test_a_stranger_credential_is_not_stored() -> None:
    made = draft(SCENE)
    stranger = SCENE.pki.issuer(fault=Fault.STRANGER_ROOT)
    made.issuer_signer, made.chain = stranger.signer, stranger.chain
    forged = Credential(Format.SD_JWT_VC, made.shown())
    assert refused(forged) == {(CheckId.ISSUER_TRUST, Reason.NO_TRUSTED_PATH)}


def test_an_expired_credential_is_not_stored() -> None:
    credential = SCENE.issue()
    store = MemoryStore()
    wallet = wallet_over(store)
    last = AT + LIFE + WALLET.clock_skew
    with pytest.raises(VerificationFailed) as caught:
        wallet.add(credential, at=last)
    assert {each.reason for each in caught.value.report.failed()} == {Reason.EXPIRED}
    assert wallet.add(credential, at=last - timedelta(seconds=1))


def test_a_credential_bound_to_anothers_key_is_not_stored() -> None:
    other = SoftwareSigner.generate(Algorithm.ES256)
    credential = SCENE.issuer.issue(
        SCENE.content(),
        holder_key=HolderKey.unproven(other.public_key, reason="somebody else's"),
        valid_until=AT + LIFE,
        at=AT,
    )
    assert refused(credential) == {(CheckId.HOLDER_BINDING, Reason.KEY_NOT_HELD)}


def test_a_credential_bound_to_no_key_is_not_stored() -> None:
    made = draft(SCENE)
    made.bend_payload = lambda payload: {**payload, "cnf": {"kid": "1"}}
    forged = Credential(Format.SD_JWT_VC, made.shown())
    assert refused(forged) == {(CheckId.HOLDER_BINDING, Reason.KEY_UNUSABLE)}


def test_a_credential_that_comes_with_key_binding_is_not_stored() -> None:
    made = draft(SCENE)
    assert wallet_over(MemoryStore()).add(
        Credential(Format.SD_JWT_VC, made.shown()), at=AT
    )
    bound = Credential(Format.SD_JWT_VC, made.token())
    assert refused(bound) == {(CheckId.HOLDER_BINDING, Reason.UNEXPECTED)}


def test_what_cannot_be_decided_is_not_stored() -> None:
    strict = replace(WALLET, name="with metadata", metadata=MetadataRule.REQUIRED)
    store = MemoryStore()
    with pytest.raises(VerificationIndeterminate) as caught:
        wallet_over(store, policy=strict).add(SCENE.issue(), at=AT)
    assert len(caught.value.report.missing()) == 1
    assert list(store.records(CREDENTIAL)) == []


def test_a_store_that_fails_stores_nothing() -> None:
    class Full(MemoryStore):
        def change(self, changes: Sequence[Change], /) -> bool:
            raise PortError("the disk is full")

    store = Full()
    with pytest.raises(PortError):
        wallet_over(store).add(SCENE.issue(), at=AT)
    assert list(store.records(CREDENTIAL)) == []


# --- records -----------------------------------------------------------------------


def test_records_that_were_swapped_in_the_store_are_noticed() -> None:
    store = MemoryStore()
    wallet = wallet_over(store)
    wallet.add(SCENE.issue(), at=AT)
    wallet.add(SCENE.issue(), at=AT)
    one, two = store.records(CREDENTIAL)
    assert len(wallet.credentials()) == 2
    force(store, one.name, two.sealed)
    force(store, two.name, one.sealed)
    with pytest.raises(MalformedError):
        wallet_over(store).credentials()


def test_a_record_that_was_changed_is_noticed() -> None:
    store = MemoryStore()
    wallet = wallet_over(store)
    wallet.add(SCENE.issue(), at=AT)
    (record,) = store.records(CREDENTIAL)
    for place in (0, 1, len(record.sealed) // 2, len(record.sealed) - 1):
        broken = bytearray(record.sealed)
        broken[place] ^= 1
        force(store, record.name, bytes(broken))
        with pytest.raises(MalformedError):
            wallet.credentials()
    force(store, record.name, record.sealed)
    assert wallet.credentials()


def test_another_seal_opens_nothing() -> None:
    store = MemoryStore()
    wallet_over(store).add(SCENE.issue(), at=AT)
    with pytest.raises(WrongKey):
        wallet_over(store, seal=SealKey(bytes(32))).credentials()


# --- reading a request ----------------------------------------------------------------


def asked_by(wallet: Holder, query: Query | None = None) -> Asked:
    return wallet.read_request(SCENE.request(query).message.raw, at=AT)


def test_a_request_says_who_asks_for_what_and_why() -> None:
    request = SCENE.request()
    wallet = SCENE.new_wallet()
    for raw in (
        request.message.raw,
        request.message.to_uri(),
        request.message.to_json(),
        request.message.raw.encode(),
    ):
        asked = wallet.read_request(raw, at=AT)
        assert asked.query == request.query
        assert asked.purpose == "a test"
        assert asked.by.client_id == request.client_id
        assert "shop.example" in asked.by.name
        assert asked.report.outcome is Outcome.PASSED
    assert repr(asked) == f"Asked(by={request.client_id!r})"


def test_a_forged_or_late_request_is_refused() -> None:
    request = SCENE.request()
    wallet = SCENE.new_wallet()
    raw = request.message.raw
    forged = raw[:-5] + ("A" if raw[-5] != "A" else "B") + raw[-4:]
    with pytest.raises(VerificationFailed) as caught:
        wallet.read_request(forged, at=AT)
    failed = {each.id for each in caught.value.report.failed()}
    assert failed == {CheckId.REQUEST_SIGNATURE}
    with pytest.raises(VerificationFailed):
        wallet.read_request(raw, at=request.expires + WALLET.clock_skew)
    with pytest.raises(VerificationFailed):
        wallet.read_request("noise", at=AT)


# --- matching and choosing ---------------------------------------------------------


def query(*credentials: Mapping[str, JsonValue], **more: JsonValue) -> Query:
    return Query.from_dcql({"credentials": [{**each} for each in credentials], **more})


def of(name: str, vct: str = PID, claim: str = "family_name") -> dict[str, JsonValue]:
    return {
        "id": name,
        "format": "dc+sd-jwt",
        "meta": {"vct_values": [vct]},
        "claims": [{"path": [claim]}],
    }


def two_cards() -> Holder:
    wallet = SCENE.new_wallet()
    for content in (
        SCENE.content(),
        SdJwtVc(vct=CARD, claims={"number": "1"}),
    ):
        wallet.add(SCENE.issue(content), at=AT)
    return wallet


def test_askers_of_one_name_are_told_apart_by_anchor_and_certificate() -> None:
    scene = Scene(seed=b"idwallet TEST one root")
    other = TestPki(seed=b"idwallet TEST another root")
    scene.trust = TrustStore(
        [
            replace(scene.pki.anchor(), name="one root"),
            replace(other.anchor(), name="another root"),
        ]
    )
    wallet = scene.new_wallet()
    found = []
    for identity in (scene.reader_identity, other.reader("shop.example")):
        made = request_draft(scene)
        made.signer, made.chain = identity.signer, identity.chain
        by = wallet.read_request(made.message(), at=scene.at).by
        assert by.certificate == hashlib.sha256(identity.chain[0]).hexdigest()
        found.append(by)
    assert found[0].name == found[1].name
    assert [each.anchor for each in found] == ["one root", "another root"]


def test_an_asker_of_a_pinned_key_has_an_anchor_and_no_certificate() -> None:
    made = request_draft(SCENE)
    made.pin()
    wallet = wallet_over(MemoryStore(), trust=made.trust)
    by = wallet.read_request(made.message(), at=AT).by
    assert (by.anchor, by.certificate) == ("idwallet TEST kiosk", None)


def names(wallet: Holder, asked: Asked, preferred: object = None) -> list[str]:
    choice = wallet.match(asked, at=AT).choose(preferred)  # type: ignore[arg-type]
    return [each.query_id for each in choice.shown]


def test_a_wallet_without_the_credential_cannot_choose() -> None:
    wallet = SCENE.new_wallet()
    match = wallet.match(asked_by(wallet), at=AT)
    assert repr(match) == "Match(satisfiable=False)"
    with pytest.raises(UsageError):
        match.choose()


def test_everything_that_is_asked_is_chosen() -> None:
    wallet = two_cards()
    asked = asked_by(wallet, query(of("pid"), of("card", CARD, "number")))
    match = wallet.match(asked, at=AT)
    assert repr(match) == "Match(satisfiable=True)"
    shown = match.choose().shown
    assert [(each.query_id, each.paths) for each in shown] == [
        ("pid", (("family_name",),)),
        ("card", (("number",),)),
    ]


OPTIONS: JsonValue = [{"options": [["pid"], ["card"]]}]


def test_of_several_options_the_verifiers_first_is_chosen_unless_one_is_preferred() -> (
    None
):
    wallet = two_cards()
    asked = asked_by(
        wallet, query(of("pid"), of("card", CARD, "number"), credential_sets=OPTIONS)
    )
    by_type = {each.credential_type: each for each in wallet.credentials()}
    assert names(wallet, asked) == ["pid"]
    assert names(wallet, asked, {"pid": by_type[PID]}) == ["pid"]
    assert names(wallet, asked, {"card": by_type[CARD]}) == ["card"]


def test_what_is_preferred_beside_the_chosen_option_is_not_ignored() -> None:
    wallet = two_cards()
    asked = asked_by(
        wallet, query(of("pid"), of("card", CARD, "number"), credential_sets=OPTIONS)
    )
    by_type = {each.credential_type: each for each in wallet.credentials()}
    for preferred in (
        {"pid": by_type[PID], "card": by_type[CARD]},
        {"unknown": by_type[PID]},
    ):
        with pytest.raises(UsageError):
            wallet.match(asked, at=AT).choose(preferred)


def test_what_is_optional_is_shown_only_if_it_is_preferred() -> None:
    wallet = two_cards()
    sets: JsonValue = [
        {"options": [["pid"]]},
        {"options": [["card"]], "required": False},
        {"options": [["absent"]], "required": False},
    ]
    asked = asked_by(
        wallet,
        query(
            of("pid"),
            of("card", CARD, "number"),
            of("absent", "urn:absent"),
            credential_sets=sets,
        ),
    )
    (card,) = (e for e in wallet.credentials() if e.credential_type == CARD)
    assert names(wallet, asked) == ["pid"]
    assert names(wallet, asked, {"card": card}) == ["pid", "card"]


def test_of_two_credentials_the_preferred_one_is_shown() -> None:
    wallet = two_cards()
    wallet.add(SCENE.issue(), at=AT)
    asked = asked_by(wallet)
    match = wallet.match(asked, at=AT)
    mine = [each for each in wallet.credentials() if each.credential_type == PID]
    assert len(mine) == 2
    for each in mine:
        (shown,) = match.choose({"pid": each}).shown
        assert shown.credential == each
    (card,) = (e for e in wallet.credentials() if e.credential_type == CARD)
    with pytest.raises(UsageError):
        match.choose({"pid": card})


def asking_for_the_country() -> tuple[Holder, Asked]:
    """A wallet with two cards of the same claims; the first hides them all as one."""
    wallet = SCENE.new_wallet()
    claims: dict[str, JsonValue] = {"address": {"country": "DE", "street": "S"}}
    for shape in (Shape.FLAT, Shape.RECURSIVE):
        wallet.add(SCENE.issue(SdJwtVc(CARD, claims=claims, shape=shape)), at=AT)
    wanted = {**of("card", CARD), "claims": [{"path": ["address", "country"]}]}
    return wallet, asked_by(wallet, query(wanted))


COUNTRY, STREET = ("address", "country"), ("address", "street")


def test_a_choice_names_all_that_will_be_seen_and_what_nobody_asked_for() -> None:
    wallet, asked = asking_for_the_country()
    match = wallet.match(asked, at=AT)
    offers = match.offers("card")
    assert {each.paths for each in offers} == {(COUNTRY,)}
    assert {(each.reveals, each.more_than_asked) for each in offers} == {
        ((COUNTRY, STREET), (STREET,)),
        ((COUNTRY,), ()),
    }
    assert match.offers("other") == ()
    for each in offers:
        choice = match.choose({"card": each.credential})
        assert choice.shown == (each,)
        body = wallet.present(asked, choice, at=AT).body
        (token,) = read_response(body).presentations["card"]  # type: ignore[union-attr]
        address = read_held(token.rpartition("~")[0] + "~").unpacked.claims["address"]
        assert isinstance(address, dict)
        assert {("address", name) for name in address} == set(each.reveals)


def test_a_choice_that_says_less_than_will_be_seen_is_not_carried_out() -> None:
    wallet, asked = asking_for_the_country()
    match = wallet.match(asked, at=AT)
    (telling,) = (e for e in match.offers("card") if e.more_than_asked)
    choice = Choice(asked, (telling,))
    assert wallet.present(asked, choice, at=AT)
    for reveals in ((COUNTRY,), ()):
        silent = Choice(asked, (replace(telling, reveals=reveals),))
        with pytest.raises(UsageError, match="seen"):
            wallet.present(asked, silent, at=AT)


def test_a_credential_that_has_expired_is_not_offered_and_hides_no_valid_one() -> None:
    wallet = SCENE.new_wallet()
    old = wallet.add(SCENE.issue(), at=AT)
    asked = asked_by(wallet)
    end = AT + LIFE
    assert old.valid_until == end
    assert wallet.match(asked, at=end - timedelta(seconds=1)).choose()
    late = wallet.match(asked, at=end)
    assert late.found.nearest_misses()[0].lacks == (Lack.EXPIRED,)
    with pytest.raises(UsageError):
        late.choose()
    new = replace(old, name="0" * 32, valid_until=end + LIFE)
    both = wallet_over(MemoryStore())
    assert both.vault.change([added(old), added(new)])
    for moment, expected in ((AT, (old, new)), (end, (new,))):
        matches = both.match(asked, at=moment).found.credentials[0].matches
        held = both.credentials()
        assert {held[m.candidate].name for m in matches} == {e.name for e in expected}
    (shown,) = both.match(asked, at=end).choose().shown
    assert shown.credential == new


def test_a_credential_is_offered_from_the_moment_it_is_valid() -> None:
    wallet = SCENE.new_wallet()
    since = AT + timedelta(days=1)
    card = SCENE.issuer.issue(
        SCENE.content(),
        holder_key=HolderKey.unproven(SCENE.holder_signer.public_key, reason="test"),
        valid_from=since,
        valid_until=AT + LIFE,
        at=AT,
    )
    held = wallet.add(card, at=since)
    assert held.valid_from == since
    asked = asked_by(wallet)
    early = since - WALLET.clock_skew
    assert wallet.match(asked, at=early).choose()
    earlier = wallet.match(asked, at=early - timedelta(seconds=1))
    assert earlier.found.nearest_misses()[0].lacks == (Lack.NOT_YET_VALID,)


# --- presenting ---------------------------------------------------------------------


def test_an_answer_goes_where_the_request_says_in_two_forms() -> None:
    request = SCENE.request()
    wallet = two_cards()
    asked = wallet.read_request(request.message.raw, at=AT)
    response = wallet.present(asked, wallet.match(asked, at=AT).choose(), at=AT)
    assert response.send_to == ANSWER_TO
    assert repr(response) == f"PresentationResponse(send_to={ANSWER_TO!r})"
    assert read_object(response.json, at="test")["state"] == request.state
    for body in (response.body, response.json):
        again = SCENE.new_verifier()
        found = evaluate_presentation(
            body,
            request=again.restore(request.save(SEAL), SEAL),
            trust=SCENE.trust,
            at=AT,
        )
        assert isinstance(found, VerifiedPresentation)


def test_several_credentials_answer_one_request() -> None:
    wallet = two_cards()
    request = SCENE.request(query(of("pid"), of("card", CARD, "number")))
    asked = wallet.read_request(request.message.raw, at=AT)
    response = wallet.present(asked, wallet.match(asked, at=AT).choose(), at=AT)
    found = evaluate_presentation(
        response.body, request=request, trust=SCENE.trust, at=AT
    )
    assert isinstance(found, VerifiedPresentation)
    assert found.claim("number", str) == "1"
    assert found.credential("pid").claim("family_name", str) == "Образцова"


def test_a_choice_answers_the_request_it_was_made_for() -> None:
    wallet = two_cards()
    first, second = asked_by(wallet), asked_by(wallet)
    choice = wallet.match(first, at=AT).choose()
    assert wallet.present(first, choice, at=AT)
    with pytest.raises(UsageError):
        wallet.present(second, choice, at=AT)


@pytest.mark.parametrize("form", list(Serialisation))
def test_a_credential_is_shown_in_the_serialisation_chosen(form: Serialisation) -> None:
    wallet = SCENE.new_wallet()
    wallet.add(SCENE.issue(), at=AT)
    for kind in ("body", "json"):
        request = SCENE.request()
        asked = wallet.read_request(request.message.raw, at=AT)
        choice = wallet.match(asked, at=AT).choose()
        response = wallet.present(asked, choice, at=AT, serialisation=form)
        answer = getattr(response, kind)
        verified = verify_presentation(
            answer, request=request, trust=SCENE.trust, at=AT
        )
        assert verified.claim("family_name", str) == "Образцова"
    (shown,) = json.loads(response.json)["vp_token"]["pid"]
    assert isinstance(shown, str if form is Serialisation.COMPACT else dict)
    assert ("signatures" in shown) is (form is Serialisation.GENERAL)


def test_declining_says_that_and_nothing_else() -> None:
    wallet = SCENE.new_wallet()
    request = SCENE.request()
    asked = wallet.read_request(request.message.raw, at=AT)
    response = wallet.decline(asked, at=AT)
    assert response.send_to == asked.request.response_uri
    assert response.body == f"error=access_denied&state={request.state}"
    expected = {"error": "access_denied", "state": request.state}
    assert json.loads(response.json) == expected
    for answer in (response.body, response.json):
        found = evaluate_presentation(answer, request=request, trust=SCENE.trust, at=AT)
        assert {e.reason for e in found.report.failed()} == {Reason.DECLINED}
    # The request is not used up: the person may change their mind.
    wallet.add(SCENE.issue(), at=AT)
    answer = wallet.present(asked, wallet.match(asked, at=AT).choose(), at=AT).body
    assert verify_presentation(answer, request=request, trust=SCENE.trust, at=AT)


# --- deleting ----------------------------------------------------------------------


class Interrupted(Exception):  # noqa: N818 - reads as what happened
    """The process ended here."""


class Fragile(MemoryStore):
    """A store whose deleting is interrupted before it takes hold."""

    def change(self, changes: Sequence[Change], /) -> bool:
        if any(each.sealed is None for each in changes):
            raise Interrupted
        return super().change(changes)


class Stuck(MemoryKeyStore):
    """A key store that cannot destroy a key just now."""

    def delete(self, thumbprint: str) -> None:
        raise SignerUnavailable("the token is not there")


def of_its_own(store: MemoryStore, keys: MemoryKeyStore) -> tuple[Holder, str]:
    """A wallet over these with one credential; its holder key's thumbprint."""
    signer = StoredKeySigner(keys.create("ES256", None))
    wallet = wallet_over(store, keys=keys)
    wallet.add(issued_to(signer), at=AT)
    return wallet, signer.public_key.thumbprint


def issued_to(signer: StoredKeySigner) -> Credential:
    return SCENE.issuer.issue(
        SCENE.content(),
        holder_key=HolderKey.unproven(signer.public_key, reason="a test key"),
        valid_until=AT + timedelta(days=30),
        at=AT,
    )


def test_a_deleted_credential_is_gone_and_so_is_its_key() -> None:
    store, keys = MemoryStore(), MemoryKeyStore()
    wallet, thumbprint = of_its_own(store, keys)
    other, kept = of_its_own(store, keys)
    name = next(e.name for e in wallet.credentials() if e.thumbprint == thumbprint)
    wallet.delete(name)
    assert [each.thumbprint for each in other.credentials()] == [kept]
    assert keys.get(thumbprint) is None
    assert keys.get(kept) is not None
    wallet.delete(name)  # what is not there is no error


def test_a_key_stays_while_another_credential_is_bound_to_it() -> None:
    store, keys = MemoryStore(), MemoryKeyStore()
    signer = StoredKeySigner(keys.create("ES256", None))
    wallet = wallet_over(store, keys=keys)
    first, second = (wallet.add(issued_to(signer), at=AT) for _ in range(2))
    wallet.delete(first.name)
    assert keys.get(signer.public_key.thumbprint) is not None
    asked = wallet.read_request(SCENE.request().message.raw, at=AT)
    assert wallet.present(asked, wallet.match(asked, at=AT).choose(), at=AT)
    wallet.delete(second.name)
    assert keys.get(signer.public_key.thumbprint) is None


def test_an_interrupted_deletion_leaves_nothing_that_can_be_shown() -> None:
    store, keys = Fragile(), MemoryKeyStore()
    wallet, thumbprint = of_its_own(store, keys)
    (held,) = wallet.credentials()
    asked = wallet.read_request(SCENE.request().message.raw, at=AT)
    choice = wallet.match(asked, at=AT).choose()
    with pytest.raises(Interrupted):
        wallet.delete(held.name)
    assert keys.get(thumbprint) is None
    with pytest.raises(SignerUnavailable):
        wallet.present(asked, choice, at=AT)
    sound = MemoryStore()
    for shelf in Shelf:
        for record in store.records(shelf):
            force(sound, record.name, record.sealed, on=shelf)
    again = wallet_over(sound, keys=keys)
    again.delete(held.name)
    assert again.credentials() == ()


def test_a_key_that_cannot_be_destroyed_keeps_its_record() -> None:
    store = MemoryStore()
    wallet, thumbprint = of_its_own(store, Stuck())
    (held,) = wallet.credentials()
    with pytest.raises(SignerUnavailable):
        wallet.delete(held.name)
    assert [each.thumbprint for each in wallet.credentials()] == [thumbprint]


def test_a_record_that_does_not_open_can_be_deleted() -> None:
    store, keys = MemoryStore(), MemoryKeyStore()
    wallet, thumbprint = of_its_own(store, keys)
    force(store, "broken", b"noise")
    with pytest.raises(MalformedError):
        wallet.credentials()
    (sound,) = (e.name for e in store.records(CREDENTIAL) if e.name != "broken")
    wallet.delete("broken")
    assert [each.name for each in wallet.credentials()] == [sound]
    assert keys.get(thumbprint) is not None
    # Nor does a broken neighbour keep a key alive.
    force(store, "broken", b"noise")
    wallet.delete(sound)
    assert keys.get(thumbprint) is None


def test_an_expired_request_is_not_answered() -> None:
    wallet = two_cards()
    asked = asked_by(wallet)
    choice = wallet.match(asked, at=AT).choose()
    end = asked.request.expires
    assert wallet.present(asked, choice, at=end - timedelta(microseconds=1))
    for late in (end, end + timedelta(seconds=1)):
        with pytest.raises(UsageError, match="expired"):
            wallet.present(asked, choice, at=late)


def test_a_credential_whose_key_is_gone_cannot_be_shown() -> None:
    scene = Scene(seed=b"idwallet TEST key lost")
    wallet = scene.new_wallet()
    wallet.add(scene.issue(), at=AT)
    asked = wallet.read_request(scene.request().message.raw, at=AT)
    choice = wallet.match(asked, at=AT).choose()
    scene.keys.delete(scene.holder_signer.public_key.thumbprint)
    with pytest.raises(SignerUnavailable):
        wallet.present(asked, choice, at=AT)


def test_a_wallet_of_another_key_store_holds_nothing_of_this_one() -> None:
    store = MemoryStore()
    with pytest.raises(VerificationFailed):
        wallet_over(store, keys=MemoryKeyStore()).add(SCENE.issue(), at=AT)
