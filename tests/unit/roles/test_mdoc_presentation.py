"""A mobile document answers a request as any credential does, or is refused."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from secrets import token_bytes
from urllib.parse import urlencode

import pytest

from idwallet.codec.b64 import decode, encode
from idwallet.codec.cbor import read_cbor
from idwallet.codec.json import JsonObject, read_object, write_json
from idwallet.credentials.mdoc.issue import Mdoc
from idwallet.credentials.mdoc.present import Showing, device_response, signed_document
from idwallet.credentials.mdoc.structures import read_issuer_signed
from idwallet.credentials.mdoc.transcript import RedirectHandover
from idwallet.credentials.model import (
    Credential,
    Format,
    Unverified,
    VerifiedPresentation,
)
from idwallet.credentials.possession import HolderKey
from idwallet.credentials.query import Query
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.seal import SealKey, seal, unseal
from idwallet.crypto.software import SoftwareSigner
from idwallet.errors import UsageError
from idwallet.report import CheckId, Outcome, Reason
from idwallet.roles.issuer import Issuer
from idwallet.roles.portrait import AwaitingPortrait
from idwallet.roles.presentation import evaluate_presentation
from idwallet.roles.verifier import PresentationRequest, RelyingParty, Verifier
from idwallet.testing.corpus.portraits import PRESENT
from idwallet.testing.mdoc import MDL, NAMESPACE, MdocScene
from idwallet.testing.scene import Scene
from idwallet.trust.anchors import TrustStore
from idwallet.trust.replay import MemoryReplay

CONTENT = Mdoc(
    MDL,
    {
        NAMESPACE: {
            "family_name": "Примерова",
            "birth_date": date(1990, 5, 17),
            "issuing_country": "XX",
            "age_over_18": True,
            "portrait": bytes(range(16)),
        }
    },
)


@cache
def mdocs() -> MdocScene:
    return MdocScene()


@cache
def scene() -> Scene:
    return Scene(at=mdocs().at)


@cache
def device() -> SoftwareSigner:
    return SoftwareSigner.generate(Algorithm.ES256)


@cache
def trust() -> TrustStore:
    return mdocs().root()


def issued(content: Mdoc = CONTENT, *, life: int = 30) -> Credential:
    identity = mdocs().signer
    issuer = Issuer(signer=identity.signer, certificates=identity.chain)
    return issuer.issue(
        content,
        holder_key=HolderKey.unproven(device().public_key, reason="a test key"),
        valid_until=mdocs().at + timedelta(days=life),
        at=mdocs().at,
    )


def query(*elements: str, **more: object) -> Query:
    claims = [{"path": [NAMESPACE, each]} for each in elements]
    asked: JsonObject = {
        "id": "mdl",
        "format": "mso_mdoc",
        "meta": {"doctype_value": MDL},
        "claims": [*claims],
    }
    return Query.from_dcql({"credentials": [asked | more]})  # type: ignore[dict-item,operator]


def asked(for_: Query) -> PresentationRequest:
    return scene().verifier.request(for_, purpose="age", at=mdocs().at)


def shown(request: PresentationRequest, *elements: str, **changes: str) -> str:
    """Return the DeviceResponse that a wallet answers with."""
    handover = RedirectHandover(
        request.client_id, request.nonce, request.verifier.identity.answer_to
    )
    document = read_issuer_signed(decode(issued().raw, at=""), at="")
    made = signed_document(
        Showing(document, {NAMESPACE: elements}),
        signer=device(),
        handover=replace(handover, **changes),
    )
    return encode(device_response([made]))


def answered(request: PresentationRequest, *texts: str, name: str = "mdl") -> str:
    token = json.dumps({name: list(texts)})
    return urlencode({"vp_token": token, "state": request.state})


def judged(
    request: PresentationRequest, body: str
) -> VerifiedPresentation | Unverified:
    return evaluate_presentation(body, request=request, trust=trust(), at=mdocs().at)


def failed(found: VerifiedPresentation | Unverified) -> set[tuple[CheckId, Reason]]:
    return {(each.id, each.reason) for each in found.report.failed()}


def test_what_was_asked_for_is_handed_on_by_namespace_and_element() -> None:
    request = asked(query("family_name", "age_over_18"))
    found = judged(
        request, answered(request, shown(request, "family_name", "age_over_18"))
    )
    assert isinstance(found, VerifiedPresentation), failed(found)
    credential = found.credential("mdl")
    assert credential.format is Format.MDOC
    assert credential.credential_type == MDL
    assert credential.claim((NAMESPACE, "age_over_18"), bool) is True
    assert credential.claim((NAMESPACE, "family_name"), str) == "Примерова"
    assert credential.certificate == mdocs().signer.certificate.sha256.hex()
    assert credential.valid_until == mdocs().at + timedelta(days=30)


def test_days_and_octets_come_as_json_has_them() -> None:
    request = asked(query("birth_date", "portrait"))
    found = judged(request, answered(request, shown(request, "birth_date", "portrait")))
    assert isinstance(found, VerifiedPresentation)
    credential = found.credential("mdl")
    assert credential.claim((NAMESPACE, "birth_date"), str) == "1990-05-17"
    text = credential.claim((NAMESPACE, "portrait"), str)
    assert decode(text, at="") == bytes(range(16))


def test_what_was_not_asked_for_is_named_and_withheld() -> None:
    request = asked(query("age_over_18"))
    found = judged(
        request, answered(request, shown(request, "age_over_18", "family_name"))
    )
    assert isinstance(found, VerifiedPresentation)
    claims = found.credential("mdl").claims
    assert claims == {NAMESPACE: {"age_over_18": True}}
    (said,) = (
        each for each in found.report.checks if each.reason is Reason.SURPLUS_WITHHELD
    )
    (path,) = said.fact("paths")  # type: ignore[misc]
    assert "family_name" in str(path)


@pytest.mark.parametrize(
    ("elements", "more", "reason"),
    [
        (("family_name",), {}, Reason.CLAIM_MISSING),
        (
            ("age_over_18",),
            {"claims": [{"path": [NAMESPACE, "age_over_18"], "values": [False]}]},
            Reason.VALUE_DIFFERS,
        ),
        (
            ("age_over_18",),
            {"meta": {"doctype_value": "org.iso.23220.photoid.1"}},
            Reason.TYPE_NOT_REQUESTED,
        ),
    ],
)
def test_an_answer_to_something_else_fails_the_query(
    elements: tuple[str, ...], more: dict[str, object], reason: Reason
) -> None:
    request = asked(query("age_over_18", **more))
    found = judged(request, answered(request, shown(request, *elements)))
    assert (CheckId.PRESENTATION_QUERY, reason) in failed(found)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"nonce": "another-nonce-of-somebody"}, Reason.INVALID),
        ({"client_id": "x509_hash:another"}, Reason.INVALID),
        ({"response_uri": "https://other.example/"}, Reason.INVALID),
        ({"nonce": ""}, Reason.TRANSCRIPT_MISMATCH),
    ],
)
def test_an_answer_to_another_conversation_fails_the_binding(
    change: dict[str, str], reason: Reason
) -> None:
    request = asked(query("age_over_18"))
    found = judged(request, answered(request, shown(request, "age_over_18", **change)))
    assert failed(found) == {(CheckId.HOLDER_BINDING, reason)}


def test_an_answer_counts_once() -> None:
    request = asked(query("age_over_18"))
    body = answered(request, shown(request, "age_over_18"))
    assert judged(request, body).report.outcome is Outcome.PASSED
    again = answered(request, shown(request, "age_over_18"))
    assert (CheckId.PRESENTATION_REPLAY, Reason.ALREADY_USED) in failed(
        judged(request, again)
    )


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: "no base64url!",
        lambda _: encode(b"no CBOR"),
        lambda _: encode(device_response([])),
        lambda text: encode(decode(text, at="")[:-1]),
        lambda text: encode(
            device_response(read_cbor(decode(text, at=""), at="")["documents"] * 2)  # type: ignore[index,operator,arg-type,call-overload]
        ),
        lambda text: encode(
            device_response(
                read_cbor(decode(text, at=""), at="")["documents"],  # type: ignore[index,arg-type,call-overload]
                status=10,
            )
        ),
    ],
)
def test_what_is_no_response_of_one_document_is_malformed(
    spoil: Callable[[str], str],
) -> None:
    request = asked(query("age_over_18"))
    text = shown(request, "age_over_18")
    found = judged(request, answered(request, spoil(text)))
    assert failed(found) == {(CheckId.CREDENTIAL_FORMAT, Reason.MALFORMED)}


def test_one_document_does_not_count_for_two() -> None:
    request = asked(query("age_over_18", multiple=True))
    texts = [shown(request, "age_over_18")] * 2
    found = judged(request, answered(request, *texts))
    assert (CheckId.PRESENTATION_QUERY, Reason.TOO_MANY_CREDENTIALS) in failed(found)


def test_a_card_and_a_licence_answer_one_query() -> None:
    card = scene().issue()
    both = Query.from_dcql(
        {
            "credentials": [
                *scene().request().query.to_dcql()["credentials"],  # type: ignore[misc]
                *query("age_over_18").to_dcql()["credentials"],  # type: ignore[misc]
            ],
            "credential_sets": [{"options": [["pid"], ["mdl"]]}],
        }
    )
    request = scene().verifier.request(both, purpose="age", at=scene().at)
    by_licence = judged(request, answered(request, shown(request, "age_over_18")))
    assert isinstance(by_licence, VerifiedPresentation), failed(by_licence)
    request = scene().verifier.request(both, purpose="age", at=scene().at)
    by_card = evaluate_presentation(
        scene().answer(request, card),
        request=request,
        trust=scene().trust,
        at=scene().at,
    )
    assert isinstance(by_card, VerifiedPresentation)
    assert by_card.credential("pid").format is Format.SD_JWT_VC


def test_an_issuer_without_certificates_issues_no_mobile_document() -> None:
    issuer = Issuer(signer=mdocs().signer.signer, kid="a-key")
    with pytest.raises(UsageError, match="certificates"):
        issuer.issue(
            CONTENT,
            holder_key=HolderKey.unproven(device().public_key, reason="a test key"),
            valid_until=mdocs().at + timedelta(days=1),
            at=mdocs().at,
        )


def test_a_document_does_not_outlive_its_signer() -> None:
    with pytest.raises(UsageError, match="outlive"):
        issued(life=400)


def test_a_document_too_large_for_any_wallet_is_not_issued() -> None:
    elements = {NAMESPACE: {"portrait": bytes(1_100_000)}}
    with pytest.raises(UsageError, match="larger"):
        issued(replace(CONTENT, elements=elements))


def test_another_process_judges_a_document_shown_for_a_saved_request() -> None:
    request = asked(query("age_over_18"))
    body = answered(request, shown(request, "age_over_18"))
    key = SealKey(bytes(range(32)))
    judge = Verifier(
        # Whoever judges need not know where answers go: the request does.
        identity=RelyingParty(
            signer=device(), answer_to="", client_id=request.client_id
        ),
        policy=scene().verifier.policy,
        replay=MemoryReplay(),
    )
    restored = judge.restore(request.save(key), key)
    assert restored.response_uri == scene().verifier.identity.answer_to
    found = judged(restored, body)
    assert isinstance(found, VerifiedPresentation), failed(found)


def test_a_request_saved_before_it_kept_its_address_is_judged_by_who_asked() -> None:
    request = asked(query("age_over_18"))
    key = SealKey(bytes(range(32)))
    context = b"idwallet presentation request/1"
    plain = unseal(request.save(key), key=key, context=context, at="state")
    state = read_object(plain, at="state")
    del state["response_uri"]
    saved = seal(write_json(state), key=key, context=context, random=token_bytes)
    assert scene().verifier.restore(saved, key).response_uri == request.response_uri


def test_a_clerk_compares_the_portrait_of_a_mobile_document() -> None:
    image = b"\xff\xd8\xff\xe0 nobody"
    namespaces = {NAMESPACE: {**CONTENT.elements[NAMESPACE], "portrait": image}}
    raw = issued(Mdoc(MDL, namespaces)).raw
    verifier = scene().new_verifier(policy=PRESENT)
    request = verifier.request(
        query("family_name", "portrait"), purpose="a test", at=mdocs().at
    )
    handover = RedirectHandover(
        request.client_id, request.nonce, request.verifier.identity.answer_to
    )
    made = signed_document(
        Showing(
            read_issuer_signed(decode(raw, at=""), at=""),
            {NAMESPACE: ("family_name", "portrait")},
        ),
        signer=device(),
        handover=handover,
    )
    found = judged(request, answered(request, encode(device_response([made]))))
    assert isinstance(found, AwaitingPortrait)
    assert (found.portrait.image, found.portrait.media_type) == (image, "image/jpeg")
    verified = found.confirm(matches=True, by="desk-7", at=mdocs().at)
    assert isinstance(verified, VerifiedPresentation)
    assert verified.claim((NAMESPACE, "family_name"), str) == "Примерова"
