import pickle
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace

import pytest

from idwallet.codec.json import JsonObject
from idwallet.credentials.model import (
    Credential,
    Format,
    Unverified,
    VerifiedCredential,
    VerifiedPresentation,
    frozen_claims,
)
from idwallet.credentials.paths import ClaimPath
from idwallet.errors import UsageError, VerificationFailed, VerificationIndeterminate
from idwallet.report import Check, CheckId, Reason, Report, check
from tests.conftest import AT

GOOD = check(CheckId.PRESENTATION_NONCE, Reason.MATCHES, subject="pid")
BAD = check(CheckId.PRESENTATION_NONCE, Reason.MISMATCH, subject="pid")
OPEN = check(CheckId.HOLDER_PRESENCE, Reason.NOT_ESTABLISHED, subject="pid")
PID = "urn:eudi:pid:1"
CLAIMS: JsonObject = {
    "name": "N",
    "adult": True,
    "height": 180,
    "list": ["a", "b"],
    "address": {"zip": 7},
    "nothing": None,
}


def report(*checks: Check) -> Report:
    required = frozenset((each.id, each.subject) for each in checks)
    return Report(checks=checks, required=required, at=AT, policy="test")


def credential(
    query_id: str = "pid",
    claims: JsonObject = CLAIMS,
    *,
    kind: str = "urn:x",
    acted_for: str | None = None,
) -> VerifiedCredential:
    return VerifiedCredential(
        query_id=query_id,
        format=Format.SD_JWT_VC,
        credential_type=kind,
        issuer="issuer",
        anchor="root",
        certificate=None,
        claims=frozen_claims(claims),
        valid_until=None,
        acted_for=acted_for,
    )


def test_only_a_passed_report_makes_a_verified_presentation() -> None:
    assert VerifiedPresentation(report(GOOD), ())
    with pytest.raises(VerificationFailed):
        VerifiedPresentation(report(GOOD, BAD), (credential(),))
    with pytest.raises(VerificationIndeterminate):
        VerifiedPresentation(report(GOOD, OPEN), (credential(),))
    with pytest.raises(VerificationIndeterminate):
        VerifiedPresentation(report(), (credential(),))


def test_a_passed_report_is_never_unverified() -> None:
    for each in (report(BAD), report(OPEN), report()):
        assert Unverified(each).report == each
    with pytest.raises(UsageError):
        Unverified(report(GOOD))


@pytest.mark.parametrize(
    ("path", "kind", "value"),
    [
        ("name", str, "N"),
        (("name",), str, "N"),
        ("adult", bool, True),
        ("height", int, 180),
        (("list", 1), str, "b"),
        (("address", "zip"), int, 7),
        ("address", dict, {"zip": 7}),
        ("nothing", type(None), None),
    ],
)
def test_a_claim_is_found_by_name_or_path(
    path: str | ClaimPath, kind: type, value: object
) -> None:
    assert credential().claim(path, kind) == value
    found = VerifiedPresentation(report(GOOD), (credential(),))
    assert found.claim(path, kind) == value


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("absent", str),
        ("name", int),
        ("adult", int),
        ("height", bool),
        ("height", float),
        ("nothing", str),
        (("list", None), str),
        (("list", 2), str),
        (("name", "inner"), str),
    ],
)
def test_a_claim_that_is_not_exactly_that_is_the_callers_mistake(
    path: str | ClaimPath, kind: type
) -> None:
    for each in (credential(), VerifiedPresentation(report(GOOD), (credential(),))):
        with pytest.raises(UsageError) as caught:
            each.claim(path, kind)
        assert "180" not in str(caught.value)


@pytest.mark.parametrize(
    "path", [("list", -1), ("list", True), ("list", 1.0), (), (b"name",)]
)
def test_what_is_no_pointer_selects_no_claim(path: ClaimPath) -> None:
    assert credential().claim(("list", 1), str) == "b"
    for each in (credential(), VerifiedPresentation(report(GOOD), (credential(),))):
        with pytest.raises(UsageError, match="path"):
            each.claim(path, str)


def test_an_ambiguous_claim_asks_for_the_credential() -> None:
    both = (credential("one"), credential("two", {"name": "M", "own": 1}))
    found = VerifiedPresentation(report(GOOD), both)
    with pytest.raises(UsageError):
        found.claim("name", str)
    assert found.credential("two").claim("name", str) == "M"
    assert found.claim("own", int) == 1


def test_a_credential_is_found_by_the_query_it_answers() -> None:
    both = (credential("one"), credential("two"), credential("two"))
    found = VerifiedPresentation(report(GOOD), both)
    assert found.credential("one") is both[0]
    for name in ("two", "three"):
        with pytest.raises(UsageError):
            found.credential(name)


def test_claims_are_read_only_to_their_depth() -> None:
    found = VerifiedPresentation(report(GOOD), (credential(),))
    claims = found.credentials[0].claims
    with pytest.raises(TypeError):
        claims["name"] = "M"  # type: ignore[index]  # what is refused
    given: list[object] = [claims["list"], found.claim("list", list)]
    given.append(found.credentials[0].claim("list", list))
    for each in given:
        assert isinstance(each, list)
        each.append("c")
    for path in ("address", ("address",)):
        found.claim(path, dict).clear()
    dict(claims)["address"].clear()  # type: ignore[union-attr]  # an object
    assert claims == CLAIMS
    assert found.claim(("address", "zip"), int) == 7


@pytest.mark.parametrize("copied", [lambda x: pickle.loads(pickle.dumps(x)), deepcopy])
def test_what_is_verified_travels_between_processes(
    copied: Callable[[object], object],
) -> None:
    found = VerifiedPresentation(report(GOOD), (credential(),))
    again = copied(found)
    assert again == found
    assert isinstance(again, VerifiedPresentation)
    assert again.claim("address", dict) == {"zip": 7}
    assert copied(found.credentials[0]) == found.credentials[0]


def test_claims_are_shown_nowhere() -> None:
    assert repr(frozen_claims(CLAIMS)) == "FrozenObject(<6 members>)"
    found = VerifiedPresentation(report(GOOD), (credential(),))
    assert repr(found) == "VerifiedPresentation(<1 credentials>)"
    assert repr(credential()) == "VerifiedCredential('pid', 'urn:x', 'issuer')"
    raw = Credential(Format.SD_JWT_VC, "secret")
    assert repr(raw) == "Credential(dc+sd-jwt, <6 characters>)"


def test_nobody_is_made_older_by_somebody_elses_card() -> None:
    child, parent = (
        credential(
            name, {"age_equal_or_over": {"18": is_over}}, kind=PID, acted_for=who
        )
        for name, is_over, who in (("child", False, "key 1"), ("own", True, None))
    )
    other = credential("own", {"age_equal_or_over": {"18": True}}, kind=PID)
    verdict = report(GOOD)
    assert VerifiedPresentation(verdict, (parent,)).age_over(18) is True
    assert VerifiedPresentation(verdict, (parent, other)).age_over(18) is True
    assert VerifiedPresentation(verdict, (child,)).age_over(18) is False
    for both in ((child, parent), (parent, child)):
        assert VerifiedPresentation(verdict, both).age_over(18) is None
    # Whose card says nothing against it is another person all the same.
    silent = credential("child", {"given_name": "X"}, kind=PID, acted_for="key 1")
    sibling = replace(parent, acted_for="key 2")
    for two in ((silent, parent), (parent, silent), (silent, sibling)):
        assert VerifiedPresentation(verdict, two).age_over(18) is None
