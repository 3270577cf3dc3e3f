from dataclasses import replace

import pytest

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, read_object
from idwallet.credentials.paths import ClaimPath, look_up
from idwallet.credentials.sdjwt.issue import SdJwtVc, Shape
from idwallet.credentials.sdjwt.metadata import Disclosability
from idwallet.credentials.sdjwt.present import (
    bind_to_key,
    choose_disclosures,
    holder_thumbprint,
    leaf_places,
    read_held,
    revealed_places,
    show_claims,
)
from idwallet.credentials.sdjwt.structures import digest_of, read_sd_jwt
from idwallet.credentials.sdjwt.unpack import DisclosureFault
from idwallet.errors import MalformedError, UsageError
from idwallet.testing.draft import draft
from idwallet.testing.scene import PID, Scene

SCENE = Scene(seed=b"idwallet TEST present")
CONTENT = SdJwtVc(
    vct=PID,
    claims={
        "name": "N",
        "address": {"street": "S", "geo": {"lat": 1, "lon": 2}},
        "list": ["a", {"b": "c"}],
        "open": {"x": 1},
    },
    disclosure={
        ("list", None): Disclosability.ALWAYS,
        ("open",): Disclosability.NEVER,
        ("open", "x"): Disclosability.NEVER,
    },
)
RAW = SCENE.issue(CONTENT).raw
HELD = read_held(RAW)
MINE = SCENE.holder_signer


def places(*paths: ClaimPath) -> set[tuple[str | int, ...]]:
    """Where the chosen disclosures' claims stand."""
    chosen = choose_disclosures(HELD, paths)
    return {e.place for e in HELD.unpacked.revealed if e.position in chosen}


def test_a_holder_sees_what_can_be_shown_or_kept() -> None:
    assert set(HELD.disclosable()) == {
        ("name",),
        ("address",),
        ("address", "street"),
        ("address", "geo"),
        ("address", "geo", "lat"),
        ("address", "geo", "lon"),
        ("list",),
        ("list", 0),
        ("list", 1),
    }
    assert repr(HELD) == "Held(<9 disclosures>)"


def test_nothing_chosen_shows_nothing() -> None:
    assert places() == set()
    assert show_claims(HELD, ()) == RAW.partition("~")[0] + "~"


def test_the_parents_of_a_claim_come_along_and_its_siblings_do_not() -> None:
    assert places(("address", "geo", "lat")) == {
        ("address",),
        ("address", "geo"),
        ("address", "geo", "lat"),
    }


def test_an_object_is_shown_whole_when_its_path_is_chosen() -> None:
    assert places(("address",)) == {p for p in HELD.disclosable() if p[0] == "address"}
    assert places(("address", "geo")) == {
        ("address",),
        ("address", "geo"),
        ("address", "geo", "lat"),
        ("address", "geo", "lon"),
    }


def test_elements_are_chosen_one_by_one_or_all() -> None:
    assert places(("list", 1)) == {("list",), ("list", 1)}
    assert places(("list", None)) == {("list",), ("list", 0), ("list", 1)}
    assert places(("list", None)) == places(("list",))
    assert places(("list", 1, "b")) == {("list",), ("list", 1)}


def test_paths_with_and_without_wildcards_and_the_whole_are_chosen_alike() -> None:
    assert places(("list", None), ("name",)) == places(("list",)) | {("name",)}
    assert places(("list", None, "b"), ("address", "street")) == {
        *places(("list",)),
        ("address",),
        ("address", "street"),
    }
    assert places(()) == set(HELD.disclosable())


def test_what_is_always_shown_needs_no_disclosure() -> None:
    assert places(("open", "x"), ("vct",)) == set()


def test_what_is_not_there_shows_no_claim() -> None:
    assert places(("absent",)) == set()


@pytest.mark.parametrize("shape", Shape)
def test_every_choice_can_be_shown(shape: Shape) -> None:
    held = read_held(
        SCENE.issue(SdJwtVc(vct=PID, claims=CONTENT.claims, shape=shape)).raw
    )
    for place in held.disclosable():
        shown = read_held(show_claims(held, choose_disclosures(held, [place])))
        assert place in shown.disclosable()
        assert set(shown.disclosable()) <= set(held.disclosable())


def test_several_paths_to_one_claim_show_it_once() -> None:
    chosen = choose_disclosures(HELD, [("name",), ("name",), ("address", "street")])
    assert chosen == tuple(sorted(set(chosen)))
    assert len(chosen) == 3


# --- what will be seen ---------------------------------------------------------------


def seen(content: SdJwtVc, *paths: ClaimPath) -> set[ClaimPath]:
    held = read_held(SCENE.issue(content).raw)
    return set(revealed_places(held, choose_disclosures(held, paths)))


ADDRESS = SdJwtVc(
    vct=PID,
    claims={
        "name": "N",
        "address": {"country": "DE", "street": "S", "lines": ["1", "2"], "none": {}},
        "list": ["a", "b"],
    },
)
WHOLE_ADDRESS = {
    ("address", "country"),
    ("address", "street"),
    ("address", "lines", 0),
    ("address", "lines", 1),
    ("address", "none"),
}


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        (Shape.FLAT, WHOLE_ADDRESS),
        (Shape.RECURSIVE, {("address", "country")}),
        (Shape.STRUCTURED, {("address", "country")}),
    ],
)
def test_what_shares_a_disclosure_with_a_claim_is_seen_with_it(
    shape: Shape, expected: set[ClaimPath]
) -> None:
    content = replace(ADDRESS, shape=shape)
    assert seen(content, ("address", "country")) == expected
    assert seen(content, ("address",)) == WHOLE_ADDRESS
    assert seen(content, ("list", 0)) == {("list", 0), ("list", 1)}
    assert seen(content) == set()


def test_elements_hidden_one_by_one_are_seen_one_by_one() -> None:
    content = replace(ADDRESS, disclosure={("list", None): Disclosability.ALWAYS})
    assert seen(content, ("list", 1)) == {("list", 1)}


def test_what_is_always_disclosed_is_seen_but_not_what_is_about_the_credential() -> (
    None
):
    content = replace(ADDRESS, disclosure={("name",): Disclosability.NEVER})
    assert seen(content) == {("name",)}
    assert seen(content, ("vct",), ("exp",)) == {("name",)}


@pytest.mark.parametrize("shape", Shape)
def test_what_is_said_to_be_seen_is_what_a_verifier_reads(shape: Shape) -> None:
    content = replace(CONTENT, disclosure={}, shape=shape)
    held = read_held(SCENE.issue(content).raw)
    about = {"vct", "iat", "exp", "cnf"}
    for place in leaf_places(held.unpacked.positioned):
        chosen = choose_disclosures(held, [place])
        shown = read_held(show_claims(held, chosen)).unpacked.positioned
        read = {
            each
            for each in leaf_places(shown)
            if each[0] not in about and look_up(shown, each) != {}
        }
        assert read == set(revealed_places(held, chosen))


# --- key binding --------------------------------------------------------------------


def bound(**changes: str) -> str:
    arguments = {"nonce": "n", "audience": "a", "algorithm": "sha-256", **changes}
    return bind_to_key(RAW, signer=MINE, at=SCENE.at, **arguments)


def test_a_binding_says_what_it_must_and_no_more() -> None:
    head, body, _ = bound().rpartition("~")[2].split(".")
    assert read_object(b64.decode(head, at="test"), at="test") == {
        "alg": "ES256",
        "typ": "kb+jwt",
    }
    assert read_object(b64.decode(body, at="test"), at="test") == {
        "iat": int(SCENE.at.timestamp()),
        "aud": "a",
        "nonce": "n",
        "sd_hash": digest_of(RAW, "sha-256"),
    }


@pytest.mark.parametrize("name", ["sha-256", "sha-384", "sha-512"])
def test_a_binding_hashes_as_the_issuer_does(name: str) -> None:
    body = bound(algorithm=name).rpartition("~")[2].split(".")[1]
    said: JsonObject = read_object(b64.decode(body, at="test"), at="test")
    assert said["sd_hash"] == digest_of(RAW, name)


@pytest.mark.parametrize("change", [{"nonce": ""}, {"audience": ""}])
def test_nothing_is_bound_without_nonce_and_audience(change: dict[str, str]) -> None:
    assert bound()
    with pytest.raises(UsageError):
        bound(**change)


# --- whose it is ---------------------------------------------------------------------


def test_the_key_it_is_bound_to_is_found_without_verifying() -> None:
    assert holder_thumbprint(RAW) == MINE.public_key.thumbprint


@pytest.mark.parametrize(
    "confirmation", [None, 1, {}, {"jwk": None}, {"kid": "1"}, {"jwk": {"kty": "oct"}}]
)
def test_a_key_that_cannot_be_read_is_nobodys(confirmation: object) -> None:
    made = draft(SCENE)
    made.payload = {"cnf": confirmation}  # type: ignore[dict-item]  # any JSON
    assert holder_thumbprint(made.shown()) is None


@pytest.mark.parametrize("text", ["", "~", "a.b.c~", "é~"])
def test_what_cannot_be_read_is_nobodys(text: str) -> None:
    assert holder_thumbprint(text) is None


# --- reading again ------------------------------------------------------------------


def test_a_stored_credential_is_read_again_as_it_was() -> None:
    again = read_held(RAW)
    assert again == HELD
    assert again.unpacked.claims["address"] == CONTENT.claims["address"]
    assert read_sd_jwt(RAW) == again.sd_jwt


def test_a_stored_text_that_was_changed_is_refused() -> None:
    head, first, *rest = RAW.split("~")
    with pytest.raises(MalformedError):
        read_held(head)
    with pytest.raises(DisclosureFault):
        read_held("~".join((head, first, first, *rest)))
