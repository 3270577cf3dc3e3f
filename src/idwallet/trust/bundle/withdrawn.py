"""Delegations that were taken back, as a part of a bundle (bundle.md §5.2)."""

from collections.abc import Iterable
from typing import Final

from idwallet import limits
from idwallet.codec.cbor import CborKey, CborValue, write_cbor
from idwallet.errors import MalformedError, UnsupportedError, UsageError
from idwallet.trust.bundle.members import read_map
from idwallet.trust.bundle.structures import CLAUSE

_SECTION: Final = f"{CLAUSE} §5.2"
_MEMBER: Final = "withdrawn"


def write_withdrawn(statements: Iterable[bytes]) -> bytes:
    """Return a part of statements; their order does not matter, and none says so.

    Raises:
        UsageError: there are more than `limits.WITHDRAWN_AT_HAND`, or one that no
            reader takes.
    """
    listed = list[CborValue](sorted(set(statements)))
    members: dict[CborKey, CborValue] = {_MEMBER: listed} if listed else {}
    data = write_cbor(members)
    try:
        read_withdrawn(data, at=_MEMBER)
    except (MalformedError, UnsupportedError) as error:
        raise UsageError(f"no reader takes these statements: {error}") from error
    return data


def read_withdrawn(data: bytes, *, at: str) -> tuple[bytes, ...]:
    """Read a part of statements; none of them is judged.

    Raises:
        LimitError: more than `limits.WITHDRAWN_AT_HAND`, or one that is too long.
        MalformedError: it breaks docs/reference/bundle.md §5.2.
    """
    members = read_map(data, at=at, clause=_SECTION)
    found = members.octet_strings(
        _MEMBER, most=limits.WITHDRAWN_AT_HAND, longest=limits.DELEGATION_END_BYTES
    )
    members.done()
    return found
