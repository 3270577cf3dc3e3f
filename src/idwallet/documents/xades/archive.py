"""What an archive timestamp on a XAdES signature covers (EN 319 132-1 5.5.2).

It is on all that the signature refers to, on the signature, on every unsigned property
before it, and on the objects in the signature. What came behind it, it says nothing of.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence

from idwallet.codec.xml import Canonicalization, XmlNode
from idwallet.documents.judging.archive import ArchiveStamp, Covered
from idwallet.documents.judging.material import together
from idwallet.documents.xades import names
from idwallet.documents.xades.placing import unsigned_of
from idwallet.documents.xades.stamps import Form, form_of, tokens_in, tokens_of
from idwallet.documents.xades.values import material_in
from idwallet.envelope.xmldsig import Hasher, Reference, XmlSignature, transformed
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.trust.timestamp import read_token

WRITTEN: Form = (Canonicalization.EXCLUSIVE, ())
"""The form that archive timestamps made here name."""


def archive_stamps(signature: XmlSignature) -> list[ArchiveStamp]:
    """Return the archive timestamps on a signature, the oldest first (5.5.2.1)."""
    properties = unsigned_of(signature.node)
    return [
        ArchiveStamp(
            der,
            _imprint(signature, properties[:n], form=form_of(each)),
            _covered(signature, properties[:n]),
        )
        for n, each in enumerate(properties)
        if each.name == names.ARCHIVE_TIMESTAMP
        for der in tokens_of(each)
    ]


def _imprint(
    signature: XmlSignature, before: Sequence[XmlNode], *, form: Form | None
) -> Callable[[str], bytes | None]:
    def imprint(name: str) -> bytes | None:
        if form is None:
            return b""
        try:
            return archive_imprint(signature, before, form=form, hashed=name)
        except (MalformedError, UnsupportedError):
            # What cannot be made canonical, or read again, no timestamp can be on.
            return b""

    return imprint


def archive_imprint(
    signature: XmlSignature, before: Sequence[XmlNode], *, form: Form, hashed: str
) -> bytes | None:
    """Return the digest of what an archive timestamp is on, behind these properties.

    It is None where something that was signed is not at hand (5.5.2.3).

    Raises:
        MalformedError, UnsupportedError: something of it cannot be made canonical, or a
            stream that came apart cannot be read again.
    """
    if any(each.node is None and each.apart is None for each in signature.references):
        return None
    hasher: Hasher = hashlib.new(hashed)
    for n, reference in enumerate(signature.references):
        if n == 0 and reference.apart is not None and reference.steps.form is None:
            # The digest of the first goes on from where it ended: it is read once.
            hasher = reference.apart.state(hashed)
        else:
            _feed(hasher, reference, signature=signature, form=form)
    kind, prefixes = form
    for node in _covered_nodes(signature.node, before):
        hasher.update(node.canonical(kind, prefixes=prefixes))
    return hasher.digest()


def _feed(
    hasher: Hasher, reference: Reference, *, signature: XmlSignature, form: Form
) -> None:
    """Have a hash take what a reference is to, as it is digested (step 3)."""
    if reference.apart is not None and reference.steps.form is None:
        reference.apart.feed(hasher)
        return
    hasher.update(transformed(reference, signature, default=form[0]))


def _covered_nodes(node: XmlNode, before: Sequence[XmlNode]) -> Iterator[XmlNode]:
    """Yield the elements that are taken as they are, in order (steps 4 to 6)."""
    for name in ("SignedInfo", "SignatureValue", "KeyInfo"):
        yield from node.children(f"{names.DS}{name}")
    yield from before
    for each in node.children(names.OBJECT):
        if not each.children(names.QUALIFYING):
            yield each


def _covered(
    signature: XmlSignature, before: Sequence[XmlNode]
) -> Callable[[], Covered]:
    def covered() -> Covered:
        held = together(
            (
                *(material_in(each) for each in before),
                *(
                    material_in(e)
                    for e in signature.node.children(f"{names.DS}KeyInfo")
                ),
            )
        )
        others = [token for each in before for token in tokens_in(each)]
        others += [value for each in before for value in values_in(each)]
        return Covered(held, frozenset(others))

    return covered


def values_in(within: XmlNode) -> Iterator[bytes]:
    """Yield the values of signatures on this one: who has the value has it all."""
    for each in within.named(names.VALUE):
        try:
            yield each.read().octets(clause="XMLDSig 1.1 §4.3")
        except MalformedError:
            continue


def archive_digests(signature: XmlSignature) -> Iterator[str]:
    """Yield the digests of its archive timestamps, by the names of hashlib."""
    for stamp in archive_stamps(signature):
        try:
            hashed = read_token(stamp.der, at="timestamp").info.hashed
        except (MalformedError, UnsupportedError):
            continue
        if hashed is not None:
            yield hashed
