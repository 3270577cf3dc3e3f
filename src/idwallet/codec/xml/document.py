"""XML documents kept whole, to be made canonical; lxml's elements stay behind here."""

from collections.abc import Sequence
from enum import Enum
from types import MappingProxyType
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec.xml import _door
from idwallet.codec.xml.elements import XmlElement, local, require_unmixed
from idwallet.codec.xml.guard import guard
from idwallet.codec.xml.places import put_at_end, put_before_last, spans
from idwallet.errors import MalformedError, UnsupportedError

_XML_NAMES: Final = "{http://www.w3.org/XML/1998/namespace}"
# What is taken for an identifier: by XMLDSig and XAdES, SAML, and xml:id.
ID_ATTRIBUTES: Final = ("Id", "ID", "id", f"{_XML_NAMES}id")


class _Form(NamedTuple):
    is_exclusive: bool
    has_comments: bool


class Canonicalization(Enum):
    """A canonical form of XML, with comments or without.

    1.0 and 1.1 differ only in what an element takes over from above it among the
    attributes ``xml:``; where there is anything to take over, neither is made here.
    """

    INCLUSIVE = _Form(is_exclusive=False, has_comments=False)
    INCLUSIVE_WITH_COMMENTS = _Form(is_exclusive=False, has_comments=True)
    EXCLUSIVE = _Form(is_exclusive=True, has_comments=False)
    EXCLUSIVE_WITH_COMMENTS = _Form(is_exclusive=True, has_comments=True)

    def without_comments(self) -> "Canonicalization":
        """Return the same form without comments."""
        is_exclusive = self.value.is_exclusive
        return (
            Canonicalization.EXCLUSIVE if is_exclusive else Canonicalization.INCLUSIVE
        )


class XmlNode:
    """One element of an `XmlDocument`; what it is made of does not come out."""

    __slots__ = ("_at", "_node")

    def __init__(self, node: _door.Node, at: str) -> None:
        """Wrap an element; `XmlDocument` does."""
        self._node = node
        self._at = at

    @property
    def name(self) -> str:
        """``{namespace}local``."""
        tag: str = self._node.tag
        return tag

    @property
    def is_root(self) -> bool:
        """Whether it is the whole document's element."""
        return self._node.getparent() is None

    @property
    def is_below_root(self) -> bool:
        """Whether it is a child of the whole document's element."""
        above = self._node.getparent()
        return above is not None and above.getparent() is None

    def __eq__(self, other: object) -> bool:
        """Whether both are the same element of the same document."""
        return isinstance(other, XmlNode) and self._node is other._node

    def __hash__(self) -> int:
        """Agree with equality."""
        return hash(id(self._node))

    def __repr__(self) -> str:
        """Show nothing of the document."""
        return "<XmlNode>"

    @property
    def above(self) -> "XmlNode | None":
        """The element that it stands in, None for the outermost."""
        found = self._node.getparent()
        return None if found is None else XmlNode(found, self._at)

    @property
    def is_only_elements(self) -> bool:
        """Whether there is nothing in it but elements and white space between them."""
        texts = [self._node.text, *(each.tail for each in self._node)]
        return not any(text and text.strip(" \t\r\n") for text in texts)

    def namespace(self, prefix: str) -> str | None:
        """Return what a prefix stands for there, or None."""
        found: str | None = self._node.nsmap.get(prefix)
        return found

    def attributes(self) -> frozenset[str]:
        """Return the names of its attributes."""
        return frozenset(self._node.attrib)

    def attribute(self, name: str) -> str | None:
        """Return the attribute of that name, or None."""
        value: str | None = self._node.get(name)
        return value

    def children(self, name: str = "*") -> tuple["XmlNode", ...]:
        """Return the child elements of that name, or all of them, in order."""
        return tuple(XmlNode(each, self._at) for each in self._node.iterchildren(name))

    def named(self, name: str) -> tuple["XmlNode", ...]:
        """Return every element of that name below it, in document order."""
        found = self._node.iterdescendants(name)
        return tuple(XmlNode(each, self._at) for each in found)

    def read(self) -> XmlElement:
        """Return it as data, as `read_element` does a document.

        Raises:
            MalformedError: there is text beside elements.
        """
        return _read(self._node, above=self._at)

    def holds(self, other: "XmlNode") -> bool:
        """Whether the other is this element, or stands in it."""
        node = other._node  # noqa: SLF001 - another of its own kind
        while node is not None:
            if node is self._node:
                return True
            node = node.getparent()
        return False

    def path(self) -> tuple[int, ...]:
        """Return where it stands: the place among its siblings at each level."""
        steps, node = [], self._node
        while (above := node.getparent()) is not None:
            steps.append(above.index(node))
            node = above
        return tuple(reversed(steps))

    def canonical(
        self, form: Canonicalization, *, prefixes: tuple[str, ...] = ()
    ) -> bytes:
        """Return its canonical octets, by itself.

        `prefixes` is the InclusiveNamespaces PrefixList of the exclusive form.

        Raises:
            MalformedError: a namespace name is relative (Canonical XML 1.0 §1.3).
            UnsupportedError: in the inclusive form it would take over an attribute
                ``xml:`` from above it.
        """
        if not form.value.is_exclusive:
            self._require_own_attributes()
        return _canonical(self._node, form, prefixes=prefixes, at=self._at)

    def _require_own_attributes(self) -> None:
        for above in self._node.iterancestors():
            for name in above.attrib:
                if name.startswith(_XML_NAMES) and self._node.get(name) is None:
                    raise UnsupportedError(
                        "an attribute to take over from above",
                        at=self._at,
                        clause="Canonical XML 1.0 §2.4, 1.1 §2.4",
                    )


def _read(node: _door.Node, *, above: str) -> XmlElement:
    parts, children = [node.text or ""], []
    at = f"{above}/{local(node.tag)}"
    for each in node:
        if _door.is_element(each):
            children.append(_read(each, above=local(node.tag)))
        parts.append(each.tail or "")
    text = "".join(parts)
    require_unmixed(text, has_children=bool(children), at=at)
    held = MappingProxyType(dict(node.attrib))
    return XmlElement(node.tag, held, text, tuple(children), at)


def _canonical(
    node: _door.Node, form: Canonicalization, *, prefixes: tuple[str, ...], at: str
) -> bytes:
    is_exclusive, has_comments = form.value
    try:
        return _door.canonical(
            node, exclusive=is_exclusive, comments=has_comments, prefixes=prefixes
        )
    except _door.XmlFault:
        raise MalformedError(
            "a namespace name that is relative", at=at, clause="Canonical XML 1.0 §1.3"
        ) from None


class XmlDocument:
    """A document, parsed once; not to be shared between threads."""

    __slots__ = ("_at", "_bare", "_data", "_identifiers", "_removed", "_root")

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
        """Return the canonical octets of all of it; raises as `XmlNode.canonical`."""
        tree = self._root.getroottree()
        return _canonical(tree, form, prefixes=prefixes, at=self._at)

    def without(self, node: XmlNode) -> "XmlDocument":
        """Return a copy without that element; the text behind it stays.

        Raises:
            MalformedError: it is the root: nothing would be left.
        """
        if node.is_root:
            raise _nothing_left(self._at)
        removed = (*self._removed, node.path())
        return XmlDocument(self._data, at=self._at, removed=removed)

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
