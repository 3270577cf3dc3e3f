"""Fonts for stamps."""

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from idwallet import limits
from idwallet.adapters.files import read_file
from idwallet.errors import PortError


@lru_cache(maxsize=2)
def default_font(*, bold: bool = False) -> bytes:
    """Return Roboto (Apache-2.0), a font with Latin, Greek and Cyrillic letters.

    It is read once: what was cut out of it is remembered by these very octets.

    Raises:
        PortError: the package that holds it is not installed: it comes with
            ``pip install 'idwallet[stamps]'``.
    """
    found = find_spec("font_roboto")
    if found is None or not found.submodule_search_locations:
        raise PortError("no font is installed: pip install 'idwallet[stamps]'")
    name = "Roboto-Bold.ttf" if bold else "Roboto-Regular.ttf"
    folder = Path(found.submodule_search_locations[0], "files")
    return read_file(folder / name, max_bytes=limits.FONT_BYTES)
