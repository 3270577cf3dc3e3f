"""Trust bundles: what a device believes, signed, numbered, and with an age.

    content = BundleContent(series="shops", sequence=7, issued=..., parts=[...])
    data = build_bundle(content, signer=operator)
    bundle = open_bundle(data, BundleContext(operator_key, state, at=now()))

The form is docs/reference/bundle.md. Parts are read one by one, when asked for.
"""

from idwallet.trust.bundle.build import (
    BundleContent,
    BundlePart,
    build_bundle,
    build_manifest,
)
from idwallet.trust.bundle.contents import store_of
from idwallet.trust.bundle.delta import evaluate_delta, make_delta
from idwallet.trust.bundle.evaluate import (
    evaluate_bundle,
    open_bundle,
    take_bundle,
    verify_bundle,
)
from idwallet.trust.bundle.opened import Bundle, BundleContext, BundleRefused
from idwallet.trust.bundle.rotation import announce_key
from idwallet.trust.bundle.structures import Manifest, PartEntry, PartKind

__all__ = [
    "Bundle",
    "BundleContent",
    "BundleContext",
    "BundlePart",
    "BundleRefused",
    "Manifest",
    "PartEntry",
    "PartKind",
    "announce_key",
    "build_bundle",
    "build_manifest",
    "evaluate_bundle",
    "evaluate_delta",
    "make_delta",
    "open_bundle",
    "store_of",
    "take_bundle",
    "verify_bundle",
]
