"""QR codes in files, on terminals and in pictures."""

from collections.abc import Iterable
from pathlib import PurePath
from typing import Final

from idwallet import limits
from idwallet.cli.faults import STREAM, about, usage_fault
from idwallet.cli.files import read_input, write_output
from idwallet.cli.screen import say
from idwallet.codec.qr_text import is_qr_text
from idwallet.errors import MalformedError

PICTURE_SUFFIXES: Final = (".png", ".svg")
"""How files are named that are written as pictures."""
_PICTURES: Final = (b"\x89PNG\r\n", b"\xff\xd8\xff")


def is_picture(data: bytes) -> bool:
    """Whether a file is a PNG or JPEG picture, by how it begins."""
    return data.startswith(_PICTURES)


def write_code(path: str, text: str) -> None:
    """Write a code: as a picture where the file is named like one, on a terminal drawn.

    Any other file gets the text of the code.

    Raises:
        UsageError: no code holds it.
        PortError: the file cannot be written.
    """
    from idwallet.codec.qr import qr_png, qr_svg, qr_terminal

    ending = PurePath(path).suffix.lower()
    if path == STREAM:
        say(qr_terminal(text))
    elif ending in PICTURE_SUFFIXES:
        write_output(path, (qr_png if ending == ".png" else qr_svg)(text))
    else:
        write_output(path, text.encode() + b"\n")


def numbered(path: str, number: int) -> str:
    """Return the name of one file of several."""
    name = PurePath(path)
    return str(name.with_name(f"{name.stem}-{number}{name.suffix}"))


def read_codes(sources: Iterable[str]) -> tuple[str, ...]:
    """Return the texts of all codes in these pictures, each once.

    Raises:
        CommandFault: a file cannot be read.
        MalformedError, LimitError: no code is seen in one.
    """
    from idwallet.codec.qr import read_qr_codes

    texts: dict[str, None] = {}
    for source in sources:
        data = read_input(source, max_bytes=limits.FILE_BYTES)
        with about(source):
            texts |= dict.fromkeys(read_qr_codes(data))
    return tuple(texts)


def answer_in(sources: Iterable[str]) -> bytes:
    """Return the answer that codes in these pictures hold, one or in frames.

    Raises:
        CommandFault, MalformedError, LimitError: see `read_codes`; or they are not one
            whole answer.
    """
    from idwallet.codec.qr_text import QrKind, write_qr_text
    from idwallet.protocols.qr.frames import read_frames

    ours = [each for each in read_codes(sources) if is_qr_text(each)]
    if not ours:
        raise MalformedError(
            "no code of ours is seen", at="picture", clause="idwallet compact 1 §10"
        )
    found = read_frames(ours)
    if found.kind is QrKind.ANSWER:
        return found.octets
    return write_qr_text(found.kind, found.octets).encode()


def lines_of(data: bytes, *, source: str) -> list[str]:
    """Return the texts of codes that a file holds, one a line.

    Raises:
        CommandFault: it holds none, or something that is no text.
    """
    try:
        lines = [each.strip("\r") for each in data.decode().split("\n")]
    except UnicodeDecodeError:
        raise usage_fault(f"{source}: not a text") from None
    found = [each for each in lines if each]
    if not found:
        raise usage_fault(f"{source}: empty")
    return found
