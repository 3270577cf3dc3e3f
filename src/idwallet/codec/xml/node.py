"""Elements of documents that are kept whole; lxml's own do not come out."""

from enum import Enum
from types import MappingProxyType
from typing import Final, NamedTuple

from idwallet.codec.xml import _door
from idwallet.codec.xml.elements import XmlElement, local, require_unmixed
from idwallet.errors import MalformedError, UnsupportedError

_XML_NAMES: Final = "{http://www.w3.org/XML/1998/namespace}"


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
        return canonical_octets(self._node, form, prefixes=prefixes, at=self._at)

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


def canonical_octets(
    node: _door.Node, form: Canonicalization, *, prefixes: tuple[str, ...], at: str
) -> bytes:
    """Return the canonical octets of an element or a tree, by itself.

    Raises:
        MalformedError: a namespace name is relative (Canonical XML 1.0 §1.3).
    """
    is_exclusive, has_comments = form.value
    try:
        return _door.canonical(
            node, exclusive=is_exclusive, comments=has_comments, prefixes=prefixes
        )
    except _door.XmlFault:
        raise MalformedError(
            "a namespace name that is relative", at=at, clause="Canonical XML 1.0 §1.3"
        ) from None
