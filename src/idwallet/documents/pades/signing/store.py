"""The document security store: what signatures are verified with, in the file itself.

(ISO 32000-2 12.8.4.3, EN 319 142-1 5.4.2.) Each piece is a stream, none of them twice.
No VRI is written: what belongs to which signature is found by who issued what.
"""

from collections.abc import Iterable

from idwallet import limits
from idwallet.codec.pdf import PdfFile, Ref, edited, with_item
from idwallet.documents.judging.material import Material
from idwallet.documents.pades.signing.edits import Edits
from idwallet.documents.pades.signing.form import read_form
from idwallet.documents.pades.signing.objects import Held, Objects
from idwallet.errors import UsageError


def stored(file: PdfFile, material: Material) -> bytes:
    """Return the update that puts material into a file; nothing when all is there.

    Raises:
        UsageError: the store would have more than `limits.PDF_STORED` pieces.
        UnsupportedError: an encrypted or hybrid file, or a form of XFA.
        MalformedError, LimitError: the file is broken where it is read.
    """
    objects = Objects(file)
    edits = Edits(objects, read_form(objects))
    store = objects.held(edits.form.catalog.entries, b"DSS")
    given = (
        (b"Certs", material.certificates),
        (b"CRLs", material.crls),
        (b"OCSPs", material.responses),
    )
    grown = ((key, _grown(edits, store, key=key, pieces=each)) for key, each in given)
    changes = {key: array for key, array in grown if array is not None}
    if not changes:
        return b""
    if store is None:
        held = b"".join(b"/%b%b" % each for each in changes.items())
        number = edits.update.number()
        edits.update.put(number, b"<</Type/DSS%b>>" % held)
        edits.set_catalog(b"DSS", b"%d 0 R" % number)
    elif store.ref is None:
        edits.set_catalog(b"DSS", edited(store.entries, changes))
    else:
        edits.replace(store.ref, edited(store.entries, changes))
    edits.write_catalog()
    return edits.update.closed()


def _grown(
    edits: Edits, store: Held | None, *, key: bytes, pieces: Iterable[bytes]
) -> bytes | None:
    """Write what is new, and return the array of all; None where nothing is."""
    raw, there = b"[]", frozenset[bytes]()
    if store is not None:
        held = edits.objects.array(store.entries, key)
        raw, there = held.raw, _contents(edits.objects, held.items)
    new = [each for each in pieces if each not in there]
    if not new:
        return None
    if len(there) + len(new) > limits.PDF_STORED:
        raise UsageError("more evidence in a file than limits.PDF_STORED")
    added = []
    for each in new:
        number = edits.update.number()
        body = b"<</Length %d>>\nstream\n%b\nendstream" % (len(each), each)
        edits.update.put(number, body)
        added.append(b"%d 0 R" % number)
    # An array that is an object of its own stays as it is: the store names a new one.
    return with_item(raw, b" ".join(added))


def _contents(objects: Objects, items: Iterable[Ref]) -> frozenset[bytes]:
    file = objects.file
    return frozenset(file.data(file.get(each)) for each in items)
