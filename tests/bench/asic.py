"""How much memory a long container takes, and how long it takes.

Run it from the top of the repository, with as much room on the disk::

    python -m tests.bench.asic [--gigabytes 1]

For each kind and form one process makes the document up as it is read, signs it into a
file, and another one verifies that file as a stream. Both say how much memory they
took at most, before and in all; nothing of a document is ever held.
"""

import argparse
import io
import multiprocessing
import resource
import tempfile
from pathlib import Path
from time import perf_counter

from idwallet.documents import DOCUMENTS, ASiC, ASiCKind, CAdES, XAdES
from idwallet.roles.document_signer import DocumentSigner, verify_document
from idwallet.testing.document_draft import DocumentScene, document_draft

_PIECE = bytes(range(256)) * 4096
_SEED = b"idwallet TEST bench containers"


class MadeUp(io.RawIOBase):
    """A long document that is nowhere: each mebibyte has its number and packs well."""

    def __init__(self, size: int) -> None:
        """Begin at the beginning."""
        super().__init__()
        self._size = size
        self._place = 0

    def readable(self) -> bool:
        """Say so."""
        return True

    def seekable(self) -> bool:
        """Say so: then the length is known."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Return at most a mebibyte."""
        count = min(size if size >= 0 else len(_PIECE), self._size - self._place)
        count = min(count, len(_PIECE))
        number = self._place.to_bytes(8, "big")[: count or 0]
        self._place += count
        return number + _PIECE[len(number) : count]

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go somewhere."""
        self._place = offset + {0: 0, 1: self._place, 2: self._size}[whence]
        return self._place

    def tell(self) -> int:
        """Say where that is."""
        return self._place


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def sign(profile: ASiC, path: Path, size: int) -> tuple[float, float, float]:
    """Return mebibytes before and at most, and seconds."""
    scene = DocumentScene(seed=_SEED)
    who = scene.signer
    signer = DocumentSigner(profile, signer=who.signer, certificates=who.chain)
    with path.open("wb") as sink:
        signer.sign_into(sink, {"small": b"small"}, signing_time=scene.at)
    before, begun = _peak(), perf_counter()
    with path.open("wb") as sink:
        signer.sign_into(sink, {"long.bin": MadeUp(size)}, signing_time=scene.at)
    return before, _peak(), perf_counter() - begun


def verify(profile: ASiC, path: Path, size: int) -> tuple[float, float, float]:
    """Return the same of verifying what is there."""
    scene = DocumentScene(seed=_SEED)
    trust = document_draft(scene).trust()
    who = scene.signer
    signer = DocumentSigner(profile, signer=who.signer, certificates=who.chain)
    small = signer.sign({"small": b"small"}, signing_time=scene.at)
    verify_document(small, trust=trust, policy=DOCUMENTS, at=scene.at)
    before, begun = _peak(), perf_counter()
    with path.open("rb") as stream:
        found = verify_document(stream, trust=trust, policy=DOCUMENTS, at=scene.at)
        took = perf_counter() - begun
    assert [each.size for each in found.files] == [size]
    return before, _peak(), took


def main() -> None:
    """Measure every kind and form, each step in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gigabytes", type=float, default=1)
    size = int(parser.parse_args().gigabytes * (1 << 30))
    print("| container | step | MiB before | MiB at most | seconds | file, MiB |")
    print("|---|---|---|---|---|---|")
    spawned = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.asice"
        for kind in ASiCKind:
            for form in (CAdES, XAdES):
                profile = ASiC(kind=kind, signature=form)
                for step in (sign, verify):
                    with spawned.Pool(1) as pool:
                        before, peak, took = pool.apply(step, (profile, path, size))
                    name = f"{kind.value} {form.__name__} | {step.__name__}"
                    held = path.stat().st_size / (1 << 20)
                    figures = f"{before:.0f} | {peak:.0f} | {took:.1f} | {held:.0f}"
                    print(f"| {name} | {figures} |", flush=True)


if __name__ == "__main__":
    main()
