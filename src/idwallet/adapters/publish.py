"""Documents put into a folder that a web server hands out."""

import re
from pathlib import Path
from typing import Final

from idwallet.adapters.files import fault, write_file_atomically
from idwallet.errors import UsageError
from idwallet.ports import Publication

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_SUFFIXES: Final = {
    "application/statuslist+jwt": ".jwt",
    "application/statuslist+cwt": ".cwt",
    "application/json": ".json",
}


class FolderPublish:
    """`idwallet.ports.Publish` into a folder: a file for each name and media type.

    Each file is written whole beside the old one and then takes its place, so that
    nobody ever reads half of one, nor finds none.
    """

    def __init__(self, folder: str | Path) -> None:
        """Use `folder`, which is made if it is not there, for everybody to read.

        Raises:
            PortError: it cannot be made.
        """
        self._folder = Path(folder)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except (OSError, ValueError) as error:
            raise fault("make", folder, cause=error) from error

    def __call__(self, document: Publication, /) -> None:
        """Write the document; everybody may read it.

        Raises:
            UsageError: its name is not made of small letters, digits and hyphens, or
                its media type is not one of lists and of what names them.
            PortError: it cannot be written; the old one stands.
        """
        suffix = _SUFFIXES.get(document.media_type)
        if suffix is None or _NAME.fullmatch(document.name) is None:
            raise UsageError("a document that no file can be named after")
        path = self._folder / f"{document.name}{suffix}"
        write_file_atomically(path, document.body, mode=0o644)

    def holds(self, name: str, media_type: str) -> bool:
        """Whether a document of that name and media type is there."""
        return (self._folder / f"{name}{_SUFFIXES[media_type]}").is_file()

    def __repr__(self) -> str:
        """Show the folder."""
        return f"FolderPublish({str(self._folder)!r})"
