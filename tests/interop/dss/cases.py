"""Everything we sign that DSS judges, one line for each case.

A case says who signed what how, and what DSS has to find: the level of each signature
in the order in which DSS lists them, signatures on signatures included.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from idwallet.adapters.fonts import default_font
from idwallet.documents import (
    AllowedChanges,
    ASiC,
    ASiCKind,
    CAdES,
    Commitment,
    FieldLock,
    JAdES,
    Level,
    LockedFields,
    Packaging,
    PAdES,
    Serialisation,
    SignatureField,
    XAdES,
    reserve_fields,
)
from idwallet.documents.appearance import Box, Stamp
from idwallet.testing.document_draft import CONTRACT
from idwallet.testing.pki import TestIdentity
from tests.interop.archival import archival
from tests.interop.dss.peer import Named
from tests.interop.dss.people import FIRST, KEYS, SECOND, WITNESS, certified
from tests.interop.dss.signing import (
    Profile,
    Signed,
    counter_sign,
    raised,
    sign,
    sign_beside,
)
from tests.unit.documents.pades.papers import table

FILE: Final = Named("contract.txt", CONTRACT)
XML: Final = Named(
    "contract.xml", '<договор xmlns="urn:example"><кто>Анна</кто></договор>'.encode()
)
_FULL: Final = "FULL"
_PART: Final = "PARTIAL"
"""A revision: all that there was of a PDF file, to which something came later."""


@dataclass(frozen=True)
class Case:
    """One signed file. `levels` are those that DSS has to find, `scopes` how much of
    the documents it has to find covered by each that is on no signature.
    """

    name: str
    levels: tuple[str, ...]
    make: Callable[[], Signed]
    scopes: tuple[str, ...] = (_FULL,)

    def __str__(self) -> str:
        return self.name


def box(left: int) -> Box:
    """Where a stamp is."""
    return Box(left, 500, left + 220, 570)


def stamp(name: str, *, left: int) -> Stamp:
    """A stamp that says who signed."""
    lines = (f"Подписано: {name}", "24.11.2026")
    return Stamp(page=0, box=box(left), font=default_font(), lines=lines, qr="id:7")


def _found(profile: Profile) -> str:
    """Return the level as DSS names it."""
    form = profile.signature if isinstance(profile, ASiC) else type(profile)
    return f"{form.__name__}_BASELINE_{profile.level.value[2:]}"


def one(
    profile: Profile,
    *more: str,
    who: TestIdentity = FIRST,
    file: Named = FILE,
    scope: str = _FULL,
    times: int = 1,
    by_name: bool = False,
) -> Case:
    """One person, one document; `more` is what the name says beside the profile.

    The archive is renewed so many `times`, the first one being its making.
    """

    def make() -> Signed:
        return raised(profile, sign(profile, file, who, by_name=by_name), times=times)

    name = " ".join((_name(profile), *more))
    return Case(name, (_found(profile),), make, (scope,))


def several(
    profile: Profile,
    *more: str,
    file: Named = FILE,
    scope: str = _FULL,
    by_name: bool = False,
) -> Case:
    """Two people beside each other, and a third on the first one's signature."""

    def make() -> Signed:
        made = sign(profile, file, FIRST, by_name=by_name)
        made = sign_beside(profile, file, SECOND, beside=made, by_name=by_name)
        return raised(profile, counter_sign(profile, made, WITNESS))

    name = " ".join((_name(profile), "several", *more))
    whole = _found(profile)
    # What keeps the first signature keeps those on it too: they have no archive of
    # their own (EN 319 122-1 5.5.3). DSS finds evidence about them where they share it,
    # in CMS; it gives them none of their own either when it raises a level.
    on_it = whole.replace("LTA", "LT")
    if not isinstance(profile, CAdES):
        on_it = on_it.replace("_LT", "_T")
    return Case(name, (whole, on_it, whole), make, (scope, scope))


def _name(profile: Profile) -> str:
    if isinstance(profile, ASiC):
        form = profile.signature.__name__
        return f"{profile.kind.value} {form} {profile.level.value}"
    packaging = "" if isinstance(profile, PAdES) else profile.packaging.value
    told = (type(profile).__name__, profile.level.value, packaging)
    return " ".join(filter(None, told))


def with_every_key(profile: Profile, *, file: Named = FILE) -> Iterable[Case]:
    """One case for each kind of key."""
    return (one(profile, e.name, who=certified(e), file=file) for e in KEYS[1:])


_SIGNED: Final = (Level.B_B, Level.B_T)
_LEVELS: Final = tuple(Level)
_DETACHED, _ENVELOPING = Packaging.DETACHED, Packaging.ENVELOPING

_CADES: Final = (
    *(one(CAdES(level=e, packaging=_DETACHED)) for e in _LEVELS),
    *(one(CAdES(level=e, packaging=_ENVELOPING)) for e in _LEVELS),
    *(several(CAdES(level=e)) for e in _LEVELS),
    one(CAdES(level=Level.B_LTA), "renewed", times=3),
    *with_every_key(CAdES(level=Level.B_T)),
)

_COMPACT: Final = Serialisation.COMPACT
_JADES: Final = (
    one(JAdES(serialisation=_COMPACT), "compact"),
    one(JAdES(serialisation=_COMPACT, packaging=_ENVELOPING), "compact"),
    one(JAdES(serialisation=_COMPACT), "compact by its digest", by_name=True),
    *(one(JAdES(level=e)) for e in _LEVELS),
    *(one(JAdES(level=e, packaging=_ENVELOPING)) for e in _LEVELS),
    *(one(JAdES(level=e), "by its digest", by_name=True) for e in _LEVELS),
    one(JAdES(packaging=_ENVELOPING, media_type="text/plain"), "of a media type"),
    one(JAdES(level=Level.B_LTA), "renewed", times=3),
    *(several(JAdES(level=e)) for e in _LEVELS),
    *(several(JAdES(level=e, packaging=_ENVELOPING)) for e in _LEVELS),
    several(JAdES(level=Level.B_T), "by its digest", by_name=True),
    *with_every_key(JAdES(level=Level.B_T)),
)

PDF: Final = Named("contract.pdf", archival())
_STAMPED: Final = PAdES(
    level=Level.B_T,
    reason="Согласовано",
    location="Рига",
    appearance=stamp("Анна Образцова", left=60),
)


def in_turn(
    *profiles: PAdES,
    name: str,
    file: Named = PDF,
    levels: tuple[str, ...] = (),
    last: str = _FULL,
) -> Case:
    """Two people in one PDF file, each in a revision of their own."""

    def make() -> Signed:
        made = Signed(file)
        for profile, who in zip(profiles, (FIRST, SECOND), strict=True):
            made = raised(profile, sign(profile, made.file, who))
        return made

    found = levels or tuple(map(_found, profiles))
    return Case(f"PAdES {name}", found, make, (_PART, last))


def _reserved(document: Named, *fields: SignatureField) -> Named:
    return Named(document.name, reserve_fields(document.content, fields))


_PLACES: Final = (
    SignatureField(name="Seller", label="Подпись продавца", box=box(60)),
    SignatureField(name="Buyer", label="Подпись покупателя", box=box(310)),
)
_LOCKED: Final = (
    SignatureField(
        name="Seller", lock=FieldLock(which=LockedFields.ONLY, names=("Seller",))
    ),
    SignatureField(name="Buyer", lock=FieldLock(which=LockedFields.ALL)),
)
_BOTH: Final = (
    PAdES(field="Seller", appearance=stamp("Анна Образцова", left=60)),
    PAdES(
        field="Buyer",
        level=Level.B_T,
        appearance=stamp("Борис Примеров", left=310),
    ),
)
_PADES: Final = (
    *(one(PAdES(level=e), file=PDF) for e in _SIGNED),
    *(one(PAdES(level=e), file=PDF, scope=_PART) for e in (Level.B_LT, Level.B_LTA)),
    one(PAdES(level=Level.B_LTA), "renewed", file=PDF, scope=_PART, times=3),
    one(_STAMPED, "stamped", file=PDF),
    *with_every_key(PAdES(level=Level.B_T), file=PDF),
    in_turn(PAdES(), PAdES(level=Level.B_T), name="in turn"),
    in_turn(
        PAdES(level=Level.B_LT),
        PAdES(level=Level.B_LTA),
        name="in turn, kept",
        levels=("PAdES_BASELINE_LTA",) * 2,
        last=_PART,
    ),
    *(
        in_turn(PAdES(certify=e), PAdES(), name=f"certified {e.name}")
        for e in (AllowedChanges.FORMS, AllowedChanges.ANNOTATIONS)
    ),
    one(PAdES(certify=AllowedChanges.NONE), "certified NONE", file=PDF),
    in_turn(*_BOTH, name="reserved", file=_reserved(PDF, *_PLACES)),
    in_turn(
        *_BOTH,
        name="reserved untagged",
        file=_reserved(Named("plain.pdf", table()), *_PLACES),
    ),
    in_turn(
        PAdES(field="Seller"),
        PAdES(field="Buyer"),
        name="locked",
        file=_reserved(PDF, *_LOCKED),
    ),
)

# DSS calls an object in the signature a part of it, its own as well.
_INSIDE: Final = "PARTIAL"
_XADES: Final = (
    *(one(XAdES(level=e), file=XML) for e in _LEVELS),
    *(one(XAdES(level=e, packaging=_DETACHED)) for e in _LEVELS),
    *(one(XAdES(level=e, packaging=_ENVELOPING), scope=_INSIDE) for e in _LEVELS),
    *(several(XAdES(level=e), file=XML) for e in _LEVELS),
    *(several(XAdES(level=e, packaging=_DETACHED)) for e in _LEVELS),
    *(several(XAdES(level=e, packaging=_ENVELOPING), scope=_INSIDE) for e in _LEVELS),
    one(
        XAdES(
            commitment=Commitment.APPROVAL,
            roles=("director",),
            city="Рига",
            country="LV",
        ),
        "with all it may say",
        file=XML,
    ),
    one(XAdES(alone=True), "alone", file=XML),
    one(XAdES(level=Level.B_LTA), "renewed", file=XML, times=3),
    *with_every_key(XAdES(level=Level.B_T), file=XML),
)

_CONTAINERS: Final = tuple(
    ASiC(kind=kind, signature=CAdES, level=level)
    for kind in ASiCKind
    for level in _SIGNED
)
_ASIC: Final = (*map(one, _CONTAINERS), *map(several, _CONTAINERS))

CASES: Final = (*_CADES, *_JADES, *_PADES, *_XADES, *_ASIC)
