"""Files and streams in and out: named in every fault, written whole or not at all."""

import sys
from pathlib import Path

from idwallet import limits
from idwallet.adapters.files import read_file, write_file_atomically
from idwallet.cli.faults import STREAM, about, input_fault, name_of, usage_fault
from idwallet.cli.screen import bytes_out, note
from idwallet.codec.text import show
from idwallet.errors import LimitError


def read_input(source: str, *, max_bytes: int = limits.FILE_BYTES) -> bytes:
    """Return all of a file, or of standard input when `source` is ``-``.

    Raises:
        CommandFault: it cannot be read, or is longer than `max_bytes`.
    """
    if source != STREAM:
        return _read_file(source, max_bytes=max_bytes)
    data = sys.stdin.buffer.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise input_fault(f"standard input is longer than {max_bytes} bytes")
    return data


def without_space(data: bytes) -> bytes:
    """Return a token without the white space around it, and octets as they are.

    A token in CBOR may end in an octet that would be white space in a text; none is
    all ASCII.
    """
    return data.strip() if data.isascii() else data


def _read_file(path: str, *, max_bytes: int) -> bytes:
    # Told here: whoever is reading about another file would put its name in front.
    with about(path):
        try:
            return read_file(path, max_bytes=max_bytes)
        except LimitError as error:
            said = f"{show(path)} is longer than {max_bytes} bytes"
            raise input_fault(said) from error


def require_one_stream(*sources: str | None) -> None:
    """Refuse to read two things from one standard input.

    Raises:
        CommandFault: more than one of the sources is ``-``.
    """
    if sources.count(STREAM) > 1:
        raise usage_fault("only one input can be - (standard input)")


def require_writable(*paths: str | None, force: bool) -> None:
    """Refuse before any work is done what could not be written after it.

    Raises:
        CommandFault: a file is there already and `force` is not given; something
            there is no file; there is no such folder; two results for one place.
    """
    named = [path for path in paths if path is not None]
    if len(set(named)) != len(named):
        raise usage_fault("two results cannot go to one place")
    for path in named:
        if path != STREAM:
            _require_writable(Path(path), force=force)


def _require_writable(path: Path, *, force: bool) -> None:
    name = show(str(path))
    try:
        is_there, is_file = path.exists(), path.is_file()
        has_folder = path.parent.is_dir()
    except (OSError, ValueError) as error:
        raise input_fault(f"{name}: not a usable path") from error
    if is_there and not is_file:
        raise input_fault(f"{name} is no regular file; - is standard output")
    if is_there and not force:
        raise input_fault(f"{name} is already there; --force replaces it")
    if not has_folder:
        raise input_fault(f"there is no folder {show(str(path.parent))}")


def write_output(path: str, data: bytes) -> None:
    """Write a result to a file, whole or not at all, or to standard output.

    What goes to a file is told on standard error.

    Raises:
        PortError: the file cannot be written.
    """
    if path == STREAM:
        bytes_out(data)
        return
    write_file_atomically(path, data)
    note(f"wrote {name_of(path)}: {len(data):,} bytes")


def read_text(source: str, *, max_bytes: int) -> str:
    """Return a file or stream that holds one token, without white space around it.

    Raises:
        CommandFault: it cannot be read, or is not ASCII text.
    """
    data = read_input(source, max_bytes=max_bytes).strip()
    if not data:
        raise input_fault(f"{name_of(source)}: empty")
    if not data.isascii():
        raise input_fault(f"{name_of(source)}: not a token of ASCII text (RFC 7515 §2)")
    return data.decode("ascii")
