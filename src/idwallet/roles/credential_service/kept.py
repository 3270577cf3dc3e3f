"""A browser that waits to be let in, sealed while the person signs in elsewhere."""

from dataclasses import replace
from datetime import datetime

from idwallet.codec.json import JsonObject, JsonValue
from idwallet.protocols.oauth.authorization import read_authorization_request
from idwallet.roles.credential_service.desk import Desk
from idwallet.roles.credential_service.supply import AuthorizationAsked
from idwallet.roles.credential_service.tickets import Kind

_TEXTS = ("jkt", "provider", "instance", "session")


def keep(desk: Desk, asked: AuthorizationAsked, *, at: datetime) -> str:
    """Seal it for as long as an offer lives; nobody but the service reads it."""
    values: JsonObject = {
        "request": dict[str, JsonValue](asked.request.parameters()),
        "configurations": list[JsonValue](asked.configurations),
        "offered_to": asked.offered_to,
        **{name: getattr(asked, name) for name in _TEXTS},
    }
    until = at + desk.rules.offer_lifetime
    return desk.tickets.issue(Kind.ASKED, values, until=until)


def kept(desk: Desk, text: str, *, at: datetime) -> AuthorizationAsked | None:
    """Return what was sealed, None where it is nothing of ours, or over."""
    found = desk.tickets.read(Kind.ASKED, text, at=at)
    if found is None:
        return None
    held = found.values.get("request")
    parameters = held if isinstance(held, dict) else {}
    asked = AuthorizationAsked(
        request=read_authorization_request(
            {name: text for name, text in parameters.items() if isinstance(text, str)}
        ),
        configurations=found.texts("configurations"),
    )
    offered_to = found.values.get("offered_to")
    return replace(
        asked,
        offered_to=offered_to if isinstance(offered_to, str) else None,
        jkt=found.text("jkt"),
        provider=found.text("provider"),
        instance=found.text("instance"),
        session=found.text("session"),
    )
