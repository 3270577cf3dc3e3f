"""Where the two sides of a session meet, and how a session ended."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from idwallet.adapters.clock import steady
from idwallet.cli.faults import usage_fault
from idwallet.cli.words import Speech
from idwallet.explain.words import Language
from idwallet.protocols.proximity.machine import SessionEnded

_DAY: Final = 86_400
PART: Final = "session"
"""The part of the catalogue that these commands speak from."""


def speech_of(lang: Language) -> Speech:
    """Return the sentences of these commands."""
    return Speech(lang, part=PART)


def place_of(text: str) -> tuple[str, int]:
    """Read an address and a port, like 127.0.0.1:7000 or [::1]:7000.

    Raises:
        CommandFault: it is neither.
    """
    host, _, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdigit():
        raise usage_fault("a place is an address and a port, like 127.0.0.1:7000")
    return host.removeprefix("[").removesuffix("]"), int(port)


def clock_of(at: datetime | None) -> Callable[[], datetime]:
    """Return what says the time: one that never runs back, or ``--at`` always."""
    return steady() if at is None else lambda: at


def waiting(seconds: int) -> timedelta:
    """Return how long somebody is waited for."""
    if not 1 <= seconds <= _DAY:
        raise usage_fault("--wait takes a second at least, and a day at most")
    return timedelta(seconds=seconds)


def ended_line(ended: SessionEnded, speech: Speech) -> str:
    """Return in words why a session is over."""
    return speech.say(f"session.ended.{ended.why}")
