"""Trust bundles and deltas decoded: what they say of themselves, part by part."""

from idwallet.cli.decode.found import Found, Part
from idwallet.codec.json import JsonObject
from idwallet.trust.bundle.delta import unverified_head, unverified_manifest
from idwallet.trust.bundle.structures import Manifest, PartEntry


def decode_bundle(data: bytes) -> Found:
    """Decode a trust bundle.

    Raises:
        MalformedError: it is none.
        LimitError: it passes one of the bounds of `limits`.
        UnsupportedError: it is of another version.
    """
    manifest = unverified_manifest(data)
    parts = [_manifest(manifest), *map(_part, manifest.parts)]
    return Found(f"trust bundle, {len(data):,} bytes", tuple(parts))


def decode_delta(data: bytes) -> Found:
    """Decode what makes one trust bundle of another; raises as `decode_bundle` does."""
    base, manifest = unverified_head(data)
    head = Part("delta", {"changes the bundle": base.hex()})
    parts = [head, _manifest(manifest), *map(_part, manifest.parts)]
    return Found(f"delta to a trust bundle, {len(data):,} bytes", tuple(parts))


def _manifest(manifest: Manifest) -> Part:
    said: JsonObject = {
        "series": manifest.series,
        "sequence": manifest.sequence,
        "issued": f"{manifest.issued:%Y-%m-%dT%H:%M:%SZ}",
        "next_update": f"{manifest.next_update:%Y-%m-%dT%H:%M:%SZ}",
    }
    return Part("manifest", said)


def _part(entry: PartEntry) -> Part:
    said: JsonObject = {
        "size": entry.size,
        "digest": entry.digest.hex(),
        "as_of": f"{entry.as_of:%Y-%m-%dT%H:%M:%SZ}",
        "source": entry.source.hex(),
    }
    if entry.media_type:
        said["media_type"] = entry.media_type
    return Part(entry.place, said)
