"""Several data sets of one account, each by an identifier (OpenID4VCI 1.0 6.2)."""

from typing import Final

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.errors import UsageError
from idwallet.roles.credential_service.desk import Desk
from idwallet.roles.credential_service.tickets import Ticket

_TYPE: Final = "openid_credential"


def identified_sets(desk: Desk, token: JsonObject) -> dict[str, list[JsonValue]]:
    """Return [configuration, data set or None] by identifier; none where not needed.

    They are there where the wallet asked by authorization details, which then must be
    answered so, or the account has several data sets of something.

    Raises:
        UsageError: the application names more than `limits.CREDENTIAL_IDENTIFIERS` data
            sets of one configuration, or one twice.
    """
    subject, listed = str(token["subject"]), token["configurations"]
    names = listed if isinstance(listed, list) else []
    known = {str(name): tuple(desk.data_sets(subject, str(name))) for name in names}
    if not token.get("by_details") and not any(known.values()):
        return {}
    found: dict[str, list[JsonValue]] = {}
    for name, sets in known.items():
        if len(sets) > limits.CREDENTIAL_IDENTIFIERS or len(set(sets)) != len(sets):
            raise UsageError("data sets: each once, and no more than limits say")
        for each in sets or (None,):
            identifier = name if each is None else f"{name}/{each}"
            found[identifier] = [name, each]
    return found


def details_of(identified: dict[str, list[JsonValue]]) -> tuple[JsonObject, ...]:
    """Return the authorization details of a token response."""
    by_name: dict[str, list[JsonValue]] = {}
    for identifier, (name, _) in identified.items():
        by_name.setdefault(str(name), []).append(identifier)
    return tuple(
        {
            "type": _TYPE,
            "credential_configuration_id": name,
            "credential_identifiers": identifiers,
        }
        for name, identifiers in by_name.items()
    )


def data_set_of(token: Ticket, identifier: str) -> tuple[str, str | None] | None:
    """Return configuration and data set of an identifier, None if it is not there."""
    held = token.values.get("identifiers")
    found = held.get(identifier) if isinstance(held, dict) else None
    if not isinstance(found, list):
        return None
    name, data_set = found
    return str(name), data_set if isinstance(data_set, str) else None
