"""Formats of signed documents by the names that the command line gives them.

A format is one row of `FORMATS`; its profile is loaded when somebody signs by it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from idwallet.cli.faults import usage_fault
from idwallet.documents.model import Level, Packaging

if TYPE_CHECKING:
    from idwallet.roles.document_signer.sign import Profile

LEVELS: Final = MappingProxyType({each.value.lower(): each for each in Level})
"""Levels as they are typed: b-b, b-t, b-lt, b-lta."""

PACKAGINGS: Final = tuple(each.value for each in Packaging)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How a document is to be signed, as the options say."""

    level: Level
    packaging: Packaging | None = None
    reason: str | None = None
    location: str | None = None
    field: str | None = None
    certify: str | None = None
    stamp: str | None = None
    compact: bool = False

    def profile(self, shape: "Shape", *, level: Level | None = None) -> "Profile":
        """Return the profile, at another level where one is given.

        Raises:
            UsageError: the format cannot be so.
            CommandFault: an option is not one of the format's.
        """
        return shape.make(self, level or self.level)


class Shape(NamedTuple):
    """One format: how its profile is made, and how its files are called.

    `endings` are by packaging what is put behind the document's name; one that begins
    with a hyphen goes before the extension. `together`: one signature is on all.
    """

    make: Callable[[Wish, Level], "Profile"]
    packaging: Packaging
    endings: Mapping[Packaging, str]
    together: bool = False


_D, _I, _A = Packaging.DETACHED, Packaging.ENVELOPING, Packaging.ENVELOPED


def _cades(wish: Wish, level: Level) -> "Profile":
    from idwallet.documents.model import CAdES

    _require_unsaid(wish, "cades")
    return CAdES(level=level, packaging=wish.packaging or _D)


def _xades(wish: Wish, level: Level) -> "Profile":
    from idwallet.documents.model import XAdES

    _require_unsaid(wish, "xades")
    return XAdES(level=level, packaging=wish.packaging or _A)


def _jades(wish: Wish, level: Level) -> "Profile":
    from idwallet.documents.model import JAdES, Serialisation

    _require_unsaid(wish, "jades", compact=True)
    form = Serialisation.COMPACT if wish.compact else Serialisation.JSON
    return JAdES(level=level, packaging=wish.packaging or _D, serialisation=form)


def _pades(wish: Wish, level: Level) -> "Profile":
    from idwallet.cli.documents.stamps import stamped
    from idwallet.documents.pades.profile import AllowedChanges, PAdES

    if wish.compact or wish.packaging not in {None, _A}:
        raise usage_fault("a PDF file is signed from within: no other --packaging")
    allowed = None if wish.certify is None else AllowedChanges[wish.certify.upper()]
    return PAdES(
        level=level,
        reason=wish.reason,
        location=wish.location,
        field=wish.field,
        certify=allowed,
        appearance=None if wish.stamp is None else stamped(wish.stamp, wish.reason),
    )


def _asic(kind: str, *, in_xml: bool = False) -> Callable[[Wish, Level], "Profile"]:
    def make(wish: Wish, level: Level) -> "Profile":
        from idwallet.documents.asic.profile import ASiC, ASiCKind
        from idwallet.documents.model import CAdES, XAdES

        _require_unsaid(wish, f"asic-{kind.lower()}")
        if wish.packaging is not None:
            raise usage_fault("a container holds its documents: no --packaging")
        form = XAdES if in_xml else CAdES
        return ASiC(kind=ASiCKind[kind], signature=form, level=level)

    return make


def _require_unsaid(wish: Wish, name: str, *, compact: bool = False) -> None:
    """Refuse options that mean nothing in a format."""
    said = (wish.reason, wish.location, wish.field, wish.certify, wish.stamp)
    if any(each is not None for each in said):
        raise usage_fault(
            "--reason, --location, --field, --certify and --stamp are for pades, "
            f"not {name}"
        )
    if wish.compact and not compact:
        raise usage_fault("--compact is for jades")


FORMATS: Final[Mapping[str, Shape]] = MappingProxyType(
    {
        "cades": Shape(_cades, _D, {_D: ".p7s", _I: ".p7m"}),
        "pades": Shape(_pades, _A, {_A: "-signed"}),
        "xades": Shape(_xades, _A, {_D: ".xades.xml", _I: ".xades.xml", _A: "-signed"}),
        "jades": Shape(_jades, _D, {_D: ".jades.json", _I: ".jades.json"}),
        "asic-s": Shape(_asic("S"), _I, {_I: ".asics"}),
        "asic-e": Shape(_asic("E"), _I, {_I: ".asice"}, together=True),
        "asic-s-xades": Shape(_asic("S", in_xml=True), _I, {_I: ".asics"}),
        "asic-e-xades": Shape(
            _asic("E", in_xml=True), _I, {_I: ".asice"}, together=True
        ),
    }
)
"""Every format, by the name that the command line gives it."""

_BY_EXTENSION: Final = MappingProxyType({".pdf": "pades", ".xml": "xades"})


def format_for(name: str, *, chosen: str | None) -> str:
    """Return the format for a file: the one chosen, or what its kind is signed by."""
    if chosen is not None:
        return chosen
    return _BY_EXTENSION.get(PurePath(name).suffix.lower(), "cades")


def file_for(name: str, shape: Shape, *, wish: Wish) -> str:
    """Return what a signed file is called."""
    path = PurePath(name)
    ending = shape.endings.get(wish.packaging or shape.packaging, ".signed")
    if wish.compact:
        ending = ".jws"
    if ending.startswith("-"):
        return f"{path.stem}{ending}{path.suffix}"
    return path.name + ending
