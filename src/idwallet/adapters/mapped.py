"""Long files looked into without being read: mapped, and given back at the end."""

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from idwallet.adapters.files import fault


@contextmanager
def mapped_file(path: str | Path) -> Iterator[bytes | mmap.mmap]:
    """Give a file's octets without holding them, for as long as the block lasts.

        with mapped_file("contract.pdf") as document:
            description = describe_document(document)
            verified = verify_document(document, trust=trust, policy=DOCUMENTS, at=at)

    A file of 500 MB is judged in a few megabytes so. Whoever changes it meanwhile
    changes what is judged: take away their right to write, or read it whole.

    Raises:
        PortError: the file cannot be opened or mapped.
    """
    try:
        with Path(path).open("rb") as file:
            is_empty = not file.read(1)
            # What is empty cannot be mapped.
            held = None
            if not is_empty:
                held = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        raise fault("map", path, cause=error) from error
    if held is None:
        yield b""
        return
    try:
        yield held
    finally:
        held.close()
