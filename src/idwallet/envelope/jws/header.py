"""The protected header of a JWS, read once."""

import binascii
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.frozen import FrozenObject
from idwallet.codec.json import JsonObject, JsonValue, read_object
from idwallet.errors import LimitError, MalformedError, UnsupportedError

REGISTERED: Final = frozenset(
    {"alg", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty", "crit"}
)
"""What RFC 7515 §4.1 defines; `crit` must not name any of it (§4.1.11)."""

UNDERSTOOD: Final = frozenset({"b64"})
"""The extensions that this package itself acts on (RFC 7797)."""

PROTECTED_ONLY: Final = frozenset({"alg", "crit", "b64"})
"""What counts only under the signature (RFC 7515 §4.1.11, RFC 7797 §3, RFC 8725)."""

_STRINGS: Final = ("typ", "cty", "kid", "jku", "x5u", "x5t", "x5t#S256")


class HeaderParameters(FrozenObject):
    """All parameters of a header, read-only: it is remembered between tokens."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, repr=False)
class JwsHeader:
    """A protected header that keeps the rules of RFC 7515 §4.

    `algorithm` is what the sender claims and decides nothing. `x5c` holds DER, the
    signer's certificate first. `critical` names what the sender says must be
    understood; `encoded` is False when RFC 7797 leaves the payload as it is.
    Of `parameters`, ``jku`` and ``x5u`` are never followed and ``jwk`` never judges.
    """

    algorithm: str
    typ: str | None
    kid: str | None
    x5c: tuple[bytes, ...]
    parameters: Mapping[str, JsonValue]
    critical: tuple[str, ...] = ()
    encoded: bool = True

    def __repr__(self) -> str:
        """Show how many parameters there are: names and keys may be a person's."""
        return f"JwsHeader(<{len(self.parameters)} parameters>)"


def read_header(segment: bytes, *, at: str) -> JwsHeader:
    """Read the base64url text of a protected header.

    The same short header is read once and remembered: reading has no effect but its
    result, and issuers send one header with every credential.

    Raises:
        LimitError: the header or a list in it passes its bound.
        MalformedError: it breaks a rule of RFC 7515 §4 or RFC 7797.
    """
    if len(segment) > limits.HEADER_CACHE_BYTES:
        return _read(segment, at)
    return _remembered(segment, at)


def require_understood(
    header: JwsHeader, understood: frozenset[str], *, at: str
) -> None:
    """Return only if everything that the header calls critical is understood.

    Raises:
        UnsupportedError: RFC 7515 §4.1.11 makes the JWS invalid for this reader.
    """
    if not understood.issuperset(header.critical):
        raise UnsupportedError(
            "a critical header parameter is not understood",
            at=f"{at}/header/crit",
            clause="RFC 7515 §4.1.11",
        )


def x5c_parameter(chain: Sequence[bytes]) -> list[JsonValue]:
    """Return DER certificates, leaf first, as the value of ``x5c``.

    It is standard base64 with padding, unlike all else in a JWS (RFC 7515 §4.1.6).
    """
    return [b64encode(der).decode("ascii") for der in chain]


def _read(segment: bytes, at: str) -> JwsHeader:
    place = f"{at}/header"
    if len(segment) > limits.JWS_HEADER_BYTES:
        raise LimitError("header too long", at=place, clause="RFC 7515 §4")
    values = read_object(
        b64.decode(segment, at=place, clause="RFC 7515 §5.2"),
        at=place,
        clause="RFC 7515 §4",
    )
    algorithm = _text(values, "alg", at=place)
    if algorithm is None:
        # RFC 7515 lets `alg` stand outside the signature; RFC 8725 §3.1 does not
        # trust it there, and nothing this library speaks puts it there.
        raise MalformedError("no alg", at=place, clause="RFC 7515 §4.1.1")
    for name in _STRINGS:
        _text(values, name, at=place)
    critical = _critical(values, place)
    return JwsHeader(
        algorithm=algorithm,
        typ=_text(values, "typ", at=place),
        kid=_text(values, "kid", at=place),
        x5c=_certificates(values, f"{place}/x5c"),
        parameters=HeaderParameters(values),
        critical=critical,
        encoded=_encoded(values, critical, at=f"{place}/b64"),
    )


_remembered = lru_cache(maxsize=limits.HEADER_CACHE_ENTRIES)(_read)


def _text(values: JsonObject, name: str, *, at: str) -> str | None:
    if name not in values:
        return None
    value = values[name]
    if not isinstance(value, str):
        raise MalformedError("not a string", at=f"{at}/{name}", clause="RFC 7515 §4.1")
    return value


def _critical(values: JsonObject, place: str) -> tuple[str, ...]:
    if "crit" not in values:
        return ()
    at, clause = f"{place}/crit", "RFC 7515 §4.1.11"
    listed = values["crit"]
    if not isinstance(listed, list) or not listed:
        raise MalformedError("not a list of names", at=at, clause=clause)
    if len(listed) > limits.JWS_CRIT_NAMES:
        raise LimitError("too many names", at=at, clause=clause)
    names = tuple(name for name in listed if isinstance(name, str))
    if len(names) != len(listed):
        raise MalformedError("not a list of names", at=at, clause=clause)
    if len(set(names)) != len(names):
        raise MalformedError("a name stands twice", at=at, clause=clause)
    if not REGISTERED.isdisjoint(names):
        raise MalformedError("names a registered parameter", at=at, clause=clause)
    if not values.keys() >= set(names):
        raise MalformedError("names an absent parameter", at=at, clause=clause)
    return names


def _encoded(values: JsonObject, critical: tuple[str, ...], *, at: str) -> bool:
    encoded = values.get("b64", True)
    if not isinstance(encoded, bool):
        raise MalformedError("not true or false", at=at, clause="RFC 7797 §3")
    if not encoded and "b64" not in critical:
        # Else a reader that knows no RFC 7797 takes another payload for the signed
        # one, and both find the signature valid.
        raise MalformedError("not named in crit", at=at, clause="RFC 7797 §6")
    return encoded


def _certificates(values: JsonObject, at: str) -> tuple[bytes, ...]:
    if "x5c" not in values:
        return ()
    listed = values["x5c"]
    if not isinstance(listed, list) or not listed:
        raise MalformedError(
            "not a list of certificates", at=at, clause="RFC 7515 §4.1.6"
        )
    if len(listed) > limits.CHAIN_CERTIFICATES:
        raise LimitError("too many certificates", at=at, clause="RFC 7515 §4.1.6")
    return tuple(
        _certificate(value, f"{at}/{index}") for index, value in enumerate(listed)
    )


def _certificate(value: JsonValue, at: str) -> bytes:
    if not isinstance(value, str):
        raise MalformedError("not a string", at=at, clause="RFC 7515 §4.1.6")
    try:
        der = binascii.a2b_base64(value, strict_mode=True)
    except ValueError as error:
        raise MalformedError("not base64", at=at, clause="RFC 4648 §4") from error
    if not der or b64encode(der).decode("ascii") != value:
        # One certificate must have one spelling: spare bits would give it several.
        raise MalformedError("not canonical base64", at=at, clause="RFC 4648 §3.5")
    return der
