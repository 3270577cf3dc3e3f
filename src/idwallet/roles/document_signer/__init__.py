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

from idwallet.roles.document_signer.augment import augment_document
from idwallet.roles.document_signer.batch import Progress, sign_documents
from idwallet.roles.document_signer.batch_work import Signed
from idwallet.roles.document_signer.session_form import SessionTerms, SigningSession
from idwallet.roles.document_signer.sessions import SigningSessions
from idwallet.roles.document_signer.sign import DocumentSigner, LongTerm, sign_document
from idwallet.roles.document_signer.to_be_signed import ToBeSigned
from idwallet.roles.document_signer.verify import evaluate_document, verify_document

__all__ = [
    "DocumentSigner",
    "LongTerm",
    "Progress",
    "SessionTerms",
    "Signed",
    "SigningSession",
    "SigningSessions",
    "ToBeSigned",
    "augment_document",
    "evaluate_document",
    "sign_document",
    "sign_documents",
    "verify_document",
]
