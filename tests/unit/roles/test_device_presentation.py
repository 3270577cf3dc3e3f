"""A reader asks a wallet in person: what is shown, and what passes."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

import pytest

from idwallet.adapters.store import MemoryStore
from idwallet.codec.b64 import encode
from idwallet.codec.cbor import read_cbor, write_cbor
from idwallet.credentials.mdoc.binding import Session
from idwallet.credentials.mdoc.dc_api import (
    decrypt_response,
    encrypt_response,
    encryption_info,
    read_encryption_info,
)
from idwallet.credentials.mdoc.members import a_list, a_map
from idwallet.credentials.mdoc.present import DeviceElements
from idwallet.credentials.mdoc.reader import ReaderIdentity, SignedOver, signed_request
from idwallet.credentials.mdoc.request import items_request
from idwallet.credentials.mdoc.structures import read_device_response
from idwallet.credentials.mdoc.transcript import Handover, QrHandover
from idwallet.credentials.model import Unverified, VerifiedPresentation
from idwallet.credentials.query import Query
from idwallet.crypto.agreement import EphemeralKey
from idwallet.crypto.hpke import RecipientKey
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.signer import StoredKeySigner
from idwallet.crypto.software import MemoryKeyStore
from idwallet.errors import (
    SignerUnavailable,
    UnsupportedError,
    UsageError,
    VerificationFailed,
)
from idwallet.ports import StoredKey
from idwallet.report import CheckId, Outcome, Reason
from idwallet.roles.asked import Anonymous, Asked, Authenticated, Choice
from idwallet.roles.holder import Holder
from idwallet.roles.portrait import AwaitingPortrait
from idwallet.roles.presentation import evaluate_presentation, verify_presentation
from idwallet.roles.reader import DeviceQuestion
from idwallet.roles.verifier import RelyingParty, Verifier
from idwallet.testing.mdoc import MDL, NAMESPACE, reader_identity
from idwallet.trust.policies import RETAIL
from idwallet.trust.policy import Admission, Policy, PresenceRule, ReaderRule
from idwallet.trust.replay import MemoryReplay
from tests.unit.roles.two_formats import (
    SEAL,
    allowing,
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


@cache
def reader() -> ReaderIdentity:
    return reader_identity(mdocs())


def verifier(*, is_known: bool = True) -> Verifier:
    by = reader() if is_known else None
    assert by is not None
    identity = RelyingParty(
        signer=by.signer, certificates=by.chain, answer_to="https://shop.example/answer"
    )
    return Verifier(identity=identity, policy=RETAIL, replay=MemoryReplay())


@dataclass
class Meeting:
    """A reader and a wallet that have engaged; each knows the conversation."""

    key: EphemeralKey
    handover: Handover

    @property
    def session(self) -> Session:
        return Session(self.handover, self.key)


def meeting() -> Meeting:
    key = EphemeralKey.generate()
    engagement = write_cbor({0: "1.0", 1: [1, EphemeralKey.generate().public_key.spki]})
    handover = QrHandover(engagement, write_cbor(key.public_key.to_cose()))
    return Meeting(key, handover)


def asked_of(
    own: Holder,
    for_: Query,
    *,
    at_: Meeting | None = None,
    over: SignedOver = SignedOver.EACH_DOCUMENT,
) -> tuple[DeviceQuestion, Asked]:
    met = meeting() if at_ is None else at_
    question = verifier().ask_device(for_, session=met.session, at=AT, over=over)
    heard = own.read_device_request(question.message, handover=met.handover, at=AT)
    return question, heard


def judged(
    response: bytes, question: DeviceQuestion
) -> VerifiedPresentation | Unverified:
    return evaluate_presentation(response, request=question, trust=scene().trust, at=AT)


def failed(found: VerifiedPresentation | Unverified) -> set[tuple[CheckId, Reason]]:
    return {(each.id, each.reason) for each in found.report.failed()}


def answer(own: Holder, asked: Asked, *, reader_key: PublicKey | None = None) -> bytes:
    choice = own.match(asked, at=AT).choose()
    return own.present_device(asked, choice, at=AT, reader=reader_key)


# --- both sides --------------------------------------------------------------------


@pytest.mark.parametrize("over", SignedOver)
def test_what_a_wallet_shows_in_person_passes_at_the_reader(over: SignedOver) -> None:
    own = wallet(issued())
    question, asked = asked_of(
        own, query(of_licence("family_name", "portrait")), over=over
    )
    assert isinstance(asked.by, Authenticated)
    assert asked.by.client_id.startswith("x509_hash:")
    assert (asked.asker, asked.answer_to) == (asked.by.name, None)
    verified = verify_presentation(
        answer(own, asked), request=question, trust=scene().trust, at=AT
    )
    credential = verified.credential("mdl")
    assert credential.claim((NAMESPACE, "family_name"), str) == "Примерова"
    assert credential.claim((NAMESPACE, "portrait"), str)


def test_a_mac_convinces_the_reader_of_the_session_and_nobody_else() -> None:
    own, met = wallet(issued()), meeting()
    question, asked = asked_of(own, query(of_licence("family_name")), at_=met)
    response = answer(own, asked, reader_key=met.key.public_key)
    (document,) = read_device_response(response, at="").documents
    assert document.device_signed.mac is not None
    assert isinstance(judged(response, question), VerifiedPresentation)
    for key in (EphemeralKey.generate(), None):
        other = verifier().ask_device(
            question.query, session=Session(met.handover, key), at=AT
        )
        assert {each for each, _ in failed(judged(response, other))} == {
            CheckId.HOLDER_BINDING
        }


def test_a_key_store_that_only_signs_makes_no_mac() -> None:
    class Signing:
        """A stored key without `agree`."""

        def __init__(self, stored: StoredKey) -> None:
            self.spki, self.algorithm = stored.spki, stored.algorithm
            self.sign = stored.sign

    class Store:
        def __init__(self) -> None:
            self.get = lambda name: Signing(scene().keys.get(name))  # type: ignore[arg-type]

    own, met = wallet(issued()), meeting()
    question, asked = asked_of(own, query(of_licence("family_name")), at_=met)
    own._keys = Store()  # type: ignore[assignment]
    with pytest.raises(UnsupportedError, match="only signs"):
        answer(own, asked, reader_key=met.key.public_key)
    assert isinstance(judged(answer(own, asked), question), VerifiedPresentation)


def test_what_is_asked_stands_as_a_query_with_what_will_be_kept() -> None:
    claims = [
        {"path": [NAMESPACE, "family_name"], "intent_to_retain": True},
        {"path": [NAMESPACE, "age_over_21"]},
    ]
    _, asked = asked_of(wallet(issued()), query(of_licence(claims=claims)))
    (credential,) = asked.query.credentials
    assert credential.types == {MDL}
    assert {e.path[1]: e.intent_to_retain for e in credential.claims} == {
        "family_name": True,
        "age_over_21": False,
    }


# --- the nearest age ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked_age", "shown"),
    [
        (16, {"age_over_16": True}),
        (18, {"age_over_21": True}),
        (14, {"age_over_16": True}),
        (65, {"age_over_65": False}),
        (70, {"age_over_65": False}),
    ],
)
def test_an_age_is_answered_by_the_nearest_statement(
    asked_age: int, shown: Mapping[str, bool]
) -> None:
    own = wallet(issued())
    question, asked = asked_of(own, query(of_licence(f"age_over_{asked_age}")))
    (offer,) = own.match(asked, at=AT).offers("document-0")
    assert offer.reveals == tuple((NAMESPACE, name) for name in shown)
    found = judged(answer(own, asked), question)
    assert isinstance(found, VerifiedPresentation), failed(found)
    credential = found.credential("mdl")
    assert credential.claims == {NAMESPACE: {**shown}}
    assert found.age_over(asked_age) is (True in shown.values())


def test_an_age_that_no_statement_settles_is_not_answered() -> None:
    own = wallet(issued())
    _, asked = asked_of(own, query(of_licence("age_over_50")))
    match = own.match(asked, at=AT)
    assert not match.found.is_satisfiable()
    (miss,) = match.found.nearest_misses()
    assert miss.missing == ((NAMESPACE, "age_over_50"),)
    with pytest.raises(UsageError):
        match.choose()


def test_a_reader_that_wants_the_age_to_be_reached_is_not_fooled() -> None:
    own = wallet(issued())
    wanted = [{"path": [NAMESPACE, "age_over_70"], "values": [True]}]
    question, asked = asked_of(own, query(of_licence(claims=wanted)))
    found = judged(answer(own, asked), question)
    assert failed(found) == {(CheckId.PRESENTATION_QUERY, Reason.VALUE_DIFFERS)}
    wanted = [{"path": [NAMESPACE, "age_over_18"], "values": [True]}]
    question, asked = asked_of(own, query(of_licence(claims=wanted)))
    found = judged(answer(own, asked), question)
    assert isinstance(found, VerifiedPresentation)


@pytest.mark.parametrize("apart", [False, True])
def test_who_asks_twice_for_a_document_is_told_of_two_ages_all_the_same(
    apart: bool,
) -> None:
    own = wallet(issued())
    second = "family_name", "age_over_18", "age_over_65"
    uses = [{"options": [["mdl"]]}, {"options": [["again"]], "required": False}]
    both = query(
        of_licence("age_over_16", "age_over_21"),
        of_licence(*second, name="again"),
        **({"credential_sets": uses} if apart else {}),
    )
    _, asked = asked_of(own, both)
    match = own.match(asked, at=AT)
    (first,), (more,) = match.offers("document-0"), match.offers("document-1")
    assert set(first.reveals) == {(NAMESPACE, f"age_over_{each}") for each in (16, 21)}
    # Of 18 the same statement tells that was given already; of 65 a third one would.
    assert set(more.reveals) == {
        (NAMESPACE, each) for each in ("family_name", "age_over_21")
    }


def test_over_openid4vp_another_age_is_no_answer() -> None:
    """The same document, asked for by DCQL: the path has to be there."""
    own = wallet(issued())
    request = scene().verifier.request(
        query(of_licence("age_over_18")), purpose="age", at=AT
    )
    heard = own.read_request(request.message.raw, at=AT)
    assert not own.match(heard, at=AT).found.is_satisfiable()


# --- documents and uses ------------------------------------------------------------

PHOTO = "org.iso.23220.photoid.1"


def of_photo_id(*elements: str) -> dict[str, object]:
    return of_licence(*elements, name="photo", meta={"doctype_value": PHOTO})


def photo_id() -> object:
    return issued(replace(licence(), doc_type=PHOTO))


def test_every_document_that_can_be_shown_is() -> None:
    both = query(of_licence("family_name"), of_photo_id("given_name"))  # type: ignore[arg-type]
    own = wallet(issued(), photo_id())  # type: ignore[arg-type]
    question, asked = asked_of(own, both)
    found = judged(answer(own, asked), question)
    assert isinstance(found, VerifiedPresentation)
    assert {each.query_id for each in found.credentials} == {"mdl", "photo"}
    # Whoever has one of two shows it, and the reader says what is missing.
    own = wallet(issued())
    question, asked = asked_of(own, both)
    found = judged(answer(own, asked), question)
    assert failed(found) == {(CheckId.PRESENTATION_QUERY, Reason.CREDENTIAL_MISSING)}


def test_one_of_two_documents_serves_where_the_reader_takes_either() -> None:
    either = query(
        of_licence("family_name"),
        of_photo_id("family_name"),  # type: ignore[arg-type]
        credential_sets=[{"options": [["mdl"], ["photo"]]}],
    )
    own = wallet(photo_id())  # type: ignore[arg-type]
    question, asked = asked_of(own, either)
    assert asked.query.credential_sets
    found = judged(answer(own, asked), question)
    assert isinstance(found, VerifiedPresentation)
    assert [each.query_id for each in found.credentials] == ["photo"]


def test_of_two_documents_the_one_that_answers_more_is_offered_first() -> None:
    poor = replace(licence(), elements={NAMESPACE: {"family_name": "Другая"}})
    own = wallet(issued(poor), issued())
    _, asked = asked_of(own, query(of_licence("family_name", "age_over_21")))
    offers = own.match(asked, at=AT).offers("document-0")
    assert [len(each.paths) for each in offers] == [2, 1]


def test_a_reader_is_answered_by_issuers_it_names() -> None:
    (held,) = wallet(issued()).credentials()
    own = wallet(issued())
    for key_ids, is_met in ((held.authority_key_ids, True), ((b"other",), False)):
        named = [{"type": "aki", "values": [encode(e) for e in key_ids]}]
        _, asked = asked_of(
            own, query(of_licence("family_name", trusted_authorities=named))
        )
        assert own.match(asked, at=AT).found.is_satisfiable() is is_met


# --- what the device says ----------------------------------------------------------


def presented(own: Holder, asked: Asked, said: DeviceElements) -> bytes:
    choice = own.match(asked, at=AT).choose()
    return own.present_device(asked, choice, at=AT, said={"document-0": said})


def test_a_device_says_by_itself_what_its_issuer_allowed() -> None:
    own = wallet(issued(allowing(**{NAMESPACE: frozenset({"weight"})})))
    question, asked = asked_of(own, query(of_licence("family_name")))
    response = presented(own, asked, {NAMESPACE: {"weight": 70}})
    (document,) = read_device_response(response, at="").documents
    assert document.device_signed.namespaces[NAMESPACE]["weight"] == 70
    found = judged(response, question)
    assert isinstance(found, VerifiedPresentation)
    # Claims are what an issuer signed; what a device says by itself is none.
    assert found.credential("mdl").claims == {NAMESPACE: {"family_name": "Примерова"}}


def test_a_device_says_nothing_else() -> None:
    own = wallet(issued(allowing(**{NAMESPACE: frozenset({"weight", "family_name"})})))
    _, asked = asked_of(own, query(of_licence("age_over_21")))
    with pytest.raises(UsageError, match="may not say"):
        presented(own, asked, {NAMESPACE: {"height": 190}})
    with pytest.raises(UsageError, match="issuer has signed"):
        presented(own, asked, {NAMESPACE: {"family_name": "Другая"}})


# --- what is refused ---------------------------------------------------------------


def test_an_unknown_reader_is_anonymous_or_refused_as_the_policy_has_it() -> None:
    own, met = wallet(issued()), meeting()
    own._policy = replace(
        own._policy,
        readers=ReaderRule.ANONYMOUS_ACCEPTED,
        unauthenticated=(Admission(MDL, frozenset({(NAMESPACE, "family_name")})),),
    )
    asks = signed_request(
        [items_request(MDL, {NAMESPACE: {"family_name": False}})],
        handover=met.handover,
        by=None,
    )
    asked = own.read_device_request(asks, handover=met.handover, at=AT)
    assert isinstance(asked.by, Anonymous)
    assert (asked.asker, asked.purpose) == (None, None)
    assert repr(asked) == "Asked(by=None)"
    assert answer(own, asked)
    own._policy = replace(own._policy, readers=ReaderRule.AUTHENTICATED)
    with pytest.raises(VerificationFailed) as caught:
        own.read_device_request(asks, handover=met.handover, at=AT)
    assert {each.id for each in caught.value.report.failed()} == {
        CheckId.READER_AUTHORISED
    }


def test_a_request_of_another_conversation_is_not_shown_to_the_person() -> None:
    own = wallet(issued())
    question = verifier().ask_device(
        query(of_licence("family_name")), session=meeting().session, at=AT
    )
    with pytest.raises(VerificationFailed) as caught:
        own.read_device_request(question.message, handover=meeting().handover, at=AT)
    assert {each.id for each in caught.value.report.failed()} == {
        CheckId.REQUEST_SIGNATURE
    }


def test_an_answer_to_another_conversation_is_told_as_such() -> None:
    own = wallet(issued())
    question, _ = asked_of(own, query(of_licence("family_name")))
    _, elsewhere = asked_of(own, query(of_licence("family_name")))
    response = answer(own, elsewhere)
    found = judged(response, question)
    assert failed(found) == {(CheckId.HOLDER_BINDING, Reason.INVALID)}


def test_an_answer_counts_once_and_for_its_time() -> None:
    own = wallet(issued())
    question, asked = asked_of(own, query(of_licence("family_name")))
    response = answer(own, asked)
    assert judged(response, question).report.outcome is Outcome.PASSED
    assert (CheckId.PRESENTATION_REPLAY, Reason.ALREADY_USED) in failed(
        judged(answer(own, asked), question)
    )
    question, asked = asked_of(own, query(of_licence("family_name")))
    late = question.expires + RETAIL.clock_skew
    found = evaluate_presentation(
        answer(own, asked), request=question, trust=scene().trust, at=late
    )
    assert failed(found) == {(CheckId.PRESENTATION_FRESHNESS, Reason.REQUEST_EXPIRED)}


def changed(response: bytes, **members: object) -> bytes:
    held = a_map(read_cbor(response, at=""), at="")
    held.update(members)  # type: ignore[arg-type]
    return write_cbor(held)


def documents_of(response: bytes) -> list[object]:
    return [*a_list(a_map(read_cbor(response, at=""), at="")["documents"], at="")]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda r: r + b"\0", (CheckId.PRESENTATION_FORMAT, Reason.MALFORMED)),
        (lambda _: b"", (CheckId.PRESENTATION_FORMAT, Reason.MALFORMED)),
        (
            lambda r: changed(r, status=10),
            (CheckId.PRESENTATION_FORMAT, Reason.MALFORMED),
        ),
        (
            lambda r: changed(r, version="2.0"),
            (CheckId.PRESENTATION_FORMAT, Reason.UNSUPPORTED),
        ),
        (
            lambda r: changed(r, documents=[]),
            (CheckId.PRESENTATION_QUERY, Reason.CREDENTIAL_MISSING),
        ),
        (
            lambda r: changed(r, documents=documents_of(r) * 2),
            (CheckId.PRESENTATION_QUERY, Reason.CREDENTIAL_NOT_REQUESTED),
        ),
    ],
    ids=["longer", "nothing", "a status", "a version", "no document", "one twice"],
)
def test_an_answer_that_is_none_is_refused(
    spoil: object, said: tuple[CheckId, Reason]
) -> None:
    own = wallet(issued())
    question, asked = asked_of(own, query(of_licence("family_name")))
    response = answer(own, asked)
    assert failed(judged(spoil(response), question)) == {said}  # type: ignore[operator]


def test_a_document_that_nobody_asked_for_is_not_judged_and_fails() -> None:
    own = wallet(issued(), photo_id())  # type: ignore[arg-type]
    met = meeting()
    question, asked = asked_of(own, query(of_licence("family_name")), at_=met)
    both = query(of_licence("family_name"), of_photo_id("family_name"))  # type: ignore[arg-type]
    _, more = asked_of(own, both, at_=met)
    assert isinstance(judged(answer(own, asked), question), VerifiedPresentation)
    question, _ = asked_of(own, query(of_licence("family_name")), at_=met)
    found = judged(answer(own, more), question)
    assert failed(found) == {
        (CheckId.PRESENTATION_QUERY, Reason.CREDENTIAL_NOT_REQUESTED)
    }


def test_what_was_not_asked_for_is_named_and_withheld() -> None:
    own, met = wallet(issued()), meeting()
    question, _ = asked_of(own, query(of_licence("age_over_18")), at_=met)
    _, more = asked_of(
        own, query(of_licence("age_over_18", "age_over_65", "given_name")), at_=met
    )
    found = judged(answer(own, more), question)
    assert isinstance(found, VerifiedPresentation), failed(found)
    assert found.credential("mdl").claims == {NAMESPACE: {"age_over_21": True}}
    (said,) = (e for e in found.report.checks if e.reason is Reason.SURPLUS_WITHHELD)
    assert len(said.fact("paths")) == 2  # type: ignore[arg-type]


# --- using it wrongly --------------------------------------------------------------


def test_each_kind_of_request_has_its_own_answer() -> None:
    own = wallet(issued())
    _, asked = asked_of(own, query(of_licence("family_name")))
    choice = own.match(asked, at=AT).choose()
    with pytest.raises(UsageError, match="present_device"):
        own.present(asked, choice, at=AT)
    with pytest.raises(UsageError, match="decline_device"):
        own.decline(asked, at=AT)
    request = scene().verifier.request(
        query(of_licence("family_name")), purpose="x", at=AT
    )
    online = own.read_request(request.message.raw, at=AT)
    chosen = own.match(online, at=AT).choose()
    with pytest.raises(UsageError, match="answered by present or"):
        own.present_device(online, chosen, at=AT)
    with pytest.raises(UsageError, match="present or decline"):
        own.decline_device(online, at=AT)
    with pytest.raises(UsageError, match="another request"):
        own.present_device(asked, chosen, at=AT)


def test_a_choice_that_says_less_than_will_be_seen_is_not_carried_out() -> None:
    own = wallet(issued())
    _, asked = asked_of(own, query(of_licence("family_name", "age_over_18")))
    (shown,) = own.match(asked, at=AT).choose().shown
    silent = Choice(asked, (replace(shown, reveals=shown.reveals[:1]),))
    with pytest.raises(UsageError, match="seen"):
        own.present_device(asked, silent, at=AT)


def test_declining_looks_like_having_nothing() -> None:
    own = wallet(issued())
    question, asked = asked_of(own, query(of_licence("family_name")))
    response = own.decline_device(asked, at=AT)
    assert read_cbor(response, at="") == {"version": "1.0", "status": 0}
    assert failed(judged(response, question)) == {
        (CheckId.PRESENTATION_QUERY, Reason.CREDENTIAL_MISSING)
    }


@pytest.mark.parametrize(
    "asking",
    [
        query(of_card("family_name")),
        query(of_licence("family_name", multiple=True)),
        query(
            of_licence(
                claims=[{"id": "a", "path": [NAMESPACE, "x"]}],
                claim_sets=[["a"]],
            )
        ),
        Query.from_dcql(
            {
                "credentials": [
                    {
                        "id": "mdl",
                        "format": "mso_mdoc",
                        "meta": {"doctype_value": MDL},
                    }
                ]
            }
        ),
        query(
            of_licence(
                "x",
                trusted_authorities=[
                    {"type": "etsi_tl", "values": ["https://a.example"]}
                ],
            )
        ),
    ],
)
def test_what_a_device_request_has_no_words_for_is_not_asked(asking: Query) -> None:
    with pytest.raises(UsageError):
        verifier().ask_device(asking, session=meeting().session, at=AT)


def test_a_question_comes_from_a_verifier_with_certificates() -> None:
    question, _ = asked_of(wallet(issued()), query(of_licence("family_name")))
    with pytest.raises(UsageError, match="ask_device"):
        replace(question, message=b"")
    assert question.message.hex() not in repr(question)
    pinned = RelyingParty(
        signer=reader().signer, client_id="kiosk", answer_to="https://kiosk.example/"
    )
    unknown = Verifier(identity=pinned, policy=RETAIL, replay=MemoryReplay())
    with pytest.raises(UsageError, match="certificates"):
        unknown.ask_device(question.query, session=meeting().session, at=AT)
    for life in (timedelta(0), timedelta(days=2)):
        with pytest.raises(UsageError, match="lives"):
            verifier().ask_device(
                question.query, session=meeting().session, at=AT, lifetime=life
            )


def test_a_licence_of_a_child_answers_with_the_age_that_is_not_reached() -> None:
    young = licence(birth_date=date(2012, 1, 1), age_over_16=False, age_over_21=False)
    own = wallet(issued(young))
    question, asked = asked_of(own, query(of_licence("age_over_18")))
    found = judged(answer(own, asked), question)
    assert isinstance(found, VerifiedPresentation)
    assert found.credential("mdl").claims == {NAMESPACE: {"age_over_16": False}}
    assert found.age_over(18) is False


def test_a_page_asks_over_the_browser_and_only_it_reads_the_answer() -> None:
    """ISO/IEC TS 18013-7 Annex C, both sides, with what a browser carries between."""
    own, key, origin = wallet(issued()), RecipientKey(), "https://shop.example"
    info = encryption_info(key.public_key, random=secrets.token_bytes)
    question = verifier().ask_device(
        query(of_licence("family_name")),
        session=Session(info.handover(origin)),
        at=AT,
    )
    heard = read_encryption_info(info.text, at="info")
    asked = own.read_device_request(
        question.message, handover=heard.handover(origin), at=AT
    )
    sealed = encrypt_response(answer(own, asked), info=heard, origin=origin)
    response = decrypt_response(sealed, key=key, handover=info.handover(origin))
    assert isinstance(judged(response, question), VerifiedPresentation)
    # A page that hands on another's request is told by the browser's own origin.
    with pytest.raises(VerificationFailed):
        own.read_device_request(
            question.message, handover=heard.handover("https://evil.example"), at=AT
        )


def test_of_a_query_for_either_format_a_device_is_asked_for_documents() -> None:
    own, sets = wallet(issued()), [{"options": [["pid"], ["mdl"]]}]
    either = query(
        of_card("family_name"), of_licence("family_name"), credential_sets=sets
    )
    question, asked = asked_of(own, either)
    assert [each.id for each in question.query.credentials] == ["mdl"]
    assert question.query.credential_sets == ()
    assert isinstance(judged(answer(own, asked), question), VerifiedPresentation)
    also = query(
        of_card("family_name"),
        of_licence("family_name"),
        credential_sets=[
            {"options": [["mdl"]]},
            {"options": [["pid"]], "required": False},
        ],
    )
    question, _ = asked_of(own, also)
    assert [each.id for each in question.query.credentials] == ["mdl"]
    for needed in (
        query(of_card("family_name"), of_licence("family_name")),
        query(
            of_card("family_name"),
            of_licence("family_name"),
            credential_sets=[{"options": [["mdl", "pid"]]}],
        ),
    ):
        with pytest.raises(UsageError, match="alone"):
            verifier().ask_device(needed, session=meeting().session, at=AT)


def test_an_age_is_asked_for_as_anywhere() -> None:
    """`Query.age_over` has options for both encodings; in person documents count."""
    own = wallet(issued())
    question, asked = asked_of(own, Query.age_over(18))
    assert question.query.credentials
    found = judged(answer(own, asked), question)
    assert isinstance(found, VerifiedPresentation), failed(found)
    assert found.age_over(18) is True
    young = licence(birth_date=date(2012, 1, 1), age_over_16=False, age_over_21=False)
    own = wallet(issued(young))
    question, asked = asked_of(own, Query.age_over(18))
    found = judged(answer(own, asked), question)
    assert (CheckId.PRESENTATION_QUERY, Reason.VALUE_DIFFERS) in failed(found)


def test_an_expired_licence_is_not_offered_in_person() -> None:
    own = wallet(issued(days=1), issued(days=20))
    _, asked = asked_of(own, query(of_licence("family_name")))
    assert len(own.match(asked, at=AT).offers("document-0")) == 2
    later = own.match(asked, at=AT + timedelta(days=1))
    assert len(later.offers("document-0")) == 1
    assert later.found.credentials[0].misses


def test_a_licence_whose_key_is_gone_is_not_shown_in_person() -> None:
    keys = MemoryKeyStore()
    own = Holder(store=MemoryStore(), seal=SEAL, keys=keys, trust=scene().trust)
    signer = StoredKeySigner(keys.create("ES256", None))
    own.add(issued(to=signer.public_key), at=AT)
    _, asked = asked_of(own, query(of_licence("family_name")))
    choice = own.match(asked, at=AT).choose()
    assert own.present_device(asked, choice, at=AT)
    keys.delete(signer.public_key.thumbprint)
    with pytest.raises(SignerUnavailable):
        own.present_device(asked, choice, at=AT)


def test_two_sessions_of_one_reader_are_told_apart() -> None:
    """A reader that knows its other sessions says which one an answer was for."""
    own, here, there = wallet(issued()), meeting(), meeting()
    _, asked = asked_of(own, query(of_licence("family_name")), at_=there)
    response = answer(own, asked)
    session = Session(here.handover, here.key, others=(there.handover,))
    question = verifier().ask_device(
        query(of_licence("family_name")), session=session, at=AT
    )
    found = judged(response, question)
    assert failed(found) == {(CheckId.HOLDER_BINDING, Reason.TRANSCRIPT_MISMATCH)}


def test_an_unknown_moment_is_a_mistake_of_the_caller() -> None:
    own = wallet(issued())
    question, asked = asked_of(own, query(of_licence("family_name")))
    choice = own.match(asked, at=AT).choose()
    naive = AT.replace(tzinfo=None)
    with pytest.raises(UsageError):
        own.present_device(asked, choice, at=naive)
    with pytest.raises(UsageError):
        own.read_device_request(
            question.message, handover=question.session.handover, at=naive
        )
    with pytest.raises(UsageError):
        verifier().ask_device(question.query, session=question.session, at=naive)
    other = replace(RETAIL, name="another policy")
    other_one = replace(question.verifier, policy=other)
    assert other_one.policy.digest() != question.policy_digest


def test_a_reader_asks_for_two_ages_and_a_wallet_states_no_more() -> None:
    own, met = wallet(issued()), meeting()
    two = query(of_licence("age_over_16", "age_over_18"))
    question, asked = asked_of(own, two)
    assert isinstance(judged(answer(own, asked), question), VerifiedPresentation)
    three = query(of_licence("age_over_16", "age_over_18", "age_over_65"))
    with pytest.raises(UsageError, match="two ages"):
        verifier().ask_device(three, session=met.session, at=AT)
    # One that asks for more all the same is given two.
    ages = [16, 17, 18, 20, 21, 64, 65, 66]
    asks = signed_request(
        [items_request(MDL, {NAMESPACE: {f"age_over_{n}": False for n in ages}})],
        handover=met.handover,
        by=reader(),
    )
    asked = own.read_device_request(asks, handover=met.handover, at=AT)
    (shown,) = own.match(asked, at=AT).choose().shown
    assert {path[1] for path in shown.reveals} == {"age_over_16", "age_over_21"}


# --- the person and the portrait ---------------------------------------------------

FACE = b"\xff\xd8\xff\xe0" + bytes(200)


def compared_in_person(
    *elements: str,
) -> tuple[DeviceQuestion, VerifiedPresentation | Unverified]:
    """Answer a desk at which a clerk looks at whoever stands there."""
    own, met = wallet(issued(licence(portrait=FACE))), meeting()
    policy = replace(RETAIL, name="desk", presence=PresenceRule.COMPARED)
    question = under(policy).ask_device(
        query(of_licence(*elements)), session=met.session, at=AT
    )
    asked = own.read_device_request(question.message, handover=met.handover, at=AT)
    return question, judged(answer(own, asked), question)


def under(policy: Policy) -> Verifier:
    return replace(verifier(), policy=policy)


def test_a_clerk_compares_the_portrait_that_a_device_shows() -> None:
    question, found = compared_in_person("family_name", "portrait")
    assert isinstance(found, AwaitingPortrait)
    assert found.portrait.image == FACE
    verified = found.confirm(matches=True, by="desk-3", at=AT)
    assert isinstance(verified, VerifiedPresentation)
    assert verified.report.outcome is Outcome.PASSED
    used = question.verifier.replay.settle(question.key())
    assert not used


def test_whom_the_portrait_of_a_device_does_not_show_is_refused() -> None:
    _, found = compared_in_person("family_name", "portrait")
    assert isinstance(found, AwaitingPortrait)
    refused = found.confirm(matches=False, by="desk-3", at=AT)
    assert isinstance(refused, Unverified)
    assert failed(refused) == {(CheckId.HOLDER_PRESENCE, Reason.PORTRAIT_DIFFERS)}


def test_without_a_portrait_a_device_leaves_open_who_holds_it() -> None:
    _, found = compared_in_person("family_name")
    assert isinstance(found, Unverified)
    assert not isinstance(found, AwaitingPortrait)
    assert found.report.outcome is Outcome.INDETERMINATE


def test_text_that_is_no_text_is_judged_and_raises_nothing() -> None:
    own = wallet(issued())
    question, _ = asked_of(own, query(of_licence("family_name")))
    for text in ("\udc80", "a\ud800b", ""):
        found = evaluate_presentation(
            text, request=question, trust=scene().trust, at=AT
        )
        assert found.report.outcome is Outcome.FAILED
