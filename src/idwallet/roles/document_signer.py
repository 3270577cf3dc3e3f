"""Sign documents, and judge signatures on them.

    signature = sign_document(
        contract, CAdES(), signer=signer, certificates=chain, signing_time=now()
    )
    verified = verify_document(
        signature, document=contract, trust=trust, policy=DOCUMENTS, at=now()
    )

One engine, two doors: `evaluate_document` returns a verdict whatever the bytes are,
`verify_document` raises unless it passed.
"""

from datetime import datetime
from typing import Final

from idwallet.codec.moment import require_aware
from idwallet.crypto.signer import Signer
from idwallet.documents.cades.context import Judging
from idwallet.documents.cades.evaluate import ANSWERED, Judged, judge_signatures
from idwallet.documents.cades.sign import CadesSigner
from idwallet.documents.model import (
    CAdES,
    Document,
    UnverifiedDocument,
    VerifiedDocument,
    pieces,
)
from idwallet.documents.policy import DocumentPolicy
from idwallet.envelope.cms import SignedData, digest_content, read_signed_data
from idwallet.errors import (
    MalformedError,
    UnsupportedError,
    UsageError,
    VerificationFailed,
    VerificationIndeterminate,
    fault_reason,
)
from idwallet.ports import TimestampAuthority
from idwallet.report import (
    Check,
    CheckId,
    Outcome,
    Reason,
    Report,
    Required,
    check,
    waiting,
)
from idwallet.roles.issuer import CertificateChain, read_chain
from idwallet.trust.anchors import TrustStore

_DOCUMENT: Final = "document"


class DocumentSigner:
    """Signs any number of documents with one key and profile, parsed and prepared once.

    `certificates` is the chain of the signer's key, leaf first. A level with a
    timestamp needs the `authority` to ask. Thread-safe when `signer` is.
    """

    __slots__ = ("_cades",)

    def __init__(
        self,
        profile: CAdES,
        *,
        signer: Signer,
        certificates: CertificateChain,
        authority: TimestampAuthority | None = None,
    ) -> None:
        """Prepare the signatures.

        Raises:
            MalformedError, UnsupportedError: a certificate cannot be read.
            UsageError: the chain is not one of the signer's key, or a level with a
                timestamp has no authority, or one without has one.
        """
        self._cades = CadesSigner(
            profile,
            signer=signer,
            certificates=read_chain(certificates),
            authority=authority,
        )

    def sign(
        self, document: Document, *, signing_time: datetime, beside: bytes | None = None
    ) -> bytes:
        """Return the signature on a document, or with the document in it; DER.

        `document` is octets or a binary stream, which is read once to its end; a
        detached signature never holds it as a whole. `signing_time` is what the
        signature will say; nothing proves it but a timestamp. `beside` is somebody
        else's signature on the same document: then both come back as one message.

        Raises:
            UsageError: `signing_time` has no zone, what is to be put inside is longer
                than `limits.ENVELOPED_BYTES`, or `beside` signs another document, or in
                another packaging.
            SignerError: the key could not sign.
            PortError: the authority cannot be reached, or refused.
            MalformedError, UnsupportedError: `beside` is no signature, or the authority
                answered something else.
        """
        return self._cades.sign(document, signing_time=signing_time, beside=beside)

    def counter_sign(
        self, signature: bytes, *, signing_time: datetime, number: int = 0
    ) -> bytes:
        """Sign a signature, not the document: as a notary or a witness does.

        `number` says which of the message's signatures, counted from 0. At a level with
        a timestamp this one gets its own. Verify the message first: whoever signs a
        signature is taken to have seen it.

        Raises:
            UsageError: there is no signature of that number, or `signing_time` has no
                zone.
            SignerError: the key could not sign.
            PortError: the authority cannot be reached, or refused.
            MalformedError, UnsupportedError: it is no signature, or the authority
                answered something else.
        """
        return self._cades.counter_sign(
            signature, signing_time=signing_time, number=number
        )


def sign_document(
    document: Document,
    profile: CAdES,
    *,
    signer: Signer,
    certificates: CertificateChain,
    signing_time: datetime,
    authority: TimestampAuthority | None = None,
) -> bytes:
    """Sign one document; see `DocumentSigner`, which signs many.

    Raises:
        UsageError, MalformedError, UnsupportedError, SignerError, PortError: see
            `DocumentSigner`.
    """
    prepared = DocumentSigner(
        profile, signer=signer, certificates=certificates, authority=authority
    )
    return prepared.sign(document, signing_time=signing_time)


def verify_document(
    signature: bytes,
    *,
    trust: TrustStore,
    policy: DocumentPolicy,
    at: datetime,
    document: Document | None = None,
) -> VerifiedDocument:
    """Return who signed what, or raise.

    `signature` is the CMS message. `document` is what was signed where it came apart;
    where it came inside and is given too, the two must be the same. `at` is the moment
    judged.

    Raises:
        VerificationFailed: a check failed; `report` on it says which.
        VerificationIndeterminate: nothing failed, but something could not be decided;
            `report.missing()` names what would settle it.
        UsageError: `at` has no time zone.
    """
    judged = evaluate_document(
        signature, document=document, trust=trust, policy=policy, at=at
    )
    if isinstance(judged, VerifiedDocument):
        return judged
    if judged.report.outcome is Outcome.FAILED:
        raise VerificationFailed(judged.report)
    raise VerificationIndeterminate(judged.report)


def evaluate_document(
    signature: bytes,
    *,
    trust: TrustStore,
    policy: DocumentPolicy,
    at: datetime,
    document: Document | None = None,
) -> VerifiedDocument | UnverifiedDocument:
    """Judge every signature of a document; never raises because of the bytes judged.

    See `verify_document`.

    Raises:
        UsageError: `at` has no time zone, or `policy` is none.
    """
    require_aware(at)
    if not isinstance(policy, DocumentPolicy):
        raise UsageError("documents are judged by a DocumentPolicy")
    try:
        message = read_signed_data(signature, at=_DOCUMENT)
    except (MalformedError, UnsupportedError) as error:
        facts = {"what": error.what, "at": error.at}
        fault = check(
            CheckId.DOCUMENT_FORMAT, fault_reason(error), subject=_DOCUMENT, facts=facts
        )
        return _unreadable(fault, policy=policy, at=at)
    if not message.signers:
        fault = check(CheckId.DOCUMENT_FORMAT, Reason.ABSENT, subject=_DOCUMENT)
        return _unreadable(fault, policy=policy, at=at)
    digests = _digests(message, document)
    judging = Judging(message, digests, trust, policy, at)
    return _concluded(judge_signatures(judging), judging)


def _digests(message: SignedData, document: Document | None) -> dict[str, bytes]:
    """Digest the document once by every name that a signature has; none without one."""
    given = message.content if document is None else document
    if given is None:
        return {}
    names = {each.digest for each in message.signers if each.digest is not None}
    return digest_content(pieces(given), names)


def _unreadable(
    fault: Check, *, policy: DocumentPolicy, at: datetime
) -> UnverifiedDocument:
    subject = "signature[0]"
    waits = (
        waiting(each, subject=subject, waits_for=CheckId.DOCUMENT_FORMAT)
        for each in ANSWERED
    )
    required = {(CheckId.DOCUMENT_FORMAT, _DOCUMENT), *((e, subject) for e in ANSWERED)}
    report = Report((fault, *waits), frozenset(required), at, policy.name)
    return UnverifiedDocument(report)


def _concluded(
    judged: tuple[Judged, ...], judging: Judging
) -> VerifiedDocument | UnverifiedDocument:
    subjects = [name for each in judged for name in each.subjects]
    required: Required = frozenset(
        {
            (CheckId.DOCUMENT_FORMAT, _DOCUMENT),
            *((each, name) for name in subjects for each in ANSWERED),
        }
    )
    well_formed = check(CheckId.DOCUMENT_FORMAT, Reason.WELL_FORMED, subject=_DOCUMENT)
    checks = (well_formed, *(made for each in judged for made in each.checks))
    report = Report(
        checks,
        required,
        judging.at,
        judging.policy.name,
        evidence=tuple(used for each in judged for used in each.evidence),
        anchors=judging.trust.evidence.anchors,
    )
    verified = [each.verified for each in judged if each.verified is not None]
    if report.outcome is not Outcome.PASSED:
        return UnverifiedDocument(report)
    return VerifiedDocument(report, tuple(verified), judging.message.content)
