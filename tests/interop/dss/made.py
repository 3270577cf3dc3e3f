"""What EU DSS signs, valid and tampered, for us to judge.

A tampering changes a few octets and says which check has to move, for which reason.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from idwallet.codec.json import JsonObject
from idwallet.crypto.algorithms import Algorithm
from idwallet.report import CheckId, Reason
from tests.interop.dss.cases import (
    FILE,
    KEYS,
    SCENE,
    SECOND,
    WITNESS,
    Signed,
    certified,
    known,
)
from tests.interop.dss.peer import Dss, Named

Maker = Callable[[Dss], Signed]


@dataclass(frozen=True)
class Tampered:
    """One fault put into what DSS signed, and what it comes to."""

    name: str
    change: Callable[[Signed], Signed]
    check: CheckId
    reason: Reason


@dataclass(frozen=True)
class Made:
    """One file that DSS signs; `levels` are those that we have to find."""

    name: str
    make: Maker
    levels: tuple[str, ...]
    faults: tuple[Tampered, ...] = field(default=(), repr=False)

    def __str__(self) -> str:
        return self.name


def other_octets(old: bytes, new: bytes) -> Callable[[Signed], Signed]:
    """Replace octets in the signed file, which must be there."""

    def change(signed: Signed) -> Signed:
        content = signed.file.content
        assert old in content
        changed = content.replace(old, new, 1)
        return Signed(Named(signed.file.name, changed), signed.beside)

    return change


def _other_document(signed: Signed) -> Signed:
    return Signed(signed.file, (Named(FILE.name, FILE.content + b"."),))


_TIME: Final = bytes.fromhex("06092a864886f70d010905310f170d")
"""The signing time of CMS up to its year (RFC 5652 11.3)."""

_CONTENT: Final = Tampered(
    "content changed",
    other_octets(FILE.content, FILE.content[:-1] + b"\xbc"),
    CheckId.DOCUMENT_INTEGRITY,
    Reason.INTEGRITY_MISMATCH,
)
_OTHER: Final = Tampered(
    "another document",
    _other_document,
    CheckId.DOCUMENT_INTEGRITY,
    Reason.INTEGRITY_MISMATCH,
)
_EARLIER: Final = Tampered(
    "signed earlier",
    other_octets(_TIME + b"26", _TIME + b"25"),
    CheckId.SIGNER_SIGNATURE,
    Reason.INVALID,
)
_BACKDATED: Final = Tampered(
    "stamped earlier",
    other_octets(b"\x18\x0f202611", b"\x18\x0f202511"),
    CheckId.TIMESTAMP_TRUST,
    Reason.INVALID,
)


def _options(level: str, **more: str) -> JsonObject:
    return {"format": "CAdES", "level": f"CAdES-BASELINE-{level}", **more}


def _cades(
    dss: Dss, *, level: str, packaging: str, algorithm: Algorithm = Algorithm.ES256
) -> Signed:
    wide = algorithm in {Algorithm.ES512, Algorithm.EDDSA}
    made = dss.make(
        "sign",
        by=certified(algorithm),
        at=SCENE.at,
        tsa=SCENE.authority,
        known=known(),
        documents=[FILE.to_json()],
        digest="SHA512" if wide else "SHA256",
        **_options(level, packaging=packaging),
    )
    return Signed(
        Named("contract.txt.p7m", made), (FILE,) if packaging == "DETACHED" else ()
    )


def _several(dss: Dss, *, level: str) -> Signed:
    """Two people beside each other, then a third on the first one's signature."""
    made = _cades(dss, level=level, packaging="DETACHED").file
    content = dss.make(
        "sign",
        by=SECOND,
        at=SCENE.at,
        tsa=SCENE.authority,
        known=known(),
        documents=[made.to_json()],
        detached=[FILE.to_json()],
        **_options(level, packaging="DETACHED"),
    )
    content = dss.make(
        "counter_sign",
        by=WITNESS,
        at=SCENE.at,
        known=known(),
        document=Named(made.name, content).to_json(),
        detached=[FILE.to_json()],
        **_options("B"),
    )
    return Signed(Named(made.name, content), (FILE,))


def _one(level: str, packaging: str, algorithm: Algorithm = Algorithm.ES256) -> Made:
    whole = _OTHER if packaging == "DETACHED" else _CONTENT
    stamps = () if level == "B" else (_BACKDATED,)
    return Made(
        f"CAdES {level} {packaging.lower()} {algorithm.name}",
        partial(_cades, level=level, packaging=packaging, algorithm=algorithm),
        (f"B-{level}",),
        (whole, _EARLIER, *stamps),
    )


MADE: Final = (
    *(_one(level, kind) for level in "BT" for kind in ("DETACHED", "ENVELOPING")),
    *(_one("B", "DETACHED", algorithm) for algorithm in KEYS[1:]),
    Made(
        "CAdES B several",
        partial(_several, level="B"),
        ("B-B", "B-B", "B-B"),
        (_OTHER, _EARLIER),
    ),
    Made(
        "CAdES T several",
        partial(_several, level="T"),
        ("B-T", "B-B", "B-T"),
        (_OTHER, _EARLIER, _BACKDATED),
    ),
)
"""Everything that DSS signs for us."""
