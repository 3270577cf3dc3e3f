"""Show chosen claims of an SD-JWT (RFC 9901 sections 4.3 and 7.2)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from idwallet.codec.json import JsonObject, JsonValue, read_object, write_json
from idwallet.credentials.paths import ClaimPath, covers, is_concrete, is_there
from idwallet.credentials.sdjwt.structures import (
    NEVER_DISCLOSABLE,
    TYP_KEY_BINDING,
    SdJwt,
    digest_of,
    read_sd_jwt,
)
from idwallet.credentials.sdjwt.unpack import Place, Unpacked, unpack
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.signer import Signer
from idwallet.envelope.jws import sign_compact
from idwallet.errors import MalformedError, UnsupportedError, UsageError

NOTHING: Final[Mapping[str, JsonValue]] = MappingProxyType({})
"""What a key binding says beside its own claims: nothing."""

_ABOUT_THE_CREDENTIAL: Final = NEVER_DISCLOSABLE | {"iat"}


@dataclass(frozen=True, slots=True, repr=False)
class Held:
    """A credential in the holder's hands, read from bytes it verified before.

    `unpacked` holds every claim, since the issuer gave the holder every disclosure.
    """

    sd_jwt: SdJwt
    unpacked: Unpacked
    algorithm: str

    def __repr__(self) -> str:
        """Show the number of disclosures only."""
        return f"Held(<{len(self.sd_jwt.disclosures)} disclosures>)"

    def disclosable(self) -> tuple[Place, ...]:
        """Return where the claims stand that the holder may show or keep."""
        return tuple(each.place for each in self.unpacked.revealed)


def read_held(text: str) -> Held:
    """Read a stored credential again; it was verified when it was added.

    Raises:
        MalformedError: the text is no SD-JWT.
        DisclosureFault: its disclosures break RFC 9901 section 7.1.
    """
    sd_jwt = read_sd_jwt(text)
    payload = read_object(sd_jwt.issuer_jwt.payload, at="payload", clause="RFC 9901 §4")
    unpacked, algorithm = unpack(payload, sd_jwt.disclosures)
    return Held(sd_jwt, unpacked, algorithm)


def choose_disclosures(held: Held, paths: Iterable[ClaimPath]) -> tuple[int, ...]:
    """Return the positions of the disclosures that show the claims at `paths`.

    The disclosures that enclose a claim come along, and so does all that is inside
    it: a claim is shown whole. Claims that are always shown need no disclosure.
    """
    wanted = frozenset(paths)
    exact = frozenset(path for path in wanted if path and is_concrete(path))
    # With these, one look-up answers for most claims.
    named = exact.union(path[:n] for path in exact for n in range(1, len(path)))
    patterns = wanted - exact
    chosen: set[int] = set()
    for each in held.unpacked.revealed:
        if (
            each.place in named
            or _is_inside(each.place, exact)
            or any(_touches(path, each.place) for path in patterns)
        ):
            chosen.add(each.position)
            chosen.update(each.parents)
    return tuple(sorted(chosen))


def _is_inside(place: Place, paths: frozenset[ClaimPath]) -> bool:
    """Tell whether the claim at `place` is inside one of the concrete paths."""
    depth = len(place)
    return depth > 1 and any(place[:size] in paths for size in range(1, depth))


def _touches(path: ClaimPath, place: Place) -> bool:
    """Tell whether the claim at `place` is at or inside `path`, or encloses it."""
    if len(place) >= len(path):
        return covers(path, place[: len(path)])
    return covers(path[: len(place)], place)


def revealed_places(held: Held, positions: Iterable[int]) -> tuple[ClaimPath, ...]:
    """Return where the claims stand that a verifier sees with those disclosures.

    Each claim that holds no other one, each element of an array: what was asked for,
    what stands in one disclosure with it, and what the issuer always discloses. What
    is about the credential and always disclosed (type, issuer, key, dates, status) is
    not among them.
    """
    opened = frozenset(positions)
    revealed = held.unpacked.revealed
    closed = frozenset(e.place for e in revealed if e.position not in opened)
    return _places(held.unpacked, closed)


def seen_places(unpacked: Unpacked) -> tuple[ClaimPath, ...]:
    """Return where the claims stand that a verifier has seen; see `revealed_places`."""
    return _places(unpacked, frozenset())


def _places(unpacked: Unpacked, closed: frozenset[Place]) -> tuple[ClaimPath, ...]:
    chosen = frozenset(e.place[0] for e in unpacked.revealed)
    return tuple(
        place
        for place in leaf_places(unpacked.positioned)
        if (place[0] in chosen or place[0] not in _ABOUT_THE_CREDENTIAL)
        and not any(place[:size] in closed for size in range(1, len(place) + 1))
    )


def leaf_places(value: JsonValue, at: ClaimPath = ()) -> Iterator[ClaimPath]:
    """Yield where the claims at `at` stand that hold no other claim or element."""
    if isinstance(value, dict) and value:
        for name, each in value.items():
            yield from leaf_places(each, (*at, name))
    elif isinstance(value, list) and value:
        for number, each in enumerate(value):
            yield from leaf_places(each, (*at, number))
    elif at and is_there(value):
        yield at


def show_claims(held: Held, positions: Iterable[int]) -> str:
    """Return the compact SD-JWT with the disclosures at `positions`, unbound."""
    token = held.sd_jwt.compact.partition("~")[0]
    shown = (held.sd_jwt.disclosures[position] for position in positions)
    return "~".join((token, *shown, ""))


def bind_to_key(  # noqa: PLR0913 - what RFC 9901 4.3 binds, and what is said beside
    shown: str,
    *,
    signer: Signer,
    nonce: str,
    audience: str,
    algorithm: str,
    at: datetime,
    said: Mapping[str, JsonValue] = NOTHING,
) -> str:
    """Append the key binding JWT (RFC 9901 section 4.3) that answers one request.

    `algorithm` is the hash of the issuer's ``_sd_alg``. `said` is what the binding says
    beside. Signs once.

    Raises:
        UsageError: nonce or audience is empty, or `said` says what the binding does.
        SignerError: the holder key could not sign.
    """
    if not nonce or not audience:
        raise UsageError("key binding needs a nonce and an audience (RFC 9901 4.3)")
    binding: JsonObject = {
        "iat": int(at.timestamp()),
        "aud": audience,
        "nonce": nonce,
        "sd_hash": digest_of(shown, algorithm),
    }
    if not binding.keys().isdisjoint(said):
        raise UsageError("a key binding says its own claims itself (RFC 9901 4.3)")
    return shown + sign_compact(
        write_json({**binding, **said}), header={"typ": TYP_KEY_BINDING}, signer=signer
    )


def holder_thumbprint(text: str) -> str | None:
    """Return the thumbprint of the key that an SD-JWT says it is bound to.

    Nothing is verified; None when it names no key that can be read.
    """
    try:
        payload = read_object(
            read_sd_jwt(text).issuer_jwt.payload, at="payload", clause="RFC 9901 §4"
        )
        confirmation = payload.get("cnf")
        jwk = confirmation.get("jwk") if isinstance(confirmation, dict) else None
        if not isinstance(jwk, dict):
            return None
        return PublicKey.from_jwk(jwk, at="cnf.jwk").thumbprint
    except (MalformedError, UnsupportedError):
        return None
