"""`idwallet wallet init`, `show`, `backup`, `restore`, `repair`: keeping a wallet."""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from idwallet.cli.faults import STREAM, about, input_fault
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
    wallet_option,
)
from idwallet.cli.passphrase import asker, new_passphrase
from idwallet.cli.pocket import (
    Pocket,
    init_pocket,
    open_or_make_pocket,
    open_pocket,
    repair_pocket,
)
from idwallet.cli.screen import heading, note, say, write_json_document
from idwallet.cli.verdicts import personal_claims
from idwallet.cli.words import Speech
from idwallet.codec.text import show
from idwallet.crypto.vault import stored_cost
from idwallet.explain.words import Language
from idwallet.ports import Shelf
from idwallet.roles.backup import (
    Backup,
    ListedCredential,
    keep_backup,
    kept_backups,
    open_backup,
    seal_backup,
)
from idwallet.roles.backup.migration import MIGRATION_BYTES
from idwallet.roles.record import HeldCredential

_PART: Final = "wallet"
_Function = TypeVar("_Function", bound=Callable[..., Any])


def _password_option(what: str) -> Callable[[_Function], _Function]:
    return click.option(
        "--password-file",
        metavar="FILE",
        help=f"Holds the password of the backup {what}. Default: asked for.",
    )


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
            "to_reissue": [_listed(*each) for each in left],
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
        _tell_plan(kept, held, speech=speech)


def _show_credential(held: HeldCredential, *, lang: Language, as_json: bool) -> None:
    status = held.opened().status
    until = held.valid_until
    if as_json:
        told = {
            "name": held.name,
            "format": held.format.value,
            "type": held.credential_type,
            "issuer": held.issuer,
            "valid_until": None if until is None else _rfc3339(until),
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
        say(speech.say("wallet.until", until=_rfc3339(until)))
    if status is None:
        say(speech.say("wallet.no-status"))
    else:
        say(speech.say("wallet.status", index=str(status.index), uri=status.uri))
    lines = (speech.claim_line(*claim) for claim in personal_claims(held.claims))
    for line in sorted(lines):
        say(f"  {line}")


@click.command("backup")
@wallet_option
@seal_option("the wallet")
@_password_option("that is made")
@at_option
@output_option("the backup")
@lang_option
@json_option
def backup_command(  # noqa: PLR0913 - one parameter for each option
    *,
    folder: str,
    seal_file: str | None,
    password_file: str | None,
    at: datetime | None,
    output: str,
    force: bool,
    lang: Language,
    as_json: bool,
) -> None:
    """Write what the wallet holds into one encrypted file, without keys and claims.

    It is a migration object of EU TS10: what there was, from whom, and where it can be
    revoked. Credentials are bound to keys of this device, so another one asks for them
    again. Whoever gets the file may guess at the password: take a long one.
    """
    require_one_stream(seal_file, password_file)
    require_writable(output, force=force)
    with about(folder):
        pocket = open_pocket(folder, seal_file=seal_file)
        held = pocket.credentials()
    password = new_passphrase(
        password_file, prompt="Password for the backup", option="--password-file"
    )
    backup = Backup.of(held, at=moment_or_now(at))
    token = seal_backup(backup, password.encode(), random=secrets.token_bytes)
    told: dict[str, int] = {
        "count": len(backup.credentials),
        "transactions": len(backup.transactions),
        "bytes": len(token) + 1,
    }
    if as_json and output == STREAM:
        write_json_document({**told, "backup": token})
        return
    write_output(output, token.encode("ascii") + b"\n")
    if as_json:
        write_json_document({**told, "file": output})
    else:
        note(Speech(lang, part=_PART).say("wallet.backed-up", **told))


@click.command("restore")
@click.argument("backup")
@wallet_option
@seal_option("the wallet")
@_password_option("that is read")
@click.option("--lost", is_flag=True, help="Say too what has to be revoked.")
@at_option
@lang_option
@json_option
def restore_command(  # noqa: PLR0913 - one parameter for each option
    backup: str,
    *,
    folder: str,
    seal_file: str | None,
    password_file: str | None,
    lost: bool,
    at: datetime | None,
    lang: Language,
    as_json: bool,
) -> None:
    """Read BACKUP into the wallet and say what to ask for again, and from whom.

    The wallet is made if it is not there. With --lost it is told as well what has to
    be revoked because whoever finds the former device could show it.
    """
    require_one_stream(backup, seal_file, password_file)
    token = read_input(backup, max_bytes=MIGRATION_BYTES)
    password = asker(password_file, option="--password-file")("Password of the backup")
    with about(backup):
        read = open_backup(token, password.encode())
    with about(folder):
        pocket = open_or_make_pocket(folder, seal_file=seal_file)
        keep_backup(pocket.vault, read, random=secrets.token_bytes)
        held = pocket.credentials()
    revoke = read.to_revoke(at=moment_or_now(at)) if lost else None
    if as_json:
        write_json_document(_restored(read, held, revoke=revoke))
        return
    speech = Speech(lang, part=_PART)
    say(speech.say("wallet.restored"))
    _tell_plan(read, held, speech=speech)
    if revoke is not None:
        _tell_revocations(revoke, speech=speech)


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


def _restored(
    read: Backup,
    held: tuple[HeldCredential, ...],
    *,
    revoke: tuple[ListedCredential, ...] | None,
) -> dict[str, object]:
    told: dict[str, object] = {
        "made_at": None if read.made_at is None else _rfc3339(read.made_at),
        "transactions": len(read.transactions),
        "not_device_bound": len(read.unbound),
        "to_reissue": [_listed(*each) for each in read.to_reissue(held)],
    }
    if revoke is not None:
        told["to_revoke"] = [_revocation(each) for each in revoke]
    return told


def _listed(each: ListedCredential, copies: int) -> dict[str, object]:
    return {
        "type": each.credential_type,
        "format": each.format,
        "issuer": each.issuer,
        "supply_point": each.supply_point,
        "copies": copies,
    }


def _revocation(each: ListedCredential) -> dict[str, object]:
    status = each.status
    return {
        "type": each.credential_type,
        "format": each.format,
        "issuer": each.issuer,
        "supply_point": each.supply_point,
        "status": None
        if status is None
        else {"uri": status.uri, "index": status.index},
        "thumbprint": each.thumbprint,
    }


def _tell_plan(
    read: Backup, held: tuple[HeldCredential, ...], *, speech: Speech
) -> None:
    plan = read.to_reissue(held)
    say(speech.say("wallet.reissue" if plan else "wallet.reissue-none"))
    for each, copies in plan:
        said = _said(each, speech)
        if copies == 1:
            say(f"  {speech.say('wallet.reissue-one', **said)}")
        else:
            say(f"  {speech.say('wallet.reissue-many', **said, count=copies)}")
    if read.unbound:
        say(speech.say("wallet.unbound", count=len(read.unbound)))


def _tell_revocations(revoke: tuple[ListedCredential, ...], *, speech: Speech) -> None:
    say(speech.say("wallet.revoke" if revoke else "wallet.revoke-none"))
    for each in revoke:
        said, status = _said(each, speech), each.status
        if status is None:
            say(f"  {speech.say('wallet.revoke-plain', **said)}")
        else:
            place = {"index": str(status.index), "uri": status.uri}
            say(f"  {speech.say('wallet.revoke-one', **said, **place)}")


def _said(each: ListedCredential, speech: Speech) -> dict[str, str]:
    where = ""
    if each.supply_point is not None:
        where = speech.say("wallet.where", address=each.supply_point)
    kind = speech.kind(each.credential_type)
    return {"kind": kind, "issuer": each.issuer, "where": where}


def _rfc3339(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


COMMANDS: Final = (
    init_command,
    show_command,
    backup_command,
    restore_command,
    repair_command,
)
"""What `idwallet wallet` does beside proving, adding and listing."""
