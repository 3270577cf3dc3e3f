"""The credential issuer's endpoints: nonces, credentials, later ones, notifications."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, NamedTuple

from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.compact.issue import Compact
from idwallet.credentials.mdoc.issue import Mdoc
from idwallet.credentials.model import Credential
from idwallet.credentials.possession import HolderKey
from idwallet.credentials.sdjwt.issue import SdJwtVc
from idwallet.crypto.keys import PublicKey
from idwallet.errors import MalformedError, UnsupportedError, UsageError
from idwallet.profiles import IssuanceRule
from idwallet.protocols.http import HttpRequest, HttpResponse, json_response
from idwallet.protocols.oauth import dpop
from idwallet.protocols.oauth.errors import OAuthError
from idwallet.protocols.openid4vci.credential import (
    CredentialCode,
    CredentialRequest,
    Deferred,
    Issued,
    read_credential_request,
    read_deferred_request,
    read_notification,
)
from idwallet.roles.credential_service.data_sets import data_set_of
from idwallet.roles.credential_service.desk import Desk
from idwallet.roles.credential_service.presented import is_of_holder
from idwallet.roles.credential_service.proving import BindableKey, proven_keys
from idwallet.roles.credential_service.supply import (
    Denied,
    Notification,
    Order,
    Pending,
    Supplied,
    Supply,
)
from idwallet.roles.credential_service.tickets import Kind, Ticket
from idwallet.roles.issuer import Issuer

_NO_CONTENT: Final = 204
_Code = CredentialCode


def nonce(desk: Desk, *, at: datetime) -> HttpResponse:
    """Give out a challenge, and one for the next proof of the token's key (7.2)."""
    return json_response(
        {"c_nonce": desk.nonce(Kind.NONCE, at=at)},
        headers=((dpop.NONCE_HEADER, desk.nonce(Kind.DPOP_NONCE, at=at)),),
    )


def credential(
    desk: Desk, request: HttpRequest, *, issuer: Issuer, supply: Supply, at: datetime
) -> HttpResponse:
    """Issue what the token allows, to the keys that were proven (section 8)."""
    token = desk.authorized(request, at=at)
    try:
        asked = read_credential_request(desk.document_of(request))
    except (MalformedError, UnsupportedError) as error:
        raise _refused(_Code.INVALID_CREDENTIAL_REQUEST) from error
    to = desk.answer_to(asked.encryption, request)
    name, data_set = _configuration(desk, asked, token=token)
    proven = proven_keys(desk, asked, name=name, at=at)
    if not is_of_holder(token, proven.keys, attestation=proven.attestation):
        raise _refused(_Code.INVALID_PROOF)
    order = Order(
        subject=token.text("subject"),
        configuration=name,
        identifier=data_set,
        count=max(len(proven.keys), 1),
        provider=token.text("provider") or None,
        attested=proven.attestation,
    )
    filled = _Filled(order, proven.keys)
    answer = supply(order)
    if isinstance(answer, Pending):
        later = _put_off(desk, filled, interval=answer.interval, token=token, at=at)
        return desk.written(later, to=to)
    found = _supplied(answer)
    made = _issue(desk, filled, supplied=found, issuer=issuer, at=at)
    return desk.written(made, to=to)


def _configuration(
    desk: Desk, asked: CredentialRequest, *, token: Ticket
) -> tuple[str, str | None]:
    """Return what is asked for and of which data set, if the token allows it (8.2)."""
    if asked.identifier is not None:
        found = data_set_of(token, asked.identifier)
        if found is None:
            raise _refused(_Code.UNKNOWN_CREDENTIAL_IDENTIFIER)
        return found
    name = asked.configuration or ""
    if name not in desk.metadata.configurations:
        raise _refused(_Code.UNKNOWN_CREDENTIAL_CONFIGURATION)
    if name not in token.texts("configurations"):
        raise _refused(_Code.CREDENTIAL_REQUEST_DENIED)
    if token.values.get("identifiers"):
        # It got identifiers: a name would leave open which data set is meant.
        raise _refused(_Code.INVALID_CREDENTIAL_REQUEST)
    return name, None


def _put_off(
    desk: Desk, filled: "_Filled", *, interval: int, token: Ticket, at: datetime
) -> HttpResponse:
    """Put it off; the keys are settled now, and no others are issued for later.

    Else whoever gets hold of the transaction could have it for a key of theirs
    (openid/OpenID4VCI#740).
    """
    values: JsonObject = {
        "subject": filled.order.subject,
        "configuration": filled.order.configuration,
        "identifier": filled.order.identifier or "",
        "provider": token.text("provider"),
        "jkt": token.text("jkt"),
        "keys": [each.key.to_jwk() for each in filled.keys],
    }
    until = at + desk.rules.deferred_lifetime
    transaction = desk.tickets.issue(Kind.TRANSACTION, values, until=until)
    return Deferred(transaction=transaction, interval=interval).response()


class _Filled(NamedTuple):
    """An order, and the keys that it is to be issued to."""

    order: Order
    keys: Sequence[BindableKey]


def _issue(
    desk: Desk,
    filled: _Filled,
    *,
    supplied: Supplied,
    issuer: Issuer,
    at: datetime,
) -> HttpResponse:
    order, keys = filled
    content, until = _content(desk, order, supplied=supplied), supplied.valid_until
    if not keys:
        one = issuer.issue_unbound(content, valid_until=until, at=at)
        made: tuple[Credential, ...] = (one,)
    elif len(keys) == 1:
        one = issuer.issue(content, holder_key=keys[0], valid_until=until, at=at)
        made = (one,)
    else:
        made = issuer.issue_batch(
            content,
            holder_keys=keys,
            statuses=supplied.statuses,
            valid_until=until,
            at=at,
        )
    told = None
    if desk.metadata.notification_endpoint is not None:
        told = desk.tickets.issue(
            Kind.NOTIFICATION,
            {"subject": order.subject, "configuration": order.configuration},
            until=at + desk.rules.deferred_lifetime,
        )
    raws = tuple(each.raw for each in made)
    return Issued(credentials=raws, notification=told).response()


def _content(
    desk: Desk, order: Order, *, supplied: Supplied
) -> SdJwtVc | Mdoc | Compact:
    """Return what is to be said, with its status where there is but one credential."""
    content, statuses = supplied.content, supplied.statuses
    clause = desk.rules.policy.profile.issuance.clause(IssuanceRule.NOT_REVOCABLE)
    if clause is not None and (content.status is not None or statuses):
        raise UsageError(f"the profile issues nothing with a status ({clause})")
    if len(statuses) not in {0, order.count}:
        raise UsageError("one status for each credential, or none at all")
    if order.count == 1 and statuses:
        return replace(content, status=statuses[0])
    return content


def _supplied(answer: Supplied | Denied) -> Supplied:
    if isinstance(answer, Denied):
        raise _refused(_Code.CREDENTIAL_REQUEST_DENIED)
    return answer


def deferred(
    desk: Desk, request: HttpRequest, *, issuer: Issuer, supply: Supply, at: datetime
) -> HttpResponse:
    """Issue what was put off, to the keys that were proven then (section 9)."""
    token = desk.authorized(request, at=at)
    try:
        name, encryption = read_deferred_request(desk.document_of(request))
    except (MalformedError, UnsupportedError) as error:
        raise _refused(_Code.INVALID_CREDENTIAL_REQUEST) from error
    to = desk.answer_to(encryption, request)
    found = desk.tickets.read(Kind.TRANSACTION, name, at=at)
    if found is None or not _is_of(token, found):
        raise _refused(_Code.INVALID_TRANSACTION_ID)
    keys = _committed(found)
    order = Order(
        subject=found.text("subject"),
        configuration=found.text("configuration"),
        identifier=found.text("identifier") or None,
        count=max(len(keys), 1),
        provider=found.text("provider") or None,
    )
    answer = supply(order)
    if isinstance(answer, Pending):
        later = Deferred(transaction=name, interval=answer.interval).response()
        return desk.written(later, to=to)
    filled, supplied = _Filled(order, keys), _supplied(answer)
    made = _issue(desk, filled, supplied=supplied, issuer=issuer, at=at)
    # After it was signed: a key that fails today must not lose what was waited for.
    if not desk.once(found.slot("used"), until=found.until, at=at):
        raise _refused(_Code.INVALID_TRANSACTION_ID)
    return desk.written(made, to=to)


def _is_of(token: Ticket, transaction: Ticket) -> bool:
    """Whether a token is of the account and key that a transaction was begun with."""
    same = (token.text("subject"), token.text("jkt")) == (
        transaction.text("subject"),
        transaction.text("jkt"),
    )
    return same and transaction.text("configuration") in token.texts("configurations")


def _committed(transaction: Ticket) -> tuple[HolderKey, ...]:
    listed = transaction.values.get("keys")
    keys: list[JsonValue] = listed if isinstance(listed, list) else []
    return tuple(
        HolderKey.unproven(
            PublicKey.from_jwk(each, at="transaction"),
            reason="proven when it was asked for, and sealed since",
        )
        for each in keys
        if isinstance(each, dict)
    )


def notification(
    desk: Desk,
    request: HttpRequest,
    *,
    notified: Callable[[Notification], None],
    at: datetime,
) -> HttpResponse:
    """Take what a wallet says became of what it got (section 11)."""
    token = desk.authorized(request, at=at)
    try:
        name, event = read_notification(request.json())
    except MalformedError as error:
        raise _refused(_Code.INVALID_NOTIFICATION_REQUEST) from error
    found = desk.tickets.read(Kind.NOTIFICATION, name, at=at)
    if found is None or found.text("subject") != token.text("subject"):
        raise _refused(_Code.INVALID_NOTIFICATION_ID)
    notified(
        Notification(
            subject=found.text("subject"),
            configuration=found.text("configuration"),
            event=event,
        )
    )
    return HttpResponse(_NO_CONTENT)


def _refused(code: CredentialCode) -> OAuthError:
    return OAuthError(f"refused: {code.value}", code)
