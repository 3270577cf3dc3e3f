"""Two diplomas of one person are asked for one by one; and what is bound to no key."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from idwallet import limits
from idwallet.credentials.mdoc.issue import Mdoc
from idwallet.errors import UsageError
from idwallet.protocols.openid4vci.wallet import (
    ConfirmCredentials,
    Failed,
    SendFor,
    Wait,
)
from idwallet.roles.credential_service import IssuanceRules, Pending, Supplied
from tests.unit.roles.credential_service_world import AT, SCENE, World, metadata

OFFERED = {"id": ["2019", "2023"]}


def _sets(subject: str, configuration: str) -> Sequence[str]:
    assert subject == "anna"
    return OFFERED.get(configuration, ())


def diplomas() -> World:
    return World(more={"data_sets": _sets})


def test_each_data_set_is_asked_for_by_its_identifier() -> None:
    world = diplomas()
    offer, _ = world.offer(names=("id", "card"))
    step = world.drive(world.begin(offer).accept(at=AT)).step
    assert isinstance(step, ConfirmCredentials)
    asked = [(each.configuration, each.identifier) for each in world.orders]
    assert asked == [("id", "2019"), ("id", "2023"), ("card", None)]
    assert [each.name for each in step.received] == ["id", "id", "card"]


def test_what_was_put_off_is_of_the_same_data_set() -> None:
    world = diplomas()
    world.answer = Pending(60)
    offer, _ = world.offer()
    waits = world.drive(world.begin(offer).accept(at=AT))
    assert isinstance(waits.step, Wait)
    world.answer = None
    later = AT + timedelta(seconds=60)
    world.drive(waits.poll(at=later), at=later)
    assert [each.identifier for each in world.orders] == ["2019", "2023", "2019"]


def _asked_by(world: World, **changes: object) -> str:
    """Take an offer up, with something else in the credential request."""
    offer, _ = world.offer()
    issuance = world.begin(offer).accept(at=AT)
    wanted = issuance._progress

    def meddled(name: object, identifier: object) -> None:
        nonlocal issuance
        values = {**issuance._progress.values, "wanted": [[name, identifier]]}
        issuance._progress = replace(issuance._progress, values=values)

    while True:
        step = issuance.step
        if getattr(step, "purpose", None) is SendFor.NONCE:
            meddled(changes.get("name", "id"), changes.get("identifier"))
        if isinstance(step, Failed):
            return step.code
        if isinstance(step, ConfirmCredentials):
            return ""
        assert wanted
        before = issuance
        issuance = (
            world.drive(before)
            if not hasattr(step, "purpose")
            else (
                before.receive(world.ask(step.request), at=AT)  # type: ignore[union-attr]
            )
        )


def test_an_identifier_of_nobody_knows_what_and_a_name_beside_them_are_refused() -> (
    None
):
    assert _asked_by(diplomas(), identifier="id/2019") == ""
    assert _asked_by(diplomas(), identifier="id/1999") == (
        "unknown_credential_identifier"
    )
    assert _asked_by(diplomas(), name="id") == "invalid_credential_request"


def test_more_data_sets_than_a_token_holds_are_the_applications_fault() -> None:
    many = [str(each) for each in range(limits.CREDENTIAL_IDENTIFIERS + 1)]
    for sets in (many, ["one", "one"]):
        world = World(more={"data_sets": lambda *_, sets=sets: sets})
        offer, _ = world.offer()
        issuance = world.begin(offer).accept(at=AT)
        with pytest.raises(UsageError, match="data sets"):
            world.drive(issuance)


def unbound() -> World:
    found = metadata().configurations["id"]
    free = replace(found, binding_methods=(), proofs={})
    return World(
        rules=IssuanceRules(unbound=frozenset({"ticket"})),
        changes={"configurations": {"ticket": free}},
    )


def test_what_is_bound_to_no_key_is_issued_where_the_rules_name_it() -> None:
    world = unbound()
    offer, _ = world.offer(names=("ticket",))
    step = world.drive(world.begin(offer).accept(at=AT)).step
    assert isinstance(step, ConfirmCredentials)
    assert len(step.received[0].credentials) == 1
    with pytest.raises(UsageError, match="proven by jwt or attestation"):
        World(changes={"configurations": world.service._desk.metadata.configurations})


def test_a_mobile_document_is_bound_to_a_key_always() -> None:
    with pytest.raises(UsageError, match="bound to a key"):
        SCENE.issuer.issue_unbound(
            Mdoc(doc_type="x", elements={"n": {"a": 1}}),
            valid_until=AT + timedelta(days=1),
            at=AT,
        )
    assert Supplied(SCENE.content(), AT)
