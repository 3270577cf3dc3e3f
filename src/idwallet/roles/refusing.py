"""What a wallet says to who asks online beside an answer: what it can, and errors."""

from datetime import datetime
from typing import Final

from idwallet.codec.json import JsonObject
from idwallet.codec.moment import require_aware
from idwallet.consent.transaction import TRANSACTION_TYPES
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.ports import Random
from idwallet.protocols.http import HttpRequest
from idwallet.protocols.openid4vp.abilities import WalletAbilities
from idwallet.protocols.openid4vp.encryption import encrypt_answer, read_encryption
from idwallet.protocols.openid4vp.evaluate import RequestVerdict, evaluate_request
from idwallet.protocols.openid4vp.message import read_carrier
from idwallet.protocols.openid4vp.mode import (
    ResponseMode,
    read_destination,
    read_mode,
)
from idwallet.protocols.openid4vp.parameters import read_client
from idwallet.protocols.openid4vp.refusals import ErrorCode
from idwallet.protocols.openid4vp.reply import answer_request
from idwallet.protocols.openid4vp.request import RequestObject, open_jws, read_claims
from idwallet.protocols.openid4vp.response import refusal_members, to_form
from idwallet.report import CheckId, Outcome, Reason
from idwallet.roles.held.formats import FORMATS
from idwallet.roles.transactions import held_to_types
from idwallet.trust.anchors import TrustStore
from idwallet.trust.policy import Policy

# Without these it is not known who would get the answer (sections 14.3.1, 15.9).
_VOUCHED: Final = (
    CheckId.REQUEST_SIGNATURE,
    CheckId.REQUEST_VALIDITY,
    CheckId.READER_AUTHORISED,
    CheckId.READER_REVOCATION,
)


class Refusing:
    """What a wallet can, and what it says to a request beyond that; `Holder` is one."""

    __slots__ = ()

    _trust: TrustStore
    _policy: Policy
    _random: Random

    @property
    def abilities(self) -> WalletAbilities:
        """What this wallet says of itself to fetch a request: see `start_inquiry`."""
        prefixes = self._policy.profile.request_prefixes
        return WalletAbilities(self._policy.algorithms, prefixes)

    def _judge_request(self, raw: str | bytes, *, at: datetime) -> RequestVerdict:
        return held_to_types(
            evaluate_request(
                raw,
                trust=self._trust,
                policy=self._policy,
                at=at,
                transactions=TRANSACTION_TYPES,
            )
        )

    def refuse_request(self, raw: str | bytes, *, at: datetime) -> HttpRequest | None:
        """Return the error that answers a request which `read_request` refused.

        It has the code of the standard and no other word. None, and nothing may be
        sent, where it is not known who asks, where the answer would go, or that it goes
        to whom the request is from; where the request can be taken: see `decline`; and
        where the answer goes to a browser. Ask the person before it is sent (section
        15.1).

        Raises:
            UsageError: `at` has no zone.
        """
        require_aware(at)
        verdict = self._judge_request(raw, at=at)
        if verdict.error is None or not _is_vouched_for(verdict):
            return None
        try:
            claims = read_claims(open_jws(read_carrier(raw)))
            return _written(claims, verdict.error, random=self._random)
        except (MalformedError, UnsupportedError):
            return None  # nobody can tell where to


def refusal_code(request: RequestObject) -> ErrorCode:
    """Return the code by which a wallet declines.

    ``access_denied`` stands for a person who says no and for a wallet that holds
    nothing that fits. That no format which was asked for is known here tells of no
    person (section 8.5).
    """
    if all(each.format not in FORMATS for each in request.query.credentials):
        return ErrorCode.VP_FORMATS_NOT_SUPPORTED
    return ErrorCode.ACCESS_DENIED


def _is_vouched_for(verdict: RequestVerdict) -> bool:
    """Say whether somebody vouches for who asks: to admit a stranger is no voucher."""
    passed = {
        each.id
        for each in verdict.checks
        if each.outcome is Outcome.PASSED
        and each.reason is not Reason.ADMITTED_ACCEPTED
    }
    return passed.issuperset(_VOUCHED)


def _written(
    claims: JsonObject, code: ErrorCode, *, random: Random
) -> HttpRequest | None:
    """Return the error as it is posted, encrypted where that can be (8.3.1)."""
    mode = read_mode(claims)
    if mode is ResponseMode.FRAGMENT:
        return None
    address = read_destination(claims, read_client(claims), mode=mode)
    state = claims.get("state")
    members = refusal_members(code, state=state if isinstance(state, str) else None)
    if mode.is_encrypted:
        members = _encrypted(members, claims, random=random)
    return answer_request(address, to_form(members))


def _encrypted(
    members: JsonObject, claims: JsonObject, *, random: Random
) -> JsonObject:
    metadata = claims.get("client_metadata")
    try:
        to = read_encryption(metadata if isinstance(metadata, dict) else {}, at="")
    except (MalformedError, UnsupportedError):
        return members  # a wallet that cannot encrypt says so in the clear
    return {"response": encrypt_answer(members, to=to, random=random)}
