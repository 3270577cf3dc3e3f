import pytest

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, read_object
from idwallet.credentials.sdjwt.structures import read_disclosure, read_sd_jwt
from idwallet.report import Outcome
from idwallet.testing.corpus import judge
from idwallet.testing.draft import (
    ABSENT,
    digest,
    disclose,
    draft,
    loose_json,
    loose_jws,
    overlaid,
    unchanged,
)
from idwallet.testing.scene import Scene

SCENE = Scene(seed=b"idwallet TEST draft")


def test_an_unchanged_draft_passes() -> None:
    assert judge(draft(SCENE)).outcome is Outcome.PASSED


def test_each_draft_answers_a_request_of_its_own_unless_one_is_given() -> None:
    assert draft(SCENE).request.nonce != draft(SCENE).request.nonce
    request = SCENE.request()
    assert draft(SCENE, request).request is request


@pytest.mark.parametrize("algorithm", ["sha-256", "sha-384", "sha-512"])
def test_a_draft_hashes_as_it_is_told(algorithm: str) -> None:
    made = draft(SCENE)
    made.algorithm = algorithm
    assert judge(made).outcome is Outcome.PASSED


def test_an_overlay_adds_replaces_and_takes_out() -> None:
    base: JsonObject = {"a": 1, "b": 2}
    assert overlaid(base, {"b": 3, "c": 4, "a": ABSENT}) == {"b": 3, "c": 4}
    assert base == {"a": 1, "b": 2}


def test_each_part_can_be_bent_after_it_was_signed() -> None:
    made = draft(SCENE)
    made.bend_issuer = lambda text: text + "i"
    made.bend_shown = lambda text: text + "s"
    made.bend_binding = lambda text: text + "b"
    made.bend_token = lambda text: text + "t"
    made.bend_response = lambda text: text + "r"
    assert "i~" in made.shown()
    assert made.shown().endswith("s")
    assert made.token().endswith("bt")
    assert made.response().endswith("r")
    assert unchanged("x") == "x"


def test_the_payload_is_bent_before_it_is_signed() -> None:
    made = draft(SCENE)
    made.bend_payload = lambda payload: {**payload, "extra": 1}
    made.payload = {"vct": ABSENT}
    jws = read_sd_jwt(made.token()).issuer_jwt
    payload = read_object(jws.payload, at="test")
    assert payload["extra"] == 1
    assert "vct" not in payload


def test_what_no_writer_would_write_can_be_written() -> None:
    assert (
        loose_json({"a": "\ud800"[:0], "b": [1.5, None]}) == b'{"a":"","b":[1.5,null]}'
    )
    assert loose_json(float("nan")) == b"NaN"
    token = loose_jws({"alg": "none"}, b"\xff", signer=SCENE.issuer_identity.signer)
    head, body, signature = token.split(".")
    assert b64.decode(head, at="test") == b'{"alg":"none"}'
    assert b64.decode(body, at="test") == b"\xff"
    assert len(b64.decode(signature, at="test")) == 64


def test_a_disclosure_and_its_digest_are_those_of_the_standard() -> None:
    read = read_disclosure(disclose("salt", "имя", {"a": 1}), number=1)
    assert (read.name, read.value) == ("имя", {"a": 1})
    assert len(digest("text")) == 43
    assert len(digest("text", "sha-512")) == 86
