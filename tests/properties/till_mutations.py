"""Bend what a till reads, and judge it by the program itself; run by hand.

    python -m tests.properties.till_mutations --seconds 600 --seed 1

Codes shown, their pictures, codes printed and the till's own file are changed octet by
octet and value by value. Nothing may end in a traceback, and nothing but the very code
that was shown may pass. Seconds are of the processor.
"""

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from idwallet.codec import base45
from idwallet.codec.cbor import CborTag, CborValue, read_cbor, write_cbor
from idwallet.codec.qr import qr_png
from idwallet.errors import IdWalletError
from tests.cli.program import AT, run
from tests.cli.test_qr import SEAL, SEAL_OF_KEY, compact_card

JUDGE: Final = (
    *("--replay", "guard", "--trust", "pki/root.pem"),
    *("--issuer-certificates", "pki/issuer.pem", "--at", "2026-11-24T12:00:05Z"),
)
STANDING: Final = "till.standing"
VALUES: Final[tuple[CborValue, ...]] = (
    *(0, 1, -1, 23, 24, 255, 1 << 31, (1 << 64) - 1, -(1 << 63)),
    *(True, False, None, "", "x" * 5000, b"", bytes(5000), [], {}, [[[[[]]]]], 1.5),
    *(CborTag(21, b"x"), CborTag(100, 7), CborTag(100, 1 << 40)),
)
HEADS: Final = bytes.fromhex("00011718191a1b1f2040585f60809fa0bfc0d2f4f6f9fbff")
Place = tuple[int | str, ...]
_INSIDE: Final = "octets"


class Bending:
    """Changes to octets and to CBOR, by one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def octets(self, data: bytes) -> bytes:
        """Return octets with one change or some."""
        bent = bytearray(data)
        for _ in range(self.random.choice((1, 1, 1, 2, 3, 8))):
            self._once(bent)
        return bytes(bent)

    def _once(self, bent: bytearray) -> None:
        draw = self.random.randrange
        place = draw(len(bent)) if bent else 0
        match draw(6) if bent else 3:
            case 0:
                bent[place] ^= 1 << draw(8)
            case 1:
                bent[place] = self.random.choice(HEADS)
            case 2:
                del bent[place : place + 1 + draw(8)]
            case 3:
                bent[place:place] = self.random.randbytes(1 + draw(8))
            case 4:
                del bent[place:]
            case _:
                bent += bent[place:]

    def structure(self, octets: bytes) -> bytes:
        """Return CBOR with one value changed, however deep it stands."""
        tree = read_cbor(octets, at="tree")
        place = self.random.choice(list(_places(tree)))
        try:
            return write_cbor(_changed(tree, place, self.value))
        except (IdWalletError, TypeError):
            return octets[:-1]  # nobody can write that

    def value(self, value: CborValue) -> CborValue:
        """Return another value, or nearly the same."""
        other = self.random.choice(VALUES)
        kind = self.random.randrange(4)
        if kind == 0 and isinstance(value, list):
            return [*value, other]
        if kind == 1 and isinstance(value, list) and value:
            return value[:-1]
        if kind == 0 and isinstance(value, bytes):
            return self.octets(value)
        if kind == 1 and type(value) is int:
            return value + self.random.choice((-1, 1, 60, -60, 1 << 32))
        return other


def _places(value: CborValue, place: Place = ()) -> Iterator[Place]:
    yield place
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from _places(each, (*place, number))
    elif isinstance(value, bytes) and len(value) > 1:
        try:
            inside = read_cbor(value, at="inside")
        except IdWalletError:
            return
        if isinstance(inside, list):
            yield from _places(inside, (*place, _INSIDE))


def _changed(
    value: CborValue, place: Place, change: Callable[[CborValue], CborValue]
) -> CborValue:
    if not place:
        return change(value)
    first, *rest = place
    if first == _INSIDE and isinstance(value, bytes):
        inside = read_cbor(value, at="inside")
        return write_cbor(_changed(inside, tuple(rest), change))
    if isinstance(value, list) and isinstance(first, int):
        return [
            _changed(each, tuple(rest), change) if number == first else each
            for number, each in enumerate(value)
        ]
    return change(value)


class Till:
    """A till and a phone in a folder, and what the one showed the other."""

    def __init__(self, folder: Path, seed: int) -> None:
        os.chdir(folder)
        assert run("demo", "--out", "shop", "--lang", "en", "--at", AT).status == 0
        os.chdir("shop")
        compact_card(Path())
        put_up = run(
            *("request", "standing", "--age-over", "18", "--policy", "retail"),
            *("--key", "pki/shop-key.pem", *SEAL_OF_KEY, "--purpose", "a sale"),
            *("--certificates", "pki/shop.pem", "--save", STANDING, "--at", AT),
            *("-o", "till.txt"),
        )
        shown = run(
            *("present", "till.txt", "--wallet", "wallet", *SEAL, "--yes", "--qr"),
            *("--trust", "pki/root.pem", "--at", AT, "-o", "code.txt"),
        )
        assert (put_up.status, shown.status) == (0, 0)
        self.bending = Bending(seed)
        self.code = Path("code.txt").read_text().strip()
        self.printed = Path("till.txt").read_text().strip()
        self.standing = Path(STANDING).read_bytes()
        self.picture = qr_png(self.code)
        self.came_to: Counter[tuple[str, int]] = Counter()
        self.faults: list[str] = []

    def once(self) -> None:
        """Bend one thing, and judge it."""
        draw = self.bending.random.choice
        draw((self._code, self._code, self._picture, self._printed, self._file))()

    def _bent(self, text: str) -> str:
        octets = base45.decode(text[6:], at="code")
        bend = self.bending.random.choice(
            (self.bending.octets, self.bending.structure, self.bending.structure)
        )
        return text[:6] + base45.encode(bend(octets))

    def _code(self) -> None:
        text = self._bent(self.code)
        Path("bent").write_text(text)
        self._judged("code", "verify", "bent", "--request", STANDING, same=self.code)

    def _picture(self) -> None:
        bent = self.bending.octets(self.picture)
        if self.bending.random.random() < 0.3:
            bent = qr_png(self._bent(self.code)[:2000])
        Path("bent").write_bytes(bent)
        # A picture has more octets than a code is read from: it may well be the same.
        self._judged("picture", "verify", "bent", "--qr", "--request", STANDING)

    def _printed(self) -> None:
        Path("bent").write_text(self._bent(self.printed))
        trust = ("--trust", "pki/root.pem", "--at", AT)
        self._run("printed", ("request", "read", "bent", *trust), same=self.printed)

    def _file(self) -> None:
        Path("bent.standing").write_bytes(self.bending.octets(self.standing))
        kept = json.loads(self.standing)
        if self.bending.random.random() < 0.5:
            name = self.bending.random.choice(sorted(kept))
            kept[name] = self.bending.random.choice([0, -1, 1 << 70, 1.5, None, "", {}])
            Path("bent.standing").write_text(json.dumps(kept))
        self._judged("file", "verify", "code.txt", "--request", "bent.standing")

    def _judged(self, what: str, *arguments: str, same: str | None = None) -> None:
        shutil.rmtree("guard", ignore_errors=True)
        self._run(what, (*arguments, *JUDGE), same=same)

    def _run(self, what: str, arguments: tuple[str, ...], *, same: str | None) -> None:
        try:
            ran = run(*arguments)
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            self.faults.append(f"{what}: {error!r}")
            return
        self.came_to[what, ran.status] += 1
        if "Traceback" in ran.err:
            self.faults.append(f"{what}: {ran.err}")
        if same is not None and ran.status == 0 and Path("bent").read_text() != same:
            self.faults.append(f"{what} passed: {Path('bent').read_text()}")


def main() -> None:
    """Bend for so long, and say what it came to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        till = Till(Path(folder), given.seed)
        start, count = time.process_time(), 0
        while time.process_time() - start < given.seconds:
            till.once()
            count += 1
        os.chdir("/")
    told = [f"{count} bent, {len(till.faults)} faults; by kind and exit status:"]
    told += [
        f"  {what} {n}: {many}" for (what, n), many in sorted(till.came_to.items())
    ]
    sys.stdout.write("\n".join((*told, *till.faults[:10])) + "\n")
    raise SystemExit(1 if till.faults else 0)


if __name__ == "__main__":
    main()
