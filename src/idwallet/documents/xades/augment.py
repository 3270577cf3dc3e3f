"""XAdES signatures raised to B-T, B-LT and B-LTA, and archives renewed (EN 319 132-1).

What is there stays as it came, octet for octet: properties are put behind those that
are there. Each signature of a document is raised by itself, with those on it.
"""

import hashlib
import secrets
from collections.abc import Callable
from typing import Final

from idwallet import limits
from idwallet.codec.xml import Canonicalization, XmlDocument, XmlNode
from idwallet.documents.judging.material import Material, together
from idwallet.documents.judging.settled import Settled
from idwallet.documents.model import Documents
from idwallet.documents.xades import names
from idwallet.documents.xades.archive import WRITTEN, archive_imprint
from idwallet.documents.xades.brought import Brought, addresses_in
from idwallet.documents.xades.placing import (
    signatures_in,
    unsigned_of,
    with_properties,
)
from idwallet.documents.xades.properties import (
    certificate_values,
    new_identifier,
    revocation_values,
    timestamp,
    validation_data,
)
from idwallet.documents.xades.targets import require_open
from idwallet.documents.xades.values import material_in
from idwallet.envelope.xmldsig import Place, read_signature
from idwallet.errors import UsageError
from idwallet.ports import TimestampAuthority
from idwallet.trust.timestamp import ask_timestamp

_AT: Final = "signature"
_HASHED: Final = "sha256"
_STAMPS: Final = frozenset({names.SIGNATURE_TIMESTAMP, names.ARCHIVE_TIMESTAMP})
_Addition = Callable[[XmlNode, str], bytes]


class XadesAugmenter:
    """Raises the level of XML documents; see `Augments`."""

    def stamped(self, signed: bytes, *, authority: TimestampAuthority) -> bytes:
        """Put a timestamp on every signature that has none (5.3)."""

        def stamp(node: XmlNode, _: str) -> bytes:
            if any(e.name == names.SIGNATURE_TIMESTAMP for e in unsigned_of(node)):
                return b""
            (value,) = node.children(names.VALUE)
            octets = value.canonical(Canonicalization.EXCLUSIVE)
            digest = hashlib.new(_HASHED, octets).digest()
            return _stamp(digest, authority, is_archive=False)

        return _added(XmlDocument.from_bytes(signed, at=_AT), stamp)

    def completed(self, signed: bytes, *, settled: Settled) -> bytes:
        """Add certificates and evidence to each signature (5.4, 5.5.1, 6.3 (aa))."""

        def complete(node: XmlNode, subject: str) -> bytes:
            return _completing(node, settled, subject=subject)

        made = _added(XmlDocument.from_bytes(signed, at=_AT), complete)
        held = material_in(XmlDocument.from_bytes(made, at=_AT), limit=None)
        kinds = (held.certificates, held.crls, held.responses)
        if any(len(each) > limits.XML_MATERIAL for each in kinds):
            raise UsageError("more material than a document may bring")
        return made

    def archived(
        self,
        signed: bytes,
        *,
        authority: TimestampAuthority,
        document: Documents | None,
    ) -> bytes:
        """Put an archive timestamp on each signature (5.5.2)."""
        parsed = XmlDocument.from_bytes(signed, at=_AT)
        brought = Brought(document, addresses=addresses_in(parsed))
        brought.expect({_HASHED})

        def archive(node: XmlNode, _: str) -> bytes:
            found = read_signature(Place(parsed, node, brought.apart), at=_AT)
            imprint = archive_imprint(
                found, unsigned_of(node), form=WRITTEN, hashed=_HASHED
            )
            if imprint is None:
                raise UsageError(
                    "an archive timestamp on a detached signature needs it all"
                )
            return _stamp(imprint, authority, is_archive=True)

        return _added(parsed, archive)


def _added(document: XmlDocument, addition: _Addition) -> bytes:
    """Return the document with more in each signature that is by itself.

    Raises:
        UsageError: a signature covers another one, and would be broken.
    """
    additions = []
    for n, each in enumerate(signatures_in(document, at=_AT)):
        held = addition(each.node, f"signature[{n}]")
        if held:
            require_open(document, beside=each.node)
            additions.append((each.node, held))
    return with_properties(document, additions)


def _stamp(digest: bytes, authority: TimestampAuthority, *, is_archive: bool) -> bytes:
    token = ask_timestamp(
        digest, authority=authority, random=secrets.token_bytes, hashed=_HASHED
    )
    return timestamp(token.der, identifier=new_identifier(), is_archive=is_archive)


def _completing(node: XmlNode, settled: Settled, *, subject: str) -> bytes:
    """Return what settled the verdict and is not in the signature yet."""
    believed = list(settled.below(subject))
    stamps = [each for each in believed if "timestamp[" in each.subject]
    stamps += [each for each in believed if ".archive[" in each.subject]
    signers = [each for each in believed if each not in stamps]
    have = material_in(node, limit=None).pieces
    of_signers = together(each.material for each in signers).without(have)
    of_stamps = together(each.material for each in stamps).without(have)
    of_stamps = of_stamps.without(of_signers.pieces)
    properties = unsigned_of(node)
    is_behind = bool(properties) and properties[-1].name in _STAMPS
    names_ = {each.name for each in properties}
    is_new = not names_ & {names.CERTIFICATE_VALUES, names.REVOCATION_VALUES}
    # 5.5.1.2: right behind the timestamp, and nowhere else.
    about = validation_data(_values(of_stamps), is_any=not is_behind)
    if is_new:
        return about + _values(of_signers)
    return about + validation_data(_values(of_signers), is_any=True)


def _values(held: Material) -> bytes:
    return certificate_values(held.certificates) + revocation_values(
        held.crls, held.responses
    )
