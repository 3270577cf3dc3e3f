"""Documents put into a container, and containers put together anew, as streams."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from idwallet import limits
from idwallet.codec.zip import ZipWriter, name_fault
from idwallet.documents.asic.baseline import Role, role_of
from idwallet.documents.asic.container import Container
from idwallet.documents.asic.profile import ASiCKind
from idwallet.documents.model import (
    Document,
    Documents,
    pieces,
)
from idwallet.errors import UsageError

_DIGEST: Final = "sha256"
UNNAMED: Final = "document"
_END: Final = 2


def named(given: Documents | None, kind: ASiCKind) -> dict[str, Document]:
    """Return documents by names that a container of that kind may have.

    Raises:
        UsageError: there is none, or more than one for one document, or a name is
            taken, leads out of the container or is for its own files.
    """
    if given is None:
        raise UsageError("a container is made of documents")
    found = dict(given) if isinstance(given, Mapping) else {UNNAMED: given}
    if not found or (kind is ASiCKind.S and len(found) > 1):
        raise UsageError(
            "ASiC-S holds exactly one document, ASiC-E at least one: name each of them"
        )
    for name in found:
        fault = name_fault(name)
        if fault is not None or name.endswith("/"):
            raise UsageError(f"no name for a document: {fault or 'a folder'}")
        is_data = role_of(name) is Role.DATA
        if not is_data or name.casefold().startswith("meta-inf/"):
            raise UsageError("META-INF and mimetype are the container's own")
        if kind is ASiCKind.S and "/" in name:
            raise UsageError("the document of ASiC-S stands in no folder")
    return found


def add_document(
    writer: ZipWriter, name: str, *, document: Document, digests: Iterable[str] = ()
) -> dict[str, bytes]:
    """Put a document into the container, and return its digests by their names.

    Raises:
        UsageError: its name is taken, or a stream of 4 GiB and more cannot say how
            long it is.
    """
    states = {each: hashlib.new(each) for each in {_DIGEST, *digests}}

    def digested() -> Iterator[bytes]:
        for piece in pieces(document):
            for state in states.values():
                state.update(piece)
            yield piece

    writer.add(name, digested(), length=_length(document))
    return {each: state.digest() for each, state in states.items()}


def _length(document: Document) -> int | None:
    """Return how much of it is left to read, None where that cannot be known."""
    if isinstance(document, bytes):
        return len(document)
    tell, seek = getattr(document, "tell", None), getattr(document, "seek", None)
    if tell is None or seek is None:
        return None
    try:
        start: int = tell()
        end: int = seek(0, _END)
        seek(start)
    except OSError:  # a pipe has the methods all the same
        return None
    return end - start


def copy(
    writer: ZipWriter,
    container: Container,
    *,
    replaced: Mapping[str, bytes] | None = None,
    renamed: Mapping[str, str] | None = None,
) -> None:
    """Copy every entry as it stands, or what comes in its place, or under its new name.

    Each stays where it is: signatures are counted through.
    """
    others, names = replaced or {}, renamed or {}
    for each in container.archive.entries:
        name = names.get(each.name, each.name)
        if each.name in others:
            writer.store(name, others[each.name])
        else:
            writer.copy(container.archive, each, name=name)


def free_number(container: Container, *patterns: str) -> int:
    """Return the first number of which no name is taken, in any of the patterns.

    Raises:
        UsageError: there is none left.
    """
    taken = {each.name.casefold() for each in container.archive.entries}
    for number in range(1, limits.ZIP_ENTRIES):
        names = {pattern.format(number).casefold() for pattern in patterns}
        if not names & taken:
            return number
    raise UsageError("too many signatures for one container")
