"""`idwallet offer`: read what an issuer offers, and take it up."""

from typing import Any, Final

import click

from idwallet.cli.bundles import operator_option
from idwallet.cli.faults import STREAM, about
from idwallet.cli.files import require_one_stream
from idwallet.cli.online.accepting import PART, Accepting
from idwallet.cli.online.carrying import carrying_options
from idwallet.cli.online.issuing import COPIES, Desk, begin, go_on
from idwallet.cli.online.offered import offer_document, read_lines
from idwallet.cli.online.pending import kept, kept_under
from idwallet.cli.online.source import named_link, read_link
from idwallet.cli.options import (
    at_option,
    json_option,
    lang_option,
    seal_option,
    trust_option,
    trusted_types_option,
    wallet_option,
)
from idwallet.cli.pocket import open_or_make_pocket, open_pocket
from idwallet.cli.screen import say, write_json_document
from idwallet.cli.words import Speech
from idwallet.codec.text import show
from idwallet.explain.words import Language
from idwallet.protocols.openid4vci.offer import read_offer

_OFFER: Final = "an offer of OpenID4VCI 1.0 section 4.1, as a link or as JSON"
_CLIENT: Final = "idwallet"
# Nobody listens there: the person copies the address that the browser ends at.
_REDIRECT: Final = "http://127.0.0.1/idwallet"


@click.group("offer")
def offer_command() -> None:
    """Read what an issuer offers, and take it up into a wallet (OpenID4VCI 1.0)."""


@offer_command.command("read")
@click.argument("offer")
@lang_option
@json_option
def read_command(*, offer: str, lang: Language, as_json: bool) -> None:
    """Say what OFFER says: a link, or a file that holds one or the JSON of an offer.

    Nothing is sent, and nothing of it is proven: anybody can write an offer.
    """
    raw = read_link(offer)
    with about(named_link(offer, what="the offer"), remedy=_OFFER):
        found = read_offer(raw)
    if as_json:
        write_json_document(offer_document(found))
        return
    for line in read_lines(found, Speech(lang, part=PART)):
        say(line)


@offer_command.command("pending")
@wallet_option
@seal_option("the wallet")
@lang_option
@json_option
def pending_command(
    *, folder: str, seal_file: str | None, lang: Language, as_json: bool
) -> None:
    """List the offers that were taken up and are not finished."""
    with about(folder):
        found = kept(open_pocket(folder, seal_file=seal_file))
    if as_json:
        listed = [{"name": each.name, "issuer": each.issuer} for each in found]
        write_json_document({"pending": listed})
        return
    speech = Speech(lang, part=PART)
    if not found:
        say(speech.say("offer.none_pending"))
    for each in found:
        say(f"{each.name}  {show(each.issuer)}")


def _taking_options(function: Any) -> Any:
    """Take what `accept` and `resume` have in common."""
    for add in reversed(
        (
            wallet_option,
            trust_option("issuers"),
            operator_option(required=False),
            trusted_types_option,
            seal_option("the wallet"),
            click.option(
                "--yes",
                is_flag=True,
                help="Agree without a question: to the offer, and that what came is "
                "about the person whose wallet it is.",
            ),
            carrying_options,
            at_option,
            lang_option,
            json_option,
        )
    ):
        function = add(function)
    return function


@offer_command.command("accept")
@click.argument("offer")
@click.option(
    "--code-file",
    metavar="FILE",
    help="Holds the transaction code that came by another way. Default: asked for.",
)
@click.option(
    "--copies",
    type=click.IntRange(1, 100),
    default=COPIES,
    show_default=True,
    help="How many copies to ask for, where the issuer gives so many.",
)
@click.option(
    "--client-id",
    default=_CLIENT,
    show_default=True,
    metavar="NAME",
    help="The name under which the issuer knows this wallet.",
)
@click.option(
    "--redirect-uri",
    default=_REDIRECT,
    show_default=True,
    metavar="URL",
    help="Where the browser comes back to, as the issuer knows it.",
)
@_taking_options
def accept_command(**given: Any) -> None:  # options by name, as declared above
    """Take OFFER up: a link, or a file that holds one or the JSON of an offer.

    It says who offers what, and asks. What comes is verified, shown, and kept if it is
    yours. A link stands in the list of processes: where an offer wants no transaction
    code, hand it over as a file.
    """
    offer, code = given.pop("offer"), given.pop("code_file")
    copies = given.pop("copies")
    client = (given.pop("client_id"), given.pop("redirect_uri"))
    order = Accepting(**given)
    require_one_stream(
        STREAM if offer == STREAM else None, code, order.seal_file, *order.anchors
    )
    raw = read_link(offer)
    with about(named_link(offer, what="the offer"), remedy=_OFFER):
        read_offer(raw)
    trust = order.trust()
    with about(order.folder):
        pocket = open_or_make_pocket(order.folder, seal_file=order.seal_file)
    with order.carrying.open() as carrier:
        desk = Desk(pocket=pocket, trust=trust, carrier=carrier, clock=order.clock)
        taking = begin(raw, desk, client=client, copies=copies)
        order.carry_out(taking, code_file=code)


@offer_command.command("resume")
@click.argument("name")
@click.option(
    "--returned",
    metavar="FILE",
    help="Holds the address that the browser ended at. Default: asked for.",
)
@_taking_options
def resume_command(**given: Any) -> None:  # options by name, as declared above
    """Go on with the offer NAME that waits (`idwallet offer pending`)."""
    name, returned = given.pop("name"), given.pop("returned")
    order = Accepting(**given)
    require_one_stream(returned, order.seal_file, *order.anchors)
    trust = order.trust()
    with about(order.folder):
        pocket = open_pocket(order.folder, seal_file=order.seal_file)
        pending = kept_under(pocket, name)
    with order.carrying.open() as carrier:
        desk = Desk(pocket=pocket, trust=trust, carrier=carrier, clock=order.clock)
        with about(order.folder):
            taking = go_on(pending, desk)
        order.carry_out(taking, returned_file=returned)
