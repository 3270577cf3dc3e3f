"""XML documents kept whole, to be made canonical; lxml's elements stay behind here."""

from collections.abc import Sequence
from typing import Final

from idwallet import limits
from idwallet.codec.xml import _door
from idwallet.codec.xml.elements import XmlElement
from idwallet.codec.xml.guard import guard
from idwallet.codec.xml.node import Canonicalization, XmlNode, canonical_octets
from idwallet.codec.xml.places import put_at_end, put_before_last, spans
from idwallet.errors import MalformedError

# What is taken for an identifier: by XMLDSig and XAdES, SAML, and xml:id.
ID_ATTRIBUTES: Final = (
    "Id",
    "ID",
    "id",
    "{http://www.w3.org/XML/1998/namespace}id",
)


class XmlDocument:
    """A document, parsed once; not to be shared between threads."""

    __slots__ = (
        "_at",
        "_bare",
        "_data",
        "_forms",
        "_identifiers",
        "_last",
        "_removed",
        "_root",
    )

    def __init__(
        self,
        data: bytes,
        *,
        at: str,
        removed: tuple[tuple[int, ...], ...] = (),
    ) -> None:
        """Parse guarded octets and take out what stands at these paths, in turn."""
        self._at = at
        self._data = data
        self._removed = removed
        self._root = _parsed(data, at=at)
        self._identifiers: dict[str, list[_door.Node]] | None = None
        self._bare: dict[str, XmlDocument] = {}
        self._forms: dict[tuple[Canonicalization, tuple[str, ...]], bytes] = {}
        self._last: tuple[XmlNode, XmlDocument] | None = None
        for path in removed:
            _take_out(_found(self._root, path))

    @staticmethod
    def from_bytes(
        data: bytes, *, at: str, max_bytes: int = limits.XML_BYTES
    ) -> "XmlDocument":
        """Parse a document, once it is known to keep every bound.

        Raises:
            LimitError: a bound of `limits` is passed; nothing was built yet.
            MalformedError: it is not well-formed, or has a DTD.
            UnsupportedError: another encoding than UTF-8.
        """
        text = guard(data, at=at, max_bytes=max_bytes)
        return XmlDocument(text, at=at)

    @property
    def root(self) -> XmlNode:
        """The outermost element."""
        return XmlNode(self._root, self._at)

    @property
    def has_instructions(self) -> bool:
        """Whether there are processing instructions beside the outermost element."""
        return _door.has_instructions(self._root)

    def __repr__(self) -> str:
        """Say how long it is; documents may be personal."""
        return f"XmlDocument(<{len(self._data)} bytes>)"

    def named(self, name: str) -> tuple[XmlNode, ...]:
        """Return every element of that name, in document order."""
        return tuple(XmlNode(each, self._at) for each in self._root.iter(name))

    def identified(self, value: str) -> tuple[XmlNode, ...]:
        """Return every element that has `value` for an identifier.

        All attributes are looked at that anybody takes for one, so that two readers
        cannot find two elements.
        """
        if self._identifiers is None:
            # Once: whoever writes a document chooses how many references it has.
            self._identifiers = _identifiers(self._root)
        found = self._identifiers.get(value, ())
        return tuple(XmlNode(each, self._at) for each in found)

    def canonical(
        self, form: Canonicalization, *, prefixes: tuple[str, ...] = ()
    ) -> bytes:
        """Return the canonical octets of all of it; raises as `XmlNode.canonical`.

        They are made once: whoever writes a document chooses how many signatures and
        timestamps are on it.
        """
        found = self._forms.get((form, prefixes))
        if found is None:
            tree = self._root.getroottree()
            found = canonical_octets(tree, form, prefixes=prefixes, at=self._at)
            self._forms[form, prefixes] = found
        return found

    def without(self, node: XmlNode) -> "XmlDocument":
        """Return a copy without that element; the text behind it stays.

        The last one is kept, for all that is asked of one signature.

        Raises:
            MalformedError: it is the root: nothing would be left.
        """
        if node.is_root:
            raise _nothing_left(self._at)
        if self._last is None or self._last[0] != node:
            removed = (*self._removed, node.path())
            made = XmlDocument(self._data, at=self._at, removed=removed)
            self._last = (node, made)
        return self._last[1]

    def without_every(self, name: str) -> "XmlDocument":
        """Return a copy without any element of that name, made once; text stays.

        Raises:
            MalformedError: the root has that name: nothing would be left.
        """
        found = self._bare.get(name)
        if found is None:
            outer = [
                each
                for each in self.named(name)
                if each.above is None or not _is_in(each.above, name)
            ]
            if outer and outer[0].is_root:
                raise _nothing_left(self._at)
            # From the last on, so that those before it stay where they are.
            removed = tuple(each.path() for each in reversed(outer))
            found = XmlDocument(
                self._data, at=self._at, removed=(*self._removed, *removed)
            )
            self._bare[name] = found
        return found

    def with_octets(self, additions: Sequence[tuple[XmlNode, bytes]]) -> bytes:
        """Return its octets with more of them at the end of elements, each one XML.

        All else stays as it was written. It is not read again: what is put in has to be
        well-formed where it comes to stand.
        """
        if len(additions) == 1 and self._ends_with(additions[0][0]):
            return put_before_last(self._data, additions[0][1])
        where = spans(self._data)
        order = {each: n for n, each in enumerate(self.named("*"))}
        placed = sorted(
            ((where[order[node]], octets) for node, octets in additions),
            key=lambda pair: pair[0].close,
            reverse=True,
        )
        text = self._data
        for span, octets in placed:
            text = put_at_end(text, octets, span=span)
        return text

    def written(self, node: XmlNode) -> bytes:
        """Return the octets of an element as they are written."""
        number = self.named("*").index(node)
        where = spans(self._data)[number]
        return self._data[where.start : where.end]

    def _ends_with(self, node: XmlNode) -> bool:
        """Whether nothing stands behind the root, and it is the one in question."""
        is_last = node.is_root and self._root.getnext() is None
        return is_last and (len(self._root) > 0 or bool(self._root.text))


def _is_in(node: XmlNode, name: str) -> bool:
    above: XmlNode | None = node
    while above is not None:
        if above.name == name:
            return True
        above = above.above
    return False


def _nothing_left(at: str) -> MalformedError:
    return MalformedError(
        "nothing beside the element", at=at, clause="XMLDSig 1.1 §6.6.4"
    )


def read_made(octets: bytes, *, at: str) -> XmlElement:
    """Read octets that were made canonical here: what they are of was guarded.

    Raises:
        MalformedError: there is text beside elements.
    """
    return XmlNode(_parsed(octets, at=at), at).read()


def _found(root: _door.Node, path: tuple[int, ...]) -> _door.Node:
    node = root
    for step in path:
        node = node[step]
    return node


def _identifiers(root: _door.Node) -> dict[str, list[_door.Node]]:
    """Return every element that has an identifier, by each that it has."""
    found: dict[str, list[_door.Node]] = {}
    for each in root.iter():
        if _door.is_element(each):
            for value in {each.get(name) for name in ID_ATTRIBUTES} - {None}:
                found.setdefault(value, []).append(each)
    return found


def _parsed(text: bytes, *, at: str) -> _door.Node:
    try:
        return _door.tree(text)
    except _door.XmlFault:
        raise MalformedError("not well-formed", at=at, clause="XML 1.0 §2") from None


def _take_out(node: _door.Node) -> None:
    above, before, tail = node.getparent(), node.getprevious(), node.tail
    above.remove(node)  # and what stood behind it
    if not tail:
        return
    if before is None:
        above.text = (above.text or "") + tail
    else:
        before.tail = (before.tail or "") + tail
