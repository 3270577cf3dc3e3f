"""Show a compact credential: which claims, to whom, and when."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from idwallet import limits
from idwallet.codec.cbor import CborValue, write_cbor
from idwallet.codec.json import JsonObject
from idwallet.credentials.compact import tree
from idwallet.credentials.compact.bound_to import hint_of, holder_aad
from idwallet.credentials.compact.person import parts_of
from idwallet.credentials.compact.structures import (
    IssuedCompact,
)
from idwallet.credentials.paths import ClaimPath
from idwallet.credentials.presence import PersonVerified
from idwallet.crypto.signer import Signer
from idwallet.envelope.cose import CoseForm, Sign1Signer, TagForm
from idwallet.errors import UsageError

_FORM: Final = CoseForm(TagForm.UNTAGGED)
_WITHOUT_CHAIN: Final = 1  # where the unprotected header stands in a COSE_Sign1


@dataclass(frozen=True, slots=True, repr=False)
class Acting:
    """By what somebody acts for the holder: the delegation, and the right behind it.

    Both are as they stand in a proof (`guardian.Delegation.value`,
    `IssuedCompact.value`).
    """

    delegation: CborValue
    right: CborValue

    def parts(self, *, with_chain: bool = False) -> tuple[CborValue, CborValue]:
        """Return what stands at the end of a proof.

        Certificates of who gave the right are in it as those of the card's issuer are.
        """
        return self.delegation, self.right if with_chain else _bare(self.right)

    def __repr__(self) -> str:
        """Show nothing of it."""
        return "Acting(<...>)"


@dataclass(frozen=True, slots=True)
class Addressed:
    """Whom a proof is for, and what it answers.

    Both None: whoever sees it can show it to somebody else while it is fresh. An
    audience alone binds it to whoever printed that; the nonce to one question as well.
    `acting` is for who signs in the holder's place. `person` is how whoever signs was
    verified for it, as the wallet says.
    """

    audience: str | None = None
    nonce: str | None = None
    acting: Acting | None = None
    person: PersonVerified = PersonVerified.NONE

    def __post_init__(self) -> None:
        """Refuse an answer to nobody.

        Raises:
            UsageError: a nonce without an audience.
        """
        if self.nonce is not None and self.audience is None:
            raise UsageError("a nonce is somebody's: name the audience")


def stepped(at: datetime, step: timedelta) -> datetime:
    """Return the beginning of the step of time that a moment is in.

    Whoever shows a code anew for each step shows one code while the step lasts.

    Raises:
        UsageError: the step is shorter than a second or longer than
            `limits.QR_WINDOW`, or `at` has no zone.
    """
    if at.utcoffset() is None:
        raise UsageError("`at` carries its time zone: use an aware datetime")
    if not timedelta(seconds=1) <= step <= limits.QR_WINDOW:
        raise UsageError("a step is a second at least, and limits.QR_WINDOW at most")
    seconds = int(step.total_seconds())
    behind = at.timestamp() - math.floor(at.timestamp()) // seconds * seconds
    return at - timedelta(seconds=behind)


def shown_places(issued: IssuedCompact, paths: Iterable[ClaimPath]) -> tuple[int, ...]:
    """Return which claims show what is at `paths`: all of the single-purpose shape."""
    names = tuple(issued.claims)
    if issued.credential.single is not None:
        return tuple(range(len(names)))
    wanted = {path[0] for path in paths if path}
    return tuple(place for place, name in enumerate(names) if name in wanted)


def claims_at(issued: IssuedCompact, places: Iterable[int]) -> JsonObject:
    """Return the claims at these places."""
    names = tuple(issued.claims)
    return {names[place]: issued.claims[names[place]] for place in places}


def proof_bytes(
    issued: IssuedCompact,
    places: tuple[int, ...],
    *,
    signer: Signer,
    to: Addressed,
    at: datetime,
    with_chain: bool = False,
) -> bytes:
    """Return a proof of the claims at `places`, signed by the holder at `at`.

    `with_chain` keeps the certificates of the issuer in it, which no till needs that
    has them in its trust bundle.

    Raises:
        UsageError: no claim of a selective credential is shown.
        SignerError: the key could not sign.
    """
    payload = write_cbor(
        [
            math.floor(at.timestamp()),
            None if to.audience is None else hint_of(to.audience),
            None if to.nonce is None else hint_of(to.nonce),
            issued.value if with_chain else _bare(issued.value),
            _shown(issued, places),
            *(() if to.acting is None else to.acting.parts(with_chain=with_chain)),
            *parts_of(to.person),
        ]
    )
    by = Sign1Signer(signer, form=_FORM)
    return by.sign(payload, external_aad=holder_aad(to.audience, to.nonce))


def _shown(issued: IssuedCompact, places: tuple[int, ...]) -> CborValue:
    credential = issued.credential
    if credential.single is not None:
        return None
    if not places:
        raise UsageError("a selective credential shows one claim at least")
    shown = sum(1 << place for place in set(places))
    blocks = tree.blocks_for(
        credential.context, issued.items, seed=issued.seed, shown=shown
    )
    return [shown, blocks, b"".join(issued.items[place] for place in sorted(places))]


def _bare(value: CborValue) -> CborValue:
    """Return the credential without what stands outside of its signature."""
    if not isinstance(value, list):
        raise UsageError("no COSE_Sign1")
    bare = list(value)
    bare[_WITHOUT_CHAIN] = {}
    return bare
