from dataclasses import replace

import pytest

from idwallet.codec.json import JsonValue
from idwallet.credentials.required import SHOWN, STORED, Context, Expected, HeldBy
from idwallet.credentials.sdjwt.evaluate import SdJwtVerdict, evaluate
from idwallet.credentials.status import read_status
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.profiles import HAIP_1_0
from idwallet.report import CheckId, Outcome, Reason, StatusListNeeded
from idwallet.testing.draft import ABSENT, Draft, draft
from idwallet.testing.pki import Fault
from idwallet.testing.scene import LIFE, PID, Scene
from idwallet.trust.policies import RETAIL
from idwallet.trust.policy import Policy

SCENE = Scene(seed=b"idwallet TEST evaluate")


def judged(made: Draft, policy: Policy = RETAIL) -> SdJwtVerdict:
    return evaluate(
        made.token(),
        expected=Expected(made.request.nonce, made.request.client_id),
        context=Context(SCENE.trust, policy, SCENE.at),
        subject="pid",
    )


def reason(verdict: SdJwtVerdict, check_id: CheckId) -> Reason:
    (found,) = [each.reason for each in verdict.checks if each.id is check_id]
    return found


def test_every_check_runs_once_and_in_one_order() -> None:
    verdict = judged(draft(SCENE))
    wanted = [each for each in SHOWN if each is not CheckId.PRESENTATION_QUERY]
    assert sorted(each.id for each in verdict.checks) == sorted(wanted)
    assert {each.outcome for each in verdict.checks} == {Outcome.PASSED}
    assert {each.subject for each in verdict.checks} == {"pid"}


def test_a_verdict_says_what_it_was_about() -> None:
    verdict = judged(draft(SCENE))
    assert verdict.types == (PID,)
    assert verdict.valid_until == SCENE.at + LIFE
    assert verdict.issuer is not None
    assert verdict.issuer.key == SCENE.issuer_identity.signer.public_key
    assert verdict.unpacked is not None
    assert verdict.unpacked.claims["family_name"] == "Образцова"
    assert repr(verdict) == f"SdJwtVerdict(<{len(verdict.checks)} checks>)"


def test_what_cannot_be_read_leaves_one_check_and_nothing_else() -> None:
    made = draft(SCENE)
    made.bend_token = lambda _: "noise"
    verdict = judged(made)
    assert [each.id for each in verdict.checks] == [CheckId.CREDENTIAL_FORMAT]
    assert (verdict.sd_jwt, verdict.unpacked, verdict.issuer) == (None, None, None)


def test_a_payload_that_is_no_object_cannot_be_read() -> None:
    payloads: list[JsonValue] = [[], "text", 1, None]
    for payload in payloads:
        made = draft(SCENE)
        made.bend_payload = lambda _, forged=payload: forged  # type: ignore[misc]
        assert reason(judged(made), CheckId.CREDENTIAL_FORMAT) is Reason.MALFORMED


def test_every_fault_of_one_credential_is_named() -> None:
    made = draft(SCENE)
    stranger = SCENE.pki.issuer(fault=Fault.LEAF_EXPIRED)
    made.issuer_signer, made.chain = stranger.signer, stranger.chain
    made.payload = {"exp": 0, "status": "x"}
    made.header = {"typ": "JWT"}
    made.binding = {"nonce": "x", "aud": "x", "iat": 0, "sd_hash": "x"}
    failed = {e.id for e in judged(made).checks if e.outcome is Outcome.FAILED}
    assert failed == {
        CheckId.ISSUER_TRUST,
        CheckId.CREDENTIAL_TYPE,
        CheckId.CREDENTIAL_VALIDITY,
        CheckId.CREDENTIAL_STATUS,
        CheckId.HOLDER_BINDING,
        CheckId.PRESENTATION_NONCE,
        CheckId.PRESENTATION_AUDIENCE,
        CheckId.PRESENTATION_FRESHNESS,
    }


def test_the_signature_is_judged_under_a_certificate_that_is_not_trusted() -> None:
    made = draft(SCENE)
    stranger = SCENE.pki.issuer(fault=Fault.STRANGER_ROOT)
    made.issuer_signer, made.chain = stranger.signer, stranger.chain
    verdict = judged(made)
    assert reason(verdict, CheckId.ISSUER_TRUST) is Reason.NO_TRUSTED_PATH
    assert reason(verdict, CheckId.ISSUER_SIGNATURE) is Reason.VALID
    assert verdict.issuer is None


def test_a_credential_for_somebodys_eyes_only_is_for_them() -> None:
    for audience, expected in (
        ("mine", Reason.CURRENT),
        (["other", "mine"], Reason.CURRENT),
        ("other", Reason.MISMATCH),
        ([], Reason.MISMATCH),
        (None, Reason.MISMATCH),
        ({"mine": 1}, Reason.MISMATCH),
    ):
        made = draft(SCENE)
        value: JsonValue = audience  # type: ignore[assignment]  # any JSON
        if value == "mine":
            value = made.request.client_id
        elif isinstance(value, list):
            value = [made.request.client_id if e == "mine" else e for e in value]
        made.open_claims = {"aud": value}
        assert reason(judged(made), CheckId.CREDENTIAL_VALIDITY) is expected


def test_a_holder_may_have_a_credential_for_somebody_elses_eyes() -> None:
    made = draft(SCENE)
    made.open_claims = {"aud": "https://bank.example"}
    thumbprint = SCENE.holder_signer.public_key.thumbprint
    verdict = evaluate(
        made.shown(),
        expected=HeldBy(frozenset({thumbprint})),
        context=Context(SCENE.trust, RETAIL, SCENE.at),
        subject="credential",
    )
    assert {each.outcome for each in verdict.checks} == {Outcome.PASSED}
    assert {each.id for each in verdict.checks} == set(STORED)


def test_dates_are_read_where_the_disclosures_have_been_put() -> None:
    # `iat` may be disclosed selectively; it counts all the same.
    made = draft(SCENE)
    made.payload = {"iat": ABSENT}
    made.claims = {**made.claims, "iat": int((SCENE.at + LIFE / 2).timestamp())}
    found = reason(judged(made), CheckId.CREDENTIAL_VALIDITY)
    assert found is Reason.ISSUED_IN_THE_FUTURE


def test_further_types_count_from_the_draft_that_brought_them() -> None:
    haip = replace(RETAIL, name="retail-haip", profile=HAIP_1_0)
    made = draft(SCENE)
    made.payload = {"aka_vcts": ["urn:other"]}
    assert judged(made).types == (PID, "urn:other")
    assert judged(made, haip).types == (PID,)


# --- the status claim -----------------------------------------------------------------


def test_a_status_names_its_list_and_its_place_there() -> None:
    value: JsonValue = {"status_list": {"idx": 0, "uri": "https://s.example"}}
    assert read_status(value) == StatusListNeeded("https://s.example", 0)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "valid",
        [],
        {"status_list": []},
        {"status_list": {}},
        {"status_list": {"idx": 1}},
        {"status_list": {"uri": "https://s.example"}},
        {"status_list": {"idx": "1", "uri": "https://s.example"}},
        {"status_list": {"idx": 1.0, "uri": "https://s.example"}},
        {"status_list": {"idx": True, "uri": "https://s.example"}},
        {"status_list": {"idx": -1, "uri": "https://s.example"}},
        {"status_list": {"idx": 1, "uri": ""}},
        {"status_list": {"idx": 1, "uri": None}},
    ],
)
def test_a_status_that_points_nowhere_is_malformed(value: JsonValue) -> None:
    with pytest.raises(MalformedError):
        read_status(value)


@pytest.mark.parametrize("value", [{}, {"magic": 1}, {"status_list": None}])
def test_another_mechanism_is_not_supported(value: JsonValue) -> None:
    with pytest.raises(UnsupportedError):
        read_status(value)
