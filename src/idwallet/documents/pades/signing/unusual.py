"""Files that are not read strictly enough here, signed by way of pyHanko."""

from datetime import datetime
from typing import Final

from idwallet.documents.pades.profile import PAdES
from idwallet.documents.pades.signing.dictionary import Draft

_FIRST: Final = "Signature1"


def prepare_unusual(
    document: bytes, profile: PAdES, *, signing_time: datetime, room: int
) -> Draft | None:
    """Return the update that signs a file which was found to be broken, or None.

    None where pyHanko is not installed or reads it no better, and where the profile
    asks for more than it is asked for here: a lock, or something to be seen.

    Raises:
        UnsupportedError: the file is encrypted, a form of XFA, or has signatures.
    """
    if profile.lock is not None or profile.appearance is not None:
        return None
    from idwallet.documents import _pyhanko

    texts = {
        "Reason": profile.reason,
        "Location": profile.location,
        "ContactInfo": profile.contact,
    }
    wanted = _pyhanko.Wanted(
        name=profile.field or _FIRST,
        signing_time=signing_time,
        room=room,
        says={key: value for key, value in texts.items() if value is not None},
        certify=profile.certify,
    )
    made = _pyhanko.prepare(document, wanted)
    if made is None:
        return None
    before, after = made.update[: made.start], made.update[made.end :]
    return Draft(len(document), before, after, room)
