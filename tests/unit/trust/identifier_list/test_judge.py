"""What an identifier list means, by whom, and under which profile."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from idwallet.errors import LimitError, MalformedError, UsageError
from idwallet.profiles import DRAFT, HAIP_1_0, OPENID4VP_1_0, Profile
from idwallet.testing.identifier_draft import (
    GOOD,
    LIST,
    REVOKED,
    IdentifierDraft,
)
from idwallet.testing.identifiers import IdentifierScene, identifier_draft
from idwallet.testing.pki import TestIdentity
from idwallet.testing.status_draft import delegated
from idwallet.trust.anchors import Purpose, TrustAnchor, TrustStore
from idwallet.trust.identifier_list import (
    IdentifierList,
    IdentifierReference,
    evaluate_identifier_list,
    judge_identifier,
    read_identifier_reference,
)
from idwallet.trust.status_list import (
    FreshnessRule,
    ListContext,
    ListFault,
    ListJudgement,
    ListRefused,
    StaleRule,
    StatusReason,
)

SCENE = IdentifierScene(seed=b"judge identifiers")
ISSUER = SCENE.found_issuer()


def read(made: IdentifierDraft) -> IdentifierList:
    found = made.evaluated()
    assert isinstance(found, IdentifierList)
    return found


HONEST = read(identifier_draft(SCENE))


def judged(
    found: IdentifierList | ListRefused | None = HONEST,
    *,
    identifier: bytes = GOOD,
    context: ListContext = SCENE.context,
    certificate: bytes | None = None,
) -> ListJudgement:
    return judge_identifier(
        found,
        reference=IdentifierReference(LIST, identifier, certificate),
        issuer=ISSUER,
        context=context,
    )


def with_anchors(*anchors: TrustAnchor) -> ListContext:
    kept = SCENE.context.trust.anchors
    return replace(SCENE.context, trust=TrustStore([*kept, *anchors]))


def signed_by(
    identity: TestIdentity, *, context: ListContext | None = None
) -> ListJudgement:
    made = identifier_draft(SCENE, by=identity)
    made.context = context
    return made.judgement()


def fault(said: ListJudgement) -> ListFault | None:
    return None if said.refused is None else said.refused.fault


# --- what it says --------------------------------------------------------------------


def test_presence_is_revocation_and_absence_from_a_fresh_list_is_none() -> None:
    revoked, valid = judged(identifier=REVOKED), judged()
    assert revoked.reason is StatusReason.REVOKED
    assert valid.reason is StatusReason.VALID
    assert revoked.as_of == valid.as_of == SCENE.at
    assert valid.facts["found"] == LIST
    assert valid.facts["until"] == SCENE.at + timedelta(hours=12)


def test_where_there_is_no_list_one_is_needed() -> None:
    assert judged(None).reason is StatusReason.LIST_NEEDED


def test_absence_from_a_stale_list_passes_only_where_a_policy_says_so() -> None:
    late = replace(SCENE.context, at=SCENE.at + timedelta(hours=2))
    assert judged(context=late).reason is StatusReason.LIST_STALE
    lax = replace(late, freshness=FreshnessRule(StaleRule.ACCEPTED))
    assert judged(context=lax).reason is StatusReason.VALID_STALE_ACCEPTED


def test_a_list_of_another_address_counts_as_absent() -> None:
    said = judge_identifier(
        HONEST,
        reference=IdentifierReference(LIST + "0", REVOKED),
        issuer=ISSUER,
        context=SCENE.context,
    )
    assert fault(said) is ListFault.URI_MISMATCH


def test_a_list_read_under_another_policy_is_judged_by_this_one() -> None:
    policy = SCENE.context.policy
    ed = frozenset(each for each in policy.algorithms if each.jose == "EdDSA")
    strict = replace(SCENE.context, policy=replace(policy, algorithms=ed))
    assert fault(judged(context=strict)) is ListFault.ALGORITHM_NOT_ALLOWED


# --- under which profile -------------------------------------------------------------


@pytest.mark.parametrize("profile", [OPENID4VP_1_0, HAIP_1_0], ids=lambda p: p.name)
def test_no_published_profile_has_identifier_lists(profile: Profile) -> None:
    policy = replace(SCENE.context.policy, profile=profile)
    context = replace(SCENE.context, policy=policy)
    made = identifier_draft(SCENE)
    made.context = context
    assert fault(made.judgement()) is ListFault.UNSUPPORTED
    for found in (HONEST, None):
        said = judged(found, identifier=REVOKED, context=context)
        assert said.reason is StatusReason.LIST_REFUSED
        assert fault(said) is ListFault.UNSUPPORTED


def test_the_draft_is_another_name_and_no_wider_otherwise() -> None:
    assert DRAFT.name == "draft"
    assert (
        replace(
            DRAFT,
            name=OPENID4VP_1_0.name,
            identifier_list=OPENID4VP_1_0.identifier_list,
        )
        == OPENID4VP_1_0
    )


# --- who may sign it -----------------------------------------------------------------


def test_who_the_same_authority_certifies_for_lists_signs_them() -> None:
    assert signed_by(SCENE.lister).reason is StatusReason.VALID
    certified = SCENE.pki.issuer("https://status.example", change=delegated)
    assert signed_by(certified).reason is StatusReason.VALID


def test_no_document_signer_signs_lists_nor_does_one_of_the_same_name() -> None:
    assert fault(signed_by(SCENE.issuer)) is ListFault.SIGNER_NOT_ENTITLED
    again = SCENE.pki.issuer("https://issuer.example")
    assert fault(signed_by(again)) is ListFault.SIGNER_NOT_ENTITLED


def test_the_key_of_the_document_signer_signs_no_list_under_another_name() -> None:
    found = read(identifier_draft(SCENE))
    same = replace(ISSUER, key=SCENE.lister.signer.public_key)
    said = judge_identifier(
        found,
        reference=IdentifierReference(LIST, GOOD),
        issuer=same,
        context=SCENE.context,
    )
    assert fault(said) is ListFault.SIGNER_NOT_ENTITLED


def test_an_authority_that_the_credential_names_stands_above_the_signer() -> None:
    made = identifier_draft(SCENE, by=SCENE.unknown_lister)
    assert fault(made.judgement()) is ListFault.SIGNER_NOT_TRUSTED
    made.certificate = SCENE.unknown_root
    assert made.judgement().reason is StatusReason.VALID


def test_what_one_credential_names_is_believed_about_no_other() -> None:
    made = identifier_draft(SCENE, by=SCENE.unknown_lister)
    made.certificate = SCENE.unknown_root
    found = read(made)
    named = judged(found, certificate=SCENE.unknown_root)
    assert named.reason is StatusReason.VALID
    assert fault(judged(found)) is ListFault.SIGNER_NOT_TRUSTED
    other = judged(found, certificate=SCENE.foreign_root)
    assert fault(other) is ListFault.SIGNER_NOT_TRUSTED


def test_a_credential_that_names_no_ca_is_served_by_nobody() -> None:
    for certificate in (b"\x30\x00", SCENE.lister.chain[0], b"x"):
        said = judged(certificate=certificate)
        assert fault(said) is ListFault.SIGNER_NOT_TRUSTED


def test_a_key_pinned_for_the_list_signs_it() -> None:
    jwk = {**SCENE.unknown_lister.signer.public_key.to_jwk(), "kid": "1"}
    pin = TrustAnchor.from_jwks(
        {"keys": [jwk]},
        name="pin",
        purposes=[Purpose.SIGN_STATUS_LISTS],
        issuer_names=[LIST],
    )
    context = with_anchors(pin)
    said = signed_by(SCENE.unknown_lister, context=context)
    assert said.reason is StatusReason.VALID
    elsewhere = replace(pin, issuer_names=frozenset({LIST + "0"}))
    said = signed_by(SCENE.unknown_lister, context=with_anchors(elsewhere))
    assert fault(said) is ListFault.SIGNER_NOT_TRUSTED


def test_a_ca_registered_for_the_list_stands_above_its_signer() -> None:
    anchor = TrustAnchor.from_certificate(
        SCENE.unknown_root,
        name="lists",
        purposes=[Purpose.SIGN_STATUS_LISTS],
        issuer_names=[LIST],
    )
    said = signed_by(SCENE.unknown_lister, context=with_anchors(anchor))
    assert said.reason is StatusReason.VALID


def test_a_signer_s_chain_is_judged_again_when_the_list_is_asked() -> None:
    made = identifier_draft(SCENE)
    made.claims[4] = int((SCENE.at + timedelta(days=900)).timestamp())
    made.claims[65534] = 10**9
    found = read(made)
    lax = FreshnessRule(StaleRule.ACCEPTED, timedelta(days=900))
    for days, expected in ((300, None), (400, ListFault.SIGNER_NOT_TRUSTED)):
        at = SCENE.at + timedelta(days=days)
        context = replace(SCENE.context, at=at, freshness=lax)
        assert fault(judged(found, context=context)) is expected


# --- what a caller gives -------------------------------------------------------------


def test_a_list_is_made_by_evaluation_alone() -> None:
    with pytest.raises(UsageError):
        replace(HONEST, uri="https://a.example", seal=None)
    assert HONEST.octets == HONEST.table.octets == 16 + 2 + 7
    assert HONEST.issued == SCENE.at
    assert HONEST.aggregation_uri is None


def test_where_more_lists_are_is_read() -> None:
    made = identifier_draft(SCENE)
    made.members["aggregation_uri"] = "https://issuer.example/lists"
    assert read(made).aggregation_uri == "https://issuer.example/lists"


def test_the_moment_of_fetching_needs_a_zone() -> None:
    made = identifier_draft(SCENE)
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - that is the fault
    with pytest.raises(UsageError):
        evaluate_identifier_list(
            made.token(), made.reference(), taken=naive, context=SCENE.context
        )


def test_the_life_of_a_list_counts_from_its_fetching() -> None:
    made = identifier_draft(SCENE)
    made.claims[6] = int((SCENE.at - timedelta(hours=2)).timestamp())
    for taken, reason in (
        (None, StatusReason.LIST_STALE),
        (SCENE.at - timedelta(minutes=30), StatusReason.VALID),
    ):
        found = evaluate_identifier_list(
            made.token(), made.reference(), taken=taken, context=SCENE.context
        )
        assert isinstance(found, IdentifierList)
        assert judged(found).reason is reason


# --- what a credential says ----------------------------------------------------------


def test_the_reference_of_a_credential_is_read() -> None:
    assert read_identifier_reference(
        {"id": b"\xcc\xcc", "uri": LIST, "certificate": b"\xaa", "more": 1}
    ) == IdentifierReference(LIST, b"\xcc\xcc", b"\xaa")
    assert read_identifier_reference({"id": b"a", "uri": LIST}).certificate is None


@pytest.mark.parametrize(
    "changes",
    [
        {"id": None},
        {"id": "cccc"},
        {"id": b""},
        {"id": 7},
        {"uri": None},
        {"uri": ""},
        {"uri": 1},
        {"certificate": None},
        {"certificate": b""},
        {"certificate": [b"\xaa"]},
    ],
    ids=repr,
)
def test_a_reference_that_says_something_else_is_malformed(
    changes: dict[str, None],
) -> None:
    with pytest.raises(MalformedError):
        read_identifier_reference({"id": b"a", "uri": LIST, **changes})


@pytest.mark.parametrize("value", [None, [], "x", {}, {"uri": LIST}, {"id": b"a"}])
def test_no_reference_is_malformed(value: None) -> None:
    with pytest.raises(MalformedError):
        read_identifier_reference(value)


@pytest.mark.parametrize(
    "changes", [{"id": bytes(65)}, {"certificate": bytes(20_000)}], ids=["id", "cert"]
)
def test_a_reference_too_long_is_refused(changes: dict[str, bytes]) -> None:
    with pytest.raises(LimitError):
        read_identifier_reference({"id": b"a", "uri": LIST, **changes})


def test_a_reference_does_not_show_whom_it_is_about() -> None:
    assert "secret" not in repr(IdentifierReference(LIST, b"secret"))
