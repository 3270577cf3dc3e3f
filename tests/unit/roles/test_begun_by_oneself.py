"""A person begins without an offer, and signs in while the service remembers none."""

from dataclasses import replace
from datetime import timedelta

import pytest

from idwallet.errors import UsageError
from idwallet.protocols.http import HttpRequest
from idwallet.protocols.openid4vci.offer import CodeGrant, CredentialOffer
from idwallet.protocols.openid4vci.wallet import (
    ConfirmCredentials,
    OpenBrowser,
    start_issuance,
)
from idwallet.roles.credential_service import AuthorizationAsked
from tests.unit.roles.credential_service_world import AT, ISSUER, World

WANTED = CredentialOffer(issuer=ISSUER, configurations=("id",), code=CodeGrant())


def waiting(world: World) -> tuple[object, AuthorizationAsked]:
    """Go to the browser by oneself, and come to the service."""
    issuance = world.drive(start_issuance(WANTED, world.client, at=AT))
    issuance = world.drive(issuance.accept(at=AT))
    assert isinstance(issuance.step, OpenBrowser)
    asked = world.service.handle(HttpRequest("GET", issuance.step.url), at=AT)
    assert isinstance(asked, AuthorizationAsked)
    return issuance, asked


def test_who_begins_by_themselves_is_let_in_as_who_signs_in() -> None:
    world = World()
    issuance, asked = waiting(world)
    assert asked.offered_to is None
    back = world.service.grant(asked, subject="boris", at=AT)
    done = world.drive(
        issuance.returned(back.header("Location") or "", at=AT)  # type: ignore[attr-defined]
    )
    assert isinstance(done.step, ConfirmCredentials)
    assert world.orders[0].subject == "boris"


def test_a_browser_that_waits_is_the_same_in_another_process() -> None:
    world = World()
    _, asked = waiting(world)
    kept = world.service.keep(asked, at=AT)
    assert asked.request.state not in kept
    again = World().service.kept(kept, at=AT + timedelta(minutes=9))
    assert again == asked
    offered = replace(asked, offered_to="anna", provider="p", instance="i")
    held = world.service.keep(offered, at=AT)
    assert world.service.kept(held, at=AT) == offered


@pytest.mark.parametrize("text", ["", "AAAA", "\u0661"])
def test_what_nobody_kept_is_nothing(text: str) -> None:
    world = World()
    _, asked = waiting(world)
    kept = world.service.keep(asked, at=AT)
    assert world.service.kept(text, at=AT) is None
    other = "A" if kept[9] != "A" else "B"
    assert world.service.kept(kept[:9] + other + kept[10:], at=AT) is None
    assert world.service.kept(kept, at=AT + timedelta(minutes=10)) is None
    assert world.service.kept(kept, at=AT) == asked
    code = world.service._desk.nonce  # a ticket of another kind opens as no other
    from idwallet.roles.credential_service.tickets import Kind

    assert world.service.kept(code(Kind.NONCE, at=AT), at=AT) is None
    with pytest.raises(UsageError):
        world.service.keep(asked, at=AT.replace(tzinfo=None))
