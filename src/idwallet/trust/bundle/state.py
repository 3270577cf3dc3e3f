"""What a device remembers of its last bundle: its form, and a memory for tests."""

from threading import Lock
from typing import Final

from idwallet import limits
from idwallet.codec.cbor import write_cbor
from idwallet.errors import LimitError, UnsupportedError
from idwallet.ports import BundleMark
from idwallet.trust.bundle.members import read_map
from idwallet.trust.bundle.structures import CLAUSE

_VERSION: Final = "idwallet-bundle-mark/1"
_SECTION: Final = f"{CLAUSE} §7"


class MemoryBundleState:
    """`idwallet.ports.BundleState` that forgets when the process ends.

    Safe between threads. A device that is switched off needs one that lasts.
    """

    def __init__(self, mark: BundleMark | None = None) -> None:
        """Start with what is known."""
        self._mark = mark
        self._lock = Lock()

    def mark(self) -> BundleMark | None:
        """Return what is remembered."""
        return self._mark

    def advance(self, before: BundleMark | None, mark: BundleMark) -> bool:
        """Put `mark` in the place of `before`; see `idwallet.ports.BundleState`."""
        with self._lock:
            if self._mark != before:
                return False
            self._mark = mark
            return True

    def __repr__(self) -> str:
        """Show the number of the bundle."""
        number = None if self._mark is None else self._mark.sequence
        return f"MemoryBundleState(sequence={number})"


def write_mark(mark: BundleMark) -> bytes:
    """Return a mark in the form that is kept."""
    return write_cbor(
        {
            "format": _VERSION,
            "series": mark.series,
            "sequence": mark.sequence,
            "digest": mark.digest,
            "pinned": mark.pinned,
            "signer": mark.signer,
            **({"retires": mark.retires, "heir": mark.heir} if mark.heir else {}),
        }
    )


def read_mark(data: bytes, *, at: str) -> BundleMark:
    """Read a mark that was kept.

    Raises:
        LimitError: it is too long.
        MalformedError: it is none.
        UnsupportedError: it is of another version.
    """
    if len(data) > limits.BUNDLE_STATE_BYTES:
        raise LimitError("too long", at=at, clause=_SECTION)
    members = read_map(data, at=at, clause=_SECTION)
    if members.text("format") != _VERSION:
        raise UnsupportedError("another version", at=f"{at}/format", clause=_SECTION)
    has_heir = members.has("heir")
    most = limits.BUNDLE_SEQUENCE
    found = BundleMark(
        series=members.text("series"),
        sequence=members.number("sequence", least=1, most=most),
        digest=members.digest("digest"),
        pinned=members.digest("pinned"),
        signer=members.digest("signer"),
        retires=members.number("retires", least=2, most=most) if has_heir else 0,
        heir=members.digest("heir") if has_heir else b"",
    )
    members.done()
    return found
