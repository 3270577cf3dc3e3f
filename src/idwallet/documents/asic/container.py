"""Containers read: what each file in them is, and whether the kind may have it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from idwallet import limits
from idwallet.codec.zip import SeekableStream, ZipArchive, ZipEntry
from idwallet.codec.zip.structures import STORED, STREAMED
from idwallet.documents.asic import baseline
from idwallet.documents.asic.baseline import EN, Form, Role
from idwallet.documents.asic.profile import ASiCKind
from idwallet.errors import LimitError, MalformedError, UnsupportedError, UsageError

_A1: Final = f"{EN} §A.1"
_TYPE_BYTES: Final = 256
_KINDS: Final = {text: kind for kind, text in baseline.MEDIA_TYPES.items()}
_MANY: Final = frozenset({Role.CADES, Role.XADES})
_MANIFESTS: Final = frozenset({Role.MANIFEST, Role.ARCHIVE_MANIFEST, Role.TIMESTAMP})


@dataclass(frozen=True, slots=True)
class Container:
    """A container whose files are those that its kind has.

    `form` is None where it has no signature.
    """

    archive: ZipArchive
    kind: ASiCKind
    form: Form | None
    by_role: Mapping[Role, tuple[ZipEntry, ...]]

    def of(self, *roles: Role) -> tuple[ZipEntry, ...]:
        """Return the entries of these roles, in the container's order of each."""
        return tuple(each for role in roles for each in self.by_role.get(role, ()))

    def stream(self, entry: ZipEntry) -> "EntryStream":
        """Return the content of an entry as a stream."""
        return EntryStream(lambda: self.archive.pieces(entry))

    @property
    def xades(self) -> tuple[ZipEntry, ...]:
        """The files of XML signatures."""
        return self.of(Role.XADES)

    @property
    def data(self) -> tuple[ZipEntry, ...]:
        """The files that are to be signed."""
        return self.of(Role.DATA)


def read_container(signed: bytes | SeekableStream, *, at: str) -> Container:
    """Read a container, and none of the files to be signed yet.

    Raises:
        LimitError: it is too long, has too much in it or would unpack to too much.
        MalformedError: the archive has two meanings, or the container is not as its
            kind has to be.
        UnsupportedError: it holds what is not judged here: an evidence record, time
            assertions that are on no signature, signatures of an office document.
    """
    archive = ZipArchive(signed, at=at)
    by_role: dict[Role, list[ZipEntry]] = {}
    for each in archive.entries:
        role = baseline.role_of(each.name)
        if not each.is_folder or role is Role.MISNAMED:
            by_role.setdefault(role, []).append(each)
    roles = {role: tuple(found) for role, found in by_role.items()}
    _require_understood(roles, at=at)
    media_type = _media_type(archive, at=at)
    forms = [form for form in Form if roles.get(Role[form.name])]
    if len(forms) > 1:
        raise MalformedError(
            "signatures of two forms", at=at, clause=f"{EN} §4.4.3.2, §4.4.4.2"
        )
    form = forms[0] if forms else None
    kind = _kind(media_type, roles, form=form, at=at)
    found = Container(archive, kind, form, roles)
    if form is not None:
        _require_layout(found, form, at=at)
    return found


def _require_understood(roles: Mapping[Role, tuple[ZipEntry, ...]], *, at: str) -> None:
    if roles.get(Role.MISNAMED):
        raise MalformedError(Role.MISNAMED.value, at=at, clause=f"{EN} §4.4.3.2 (5 d)")
    if roles.get(Role.EVIDENCE_RECORD):
        raise UnsupportedError("an evidence record", at=at, clause=f"{EN} §4.4.4.2 (4)")
    signatures = sum(len(roles.get(role, ())) for role in _MANY)
    others = sum(len(roles.get(role, ())) for role in _MANIFESTS)
    held = sum(each.size for role in _MANY for each in roles.get(role, ()))
    if held > limits.CMS_BYTES:
        raise LimitError("signatures too long", at=at, clause="idwallet limits")
    if signatures > limits.CONTAINER_SIGNATURES or others > 2 * limits.MANIFESTS:
        raise LimitError("too many signatures", at=at, clause="idwallet limits")


def _media_type(archive: ZipArchive, *, at: str) -> str | None:
    """Return what the container says it is, where programs look for that (A.1)."""
    entry = archive.named(baseline.MIMETYPE)
    if entry is None:
        return None
    if entry.offset:
        raise MalformedError("mimetype is not first", at=at, clause=f"{_A1} (1)")
    if entry.extra:
        raise MalformedError("mimetype has a field", at=at, clause=f"{_A1} (2)")
    if entry.method != STORED or entry.flags & STREAMED:
        raise MalformedError("mimetype is packed", at=at, clause=f"{_A1} (3)")
    found = archive.content(entry, max_bytes=_TYPE_BYTES)
    if not found.isascii() or not found.decode("ascii").isprintable():
        raise MalformedError("no media type", at=at, clause=_A1)
    return found.decode("ascii")


def _kind(
    media_type: str | None,
    roles: Mapping[Role, tuple[ZipEntry, ...]],
    *,
    form: Form | None,
    at: str,
) -> ASiCKind:
    """Return the kind that it says it is, or that its files make it.

    A container of one document may have that document's type (4.3.3.1 (1)).
    """
    said = None if media_type is None else _KINDS.get(media_type)
    if said is not None:
        return said
    signatures = {e.name for role in _MANY for e in roles.get(role, ())}
    names = {baseline.SIMPLE_CADES, baseline.SIMPLE_XADES}
    is_simple = len(roles.get(Role.DATA, ())) == 1 and signatures <= names
    if is_simple and not any(roles.get(role) for role in _MANIFESTS):
        return ASiCKind.S
    if media_type is not None and form is not None:
        raise UnsupportedError(
            "signatures in a document of its own", at=at, clause=f"{EN} §4.4.3.1 (2)"
        )
    return ASiCKind.E


def _require_layout(found: Container, form: Form, *, at: str) -> None:
    """Require what the table has of each role (5.3)."""
    for role, rule in baseline.TABLE[found.kind, form].items():
        fault = baseline.count_fault(role, len(found.of(role)), rule=rule)
        if fault is not None:
            raise MalformedError(fault, at=at, clause=rule.clause)
    if found.kind is ASiCKind.E:
        return
    expected = {Form.CADES: baseline.SIMPLE_CADES, Form.XADES: baseline.SIMPLE_XADES}
    if found.archive.named(expected[form]) is None:
        raise MalformedError(
            "signatures under another name", at=at, clause=f"{EN} §4.3.3.2 (4)"
        )
    if "/" in found.data[0].name:
        raise MalformedError(
            "the document is not at the root", at=at, clause=f"{EN} §4.3.3.2 (2)"
        )


class EntryStream:
    """The content of an entry as a stream, which can be begun again."""

    __slots__ = ("_begin", "_held", "_pieces", "_place")

    def __init__(self, begin: Callable[[], Iterator[bytes]]) -> None:
        """Begin before the first piece."""
        self._begin = begin
        self._pieces = begin()
        self._held = b""
        self._place = 0

    def read(self, size: int, /) -> bytes:
        """Return at most so many octets, and none at the end.

        Raises:
            MalformedError: the entry does not unpack to what it says.
        """
        while not self._held:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._held = piece
        found, self._held = self._held[:size], self._held[size:]
        self._place += len(found)
        return found

    def tell(self) -> int:
        """Return how much was read."""
        return self._place

    def seek(self, offset: int, /) -> int:
        """Begin again.

        Raises:
            UsageError: it is to go anywhere else.
        """
        if offset:
            raise UsageError("an entry is read from its beginning")
        self._pieces, self._held, self._place = self._begin(), b"", 0
        return 0
