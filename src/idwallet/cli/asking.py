"""What a command is to ask for: a query, an age, or claims of a type."""

from collections.abc import Callable
from typing import Any

import click

from idwallet import limits
from idwallet.cli.faults import about, usage_fault
from idwallet.cli.files import read_input
from idwallet.cli.kinds import credential_type_named
from idwallet.credentials.query import Query

_Function = Callable[..., Any]

_OPTIONS = (
    click.option("--query", metavar="FILE", help="What to ask for, as DCQL."),
    click.option(
        "--age-over",
        type=click.IntRange(0, 200),
        metavar="N",
        help="Ask only whether the person is at least so old.",
    ),
    click.option(
        "--type",
        "type_name",
        metavar="TYPE",
        help="Ask for --claim of this type: a name of the catalogue (`idwallet types`) "
        "or a file of your own type, in any encoding that has them all.",
    ),
    click.option(
        "--claim",
        "claims",
        multiple=True,
        metavar="NAME",
        help="A claim of --type, as the catalogue names it. May be repeated.",
    ),
)


def query_options(function: _Function) -> _Function:
    """Add the options that `query_of` reads."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def query_of(
    query: str | None,
    *,
    age_over: int | None,
    type_name: str | None,
    claims: tuple[str, ...],
    formats: tuple[str, ...],
) -> Query:
    """Return what the options say, in `formats` only where there are any.

    Raises:
        CommandFault: not exactly one way was named, or a file is no query.
    """
    if sum(each is not None for each in (query, age_over, type_name)) != 1:
        raise usage_fault("give one of --query, --age-over and --type")
    if claims and type_name is None:
        raise usage_fault("--claim is a claim of --type")
    if age_over is not None:
        return Query.age_over(age_over, formats=formats)
    if type_name is not None:
        listed = credential_type_named(type_name) or type_name
        return Query.claims(listed, *claims, formats=formats)
    source = query or ""
    data = read_input(source, max_bytes=limits.QUERY_BYTES)
    with about(source, remedy="a DCQL query, OpenID4VP 1.0 section 6"):
        return Query.from_dcql(data).require_askable()
