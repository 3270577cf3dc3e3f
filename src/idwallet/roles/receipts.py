"""What a verifier keeps and hands out after an answer: its ledger, and a receipt."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from idwallet import limits
from idwallet.codec.moment import require_aware
from idwallet.codec.qr_text import QrKind, read_qr_text, write_qr_text
from idwallet.consent.ledger.entry import Entry, EntryKind
from idwallet.consent.ledger.ledger import Ledger
from idwallet.consent.ledger.position import Evidence
from idwallet.consent.occasion import ClaimsShown, asked_of, in_order
from idwallet.consent.receipt import (
    Promise,
    Receipt,
    ReceiptOutcome,
    sign_receipt,
)
from idwallet.consent.receipt.structures import IDENTITY_BYTES, receipt_digest
from idwallet.consent.transaction import TRANSACTION_TYPES
from idwallet.credentials.mdoc.match_request import document_id
from idwallet.credentials.model import Unverified, VerifiedPresentation
from idwallet.crypto.seal import random_bytes
from idwallet.errors import MalformedError, UsageError
from idwallet.ports import Random
from idwallet.protocols.openid4vp.client import ClientIdPrefix, client_id_of
from idwallet.protocols.openid4vp.dense import RECEIPT, read_dense, write_dense
from idwallet.protocols.openid4vp.request import read_request
from idwallet.report import CheckId, Outcome, Reason, Report
from idwallet.roles.reader import DeviceQuestion
from idwallet.roles.verifier import PresentationRequest
from idwallet.trust.certificate import Certificate

Question = PresentationRequest | DeviceQuestion
"""What was asked: over OpenID4VP, or of a device in person."""

NOTHING_KEPT: Final = Promise(kept=False)


def give_receipt(  # noqa: PLR0913 - each is something that a receipt says
    result: VerifiedPresentation | Unverified,
    *,
    request: Question,
    at: datetime,
    retention: Promise = NOTHING_KEPT,
    witnessed: bytes | None = None,
    ledger: Ledger | None = None,
    random: Random = secrets.token_bytes,
) -> str:
    """Sign a receipt for what `result` came to, with the key that signed the request.

    `result` is what `evaluate_presentation` made of the answer to this very `request`.
    All that was seen is named, also what was not asked for and is not handed on.
    `witnessed` is a digest that the holder sent along. With `ledger`, the verifier's
    own, the receipt and the request are entered there first: what was promised is
    written down before it leaves.

    Raises:
        UsageError: `at` has no zone; the result is of another request; something is
            kept of what was not accepted; or the request named no certificate.
        SignerError: the key could not sign.
        PortError: the ledger's store failed.
    """
    require_aware(at)
    receipt = Receipt(
        issuer=_client_id(request),
        issued=at.replace(microsecond=0),
        identity=random_bytes(random, IDENTITY_BYTES),
        request=hashlib.sha256(_octets(request)).digest(),
        outcome=_outcome(result),
        retention=retention,
        disclosed=_disclosed(result, request),
        purpose=_purpose(request),
        witnessed=witnessed,
    )
    token = _signed(receipt, request)
    if ledger is not None:
        _enter(ledger, result.report, request=request, given=(receipt, token))
    return token


def receipt_code(token: str) -> str:
    """Return a receipt as the text of one QR code that a phone reads well.

    It is this very receipt, its signature included, in fewer octets
    (docs/reference/compact.md section 10). `Holder.keep_receipt` takes either.

    Raises:
        MalformedError: it is no compact JWT.
        UsageError: it is longer than `limits.QR_READABLE`: hand it over as a file.
    """
    text = write_qr_text(QrKind.RECEIPT, write_dense(token, known=RECEIPT))
    if len(text) > limits.QR_READABLE:
        raise UsageError(
            f"the receipt takes {len(text)} characters, and a QR code that a phone "
            f"reads well holds {limits.QR_READABLE}: hand it over as a file"
        )
    return text


def read_receipt_code(text: str) -> str:
    """Return the receipt that a QR code holds; nothing of it is verified.

    Raises:
        MalformedError, UnsupportedError, LimitError: it holds none.
    """
    found = read_qr_text(text, at="receipt")
    if found.kind is not QrKind.RECEIPT:
        raise MalformedError(
            "a code that holds no receipt",
            at="receipt",
            clause="idwallet compact 1 §10",
        )
    return read_dense(found.octets, known=RECEIPT)


def _signed(receipt: Receipt, request: Question) -> str:
    identity = request.verifier.identity
    return sign_receipt(
        receipt,
        signer=identity.signer,
        certificates=identity.certificates,
        kid=identity.kid,
    )


def enter_answer(
    ledger: Ledger,
    result: VerifiedPresentation | Unverified,
    *,
    request: Question,
    at: datetime,
    retention: Promise = NOTHING_KEPT,
) -> int:
    """Enter an answer into the verifier's own ledger, without a receipt.

    No claim's value is in it, and nothing that names the holder. Returns the index.

    Raises:
        UsageError: `at` has no zone, or the result is of another request.
        PortError: the ledger's store failed.
    """
    require_aware(at)
    entry = Entry(
        kind=EntryKind.RECEIVED,
        time=at,
        purpose=_purpose(request),
        asked=asked_of(request.query),
        shown=_disclosed(result, request) or (),
        request=hashlib.sha256(_octets(request)).digest(),
        outcome=result.report.outcome.value,
        checks=_checks(result.report),
        kept_until=retention.until,
    )
    return ledger.enter(entry, evidence=Evidence(_octets(request)))


def _enter(
    ledger: Ledger, report: Report, *, request: Question, given: tuple[Receipt, str]
) -> None:
    receipt, token = given
    entry = Entry(
        kind=EntryKind.RECEIVED,
        time=receipt.issued,
        purpose=receipt.purpose,
        asked=asked_of(request.query),
        shown=receipt.disclosed or (),
        request=receipt.request,
        receipt=receipt_digest(token),
        outcome=report.outcome.value,
        checks=_checks(report),
        kept_until=receipt.retention.until,
    )
    ledger.enter(entry, evidence=Evidence(_octets(request), token))


def _octets(request: Question) -> bytes:
    """Return the request as it was sent, which both sides digest."""
    if isinstance(request, DeviceQuestion):
        return request.message
    return request.message.raw.encode()


def _client_id(request: Question) -> str:
    if isinstance(request, PresentationRequest):
        return request.client_id
    # A reader in person names none: wallets know it by its certificate.
    der = request.verifier.identity.certificates[0]
    leaf = Certificate.from_der(der, at="certificates")
    return client_id_of(leaf, ClientIdPrefix.X509_HASH)


def _purpose(request: Question) -> str | None:
    if isinstance(request, DeviceQuestion):
        return None
    raw = request.message.raw
    return read_request(raw, transactions=TRANSACTION_TYPES).request.purpose


def _outcome(result: VerifiedPresentation | Unverified) -> ReceiptOutcome:
    if isinstance(result, VerifiedPresentation):
        return ReceiptOutcome.ACCEPTED
    declined = any(
        each.id is CheckId.PRESENTATION_FORMAT and each.reason is Reason.DECLINED
        for each in result.report.checks
    )
    return ReceiptOutcome.DECLINED if declined else ReceiptOutcome.NOT_ACCEPTED


def _disclosed(
    result: VerifiedPresentation | Unverified, request: Question
) -> tuple[ClaimsShown, ...] | None:
    if isinstance(result, Unverified):
        return None
    heard = _heard_as(request)
    if not heard.keys() >= {each.query_id for each in result.credentials}:
        raise UsageError("the result is of another request")
    return tuple(
        ClaimsShown(
            heard[each.query_id],
            each.format.value,
            each.credential_type,
            in_order(each.disclosed),
        )
        for each in result.credentials
    )


def _heard_as(request: Question) -> Mapping[str, str]:
    """Return what the holder's side calls each credential query.

    A DeviceRequest has no place for identifiers: its documents are numbered.
    """
    asked = enumerate(request.query.credentials)
    if isinstance(request, DeviceQuestion):
        return {each.id: document_id(number) for number, each in asked}
    return {each.id: each.id for _, each in asked}


def _checks(report: Report) -> tuple[str, ...]:
    """Return what stood in the way, as codes."""
    return tuple(
        dict.fromkeys(
            each.id.value
            for each in report.checks
            if each.outcome is not Outcome.PASSED
        )
    )
