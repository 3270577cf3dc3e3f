"""`idwallet wallet init`, `show`, `backup`, `restore` and more: keeping a wallet."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import click

from idwallet import limits
from idwallet.cli.commands.backing_up import backup_command, restore_command
from idwallet.cli.faults import about, input_fault
from idwallet.cli.files import (
    require_one_stream,
)
from idwallet.cli.options import (
    json_option,
    lang_option,
    seal_option,
    wallet_option,
)
from idwallet.cli.passphrase import new_passphrase
from idwallet.cli.pocket import (
    Pocket,
    init_pocket,
    open_pocket,
    repair_pocket,
)
from idwallet.cli.progress import progress
from idwallet.cli.reissue import listed, rfc3339, tell_plan
from idwallet.cli.screen import heading, say, write_json_document
from idwallet.cli.verdicts import personal_claims
from idwallet.cli.words import Speech
from idwallet.codec.text import show
from idwallet.crypto.seal import STANDARD_COST
from idwallet.crypto.vault import stored_cost
from idwallet.explain.words import Language
from idwallet.ports import Shelf
from idwallet.roles.backup import (
    kept_backups,
)
from idwallet.roles.record import HeldCredential

_PART: Final = "wallet"


@click.command("init")
@wallet_option
@seal_option("the wallet")
@lang_option
@json_option
def init_command(
    *, folder: str, seal_file: str | None, lang: Language, as_json: bool
) -> None:
    """Make an empty wallet in a new folder, sealed with a passphrase."""
    with about(folder):
        pocket = init_pocket(Path(folder), seal_file=seal_file)
    if as_json:
        write_json_document({"folder": folder, **_protection(pocket)})
        return
    speech = Speech(lang, part=_PART)
    say(speech.say("wallet.made", folder=folder))
    say(speech.say("wallet.unprotected"))


@click.command("show")
@click.argument("name", required=False)
@wallet_option
@seal_option("the wallet")
@lang_option
@json_option
def show_command(
    name: str | None,
    *,
    folder: str,
    seal_file: str | None,
    lang: Language,
    as_json: bool,
) -> None:
    """Show the credential NAME whole, or without a name what the wallet is.

    `idwallet wallet list` tells the names.
    """
    with about(folder):
        pocket = open_pocket(folder, seal_file=seal_file)
        held = pocket.credentials()
        if name is None:
            _show_wallet(pocket, held, lang=lang, as_json=as_json)
            return
    found = next((each for each in held if each.name == name), None)
    if found is None:
        raise input_fault(f"{show(folder)}: there is no credential {show(name)}")
    _show_credential(found, lang=lang, as_json=as_json)


def _show_wallet(
    pocket: Pocket,
    held: tuple[HeldCredential, ...],
    *,
    lang: Language,
    as_json: bool,
) -> None:
    vault = pocket.vault
    counts = {each: sum(1 for _ in vault.records(each)) for each in Shelf}
    cost = stored_cost(pocket.store)
    kept = kept_backups(vault)
    left = () if kept is None else kept.to_reissue(held)
    if as_json:
        told: dict[str, object] = {
            "credentials": counts[Shelf.CREDENTIAL],
            "one_time_credentials": counts[Shelf.BATCH],
            "ledger_entries": counts[Shelf.LEDGER],
            "receipts": counts[Shelf.RECEIPT],
            "argon2id": None
            if cost is None
            else {"memory_kib": cost.memory_kib, "passes": cost.passes},
            **_protection(pocket),
            "to_reissue": [listed(*each) for each in left],
        }
        write_json_document(told)
        return
    speech = Speech(lang, part=_PART)
    numbers = {
        "count": counts[Shelf.CREDENTIAL],
        "batch": counts[Shelf.BATCH],
        "ledger": counts[Shelf.LEDGER],
        "receipts": counts[Shelf.RECEIPT],
    }
    say(speech.say("wallet.overview", **numbers))
    if cost is not None:
        said = {"memory": cost.memory_kib, "passes": cost.passes}
        say(speech.say("wallet.cost", **said))
    say(speech.say("wallet.unprotected"))
    if kept is not None:
        tell_plan(kept, held, speech=speech)


def _show_credential(held: HeldCredential, *, lang: Language, as_json: bool) -> None:
    status = held.opened().status
    until = held.valid_until
    if as_json:
        told: dict[str, object] = {
            "name": held.name,
            "format": held.format.value,
            "type": held.credential_type,
            "issuer": held.issuer,
            "valid_until": None if until is None else rfc3339(until),
            "status": None
            if status is None
            else {"uri": status.uri, "index": status.index},
            "thumbprint": held.thumbprint,
            "claims": held.claims,
        }
        write_json_document(told)
        return
    speech = Speech(lang, part=_PART)
    say(heading(f"{speech.kind(held.credential_type)} ({held.name})"))
    kind = {"type": held.credential_type, "format": held.format.value}
    say(speech.say("wallet.type", **kind))
    say(speech.say("wallet.issuer", issuer=held.issuer))
    if until is None:
        say(speech.say("wallet.endless"))
    else:
        say(speech.say("wallet.until", until=rfc3339(until)))
    if status is None:
        say(speech.say("wallet.no-status"))
    else:
        say(speech.say("wallet.status", index=str(status.index), uri=status.uri))
    lines = (speech.claim_line(*claim) for claim in personal_claims(held.claims))
    for line in sorted(lines):
        say(f"  {line}")


@click.command("passphrase")
@wallet_option
@seal_option("the wallet")
@click.option(
    "--new-seal-file",
    metavar="FILE",
    help="Holds the new passphrase. Default: asked for, twice.",
)
@click.option(
    "--memory",
    type=click.IntRange(8, limits.ARGON2_MEMORY_KIB // 1_024),
    default=STANDARD_COST.memory_kib // 1_024,
    show_default=True,
    metavar="MIB",
    help="How much memory a guess at it costs from now on.",
)
@lang_option
@json_option
def passphrase_command(
    *,
    folder: str,
    seal_file: str | None,
    new_seal_file: str | None,
    memory: int,
    lang: Language,
    as_json: bool,
) -> None:
    """Give the wallet another passphrase, or make guessing it dearer.

    Everything is sealed anew in one change: what ends it on the way leaves the old
    passphrase or the new one. An old copy of the folder keeps the old one.
    """
    require_one_stream(seal_file, new_seal_file)
    with about(folder):
        pocket = open_pocket(folder, seal_file=seal_file)
    passphrase = new_passphrase(
        new_seal_file, prompt="New passphrase for the wallet", option="--new-seal-file"
    )
    cost = replace(STANDARD_COST, memory_kib=1_024 * memory)
    with about(folder), progress("Sealing anew"):
        pocket.vault.change_passphrase(passphrase.encode(), cost=cost)
    if as_json:
        write_json_document({"memory_kib": cost.memory_kib, "passes": cost.passes})
        return
    said = {"memory": cost.memory_kib, "passes": cost.passes}
    speech = Speech(lang, part=_PART)
    say(speech.say("wallet.sealed-anew"))
    say(speech.say("wallet.cost", **said))


@click.command("repair")
@wallet_option
@seal_option("the wallet")
@lang_option
@json_option
def repair_command(
    *, folder: str, seal_file: str | None, lang: Language, as_json: bool
) -> None:
    """Save what can be saved of a damaged wallet.

    What does not open is removed, and so are one-time credentials, since nobody knows
    any more which of them were shown. A sound wallet is left as it is.
    """
    with about(folder):
        told = repair_pocket(folder, seal_file=seal_file)
    if as_json:
        removed = {"broken": len(told.broken), "one_time": told.one_time}
        write_json_document({"removed": removed})
        return
    speech = Speech(lang, part=_PART)
    if not told.broken and not told.one_time:
        say(speech.say("wallet.sound"))
        return
    say(speech.say("wallet.repaired", broken=len(told.broken), once=told.one_time))


def _protection(pocket: Pocket) -> Mapping[str, str]:
    is_noticed = pocket.vault.notices_rollback
    return {"rollback": "protected" if is_noticed else "not protected"}


COMMANDS: Final = (
    init_command,
    show_command,
    backup_command,
    restore_command,
    passphrase_command,
    repair_command,
)
"""What `idwallet wallet` does beside proving, adding and listing."""
