"""Options that several commands have, so that each is named and described once."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from idwallet.adapters.clock import now

_Function = TypeVar("_Function", bound=Callable[..., Any])

POLICIES: Final = ("retail", "hotel", "finance", "strict")

# RFC 3339 §5.6, in UTC only: a moment must not depend on where a script runs.
_MOMENT: Final = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|\+00:00)", re.ASCII
)
_NO_MOMENT: Final = "not a moment like 2026-11-24T12:00:00Z (RFC 3339, UTC)"


if TYPE_CHECKING:
    _MomentType = click.ParamType[datetime]
    _DurationType = click.ParamType[timedelta]
else:  # older releases of click have no type parameter
    _MomentType = _DurationType = click.ParamType


class Moment(_MomentType):
    """A moment in UTC as RFC 3339 writes it."""

    name = "moment"

    def convert(  # noqa: PLR0917 - click's signature
        self,
        value: str | datetime,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> datetime:
        """Return the moment, aware."""
        if isinstance(value, datetime):
            return value
        found = _read_moment(value)
        if found is None:
            raise click.BadParameter(_NO_MOMENT, ctx=ctx, param=param)
        return found


def _read_moment(text: str) -> datetime | None:
    if _MOMENT.fullmatch(text) is None:
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:  # a thirteenth month
        return None


_DURATION: Final = re.compile(r"([1-9][0-9]{0,6})([smhd])", re.ASCII)
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class Duration(_DurationType):
    """How long something lasts, like 12h."""

    name = "duration"

    def convert(  # noqa: PLR0917 - click's signature
        self,
        value: str | timedelta,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> timedelta:
        """Return it as a time."""
        if isinstance(value, timedelta):
            return value
        found = _DURATION.fullmatch(value)
        if found is None:
            message = "not a number of seconds, minutes, hours or days like 30m or 12h"
            raise click.BadParameter(message, ctx=ctx, param=param)
        return timedelta(**{_UNITS[found[2]]: int(found[1])})


def moment_or_now(at: datetime | None) -> datetime:
    """Return the moment given, or the clock's."""
    return now() if at is None else at


def at_option(function: _Function) -> _Function:
    """Take ``--at``: the moment judged."""
    return click.option(
        "--at",
        type=Moment(),
        metavar="MOMENT",
        help="Judge as of this moment, like 2026-11-24T12:00:00Z. Default: now.",
    )(function)


def lang_option(function: _Function) -> _Function:
    """Take ``--lang``."""
    return click.option(
        "--lang",
        type=click.Choice(["en", "ru"]),
        default="en",
        show_default=True,
        help="The language of the text.",
    )(function)


def reader_option(default: str) -> Callable[[_Function], _Function]:
    """Take ``--reader``: for whom a verdict is told."""
    return click.option(
        "--reader",
        type=click.Choice(["integrator", "clerk", "holder"]),
        default=default,
        show_default=True,
        help="For whom the text is: every check, or what a person can act on.",
    )


def json_option(function: _Function) -> _Function:
    """Take ``--json``."""
    return click.option(
        "--json", "as_json", is_flag=True, help="Print one JSON document."
    )(function)


def output_option(what: str) -> Callable[[_Function], _Function]:
    """Take ``-o`` and ``--force``: where a result goes."""

    def add(function: _Function) -> _Function:
        forced = click.option(
            "--force", is_flag=True, help="Replace files that are already there."
        )(function)
        return click.option(
            "-o",
            "--output",
            metavar="FILE",
            default="-",
            help=f"Where {what} goes. Default: standard output.",
        )(forced)

    return add


def key_option(whose: str) -> Callable[[_Function], _Function]:
    """Take ``--key`` and ``--passphrase-file``: a private key."""

    def add(function: _Function) -> _Function:
        secret = click.option(
            "--passphrase-file",
            "--pin-file",
            "passphrase_file",
            metavar="FILE",
            help="Holds the passphrase or PIN of the key. Default: asked for.",
        )(function)
        return click.option(
            "--key",
            required=True,
            metavar="KEY",
            help=f"{whose}: a PEM file or a pkcs11: URI.",
        )(secret)

    return add


def seal_option(what: str) -> Callable[[_Function], _Function]:
    """Take ``--seal-file``: the passphrase that seals something at rest."""
    return click.option(
        "--seal-file",
        metavar="FILE",
        help=f"Holds the passphrase that seals {what}. Default: asked for.",
    )


def database_option(function: _Function) -> _Function:
    """Take ``--database``: where a status issuer keeps its lists."""
    return click.option(
        "--database",
        required=True,
        metavar="URL",
        help="The status issuer's database, like sqlite:///status.db.",
    )(function)


def wallet_option(function: _Function) -> _Function:
    """Take ``--wallet``: the folder of a wallet."""
    return click.option(
        "--wallet",
        "folder",
        required=True,
        metavar="DIR",
        help="The wallet's folder.",
    )(function)


def serialisation_option(what: str) -> Callable[[_Function], _Function]:
    """Take ``--serialisation``: how an SD-JWT is written down."""
    return click.option(
        "--serialisation",
        type=click.Choice(["compact", "flattened", "general"]),
        default="compact",
        show_default=True,
        help=f"How {what} is written: a line of text, or one of two JSON forms.",
    )


def format_option(
    what: str, *, default: str | None
) -> Callable[[_Function], _Function]:
    """Take ``--format``: an SD-JWT VC, a mobile document, or a compact credential."""
    return click.option(
        "--format",
        "form_name",
        type=click.Choice(["sd-jwt", "mdoc", "compact"]),
        default=default,
        show_default=default is not None,
        help=what,
    )


def trusted_types_option(function: _Function) -> _Function:
    """Take ``--trust-type``: what those in ``--trust`` are believed about."""
    return click.option(
        "--trust-type",
        "trusted_types",
        multiple=True,
        metavar="TYPE",
        help="Believe those in --trust about this type alone: a vct, a document type, "
        "or a name of the catalogue. May be repeated. Default: about every type.",
    )(function)


def trust_option(whom: str) -> Callable[[_Function], _Function]:
    """Take ``--trust`` and ``--trust-name``: who is believed."""

    def add(function: _Function) -> _Function:
        names = click.option(
            "--trust-name",
            "names",
            multiple=True,
            metavar="NAME",
            help="A name that those in --trust may sign under. May be repeated.",
        )(function)
        return click.option(
            "--trust",
            "anchors",
            multiple=True,
            required=True,
            metavar="FILE",
            help=f"Believe {whom} under these roots: PEM certificates, or a JWK set; "
            "may be repeated. Or one trust bundle, with --operator.",
        )(names)

    return add


_EVIDENCE: Final = (
    ("--status-list", "lists", "A status list token at hand, JWT or CWT."),
    ("--crl", "crls", "A CRL at hand about the issuer's certificates, DER or PEM."),
    ("--ocsp", "ocsp", "An OCSP response at hand about them, DER."),
)
_ISSUERS_AT_HAND: Final = (
    (
        "--issuer-certificates",
        "issuer_certificates",
        "Issuers' chains (PEM) below --trust, for codes that have no room for them.",
    ),
)


def evidence_options(function: _Function) -> _Function:
    """Take ``--status-list``, ``--crl`` and ``--ocsp``: the evidence at hand."""
    return repeated_files(function, _EVIDENCE)


def issuer_certificates_option(function: _Function) -> _Function:
    """Take ``--issuer-certificates``: chains that a credential has no room for."""
    return repeated_files(function, _ISSUERS_AT_HAND)


def withdrawn_option(function: _Function) -> _Function:
    """Take ``--withdrawn``: statements that take delegations back."""
    return repeated_files(function, _WITHDRAWN)


_WITHDRAWN: Final = (
    (
        "--withdrawn",
        "withdrawn",
        "Statements that ended delegations to guardians (`idwallet guardian`).",
    ),
)


def repeated_files(
    function: _Function, options: Sequence[tuple[str, str, str]]
) -> _Function:
    """Take options that name files: each by its name, its parameter and its help."""
    for option, name, what in reversed(options):
        function = click.option(
            option, name, multiple=True, metavar="FILE", help=f"{what} May be repeated."
        )(function)
    return function


def fetch_options(function: _Function) -> _Function:
    """Take ``--fetch`` and how it is done."""
    for option, name, shape, what in reversed(_FETCHING):
        function = click.option(
            option, name, multiple=True, metavar=shape, help=f"{what} May be repeated."
        )(function)
    function = click.option(
        "--fetch-roots",
        "fetch_roots",
        metavar="FILE",
        help="Believe servers under these roots (PEM) in place of the system's.",
    )(function)
    return click.option(
        "--fetch",
        is_flag=True,
        help="Fetch what an open verdict lacks, from whom an anchor or --fetch-from "
        "names and from nobody else, and judge again.",
    )(function)


_FETCHING: Final = (
    (
        "--fetch-from",
        "fetch_origins",
        "ORIGIN",
        "Those in --trust may have this asked, like https://status.example.",
    ),
    (
        "--private-host",
        "private_hosts",
        "HOST",
        "This host may be in a private network, like all in IDWALLET_PRIVATE_HOSTS.",
    ),
)


def types_option(function: _Function) -> _Function:
    """Take ``--type-metadata``."""
    return click.option(
        "--type-metadata",
        "types",
        multiple=True,
        metavar="FILE",
        help="A type metadata document at hand. May be repeated.",
    )(function)
