"""Who signed: from what a token's header says to a key that the store believes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from idwallet import limits
from idwallet.codec.text import show
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.errors import LimitError, MalformedError, UnsupportedError, UsageError
from idwallet.report import Facts, Reason
from idwallet.trust.anchors import (
    PinnedKey,
    Purpose,
    TrustAnchor,
    TrustStore,
    allows_type,
)
from idwallet.trust.certificate import Certificate
from idwallet.trust.path import PathFault, ValidatedPath, validate_path


@dataclass(frozen=True, slots=True)
class SignerFound:
    """A key that the store believes for the purpose.

    `name` is who signed: the `iss` or `client_id` where the token has one, else the
    certificate's subject, as text safe to show. `reason` is `TRUSTED` (`path` says by
    which chain) or `KEY_PINNED` (`path` is None).
    """

    key: PublicKey
    anchor: TrustAnchor
    name: str
    path: ValidatedPath | None
    reason: Reason
    facts: Facts


@dataclass(frozen=True, slots=True)
class SignerRefused:
    """Why nobody believed stands behind the token.

    `key` is the key that the token claims to be signed with, where it can be read, so
    that the signature can still be judged; it is not trusted.
    """

    reason: Reason
    facts: Facts
    key: PublicKey | None = None


# The check that a reader's name belongs to says so in OpenID4VP's own words.
_NAME_REASONS: Final[Mapping[Purpose, Reason]] = MappingProxyType(
    {
        **dict.fromkeys(Purpose, Reason.NAME_NOT_REGISTERED),
        Purpose.READ_CREDENTIALS: Reason.CLIENT_ID_MISMATCH,
    }
)


def resolve_signer(  # noqa: PLR0913 - each is what a header says, or what judges it
    x5c: tuple[bytes, ...],
    *,
    kid: str | None,
    name: str | None,
    store: TrustStore,
    purpose: Purpose,
    at: datetime,
    algorithms: frozenset[Algorithm],
) -> SignerFound | SignerRefused:
    """Find the key that a token must be signed with, if the store believes one.

    With `x5c` (DER, leaf first) the chain decides, and a `name` must be one that the
    anchor and the leaf answer for (docs/adr/0002-issuer-names.md). Without it the key
    is one pinned under `name` and `kid`; a `kid` may be absent where only one key is
    pinned. A key embedded in the token is never looked at. It never raises because of
    what the header says.

    Raises:
        UsageError: `at` has no zone.
    """
    if at.utcoffset() is None:
        raise UsageError("the moment judged needs a zone")
    if not x5c:
        return _pinned(kid, name=name, store=store, purpose=purpose, at=at)
    key = (x5c, name, purpose, algorithms)
    known = store.signers.get(key, at=at)
    if known is not None:
        return known
    found = _by_chain(
        x5c, name=name, store=store, purpose=purpose, at=at, algorithms=algorithms
    )
    if isinstance(found, SignerFound) and found.path is not None:
        path = found.path
        store.signers.put(key, found, since=path.since, until=path.until)
    return found


def _by_chain(
    x5c: tuple[bytes, ...],
    *,
    name: str | None,
    store: TrustStore,
    purpose: Purpose,
    at: datetime,
    algorithms: frozenset[Algorithm],
) -> SignerFound | SignerRefused:
    chain = _read(x5c)
    if isinstance(chain, SignerRefused):
        return chain
    path = validate_path(
        chain, store=store, purpose=purpose, at=at, algorithms=algorithms
    )
    if isinstance(path, PathFault):
        return SignerRefused(path.reason, path.facts, chain[0].public_key)
    return _named(path, name=name, purpose=purpose)


def unless_distrusted(
    found: SignerFound | SignerRefused,
) -> SignerFound | SignerRefused:
    """Return the signer unless the keys of its anchor were lost, at whatever moment.

    It is for what has no proof of when it was signed: whoever has the keys writes any
    moment (docs/adr/0013-an-issuer-distrusted-from-a-date-on.md).
    """
    if isinstance(found, SignerRefused) or found.anchor.distrusted_after is None:
        return found
    return SignerRefused(Reason.NO_TRUSTED_PATH, _facts(name=found.name), found.key)


def for_types(
    signer: SignerFound, types: tuple[str, ...]
) -> SignerFound | SignerRefused:
    """Return the signer unless its anchor is not believed about one of `types`."""
    for each in types:
        if not allows_type(signer.anchor, each):
            facts = _facts(found=show(each), name=signer.name)
            return SignerRefused(Reason.TYPE_NOT_REGISTERED, facts, signer.key)
    return signer


def _read(x5c: tuple[bytes, ...]) -> tuple[Certificate, ...] | SignerRefused:
    """Read the chain; what cannot be read is a fault of the chain, not of ours."""
    if len(x5c) > limits.CHAIN_CERTIFICATES:
        return SignerRefused(Reason.BUDGET_EXCEEDED, _facts(name="x5c"))
    chain: list[Certificate] = []
    for n, der in enumerate(x5c):
        place = f"x5c[{n}]"
        key = chain[0].public_key if chain else None
        try:
            chain.append(Certificate.from_der(der, at=place))
        except LimitError:
            return SignerRefused(Reason.BUDGET_EXCEEDED, _facts(name=place), key)
        except (MalformedError, UnsupportedError) as error:
            facts = _facts(name=place, what=error.what)
            return SignerRefused(Reason.CERTIFICATE_PROFILE, facts, key)
    return tuple(chain)


def _facts(**facts: str | datetime) -> Facts:
    return MappingProxyType(facts)


def _named(
    path: ValidatedPath, *, name: str | None, purpose: Purpose
) -> SignerFound | SignerRefused:
    shown = path.leaf.shown
    if name is not None and not _answers_for(path, name):
        facts = _facts(found=show(name), name=shown)
        return SignerRefused(_NAME_REASONS[purpose], facts, path.key)
    who = shown if name is None else show(name)
    facts = _facts(name=who, until=path.until)
    return SignerFound(path.key, path.anchor, who, path, Reason.TRUSTED, facts)


def _answers_for(path: ValidatedPath, name: str) -> bool:
    """Whether the leaf may sign under that name.

    A name that is only registered for the anchor would let each issuer below it sign
    as any other. So the leaf has to carry the name as well, unless the anchor is
    registered for that name alone.
    """
    registered = path.anchor.issuer_names
    if registered and name not in registered:
        return False
    return len(registered) == 1 or _carries(path.leaf, name)


# A user part, a backslash or white space lets two readers find two hosts in one URL
# (RFC 3986 §7.6): whoever is certified for one of them would sign as the other. A
# query or a fragment has no place in an issuer's name (RFC 8414 §2).
_HTTPS: Final = re.compile(
    r"https://(?P<host>[a-z0-9-]+(?:\.[a-z0-9-]+)*)(?::[0-9]{1,5})?"
    r"(?:/(?:[a-z0-9\-._~!$&'()*+,;=:@/]|%[0-9a-f]{2})*)?",
    re.IGNORECASE | re.ASCII,
)


def _carries(leaf: Certificate, name: str) -> bool:
    """Whether the leaf has the https URL, or its host, as an alternative name.

    A wildcard is no name of an issuer, and matches none.
    """
    url = _HTTPS.fullmatch(name)
    if url is None:
        return False
    host = url["host"].lower()
    return name in leaf.san_uri or host in {each.lower() for each in leaf.san_dns}


def _pinned(
    kid: str | None,
    *,
    name: str | None,
    store: TrustStore,
    purpose: Purpose,
    at: datetime,
) -> SignerFound | SignerRefused:
    if name is None:
        return SignerRefused(Reason.NO_KEY_MATERIAL, _facts())
    pins = [
        (anchor, pin)
        for anchor, pin in store.pinned(name, purpose)
        if holds(anchor, at) and (kid is None or pin.kid == kid)
    ]
    return _one_pin(pins, show(name))


def _one_pin(
    pins: list[tuple[TrustAnchor, PinnedKey]], name: str
) -> SignerFound | SignerRefused:
    facts = _facts(name=name)
    if len(pins) != 1:
        return SignerRefused(Reason.KEY_NOT_PINNED, facts)
    anchor, pin = pins[0]
    return SignerFound(pin.key, anchor, name, None, Reason.KEY_PINNED, facts)


def holds(anchor: TrustAnchor, at: datetime) -> bool:
    """Whether an anchor counts at a moment, by what its own validity says."""
    validity = anchor.validity
    return validity is None or validity.since <= at <= validity.until
