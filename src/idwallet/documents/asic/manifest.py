"""Manifests: which files a signature or a timestamp is on (EN 319 162-1 annex A.4)."""

from base64 import b64encode
from collections.abc import Iterable
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec.xml import XmlElement, read_element
from idwallet.documents.asic.baseline import EN
from idwallet.documents.asic.references import name_in, reference_to
from idwallet.envelope.xmldsig.names import DIGESTS, DS
from idwallet.errors import LimitError, MalformedError, UnsupportedError

NAMESPACE: Final = "http://uri.etsi.org/02918/v1.2.1#"
_ASIC: Final = f"{{{NAMESPACE}}}"
_CLAUSE: Final = f"{EN} §A.4.2"
_METHODS: Final = {name: uri for uri, name in DIGESTS.items()}
_TRUE: Final = {"true": True, "1": True, "false": False, "0": False}


class Listed(NamedTuple):
    """One file that a manifest names: its digest, by a name of hashlib.

    `is_root` is set of the manifest that an archive manifest follows (A.7).
    """

    name: str
    digest: str
    value: bytes
    is_root: bool = False
    media_type: str | None = None


class Manifest(NamedTuple):
    """A manifest: the file with the signature or the timestamp on it, and the rest."""

    signature: str
    files: tuple[Listed, ...]

    def of(self, name: str) -> Listed | None:
        """Return what it says of a file, or None."""
        return next((each for each in self.files if each.name == name), None)


def write_manifest(manifest: Manifest, *, signature_type: str) -> bytes:
    """Return the octets of a manifest; the same each time."""
    signature = _attribute(reference_to(manifest.signature))
    lines = [
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?>',
        f'<asic:ASiCManifest xmlns:asic="{NAMESPACE}" xmlns:ds="{DS[1:-1]}">',
        f"<asic:SigReference URI={signature} MimeType={_attribute(signature_type)}/>",
        *(_object(each) for each in manifest.files),
        "</asic:ASiCManifest>",
    ]
    return "\n".join(lines).encode("utf-8") + b"\n"


def _object(each: Listed) -> str:
    kind = "" if each.media_type is None else f" MimeType={_attribute(each.media_type)}"
    root = ' Rootfile="true"' if each.is_root else ""
    value = b64encode(each.value).decode("ascii")
    return (
        f"<asic:DataObjectReference URI={_attribute(reference_to(each.name))}"
        f"{kind}{root}>"
        f'<ds:DigestMethod Algorithm="{_METHODS[each.digest]}"/>'
        f"<ds:DigestValue>{value}</ds:DigestValue></asic:DataObjectReference>"
    )


def _attribute(text: str) -> str:
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return f'"{plain}"'


def read_manifest(data: bytes, *, at: str) -> Manifest:
    """Read a manifest, every part of which is known.

    Raises:
        LimitError: it is too long, or names too many files.
        MalformedError: it is not as annex A.4 has it, or names a file twice, or one
            outside of the container.
        UnsupportedError: a digest that is in no closed list, or a critical extension.
    """
    root = read_element(data, at=at, max_bytes=limits.MANIFEST_BYTES)
    if root.name != f"{_ASIC}ASiCManifest":
        raise MalformedError("no manifest", at=at, clause=_CLAUSE)
    _require_known(root, f"{_ASIC}SigReference", f"{_ASIC}DataObjectReference")
    signature = root.one(f"{_ASIC}SigReference", clause=_CLAUSE)
    listed = root.all(f"{_ASIC}DataObjectReference")
    if not listed:
        raise MalformedError("a manifest of nothing", at=at, clause=f"{EN} §A.4.1 (2)")
    if len(listed) > limits.ZIP_ENTRIES:
        raise LimitError("too many files", at=at, clause="idwallet limits")
    files = tuple(map(_listed, listed))
    if len({each.name for each in files}) != len(files):
        raise MalformedError("a file named twice", at=at, clause=_CLAUSE)
    return Manifest(_named(signature), files)


def _named(element: XmlElement) -> str:
    uri = element.attributes.get("URI")
    if uri is None:
        raise MalformedError("no reference", at=element.at, clause=_CLAUSE)
    return name_in(uri, at=element.at)


def _listed(element: XmlElement) -> Listed:
    method, value = f"{DS}DigestMethod", f"{DS}DigestValue"
    _require_known(element, method, value)
    named = element.one(method, clause=_CLAUSE).attributes.get("Algorithm", "")
    digest = DIGESTS.get(named)
    if digest is None:
        raise UnsupportedError(
            "a digest that is not known, or not believed", at=element.at, clause=_CLAUSE
        )
    root = element.attributes.get("Rootfile", "false")
    if root not in _TRUE:
        raise MalformedError("no truth value", at=element.at, clause=_CLAUSE)
    return Listed(
        name=_named(element),
        digest=digest,
        value=element.one(value, clause=_CLAUSE).octets(clause=_CLAUSE),
        is_root=_TRUE[root],
        media_type=element.attributes.get("MimeType"),
    )


_EXTENSIONS: Final = frozenset(
    {f"{_ASIC}ASiCManifestExtensions", f"{_ASIC}DataObjectReferenceExtensions"}
)


def _require_known(element: XmlElement, *names: str) -> None:
    """Require that there is nothing whose meaning nobody here knows.

    What says of itself that it may be passed over is.
    """
    for each in element.children:
        if each.name in _EXTENSIONS:
            _require_uncritical(each.children)
        elif each.name not in names:
            raise MalformedError("an unknown part", at=element.at, clause=_CLAUSE)


def _require_uncritical(extensions: Iterable[XmlElement]) -> None:
    for each in extensions:
        critical = each.attributes.get("Critical", "true")
        if _TRUE.get(critical, True):
            raise UnsupportedError(
                "a critical extension", at=each.at, clause=f"{EN} §A.4.2"
            )
