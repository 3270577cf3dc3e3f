"""What a compact credential looks like: issued, and shown. Nothing is judged here."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec.cbor import CborValue, read_cbor, read_cbor_item
from idwallet.codec.json import JsonObject
from idwallet.credentials.compact import tree
from idwallet.credentials.compact.bound_to import HINT_BYTES, holder_aad
from idwallet.credentials.compact.guardian import Delegation, delegation_of
from idwallet.credentials.compact.headers import labels_of
from idwallet.credentials.compact.names import claim_of, type_of
from idwallet.credentials.compact.person import person_in
from idwallet.credentials.compact.usual import credential_parts, proof_parts
from idwallet.credentials.compact.values import json_of
from idwallet.credentials.presence import PersonVerified
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.short_key import read_short_key
from idwallet.envelope.cose import (
    ChainRule,
    CoseRules,
    CoseSign1,
    TagRule,
    labels,
    read_sign1,
    sign1_of,
)
from idwallet.envelope.cose.structures import signing_input
from idwallet.errors import LimitError, MalformedError, UnsupportedError

CLAUSE: Final = "idwallet compact 1 §2"
PROOF: Final = "idwallet compact 1 §6"

ISSUER_AAD: Final = b"idwallet-compact/1"
"""What an issuer signs beside a compact credential: no other message is one."""

SINGLE, SELECTIVE = 1, 2
"""The two shapes of this version; numbers not used are those of later versions."""

MINUTE: Final = timedelta(minutes=1)
SHORT_LIFE: Final = timedelta(days=1)
"""A credential that lives less needs no status (EU ARF 3.0.0, VCR_01)."""

SCHEME: Final = "https://"

# `signing_input` is last; as the type itself, no Python code runs.
_signed_so: Final = partial(tuple.__new__, CoseSign1)
_RULES: Final = CoseRules(TagRule.UNTAGGED, ChainRule.UNPROTECTED)
_OF_THE_ISSUER: Final = frozenset({labels.ALG, labels.KID})
_OF_THE_HOLDER: Final = frozenset({labels.ALG})
_OUTSIDE: Final = frozenset({labels.X5CHAIN})
_SINGLE_PARTS, _SELECTIVE_PARTS = 7, 8
# The holder alone, or who acts for them; with how that person was verified, or not.
_PROOF_PARTS: Final = (5, 6, 7, 8)
_OF_THE_HOLDER_ALONE: Final = 6
_SHOWN_PARTS: Final = 3
_PAIR: Final = 2
_ONE_OCTET: Final = 24  # numbers below it are their own head (RFC 8949 3)
_ROOT_OCTETS: Final = 1 + tree.SIZE
_LATEST: Final = 253402300799  # the last second of the year 9999


class CompactCredential(NamedTuple):
    """What an issuer says; nothing of it is believed yet.

    `single` are all claims of the single-purpose shape, None in the selective one,
    which has a `root` over `leaves` claims instead. `context` is what the hashes of
    that tree begin with. `status` is as every format has it.
    """

    envelope: CoseSign1
    type: str
    valid_from: datetime
    valid_until: datetime
    key: PublicKey
    status: Mapping[str, object] | None
    single: JsonObject | None
    leaves: int
    root: bytes
    context: bytes

    def __repr__(self) -> str:
        """Show the type only."""
        return f"CompactCredential({self.type!r})"

    @property
    def identity(self) -> bytes:
        """A digest of what the issuer signed, and not of how."""
        return sha256(self.envelope.signing_input).digest()

    @property
    def is_short_lived(self) -> bool:
        """Whether it lives too short to be taken back."""
        return self.valid_until - self.valid_from < SHORT_LIFE


class ShownClaims(NamedTuple):
    """Claims shown of a selective credential: which leaves, and what proves them."""

    places: int
    blocks: bytes
    items: tuple[bytes, ...]
    claims: JsonObject

    def __repr__(self) -> str:
        """Show how many there are."""
        return f"ShownClaims(<{len(self.items)} claims>)"


class CompactProof(NamedTuple):
    """A credential shown: for whom, when, and what of it; nothing is judged.

    The hints are the first octets of the digests of the audience and of the nonce, by
    which a verdict tells which of them is another one; what is proven is proven by the
    signature, which covers both whole. None where the holder bound it to none.
    """

    envelope: CoseSign1
    moment: datetime
    audience_hint: bytes | None
    nonce_hint: bytes | None
    credential: CompactCredential
    shown: ShownClaims | None
    delegation: Delegation | None = None
    right: CompactCredential | None = None
    person: PersonVerified = PersonVerified.NONE

    @property
    def key(self) -> PublicKey:
        """The key that has to have signed: the holder's, or who acts for them."""
        if self.delegation is None:
            return self.credential.key
        return self.delegation.guardian

    def __repr__(self) -> str:
        """Show the type only."""
        return f"CompactProof({self.credential.type!r})"

    def signed_for(self, audience: str | None, nonce: str | None) -> CoseSign1:
        """Return what the holder signed, if it was for this audience and nonce."""
        sign1 = self.envelope
        covered = signing_input(
            sign1.protected,
            external_aad=holder_aad(audience, nonce),
            payload=sign1.payload,
        )
        return _signed_so((*sign1[:-1], covered))


class IssuedCompact(NamedTuple):
    """A credential as a wallet is given it, with all that can be shown of it."""

    credential: CompactCredential
    value: CborValue
    seed: bytes
    items: tuple[bytes, ...]
    claims: JsonObject

    def __repr__(self) -> str:
        """Show the type only."""
        return f"IssuedCompact({self.credential.type!r})"


def read_proof(octets: bytes, *, at: str) -> CompactProof:
    """Take a proof apart.

    Raises:
        MalformedError: it is none, or not written in the one way that it has.
        LimitError: more octets or claims than `limits` has.
        UnsupportedError: a later version, or a key or value not read here.
    """
    envelope = read_sign1(octets, at=at, rules=_RULES, max_bytes=limits.COMPACT_BYTES)
    if envelope.unprotected or labels_of(envelope) != _OF_THE_HOLDER:
        raise MalformedError("more headers than one", at=at, clause=PROOF)
    parts = proof_parts(envelope.payload, at=at, clause=PROOF)
    if len(parts) not in _PROOF_PARTS:
        raise MalformedError("no proof", at=at, clause=PROOF)
    moment, audience, nonce, given, shown = parts[:5]
    credential = credential_of(given, at=f"{at}/credential")
    found = CompactProof(
        envelope,
        _moment(moment, at=f"{at}/moment"),
        _hint(audience, at=f"{at}/audience"),
        _hint(nonce, at=f"{at}/nonce"),
        credential,
        _shown(shown, credential, at=f"{at}/shown"),
        *_delegated(parts, at=at),
        person_in(parts, at=f"{at}/person"),
    )
    if found.audience_hint is None and found.nonce_hint is not None:
        raise MalformedError("a nonce of nobody", at=at, clause=PROOF)
    return found


def read_issued(octets: bytes, *, at: str) -> IssuedCompact:
    """Take apart what a wallet is given: the credential, its seed and its claims.

    Raises:
        MalformedError, LimitError, UnsupportedError: see `read_proof`.
    """
    parts = read_cbor(octets, at=at, clause=CLAUSE, max_bytes=limits.COMPACT_BYTES)
    given, secrets = _pair(parts)
    credential = credential_of(given, at=at)
    if credential.single is not None:
        if secrets is not None:
            raise MalformedError("nothing is kept back", at=at, clause=CLAUSE)
        return IssuedCompact(credential, given, b"", (), credential.single)
    seed, listed = _pair(secrets)
    if not isinstance(seed, bytes) or not isinstance(listed, bytes):
        raise MalformedError("no seed and claims", at=at, clause=CLAUSE)
    if len(seed) != tree.SIZE:
        raise MalformedError("a seed of another length", at=at, clause=CLAUSE)
    items, claims = _items(listed, at=at)
    return IssuedCompact(credential, given, seed, items, claims)


def credential_of(value: CborValue, *, at: str) -> CompactCredential:
    """Take apart what an issuer signed, out of a larger structure.

    Raises:
        MalformedError, LimitError, UnsupportedError: see `read_proof`.
    """
    envelope = sign1_of(value, at=at, rules=_RULES, external_aad=ISSUER_AAD)
    if labels_of(envelope) != _OF_THE_ISSUER:
        raise MalformedError("other headers than two", at=at, clause=CLAUSE)
    if envelope.unprotected and not envelope.unprotected.keys() <= _OUTSIDE:
        raise MalformedError("more than certificates outside", at=at, clause=CLAUSE)
    parts = credential_parts(envelope.payload, at=at, clause=CLAUSE)
    shape = parts[0]
    if type(shape) is not int or shape not in _SHAPES:
        raise UnsupportedError("a shape of other versions", at=at, clause=CLAUSE)
    if len(parts) != _SHAPES[shape]:
        raise MalformedError("other than the parts of its shape", at=at, clause=CLAUSE)
    start = _moment(parts[2], at=f"{at}/start")
    single, count, root, context = None, 0, b"", b""
    if shape == SINGLE:
        single = _single(parts[6], at=f"{at}/claims")
    else:
        count, root = _tree(parts[6], parts[7], at=f"{at}/root")
        # The root is last, and the one part that the context of the tree leaves out.
        context = tree.context_of(envelope.payload[:-_ROOT_OCTETS])
    return _credential(
        (
            envelope,
            type_of(parts[1], at=f"{at}/type"),
            start,
            _end(start, parts[3], at=f"{at}/minutes"),
            _key(parts[4], at=f"{at}/key"),
            _status(parts[5], at=f"{at}/status"),
            single,
            count,
            root,
            context,
        )
    )


# As the type itself: see `_signed_so`.
_credential: Final = partial(tuple.__new__, CompactCredential)
_SHAPES: Final = {SINGLE: _SINGLE_PARTS, SELECTIVE: _SELECTIVE_PARTS}


def _pair(value: CborValue) -> tuple[CborValue, CborValue]:
    """Return two values, of which neither is anything where there are not two."""
    if isinstance(value, list) and len(value) == _PAIR:
        return value[0], value[1]
    return None, None


def _moment(value: CborValue, *, at: str) -> datetime:
    if type(value) is not int or not 0 <= value <= _LATEST:
        raise MalformedError("no moment", at=at, clause=CLAUSE)
    return datetime.fromtimestamp(value, UTC)


def _end(start: datetime, minutes: CborValue, *, at: str) -> datetime:
    if type(minutes) is not int or minutes <= 0:
        raise MalformedError("no life", at=at, clause=CLAUSE)
    try:
        return start + minutes * MINUTE
    except OverflowError:
        raise MalformedError("a life past all years", at=at, clause=CLAUSE) from None


def _key(value: CborValue, *, at: str) -> PublicKey:
    if not isinstance(value, bytes):
        raise MalformedError("no key", at=at, clause=CLAUSE)
    return read_short_key(value, at=at)


def _status(value: CborValue, *, at: str) -> Mapping[str, object] | None:
    if value is None:
        return None
    index, place = _pair(value)
    if type(index) is not int or index < 0 or not isinstance(place, str) or not place:
        raise MalformedError("no place in a list", at=at, clause=CLAUSE)
    return {"status_list": {"idx": index, "uri": SCHEME + place}}


def _tree(count: CborValue, root: CborValue, *, at: str) -> tuple[int, bytes]:
    if type(count) is not int or count <= 0:
        raise MalformedError("no number of claims", at=at, clause=tree.CLAUSE)
    if count > limits.COMPACT_CLAIMS:
        raise LimitError("too many claims", at=at, clause="idwallet limits")
    if not isinstance(root, bytes) or len(root) != tree.SIZE:
        raise MalformedError("no root", at=at, clause=tree.CLAUSE)
    return count, root


def _single(value: CborValue, *, at: str) -> JsonObject:
    if not isinstance(value, list) or not value or len(value) % 2:
        raise MalformedError("no claims", at=at, clause=CLAUSE)
    if len(value) > 2 * limits.COMPACT_CLAIMS:
        raise LimitError("too many claims", at=at, clause="idwallet limits")
    found: JsonObject = {}
    for name, each in zip(value[::2], value[1::2], strict=True):
        found[_fresh(name, found, at=at)] = json_of(each, at=at)
    return found


def _fresh(name: CborValue, found: JsonObject, *, at: str) -> str:
    """Return the name of a claim that is not there yet."""
    named = claim_of(name, at=at)
    if named in found:
        raise MalformedError("a claim twice", at=at, clause=CLAUSE)
    return named


def _items(octets: bytes, *, at: str) -> tuple[tuple[bytes, ...], JsonObject]:
    """Cut claims out of a sequence of names and values, as they were hashed."""
    if octets and octets[0] < _ONE_OCTET:
        # One claim whose name is one octet, as of an age: the rest is its value.
        try:
            only = read_cbor(octets[1:], at=at, clause=CLAUSE)
        except (MalformedError, UnsupportedError):
            pass  # there are more of them, or the walk says what is wrong
        else:
            named = claim_of(octets[0], at=at)
            return (octets,), {named: json_of(only, at=at)}
    items: list[bytes] = []
    claims: JsonObject = {}
    offset = 0
    while offset < len(octets):
        if len(items) >= limits.COMPACT_CLAIMS:
            raise LimitError("too many claims", at=at, clause="idwallet limits")
        name = read_cbor_item(octets, offset=offset, at=at, clause=CLAUSE)
        value = read_cbor_item(octets, offset=name.end, at=at, clause=CLAUSE)
        claims[_fresh(name.value, claims, at=at)] = json_of(value.value, at=at)
        items.append(octets[offset : value.end])
        offset = value.end
    return tuple(items), claims


def _shown(
    value: CborValue, credential: CompactCredential, *, at: str
) -> ShownClaims | None:
    if credential.single is not None:
        if value is not None:
            raise MalformedError("nothing is kept back", at=at, clause=PROOF)
        return None
    if not isinstance(value, list) or len(value) != _SHOWN_PARTS:
        raise MalformedError("no claims shown", at=at, clause=PROOF)
    places, blocks, octets = value
    if type(places) is not int or places <= 0:
        raise MalformedError("no places", at=at, clause=PROOF)
    if not isinstance(blocks, bytes) or not isinstance(octets, bytes):
        raise MalformedError("no claims shown", at=at, clause=PROOF)
    items, claims = _items(octets, at=at)
    return ShownClaims(places, blocks, items, claims)


def _delegated(
    parts: list[CborValue], *, at: str
) -> tuple[Delegation | None, CompactCredential | None]:
    if len(parts) <= _OF_THE_HOLDER_ALONE:
        return None, None
    delegation = delegation_of(parts[5], at=f"{at}/delegation")
    right = credential_of(parts[6], at=f"{at}/right")
    if right.single is None:
        raise MalformedError("a right that keeps claims back", at=at, clause=PROOF)
    return delegation, right


def _hint(value: CborValue, *, at: str) -> bytes | None:
    if value is None:
        return None
    if not isinstance(value, bytes) or len(value) != HINT_BYTES:
        raise MalformedError("no hint", at=at, clause=PROOF)
    return value
