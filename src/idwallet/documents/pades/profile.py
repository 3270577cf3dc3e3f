"""How a PDF file is signed, and the fields that are reserved in it for its signers."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import TYPE_CHECKING, Protocol

from idwallet import limits
from idwallet.documents.model import Level
from idwallet.errors import UsageError

if TYPE_CHECKING:
    # Profiles are loaded with everything, fonts and pictures only where they are drawn.
    from idwallet.documents.appearance import Box, Rendered


class AllowedChanges(IntEnum):
    """What may be changed later in a certified document (ISO 32000-2 12.8.2.2.2).

    Evidence and timestamps that keep signatures verifiable may always be added.
    """

    NONE = 1
    """Nothing: no further signature either."""

    FORMS = 2
    """Forms may be filled in, and signatures put in."""

    ANNOTATIONS = 3
    """Comments may be made too."""


class LockedFields(Enum):
    """Which fields a signature locks (ISO 32000-2 12.8.2.4)."""

    ALL = b"All"
    """Every field, those of other signers included."""

    ONLY = b"Include"
    """Those that are named."""

    ALL_BUT = b"Exclude"
    """All except those that are named."""


@dataclass(frozen=True, slots=True)
class FieldLock:
    """Which fields of a form nobody may change any more once this one is signed.

    With further signers to come lock what was filled in, by `ONLY`, or leave their
    fields open, by `ALL_BUT`; `ALL` is for the last one.
    """

    which: LockedFields
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what says nothing, or two things.

        Raises:
            UsageError: fields are named where all are locked, or none where some are.
        """
        if (self.which is LockedFields.ALL) is bool(self.names):
            raise UsageError("a lock of all fields names none, any other names some")

    def locks(self, name: str) -> bool:
        """Say whether it locks the field of that full name, or one that it is in."""
        if self.which is LockedFields.ALL:
            return True
        named = any(_covers(each, name) for each in self.names)
        return named is (self.which is LockedFields.ONLY)


def _covers(above: str, name: str) -> bool:
    return name == above or name.startswith(above + ".")


class Appearance(Protocol):
    """What a signature looks like and where; `documents.appearance.Stamp` is one."""

    @property
    def page(self) -> int:
        """The page, counted from 0."""
        ...

    @property
    def box(self) -> "Box":
        """Where on the page as a reader sees it."""
        ...

    @property
    def spoken(self) -> str:
        """What a screen reader says of it."""
        ...

    def render(self, allocate: Callable[[], int], *, rotate: int = 0) -> "Rendered":
        """Return its objects, with numbers that `allocate` hands out."""
        ...


def _require_place(page: int, box: "Box | None") -> None:
    if page < 0:
        raise UsageError("pages count from 0")
    if box is not None and not (box[0] < box[2] and box[1] < box[3]):
        raise UsageError("a box goes from its lower left to its upper right")


def _require_texts(*texts: tuple[str, str | None]) -> None:
    for name, value in texts:
        if value is None:
            continue
        if not value or len(value) > limits.PDF_TEXT_CHARACTERS:
            raise UsageError(f"a {name} that is empty, or too long")


def require_name(name: str) -> str:
    """Return a field's name that may be given to one (12.7.4.2).

    Raises:
        UsageError: it is empty, too long, or holds a full stop, which joins names.
    """
    _require_texts(("name of a field", name))
    if "." in name:
        raise UsageError("a full stop in the name of a field")
    return name


@dataclass(frozen=True, slots=True, kw_only=True)
class PAdES:
    """Sign as a PDF file (ETSI EN 319 142-1): the signature goes into the document.

    `reason`, `location` and `contact` are what the signer says of the signature; they
    are in the document for everybody to read. `field` is the name of the field to sign:
    one that was reserved, or, where none is reserved, a new one. Without it a new one
    is made. `certify` makes it the author's signature: the first one, which says what
    may be changed later. `lock` says which fields this signature locks; a reserved
    field has a lock of its own. Without an `appearance` nothing is seen on a page.
    """

    level: Level = Level.B_B
    reason: str | None = None
    location: str | None = None
    contact: str | None = None
    field: str | None = None
    certify: AllowedChanges | None = None
    lock: FieldLock | None = None
    appearance: Appearance | None = None

    def __post_init__(self) -> None:
        """Refuse what says nothing, or cannot be.

        Raises:
            UsageError: a text is empty or longer than `limits.PDF_TEXT_CHARACTERS`; or
                a certificate that lets nobody sign later has fields to lock.
        """
        _require_texts(
            ("reason", self.reason),
            ("location", self.location),
            ("contact", self.contact),
            ("name of a field", self.field),
        )
        if self.certify is AllowedChanges.NONE and self.lock is not None:
            raise UsageError("where nothing may be changed, no field is locked apart")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureField:
    """A field that is reserved for one signer.

    `label` is what a screen reader says of it (ISO 14289-1 7.18.1), by default its
    name. `page` counts from 0. Without a `box` it is not seen. `lock` says which
    fields its signature will lock.
    """

    name: str
    label: str | None = None
    page: int = 0
    box: "Box | None" = None
    lock: FieldLock | None = None

    def __post_init__(self) -> None:
        """Refuse what is no field.

        Raises:
            UsageError: its name is empty, too long or holds a full stop; its label is
                empty or too long; its place is none.
        """
        require_name(self.name)
        _require_texts(("label", self.label))
        _require_place(self.page, self.box)
