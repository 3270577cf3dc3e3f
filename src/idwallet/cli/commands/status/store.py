"""The database of a status issuer, and places in lists as files name them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from idwallet import limits
from idwallet.cli.faults import about, input_fault, name_of, usage_fault
from idwallet.cli.files import read_input
from idwallet.roles.status_issuer import StatusReference

if TYPE_CHECKING:
    from idwallet.adapters.sql import SqlStatusStore


@contextmanager
def open_store(database: str, *, create: bool = False) -> Iterator["SqlStatusStore"]:
    """Open the database for as long as the block lasts.

    Raises:
        CommandFault: it cannot be opened, or it failed within the block.
    """
    with about(database, remedy="a URL like sqlite:///status.db"):
        from idwallet.adapters.sql import SqlStatusStore

        store = SqlStatusStore(database, create=create)
    try:
        yield store
    finally:
        store.close()


def as_lines(places: Iterable[StatusReference]) -> bytes:
    """Return places as a file holds them: an address and an index on each line."""
    return "".join(f"{each.uri} {each.index}\n" for each in places).encode("ascii")


def as_documents(places: Iterable[StatusReference]) -> list[dict[str, object]]:
    """Return places as JSON, each as a credential has it (section 6.2)."""
    return [{"idx": each.index, "uri": each.uri} for each in places]


def read_places(
    source: str | None, *, uri: str | None, indexes: tuple[int, ...]
) -> list[StatusReference]:
    """Return the places that a file or the options name.

    Raises:
        CommandFault: neither or both name any, or the file holds something else.
    """
    if (source is None) is (uri is None and not indexes):
        raise usage_fault(
            "name places with --status-list and --status-index, or with --places"
        )
    if source is not None:
        return _read(source)
    if uri is None or not indexes:
        raise usage_fault("--status-list and --status-index belong together")
    return [StatusReference(uri, index) for index in indexes]


def _read(source: str) -> list[StatusReference]:
    text = read_input(source).decode("ascii", errors="replace")
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        uri, _, index = line.strip().rpartition(" ")
        is_index = index.isascii() and index.isdecimal() and len(index) <= _DIGITS
        if not uri or not is_index:
            raise input_fault(
                f"{name_of(source)}: line {number} is no address and index"
            )
        found.append(StatusReference(uri, int(index)))
    if not found:
        raise input_fault(f"{name_of(source)}: no places")
    return found


_DIGITS = len(str(limits.STATUS_LIST_BITMAP_BYTES * 8))
