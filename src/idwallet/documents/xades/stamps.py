"""The timestamps in a XAdES signature, and what each has to be on (5.3, 5.5.2)."""

import hashlib
from collections.abc import Callable, Iterator
from typing import Final

from idwallet.codec.xml import Canonicalization, XmlNode
from idwallet.documents.judging.stamps import Stamp
from idwallet.documents.xades import names
from idwallet.documents.xades.placing import unsigned_of
from idwallet.envelope.xmldsig import read_form
from idwallet.errors import MalformedError, UnsupportedError

Form = tuple[Canonicalization, tuple[str, ...]]
_EN: Final = "EN 319 132-1 §5.1.4.4"
_METHOD: Final = f"{names.DS}CanonicalizationMethod"
_KNOWN: Final = frozenset({_METHOD, names.ENCAPSULATED_TIMESTAMP})


def signature_stamps(node: XmlNode) -> list[Stamp]:
    """Return the timestamps on the value of a signature (5.3)."""
    return [
        Stamp(der, _on_value(node, form_of(each)))
        for each in unsigned_of(node)
        if each.name == names.SIGNATURE_TIMESTAMP
        for der in tokens_of(each)
    ]


def _on_value(node: XmlNode, form: Form | None) -> Callable[[str], bytes]:
    """Return the digest of ds:SignatureValue; none where it is in no form of ours."""

    def imprint(name: str) -> bytes:
        values = node.children(names.VALUE)
        if form is None or len(values) != 1:
            return b""
        kind, prefixes = form
        try:
            octets = values[0].canonical(kind, prefixes=prefixes)
        except (MalformedError, UnsupportedError):
            return b""
        return hashlib.new(name, octets).digest()

    return imprint


def form_of(stamp: XmlNode) -> Form | None:
    """Return the canonical form that a timestamp's property names (4.5).

    None where it names one that is not of ours, or says itself what it is on, as no
    timestamp of the baseline does.
    """
    if any(each.name not in _KNOWN for each in stamp.children()):
        return None
    methods = stamp.children(_METHOD)
    if not methods:
        return Canonicalization.INCLUSIVE, ()
    try:
        return read_form(methods[0].read()) if len(methods) == 1 else None
    except (MalformedError, UnsupportedError):
        return None


def tokens_in(within: XmlNode) -> Iterator[bytes]:
    """Yield every timestamp that stands in an element, at whatever depth."""
    for each in (within, *within.named(names.ENCAPSULATED_TIMESTAMP)):
        if each.name != names.ENCAPSULATED_TIMESTAMP:
            continue
        try:
            yield each.read().octets(clause=_EN)
        except MalformedError:
            continue


def tokens_of(stamp: XmlNode) -> Iterator[bytes]:
    """Yield the timestamps in a property; nothing for what is none, and never none.

    So each is told of: what is empty is a timestamp that nobody can read.
    """
    held = stamp.children(names.ENCAPSULATED_TIMESTAMP)
    if not held:
        yield b""
    for each in held:
        try:
            yield each.read().octets(clause=_EN)
        except MalformedError:
            yield b""
