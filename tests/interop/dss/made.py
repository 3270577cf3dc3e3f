"""What EU DSS signs, valid and tampered, for us to judge; one line for each.

A tampering changes a few octets and says which check has to move, for which reason.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from typing import Final

from idwallet.codec.json import JsonValue
from idwallet.crypto.algorithms import Algorithm
from idwallet.documents import CAdES, JAdES, Level, Packaging, PAdES, XAdES
from idwallet.report import CheckId, Reason
from tests.interop.dss.cases import FILE, PDF, XML
from tests.interop.dss.peer import Dss, Named
from tests.interop.dss.people import (
    AUTHORITY,
    FIRST,
    KEYS,
    SCENE,
    SECOND,
    WITNESS,
    certified,
    known,
)
from tests.interop.dss.signing import Profile, Signed, raised, sign
from tests.unit.codec.pdf.files import updated


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
    make: Callable[[Dss], Signed]
    levels: tuple[str, ...]
    faults: tuple[Tampered, ...] = field(default=(), repr=False)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Asked:
    """What is asked of DSS: a format of Formats.java, a level, and the like."""

    format: str
    level: str
    packaging: str = ""
    files: tuple[Named, ...] = (FILE,)
    options: tuple[tuple[str, JsonValue], ...] = ()

    @property
    def name(self) -> str:
        more = (str(value) for _, value in self.options)
        told = (self.format, self.level, self.packaging, *more)
        return " ".join(filter(None, told))

    @property
    def ending(self) -> str:
        return ".p7s" if self.format == "CAdES" else ".signed"

    @property
    def beside(self) -> tuple[Named, ...]:
        return self.files if self.packaging == "DETACHED" else ()

    def to_json(self, *, level: str = "") -> dict[str, JsonValue]:
        signed = self.format.rpartition("_")[2]
        made: dict[str, JsonValue] = dict(self.options)
        made["format"] = self.format
        made["level"] = f"{signed}-BASELINE-{level or self.level}"
        if self.packaging:
            made["packaging"] = self.packaging
        return made


def _sign(dss: Dss, asked: Asked, algorithm: Algorithm = Algorithm.ES256) -> Signed:
    wide = algorithm in {Algorithm.ES512, Algorithm.EDDSA}
    made = dss.make(
        "sign",
        by=certified(algorithm),
        at=SCENE.at,
        tsa=AUTHORITY,
        known=known(),
        documents=[each.to_json() for each in asked.files],
        options={**asked.to_json(), "digest": "SHA512" if wide else "SHA256"},
    )
    return Signed(Named(asked.files[0].name + asked.ending, made), asked.beside)


def _several(dss: Dss, asked: Asked) -> Signed:
    """Two people beside each other, then a third on the first one's signature."""
    first = _sign(dss, asked)
    detached: list[JsonValue] = [each.to_json() for each in first.beside]
    both = dss.make(
        "sign",
        by=SECOND,
        at=SCENE.at,
        tsa=AUTHORITY,
        known=known(),
        documents=[first.file.to_json()],
        options={**asked.to_json(), "detached": detached},
    )
    made = dss.make(
        "counter_sign",
        by=WITNESS,
        at=SCENE.at,
        known=known(),
        document=Named(first.file.name, both).to_json(),
        options={
            **replace(asked, packaging="").to_json(level="B"),
            "detached": detached,
            "digest": "SHA384",
        },
    )
    return Signed(Named(first.file.name, made), first.beside)


def _extend(dss: Dss, asked: Asked, signed: Signed) -> Signed:
    """Raise the level of what is signed."""
    made = dss.make(
        "extend",
        by=FIRST,
        at=SCENE.at,
        tsa=AUTHORITY,
        known=known(),
        document=signed.file.to_json(),
        options={
            **asked.to_json(),
            "detached": [each.to_json() for each in signed.beside],
        },
    )
    return Signed(Named(signed.file.name, made), signed.beside)


def _raised(profile: Profile, level: str, file: Named = FILE) -> Made:
    """Ours, raised by DSS to a level."""
    kind = type(profile).__name__
    packaging = "" if isinstance(profile, PAdES) else profile.packaging.name
    form = (("serialization", "JSON_SERIALIZATION"),) if kind == "JAdES" else ()
    asked = Asked(kind, level, packaging, (file,), form)

    def make(dss: Dss) -> Signed:
        return _extend(dss, asked, raised(profile, sign(profile, file, FIRST)))

    name = f"{asked.name}, ours of {profile.level.value}"
    return Made(name, make, (f"B-{level}",))


def other_octets(old: bytes, new: bytes) -> Callable[[Signed], Signed]:
    """Replace octets in the signed file, which must be there."""

    def change(signed: Signed) -> Signed:
        content = signed.file.content
        assert old in content
        changed = content.replace(old, new, 1)
        return Signed(Named(signed.file.name, changed), signed.beside)

    return change


def _other_document(signed: Signed) -> Signed:
    (document,) = signed.beside
    return Signed(signed.file, (Named(document.name, document.content + b"."),))


_TIME: Final = bytes.fromhex("06092a864886f70d010905310f170d")
"""The signing time of CMS up to its year (RFC 5652 11.3)."""

_INTEGRITY: Final = (CheckId.DOCUMENT_INTEGRITY, Reason.INTEGRITY_MISMATCH)
_SIGNATURE: Final = (CheckId.SIGNER_SIGNATURE, Reason.INVALID)
_CONTENT: Final = Tampered(
    "content changed",
    other_octets(FILE.content, FILE.content[:-1] + b"\xbc"),
    *_INTEGRITY,
)
_OTHER: Final = Tampered("another document", _other_document, *_INTEGRITY)
_EARLIER: Final = Tampered(
    "signed earlier", other_octets(_TIME + b"26", _TIME + b"25"), *_SIGNATURE
)
_BACKDATED: Final = Tampered(
    "stamped earlier",
    other_octets(b"\x18\x0f202611", b"\x18\x0f202511"),
    CheckId.TIMESTAMP_TRUST,
    Reason.INVALID,
)


_LEVELS: Final = ("B", "T", "LT", "LTA")
_XADES_LEVELS: Final = _LEVELS


def _cades(
    level: str, packaging: str = "DETACHED", algorithm: Algorithm = Algorithm.ES256
) -> Made:
    whole = _OTHER if packaging == "DETACHED" else _CONTENT
    stamps = () if level == "B" else (_BACKDATED,)
    asked = Asked("CAdES", level, packaging)
    return Made(
        f"{asked.name} {algorithm.name}",
        partial(_sign, asked=asked, algorithm=algorithm),
        (f"B-{level}",),
        (whole, _EARLIER, *stamps),
    )


def _flipped(name: bytes) -> Callable[[Signed], Signed]:
    """Change the first letter of a member of JSON: it stays base64url."""

    def change(signed: Signed) -> Signed:
        start = b'"%b":"' % name
        place = signed.file.content.index(start) + len(start)
        letter = signed.file.content[place : place + 1]
        other = b"B" if letter == b"A" else b"A"
        return other_octets(start + letter, start + other)(signed)

    return change


_PAYLOAD: Final = Tampered("content changed", _flipped(b"payload"), *_SIGNATURE)
_VALUE: Final = Tampered("signature changed", _flipped(b"signature"), *_SIGNATURE)
_INSTEAD: Final = Tampered("another document", _other_document, *_SIGNATURE)


def _jades(level: str, *options: tuple[str, JsonValue], several: bool = False) -> Made:
    told = dict(options)
    is_apart = "sig_d" in told
    asked = Asked(
        "JAdES", level, "DETACHED" if is_apart else "ENVELOPING", options=options
    )
    is_compact = told["serialization"] == "COMPACT_SERIALIZATION"
    whole = _OTHER if told.get("sig_d") == "OBJECT_ID_BY_URI_HASH" else _INSTEAD
    faults = (*((whole,) if is_apart else ()), *(() if is_compact else (_VALUE,)))
    if not is_apart and not is_compact:
        faults = (*faults, _PAYLOAD)
    make = _several if several else _sign
    levels = (f"B-{level}",) * 3 if several else (f"B-{level}",)
    name = f"{asked.name} several" if several else asked.name
    return Made(name, partial(make, asked=asked), levels, faults)


_FORMS: Final = ("JSON_SERIALIZATION", "FLATTENED_JSON_SERIALIZATION")
_APART: Final = ("NO_SIG_D", "OBJECT_ID_BY_URI", "OBJECT_ID_BY_URI_HASH")
_JADES: Final = (
    _jades("B", ("serialization", "COMPACT_SERIALIZATION")),
    *(
        _jades("B", ("serialization", "COMPACT_SERIALIZATION"), ("sig_d", apart))
        for apart in _APART
    ),
    *(_jades(level, ("serialization", form)) for level in _LEVELS for form in _FORMS),
    *(
        _jades("LTA", ("serialization", form), ("sig_d", apart))
        for form in _FORMS
        for apart in _APART
    ),
    *(
        _jades(level, ("serialization", _FORMS[0]), ("etsi_u_clear", True))
        for level in ("T", "LT")
    ),
    *(
        _raised(JAdES(packaging=packaging), level)
        for packaging in (Packaging.DETACHED, Packaging.ENVELOPING)
        for level in _LEVELS[1:]
    ),
    _jades("B", ("serialization", _FORMS[0]), several=True),
)

_CADES: Final = (
    *(_cades(level, kind) for level in _LEVELS for kind in ("DETACHED", "ENVELOPING")),
    *(_cades("B", "DETACHED", algorithm) for algorithm in KEYS[1:]),
    *(
        Made(
            f"CAdES {level} several",
            partial(_several, asked=Asked("CAdES", level, "DETACHED")),
            (f"B-{level}", "B-B", f"B-{level}"),
            (_OTHER, _EARLIER, *(() if level == "B" else (_BACKDATED,))),
        )
        for level in _LEVELS
    ),
    *(
        _raised(CAdES(packaging=packaging), level)
        for packaging in (Packaging.DETACHED, Packaging.ENVELOPING)
        for level in _LEVELS[1:]
    ),
    _raised(CAdES(level=Level.B_LTA), "LTA"),
)


def _overwritten(signed: Signed) -> Signed:
    """Draw another page in an update, under the signature."""
    drawn = b"<< /Length 9 >>\nstream\n0 0 m 9 l\nendstream"
    changed = updated(signed.file.content, 4, drawn)
    return Signed(Named(signed.file.name, changed))


_LANGUAGE: Final = Tampered(
    "content changed", other_octets(b"/Lang (ru)", b"/Lang (be)"), *_INTEGRITY
)
_UPDATED: Final = Tampered(
    "page changed in an update",
    _overwritten,
    CheckId.DOCUMENT_CHANGES,
    Reason.CHANGED,
)


def _in_turn(dss: Dss, asked: Asked) -> Signed:
    """Two people in one PDF file."""
    first = _sign(dss, asked)
    made = dss.make(
        "sign",
        by=SECOND,
        at=SCENE.at,
        tsa=AUTHORITY,
        known=known(),
        documents=[first.file.to_json()],
        options=asked.to_json(),
    )
    return Signed(Named(first.file.name, made))


def _pades(level: str) -> Iterable[Made]:
    asked = Asked("PAdES", level, files=(PDF,), options=(("reason", "Согласовано"),))
    faults = (_LANGUAGE, _UPDATED)
    yield Made(asked.name, partial(_sign, asked=asked), (f"B-{level}",), faults)
    twice = partial(_in_turn, asked=asked)
    yield Made(f"{asked.name} in turn", twice, (f"B-{level}",) * 2, faults)


_PADES: Final = tuple(chain.from_iterable(map(_pades, _LEVELS)))


_NAME: Final = Tampered(
    "name changed",
    other_octets("Анна".encode(), "Инна".encode()),
    *_INTEGRITY,
)
_XML_TIME: Final = Tampered(
    "signed earlier",
    other_octets(b"SigningTime>2026", b"SigningTime>2025"),
    *_INTEGRITY,
)


def _xades(level: str, packaging: str, algorithm: Algorithm = Algorithm.ES256) -> Made:
    file = XML if packaging == "ENVELOPED" else FILE
    asked = Asked("XAdES", level, packaging, (file,))
    whole = {"ENVELOPED": (_NAME,), "DETACHED": (_OTHER,)}.get(packaging, ())
    return Made(
        f"{asked.name} {algorithm.name}",
        partial(_sign, asked=asked, algorithm=algorithm),
        (f"B-{level}",),
        (*whole, _XML_TIME),
    )


_XADES: Final = (
    *(
        _xades(level, packaging)
        for level in _XADES_LEVELS
        for packaging in ("ENVELOPED", "ENVELOPING", "DETACHED")
    ),
    *(_xades("B", "ENVELOPED", each) for each in KEYS[1:]),
    *(
        Made(
            f"XAdES {level} several",
            partial(_several, asked=Asked("XAdES", level, "ENVELOPED", (XML,))),
            (f"B-{level}", "B-B", f"B-{level}"),
            (_NAME, _XML_TIME),
        )
        for level in _XADES_LEVELS
    ),
    *(
        _raised(XAdES(packaging=packaging), level, file)
        for packaging, file in (
            (Packaging.ENVELOPED, XML),
            (Packaging.ENVELOPING, FILE),
            (Packaging.DETACHED, FILE),
        )
        for level in _XADES_LEVELS[1:]
    ),
)

MADE: Final = (*_CADES, *_JADES, *_PADES, *_XADES)
"""Everything that DSS signs for us."""
