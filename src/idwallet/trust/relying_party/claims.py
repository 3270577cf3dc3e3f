"""The claims of a registration certificate (ETSI TS 119 475 section 5.2.4).

The JWT and the CWT have the same claims by the same names; of the registered claims a
CWT may write the number instead (RFC 8392).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

from idwallet import limits
from idwallet.codec.cbor import CborKey, CborValue
from idwallet.codec.frozen import FrozenObject
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.codec.numeric_date import numeric_date
from idwallet.errors import LimitError, MalformedError
from idwallet.trust.relying_party.structures import (
    LocalText,
    Party,
    PathElement,
    RegisteredClaim,
    RegisteredCredential,
    Registration,
    StatusReference,
)

_CLAUSE: Final = "ETSI TS 119 475 §5.2.4"
ENTITLEMENTS: Final = "https://uri.etsi.org/19475/Entitlement/"
"""How every entitlement of clause A.2 begins."""

_REGISTERED: Final[Mapping[int, str]] = MappingProxyType(
    {1: "iss", 2: "sub", 3: "aud", 4: "exp", 5: "nbf", 6: "iat", 7: "cti"}
)


def named_claims(claims: Mapping[CborKey, CborValue]) -> JsonObject:
    """Return the claims of a CWT by name, as a JWT has them.

    Raises:
        MalformedError: a claim stands twice, by number and by name, or holds what JSON
            has no form for.
    """
    found: JsonObject = {}
    for key, value in claims.items():
        name = _REGISTERED.get(key) if isinstance(key, int) else key
        if not isinstance(name, str):
            continue  # a number that this standard gives no meaning
        if name in found:
            raise MalformedError("a claim stands twice", at=name, clause="RFC 8392 §3")
        found[name] = _plain(value, at=name)
    return found


def _plain(value: CborValue, *, at: str) -> JsonValue:
    if isinstance(value, list):
        return [_plain(each, at=at) for each in value]
    if isinstance(value, dict):
        members: JsonObject = {}
        for name, each in value.items():
            if not isinstance(name, str):
                raise MalformedError("a member without a name", at=at, clause=_CLAUSE)
            members[name] = _plain(each, at=at)
        return members
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise MalformedError("no value of a claim", at=at, clause=_CLAUSE)


def read_claims(claims: JsonObject) -> Registration:
    """Read a registration; who signed it is judged elsewhere.

    Raises:
        LimitError: a list or a text passes its bound.
        MalformedError: a claim is missing or of a wrong kind, no entitlement is one of
            clause A.2, or it is valid for more than twelve months (GEN-5.2.4-08).
    """
    issued, expires = _moment(claims, "iat"), _maybe_moment(claims, "exp")
    if expires is not None and expires - issued > limits.REGISTRATION_LIFETIME:
        raise MalformedError("valid for too long", at="exp", clause=_CLAUSE)
    authority = _object(claims.get("supervisory_authority", {}), at="authority")
    return Registration(
        subject=_text(claims.get("sub"), at="sub"),
        name=_text(claims.get("name"), at="name"),
        country=_text(claims.get("country"), at="country"),
        entitlements=_entitlements(claims.get("entitlements")),
        credentials=_credentials(claims.get("credentials"), at="credentials"),
        provides=_credentials(claims.get("provides_attestations"), at="provides"),
        purposes=_local(claims.get("purpose"), at="purpose"),
        services=_local(claims.get("srv_description"), at="srv_description"),
        issued=issued,
        expires=expires,
        status=_status(claims),
        intended_use=_maybe_text(claims, "intended_use_id"),
        intermediary=_intermediary(claims),
        is_public_body=claims.get("public_body") is True,
        policies=_texts(claims.get("policy_id"), at="policy_id"),
        privacy_policies=_addresses(claims.get("privacy_policy"), at="privacy_policy"),
        support=_texts(claims.get("support_uri"), at="support_uri"),
        information=_texts(claims.get("info_uri"), at="info_uri"),
        registry=_maybe_text(claims, "registry_uri"),
        supervisor=_maybe_text(authority, "name"),
        contacts=_contacts(authority),
    )


def _entitlements(value: JsonValue) -> tuple[str, ...]:
    """Return them all; one at least is of clause A.2 (GEN-5.2.4-03)."""
    found = _texts(value, at="entitlements")
    if not any(each.startswith(ENTITLEMENTS) for each in found):
        raise MalformedError("no entitlement", at="entitlements", clause=_CLAUSE)
    return found


def _contacts(authority: JsonObject) -> tuple[str, ...]:
    ways = ("email", "phone", "uri", "form_uri")
    return tuple(
        each
        for way in ways
        for each in _texts(authority.get(way), at=f"authority/{way}")
    )


def _object(value: JsonValue, *, at: str) -> JsonObject:
    if not isinstance(value, dict):
        raise MalformedError("no object", at=at, clause=_CLAUSE)
    return value


def _list(value: JsonValue, *, at: str, bound: int) -> list[JsonValue]:
    if not isinstance(value, list):
        raise MalformedError("no list", at=at, clause=_CLAUSE)
    if len(value) > bound:
        raise LimitError("too many entries", at=at, clause=_CLAUSE)
    return value


def _text(value: JsonValue, *, at: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise MalformedError("no text", at=at, clause=_CLAUSE)
    if len(value) > limits.URI_CHARACTERS:
        raise LimitError("a text is too long", at=at, clause=_CLAUSE)
    return value.strip()


def _maybe_text(claims: JsonObject, name: str) -> str | None:
    return _text(claims[name], at=name) if name in claims else None


def _texts(value: JsonValue, *, at: str) -> tuple[str, ...]:
    """Return texts; one of them may stand without a list around it."""
    if value is None:
        return ()
    if isinstance(value, str):
        return (_text(value, at=at),)
    every = _list(value, at=at, bound=limits.REGISTERED_TEXTS)
    return tuple(_text(each, at=at) for each in every)


def _addresses(value: JsonValue, *, at: str) -> tuple[str, ...]:
    """Return addresses, each a text or an object that holds one."""
    if value is None or isinstance(value, str):
        return _texts(value, at=at)
    found = []
    for each in _list(value, at=at, bound=limits.REGISTERED_TEXTS):
        text = each
        if isinstance(each, dict):
            text = each.get("policyURI", each.get("policy_uri"))
        found.append(_text(text, at=at))
    return tuple(found)


def _local(value: JsonValue, *, at: str) -> tuple[LocalText, ...]:
    """Return texts in their languages; one list may stand in another.

    Versions of the standard call the text ``value`` or ``content``.
    """
    if value is None:
        return ()
    found: list[LocalText] = []
    for each in _list(value, at=at, bound=limits.REGISTERED_TEXTS):
        inner: list[JsonValue] = each if isinstance(each, list) else [each]
        for entry in _list(inner, at=at, bound=limits.REGISTERED_TEXTS):
            said = _object(entry, at=at)
            text = said.get("value", said.get("content"))
            language = _text(said.get("lang"), at=at)
            found.append(LocalText(language, _text(text, at=at)))
    return tuple(found)


def _moment(claims: JsonObject, name: str) -> datetime:
    moment = numeric_date(claims.get(name))
    if moment is None:
        raise MalformedError("no NumericDate", at=name, clause="RFC 7519 §2")
    return moment


def _maybe_moment(claims: JsonObject, name: str) -> datetime | None:
    return _moment(claims, name) if name in claims else None


def _status(claims: JsonObject) -> StatusReference | None:
    if "status" not in claims:
        return None
    clause, at = "Token Status List §6.2", "status/status_list"
    entry = _object(claims["status"], at="status").get("status_list")
    found = _object(entry, at=at)
    index = found.get("idx")
    if type(index) is not int or index < 0:
        raise MalformedError("no index", at=f"{at}/idx", clause=clause)
    return StatusReference(_text(found.get("uri"), at=f"{at}/uri"), index)


def _intermediary(claims: JsonObject) -> Party | None:
    """Read who asks on behalf of the subject; the standard names it in two ways."""
    value = claims.get("intermediary", claims.get("act"))
    if value is None:
        return None
    found = _object(value, at="intermediary")
    name = found.get("sname", found.get("name", found.get("sub")))
    return Party(
        _text(found.get("sub"), at="intermediary/sub"),
        _text(name, at="intermediary/name"),
    )


def _credentials(value: JsonValue, *, at: str) -> tuple[RegisteredCredential, ...]:
    if value is None:
        return ()
    every = _list(value, at=at, bound=limits.REGISTERED_CREDENTIALS)
    return tuple(_credential(_object(each, at=at), at=at) for each in every)


def _credential(entry: JsonObject, *, at: str) -> RegisteredCredential:
    if "claim" in entry and "claims" in entry:
        # Versions of the standard call them one or the other; of two lists a reader
        # might take the wider.
        raise MalformedError("claims stand twice", at=at, clause=_CLAUSE)
    listed = entry.get("claim", entry.get("claims", []))
    every = _list(listed, at=f"{at}/claim", bound=limits.REGISTERED_CLAIMS)
    return RegisteredCredential(
        _text(entry.get("format"), at=f"{at}/format"),
        FrozenObject(_object(entry.get("meta", {}), at=f"{at}/meta")),
        tuple(_claim(_object(each, at=at), at=f"{at}/claim") for each in every),
    )


def _claim(entry: JsonObject, *, at: str) -> RegisteredClaim:
    values = _list(
        entry.get("values", []), at=f"{at}/values", bound=limits.QUERY_VALUES
    )
    allowed = [each for each in values if isinstance(each, str | int | bool)]
    if len(allowed) != len(values):
        raise MalformedError("no value of a claim", at=at, clause=_CLAUSE)
    return RegisteredClaim(_path(entry.get("path"), at=f"{at}/path"), tuple(allowed))


def _path(value: JsonValue, *, at: str) -> tuple[PathElement, ...]:
    if isinstance(value, str):
        return (_text(value, at=at),)
    steps = _list(value, at=at, bound=limits.QUERY_PATH_ELEMENTS)
    if not steps or not _are_steps(steps):
        # An empty path would cover every claim there is.
        raise MalformedError("no claims path", at=at, clause="OpenID4VP 1.0 §7")
    return tuple(each for each in steps if each is None or isinstance(each, str | int))


def _are_steps(steps: Sequence[JsonValue]) -> bool:
    return all(
        each is None or isinstance(each, str) or (type(each) is int and each >= 0)
        for each in steps
    )
