import hashlib
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from idwallet.codec.json import JsonObject, JsonValue, write_json
from idwallet.credentials.model import Unverified, VerifiedPresentation
from idwallet.credentials.query import Query
from idwallet.credentials.sdjwt.metadata import TypeMetadataSet
from idwallet.crypto.seal import SealKey
from idwallet.errors import (
    PortError,
    UsageError,
    VerificationFailed,
    VerificationIndeterminate,
)
from idwallet.ports import Use
from idwallet.report import CheckId, Outcome, Reason, StatusListNeeded
from idwallet.roles.issuer import Issuer
from idwallet.roles.presentation import evaluate_presentation, verify_presentation
from idwallet.roles.verifier import PresentationRequest, Verifier
from idwallet.testing.draft import Draft, draft
from idwallet.testing.pki import TestPki
from idwallet.testing.scene import LIFE, PID, Scene
from idwallet.trust.anchors import TrustStore
from idwallet.trust.policies import RETAIL, WALLET
from idwallet.trust.policy import MetadataRule, Policy, PresenceRule
from idwallet.trust.replay import MemoryReplay

SCENE = Scene(seed=b"idwallet TEST presentation")
AT = SCENE.at
SEAL = SealKey(bytes(32))


def evaluated(
    made: Draft, body: str | None = None
) -> VerifiedPresentation | Unverified:
    return evaluate_presentation(
        made.response() if body is None else body,
        request=made.request,
        trust=SCENE.trust,
        at=AT,
    )


def verified(made: Draft, body: str | None = None) -> VerifiedPresentation:
    return verify_presentation(
        made.response() if body is None else body,
        request=made.request,
        trust=SCENE.trust,
        at=AT,
    )


def asked(query: JsonValue, verifier: Verifier = SCENE.verifier) -> PresentationRequest:
    wanted = Query.from_dcql({"credentials": query})
    return verifier.request(wanted, purpose="a test", at=AT)


def moved(request: PresentationRequest, verifier: Verifier) -> PresentationRequest:
    """Return the same request as another verifier of that party has it."""
    return verifier.restore(request.save(SEAL), SEAL)


def credential_query(name: str, **more: JsonValue) -> dict[str, JsonValue]:
    return {
        "id": name,
        "format": "dc+sd-jwt",
        "meta": {"vct_values": [PID]},
        **more,
    }


# --- what is handed on ---


def test_a_verified_presentation_says_what_was_asked_and_by_whom_it_is_vouched() -> (
    None
):
    found = verified(draft(SCENE))
    (credential,) = found.credentials
    assert credential.query_id == "pid"
    assert credential.credential_type == PID
    assert "issuer.example" in credential.issuer
    assert credential.valid_until == AT + LIFE
    assert credential.claims["family_name"] == "Образцова"
    assert found.claim(("age_equal_or_over", "18"), bool) is True
    assert found.report.policy == "retail"
    assert found.report.at == AT


def test_issuers_of_one_name_are_told_apart_by_anchor_and_certificate() -> None:
    scene = Scene(seed=b"idwallet TEST one root")
    other = TestPki(seed=b"idwallet TEST another root")
    scene.trust = TrustStore(
        [
            replace(scene.pki.anchor(), name="one root"),
            replace(other.anchor(), name="another root"),
        ]
    )
    found = []
    for identity in (scene.issuer_identity, other.issuer()):
        scene.issuer = Issuer(signer=identity.signer, certificates=identity.chain)
        request = scene.request()
        body = scene.answer(request, scene.issue())
        passed = verify_presentation(
            body, request=request, trust=scene.trust, at=scene.at
        )
        (credential,) = passed.credentials
        found.append(credential)
        digest = hashlib.sha256(identity.chain[0]).hexdigest()
        assert credential.certificate == digest
    assert found[0].issuer == found[1].issuer
    assert [each.anchor for each in found] == ["one root", "another root"]


def test_surplus_is_named_and_withheld_however_deep_it_is() -> None:
    made = draft(SCENE)
    made.claims = {
        **made.claims,
        "age_equal_or_over": {"18": True, "21": True},
        "given_name": "secret",
    }
    made.open_claims = {"open": "always shown"}
    found = verified(made)
    claims = found.credentials[0].claims
    assert "given_name" not in claims
    assert claims["open"] == "always shown"
    assert "secret" not in json.dumps(dict(claims))
    (surplus,) = (e for e in found.report.checks if e.reason is Reason.SURPLUS_WITHHELD)
    assert surplus.fact("paths") == ("/given_name",)


def test_several_answers_to_one_query_are_told_apart() -> None:
    made = draft(SCENE)
    made.request = asked([credential_query("pid", multiple=True)])
    found = verified(made, two(made, made.token(), another_card(made)))
    assert len(found.credentials) == 2
    subjects = {each.subject for each in found.report.checks}
    assert subjects == {"pid", "pid[1]", "response"}
    with pytest.raises(UsageError):
        found.credential("pid")


def two(made: Draft, *tokens: JsonValue) -> str:
    members: JsonObject = {"vp_token": {"pid": [*tokens]}, "state": made.request.state}
    return json.dumps(members)


def another_card(made: Draft) -> str:
    made.payload = {"jti": "another card"}
    return made.token()


@pytest.mark.parametrize("same", [True, False])
def test_one_credential_shown_twice_does_not_count_for_two(same: bool) -> None:
    made = draft(SCENE)
    made.request = asked([credential_query("pid", multiple=True)])
    first = made.token()
    # Bound by itself: the two presentations differ, even if the card does not.
    made.binding = {"iat": int(AT.timestamp()) - 1}
    second = made.token() if same else another_card(made)
    assert first != second
    failed = evaluated(made, two(made, first, second)).report.failed()
    assert [(each.id, each.subject, each.reason) for each in failed] == (
        [(CheckId.PRESENTATION_QUERY, "pid", Reason.TOO_MANY_CREDENTIALS)]
        if same
        else []
    )


def test_one_bad_answer_of_two_refuses_both() -> None:
    made = draft(SCENE)
    made.request = asked([credential_query("pid", multiple=True)])
    good = made.token()
    made.binding = {"nonce": "another"}
    body = two(made, good, another_card(made))
    with pytest.raises(VerificationFailed) as caught:
        verified(made, body)
    (failed,) = caught.value.report.failed()
    assert (failed.id, failed.subject) == (CheckId.PRESENTATION_NONCE, "pid[1]")


def test_one_unreadable_answer_of_two_leaves_the_query_open() -> None:
    made = draft(SCENE)
    made.request = asked([credential_query("pid", multiple=True)])
    tokens: list[JsonValue] = [made.token(), "noise"]
    body = json.dumps({"vp_token": {"pid": tokens}, "state": made.request.state})
    report = evaluated(made, body).report
    waiting = {
        each.subject
        for each in report.checks
        if each.id is CheckId.PRESENTATION_QUERY and each.reason is Reason.WAITING
    }
    assert waiting == {"pid", "pid[1]", "response"}
    assert report.outcome is Outcome.FAILED


def test_a_format_that_cannot_be_verified_fails() -> None:
    made = draft(SCENE)
    made.request = asked(
        [{"id": "pid", "format": "ldp_vc", "meta": {"type_values": [["x"]]}}]
    )
    failed = {(e.id, e.reason) for e in evaluated(made).report.failed()}
    assert (CheckId.CREDENTIAL_FORMAT, Reason.UNSUPPORTED) in failed


# --- the two doors ---


def test_a_no_raises_and_names_each_failed_check() -> None:
    made = draft(SCENE)
    made.binding = {"nonce": "another", "aud": "another"}
    with pytest.raises(VerificationFailed) as caught:
        verified(made)
    assert {each.id for each in caught.value.report.failed()} == {
        CheckId.PRESENTATION_NONCE,
        CheckId.PRESENTATION_AUDIENCE,
    }
    assert "presentation.nonce mismatch [pid]" in str(caught.value)


def listed(policy: Policy = RETAIL) -> Draft:
    made = draft(SCENE)
    made.request = SCENE.new_verifier(policy=policy).request(
        made.request.query, purpose="a test", at=AT
    )
    made.payload = {"status": {"status_list": {"idx": 7, "uri": "https://s.example"}}}
    return made


def test_what_is_neither_yes_nor_no_raises_and_names_what_would_settle_it() -> None:
    with pytest.raises(VerificationIndeterminate) as caught:
        verified(listed())
    needs = caught.value.report.missing()
    assert needs == (StatusListNeeded("https://s.example", 7),)


def test_the_same_bytes_may_be_judged_again_until_they_pass_and_pass_once() -> None:
    made = draft(SCENE)
    asking = SCENE.new_verifier(policy=replace(RETAIL, metadata=MetadataRule.REQUIRED))
    made.request = asking.request(made.request.query, purpose="a test", at=AT)
    body = made.response()
    for _ in range(3):
        assert evaluated(made, body).report.outcome is Outcome.INDETERMINATE
    # What was missing is settled: the type metadata came in.
    settled = Verifier(
        identity=asking.identity,
        policy=asking.policy,
        replay=asking.replay,
        types=TypeMetadataSet.read([write_json({"vct": PID})]),
    )
    made.request = moved(made.request, settled)
    assert isinstance(evaluated(made, body), VerifiedPresentation)
    again = evaluated(made, body)
    assert isinstance(again, Unverified)
    (failed,) = again.report.failed()
    assert failed.reason is Reason.ALREADY_USED


def test_another_answer_cannot_take_the_place_of_one_that_is_undecided() -> None:
    made = listed()
    first, other = made.response(), made.response()
    assert evaluated(made, first).report.outcome is Outcome.INDETERMINATE
    assert evaluated(made, other).report.outcome is Outcome.FAILED
    # Nor does the attempt use up what the first may still become.
    assert evaluated(made, first).report.outcome is Outcome.INDETERMINATE


def test_a_request_is_judged_by_the_policy_it_was_made_under_alone() -> None:
    made = draft(SCENE)
    object.__setattr__(made.request, "verifier", SCENE.new_verifier(policy=WALLET))
    with pytest.raises(UsageError, match="another policy"):
        evaluated(made)


def test_somebody_who_judged_meanwhile_is_not_passed_twice() -> None:
    class Racing(MemoryReplay):
        """Another caller settles the request between our two steps."""

        def settle(self, request: bytes) -> bool:
            super().settle(request)
            return super().settle(request)

    made = draft(SCENE)
    verifier = Verifier(
        identity=SCENE.verifier.identity, policy=RETAIL, replay=Racing()
    )
    made.request = moved(made.request, verifier)
    found = evaluated(made)
    assert isinstance(found, Unverified)
    (failed,) = found.report.failed()
    assert (failed.id, failed.reason) == (
        CheckId.PRESENTATION_REPLAY,
        Reason.ALREADY_USED,
    )
    replays = [e for e in found.report.checks if e.id is CheckId.PRESENTATION_REPLAY]
    assert len(replays) == 1


def test_a_guard_that_does_not_answer_raises_and_lets_nobody_in() -> None:
    class Broken:
        def consume(self, *_: object, **__: object) -> Use:
            raise PortError("the database is gone")

        def settle(self, _: bytes) -> bool:
            raise PortError("the database is gone")

    made = draft(SCENE)
    verifier = Verifier(
        identity=SCENE.verifier.identity, policy=RETAIL, replay=Broken()
    )
    made.request = moved(made.request, verifier)
    with pytest.raises(PortError):
        evaluated(made)


# --- time ---


@pytest.mark.parametrize("away", [timedelta(minutes=7), timedelta(minutes=-2)])
def test_outside_the_requests_life_nothing_passes(away: timedelta) -> None:
    made = draft(SCENE)
    made.binding = {"iat": int((AT + away).timestamp())}
    found = evaluate_presentation(
        made.response(), request=made.request, trust=SCENE.trust, at=AT + away
    )
    failed = {e.id for e in found.report.failed() if e.subject == "response"}
    assert failed == {CheckId.PRESENTATION_FRESHNESS}


# --- what the caller must bring ---


@pytest.mark.parametrize("request_", [None, "request", SCENE.request().message])
def test_an_answer_is_judged_against_a_request_and_nothing_else(
    request_: object,
) -> None:
    for door in (evaluate_presentation, verify_presentation):
        with pytest.raises(UsageError):
            door("", request=request_, trust=SCENE.trust, at=AT)  # type: ignore[arg-type]


def test_text_and_bytes_are_one_answer() -> None:
    undecided = replace(RETAIL, name="person", presence=PresenceRule.ATTESTED)
    made = draft(SCENE)
    made.request = SCENE.new_verifier(policy=undecided).request(
        made.request.query, purpose="a test", at=AT
    )
    body = made.response()
    first = evaluated(made, body)
    second = evaluate_presentation(
        body.encode(), request=made.request, trust=SCENE.trust, at=AT
    )
    assert first.report.outcome is second.report.outcome is Outcome.INDETERMINATE


def test_an_answer_of_another_session_leaves_the_request_to_be_answered() -> None:
    made = draft(SCENE, SCENE.request())
    honest = made.response()
    foreign = honest.replace(made.request.state, "other")
    assert foreign != honest
    assert evaluated(made, foreign).report.outcome is Outcome.FAILED
    assert evaluated(made, honest).report.outcome is Outcome.PASSED
