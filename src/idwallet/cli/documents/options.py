"""Options that several commands about documents have."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeVar

import click

from idwallet.cli.documents.shapes import FORMATS, LEVELS, PACKAGINGS
from idwallet.cli.faults import usage_fault
from idwallet.cli.options import repeated_files

_Function = TypeVar("_Function", bound=Callable[..., Any])

DOCUMENT_POLICIES: Final = ("documents", "archive", "offline")


def shape_options(function: _Function) -> _Function:
    """Take ``--format`` and what belongs to it: how a document is signed."""
    for option, name, metavar, what in reversed(_TEXTS):
        function = click.option(option, name, metavar=metavar, help=what)(function)
    function = click.option(
        "--certify",
        type=click.Choice(["none", "forms", "annotations"]),
        help="PDF: sign as its author, and say what may be changed later.",
    )(function)
    function = click.option(
        "--compact", is_flag=True, help="JAdES: write one line of text."
    )(function)
    function = click.option(
        "--packaging",
        type=click.Choice(PACKAGINGS),
        help="Where the document is: beside the signature, inside it, or around it. "
        "Default: as the format has it.",
    )(function)
    function = click.option(
        "--level",
        type=click.Choice(list(LEVELS)),
        default="b-b",
        show_default=True,
        help="The baseline level: with a timestamp (b-t), evidence (b-lt), and a "
        "timestamp on that (b-lta).",
    )(function)
    return click.option(
        "--format",
        "shape",
        type=click.Choice(list(FORMATS)),
        help="How to sign. Default: pades for .pdf, xades for .xml, else cades.",
    )(function)


PROFILES: Final = MappingProxyType(
    {f"{shape}-{level}": (shape, level) for shape in FORMATS for level in LEVELS}
)


def profile_option(function: _Function) -> _Function:
    """Take ``--profile``: a format and a level in one word."""
    return click.option(
        "--profile",
        metavar="FORMAT-LEVEL",
        help="Format and level in one word, like pades-b-lt.",
    )(function)


def by_profile(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options with what ``--profile`` stands for.

    Raises:
        CommandFault: there is no such profile, or --format or --level is there, too.
    """
    options = dict(given)
    profile = options.pop("profile")
    if profile is None:
        return options
    source = click.get_current_context().get_parameter_source
    typed = click.core.ParameterSource.COMMANDLINE
    if typed in {source("shape"), source("level")}:
        raise usage_fault("--profile stands for --format and --level: give either")
    if profile not in PROFILES:
        raise usage_fault("--profile is a format and a level, like pades-b-lt")
    options["shape"], options["level"] = PROFILES[profile]
    return options


_TEXTS: Final = (
    ("--reason", "reason", "TEXT", "PDF: why it is signed; everybody can read it."),
    ("--location", "location", "TEXT", "PDF: where it is signed."),
    ("--field", "field", "NAME", "PDF: the field to sign, reserved or new."),
    (
        "--stamp",
        "stamp",
        "PAGE:BOX:TEXT",
        "PDF: show a stamp, like 1:50,50,250,110:Signed by Anna. Or --reason.",
    ),
)


def tsa_option(function: _Function) -> _Function:
    """Take ``--tsa``: who stamps the time."""
    return click.option(
        "--tsa",
        metavar="URL",
        help="The timestamp authority to ask (RFC 3161), by its address.",
    )(function)


def certificates_option(function: _Function) -> _Function:
    """Take ``--certificates``: the signer's chain."""
    return click.option(
        "--certificates",
        required=True,
        metavar="FILE",
        help="The signer's certificate chain as PEM, its own certificate first.",
    )(function)


def document_policy_option(function: _Function) -> _Function:
    """Take ``--policy`` for documents alone."""
    return click.option(
        "--policy",
        type=click.Choice(DOCUMENT_POLICIES),
        default="archive",
        show_default=True,
        help="What the signatures must have to be relied on.",
    )(function)


def roots_option(function: _Function) -> _Function:
    """Take ``--trust``: who is believed about signers and authorities of time."""
    return click.option(
        "--trust",
        "anchors",
        multiple=True,
        metavar="FILE",
        help="Believe signers and timestamp authorities under these roots: PEM "
        "certificates; may be repeated. Or one trust bundle, with --operator.",
    )(function)


_REVOCATION: Final = (
    ("--crl", "crls", "A CRL at hand about the certificates, DER or PEM."),
    ("--ocsp", "ocsp", "An OCSP response at hand about them, DER."),
)


def revocation_options(function: _Function) -> _Function:
    """Take ``--crl`` and ``--ocsp``: the evidence at hand about certificates."""
    return repeated_files(function, _REVOCATION)


def out_option(function: _Function) -> _Function:
    """Take ``-o`` and ``--force``."""
    forced = click.option(
        "--force", is_flag=True, help="Replace a file that is already there."
    )(function)
    return click.option(
        "-o",
        "--output",
        metavar="FILE",
        default="-",
        help="Where the result goes. Default: standard output.",
    )(forced)
