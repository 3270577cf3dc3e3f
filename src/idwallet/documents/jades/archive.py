"""What an archive timestamp on a JAdES signature covers (TS 119 182-1 5.3.6.2).

It is on the payload, the signed header, the signature value, and the elements of
``etsiU`` that stand before it, in their order and by their base64url text. What comes
after it came later, and nothing is proven of it.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from idwallet.codec import b64
from idwallet.documents.jades.elements import Element, material_of, tokens
from idwallet.documents.jades.found import Found
from idwallet.documents.judging.archive import ArchiveStamp, Covered, covering
from idwallet.documents.judging.material import Material
from idwallet.envelope.jws import JwsParts
from idwallet.errors import UnsupportedError

if TYPE_CHECKING:
    from hashlib import _Hash

_STAMPS: Final = frozenset({"sigTst", "arcTst"})

Started = Callable[[str], "_Hash | None"]
"""A digest, by a name of hashlib, that has gone through the payload; None without."""


def archive_stamps(found: Found, started: Started) -> list[ArchiveStamp]:
    """Return the archive timestamps on a signature, as they came.

    Raises:
        LimitError, MalformedError: one is not of its form.
        UnsupportedError: the elements stand in clear, where it is on a canonical form
            of them that nobody has settled.
    """
    elements = found.read.elements
    made = []
    for n, element in enumerate(elements):
        if element.name != "arcTst":
            continue
        before = elements[:n]
        _require_text(before, at=element.at)
        made += [
            _stamp(der, found, started=started, before=before)
            for der in tokens(element)
        ]
    return made


def _stamp(
    der: bytes, found: Found, *, started: Started, before: tuple[Element, ...]
) -> ArchiveStamp:
    return ArchiveStamp(
        der,
        lambda name: archive_imprint(found.read.parts, before, started=started(name)),
        lambda: _covered(found, before),
    )


def archive_imprint(
    parts: JwsParts, before: Sequence[Element], *, started: "_Hash | None"
) -> bytes | None:
    """Return the digest that is stamped (5.3.6.2.3); None without the document.

    `started` is a digest that has gone through the payload, as steps 1 and 2 have it.
    """
    if started is None:
        return None
    signature = b64.encode(parts.signature).encode("ascii")
    started.update(b".%b.%b." % (parts.head, signature))
    for each in before:
        started.update(each.text or b"")
    return started.digest()


def _require_text(before: Sequence[Element], *, at: str) -> None:
    if any(each.text is None for each in before):
        raise UnsupportedError(
            "an archive timestamp on elements in clear",
            at=at,
            clause="TS 119 182-1 §5.3.6.2.4",
        )


def _covered(found: Found, before: Sequence[Element]) -> Covered:
    """Return what stands before an archive timestamp, counter-signatures included."""
    material = Material(found.read.parts.header.x5c).plus(material_of(before))
    others = {der for each in before if each.name in _STAMPS for der in tokens(each)}
    count = sum(each.name == "cSig" for each in before)
    for counter in found.counters[:count]:
        if isinstance(counter, Found):
            below = _covered(counter, counter.read.elements)
            material = material.plus(below.material)
            others |= below.others | {piece_of(counter.read.parts)}
    return covering(material, others)


def piece_of(parts: JwsParts) -> bytes:
    """Return the octets by which a signature is known to have existed."""
    return hashlib.sha256(b"%b.%b" % (parts.head, parts.signature)).digest()
