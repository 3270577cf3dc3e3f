"""Who asks, by the key and the certificates that a command was given."""

from collections.abc import Callable
from typing import Any, Final

import click

from idwallet.cli.faults import about, usage_fault
from idwallet.cli.trusted import open_key, read_certificates
from idwallet.protocols.openid4vp.client import ClientIdPrefix
from idwallet.roles.verifier import RelyingParty

_Function = Callable[..., Any]

PREFIXES: Final = {
    each.value: each for each in (ClientIdPrefix.X509_HASH, ClientIdPrefix.X509_SAN_DNS)
}
"""How a certificate can name who asks, by the names of `--client-id-prefix`."""


def certified_party(
    key: str,
    *,
    passphrase_file: str | None,
    certificates: str,
    prefix: str,
    dns_name: str | None,
    answer_to: str = "",
) -> RelyingParty:
    """Return whoever these certificates name, with its key.

    Raises:
        CommandFault: a file cannot be read, or they do not belong together.
    """
    if dns_name is not None and prefix != ClientIdPrefix.X509_SAN_DNS:
        raise usage_fault("--dns-name needs --client-id-prefix x509_san_dns")
    signer = open_key(key, passphrase_file=passphrase_file)
    chain = read_certificates(certificates)
    with about(certificates, remedy="the chain of the verifier's key as PEM"):
        return RelyingParty(
            signer=signer,
            answer_to=answer_to,
            certificates=chain,
            prefix=PREFIXES[prefix],
            dns_name=dns_name,
        )


def certificates_options(*, required: bool) -> Callable[[_Function], _Function]:
    """Take ``--certificates``, and how they name who asks."""

    def add(function: _Function) -> _Function:
        for option in reversed(_options(required=required)):
            function = option(function)
        return function

    return add


def _options(*, required: bool) -> tuple[Callable[[_Function], _Function], ...]:
    return (
        click.option(
            "--certificates",
            required=required,
            metavar="FILE",
            help="The verifier's certificate chain as PEM, its own certificate first.",
        ),
        click.option(
            "--client-id-prefix",
            "prefix",
            type=click.Choice(list(PREFIXES)),
            default=ClientIdPrefix.X509_HASH.value,
            show_default=True,
            help="How the certificate names the verifier.",
        ),
        click.option(
            "--dns-name",
            metavar="NAME",
            help="Which of several names in the certificate, with the prefix "
            "x509_san_dns.",
        ),
    )
