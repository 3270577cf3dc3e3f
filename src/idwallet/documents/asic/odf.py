"""``META-INF/manifest.xml``: what is in a container, as OpenDocument has it.

(EN 319 162-1 4.4.3.2 (5 b), 5.3.3; ODF 1.2 part 3, clause 4.) Nobody signs it, so
nothing that it says is believed; it is written because others look for it.
"""

from collections.abc import Iterable
from typing import Final

from idwallet import limits
from idwallet.codec.xml import read_element
from idwallet.documents.asic.baseline import EXTENDED_TYPE
from idwallet.errors import MalformedError

_NAMESPACE: Final = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
_ODF: Final = f"{{{_NAMESPACE}}}"
_CLAUSE: Final = "EN 319 162-1 §4.4.3.2 (5 b)"
_OCTETS: Final = "application/octet-stream"


def write_odf_manifest(names: Iterable[str]) -> bytes:
    """Return a manifest of these files."""
    entries = [("/", EXTENDED_TYPE), *((name, _OCTETS) for name in names)]
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<manifest:manifest xmlns:manifest="{_NAMESPACE}" manifest:version="1.2">',
        *(
            f'<manifest:file-entry manifest:full-path="{_escaped(name)}"'
            f' manifest:media-type="{kind}"/>'
            for name, kind in entries
        ),
        "</manifest:manifest>",
    ]
    return "\n".join(lines).encode("utf-8") + b"\n"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def require_odf_manifest(data: bytes, *, at: str) -> None:
    """Require a manifest that names each file once; what it says is not believed.

    Raises:
        LimitError: it is too long.
        MalformedError: it is none, or names a file twice.
        UnsupportedError: another encoding than UTF-8.
    """
    root = read_element(data, at=at, max_bytes=limits.MANIFEST_BYTES)
    if root.name != f"{_ODF}manifest":
        raise MalformedError("no manifest", at=at, clause=_CLAUSE)
    paths = [
        each.attributes.get(f"{_ODF}full-path")
        for each in root.all(f"{_ODF}file-entry")
    ]
    if None in paths or len(set(paths)) != len(paths):
        raise MalformedError("a file without name, or twice", at=at, clause=_CLAUSE)
