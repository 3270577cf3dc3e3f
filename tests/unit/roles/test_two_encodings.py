"""One type of credential in two encodings: either answers, through one call."""

import json
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Final
from urllib.parse import urlencode

import pytest

from idwallet.codec.b64 import decode, encode
from idwallet.codec.json import JsonValue
from idwallet.credentials.catalogue import catalogue
from idwallet.credentials.mdoc.elements import ElementValue
from idwallet.credentials.mdoc.issue import Mdoc
from idwallet.credentials.mdoc.present import Showing, device_response, signed_document
from idwallet.credentials.mdoc.structures import read_issuer_signed
from idwallet.credentials.mdoc.transcript import RedirectHandover
from idwallet.credentials.model import Credential, Unverified, VerifiedPresentation
from idwallet.credentials.possession import HolderKey
from idwallet.credentials.query import Query
from idwallet.credentials.sdjwt.issue import SdJwtVc
from idwallet.credentials.sdjwt.metadata import TypeMetadataSet
from idwallet.errors import UsageError
from idwallet.report import CheckId, Outcome, Reason
from idwallet.roles.presentation import evaluate_presentation
from idwallet.roles.verifier import PresentationRequest
from idwallet.testing.scene import Scene

PID: Final = catalogue()["national-id"]
VCT: Final = PID.types["dc+sd-jwt"]
DOC_TYPE: Final = PID.types["mso_mdoc"]

# An invented person.
CLAIMS: Final[Mapping[str, JsonValue]] = {
    "family_name": "Примерова",
    "birthdate": "1990-05-17",
    "nationalities": ["XX"],
    "issuing_country": "XX",
    "age_equal_or_over": {"18": True, "65": False},
}
ELEMENTS: Final[Mapping[str, ElementValue]] = {
    "family_name": "Примерова",
    "birth_date": date(1990, 5, 17),
    "nationality": ["XX"],
    "issuing_country": "XX",
    "age_over_18": True,
    "age_over_65": False,
}


@cache
def scene() -> Scene:
    return Scene()


def _issue(content: SdJwtVc | Mdoc) -> Credential:
    return scene().issuer.issue(
        content,
        holder_key=HolderKey.unproven(
            scene().holder_signer.public_key, reason="a test key made here"
        ),
        valid_until=scene().at + timedelta(days=30),
        at=scene().at,
    )


def as_sd_jwt(request: PresentationRequest, **claims: JsonValue) -> str:
    card = _issue(SdJwtVc(vct=VCT, claims={**CLAIMS, **claims}))
    return scene().answer(request, card)


def as_mdoc(request: PresentationRequest, **elements: ElementValue) -> str:
    """Answer with a mobile document, without asking a wallet whether it fits."""
    raw = _issue(Mdoc(DOC_TYPE, {DOC_TYPE: {**ELEMENTS, **elements}})).raw
    asked = request.query.credential("national-id-mdoc")
    assert asked is not None
    wanted = [str(each.path[1]) for each in asked.claims]
    handover = RedirectHandover(
        request.client_id, request.nonce, request.verifier.identity.answer_to
    )
    shown = Showing(read_issuer_signed(decode(raw, at=""), at=""), {DOC_TYPE: wanted})
    made = signed_document(shown, signer=scene().holder_signer, handover=handover)
    token = json.dumps({asked.id: [encode(device_response([made]))]})
    return urlencode({"vp_token": token, "state": request.state})


def by_wallet(request: PresentationRequest) -> str:
    """Answer with a mobile document as a wallet does."""
    card = _issue(Mdoc(DOC_TYPE, {DOC_TYPE: ELEMENTS}))
    return scene().answer(request, card)


def judged(
    request: PresentationRequest, body: str
) -> VerifiedPresentation | Unverified:
    return evaluate_presentation(
        body, request=request, trust=scene().trust, at=scene().at
    )


Answer = Callable[..., str]
EITHER: Final = pytest.mark.parametrize("answer", [as_sd_jwt, as_mdoc, by_wallet])


@EITHER
def test_one_person_answers_one_query_in_either_encoding(answer: Answer) -> None:
    asked = ("family_name", "birth_date", "nationality")
    request = scene().request(Query.claims("national-id", *asked))
    found = judged(request, answer(request))
    assert isinstance(found, VerifiedPresentation), found.report.failed()
    assert found.claim_named("family_name", str) == "Примерова"
    assert found.claim_named("birth_date", str) == "1990-05-17"
    assert found.claim_named("nationality", list) == ["XX"]
    (only,) = found.credentials
    assert only.claim_named("birth_date", str) == "1990-05-17"
    assert only.query_id in {"national-id", "national-id-mdoc"}
    assert found.age_over(36) is True
    assert found.age_over(37) is False


@EITHER
def test_an_age_is_proven_in_either_encoding_and_nothing_else(answer: Answer) -> None:
    request = scene().request(Query.age_over(18))
    found = judged(request, answer(request))
    assert isinstance(found, VerifiedPresentation), found.report.failed()
    assert found.age_over(18) is True
    assert found.age_over(16) is True
    assert found.age_over(21) is None
    with pytest.raises(UsageError):
        found.claim_named("birth_date", str)


@EITHER
def test_nobody_under_age_passes_in_either_encoding(answer: Answer) -> None:
    request = scene().request(Query.age_over(65))
    if answer is not as_mdoc:
        with pytest.raises(UsageError):  # the wallet has nothing to answer with
            answer(request)
        return
    found = judged(request, answer(request))
    assert isinstance(found, Unverified)
    faults = {(each.id, each.reason) for each in found.report.failed()}
    assert faults == {(CheckId.PRESENTATION_QUERY, Reason.VALUE_DIFFERS)}


@EITHER
def test_an_answer_in_the_place_of_the_other_encoding_is_refused(
    answer: Answer,
) -> None:
    request = scene().request(Query.claims("national-id", "family_name"))
    body = answer(request)
    assert judged(scene().request(Query.claims("national-id", "family_name")), body)
    names = ("national-id", "national-id-mdoc")
    here, there = names if answer is as_sd_jwt else reversed(names)
    swapped = body.replace(f"%22{here}%22", f"%22{there}%22")
    assert swapped != body
    found = judged(request, swapped)
    assert isinstance(found, Unverified)
    assert found.report.outcome is Outcome.FAILED
    faults = {each.id for each in found.report.failed()}
    assert CheckId.CREDENTIAL_FORMAT in faults


def test_a_wallet_that_holds_both_encodings_answers_with_the_first_asked_for() -> None:
    wallet = scene().new_wallet()
    wallet.add(_issue(Mdoc(DOC_TYPE, {DOC_TYPE: ELEMENTS})), at=scene().at)
    wallet.add(_issue(SdJwtVc(vct=VCT, claims=CLAIMS)), at=scene().at)
    request = scene().request(Query.claims("national-id", "family_name"))
    asked = wallet.read_request(request.message.raw, at=scene().at)
    match = wallet.match(asked, at=scene().at)
    answer = wallet.present(asked, match.choose(), at=scene().at)
    found = judged(request, answer.body)
    assert isinstance(found, VerifiedPresentation)
    (only,) = found.credentials
    assert only.query_id == "national-id"


def test_both_encodings_may_answer_and_must_agree_on_the_age() -> None:
    query = Query.claims("national-id", "birth_date")
    for born, expected in ((date(1990, 5, 17), True), (date(2015, 5, 17), None)):
        request = scene().request(query)
        first, second = as_sd_jwt(request), as_mdoc(request, birth_date=born)
        found = judged(request, _joined(first, second))
        assert isinstance(found, VerifiedPresentation), found.report.failed()
        assert len(found.credentials) == 2
        assert found.age_over(18) is expected
        # Each by itself says what it says.
        each = [one.age_over(18, at=scene().at) for one in found.credentials]
        assert each == [True, born.year == 1990]
        with pytest.raises(UsageError, match="zone"):
            found.credentials[0].age_over(18, at=scene().at.replace(tzinfo=None))
        with pytest.raises(UsageError, match="2 claims"):
            found.claim_named("birth_date", str)


def _joined(first: str, second: str) -> str:
    """Put what answers one query beside what answers the other."""
    from urllib.parse import parse_qs

    one, two = parse_qs(first), parse_qs(second)
    token = json.loads(one["vp_token"][0]) | json.loads(two["vp_token"][0])
    return urlencode({"vp_token": json.dumps(token), "state": one["state"][0]})


def test_a_national_type_is_read_by_the_european_one_that_it_extends() -> None:
    national = "urn:eudi:pid:xx:1"
    documents = [
        json.dumps({"vct": national, "extends": VCT}).encode(),
        json.dumps({"vct": VCT}).encode(),
    ]
    query = Query.claims(national, "birthdate", "family_name")
    # Without the metadata nobody says what the type extends, and nothing is guessed.
    for types, born in ((documents, "1990-05-17"), ([], None)):
        here = Scene(types=TypeMetadataSet.read(types))
        request = here.request(query)
        card = here.issue(SdJwtVc(vct=national, claims=CLAIMS))
        found = evaluate_presentation(
            here.answer(request, card), request=request, trust=here.trust, at=here.at
        )
        assert isinstance(found, VerifiedPresentation), found.report.failed()
        (only,) = found.credentials
        assert only.credential_type == national
        assert only.extends == ((VCT,) if born else ())
        assert found.age_over(18) is (True if born else None)
        if born:
            assert found.claim_named("birth_date", str) == born
        else:
            with pytest.raises(UsageError):
                found.claim_named("birth_date", str)
