"""What was not chosen is not shown, and no verdict repeats what was."""

import json
import logging
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idwallet.codec import b64
from idwallet.credentials.model import VerifiedPresentation
from idwallet.credentials.sdjwt.issue import Hash, Shape
from idwallet.credentials.sdjwt.metadata import Disclosability
from idwallet.credentials.sdjwt.present import (
    choose_disclosures,
    read_held,
    show_claims,
)
from idwallet.errors import IdWalletError
from idwallet.explain import explain
from idwallet.explain.words import LANGUAGES, READERS
from idwallet.ports import Shelf
from idwallet.report import Outcome
from idwallet.roles.presentation import verify_presentation
from idwallet.testing.corpus import PRESENTATIONS, Forgery
from idwallet.testing.draft import Draft
from tests.properties.presentations import (
    CANARY,
    canary_claims,
    canary_content,
    judged,
    new_draft,
    renewed,
    scene,
    views,
)

PATHS = {
    ("family_name",): {"family"},
    ("given_name",): {"given"},
    ("birthdate",): {"birth"},
    ("nationalities",): {"nation-0", "nation-1"},
    ("nationalities", 1): {"nation-1"},
    ("address",): {"street", "locality", "country"},
    ("address", "locality"): {"locality"},
    ("address", "country"): {"country"},
}
ELEMENTS = {("nationalities", None): Disclosability.ALWAYS}


def canaries(text: str) -> set[str]:
    """The canaries that a text holds in any encoding."""
    seen = "\0".join(views(text))
    values = json.dumps(canary_claims()).split(f'"{CANARY}-')[1:]
    every = {value.partition('"')[0] for value in values}
    return {each for each in every if f"{CANARY}-{each}" in seen}


def test_a_canary_is_found_in_every_encoding_it_can_be_in() -> None:
    value = f"{CANARY}-family"
    hidden = b64.encode(json.dumps(["salt", "x", {"y": [value]}]).encode())
    for text in (
        value,
        hidden,
        f"a~{hidden}~b",
        f"a.{hidden}.b",
        f'{{"a":"{hidden}"}}',
    ):
        assert canaries(text) == {"family"}
    assert canaries("nothing") == set()


@pytest.mark.parametrize("shape", Shape)
@pytest.mark.parametrize("hash_name", Hash)
@given(chosen=st.sets(st.sampled_from(sorted(PATHS, key=str))))
def test_what_is_shown_holds_exactly_what_was_chosen(
    shape: Shape, hash_name: Hash, chosen: set[tuple[str | int, ...]]
) -> None:
    held = HELD[shape, hash_name]
    shown = show_claims(held, choose_disclosures(held, chosen))
    found = canaries(shown)
    wanted = set().union(*(PATHS[path] for path in chosen))
    if shape is Shape.FLAT and any(path[0] == "address" for path in chosen):
        wanted |= PATHS["address",]  # hidden as one, so shown as one
    assert found == wanted


HELD = {
    (shape, name): read_held(
        scene()
        .issue(canary_content(shape=shape, hash=name, disclosure=ELEMENTS, decoys=2))
        .raw
    )
    for shape in Shape
    for name in Hash
}


@pytest.mark.parametrize("held", HELD.values(), ids=str)
def test_what_the_issuer_signed_holds_no_value_and_no_name(held: object) -> None:
    shown = show_claims(held, ())  # type: ignore[arg-type]  # of HELD
    assert canaries(shown) == set()
    names = {"family_name", "birthdate"}
    assert not any(name in view for view in views(shown) for name in names)


def test_an_answer_of_a_wallet_holds_exactly_what_was_asked() -> None:
    request = scene().request()
    body = scene().answer(request, scene().issue(canary_content()))
    assert canaries(body) == {"family"}


def test_what_was_shown_beyond_the_query_is_not_handed_on() -> None:
    made = new_draft()
    made.claims = {**canary_claims(), "age_equal_or_over": {"18": True}}
    found = judged(made.response(), renewed(made.request))
    assert isinstance(found, VerifiedPresentation)
    claims = json.dumps(dict(found.credentials[0].claims))
    assert canaries(claims) == {"family"}
    for name in ("given_name", "birthdate", "address", "nationalities"):
        assert name not in claims


# --- a verdict repeats no claim ------------------------------------------------------


def canary_draft(forgery: Forgery) -> tuple[Draft, Draft]:
    """Return a forgery's twins with canaries for claims."""
    valid, forged = forgery.twins(scene())
    for made in (valid, forged):
        made.claims = {
            name: f"{CANARY}-family" if name == "family_name" else value
            for name, value in made.claims.items()
        }
        made.claims["given_name"] = f"{CANARY}-given"
    return valid, forged


@pytest.mark.parametrize("forgery", PRESENTATIONS, ids=lambda each: each.name)
def test_no_verdict_repeats_a_claim(
    forgery: Forgery, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for made in canary_draft(forgery):
        request = renewed(made.request)
        texts: list[str] = []
        try:
            found: object = verify_presentation(
                made.response(), request=request, trust=scene().trust, at=scene().at
            )
        except IdWalletError as error:
            found = error
            texts += traceback.format_exception(error)
        report = found.report  # type: ignore[attr-defined]  # all of them have one
        texts += [str(found), repr(found), repr(report), json.dumps(report.to_json())]
        texts += [repr(request), repr(made.request.query)]
        texts += [
            str(explain(report, lang=lang, reader=reader))
            for lang in LANGUAGES
            for reader in READERS
        ]
        if report.outcome is Outcome.PASSED:
            texts += [repr(each) for each in found.credentials]  # type: ignore[attr-defined]
        assert CANARY not in "\n".join(texts)
    assert caplog.text == ""


def test_nothing_that_a_wallet_holds_shows_a_claim() -> None:
    credential = scene().issue(canary_content())
    wallet = scene().new_wallet()
    held = wallet.add(credential, at=scene().at)
    request = scene().request()
    asked = wallet.read_request(request.message.raw, at=scene().at)
    match = wallet.match(asked, at=scene().at)
    choice = match.choose()
    response = wallet.present(asked, choice, at=scene().at)
    stored = read_held(credential.raw)
    for each in (
        credential,
        canary_content(),
        held,
        asked,
        match,
        choice,
        response,
        stored,
        stored.unpacked,
        stored.sd_jwt,
        wallet,
        request,
    ):
        assert CANARY not in repr(each)
        assert CANARY not in str(each)


def test_what_the_store_sees_is_ciphertext() -> None:
    wallet = scene().new_wallet()
    wallet.add(scene().issue(canary_content()), at=scene().at)
    store = wallet.vault._store
    assert [*store.records(Shelf.CREDENTIAL)]
    for record in (each for shelf in Shelf for each in store.records(shelf)):
        assert CANARY.encode() not in record.sealed
        assert canaries(record.sealed.decode("latin-1")) == set()
