"""Prove who you are, sign what you agree to, check both with no network.

Every name below loads on first use, so that a program pays only for what it calls.
`idwallet.errors` holds the whole tree of exceptions, `idwallet.ports` what an
application may implement, `idwallet.adapters` what touches the world, `idwallet.trust`
whom to believe, `idwallet.documents` how documents are signed and judged,
`idwallet.protocols` and `idwallet.roles` the messages and the services of the online
protocols, `idwallet.consent` what a person agrees to, `idwallet.testing` test keys.
"""

import importlib
import sys
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from idwallet.adapters.bundle import FileBundleState
    from idwallet.adapters.clock import now
    from idwallet.adapters.keys import SoftwareKeyStore, open_signer
    from idwallet.adapters.sql import SqlReplay, SqlStore
    from idwallet.credentials.model import Credential, Unverified, VerifiedPresentation
    from idwallet.credentials.possession import (
        HolderKey,
        ProvenKey,
        make_proof,
        prove_possession,
    )
    from idwallet.credentials.query import Query
    from idwallet.credentials.sdjwt.issue import SdJwtVc
    from idwallet.credentials.sdjwt.metadata import Disclosability, TypeMetadataSet
    from idwallet.credentials.sdjwt.structures import Serialisation
    from idwallet.crypto.algorithms import Algorithm
    from idwallet.crypto.seal import SealKey
    from idwallet.crypto.signer import StoredKeySigner
    from idwallet.crypto.software import SoftwareSigner
    from idwallet.errors import VerificationFailed, VerificationIndeterminate
    from idwallet.explain import explain
    from idwallet.report import Check, CheckId, Outcome, Reason, Report
    from idwallet.roles.document_signer import sign_document, verify_document
    from idwallet.roles.holder import Holder
    from idwallet.roles.issuer import Issuer
    from idwallet.roles.presentation import evaluate_presentation, verify_presentation
    from idwallet.roles.relying_party import RelyingParty
    from idwallet.roles.verifier import PresentationRequest, Verifier
    from idwallet.trust import policies
    from idwallet.trust.anchors import Purpose, TrustAnchor, TrustStore
    from idwallet.trust.policy import Policy
    from idwallet.trust.replay import MemoryReplay

__all__ = [
    "Algorithm",
    "Check",
    "CheckId",
    "Credential",
    "Disclosability",
    "FileBundleState",
    "Holder",
    "HolderKey",
    "Issuer",
    "MemoryReplay",
    "Outcome",
    "Policy",
    "PresentationRequest",
    "ProvenKey",
    "Purpose",
    "Query",
    "Reason",
    "RelyingParty",
    "Report",
    "SdJwtVc",
    "SealKey",
    "Serialisation",
    "SoftwareKeyStore",
    "SoftwareSigner",
    "SqlReplay",
    "SqlStore",
    "StoredKeySigner",
    "TrustAnchor",
    "TrustStore",
    "TypeMetadataSet",
    "Unverified",
    "VerificationFailed",
    "VerificationIndeterminate",
    "VerifiedPresentation",
    "Verifier",
    "evaluate_presentation",
    "explain",
    "make_proof",
    "now",
    "open_signer",
    "policies",
    "prove_possession",
    "sign_document",
    "verify_document",
    "verify_presentation",
]

_HOMES: Final = MappingProxyType(
    {
        "Algorithm": "idwallet.crypto.algorithms",
        "Check": "idwallet.report",
        "CheckId": "idwallet.report",
        "Credential": "idwallet.credentials.model",
        "Disclosability": "idwallet.credentials.sdjwt.metadata",
        "FileBundleState": "idwallet.adapters.bundle",
        "Holder": "idwallet.roles.holder",
        "HolderKey": "idwallet.credentials.possession",
        "Issuer": "idwallet.roles.issuer",
        "MemoryReplay": "idwallet.trust.replay",
        "Outcome": "idwallet.report",
        "Policy": "idwallet.trust.policy",
        "PresentationRequest": "idwallet.roles.verifier",
        "ProvenKey": "idwallet.credentials.possession",
        "Purpose": "idwallet.trust.anchors",
        "Query": "idwallet.credentials.query",
        "Reason": "idwallet.report",
        "RelyingParty": "idwallet.roles.relying_party",
        "Report": "idwallet.report",
        "SdJwtVc": "idwallet.credentials.sdjwt.issue",
        "SealKey": "idwallet.crypto.seal",
        "Serialisation": "idwallet.credentials.sdjwt.structures",
        "SoftwareKeyStore": "idwallet.adapters.keys",
        "SoftwareSigner": "idwallet.crypto.software",
        "SqlReplay": "idwallet.adapters.sql",
        "SqlStore": "idwallet.adapters.sql",
        "StoredKeySigner": "idwallet.crypto.signer",
        "TrustAnchor": "idwallet.trust.anchors",
        "TrustStore": "idwallet.trust.anchors",
        "TypeMetadataSet": "idwallet.credentials.sdjwt.metadata",
        "Unverified": "idwallet.credentials.model",
        "VerificationFailed": "idwallet.errors",
        "VerificationIndeterminate": "idwallet.errors",
        "VerifiedPresentation": "idwallet.credentials.model",
        "Verifier": "idwallet.roles.verifier",
        "evaluate_presentation": "idwallet.roles.presentation",
        "explain": "idwallet.explain",
        "make_proof": "idwallet.credentials.possession",
        "now": "idwallet.adapters.clock",
        "open_signer": "idwallet.adapters.keys",
        "policies": "idwallet.trust",
        "prove_possession": "idwallet.credentials.possession",
        "sign_document": "idwallet.roles.document_signer",
        "verify_document": "idwallet.roles.document_signer",
        "verify_presentation": "idwallet.roles.presentation",
    }
)
# A name that is a module of its home.
_MODULES: Final = frozenset({"policies"})


class _Package(ModuleType):
    """The package itself, whose public names no submodule can displace.

    Importing ``idwallet.explain`` makes Python set that attribute to the module;
    for a caller `idwallet.explain` is the function, whatever was imported before.
    """

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _HOMES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


if not TYPE_CHECKING:  # to a type checker, a name that is not there is an error

    def __getattr__(name: str) -> object:
        home = _HOMES.get(name)
        if home is None:
            message = f"module 'idwallet' has no attribute {name!r}"
            raise AttributeError(message)
        if name in _MODULES:
            found: object = importlib.import_module(f"{home}.{name}")
        else:
            found = getattr(importlib.import_module(home), name)
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


sys.modules[__name__].__class__ = _Package
