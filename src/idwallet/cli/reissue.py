"""What to ask for again, and what to have revoked, told to a person."""

from datetime import datetime

from idwallet.cli.screen import say
from idwallet.cli.words import Speech
from idwallet.roles.backup import Backup, ListedCredential
from idwallet.roles.record import HeldCredential


def listed(each: ListedCredential, copies: int) -> dict[str, object]:
    """Return one kind of credential to ask for again, as JSON."""
    return {
        "type": each.credential_type,
        "format": each.format,
        "issuer": each.issuer,
        "supply_point": each.supply_point,
        "copies": copies,
    }


def tell_plan(
    read: Backup, held: tuple[HeldCredential, ...], *, speech: Speech
) -> None:
    """Tell what of a backup is not held yet."""
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


def tell_revocations(revoke: tuple[ListedCredential, ...], *, speech: Speech) -> None:
    """Tell what to have revoked where the former device is lost."""
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


def rfc3339(moment: datetime) -> str:
    """Return a moment in UTC as RFC 3339 has it."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
