"""Forged presentations, each with a valid twin and the one check that it must move."""

from typing import Final

from idwallet.testing.corpus.binding import BINDING_FORGERIES
from idwallet.testing.corpus.claims import CLAIM_FORGERIES
from idwallet.testing.corpus.credentials import CREDENTIALS, CredentialForgery, add
from idwallet.testing.corpus.disclosures import DISCLOSURE_FORGERIES
from idwallet.testing.corpus.forgery import Forgery, by_name, judge, moved
from idwallet.testing.corpus.issuer import ISSUER_FORGERIES
from idwallet.testing.corpus.proofs import PROOFS, ProofForgery, judge_proof
from idwallet.testing.corpus.readers import READER_FORGERIES, REQUEST_SIGNATURES
from idwallet.testing.corpus.requests import (
    REQUEST_FORMATS,
    REQUEST_VALIDITIES,
    RequestForgery,
    judge_request,
)
from idwallet.testing.corpus.response import RESPONSE_FORGERIES

PRESENTATIONS: Final = (
    *ISSUER_FORGERIES,
    *DISCLOSURE_FORGERIES,
    *CLAIM_FORGERIES,
    *BINDING_FORGERIES,
    *RESPONSE_FORGERIES,
)

REQUESTS: Final = (
    *REQUEST_FORMATS,
    *REQUEST_SIGNATURES,
    *REQUEST_VALIDITIES,
    *READER_FORGERIES,
)

__all__ = [
    "CREDENTIALS",
    "PRESENTATIONS",
    "PROOFS",
    "REQUESTS",
    "CredentialForgery",
    "Forgery",
    "ProofForgery",
    "RequestForgery",
    "add",
    "by_name",
    "judge",
    "judge_proof",
    "judge_request",
    "moved",
]
