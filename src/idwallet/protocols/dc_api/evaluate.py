"""A page's request, judged by a wallet before a person sees it (Appendix A).

The rules are those of a request that came another way; who asks is in addition held
to the origin that the platform names. Of several signatures over one payload the first
counts whose signer the wallet knows, and one that is wrong refuses them all.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from idwallet.codec.json import JsonObject, JsonValue
from idwallet.codec.text import show
from idwallet.credentials.required import Context
from idwallet.envelope.jws import Jws, read_compact, read_json_serialization
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.protocols.dc_api.message import PageMessage, PageProtocol
from idwallet.protocols.dc_api.request import (
    PageRequest,
    audience_of,
    composed,
    read_expected_origins,
    require_origin,
)
from idwallet.protocols.openid4vp.attached import VERIFIER_INFO
from idwallet.protocols.openid4vp.client import ClientId, ClientIdPrefix
from idwallet.protocols.openid4vp.evaluate import (
    Came,
    Received,
    Verdict,
    judge_received,
    unread,
)
from idwallet.protocols.openid4vp.formed import (
    Judged,
    format_fault,
    judge_format,
    judge_validity,
)
from idwallet.protocols.openid4vp.judging import Opened, say
from idwallet.protocols.openid4vp.known_by import TYP
from idwallet.protocols.openid4vp.parameters import NO_TRANSACTIONS, read_client
from idwallet.protocols.openid4vp.refusals import ErrorCode
from idwallet.protocols.openid4vp.request import read_claims
from idwallet.report import CheckId, Outcome, Reason

_SIGNED: Final = "OpenID4VP 1.0 §A.3.2"
_CLIENT: Final = "client_id"
_OF_A_SIGNER: Final = (_CLIENT, VERIFIER_INFO)
_UNDERSTOOD: Final[frozenset[str]] = frozenset()

PageVerdict = Verdict[PageRequest]


class _One(NamedTuple):
    """One way in which a request was signed, and what judging it came to."""

    came: Came
    request: PageRequest | None

    def has(self, check_id: CheckId, *reasons: Reason) -> bool:
        """Whether that check came to one of these reasons."""
        return any(e.id is check_id and e.reason in reasons for e in self.came.checks)


def evaluate_page_request(
    message: PageMessage,
    *,
    origin: str,
    context: Context,
    transactions: frozenset[str] = NO_TRANSACTIONS,
) -> PageVerdict:
    """Judge an OpenID4VP request of a page; whatever it says, it returns.

    `origin` is what the platform says who asks, and nothing inside of the request is
    believed about that. `transactions` are the types of transaction data that the
    wallet can show.

    Raises:
        UsageError: `origin` is none, or the request is of another protocol.
    """
    require_origin(origin)
    try:
        opened = tuple(_open(message, origin=origin))
    except (MalformedError, UnsupportedError) as fault:
        return unread(format_fault(fault))
    for each in opened:
        if each.jws is not None and each.jws.header.typ not in _types(message):
            return unread(_mistyped(each.jws))
    judged = [
        _judge(each, message, context=context, transactions=transactions)
        for each in opened
    ]
    chosen = _chosen(judged)
    return chosen.came.verdict(chosen.request)


def _open(message: PageMessage, *, origin: str) -> Iterable[Opened]:
    """Take a request apart, into as many as there are signatures."""
    data = dict[str, JsonValue](message.data)
    if message.protocol is PageProtocol.UNSIGNED:
        # §A.2: whatever it says of itself is ignored.
        client = ClientId(audience_of(origin), ClientIdPrefix.ORIGIN, origin)
        return [Opened(None, data, client, None, origin)]
    if message.protocol is PageProtocol.SIGNED:
        jws = _compact(data)
        claims = read_claims(jws)
        return [_opened(jws, claims, client=read_client(claims), origin=origin)]
    if message.protocol is PageProtocol.MULTISIGNED:
        return _each(data, origin=origin)
    raise UnsupportedError("not of OpenID4VP", at="protocol", clause=_SIGNED)


def _compact(data: JsonObject) -> Jws:
    token = data.get("request")
    if not isinstance(token, str):
        raise MalformedError("no signed request", at="/request", clause=_SIGNED)
    return read_compact(token, at="request", understood=_UNDERSTOOD)


def _each(data: JsonObject, *, origin: str) -> list[Opened]:
    """Return one for each signature whose client identifier can be understood.

    Raises:
        MalformedError: a signer stands twice, or says what belongs to all.
        UnsupportedError: none of them can be understood.
    """
    found = data.get("request", data)
    if not isinstance(found, dict) or "signatures" not in found:
        raise MalformedError("no signatures", at="/signatures", clause=_SIGNED)
    listed = read_json_serialization(found, at="request", understood=_UNDERSTOOD)
    payload = _payload(listed[0])
    opened: dict[str, Opened] = {}
    unknown: UnsupportedError | None = None
    names: set[JsonValue] = set()
    for jws in listed:
        own = _own(jws)
        name = str(own[_CLIENT])
        if name in names:
            raise MalformedError(
                "a client stands twice", at="/signatures", clause=_SIGNED
            )
        names.add(name)
        try:
            client = read_client(own)
        except UnsupportedError as fault:
            unknown = fault  # for another ecosystem's wallets
            continue
        opened[name] = _opened(jws, {**payload, **own}, client=client, origin=origin)
    if unknown is not None and not opened:
        raise unknown
    return list(opened.values())


def _payload(jws: Jws) -> JsonObject:
    claims = read_claims(jws)
    for name in _OF_A_SIGNER:
        if name in claims:
            raise MalformedError(
                "of one signer, in what all sign", at=f"/{name}", clause=_SIGNED
            )
    return claims


def _own(jws: Jws) -> JsonObject:
    """Return what a signer says of itself: in its protected header alone."""
    for name in _OF_A_SIGNER:
        if name in jws.unprotected:
            raise MalformedError(
                "outside of the protected header",
                at=f"/signatures/header/{name}",
                clause=_SIGNED,
            )
    said = jws.header.parameters
    own: JsonObject = {name: said[name] for name in _OF_A_SIGNER if name in said}
    if not isinstance(own.get(_CLIENT), str):
        raise MalformedError(
            "no client_id", at="/signatures/protected/client_id", clause=_SIGNED
        )
    return own


def _opened(jws: Jws, claims: JsonObject, *, client: ClientId, origin: str) -> Opened:
    if client.prefix is ClientIdPrefix.REDIRECT_URI:
        raise MalformedError(
            "signed for somebody who has no key",
            at="/client_id",
            clause="OpenID4VP 1.0 §5.9.3",
        )
    return Opened(jws, claims, client, None, origin)


def _types(message: PageMessage) -> tuple[str | None, ...]:
    # §5 asks for it in a request object; the headers of §A.3.2.2 come without one.
    several = message.protocol is PageProtocol.MULTISIGNED
    return (TYP, None) if several else (TYP,)


def _mistyped(jws: Jws) -> Judged:
    facts = {"found": show(jws.header.typ or "")}
    said = say(CheckId.REQUEST_FORMAT, Reason.TYP_MISMATCH, facts=facts)
    return Judged(said, ErrorCode.INVALID_REQUEST)


def _judge(
    opened: Opened,
    message: PageMessage,
    *,
    context: Context,
    transactions: frozenset[str],
) -> _One:
    formed, parameters = judge_format(opened, context.policy, transactions=transactions)
    expected: tuple[str, ...] | None = None
    if opened.jws is not None:
        try:
            expected = read_expected_origins(opened.claims)
        except MalformedError as fault:
            if formed.check.outcome is Outcome.PASSED:
                formed, parameters = format_fault(fault), None
    timed, validity = judge_validity(opened, context)
    opened = opened._replace(expected=expected)
    came = judge_received(Received(opened, formed, parameters, timed), context=context)
    if parameters is None or validity is None:
        return _One(came, None)
    request = composed(
        parameters,
        validity,
        protocol=message.protocol,
        origin=opened.origin or "",
    )
    return _One(came, request)


def _chosen(judged: list[_One]) -> _One:
    """Choose of several signatures the one that counts.

    One that is wrong was put there by somebody who could not sign: nothing beside it
    counts either. Else it is the first whose signer is known and may ask, or the first.
    """
    for each in judged:
        if each.has(CheckId.REQUEST_SIGNATURE, Reason.INVALID):
            return each
    known = [each for each in judged if each.came.passed]
    return (known or judged)[0]
