"""Forged credentials that break what their type's metadata says of them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from idwallet.codec.json import JsonValue
from idwallet.credentials.sdjwt.issue import type_integrity
from idwallet.credentials.sdjwt.metadata import TypeMetadataSet
from idwallet.report import CheckId, Reason
from idwallet.testing.corpus.disclosures import signs
from idwallet.testing.corpus.forgery import Forgery
from idwallet.testing.draft import Draft, loose_json
from idwallet.testing.scene import PID
from idwallet.trust.policies import RETAIL
from idwallet.trust.policy import MetadataRule

_CHECK: Final = CheckId.CREDENTIAL_METADATA
_REQUIRING: Final = replace(
    RETAIL, name="retail, types required", metadata=MetadataRule.REQUIRED
)
_BASE: Final = "urn:example:base"


def _document(vct: str = PID, **members: JsonValue) -> bytes:
    return loose_json({"vct": vct, **members})


def _rule(**members: JsonValue) -> bytes:
    return _document(claims=[{"path": ["family_name"], **members}])


def has(*documents: bytes) -> Callable[[Draft], None]:
    """Return what has a verifier ask who holds these types and wants them kept."""
    types = TypeMetadataSet.read(documents)

    def prepare(made: Draft) -> None:
        verifier = made.scene.new_verifier(policy=_REQUIRING, types=types)
        made.request = verifier.request(
            made.request.query, purpose="a test", at=made.scene.at
        )

    return prepare


_HAS_IT: Final = has(_document())

METADATA_FORGERIES: Final = (
    Forgery(
        "a type that the verifier does not have",
        _CHECK,
        Reason.NOT_AT_HAND,
        has(_document(vct=_BASE)),
        _HAS_IT,
    ),
    Forgery(
        "a type of another text than the issuer meant",
        _CHECK,
        Reason.INTEGRITY_MISMATCH,
        signs(**{"vct#integrity": type_integrity(_document(name="other"))}),
        _HAS_IT,
    ),
    Forgery(
        "an integrity that is a number",
        _CHECK,
        Reason.MALFORMED,
        signs(**{"vct#integrity": 1}),
        _HAS_IT,
    ),
    Forgery(
        "a type that extends itself",
        _CHECK,
        Reason.EXTENDS_BROKEN,
        has(_document(extends=_BASE), _document(vct=_BASE, extends=PID)),
        has(_document(extends=_BASE), _document(vct=_BASE)),
    ),
    Forgery(
        "a claim that the type demands",
        _CHECK,
        Reason.MANDATORY_CLAIM_MISSING,
        has(_document(claims=[{"path": ["portrait"], "mandatory": True}])),
        has(_rule(mandatory=True)),
    ),
    Forgery(
        "a claim that the type demands in clear",
        _CHECK,
        Reason.DISCLOSURE_RULE_BROKEN,
        has(_rule(sd="never")),
        has(_rule(sd="always")),
    ),
)
