"""Names that an entry of an archive may have: the same file on every machine."""

from typing import Final
from unicodedata import category, normalize

from idwallet import limits

_REFUSED: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})


def is_folder_name(name: str) -> bool:
    """Whether a name is that of a folder (APPNOTE 4.3.8)."""
    return name.endswith("/")


def name_fault(name: str) -> str | None:
    """Return what is wrong with a name, in a few words, or None (APPNOTE 4.4.17).

    A name leads down from the root of the archive and nowhere else, on any system.
    """
    if not name or len(name.encode("utf-8", "replace")) > limits.ZIP_NAME_BYTES:
        return "no name, or one too long"
    if "\\" in name or ":" in name:
        # A folder or a drive to Windows, an ordinary character elsewhere.
        return "a backslash or a colon in a name"
    if any(category(each) in _REFUSED for each in name):
        return "a control character in a name"
    parts = name.removesuffix("/").split("/")
    if any(part in {"", ".", ".."} for part in parts):
        return "a name that leads out of the archive, or nowhere"
    if any(part != part.rstrip(" .") for part in parts):
        # Windows leaves these off, and opens another file.
        return "a part of a name that ends in a space or a dot"
    if len(parts) > limits.ZIP_FOLDERS:
        return "a name in too many folders"
    return None


class Names:
    """The names of one archive, none of which stands for another.

    Two are one where a system takes no notice of case or of how a letter is composed:
    there one file would be written over the other.
    """

    __slots__ = ("_above", "_files", "_seen")

    def __init__(self) -> None:
        """Begin with none."""
        self._seen: set[str] = set()
        self._files: set[str] = set()
        self._above: set[str] = set()

    def clash(self, name: str) -> str | None:
        """Add a name, or return what is wrong with it beside the others."""
        folded = normalize("NFC", normalize("NFC", name).casefold()).removesuffix("/")
        above = {folded[:at] for at, each in enumerate(folded) if each == "/"}
        is_file = not is_folder_name(name)
        if folded in self._seen:
            return "two entries of one name"
        if above & self._files or (is_file and folded in self._above):
            return "a file that is a folder too"
        self._seen.add(folded)
        self._above |= above
        if is_file:
            self._files.add(folded)
        return None
