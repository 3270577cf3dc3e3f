"""What an entry of a status list says (Token Status List section 7)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple


@dataclass(frozen=True, slots=True, order=True)
class StatusReference:
    """Where a credential's status stands (section 6.2): a list, and a place in it."""

    uri: str
    index: int


class StatusKind(StrEnum):
    """What a status type value means (section 7.1)."""

    VALID = "valid"
    INVALID = "invalid"
    """Revoked, annulled, taken back: for good."""

    SUSPENDED = "suspended"
    """Not valid at present."""

    APPLICATION_SPECIFIC = "application_specific"
    """Only who agreed on it knows what it means."""

    UNASSIGNED = "unassigned"
    """Nobody has said yet what it means."""


class StatusValue(NamedTuple):
    """A status type value: its number, 0 to 255, and what it means."""

    number: int
    kind: StatusKind


_REGISTERED: Final = {
    0x00: StatusKind.VALID,
    0x01: StatusKind.INVALID,
    0x02: StatusKind.SUSPENDED,
    0x03: StatusKind.APPLICATION_SPECIFIC,
    # 0x0B was one until draft 13; since draft 14 it is not.
    0x0C: StatusKind.APPLICATION_SPECIFIC,
    0x0D: StatusKind.APPLICATION_SPECIFIC,
    0x0E: StatusKind.APPLICATION_SPECIFIC,
    0x0F: StatusKind.APPLICATION_SPECIFIC,
}

STATUS_VALUES: Final = tuple(
    StatusValue(number, _REGISTERED.get(number, StatusKind.UNASSIGNED))
    for number in range(256)
)
"""Every value there is, by its number: an entry becomes no object of its own."""
