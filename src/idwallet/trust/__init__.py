"""Whom to believe, at a moment, by which policy; and the evidence for it.

Every name loads on first use. `TrustAnchor`, `TrustStore`, `Purpose` and the policies
are names of `idwallet` itself.
"""

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from idwallet.facade import loader

if TYPE_CHECKING:
    from idwallet.crypto.keys import (
        PublicKey,
    )
    from idwallet.trust.bundle import (
        Bundle,
        BundleContent,
        BundleContext,
        BundlePart,
        PartKind,
        announce_key,
        build_bundle,
        evaluate_bundle,
        make_delta,
        open_bundle,
        store_of,
        verify_bundle,
    )
    from idwallet.trust.bundle.state import (
        MemoryBundleState,
    )
    from idwallet.trust.did import (
        did_jwk,
    )
    from idwallet.trust.evidence import (
        CrlAtHand,
        EvidenceAtHand,
        ExistenceAtHand,
        OcspAtHand,
        StatusListAtHand,
        content_of,
    )
    from idwallet.trust.freshness import (
        FreshnessRule,
    )
    from idwallet.trust.lists import (
        ExpectedList,
        ListForm,
        ListRules,
        evaluate_trusted_list,
        verify_trusted_list,
    )

__all__ = [
    "Bundle",
    "BundleContent",
    "BundleContext",
    "BundlePart",
    "CrlAtHand",
    "EvidenceAtHand",
    "ExistenceAtHand",
    "ExpectedList",
    "FreshnessRule",
    "ListForm",
    "ListRules",
    "MemoryBundleState",
    "OcspAtHand",
    "PartKind",
    "PublicKey",
    "StatusListAtHand",
    "announce_key",
    "build_bundle",
    "content_of",
    "did_jwk",
    "evaluate_bundle",
    "evaluate_trusted_list",
    "make_delta",
    "open_bundle",
    "store_of",
    "verify_bundle",
    "verify_trusted_list",
]

_HOMES: Final = MappingProxyType(
    {
        "Bundle": "idwallet.trust.bundle",
        "PublicKey": "idwallet.crypto.keys",
        "BundleContent": "idwallet.trust.bundle",
        "BundleContext": "idwallet.trust.bundle",
        "BundlePart": "idwallet.trust.bundle",
        "CrlAtHand": "idwallet.trust.evidence",
        "EvidenceAtHand": "idwallet.trust.evidence",
        "ExistenceAtHand": "idwallet.trust.evidence",
        "ExpectedList": "idwallet.trust.lists",
        "FreshnessRule": "idwallet.trust.freshness",
        "ListForm": "idwallet.trust.lists",
        "ListRules": "idwallet.trust.lists",
        "MemoryBundleState": "idwallet.trust.bundle.state",
        "OcspAtHand": "idwallet.trust.evidence",
        "PartKind": "idwallet.trust.bundle",
        "StatusListAtHand": "idwallet.trust.evidence",
        "announce_key": "idwallet.trust.bundle",
        "build_bundle": "idwallet.trust.bundle",
        "content_of": "idwallet.trust.evidence",
        "did_jwk": "idwallet.trust.did",
        "evaluate_bundle": "idwallet.trust.bundle",
        "evaluate_trusted_list": "idwallet.trust.lists",
        "make_delta": "idwallet.trust.bundle",
        "open_bundle": "idwallet.trust.bundle",
        "store_of": "idwallet.trust.bundle",
        "verify_bundle": "idwallet.trust.bundle",
        "verify_trusted_list": "idwallet.trust.lists",
    }
)


if not TYPE_CHECKING:  # to a type checker, a name that is not there is an error
    __getattr__ = loader(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
