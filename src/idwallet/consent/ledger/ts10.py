"""The ledger as the transaction log of TS10 1.2 (EUDI Wallet), section 3 and 4.1.

TS10 has fewer members than an entry, and requires some that nobody may have named: what
is not known is left out, never made up. No value of a claim is in either.
"""

from collections.abc import Iterable
from typing import Final

from idwallet.codec.json import JsonObject, JsonValue, write_json
from idwallet.consent.ledger.entry import Entry, EntryKind, Sending
from idwallet.consent.ledger.history import Happening, happenings
from idwallet.consent.ledger.position import LedgerEntry
from idwallet.consent.occasion import (
    ClaimsAsked,
    ClaimsShown,
    LegalContacts,
    Named,
    Party,
)
from idwallet.consent.reading import filled
from idwallet.credentials.paths import ClaimPath

CLIENT_ID: Final = "client_id"
"""The type of an identifier that is a client identifier and no official number."""

_PRIVACY: Final = "http://data.europa.eu/eudi/policy/privacy-policy"


def transaction_log(entries: Iterable[LedgerEntry]) -> list[JsonObject]:
    """Return the transactions of a log, the oldest first; what was erased is not in it.

    Requests to delete stand by themselves, as TS10 has them.
    """
    every = tuple(entries)
    found = {
        each.index: _transaction(each, each.entry, party=each.entry.party)
        for each in happenings(every)
        if each.entry is not None and each.entry.party is not None
    }
    for each in every:
        if each.entry is not None and each.entry.kind is EntryKind.DELETION:
            found[each.index] = deletion_transaction(each.index, each.entry)
    return [found[index] for index in sorted(found)]


def deletion_transaction(index: int, entry: Entry) -> JsonObject:
    """Return the transaction of a deletion request (section 3.13)."""
    party = entry.party
    return {
        **_head(index, entry, kind="DataDeletionRequest", done=True),
        **filled(
            interactingPartyIdentifier=None if party is None else identifier(party),
            interactingPartyName=None if party is None else party.name,
            listOfClaims=claim_infos(entry.shown),
        ),
    }


def _transaction(each: Happening, entry: Entry, *, party: Party) -> JsonObject:
    legal = entry.legal or LegalContacts()
    done = entry.kind is EntryKind.SHOWN and each.sending is Sending.SENT
    made = {
        **_head(each.index, entry, kind="Presentation", done=done),
        "interactingPartyIdentifier": identifier(party),
        "interactingPartyType": "ServiceProvider",
        "interactingPartyName": party.name,
        "isIntermediary": legal.intermediary is not None,
        **_legal(legal),
        "purpose": _purposes(entry, legal),
        "listOfClaimsRequested": claim_infos(entry.asked),
        "listOfClaimsPresented": claim_infos(entry.shown),
    }
    if not done:
        reason = "declined" if entry.kind is EntryKind.DECLINED else "not known"
        if each.sending is Sending.NOT_SENT:
            reason = "not sent"
        made["reasonOfNoncompletion"] = reason
    return made


def _head(index: int, entry: Entry, *, kind: str, done: bool) -> JsonObject:
    return {
        "transactionIdentifier": str(index),
        "time": entry.time.strftime("%Y-%m-%dT%H:%M:%S"),
        "transactionType": kind,
        "transactionResult": "Completed" if done else "NotCompleted",
    }


def _legal(legal: LegalContacts) -> JsonObject:
    middle = legal.intermediary
    contact = [each for each in (legal.country, *legal.support) if each]
    policies: list[JsonValue] = [
        {"type": _PRIVACY, "policyURI": each} for each in legal.privacy_policies
    ]
    return filled(
        interactingPartyContact=list[JsonValue](contact),
        intermediaryIdentifier=None if middle is None else _named(middle),
        intermediaryName=None if middle is None else middle.name,
        registrarURL=legal.registry,
        privacyPolicy=policies,
        dpaName=legal.supervisor,
        dpaCountry=legal.country if legal.supervisor else None,
        dpaContact=list[JsonValue](legal.contacts),
    )


def _purposes(entry: Entry, legal: LegalContacts) -> list[JsonValue]:
    """Return the registered purposes, or else what the request itself said."""
    found: list[JsonValue] = [
        {"lang": language, "content": text} for language, text in legal.purposes
    ]
    if not found and entry.purpose:
        found.append({"lang": "und", "content": entry.purpose})
    return found


def identifier(party: Party) -> JsonObject:
    """Return who it is, by the identifier that the request had."""
    return {"type": CLIENT_ID, "identifier": party.identifier}


def _named(named: Named) -> JsonObject:
    return {"type": CLIENT_ID, "identifier": named.identifier}


def claim_infos(claims: Iterable[ClaimsAsked | ClaimsShown]) -> list[JsonValue]:
    """Return claims by type of credential (section 3.19.2).

    TS10 has a path as one text: the name where it is no more than that, else the JSON
    text of the claims path pointer (OpenID4VP 1.0 section 7).
    """
    found: list[JsonValue] = []
    for each in claims:
        types = each.types if isinstance(each, ClaimsAsked) else (each.credential_type,)
        paths: list[JsonValue] = [_path(path) for path in each.paths]
        found += [{"credentialIdentifier": kind, "claims": paths} for kind in types]
    return found


def _path(path: ClaimPath) -> str:
    first = path[0]
    if len(path) == 1 and isinstance(first, str):
        return first
    return write_json(list[JsonValue](path)).decode()
