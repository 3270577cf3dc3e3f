"""Where trust bundles come from, and what remembers the last one."""

from dataclasses import dataclass
from typing import Protocol


class BundleSource(Protocol):
    """Where the bytes of a trust bundle are, so that only what is asked for is read.

    What is read must not change while the source is open: an open file keeps its
    content when another one takes its name.
    """

    @property
    def size(self) -> int:
        """How many bytes there are."""
        ...

    def read(self, offset: int, length: int) -> bytes:
        """Return these bytes; fewer only where the source ends."""
        ...


@dataclass(frozen=True, slots=True)
class BundleMark:
    """What a device remembers of the last trust bundle that it took.

    `digest` is that of the manifest. `pinned` and `signer` are the SHA-256 digests of
    the operator's key that the device pinned then, and of the key that signed. Where
    the signer has announced the next key, `heir` is the digest of that, and bundles
    of the number `retires` and above must be signed by it.
    """

    series: str
    sequence: int
    digest: bytes
    pinned: bytes
    signer: bytes
    retires: int = 0
    heir: bytes = b""


class BundleState(Protocol):
    """Remember the last trust bundle taken, so that no older one is taken after it.

    One state belongs to one place on a device that holds one bundle. Whoever can
    reset it can roll the device back, so it is kept where settings are.
    """

    def mark(self) -> BundleMark | None:
        """Return what was remembered last, None where nothing ever was."""
        ...

    def advance(self, before: BundleMark | None, mark: BundleMark) -> bool:
        """Put `mark` in the place of `before`, durably and atomically.

        Returns False, and changes nothing, when something else than `before` is
        remembered by now. Of several callers at once, in any process, one advances.
        """
        ...
