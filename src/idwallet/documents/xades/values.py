"""The certificates and the evidence that came in a document (5.4, 5.5.1)."""

from collections.abc import Iterable, Iterator

from idwallet import limits
from idwallet.codec.xml import XmlDocument, XmlNode
from idwallet.documents.judging.material import Material
from idwallet.documents.xades import names
from idwallet.errors import MalformedError

_EN = "EN 319 132-1 §5.1.3"


def material_in(
    within: XmlDocument | XmlNode, *, limit: int | None = limits.XML_MATERIAL
) -> Material:
    """Return all material that stands in a document or an element.

    It is evidence that nobody believes for being there, so that what cannot be read is
    left out, and no more is taken than `limit` of each kind.
    """
    held = (*_read(within, f"{names.DS}X509Certificate"),)
    return Material(
        _few((*held, *_read(within, names.CERTIFICATE_VALUE)), limit),
        _few(_read(within, names.CRL_VALUE), limit),
        _few(_read(within, names.OCSP_VALUE), limit),
    )


def _few(found: Iterable[bytes], limit: int | None) -> tuple[bytes, ...]:
    return tuple(dict.fromkeys(found))[:limit]


def _read(within: XmlDocument | XmlNode, name: str) -> Iterator[bytes]:
    for each in within.named(name):
        try:
            yield each.read().octets(clause=_EN)
        except MalformedError:
            continue
