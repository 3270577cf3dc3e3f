"""Everything we sign that DSS judges, one line for each case.

A case says who signed what how, and what DSS has to find: the level of each signature
in the order in which DSS lists them, signatures on signatures included.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Final

from idwallet.documents import CAdES, JAdES, Level, Packaging, Serialisation
from idwallet.testing.document_draft import CONTRACT
from idwallet.testing.pki import TestIdentity
from tests.interop.dss.peer import Named
from tests.interop.dss.people import FIRST, KEYS, SECOND, WITNESS, certified
from tests.interop.dss.signing import (
    Profile,
    Signed,
    counter_sign,
    sign,
    sign_beside,
)

FILE: Final = Named("contract.txt", CONTRACT)


@dataclass(frozen=True)
class Case:
    """One signed file. `levels` are those that DSS has to find, `scope` is how much of
    each document it has to find covered.
    """

    name: str
    levels: tuple[str, ...]
    make: Callable[[], Signed]
    scope: str = "FULL"

    def __str__(self) -> str:
        return self.name


def _found(profile: Profile) -> str:
    """Return the level as DSS names it."""
    return f"{type(profile).__name__}_BASELINE_{profile.level.value[2:]}"


def one(
    profile: Profile,
    *more: str,
    who: TestIdentity = FIRST,
    file: Named = FILE,
    scope: str = "FULL",
) -> Case:
    """One person, one document; `more` is what the name says beside the profile."""
    name = " ".join((_name(profile), *more))
    return Case(name, (_found(profile),), partial(sign, profile, file, who), scope)


def several(
    profile: Profile, *more: str, file: Named = FILE, scope: str = "FULL"
) -> Case:
    """Two people beside each other, and a third on the first one's signature."""

    def make() -> Signed:
        made = sign(profile, file, FIRST)
        made = sign_beside(profile, file, SECOND, beside=made)
        return counter_sign(profile, made, WITNESS)

    name = " ".join((_name(profile), "several", *more))
    return Case(name, (_found(profile),) * 3, make, scope)


def _name(profile: Profile) -> str:
    kind = type(profile).__name__
    return f"{kind} {profile.level.value} {profile.packaging.value}"


def with_every_key(profile: Profile, *, file: Named = FILE) -> Iterable[Case]:
    """One case for each kind of key."""
    return (one(profile, e.name, who=certified(e), file=file) for e in KEYS[1:])


_SIGNED: Final = (Level.B_B, Level.B_T)
_DETACHED, _ENVELOPING = Packaging.DETACHED, Packaging.ENVELOPING

_CADES: Final = (
    *(one(CAdES(level=e, packaging=_DETACHED)) for e in _SIGNED),
    *(one(CAdES(level=e, packaging=_ENVELOPING)) for e in _SIGNED),
    *(several(CAdES(level=e)) for e in _SIGNED),
    *with_every_key(CAdES(level=Level.B_T)),
)

_COMPACT: Final = Serialisation.COMPACT
_BY_NAME: Final = JAdES(level=Level.B_T, uri=FILE.name)
_JADES: Final = (
    one(JAdES(serialisation=_COMPACT), "compact"),
    one(JAdES(serialisation=_COMPACT, packaging=_ENVELOPING), "compact"),
    one(JAdES(serialisation=_COMPACT, uri=FILE.name), "compact by its digest"),
    *(one(JAdES(level=e)) for e in _SIGNED),
    *(one(JAdES(level=e, packaging=_ENVELOPING)) for e in _SIGNED),
    one(_BY_NAME, "by its digest"),
    one(JAdES(packaging=_ENVELOPING, content_type="text/plain"), "of a media type"),
    *(several(JAdES(level=e)) for e in _SIGNED),
    *(several(JAdES(level=e, packaging=_ENVELOPING)) for e in _SIGNED),
    several(_BY_NAME, "by its digest"),
    *with_every_key(JAdES(level=Level.B_T)),
)

CASES: Final = (*_CADES, *_JADES)
