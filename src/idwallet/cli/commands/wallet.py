"""`idwallet wallet`: keys and credentials of a person, sealed in a folder."""

from datetime import datetime

import click

from idwallet import limits
from idwallet.cli.bundles import Believed, Pinned, operator_option
from idwallet.cli.commands.keeping import COMMANDS as KEEPING
from idwallet.cli.commands.ledger import COMMANDS as LEDGER
from idwallet.cli.credential import read_credential
from idwallet.cli.faults import STREAM, about
from idwallet.cli.files import (
    read_input,
    require_one_stream,
    require_writable,
    write_output,
)
from idwallet.cli.options import (
    at_option,
    json_option,
    lang_option,
    moment_or_now,
    output_option,
    seal_option,
    trust_option,
    trusted_types_option,
    wallet_option,
)
from idwallet.cli.pocket import Pocket, open_or_make_pocket, open_pocket
from idwallet.cli.screen import heading, say, write_json_document
from idwallet.cli.verdicts import Telling, personal_claims
from idwallet.cli.words import Speech
from idwallet.codec.text import show
from idwallet.consent.purpose import DisclosurePolicy, read_disclosure_policy
from idwallet.credentials.possession import make_proof
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.signer import StoredKeySigner
from idwallet.explain.words import Language
from idwallet.ports import Shelf
from idwallet.roles.batches import BatchStanding
from idwallet.roles.record import HeldCredential
from idwallet.trust.anchors import Purpose


@click.group("wallet")
def wallet_command() -> None:
    """Keep credentials and their keys in a folder, sealed."""


for _command in (*KEEPING, *LEDGER):
    wallet_command.add_command(_command)


@wallet_command.command("prove")
@wallet_option
@click.option(
    "--audience", required=True, metavar="URL", help="The issuer the proof is for."
)
@click.option("--nonce", required=True, help="The nonce that the issuer gave out.")
@seal_option("the wallet")
@at_option
@output_option("the proof")
@json_option
def prove_command(  # noqa: PLR0913 - one parameter for each option
    *,
    folder: str,
    audience: str,
    nonce: str,
    seal_file: str | None,
    at: datetime | None,
    output: str,
    force: bool,
    as_json: bool,
) -> None:
    """Make a new key in the wallet and prove to an issuer that it is there.

    The folder is made if it is not there. The proof is a JWT of OpenID4VCI 1.0.
    """
    require_writable(output, force=force)
    with about(folder):
        pocket = open_or_make_pocket(folder, seal_file=seal_file)
        signer = StoredKeySigner(pocket.keys.create(Algorithm.ES256.jose, None))
    proof = make_proof(signer, audience=audience, nonce=nonce, at=moment_or_now(at))
    told: dict[str, object] = {"thumbprint": signer.public_key.thumbprint}
    if output == STREAM and as_json:
        write_json_document({**told, "proof": proof})
        return
    write_output(output, proof.encode("ascii") + b"\n")
    if as_json:
        write_json_document({**told, "file": output})


@wallet_command.command("add")
@click.argument("credential")
@wallet_option
@trust_option("issuers")
@operator_option(required=False)
@trusted_types_option
@click.option(
    "--disclosure",
    metavar="FILE",
    help="The issuer's disclosure policy for it, from its metadata (JSON): whoever "
    "should not see it is named when they ask.",
)
@seal_option("the wallet")
@at_option
@lang_option
@json_option
def add_command(  # noqa: PLR0913 - one parameter for each option
    credential: str,
    *,
    folder: str,
    anchors: tuple[str, ...],
    names: tuple[str, ...],
    trusted_types: tuple[str, ...],
    disclosure: str | None,
    operator: str | None,
    bundle_state: str | None,
    seal_file: str | None,
    at: datetime | None,
    lang: Language,
    as_json: bool,
) -> None:
    """Verify CREDENTIAL and keep it, sealed.

    It is an SD-JWT VC or a mobile document (IssuerSigned as base64url, hexadecimal or
    octets), and must be bound to a key of this wallet (`idwallet wallet prove`).
    """
    require_one_stream(credential, seal_file, disclosure, *anchors)
    read = read_credential(credential)
    policy = _policy(disclosure)
    moment = moment_or_now(at)
    believed = Believed(anchors, names, Purpose.ISSUE_CREDENTIALS, trusted_types)
    pinned = Pinned(operator, bundle_state, moment, "wallet")
    with Telling(lang, "holder", as_json).refusals():
        trust = believed.store(pinned)
    with about(folder):
        pocket = open_pocket(folder, seal_file=seal_file)
    with Telling(lang, "holder", as_json).refusals():
        held = pocket.holder(trust).add(read, at=moment, disclosure=policy)
    _tell_added(pocket, held, lang=lang, as_json=as_json)


def _tell_added(
    pocket: Pocket, held: HeldCredential, *, lang: Language, as_json: bool
) -> None:
    record = pocket.store.get(Shelf.CREDENTIAL, held.name)
    sealed = 0 if record is None else len(record)
    if as_json:
        write_json_document({**_document(held), "sealed_bytes": sealed})
        return
    speech = Speech(lang)
    said = {"kind": speech.kind(held.credential_type), "issuer": held.issuer}
    count = len(list(personal_claims(held.claims)))
    say(speech.say("wallet.added", **said, claims=count, bytes=sealed))


def _policy(source: str | None) -> DisclosurePolicy | None:
    if source is None:
        return None
    data = read_input(source, max_bytes=limits.DISCLOSURE_POLICY_BYTES)
    with about(source):
        return read_disclosure_policy(data, at=show(source))


@wallet_command.command("list")
@wallet_option
@seal_option("the wallet")
@at_option
@lang_option
@json_option
def list_command(
    *,
    folder: str,
    seal_file: str | None,
    at: datetime | None,
    lang: Language,
    as_json: bool,
) -> None:
    """List what the wallet holds, with every claim and its value.

    Of a batch it says how many copies nobody has seen, and whether more are due.
    """
    moment = moment_or_now(at)
    with about(folder):
        pocket = open_pocket(folder, seal_file=seal_file)
        held = pocket.credentials()
        stand = {e.name: pocket.batches.standing(e.name, at=moment) for e in held}
    if as_json:
        listed = [{**_document(e), **_copies(stand[e.name])} for e in held]
        write_json_document({"credentials": listed})
        return
    speech = Speech(lang)
    if not held:
        say(speech.say("wallet.empty"))
    for each in held:
        say(heading(f"{speech.kind(each.credential_type)} ({each.name})"))
        _say_copies(stand[each.name], speech)
        lines = (speech.claim_line(*claim) for claim in personal_claims(each.claims))
        for line in sorted(lines):
            say(f"  {line}")


def _say_copies(standing: BatchStanding | None, speech: Speech) -> None:
    if standing is None:
        return
    say(f"  {speech.say('wallet.copies', unused=standing.unused)}")
    if standing.refill is not None:
        say(f"  {speech.say(f'wallet.refill.{standing.refill.reason.value}')}")


def _copies(standing: BatchStanding | None) -> dict[str, object]:
    if standing is None:
        return {}
    refill = None if standing.refill is None else standing.refill.reason.value
    return {
        "copies": {
            "method": standing.policy.method.value,
            "unused": standing.unused,
            "spent": standing.spent,
            "refill": refill,
        }
    }


def _document(held: HeldCredential) -> dict[str, object]:
    return {
        "name": held.name,
        "format": held.format.value,
        "type": held.credential_type,
        "issuer": held.issuer,
        "claims": held.claims,
    }
