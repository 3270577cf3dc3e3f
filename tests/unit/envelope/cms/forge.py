"""Who signs in these tests, and what they sign."""

import hashlib
from functools import cache
from typing import Final

from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.envelope.cms import (
    SignedData,
    SignerJudgement,
    judge_signer,
    read_signed_data,
)
from idwallet.report import Reason
from idwallet.testing.cms_draft import CmsDraft
from idwallet.testing.pki import TestIdentity, TestPki

CONTENT: Final = b"a contract between two invented people"
EVERY: Final = frozenset(Algorithm)
VALID: Final = (Reason.VALID, Reason.MATCHES, Reason.MATCHES)


@cache
def pki() -> TestPki:
    return TestPki(seed=b"idwallet TEST messages")


@cache
def identity(
    algorithm: Algorithm = Algorithm.ES256, name: str = "https://signer.example"
) -> TestIdentity:
    return pki().issuer(name, algorithm=algorithm)


def draft(*identities: TestIdentity) -> CmsDraft:
    return CmsDraft.of(*(identities or (identity(),)), content=CONTENT, at=pki().at)


def judged(
    message: SignedData,
    who: TestIdentity | None = None,
    *,
    n: int = 0,
    content: bytes | None = CONTENT,
    allowed: frozenset[Algorithm] = EVERY,
    key: PublicKey | None = None,
) -> SignerJudgement:
    who = who or identity()
    signer = message.signers[n]
    digest = (
        None
        if content is None or signer.digest is None
        else hashlib.new(signer.digest, content).digest()
    )
    return judge_signer(
        signer,
        key=key or who.signer.public_key,
        certificate=who.chain[0],
        digest=digest,
        content_type=message.content_type,
        allowed=allowed,
    )


def judge(made: CmsDraft, who: TestIdentity | None = None) -> SignerJudgement:
    return judged(read_signed_data(made.to_bytes(), at="cms"), who)
