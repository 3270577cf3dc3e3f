"""Documents as files, patterns and streams name them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from idwallet import limits
from idwallet.adapters.files import fault
from idwallet.cli.documents.shapes import FORMATS, Shape, Wish, file_for, format_for
from idwallet.cli.faults import STREAM, about, input_fault, usage_fault
from idwallet.cli.files import read_input, require_one_stream, require_writable
from idwallet.codec.text import show
from idwallet.documents.model import BinaryStream

_MAGIC: Final = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Source:
    """One document to sign: where it is, how it is signed, and where that goes."""

    path: str
    form: str
    shape: Shape
    target: str

    @property
    def name(self) -> str:
        """What the document is called, without its folder."""
        return "document" if self.path == STREAM else Path(self.path).name

    @property
    def is_long(self) -> bool:
        """Whether it is too long to be held as a whole."""
        if self.path == STREAM:
            return False
        try:
            return Path(self.path).stat().st_size > limits.ENVELOPED_BYTES
        except (OSError, ValueError):  # whoever opens it says so
            return False

    def opened(self) -> BinaryStream | bytes:
        """Open the document; a stream is read as a whole.

        Raises:
            CommandFault: standard input is too long.
            PortError: the file cannot be read.
        """
        if self.path == STREAM:
            return read_input(STREAM, max_bytes=limits.ENVELOPED_BYTES)
        try:
            return Path(self.path).open("rb")
        except (OSError, ValueError) as error:
            raise fault("read", self.path, cause=error) from error


def expanded(patterns: Sequence[str]) -> list[str]:
    """Return the files of these names and patterns, each once, in their order.

    Raises:
        CommandFault: a pattern matches nothing.
    """
    return list(dict.fromkeys(_each(patterns)))


def _each(patterns: Sequence[str]) -> Iterator[str]:
    for pattern in patterns:
        if _MAGIC.isdisjoint(pattern) or Path(pattern).exists():
            yield pattern
            continue
        found = sorted(filter(Path.is_file, _matching(pattern)))
        if not found:
            raise input_fault(f"no file matches {show(pattern)}")
        yield from map(str, found)


def _matching(pattern: str) -> Iterator[Path]:
    path = Path(pattern)
    anchor = Path(path.anchor) if path.anchor else Path()
    try:
        yield from anchor.glob(str(path.relative_to(path.anchor or ".")))
    except ValueError as error:
        raise usage_fault(f"no pattern of files: {show(pattern)}") from error


def sources(
    patterns: Sequence[str],
    *,
    wish: Wish,
    chosen: str | None,
    output: str | None,
    folder: str | None,
    force: bool,
) -> list[Source]:
    """Return what is to be signed, once it is sure that the results can be written.

    Raises:
        CommandFault: a pattern matches nothing; several files and no folder; a result
            is there already; two results of one name.
    """
    paths = expanded(patterns)
    require_one_stream(*paths)
    together = chosen is not None and FORMATS[chosen].together
    if len(paths) > 1 and folder is None and not together:
        raise usage_fault("several files need --out, the folder that they are put in")
    if output is not None and folder is not None:
        raise usage_fault("-o is a file for one document, --out a folder for several")
    found = [
        _source(path, wish, chosen=chosen, output=output, folder=folder)
        for path in paths
    ]
    if folder is not None and not Path(folder).is_dir():
        raise input_fault(f"there is no folder {show(folder)}")
    targets = [each.target for each in found]
    require_writable(*(targets[:1] if together else targets), force=force)
    return found


def _source(
    path: str, wish: Wish, *, chosen: str | None, output: str | None, folder: str | None
) -> Source:
    form = format_for(path, chosen=chosen)
    shape = FORMATS[form]
    if folder is not None:
        name = file_for("document" if path == STREAM else path, shape, wish=wish)
        target = str(Path(folder) / name)
    else:
        target = STREAM if output is None else output
    with about(path):
        wish.profile(shape)
    return Source(path, form, shape, target)
