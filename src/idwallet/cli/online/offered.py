"""What an offer says, in words and as JSON; of its codes nothing."""

from collections.abc import Iterator

from idwallet.cli.words import Speech
from idwallet.codec.text import show
from idwallet.codec.web import read_web_address
from idwallet.protocols.openid4vci.display import Display
from idwallet.protocols.openid4vci.metadata import CredentialConfiguration
from idwallet.protocols.openid4vci.offer import (
    CredentialOffer,
    OfferReference,
    TransactionCode,
)
from idwallet.protocols.openid4vci.wallet import ConfirmOffer


def read_lines(
    found: CredentialOffer | OfferReference, speech: Speech
) -> Iterator[str]:
    """Yield what an offer says by itself, before anybody is asked."""
    if isinstance(found, OfferReference):
        yield speech.say("offer.elsewhere", host=_host(found.url))
        return
    yield speech.say("offer.from", issuer=found.issuer)
    for name in found.configurations:
        yield f"  - {show(name)}"
    if found.code is not None:
        yield speech.say("offer.sign_in")
    if found.pre_authorized is not None:
        yield from _code_lines(found.pre_authorized.transaction_code, speech)
    yield speech.say("offer.unproven")


def asked_lines(step: ConfirmOffer, speech: Speech) -> Iterator[str]:
    """Yield what a person is asked before an offer is taken up."""
    yield speech.say("offer.from", issuer=step.issuer.issuer)
    name = called(step.issuer.display, speech)
    if name:
        yield speech.say("offer.calls_itself", name=name)
    if step.signed_by is not None:
        yield speech.say("offer.signed_by", name=step.signed_by)
    if step.offered_from not in {None, _origin(step.issuer.issuer)}:
        yield speech.say("offer.offered_from", origin=step.offered_from or "")
    for each in step.configurations:
        yield f"  - {named(each, speech)}"
    yield from _code_lines(step.transaction_code, speech, to=step.code_goes_to)
    yield speech.say("offer.unproven")


def named(configuration: CredentialConfiguration, speech: Speech) -> str:
    """Return what a credential is called: by its issuer, else by us; and its type."""
    kind = configuration.credential_type or "?"
    name = called(configuration.display, speech) or show(speech.kind(kind))
    return f"{name} ({show(kind)}, {show(configuration.format)})"


def called(display: tuple[Display, ...], speech: Speech) -> str:
    """Return a name in the language spoken, else the first; made safe."""
    for each in display:
        if each.locale is not None and each.locale[:2] == speech.language:
            return show(each.name)
    return show(display[0].name) if display else ""


def _code_lines(
    wanted: TransactionCode | None, speech: Speech, *, to: str = ""
) -> Iterator[str]:
    if wanted is None:
        return
    length = "?" if wanted.length is None else wanted.length
    yield speech.say(f"offer.code.{wanted.input_mode.value}", length=length)
    if wanted.description:
        yield speech.say("offer.code.says", text=wanted.description)
    if to:
        yield speech.say("offer.code.goes_to", host=to)


def _origin(url: str) -> str:
    return read_web_address(url, at="credential_issuer").origin


def _host(url: str) -> str:
    return read_web_address(url, at="credential_offer_uri").authority


def offer_document(found: CredentialOffer | OfferReference) -> dict[str, object]:
    """Return what an offer says as JSON; who has its codes has the credential."""
    if isinstance(found, OfferReference):
        return {"offer": "reference", "host": _host(found.url)}
    grant = found.pre_authorized
    return {
        "offer": "value",
        "credential_issuer": found.issuer,
        "credential_configuration_ids": list(found.configurations),
        "sign_in": found.code is not None,
        "pre_authorized": grant is not None,
        "transaction_code": None
        if grant is None
        else _code_document(grant.transaction_code),
    }


def _code_document(wanted: TransactionCode | None) -> dict[str, object] | None:
    if wanted is None:
        return None
    return {
        "input_mode": wanted.input_mode.value,
        "length": wanted.length,
        "description": wanted.description,
    }
