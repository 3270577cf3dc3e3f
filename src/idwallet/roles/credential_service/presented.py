"""Claims that come from a presentation: the same session, and the same holder's key.

Somebody can have a person show a credential to them in the middle of an issuance of
their own: everything verifies, and what is issued would say another person's name, to
the key of whoever relayed it (openid/OpenID4VCI#742). So a presentation counts in the
session that it was asked for in alone, and what is issued from it is bound to a key
that showed it.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from idwallet.codec.json import JsonValue
from idwallet.credentials.model import VerifiedPresentation
from idwallet.errors import UsageError
from idwallet.protocols.openid4vci.key_attestation import KeyAttestation
from idwallet.roles.credential_service.desk import Desk
from idwallet.roles.credential_service.proving import BindableKey
from idwallet.roles.credential_service.supply import AuthorizationAsked
from idwallet.roles.credential_service.tickets import Kind, Ticket
from idwallet.roles.verifier import PresentationRequest


@dataclass(frozen=True, slots=True)
class Presented:
    """What the person showed before they are let in, and for which request.

    `verified` is what `verify_presentation` made of the answer to `request`, `tie` what
    `CredentialService.tie` gave when that was made for this very session.
    """

    verified: VerifiedPresentation
    request: PresentationRequest
    tie: str = field(repr=False)


def tie(
    desk: Desk, asked: AuthorizationAsked, *, request: PresentationRequest, at: datetime
) -> str:
    """Seal that a presentation is asked for in that session."""
    if not asked.session:
        raise UsageError("the session comes from CredentialService.handle")
    values: dict[str, JsonValue] = {"session": asked.session, "nonce": request.nonce}
    return desk.tickets.issue(Kind.TIE, values, until=at + desk.rules.offer_lifetime)


def holders_of(
    desk: Desk, asked: AuthorizationAsked, *, presented: Presented, at: datetime
) -> list[JsonValue]:
    """Return the keys that what is issued may be bound to.

    Raises:
        UsageError: it was asked for in another session, or long ago, or used before, or
            a credential was shown without a key.
    """
    found = desk.tickets.read(Kind.TIE, presented.tie, at=at)
    if found is None or not (
        _same(found.text("session"), asked.session)
        and _same(found.text("nonce"), presented.request.nonce)
    ):
        raise UsageError("it was not presented in this session: refuse it")
    holders = {each.holder for each in presented.verified.credentials}
    if not holders or None in holders:
        raise UsageError("it was presented without a key: nobody may be bound to it")
    if not desk.once(found.slot("used"), until=found.until, at=at):
        raise UsageError("it was used before: refuse it")
    return list[JsonValue](sorted(each or "" for each in holders))


def is_of_holder(
    token: Ticket, keys: Sequence[BindableKey], *, attestation: KeyAttestation | None
) -> bool:
    """Whether keys may be bound to what was presented: one of them showed it.

    Others may stand beside it where one attestation says that they are of the same key
    store.
    """
    holders = set(token.texts("holders"))
    if not holders:
        return True
    proven = {each.key.thumbprint for each in keys}
    if attestation is not None:  # it names every key: see `proven_keys`
        return bool(proven & holders)
    return bool(proven) and proven <= holders


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
