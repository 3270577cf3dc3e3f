"""From the bytes of a status list token to a list that may be asked, or a refusal."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from idwallet.codec.text import show
from idwallet.errors import LimitError, MalformedError, UnsupportedError, UsageError
from idwallet.profiles import StatusListVersion
from idwallet.report import Reason
from idwallet.trust.signer import SignerRefused
from idwallet.trust.status_list.bitmap import inflate
from idwallet.trust.status_list.claims import ListToken
from idwallet.trust.status_list.cwt import read_cwt_token
from idwallet.trust.status_list.jwt import read_jwt
from idwallet.trust.status_list.signers import find_key
from idwallet.trust.status_list.structures import (
    SEAL,
    ListContext,
    ListFault,
    ListRefused,
    ListSource,
    StatusList,
    distrusted,
    refused,
    unread,
)
from idwallet.trust.status_list.timeliness import untimely


def evaluate_status_list(
    token: str | bytes, source: ListSource, *, context: ListContext
) -> StatusList | ListRefused:
    """Read a status list token and judge all that does not depend on a credential.

    It may be a JWT or a CWT. Nothing is inflated before the signature stands. It never
    raises because of the token. How fresh the list is, and whether its signer may speak
    about an issuer's credentials, `judge_status` says for each of them, at its moment.

    Raises:
        UsageError: `source.taken` has no zone.
    """
    if source.taken is not None and source.taken.utcoffset() is None:
        raise UsageError("the moment of fetching needs a zone")
    try:
        read = _read(token, context.policy.profile.status_list)
        fault = _header(read) or _claims(read, source, context=context)
        return fault or _signed(read, source, context=context)
    except (LimitError, MalformedError, UnsupportedError) as error:
        return unread(error)


def read_address(token: str | bytes) -> str:
    """Return the address that a status list token says it is the list of.

    Nothing of it is believed: it says where among others to keep the token, which is
    judged when a credential names that address.

    Raises:
        MalformedError: it is no status list token, in either form.
        UnsupportedError: it needs an extension that is not known.
    """
    return _read(token, StatusListVersion.DRAFT_21).claims.uri


def _read(token: str | bytes, version: StatusListVersion) -> ListToken:
    """Tell the two forms apart: a JWT is ASCII, no COSE message begins with it."""
    if isinstance(token, bytes) and token[:1] >= _NO_ASCII:
        return read_cwt_token(token, version=version)
    return read_jwt(token)


_NO_ASCII: Final = b"\x80"


def _header(token: ListToken) -> ListRefused | None:
    if token.typ != token.expected_typ:
        return refused(ListFault.TYP_MISMATCH, found=show(token.typ or ""))
    return None


def _claims(
    token: ListToken, source: ListSource, *, context: ListContext
) -> ListRefused | None:
    claims = token.claims
    if claims.uri != source.uri:
        # §8.3 step 4.a. One list must not be taken for another of the same signer.
        return refused(ListFault.URI_MISMATCH, as_of=claims.times.issued)
    if claims.is_addressed:
        # RFC 7519 §4.1.3: whoever is not named refuses it, and nobody names us here.
        return refused(ListFault.AUDIENCE, as_of=claims.times.issued)
    return untimely(claims.times, context)


def _signed(
    token: ListToken, source: ListSource, *, context: ListContext
) -> StatusList | ListRefused:
    issued = token.claims.times.issued
    key = find_key(token, source=source, context=context)
    if isinstance(key, SignerRefused):
        return distrusted(key, as_of=issued)
    reason = token.signature(key, context.policy.algorithms)
    if reason is not Reason.VALID:
        return refused(SIGNATURES[reason], as_of=issued, found=show(token.algorithm))
    claims = token.claims
    return StatusList(
        uri=claims.uri,
        bits=claims.bits,
        times=replace(claims.times, taken=source.taken),
        aggregation_uri=claims.aggregation_uri,
        key=key,
        x5c=token.x5c,
        bitmap=inflate(claims.compressed, at="status_list/lst"),
        seal=SEAL,
    )


SIGNATURES: Final[Mapping[Reason, ListFault]] = MappingProxyType(
    {
        Reason.INVALID: ListFault.SIGNATURE_INVALID,
        Reason.ALGORITHM_NOT_ALLOWED: ListFault.ALGORITHM_NOT_ALLOWED,
        Reason.KEY_UNUSABLE: ListFault.KEY_UNUSABLE,
    }
)
"""How each verdict on a signature is told, other than that it stands."""
