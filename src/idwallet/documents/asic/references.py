"""References from one file of a container to another (EN 319 162-1 annex A.6)."""

import re
from typing import Final
from urllib.parse import quote, unquote_to_bytes

from idwallet import limits
from idwallet.codec.zip import name_fault
from idwallet.documents.asic.baseline import EN
from idwallet.errors import MalformedError

_CLAUSE: Final = f"{EN} §A.6"
_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def reference_to(name: str) -> str:
    """Return the reference to a file of the container, by its name."""
    return quote(name, safe="/-._~")


def name_in(reference: str, *, at: str) -> str:
    """Return the name of the file that is referred to, from the container's root.

    Raises:
        MalformedError: it leads out of the container, or is no reference to a file.
    """
    if len(reference) > 3 * limits.ZIP_NAME_BYTES or _ESCAPE.search(reference):
        raise MalformedError("no reference", at=at, clause=_CLAUSE)
    if _SCHEME.match(reference) or reference.startswith("/") or "?" in reference:
        raise MalformedError(
            "a reference out of the container", at=at, clause=f"{_CLAUSE} (3)"
        )
    if "#" in reference:
        raise MalformedError("a reference into a file", at=at, clause=_CLAUSE)
    try:
        name = unquote_to_bytes(reference).decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedError("no reference", at=at, clause=_CLAUSE) from None
    if name_fault(name) is not None or name.endswith("/"):
        raise MalformedError("a reference to no file", at=at, clause=_CLAUSE)
    return name
