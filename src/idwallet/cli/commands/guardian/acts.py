"""What is delegated, by name; and a delegation as it is told."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import click

from idwallet.cli.words import Speech
from idwallet.credentials.compact.evaluate_guardian import pseudonym
from idwallet.credentials.compact.guardian import Act, Delegation

_Function = TypeVar("_Function", bound=Callable[..., Any])

PART: Final = "guardian"
"""The part of the catalogue that these commands speak by."""


def acts_option(function: _Function) -> _Function:
    """Take ``--act``: what may be done for the child."""
    return click.option(
        "--act",
        "acts",
        multiple=True,
        required=True,
        type=click.Choice([each.value for each in Act]),
        help="What may be done for the child: prove an age, register it at a hotel, "
        "show its school. May be repeated.",
    )(function)


def utc(moment: datetime) -> str:
    """Return a moment as RFC 3339 writes it."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


NAME_DIGITS: Final = 16
"""How many hexadecimal digits of its digest name a delegation."""


def short_name(delegation: Delegation) -> str:
    """Return by what a delegation is called on the command line."""
    return delegation.identity.hex()[:NAME_DIGITS]


def document_of(delegation: Delegation) -> dict[str, object]:
    """Return a delegation as JSON."""
    return {
        "delegation": short_name(delegation),
        "guardian": pseudonym(delegation.guardian.thumbprint),
        "acts": sorted(each.value for each in delegation.acts),
        "since": utc(delegation.since),
        "until": utc(delegation.until),
    }


def say_acts(delegation: Delegation, speech: Speech) -> str:
    """Return in words what may be done."""
    return ", ".join(speech.say(f"act.{each}") for each in sorted(delegation.acts))
