"""From the bytes of an identifier list to a list that may be asked, or a refusal."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from idwallet.codec.moment import require_aware
from idwallet.codec.text import show
from idwallet.crypto.algorithms import Algorithm
from idwallet.envelope.cose import signature_reason
from idwallet.errors import LimitError, MalformedError, UnsupportedError
from idwallet.profiles import IdentifierListVersion
from idwallet.report import Reason
from idwallet.trust.identifier_list.read import (
    TYP_CWT,
    IdentifierClaims,
    read_claims,
    read_envelope,
)
from idwallet.trust.identifier_list.signers import find_key
from idwallet.trust.identifier_list.structures import (
    SEAL,
    IdentifierList,
    IdentifierReference,
)
from idwallet.trust.signer import SignerRefused
from idwallet.trust.status_list.evaluate import SIGNATURES
from idwallet.trust.status_list.structures import (
    ListContext,
    ListFault,
    ListRefused,
    distrusted,
    refused,
    unread,
)
from idwallet.trust.status_list.timeliness import untimely


def evaluate_identifier_list(
    token: bytes,
    reference: IdentifierReference,
    *,
    taken: datetime | None = None,
    context: ListContext,
) -> IdentifierList | ListRefused:
    """Read an identifier list and judge all that does not depend on a credential.

    `reference` is what a credential that was verified says; `taken` is when the list
    was fetched, if that is known from somebody believed. No claim is read before the
    signature stands. It never raises because of the token. How fresh the list is, and
    whether its signer may speak about an issuer's credentials, `judge_identifier` says
    for each of them, at its moment.

    Raises:
        UsageError: `taken` has no zone.
    """
    if taken is not None:
        require_aware(taken)
    if not speaks(context):
        return UNSPOKEN
    try:
        return _evaluated(token, reference, taken=taken, context=context)
    except (LimitError, MalformedError, UnsupportedError) as error:
        return unread(error)


def speaks(context: ListContext) -> bool:
    """Whether the profile has identifier lists; published ones have none."""
    version = context.policy.profile.identifier_list
    return version is IdentifierListVersion.SECOND_EDITION_CD


UNSPOKEN: Final = refused(
    ListFault.UNSUPPORTED, what="the profile has no identifier lists", at="profile"
)
"""The refusal of every list under a profile without the mechanism."""

# 12.3.6.3 allows these, whatever else a policy accepts.
_ALGORITHMS: Final = frozenset(
    {Algorithm.ES256, Algorithm.ES384, Algorithm.ES512, Algorithm.EDDSA}
)


def _evaluated(
    token: bytes,
    reference: IdentifierReference,
    *,
    taken: datetime | None,
    context: ListContext,
) -> IdentifierList | ListRefused:
    sign1 = read_envelope(token)
    if sign1.header.typ != TYP_CWT:
        # 12.3.6.4. A status list of the same signer must not be taken for one.
        return refused(ListFault.TYP_MISMATCH, found=show(str(sign1.header.typ or "")))
    key = find_key(sign1.x5chain, reference=reference, context=context)
    if isinstance(key, SignerRefused):
        return distrusted(key)
    reason = signature_reason(
        sign1, key=key, allowed=context.policy.algorithms & _ALGORITHMS
    )
    if reason is not Reason.VALID:
        found = show(str(sign1.header.algorithm))
        return refused(SIGNATURES[reason], found=found)
    claims = read_claims(sign1.payload)
    return _claims(claims, reference, context=context) or IdentifierList(
        uri=claims.uri,
        times=replace(claims.times, taken=taken),
        aggregation_uri=claims.aggregation_uri,
        key=key,
        x5c=sign1.x5chain,
        table=claims.table,
        seal=SEAL,
    )


def _claims(
    claims: IdentifierClaims, reference: IdentifierReference, *, context: ListContext
) -> ListRefused | None:
    if claims.uri != reference.uri:
        # Token Status List §8.3 step 4.a. One list must not be taken for another.
        return refused(ListFault.URI_MISMATCH, as_of=claims.times.issued)
    if claims.is_addressed:
        # RFC 8392 §3.1.3: whoever is not named refuses it, and nobody names us here.
        return refused(ListFault.AUDIENCE, as_of=claims.times.issued)
    return untimely(claims.times, context)
