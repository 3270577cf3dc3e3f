"""Proofs of possession by hand, for the files of checks on them."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from idwallet.codec import b64
from idwallet.credentials.possession import PROOF_TYP, prove_possession
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.errors import VerificationFailed
from idwallet.report import Check, CheckId, Outcome, Report

ISSUER: Final = "https://issuer.example"
NONCE: Final = "nonce-1"
AT: Final = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
IAT: Final = int(AT.timestamp())
HOLDER: Final = SoftwareSigner.generate(Algorithm.ES256)
HEADER: Final = {"alg": "ES256", "typ": PROOF_TYP, "jwk": HOLDER.public_key.to_jwk()}
CLAIMS: Final = {"aud": ISSUER, "iat": IAT, "nonce": NONCE}


def proof(
    header: Mapping[str, object] = HEADER,
    claims: object = CLAIMS,
    by: SoftwareSigner = HOLDER,
) -> str:
    """A proof with any header and claims, signed over what it says."""
    parts = [b64.encode(json.dumps(part).encode()) for part in (header, claims)]
    covered = ".".join(parts)
    return f"{covered}.{b64.encode(by.sign(covered.encode()))}"


def report(token: str) -> Report:
    """The report on a proof, whatever it comes to."""
    try:
        return prove_possession(token, audience=ISSUER, nonce=NONCE, at=AT).report
    except VerificationFailed as error:
        return error.report


def judged(token: str, check_id: CheckId) -> Check:
    """The one check of that name; nothing else may have failed but through it."""
    found = report(token)
    (check,) = [each for each in found.checks if each.id is check_id]
    others = [each for each in found.failed() if each.id is not check_id]
    if check.outcome is not Outcome.INDETERMINATE:
        assert others == []
    return check
