"""A link or a file: what a person pastes, and what a program hands over."""

import re
from typing import Final

from idwallet import limits
from idwallet.cli.files import read_input

# A scheme of two letters or more, so that a drive of Windows is a file.
_LINK: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:[^\s]*")


def read_link(source: str) -> bytes:
    """Return what a link says by itself, or the content of a file or stream.

    Raises:
        CommandFault: it is no link, and no file that can be read.
    """
    if _LINK.fullmatch(source) is not None:
        return source.encode("utf-8", "surrogateescape")
    return read_input(source, max_bytes=limits.FILE_BYTES).strip()


def named_link(source: str, *, what: str) -> str:
    """Return how a source is called in a message: a link is not repeated there."""
    return what if _LINK.fullmatch(source) is not None else source
