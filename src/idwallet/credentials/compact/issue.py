"""Make compact credentials, and refuse those that must not be made."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from idwallet import limits
from idwallet.codec.cbor import CborValue, write_cbor
from idwallet.credentials.catalogue import catalogue
from idwallet.credentials.compact import tree
from idwallet.credentials.compact.guardian import GUARDIAN, Act, child_of
from idwallet.credentials.compact.names import short_claim, short_type
from idwallet.credentials.compact.structures import (
    ISSUER_AAD,
    MINUTE,
    SCHEME,
    SELECTIVE,
    SHORT_LIFE,
    SINGLE,
)
from idwallet.credentials.compact.values import ClaimValue, cbor_of
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.short_key import short_key
from idwallet.crypto.signer import Signer
from idwallet.envelope.cose import (
    CoseForm,
    CoseHeaders,
    Sign1Signer,
    TagForm,
    labels,
    x5chain_parameter,
)
from idwallet.errors import UsageError
from idwallet.ports import Random
from idwallet.report import StatusListNeeded

if TYPE_CHECKING:  # whoever issues without a status need not load lists
    from idwallet.trust.status_list import StatusReference


class CompactShape(StrEnum):
    """What a holder can keep back of a compact credential."""

    SINGLE_PURPOSE = "single_purpose"
    """Nothing: every claim is shown each time. The smallest there is."""
    SELECTIVE = "selective"
    """Any claim: only those chosen are shown."""


@dataclass(frozen=True, slots=True, repr=False)
class Compact:
    """The content of a compact credential to issue.

    `credential_type` is a name of the catalogue (``"national-id"``) or the identifier
    of a type; `claims` are by their neutral names. Those that are asked for most often
    come first: they take the fewest octets to show. A `date` is a day, `bytes` are a
    picture. `status` is where it can be taken back; without one it lives for less than
    a day.
    """

    credential_type: str
    claims: Mapping[str, ClaimValue]
    shape: CompactShape = CompactShape.SELECTIVE
    status: "StatusReference | StatusListNeeded | None" = field(default=None)

    def __repr__(self) -> str:
        """Show type, shape and number of claims only."""
        about = f"{self.credential_type!r}, {self.shape.value}"
        return f"Compact({about}, <{len(self.claims)} claims>)"

    @property
    def identifier(self) -> str:
        """The identifier of its type: that of the catalogue, or what was given."""
        listed = catalogue().get(self.credential_type)
        return self.credential_type if listed is None else listed.identifier


def guardian_right(
    child: PublicKey,
    *,
    acts: Iterable[Act],
    status: "StatusReference | StatusListNeeded | None" = None,
) -> Compact:
    """Return the content of a right: whoever holds it may answer for that child.

    `child` is the key of the child's own compact credential, `acts` what its holder may
    do for it, once the child delegates it. An authority issues it to the guardian's
    key; it takes it back by `status`.

    Raises:
        UsageError: no act.
    """
    named = sorted({Act(each).value for each in acts})
    if not named:
        raise UsageError("a guardian's right names what may be done")
    claims: dict[str, ClaimValue] = {"guardian_of": child_of(child), "acts": named}
    return Compact(GUARDIAN, claims, shape=CompactShape.SINGLE_PURPOSE, status=status)


class CompactLife(NamedTuple):
    """From when until when it holds; whole minutes."""

    start: datetime
    minutes: int


def life_of(since: datetime, until: datetime) -> CompactLife:
    """Return a life in whole seconds and minutes; it never ends later than asked.

    Raises:
        UsageError: nothing is left of it.
    """
    start = math.floor(since.timestamp())
    minutes = (until - since) // MINUTE
    if minutes <= 0:
        raise UsageError("a compact credential lives for a minute at least")
    return CompactLife(since - timedelta(seconds=since.timestamp() - start), minutes)


def require_issuable(content: Compact, *, since: datetime, until: datetime) -> None:
    """Refuse content that no reader takes, or that nobody could take back.

    Raises:
        UsageError: no type, no claim or too many, a name that is none, a place in a
            list that is not reached by https, a picture of more octets than
            `limits.COMPACT_PICTURE_BYTES`, or a life of a day or more without a status.
    """
    named = all(type(each) is str and each for each in content.claims)
    if not content.identifier or not content.claims or not named:
        raise UsageError("a compact credential has a type and claims that have names")
    if type(content.shape) is not CompactShape:
        raise UsageError("a shape is a CompactShape")
    if len(content.claims) > limits.COMPACT_CLAIMS:
        raise UsageError("more claims than any reader takes")
    if _octets_in(list(content.claims.values())) > limits.COMPACT_PICTURE_BYTES:
        raise UsageError(
            f"pictures of more than {limits.COMPACT_PICTURE_BYTES} octets: no QR code "
            "carries them"
        )
    if content.status is not None:
        if not content.status.uri.removeprefix(SCHEME) or not (
            content.status.uri.startswith(SCHEME)
        ):
            raise UsageError("a status list is reached by https")
    elif until - since >= SHORT_LIFE:
        raise UsageError(
            "a compact credential without a status lives for less than a day: "
            "give it one, or an earlier end"
        )


def _octets_in(value: ClaimValue) -> int:
    """Count the octets of pictures, wherever in a claim they stand."""
    if isinstance(value, bytes):
        return len(value)
    if isinstance(value, Mapping):
        return sum(map(_octets_in, value.values()))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return sum(map(_octets_in, value))
    return 0


class CompactPayload(NamedTuple):
    """What is signed, and what the holder alone is given beside it."""

    signed: bytes
    secrets: CborValue

    def __repr__(self) -> str:
        """Show nothing of it."""
        return "CompactPayload(<...>)"


def payload_of(
    content: Compact, *, life: CompactLife, key: PublicKey, random: Random
) -> CompactPayload:
    """Return what the issuer signs.

    Raises:
        UsageError: a value or key that the format has no words for.
    """
    parts: list[CborValue] = [
        SINGLE if content.shape is CompactShape.SINGLE_PURPOSE else SELECTIVE,
        short_type(content.identifier),
        int(life.start.timestamp()),
        life.minutes,
        short_key(key),
        _status(content.status),
    ]
    if content.shape is CompactShape.SINGLE_PURPOSE:
        listed: list[CborValue] = []
        for name, value in content.claims.items():
            listed += short_claim(name), cbor_of(value)
        return CompactPayload(write_cbor([*parts, listed]), None)
    items = [item_of(name, value) for name, value in content.claims.items()]
    # All before the root, as it will stand in front of it.
    head = write_cbor([*parts, len(items), bytes(tree.SIZE)])[: -1 - tree.SIZE]
    seed = random(tree.SIZE)
    root = tree.root_of(tree.context_of(head), items, seed=seed)
    return CompactPayload(
        write_cbor([*parts, len(items), root]), [seed, b"".join(items)]
    )


def item_of(name: str, value: ClaimValue) -> bytes:
    """Return a claim as it is hashed, and shown.

    Raises:
        UsageError: see `payload_of`.
    """
    return write_cbor(short_claim(name)) + write_cbor(cbor_of(value))


def _status(status: "StatusReference | StatusListNeeded | None") -> CborValue:
    if status is None:
        return None
    return [status.index, status.uri.removeprefix(SCHEME)]


def compact_signer(
    signer: Signer, *, kid: bytes, chain: tuple[bytes, ...]
) -> Sign1Signer:
    """Return what signs compact credentials: the key named inside, the chain outside.

    A holder shows the chain where there is room, and leaves it out of a QR code.
    """
    outside: dict[int | str | bytes, CborValue] = {}
    if chain:
        outside[labels.X5CHAIN] = x5chain_parameter(chain)
    headers = CoseHeaders({labels.KID: kid}, outside)
    return Sign1Signer(signer, headers=headers, form=CoseForm(TagForm.UNTAGGED))


def issued_bytes(payload: CompactPayload, *, by: Sign1Signer) -> bytes:
    """Sign, and return what the wallet is given.

    Raises:
        UsageError: it is larger than any reader takes.
        SignerError: the key could not sign.
    """
    signed = by.sign_value(payload.signed, external_aad=ISSUER_AAD)
    octets = write_cbor([signed, payload.secrets])
    if len(octets) > limits.COMPACT_BYTES:
        raise UsageError("the credential would be larger than any reader takes")
    return octets
