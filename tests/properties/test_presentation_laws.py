"""Less is not more, order is free, judging changes nothing."""

import copy
import itertools
import json
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idwallet.credentials.model import VerifiedPresentation
from idwallet.credentials.sdjwt.issue import SdJwtVc
from idwallet.credentials.sdjwt.metadata import Disclosability
from idwallet.report import Check, Outcome, Reason
from idwallet.roles.presentation import evaluate_presentation
from idwallet.testing.draft import ABSENT, Draft, digest, disclose, draft
from idwallet.testing.pki import TestPki
from idwallet.testing.scene import LIFE
from idwallet.trust.anchors import PinnedKey, Purpose, TrustAnchor, TrustStore
from idwallet.trust.policies import RETAIL
from tests.properties.presentations import (
    canary_claims,
    canary_content,
    judged,
    moved,
    new_draft,
    renewed,
    report_on,
    scene,
)

RANK = {Outcome.FAILED: 0, Outcome.INDETERMINATE: 1, Outcome.PASSED: 2}


# --- less is not more --------------------------------------------------------------


def test_removing_the_one_anchor_that_is_needed_never_yields_passed() -> None:
    strangers = [TestPki(seed=bytes([n])).anchor() for n in range(3)]
    needed = scene().pki.anchor()
    made = new_draft()
    body = made.response()
    for size in range(1, 5):
        for anchors in itertools.combinations([*strangers, needed], size):
            found = evaluate_presentation(
                body,
                request=renewed(made.request),
                trust=TrustStore(list(anchors)),
                at=scene().at,
            )
            passes = found.report.outcome is Outcome.PASSED
            assert passes is (needed in anchors)


def test_taking_a_purpose_from_an_anchor_never_yields_passed() -> None:
    made = new_draft()
    body = made.response()
    for purposes in (
        (Purpose.ISSUE_CREDENTIALS,),
        (Purpose.READ_CREDENTIALS,),
        tuple(Purpose),
    ):
        found = evaluate_presentation(
            body,
            request=renewed(made.request),
            trust=scene().pki.store(purposes=purposes),
            at=scene().at,
        )
        passes = found.report.outcome is Outcome.PASSED
        assert passes is (Purpose.ISSUE_CREDENTIALS in purposes)


def test_a_pinned_key_that_is_taken_away_never_yields_passed() -> None:
    made = new_draft()
    made.header = {"x5c": ABSENT, "kid": "1"}
    made.payload = {"iss": "https://issuer.example"}
    other = scene().reader_identity.signer.public_key
    body = made.response()
    for key, passes in ((made.issuer_signer.public_key, True), (other, False)):
        anchor = TrustAnchor(
            name="pinned",
            purposes=frozenset({Purpose.ISSUE_CREDENTIALS}),
            issuer_names=frozenset({"https://issuer.example"}),
            keys=(PinnedKey("1", key),),
        )
        found = evaluate_presentation(
            body,
            request=renewed(made.request),
            trust=TrustStore([anchor]),
            at=scene().at,
        )
        assert (found.report.outcome is Outcome.PASSED) is passes


@pytest.mark.parametrize(
    "name", ["iat", "aud", "nonce", "sd_hash", "header typ", "header alg"]
)
def test_removing_a_part_of_the_proof_never_yields_passed(name: str) -> None:
    made = new_draft()
    assert report_on(made).outcome is Outcome.PASSED
    if name.startswith("header "):
        made.binding_header = {name.removeprefix("header "): ABSENT}
    else:
        made.binding = {name: ABSENT}
    assert report_on(made).outcome is not Outcome.PASSED


@pytest.mark.parametrize("name", ["vct", "exp", "cnf", "_sd", "_sd_alg", "iat"])
def test_removing_a_claim_of_the_issuer_is_never_better(name: str) -> None:
    made = new_draft()
    made.payload = {name: ABSENT}
    # `iat` is optional and sha-256 is what its absence means (RFC 9901 section 4.1.1).
    passes = report_on(made).outcome is Outcome.PASSED
    assert passes is (name in {"_sd_alg", "iat"})


def test_removing_certificates_from_the_chain_never_yields_passed() -> None:
    made = new_draft()
    whole = made.chain
    assert len(whole) == 2
    for chain in (whole[:1], whole[1:], ()):
        made.chain = chain
        made.header = {} if chain else {"x5c": ABSENT}
        assert report_on(made).outcome is not Outcome.PASSED


WINDOW = st.integers(-800 * 86_400, 800 * 86_400)


@given(seconds=WINDOW)
def test_another_moment_never_improves_a_verdict(seconds: int) -> None:
    made = MOMENT_DRAFT
    moment = scene().at + timedelta(seconds=seconds)
    found = evaluate_presentation(
        MOMENT_BODY, request=renewed(made.request), trust=scene().trust, at=moment
    ).report
    inside = -RETAIL.clock_skew <= moment - scene().at
    inside &= moment - scene().at <= RETAIL.key_binding_age + RETAIL.clock_skew
    assert (found.outcome is Outcome.PASSED) is inside


MOMENT_DRAFT = new_draft()
MOMENT_BODY = MOMENT_DRAFT.response()


def outcome_at(later: timedelta) -> Outcome:
    """Judge an answer that was asked for, bound and received at one moment."""
    at = scene().at + later
    request = (
        scene().new_verifier().request(scene().request().query, purpose="p", at=at)
    )
    made = draft(scene(), request)
    made.binding = {"iat": int(at.timestamp())}
    return evaluate_presentation(
        made.response(), request=request, trust=scene().trust, at=at
    ).report.outcome


@given(seconds=st.integers(0, 40 * 86_400), more=st.integers(1, 400 * 86_400))
def test_what_has_expired_stays_expired(seconds: int, more: int) -> None:
    first, second = timedelta(seconds=seconds), timedelta(seconds=seconds + more)
    assert RANK[outcome_at(second)] <= RANK[outcome_at(first)]
    within = first < LIFE + RETAIL.clock_skew
    assert (outcome_at(first) is Outcome.PASSED) is within


# --- order free --------------------------------------------------------------------


def instead(shown: str, _: str) -> str:
    """Show this, whatever was to be shown."""
    return shown


def shown_in(order: tuple[int, ...]) -> tuple[Draft, tuple[Check, ...]]:
    made = new_draft()
    made.claims = {**made.claims, "given_name": "a", "birthdate": "b"}

    def permuted(shown: str) -> str:
        head, *disclosures, end = shown.split("~")
        return "~".join((head, *(disclosures[n] for n in order), end))

    made.bend_shown = permuted
    found = judged(made.response(), renewed(made.request))
    assert isinstance(found, VerifiedPresentation)
    return made, found.report.checks


def test_disclosures_in_another_order_leave_the_report_equal() -> None:
    first = shown_in((0, 1, 2, 3))[1]
    surplus = [each for each in first if each.reason is Reason.SURPLUS_WITHHELD]
    assert [set(each.fact("paths")) for each in surplus] == [  # type: ignore[arg-type]  # texts
        {"/given_name", "/birthdate"}
    ]
    for order in itertools.permutations(range(4)):
        assert shown_in(order)[1] == first


def test_anchors_in_another_order_leave_the_report_equal() -> None:
    made = new_draft()
    body = made.response()
    anchors = [TestPki(seed=b"1").anchor(), scene().pki.anchor()]
    reports = [
        evaluate_presentation(
            body,
            request=renewed(made.request),
            trust=TrustStore(list(order)),
            at=scene().at,
        ).report
        for order in (anchors, anchors[::-1])
    ]
    assert reports[0] == reports[1]


def test_nested_disclosures_in_any_order_give_the_same_claims() -> None:
    credential = scene().issue(canary_content())
    head, *disclosures, _ = credential.raw.split("~")
    found = []
    for order in (disclosures, disclosures[::-1], sorted(disclosures)):
        made = new_draft()
        shown = "~".join((head, *order, ""))
        made.bend_shown = partial(instead, shown)
        verdict = judged(made.response(), renewed(made.request))
        assert isinstance(verdict, VerifiedPresentation)
        found.append((verdict.report.checks, verdict.credentials))
    assert found[0] == found[1] == found[2]


# --- idempotent --------------------------------------------------------------------


def test_judging_twice_gives_equal_verdicts() -> None:
    made = new_draft()
    body = made.response()
    one, two = (judged(body, renewed(made.request)) for _ in range(2))
    assert one.report == two.report
    assert isinstance(one, VerifiedPresentation)
    assert isinstance(two, VerifiedPresentation)
    assert one.credentials == two.credentials


def test_issuing_takes_read_only_arguments_and_leaves_them_as_they_are() -> None:
    claims = canary_claims()
    before = copy.deepcopy(claims)
    disclosure: Mapping[tuple[str | int | None, ...], Disclosability] = (
        MappingProxyType({("nationalities", None): Disclosability.ALWAYS})
    )
    content = SdJwtVc(
        vct="urn:eudi:pid:1", claims=MappingProxyType(claims), disclosure=disclosure
    )
    credential = scene().issue(content)
    assert scene().issue(content).raw != credential.raw  # salts are fresh
    assert claims == before


def test_judging_leaves_request_and_bytes_as_they_are() -> None:
    made = new_draft()
    body = bytearray(made.response().encode())
    request = renewed(made.request)
    before = json.dumps(request.query.to_dcql())
    assert judged(bytes(body), request).report.outcome is Outcome.PASSED
    assert json.dumps(request.query.to_dcql()) == before
    assert moved(request, made.request.verifier) == made.request


def test_verified_claims_are_read_only() -> None:
    made = new_draft()
    found = judged(made.response(), renewed(made.request))
    assert isinstance(found, VerifiedPresentation)
    with pytest.raises(TypeError):
        found.credentials[0].claims["family_name"] = "other"  # type: ignore[index]


@given(name=st.text(min_size=1, max_size=12), value=st.text(max_size=12))
def test_an_extra_claim_is_surplus_and_changes_nothing_else(
    name: str, value: str
) -> None:
    made = new_draft()
    plain = report_on(made)
    extra = disclose("salt-of-a-surplus-claim", name, value)
    made.extra = [extra]
    made.digests = [digest(extra)]
    with_extra = report_on(made)
    if with_extra.outcome is Outcome.PASSED:
        changed = set(plain.checks) ^ set(with_extra.checks)
        assert {each.reason for each in changed} <= {
            Reason.ANSWERED,
            Reason.SURPLUS_WITHHELD,
        }
