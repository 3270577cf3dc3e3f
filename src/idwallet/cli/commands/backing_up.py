"""`idwallet wallet backup` and `restore`: one file that says what there was."""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, TypeVar

import click

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
    wallet_option,
)
from idwallet.cli.passphrase import asker, new_passphrase
from idwallet.cli.pocket import Pocket, open_or_make_pocket, open_pocket
from idwallet.cli.progress import progress
from idwallet.cli.reissue import listed, rfc3339, tell_plan, tell_revocations
from idwallet.cli.screen import note, say, write_json_document
from idwallet.cli.words import Speech
from idwallet.consent.ledger.ledger import Ledger
from idwallet.consent.ledger.ts10 import transaction_log
from idwallet.explain.words import Language
from idwallet.roles.backup import (
    Backup,
    ListedCredential,
    keep_backup,
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
    revoked. Whoever gets the file may guess at the password: take a long one.
    """
    require_one_stream(seal_file, password_file)
    require_writable(output, force=force)
    with about(folder):
        pocket = open_pocket(folder, seal_file=seal_file)
        backup = _backup(pocket, at=moment_or_now(at))
    password = new_passphrase(
        password_file, prompt="Password for the backup", option="--password-file"
    )
    with progress("Encrypting"):
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
    with about(backup), progress("Decrypting"):
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
    tell_plan(read, held, speech=speech)
    if revoke is not None:
        tell_revocations(revoke, speech=speech)


def _backup(pocket: Pocket, *, at: datetime) -> Backup:
    """Return what may still be shown, and what the ledger tells (TS10 3.16)."""
    ledger = Ledger(pocket.vault, random=secrets.token_bytes)
    log = transaction_log(ledger.entries())
    return Backup.of(pocket.copies(), at=at, transactions=log)


def _restored(
    read: Backup,
    held: tuple[HeldCredential, ...],
    *,
    revoke: tuple[ListedCredential, ...] | None,
) -> dict[str, object]:
    told: dict[str, object] = {
        "made_at": None if read.made_at is None else rfc3339(read.made_at),
        "transactions": len(read.transactions),
        "not_device_bound": len(read.unbound),
        "to_reissue": [listed(*each) for each in read.to_reissue(held)],
    }
    if revoke is not None:
        told["to_revoke"] = [_revocation(each) for each in revoke]
    return told


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
