"""Visible stamps, as ``--stamp`` says them: a page and a box on it."""

import re
from typing import TYPE_CHECKING, Final

from idwallet.cli.faults import about, usage_fault

if TYPE_CHECKING:
    from idwallet.documents.pades.profile import Appearance

_STAMP: Final = re.compile(
    r"([1-9][0-9]{0,4}):(-?[0-9.]{1,8}),(-?[0-9.]{1,8}),(-?[0-9.]{1,8}),(-?[0-9.]{1,8})"
    r"(?::(.+))?",
    re.ASCII | re.DOTALL,
)
_NO_STAMP: Final = (
    "--stamp is a page, the corners of a box in points and a text, like "
    "1:50,50,250,110:Signed by Anna"
)


def stamped(text: str, reason: str | None) -> "Appearance":
    """Return the stamp; without a text it says the reason.

    Raises:
        CommandFault: it is no stamp, or has nothing to say.
    """
    from idwallet.adapters.fonts import default_font
    from idwallet.documents.appearance import Box, Stamp

    head, _, words = text.partition(":")
    place, _, words = words.partition(":")
    found = _STAMP.fullmatch(f"{head}:{place}")
    said = words or reason
    if found is None or not said:
        raise usage_fault(_NO_STAMP)
    try:
        corners = [float(found[number]) for number in range(2, 6)]
    except ValueError as error:
        raise usage_fault(_NO_STAMP) from error
    with about("--stamp"):
        return Stamp(
            page=int(found[1]) - 1,
            box=Box(*corners),
            lines=tuple(said.splitlines()),
            font=default_font(),
        )
