"""A clerk who compares the portrait with the person, on the command line."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

import click

from idwallet.adapters.clock import now
from idwallet.cli.faults import STREAM, usage_fault
from idwallet.cli.files import require_writable, write_output
from idwallet.cli.screen import note
from idwallet.cli.words import Speech
from idwallet.credentials.model import Unverified, VerifiedPresentation
from idwallet.roles.portrait import AwaitingPortrait

_Function = TypeVar("_Function", bound=Callable[..., Any])

_OPTIONS: Final = (
    click.option(
        "--portrait",
        "portrait",
        metavar="FILE",
        help="Where only the person is left to compare, write the portrait here.",
    ),
    click.option(
        "--portrait-matches/--portrait-differs",
        "matches",
        default=None,
        help="What the clerk says of it. Without it the clerk is asked, on a terminal.",
    ),
    click.option(
        "--clerk",
        "clerk",
        metavar="PSEUDONYM",
        help="Who compares, as the report names them: never a person's name.",
    ),
)


def portrait_options(function: _Function) -> _Function:
    """Take what a clerk says of a portrait, and where it is written."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What a clerk was asked to do, or did."""

    portrait: str | None
    matches: bool | None
    clerk: str | None

    @property
    def is_wanted(self) -> bool:
        """Whether any of it was given."""
        return any(e is not None for e in (self.portrait, self.matches, self.clerk))

    def require_meant(self, *, force: bool) -> None:
        """Refuse what says half of it, before any work is done."""
        if self.matches is not None and self.clerk is None:
            raise usage_fault("name with --clerk who compared the portrait")
        if self.portrait == STREAM:
            raise usage_fault("--portrait names a file")
        require_writable(self.portrait, force=force)

    def settle(
        self,
        judged: VerifiedPresentation | Unverified,
        *,
        at: datetime | None,
        speech: Speech,
    ) -> VerifiedPresentation | Unverified:
        """Let the clerk settle what is left; everything else stays as it was judged.

        `at` is the moment that was given, None for the present one.
        """
        if not isinstance(judged, AwaitingPortrait):
            return judged
        self._write(judged)
        matches = self._asked(speech) if self.matches is None else self.matches
        if matches is None or self.clerk is None:
            note(speech.say("portrait.left"))
            return judged
        return judged.confirm(matches=matches, by=self.clerk, at=at or now())

    def _write(self, judged: AwaitingPortrait) -> None:
        for number, each in enumerate(judged.portraits if self.portrait else ()):
            suffix = f".{number + 1}" if number else ""
            write_output(f"{self.portrait}{suffix}", each.image)

    def _asked(self, speech: Speech) -> bool | None:
        """Ask the clerk, where there is a terminal and somebody to ask."""
        if self.clerk is None or not sys.stdin.isatty():
            return None
        return click.confirm(speech.say("portrait.question"), err=True)
