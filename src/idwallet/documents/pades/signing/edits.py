"""What an update changes beside the signature: form, pages, catalog, structure.

Everything is collected and written once; values that stay are copied as they stand, and
an object that changes in nothing is not written.
"""

from typing import Final

from idwallet.codec.pdf import Ref, Shallow, Update, edited, with_item
from idwallet.documents.pades.signing.form import Form
from idwallet.documents.pades.signing.objects import Objects
from idwallet.documents.pades.signing.page import PageHeld
from idwallet.documents.pades.signing.structure import Structure

_SIGNATURES: Final = 3
"""Signatures are there, and whoever writes has to append (12.7.3, table 225)."""


class Edits:
    """Collects what changes; `update` is where it is written."""

    __slots__ = (
        "_catalog",
        "_fields",
        "_pages",
        "form",
        "objects",
        "structure",
        "update",
    )

    def __init__(self, objects: Objects, form: Form) -> None:
        """Begin with nothing."""
        self.objects = objects
        self.form = form
        self.update = Update(objects.file)
        self.structure = Structure(objects, form, update=self.update)
        self._catalog: dict[bytes, bytes] = {}
        self._fields: list[bytes] = []
        self._pages: dict[Ref, tuple[PageHeld, list[bytes]]] = {}

    def add_field(self, number: int, *, page: PageHeld) -> None:
        """Add a field, which is its own annotation on a page."""
        reference = b"%d 0 R" % number
        self._fields.append(reference)
        self._pages.setdefault(page.ref, (page, []))[1].append(reference)

    def certify(self, number: int) -> None:
        """Let the catalog say which signature is the author's (12.8.6)."""
        reference = b"%d 0 R" % number
        permissions = self.objects.held(self.form.catalog.entries, b"Perms")
        if permissions is None:
            self._catalog[b"Perms"] = b"<</DocMDP %b>>" % reference
            return
        body = edited(permissions.entries, {b"DocMDP": reference})
        if permissions.ref is None:
            self._catalog[b"Perms"] = body
        else:
            self.replace(permissions.ref, body)

    def set_catalog(self, key: bytes, value: bytes) -> None:
        """Give the catalog another value of a key."""
        self._catalog[key] = value

    def replace(self, ref: Ref, body: bytes) -> None:
        """Write an object anew."""
        self.update.put(ref.number, body, generation=ref.generation)

    def write(self) -> None:
        """Write all that was collected."""
        for page, added in self._pages.values():
            self._write_page(page, added)
        self._write_form()
        self.structure.write()
        self.write_catalog()

    def write_catalog(self) -> None:
        """Write what changes in the catalog alone."""
        if self._catalog:
            catalog = self.form.catalog
            body = edited(catalog.entries, self._catalog)
            # The trailer names the catalog by a reference, as the reader saw to.
            self.replace(catalog.ref or Ref(0, 0), body)

    def _write_page(self, page: PageHeld, added: list[bytes]) -> None:
        raw, _, ref = self.objects.raw_array(page.entries, b"Annots")
        array = with_item(raw, b" ".join(added))
        changes: dict[bytes, bytes] = {}
        if ref is None:
            changes[b"Annots"] = array
        else:
            self.replace(ref, array)
        if self._must_order(page.entries):
            changes[b"Tabs"] = b"/S"
        if changes:
            self.replace(page.ref, edited(page.entries, changes))

    def _must_order(self, page: Shallow) -> bool:
        """Say whether the page has to have its annotations in order of its structure.

        (ISO 14289-1 7.18.3.) Under a signature it may not be changed any more.
        """
        return self.form.is_tagged and b"Tabs" not in page and not self.form.signatures

    def _write_form(self) -> None:
        acroform = self.form.acroform
        if acroform is None:
            number = self.update.number()
            fields = b" ".join(self._fields)
            body = b"<</Fields[%b]/SigFlags %d>>" % (fields, _SIGNATURES)
            self.update.put(number, body)
            self._catalog[b"AcroForm"] = b"%d 0 R" % number
            return
        changes = self._form_changes(acroform.entries)
        if not changes:
            return
        body = edited(acroform.entries, changes)
        if acroform.ref is None:
            self._catalog[b"AcroForm"] = body
        else:
            self.replace(acroform.ref, body)

    def _form_changes(self, form: Shallow) -> dict[bytes, bytes]:
        changes: dict[bytes, bytes] = {}
        if self._fields:
            raw, _, ref = self.objects.raw_array(form, b"Fields")
            array = with_item(raw, b" ".join(self._fields))
            if ref is None:
                changes[b"Fields"] = array
            else:
                self.replace(ref, array)
        given = form.get(b"SigFlags")
        flags = given if type(given) is int else 0
        if flags & _SIGNATURES != _SIGNATURES and not self.form.signatures:
            changes[b"SigFlags"] = b"%d" % (flags | _SIGNATURES)
        return changes
