"""Fields that are seen in a tagged document are part of its structure.

(ISO 14289-1 7.18.4, ISO 32000-2 14.7.5.) Each gets an element of its own, of type Form,
below the document's; what is not seen needs none.
"""

from typing import Final, NamedTuple

from idwallet.codec.pdf import Ref, Shallow, Update, edited, with_item
from idwallet.codec.pdf.lexer import malformed
from idwallet.documents.pades.signing.form import Form
from idwallet.documents.pades.signing.objects import Held, Objects
from idwallet.errors import UsageError

_DEPTH: Final = 32


class _Element(NamedTuple):
    key: int
    number: int
    body: bytes


class Structure:
    """Collects the elements of fields; writes nothing where there are none."""

    __slots__ = (
        "_elements",
        "_form",
        "_next",
        "_objects",
        "_parent",
        "_root",
        "_update",
    )

    def __init__(self, objects: Objects, form: Form, *, update: Update) -> None:
        """Begin with no elements; nothing is read before there is one."""
        self._objects = objects
        self._form = form
        self._update = update
        self._elements: list[_Element] = []
        self._root: Held | None = None
        self._parent: Held | None = None
        self._next = 0

    def key(self, widget: int, *, page: Ref) -> bytes:
        """Add the element of an annotation; return what the annotation says of it.

        In a document that is not tagged that is nothing.

        Raises:
            UsageError: the document has signatures, which cover its structure.
            MalformedError, UnsupportedError: its structure cannot be read.
        """
        if not self._form.is_tagged:
            return b""
        if self._form.signatures:
            raise UsageError(
                "in a tagged document that has signatures no field can be added to be"
                " seen: reserve the fields before the first signature"
            )
        parent = self._read()[1]
        number, key = self._update.number(), self._next
        self._next += 1
        body = (
            b"<</Type/StructElem/S/Form/P %d %d R/Pg %d %d R"
            b"/K<</Type/OBJR/Obj %d 0 R/Pg %d %d R>>>>"
        ) % (*_ref(parent), *page, widget, *page)
        self._elements.append(_Element(key, number, body))
        return b"/StructParent %d" % key

    def _read(self) -> tuple[Held, Held]:
        if self._root is None or self._parent is None:
            root = self._objects.held(self._form.catalog.entries, b"StructTreeRoot")
            if root is None or root.ref is None:
                raise malformed("no structure", at=0, clause="14.7.2")
            self._root = root
            self._parent = self._document(root)
            self._next = self._first_key(root.entries)
        return self._root, self._parent

    def _document(self, root: Held) -> Held:
        """Return the element that is the document, or the root (14.8.4.3)."""
        first = root.entries.get(b"K")
        kids = self._objects.file.resolve(first)
        if isinstance(kids, list):
            first = kids[0] if len(kids) == 1 else None
        if isinstance(first, Ref):
            element = self._objects.require(first)
            if element.raw(b"S") == b"/Document":
                return Held(element, first)
        return root

    def _first_key(self, root: Shallow) -> int:
        given = root.get(b"ParentTreeNextKey")
        if type(given) is int and given >= 0:
            return given
        tree = self._objects.held(root, b"ParentTree")
        if tree is None:
            return 0
        return 1 + max(self._keys(tree.entries, depth=0), default=-1)

    def _keys(self, node: Shallow, *, depth: int) -> list[int]:
        """Return the greatest keys of a number tree's parts (7.9.7)."""
        if depth > _DEPTH:
            raise malformed("a tree that is too deep", at=node.start, clause="7.9.7")
        found = self._objects.raw_array(node, b"Nums")[1][-2::2]
        keys = [each for each in found if type(each) is int]
        for kid in self._objects.array(node, b"Kids").items[-1:]:
            keys += self._keys(self._objects.require(kid), depth=depth + 1)
        return keys

    def write(self) -> None:
        """Write the elements, and where they belong."""
        if not self._elements:
            return
        root, parent = self._read()
        for each in self._elements:
            self._update.put(each.number, each.body)
        changes = self._tree(root.entries)
        changes[b"ParentTreeNextKey"] = b"%d" % self._next
        references = b" ".join(b"%d 0 R" % each.number for each in self._elements)
        if parent is root:
            changes |= self._with_kids(root.entries, references)
        else:
            kids = self._with_kids(parent.entries, references)
            if kids:
                self._put(parent, edited(parent.entries, kids))
        self._put(root, edited(root.entries, changes))

    def _put(self, held: Held, body: bytes) -> None:
        number, generation = _ref(held)
        self._update.put(number, body, generation=generation)

    def _with_kids(self, element: Shallow, added: bytes) -> dict[bytes, bytes]:
        given = element.get(b"K")
        raw = element.raw(b"K")
        if isinstance(given, Ref):
            target = self._objects.file.get(given).value
            if isinstance(target, list):
                array = self._objects.raw_array(element, b"K")[0]
                body = with_item(array, added)
                self._update.put(given.number, body, generation=given.generation)
                return {}
        if raw is None:
            return {b"K": b"[%b]" % added}
        if isinstance(given, list):
            return {b"K": with_item(raw, added)}
        return {b"K": b"[%b %b]" % (raw, added)}

    def _tree(self, root: Shallow) -> dict[bytes, bytes]:
        """Add the elements to the tree that leads from annotations to them (14.7.5.4).

        A tree of several nodes gets one more, so that none of the others changes.
        """
        pairs = b" ".join(
            b"%d %d 0 R" % (each.key, each.number) for each in self._elements
        )
        tree = self._objects.held(root, b"ParentTree")
        if tree is None:
            number = self._update.number()
            self._update.put(number, b"<</Nums[%b]>>" % pairs)
            return {b"ParentTree": b"%d 0 R" % number}
        if b"Kids" in tree.entries:
            number = self._update.number()
            first, last = self._elements[0].key, self._elements[-1].key
            leaf = b"<</Limits[%d %d]/Nums[%b]>>" % (first, last, pairs)
            self._update.put(number, leaf)
            return self._grown(tree, b"Kids", added=b"%d 0 R" % number)
        return self._grown(tree, b"Nums", added=pairs)

    def _grown(self, tree: Held, key: bytes, *, added: bytes) -> dict[bytes, bytes]:
        raw, _, ref = self._objects.raw_array(tree.entries, key)
        array = with_item(raw, added)
        if ref is not None:
            self._update.put(ref.number, array, generation=ref.generation)
            return {}
        body = edited(tree.entries, {key: array})
        if tree.ref is None:
            return {b"ParentTree": body}
        self._put(tree, body)
        return {}


def _ref(held: Held) -> Ref:
    if held.ref is None:
        raise malformed("a part of the structure in another", at=0, clause="14.7.2")
    return held.ref
