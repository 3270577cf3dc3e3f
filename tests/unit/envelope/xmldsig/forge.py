"""XML signatures right or wrong in one thing, and what becomes of them."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Final

from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.envelope.xmldsig import (
    CertificateRule,
    XmlJudgement,
    judge_signature,
    read_signatures,
)
from idwallet.errors import LimitError, MalformedError, UnsupportedError
from idwallet.testing.pki import TestIdentity, TestPki
from idwallet.testing.xml_signed import XmlDraft

LIST: Final = b'<l:list xmlns:l="urn:list" Id="list"><l:name>honest</l:name></l:list>'
EVERY: Final = frozenset(Algorithm)
Forger = Callable[[XmlDraft], None]


@cache
def pki() -> TestPki:
    return TestPki(seed=b"idwallet TEST XML signatures")


@cache
def _made(algorithm: Algorithm) -> TestIdentity:
    found = pki().issuer(algorithm=algorithm)
    return replace(
        found, signer=SoftwareSigner(found.signer._native, algorithm=algorithm)
    )


def signer(algorithm: Algorithm = Algorithm.ES256) -> TestIdentity:
    return _made(algorithm)


def draft(algorithm: Algorithm = Algorithm.ES256, content: bytes = LIST) -> XmlDraft:
    who = signer(algorithm)
    return XmlDraft(content, who.signer, who.chain)


def judged(
    made: XmlDraft,
    *,
    by: TestIdentity | None = None,
    allowed: frozenset[Algorithm] = EVERY,
    rule: CertificateRule = CertificateRule.REQUIRED,
    certificate: bytes | None = None,
) -> XmlJudgement:
    """Judge the one signature with the key of whoever is believed to have signed."""
    who = by or signer(made.signer.algorithm)
    found = read_signatures(
        made.document(), at="test", detached={"document.xml": made.content}
    )
    return judge_signature(
        found[0],
        key=who.signer.public_key,
        certificate=certificate or who.chain[0],
        allowed=allowed,
        rule=rule,
    )


def outcome(made: XmlDraft) -> str:
    """The reason, or the name of the error that refused the document."""
    try:
        return judged(made).reason.value
    except (LimitError, MalformedError, UnsupportedError) as error:
        return type(error).__name__
