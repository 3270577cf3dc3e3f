"""Where an issuance stands, as data that is sealed between two steps."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from idwallet.codec.json import JsonObject, JsonValue, read_object, write_json
from idwallet.credentials.cursor import Cursor
from idwallet.errors import MalformedError

_FORMAT: Final = "idwallet-issuance/1"
_CLAUSE: Final = "idwallet issuance state 1"


class Phase(StrEnum):
    """What the machine waits for."""

    OFFER = "offer"
    ISSUER = "issuer"
    SERVER = "server"
    CONFIRM = "confirm"
    PUSH = "push"
    BROWSER = "browser"
    CHALLENGE = "challenge"
    TOKEN = "token"  # noqa: S105 - the name of a phase
    NONCE = "nonce"
    PROVE = "prove"
    CREDENTIAL = "credential"
    SHOW = "show"
    NOTIFY = "notify"
    WAIT = "wait"
    DEFERRED = "deferred"
    PAUSE = "pause"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, repr=False)
class Progress:
    """A phase, and what has to be known to go on; plain values only.

    `wanted`: [configuration, identifier or None] still to be asked for, the first one
    now. `received` and `pending`: what came, and what comes later. `attempts`: retries
    that a server asked for at this step. `pauses`: how often somebody was too busy.
    """

    phase: Phase
    values: Mapping[str, JsonValue]

    def __repr__(self) -> str:
        """Show the phase only: codes and tokens are worth credentials."""
        return f"Progress({self.phase.value})"

    def on(self, phase: Phase, **changes: JsonValue) -> "Progress":
        """Return the next state; retries are counted anew with each phase."""
        return Progress(phase, {**self.values, "attempts": 0, **changes})

    def text(self, name: str) -> str:
        """Return a text, "" where there is none."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> int:
        """Return a number, 0 where there is none."""
        value = self.values.get(name)
        return value if isinstance(value, int) else 0

    def document(self, name: str) -> JsonObject:
        """Return an object, an empty one where there is none."""
        value = self.values.get(name)
        return value if isinstance(value, dict) else {}

    def items(self, name: str) -> list[JsonValue]:
        """Return a list, an empty one where there is none."""
        value = self.values.get(name)
        return list(value) if isinstance(value, list) else []

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the texts of a list."""
        return tuple(each for each in self.items(name) if isinstance(each, str))

    def to_bytes(self) -> bytes:
        """Return the state to be sealed."""
        return write_json(
            {
                "format": _FORMAT,
                "phase": self.phase.value,
                "values": dict(self.values),
            }
        )


def read_progress(data: bytes) -> Progress:
    """Read a state that was unsealed.

    Raises:
        MalformedError: it is of a version that is not known here, or no state.
    """
    root = Cursor(read_object(data, at="issuance", clause=_CLAUSE), "", _CLAUSE)
    if root.member("format").text() != _FORMAT:
        raise root.fault("unknown version")
    try:
        phase = Phase(root.member("phase").text())
    except ValueError:
        raise MalformedError("unknown phase", at="/phase", clause=_CLAUSE) from None
    return Progress(phase, root.member("values").members())
