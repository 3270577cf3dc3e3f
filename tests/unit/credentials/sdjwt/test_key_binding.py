from dataclasses import replace
from datetime import timedelta

import pytest

from idwallet.codec.json import JsonValue
from idwallet.credentials.sdjwt.key_binding import compared
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.report import CheckId, Outcome, Reason, Report
from idwallet.testing.corpus import judge
from idwallet.testing.draft import Draft, draft
from idwallet.testing.scene import Scene
from idwallet.trust.policies import RETAIL

SCENE = Scene(seed=b"idwallet TEST key binding")
SKEW = RETAIL.clock_skew
SECOND = timedelta(seconds=1)


def moved(report: Report) -> dict[CheckId, Reason]:
    return {e.id: e.reason for e in report.checks if e.outcome is not Outcome.PASSED}


def says(**members: JsonValue) -> Draft:
    made = draft(SCENE)
    made.binding = members
    return made


def at(away: timedelta) -> int:
    return int((SCENE.at + away).timestamp())


@pytest.mark.parametrize(
    "algorithm", [Algorithm.ES256, Algorithm.ES384, Algorithm.ES512, Algorithm.EDDSA]
)
def test_a_holder_may_use_any_algorithm_of_the_policy(algorithm: Algorithm) -> None:
    made = draft(SCENE)
    made.holder_signer = SoftwareSigner.generate(algorithm)
    assert judge(made).outcome is Outcome.PASSED
    narrow = replace(
        RETAIL,
        name="narrow",
        algorithms=frozenset({Algorithm.ES256, Algorithm.ES384}),
    )
    made.request = SCENE.new_verifier(policy=narrow).request(
        made.request.query, purpose="a test", at=SCENE.at
    )
    allowed = algorithm in narrow.algorithms
    expected = {} if allowed else {CheckId.HOLDER_BINDING: Reason.ALGORITHM_NOT_ALLOWED}
    assert moved(judge(made)) == expected


@pytest.mark.parametrize("algorithm", ["sha-256", "sha-384", "sha-512"])
def test_the_hash_is_the_one_that_the_issuer_named(algorithm: str) -> None:
    made = draft(SCENE)
    made.algorithm = algorithm
    assert judge(made).outcome is Outcome.PASSED


def test_the_hash_of_another_algorithm_is_another_hash() -> None:
    made = draft(SCENE)
    made.payload = {"_sd_alg": "sha-384", "_sd": []}
    made.bend_shown = lambda shown: shown.partition("~")[0] + "~"
    found = moved(judge(made))
    assert found[CheckId.HOLDER_BINDING] is Reason.HASHED_OTHERWISE


@pytest.mark.parametrize(
    ("name", "away", "fresh"),
    [
        ("exp", SECOND - SKEW, True),
        ("nbf", SKEW, True),
        ("nbf", SKEW + SECOND, False),
        ("exp", -SKEW - SECOND, False),
    ],
)
def test_a_binding_that_names_its_life_is_held_to_it(
    name: str, away: timedelta, fresh: bool
) -> None:
    made = says(**{name: at(away), "iat": at(-timedelta(minutes=2))})
    found = moved(judge(made))
    assert (found == {}) is fresh
    if not fresh:
        assert set(found) == {CheckId.PRESENTATION_FRESHNESS}


def test_a_life_cannot_lengthen_the_window_of_the_policy() -> None:
    old = at(-RETAIL.key_binding_age - SKEW - SECOND)
    made = says(iat=old, exp=at(timedelta(days=1)))
    assert moved(judge(made)) == {CheckId.PRESENTATION_FRESHNESS: Reason.TOO_OLD}


@pytest.mark.parametrize("name", ["exp", "nbf"])
@pytest.mark.parametrize("value", ["soon", None, True, [], -1, 1e300])
def test_a_life_that_is_no_moment_is_malformed(name: str, value: JsonValue) -> None:
    found = moved(judge(says(**{name: value})))
    assert found[CheckId.HOLDER_BINDING] is Reason.MALFORMED


def test_what_else_a_binding_says_is_not_looked_at() -> None:
    made = says(extra={"a": [1]}, iss="somebody", sub="x")
    assert judge(made).outcome is Outcome.PASSED


def test_a_key_in_the_bindings_own_header_counts_for_nothing() -> None:
    thief = SoftwareSigner.generate(Algorithm.ES256)
    made = draft(SCENE)
    honest = made.holder_signer.public_key.to_jwk()
    for signer, expected in (
        (made.holder_signer, {}),
        (thief, {CheckId.HOLDER_BINDING: Reason.INVALID}),
    ):
        made.request = SCENE.request()
        made.payload = {"cnf": {"jwk": honest}}
        made.binding_header = {"jwk": thief.public_key.to_jwk(), "kid": "thief"}
        made.holder_signer = signer
        assert moved(judge(made)) == expected


def test_a_binding_of_another_presentation_does_not_serve_this_one() -> None:
    first, second = draft(SCENE), draft(SCENE)
    second.claims = {**second.claims, "given_name": "Анна"}
    second.request = first.request
    bound = first.token().rpartition("~")[2]
    second.bend_binding = lambda _: bound
    found = moved(judge(second))
    assert found == {CheckId.HOLDER_BINDING: Reason.PRESENTATION_HASH_MISMATCH}


@pytest.mark.parametrize(
    ("found", "expected", "reason"),
    [
        ("a", "a", Reason.MATCHES),
        ("", "", Reason.MATCHES),
        ("a", "b", Reason.MISMATCH),
        ("a", "ab", Reason.MISMATCH),
        ("é", "é", Reason.MATCHES),
        ("é", "e", Reason.MISMATCH),
        ("e", "é", Reason.MISMATCH),
        ("\ud800", "a", Reason.MISMATCH),
        ("\ud800", "\ud800", Reason.MATCHES),
        (None, "a", Reason.ABSENT),
        (["a"], "a", Reason.ABSENT),
        (1, "1", Reason.ABSENT),
    ],
)
def test_two_texts_are_the_same_to_the_letter(
    found: JsonValue, expected: str, reason: Reason
) -> None:
    assert compared(found, expected) is reason
