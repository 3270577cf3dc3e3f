"""What a trust store remembers of its evidence, so that nothing is read twice."""

from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

from idwallet import limits
from idwallet.trust.cache import ValidityCache
from idwallet.trust.evidence import (
    CrlAtHand,
    OcspAtHand,
    StatusListAtHand,
    WithdrawnAtHand,
)

if TYPE_CHECKING:
    from idwallet.trust.at_hand import CertificatesAtHand
    from idwallet.trust.by_key_id import KeyIds
    from idwallet.trust.revocation.at_hand import PathAtHand
    from idwallet.trust.revocation.crl import Crl
    from idwallet.trust.revocation.evidence import Refused
    from idwallet.trust.revocation.ocsp import OcspResponse
    from idwallet.trust.status_list.structures import AuthenticList

Piece = TypeVar("Piece")
Value = TypeVar("Value")


class VerifiedLists:
    """A bounded memory of status lists whose signature stands.

    What is kept is worth nothing by itself: whose credentials a list speaks about, and
    whether it is current, is judged each time. The oldest make room, so that together
    they hold no more than `limits.STATUS_LISTS_HELD_BYTES`, or the one newest.
    """

    def __init__(self) -> None:
        """Hold none."""
        self._held: dict[StatusListAtHand, AuthenticList] = {}
        self._bytes = 0
        self._lock = Lock()

    def get(self, piece: StatusListAtHand) -> "AuthenticList | None":
        """Return the list that was read from this very piece, if it is held."""
        return self._held.get(piece)

    def put(self, piece: StatusListAtHand, found: "AuthenticList") -> None:
        """Remember what was read from a piece."""
        with self._lock:
            if piece in self._held:
                return
            size = found.octets
            while self._held and self._bytes + size > limits.STATUS_LISTS_HELD_BYTES:
                oldest = self._held.pop(next(iter(self._held)))
                self._bytes -= oldest.octets
            self._held[piece] = found
            self._bytes += size

    def __len__(self) -> int:
        """Return how many lists are held."""
        return len(self._held)


class Read(Generic[Piece, Value]):
    """What was read from pieces of evidence, so many of them; the oldest make room."""

    def __init__(self, *, entries: int) -> None:
        """Keep at most `entries` values."""
        self._entries = entries
        self._held: dict[Piece, Value] = {}
        self._lock = Lock()

    def get(self, piece: Piece) -> Value | None:
        """Return what was read from this very piece, if it is held."""
        return self._held.get(piece)

    def put(self, piece: Piece, value: Value) -> None:
        """Remember what was read from a piece."""
        with self._lock:
            while len(self._held) >= self._entries and piece not in self._held:
                del self._held[next(iter(self._held))]
            self._held[piece] = value

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._held.clear()


class Memory:
    """What a trust store remembers of its evidence: pure functions of what it holds.

    Written by the rooms that judge the evidence; bounded, and gone with the store.
    `paths` holds only paths none of whose certificates is revoked.
    """

    __slots__ = (
        "certificates",
        "crl_issuers",
        "crls",
        "key_ids",
        "lists",
        "paths",
        "responses",
        "withdrawn",
    )

    def __init__(self) -> None:
        """Remember nothing."""
        self.certificates: CertificatesAtHand | None = None
        self.key_ids: KeyIds | None = None
        self.lists = VerifiedLists()
        self.crl_issuers: Read[CrlAtHand, bytes] = Read(entries=limits.CRLS_AT_HAND)
        self.crls: Read[CrlAtHand, Crl | Refused] = Read(entries=limits.CRLS)
        self.responses: Read[OcspAtHand, OcspResponse | Refused] = Read(
            entries=limits.OCSP_AT_HAND
        )
        self.withdrawn: Read[WithdrawnAtHand, tuple[bytes, ...]] = Read(
            entries=limits.WITHDRAWN_LISTS_AT_HAND
        )
        self.paths: ValidityCache[PathAtHand] = ValidityCache(
            entries=limits.CHAIN_CACHE_ENTRIES
        )
