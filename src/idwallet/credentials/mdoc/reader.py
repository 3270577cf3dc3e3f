"""Reader authentication: who asks for documents (ISO/IEC 18013-5 9.1.4).

    ReaderAuthentication = ["ReaderAuthentication", SessionTranscript,
                            ItemsRequestBytes]

The second edition's drafts add one signature over all documents of a request:

    ReaderAuthenticationAll = ["ReaderAuthenticationAll", SessionTranscript,
                               [+ ItemsRequestBytes], DeviceRequestInfoBytes / nil]

Both cover the conversation, so that no request works in another one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from idwallet.codec.cbor import ARRAY, write_cbor_head
from idwallet.credentials.mdoc.request import (
    DeviceRequest,
    DocRequest,
    ItemsRequest,
    device_request,
)
from idwallet.credentials.mdoc.transcript import Handover, tagged
from idwallet.crypto.signer import Signer
from idwallet.envelope.cose import (
    ChainRule,
    CoseForm,
    CoseHeaders,
    CoseRules,
    CoseSign1,
    PayloadPlace,
    Sign1Signer,
    TagForm,
    TagRule,
    sign1_of,
    x5chain_parameter,
)

_ARRAY_OF_3: Final = b"\x83"
_ARRAY_OF_4: Final = b"\x84"
_ONE: Final = b"\x74ReaderAuthentication"
_ALL: Final = b"\x77ReaderAuthenticationAll"
_NULL: Final = b"\xf6"
_X5CHAIN: Final = 33
_FORM: Final = CoseForm(TagForm.UNTAGGED, PayloadPlace.DETACHED)
# 9.1.4.4 has the chain unprotected; drafts of the second edition let it be covered.
_RULES: Final = CoseRules(TagRule.UNTAGGED, ChainRule.EITHER)


class SignedOver(StrEnum):
    """What a reader signs."""

    EACH_DOCUMENT = "each_document"
    """Each document asked for by itself, as the first edition has it."""
    WHOLE_REQUEST = "whole_request"
    """All of them at once (second edition, not published yet)."""


@dataclass(frozen=True, slots=True)
class ReaderIdentity:
    """Who signs requests: a key and its certificates as DER, leaf first."""

    signer: Signer
    chain: tuple[bytes, ...]


def reader_authentication(items: ItemsRequest, transcript: bytes) -> bytes:
    """Return ReaderAuthenticationBytes: what is signed of one document (9.1.4.3)."""
    parts = (_ARRAY_OF_3, _ONE, transcript, tagged(items.octets))
    return tagged(b"".join(parts))


def reader_authentication_all(
    documents: Sequence[ItemsRequest], transcript: bytes, *, info: bytes | None
) -> bytes:
    """Return ReaderAuthenticationAllBytes: what is signed of a whole request."""
    parts = (
        _ARRAY_OF_4,
        _ALL,
        transcript,
        write_cbor_head(ARRAY, len(documents)),
        *(tagged(each.octets) for each in documents),
        _NULL if info is None else tagged(info),
    )
    return tagged(b"".join(parts))


def signed_request(
    documents: Iterable[ItemsRequest],
    *,
    handover: Handover,
    by: ReaderIdentity | None,
    over: SignedOver = SignedOver.EACH_DOCUMENT,
    info: bytes | None = None,
) -> bytes:
    """Return a DeviceRequest for one conversation, signed unless `by` is None.

    Raises:
        UsageError: no wallet takes it.
        SignerError: the key could not sign.
    """
    asked = tuple(DocRequest(each) for each in documents)
    if by is None:
        return device_request(asked, info=info)
    sign = Sign1Signer(
        by.signer,
        headers=CoseHeaders({}, {_X5CHAIN: x5chain_parameter(by.chain)}),
        form=_FORM,
    ).sign_value
    transcript = handover.transcript()
    if over is SignedOver.EACH_DOCUMENT:
        signed = (
            replace(e, auth=sign(reader_authentication(e.items, transcript)))
            for e in asked
        )
        return device_request(signed, info=info)
    covered = reader_authentication_all(
        tuple(each.items for each in asked), transcript, info=info
    )
    return device_request(asked, auth_all=(sign(covered),), info=info)


def read_signatures(
    request: DeviceRequest, transcript: bytes, *, at: str
) -> tuple[tuple[CoseSign1 | None, ...], tuple[CoseSign1, ...]]:
    """Take the signatures apart: one for each document or None, and those over all.

    Raises:
        MalformedError, LimitError, UnsupportedError: one of them is none.
    """
    items = tuple(each.items for each in request.documents)
    covered = reader_authentication_all(items, transcript, info=request.info)
    single = tuple(
        None
        if each.auth is None
        else sign1_of(
            each.auth,
            at=f"{at}/docRequests/{n}/readerAuth",
            rules=_RULES,
            detached=reader_authentication(each.items, transcript),
        )
        for n, each in enumerate(request.documents)
    )
    of_all = tuple(
        sign1_of(each, at=f"{at}/readerAuthAll/{n}", rules=_RULES, detached=covered)
        for n, each in enumerate(request.auth_all)
    )
    return single, of_all
