"""A wallet holds mobile documents as it holds any credential, and shows no more."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from idwallet.adapters.store import MemoryStore
from idwallet.codec.b64 import decode, encode
from idwallet.credentials.mdoc.structures import DeviceResponse, read_device_response
from idwallet.credentials.mdoc.transcript import RedirectHandover
from idwallet.credentials.model import Credential, Format, VerifiedPresentation
from idwallet.credentials.query import Lack, Query
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.signer import StoredKeySigner
from idwallet.crypto.software import MemoryKeyStore, SoftwareSigner
from idwallet.errors import (
    MalformedError,
    SignerUnavailable,
    UnsupportedError,
    UsageError,
    VerificationFailed,
)
from idwallet.ports import Change, Shelf
from idwallet.protocols.openid4vp.response import ResponseParts, read_response
from idwallet.report import CheckId, Outcome, Reason
from idwallet.roles.asked import Asked, Choice
from idwallet.roles.held.format import Conversation
from idwallet.roles.holder import Holder
from idwallet.roles.presentation import verify_presentation
from idwallet.roles.verifier import PresentationRequest
from idwallet.testing.mdoc import MDL, NAMESPACE, MdocScene, judge, mdoc_draft
from idwallet.trust.policies import WALLET
from tests.unit.roles.two_formats import (
    SEAL,
    issued,
    licence,
    mdocs,
    of_card,
    of_licence,
    query,
    scene,
    wallet,
)

AT = mdocs().at


def refused(credential: Credential) -> set[tuple[CheckId, Reason]]:
    store = MemoryStore()
    with pytest.raises(VerificationFailed) as caught:
        wallet(credential, store=store)
    assert list(store.records(Shelf.CREDENTIAL)) == []
    return {(each.id, each.reason) for each in caught.value.report.failed()}


def changed(change: Callable[[bytes], bytes]) -> Credential:
    octets = decode(issued().raw, at="")
    assert change(octets) != octets
    return Credential(Format.MDOC, encode(change(octets)))


# --- adding ------------------------------------------------------------------------


def test_a_document_is_verified_stored_sealed_and_found_again() -> None:
    store = MemoryStore()
    credential = issued()
    held = wallet(store=store).add(credential, at=AT)
    assert (held.format, held.raw) == (Format.MDOC, credential.raw)
    assert (held.credential_type, held.types) == (MDL, (MDL,))
    elements = held.claims[NAMESPACE]
    assert isinstance(elements, dict)
    assert elements["birth_date"] == "1990-05-17"
    assert held.thumbprint == scene().holder_signer.public_key.thumbprint
    assert held.authority_key_ids
    assert held.valid_until == AT + timedelta(days=30)
    assert wallet(store=store).credentials() == (held,)


def test_what_is_stored_is_sealed() -> None:
    store = MemoryStore()
    holder = wallet(issued(licence(family_name="Канарейкина")), store=store)
    (record,) = store.records(Shelf.CREDENTIAL)
    canary = "Канарейкина".encode()
    for form in (canary, encode(canary).encode(), b"18013"):
        assert form not in record.sealed
    (held,) = holder.credentials()
    assert (held.name, held.format) == (record.name, Format.MDOC)


@pytest.mark.parametrize(
    ("credential", "said"),
    [
        (
            partial(changed, lambda o: o.replace("Анна".encode(), "Инна".encode())),
            (CheckId.CREDENTIAL_DISCLOSURES, Reason.INTEGRITY_MISMATCH),
        ),
        (
            partial(changed, lambda o: o[:-1]),
            (CheckId.CREDENTIAL_FORMAT, Reason.MALFORMED),
        ),
        (
            partial(changed, lambda o: o + b"\0"),
            (CheckId.CREDENTIAL_FORMAT, Reason.MALFORMED),
        ),
        (
            partial(
                changed,
                lambda o: o.replace(b"validUntil\xc0t2026", b"validUntil\xc0t2036"),
            ),
            (CheckId.ISSUER_SIGNATURE, Reason.INVALID),
        ),
        (
            lambda: Credential(Format.MDOC, "no base64url!"),
            (CheckId.CREDENTIAL_FORMAT, Reason.MALFORMED),
        ),
        (
            lambda: Credential(Format.MDOC, issued().raw + "=="),
            (CheckId.CREDENTIAL_FORMAT, Reason.MALFORMED),
        ),
        (
            lambda: issued(to=SoftwareSigner.generate(Algorithm.ES256).public_key),
            (CheckId.HOLDER_BINDING, Reason.KEY_NOT_HELD),
        ),
        (
            lambda: Credential(Format.MDOC, encode(mdoc_draft(mdocs()).response())),
            (CheckId.CREDENTIAL_FORMAT, Reason.MALFORMED),
        ),
    ],
    ids=[
        "changed",
        "broken",
        "longer",
        "prolonged",
        "no base64url",
        "padded",
        "of another key",
        "a response",
    ],
)
def test_a_document_that_may_not_be_held_is_not_stored(
    credential: Callable[[], Credential], said: tuple[CheckId, Reason]
) -> None:
    assert wallet(issued())
    assert said in refused(credential())


def test_a_document_of_a_stranger_is_not_stored() -> None:
    stranger = MdocScene(at=AT, seed=b"idwallet TEST another authority")
    own = wallet(issued())
    own._trust = stranger.root()  # a wallet that believes somebody else
    with pytest.raises(VerificationFailed) as caught:
        own.add(issued(), at=AT)
    assert {each.id for each in caught.value.report.failed()} == {CheckId.ISSUER_TRUST}


def test_a_document_that_expired_is_not_stored() -> None:
    credential, own = issued(days=2), wallet()
    end = AT + timedelta(days=2) + WALLET.clock_skew
    assert own.add(credential, at=end)
    with pytest.raises(VerificationFailed) as caught:
        own.add(credential, at=end + timedelta(seconds=1))
    assert {each.reason for each in caught.value.report.failed()} == {Reason.EXPIRED}


def test_one_format_is_not_taken_for_the_other() -> None:
    card = scene().issue()
    for kind, raw in ((Format.MDOC, card.raw), (Format.SD_JWT_VC, issued().raw)):
        said = refused(Credential(kind, raw))
        assert said == {(CheckId.CREDENTIAL_FORMAT, Reason.MALFORMED)}


def test_records_of_both_formats_stand_beside_each_other() -> None:
    store = MemoryStore()
    own = wallet(issued(), scene().issue(), store=store)
    both = {Format.SD_JWT_VC, Format.MDOC}
    assert {each.format for each in own.credentials()} == both
    one, two = store.records(Shelf.CREDENTIAL)
    assert store.change([Change(Shelf.CREDENTIAL, one.name, one.sealed, two.sealed)])
    with pytest.raises(MalformedError):
        wallet(store=store).credentials()


# --- matching ----------------------------------------------------------------------


def asked_by(own: Holder, for_: Query) -> tuple[PresentationRequest, Asked]:
    request = scene().verifier.request(for_, purpose="a test", at=AT)
    return request, own.read_request(request.message.raw, at=AT)


def test_paths_match_exactly_and_no_nearest_age_is_shown() -> None:
    own = wallet(issued())
    _, asked = asked_by(own, query(of_licence("age_over_18")))
    found = own.match(asked, at=AT).found
    assert not found.is_satisfiable()
    (miss,) = found.nearest_misses()
    assert miss.lacks == (Lack.CLAIM,)
    assert miss.missing == ((NAMESPACE, "age_over_18"),)
    _, asked = asked_by(own, query(of_licence("age_over_21")))
    assert own.match(asked, at=AT).found.is_satisfiable()


def test_another_type_or_value_is_no_match() -> None:
    own = wallet(issued())
    for asked_for in (
        of_licence("family_name", meta={"doctype_value": "org.iso.23220.photoid.1"}),
        of_licence(claims=[{"path": [NAMESPACE, "age_over_65"], "values": [True]}]),
        of_licence(claims=[{"path": ["org.example", "family_name"]}]),
    ):
        _, asked = asked_by(own, query(asked_for))
        assert not own.match(asked, at=AT).found.is_satisfiable()


def test_what_is_shown_is_what_is_asked_and_no_more() -> None:
    own = wallet(issued())
    _, asked = asked_by(own, query(of_licence("age_over_21", "driving_privileges")))
    match = own.match(asked, at=AT)
    (offer,) = match.offers("mdl")
    assert set(offer.reveals) == {
        (NAMESPACE, "age_over_21"),
        (NAMESPACE, "driving_privileges", 0, "vehicle_category_code"),
    }
    assert offer.more_than_asked == ()
    assert match.choose().shown == (offer,)
    document = response_of(own.present(asked, match.choose(), at=AT).body).documents[0]
    shown = {e.element for e in document.issuer_signed.namespaces[NAMESPACE]}
    assert shown == {"age_over_21", "driving_privileges"}


def test_an_expired_document_is_not_offered() -> None:
    own = wallet(issued(days=2), issued(days=30))
    _, asked = asked_by(own, query(of_licence("family_name")))
    assert len(own.match(asked, at=AT).offers("mdl")) == 2
    assert len(own.match(asked, at=AT + timedelta(days=2)).offers("mdl")) == 1


# --- presenting --------------------------------------------------------------------


def response_of(body: str, name: str = "mdl") -> DeviceResponse:
    parts = read_response(body)
    assert isinstance(parts, ResponseParts)
    (text,) = parts.presentations[name]
    return read_device_response(decode(text, at=""), at="response")


def test_a_document_shown_by_the_wallet_passes_at_the_verifier() -> None:
    own = wallet(issued())
    request, asked = asked_by(own, query(of_licence("family_name", "age_over_21")))
    answer = own.present(asked, own.match(asked, at=AT).choose(), at=AT)
    for body in (answer.body, answer.json):
        again = scene().new_verifier().restore(request.save(SEAL), SEAL)
        verified = verify_presentation(body, request=again, trust=scene().trust, at=AT)
        credential = verified.credential("mdl")
        assert credential.format is Format.MDOC
        assert credential.claims == {
            NAMESPACE: {"family_name": "Примерова", "age_over_21": True}
        }


def test_both_formats_answer_one_request_in_one_call() -> None:
    own = wallet(issued(), scene().issue())
    request, asked = asked_by(
        own, query(of_card("family_name"), of_licence("portrait"))
    )
    answer = own.present(asked, own.match(asked, at=AT).choose(), at=AT)
    verified = verify_presentation(
        answer.body, request=request, trust=scene().trust, at=AT
    )
    assert isinstance(verified, VerifiedPresentation)
    assert verified.credential("pid").claim("family_name", str) == "Образцова"
    assert verified.credential("mdl").claim((NAMESPACE, "portrait"), str)


def test_either_format_serves_where_the_verifier_takes_either() -> None:
    sets = [{"options": [["pid"], ["mdl"]]}]
    for credential, name in ((issued(), "mdl"), (scene().issue(), "pid")):
        own = wallet(credential)
        request, asked = asked_by(
            own,
            query(
                of_card("family_name"),
                of_licence("family_name"),
                credential_sets=sets,
            ),
        )
        answer = own.present(asked, own.match(asked, at=AT).choose(), at=AT)
        verified = verify_presentation(
            answer.body, request=request, trust=scene().trust, at=AT
        )
        assert verified.credentials[0].query_id == name


def test_an_answer_is_bound_to_its_conversation() -> None:
    own = wallet(issued())
    (first, asked), (second, _) = (
        asked_by(own, query(of_licence("family_name"))) for _ in range(2)
    )
    body = own.present(asked, own.match(asked, at=AT).choose(), at=AT).body
    swapped = body.replace(first.state, second.state)
    with pytest.raises(VerificationFailed) as caught:
        verify_presentation(swapped, request=second, trust=scene().trust, at=AT)
    assert {each.id for each in caught.value.report.failed()} == {
        CheckId.HOLDER_BINDING
    }


@pytest.mark.parametrize("thumbprint", [None, bytes(range(32))])
def test_the_key_an_answer_is_encrypted_to_is_part_of_the_conversation(
    thumbprint: bytes | None,
) -> None:
    (held,) = wallet(issued()).credentials()
    conversation = Conversation("x509_hash:a", "n", "https://a.example/", thumbprint)
    chosen = held.opened().choose([(NAMESPACE, "family_name")])
    text = chosen.show(scene().holder_signer, conversation, at=AT)
    made = mdoc_draft(mdocs())
    made.on_octets = lambda _: decode(text, at="")
    for other in (thumbprint, None, bytes(32)):
        handover = RedirectHandover("x509_hash:a", "n", "https://a.example/", other)
        made.session = replace(made.session, handover=handover)
        assert (judge(made).outcome is Outcome.PASSED) is (other == thumbprint)


def test_a_choice_that_says_less_than_will_be_seen_is_not_carried_out() -> None:
    own = wallet(issued())
    _, asked = asked_by(own, query(of_licence("family_name", "age_over_21")))
    (shown,) = own.match(asked, at=AT).choose().shown
    assert own.present(asked, Choice(asked, (shown,)), at=AT)
    silent = replace(shown, reveals=shown.reveals[:1])
    with pytest.raises(UsageError, match="seen"):
        own.present(asked, Choice(asked, (silent,)), at=AT)


def test_a_deleted_document_is_gone_and_so_is_its_key() -> None:
    keys = MemoryKeyStore()
    own = Holder(store=MemoryStore(), seal=SEAL, keys=keys, trust=scene().trust)
    signer = StoredKeySigner(keys.create("ES256", None))
    held = own.add(issued(to=signer.public_key), at=AT)
    _, asked = asked_by(own, query(of_licence("family_name")))
    choice = own.match(asked, at=AT).choose()
    own.delete(held.name)
    assert own.credentials() == ()
    assert keys.get(held.thumbprint) is None
    with pytest.raises(SignerUnavailable):
        own.present(asked, choice, at=AT)


def test_a_format_that_no_wallet_holds_is_named() -> None:
    foreign = Credential("ldp_vc", "{}")  # type: ignore[arg-type]  # a caller's mistake
    with pytest.raises(UnsupportedError, match="no wallet holds"):
        wallet().add(foreign, at=AT)
