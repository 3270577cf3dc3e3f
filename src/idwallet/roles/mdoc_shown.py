"""A mobile document in an answer to a presentation request (OpenID4VP 1.0 B.2)."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple

from idwallet.codec import b64
from idwallet.codec.json import JsonObject
from idwallet.credentials.mdoc.binding import Session
from idwallet.credentials.mdoc.evaluate import MdocVerdict, evaluate, unreadable
from idwallet.credentials.mdoc.structures import Document, read_device_response
from idwallet.credentials.mdoc.transcript import Handover
from idwallet.credentials.mdoc.values import json_of
from idwallet.credentials.model import Format
from idwallet.credentials.paths import ClaimPath
from idwallet.credentials.query import Candidate
from idwallet.credentials.required import Context
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.report import Check, EvidenceUsed
from idwallet.trust.signer import SignerFound

_CLAUSE: Final = "OpenID4VP 1.0 §B.2.5"
_OF_AN_ELEMENT: Final = 2  # namespace and identifier (B.2.4)


class MdocShown(NamedTuple):
    """A mobile document that was judged; `verdict` is None where it was unreadable.

    `claims` are by namespace and element, as JSON has them.
    """

    checks: tuple[Check, ...]
    verdict: MdocVerdict | None = None
    claims: JsonObject = {}  # noqa: RUF012 - nobody changes it
    identity: bytes = b""

    @property
    def evidence(self) -> tuple[EvidenceUsed, ...]:
        """What was looked at beside the trust anchors."""
        return () if self.verdict is None else self.verdict.evidence

    @property
    def issuer(self) -> SignerFound | None:
        """Who signed it, where somebody believed did."""
        return None if self.verdict is None else self.verdict.issuer

    @property
    def types(self) -> tuple[str, ...]:
        """Its document type."""
        return () if self.verdict is None else (self.verdict.mso.doc_type,)

    @property
    def valid_until(self) -> datetime | None:
        """Until when it holds."""
        return None if self.verdict is None else self.verdict.valid_until

    def candidate(self) -> Candidate:
        """Return it as a query is matched against it."""
        path = None if self.issuer is None else self.issuer.path
        return Candidate(
            format=Format.MDOC,
            types=self.types,
            claims=self.claims,
            authority_key_ids=() if path is None else path.authority_key_ids(),
            holder_bound=True,
            identity=self.identity,
        )

    def narrow(
        self, asked: Iterable[ClaimPath]
    ) -> tuple[JsonObject, tuple[tuple[str, str], ...]]:
        """Return the elements that were asked for, and where more was shown."""
        wanted = {path[:_OF_AN_ELEMENT] for path in asked}
        kept: JsonObject = {}
        surplus: list[tuple[str, str]] = []
        for namespace, elements in self.claims.items():
            if not isinstance(elements, dict):
                continue
            chosen: JsonObject = {}
            for name, value in elements.items():
                if (namespace, name) in wanted:
                    chosen[name] = value
                else:
                    surplus.append((namespace, name))
            if chosen:
                kept[namespace] = chosen
        return kept, tuple(surplus)


def judge_mdoc(
    text: str, *, handover: Handover, context: Context, subject: str
) -> MdocShown:
    """Judge a DeviceResponse as one credential of an answer; never raises for it.

    `handover` is the conversation of the request: an answer to another one, to another
    address or page, or encrypted to another key does not verify (B.2.6).
    """
    try:
        document = _document(text, at=subject)
    except (MalformedError, UnsupportedError) as error:
        return MdocShown((unreadable(error, subject=subject),))
    return judge_document(
        document, session=Session(handover), context=context, subject=subject
    )


def judge_document(
    document: Document, *, session: Session, context: Context, subject: str
) -> MdocShown:
    """Judge one document of a DeviceResponse; never raises for it.

    What the device says by itself is judged and not handed on: claims are what an
    issuer signed.
    """
    verdict = evaluate(document, session=session, context=context, subject=subject)
    claims: JsonObject = {
        namespace: {name: json_of(value) for name, value in elements.items()}
        for namespace, elements in verdict.elements.items()
    }
    # Not the signature: an ECDSA one can be turned into another that is valid.
    signed = document.issuer_signed.auth.signing_input
    return MdocShown(verdict.checks, verdict, claims, hashlib.sha256(signed).digest())


def _document(text: str, *, at: str) -> Document:
    """Return the one document of a response (HAIP 1.0 section 5.3.1).

    Raises:
        MalformedError, UnsupportedError, LimitError: it is no DeviceResponse, or one of
            another number of documents, or one that tells of an error.
    """
    response = read_device_response(b64.decode(text, at=at, clause=_CLAUSE), at=at)
    if response.status:
        raise MalformedError(
            "a status that is not 0", at=at, clause="ISO/IEC 18013-5 §8.3.2.1.2.3"
        )
    if len(response.documents) != 1:
        raise MalformedError("other than one document", at=at, clause=_CLAUSE)
    return response.documents[0]
