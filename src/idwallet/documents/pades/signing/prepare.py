"""A signature prepared: all of the update but what the key signs.

draft = prepare_signature(read_pdf(source), profile, signing_time=at, room=4096)
digest = draft.digest([source], name="sha256")
appended = draft.filled(message)
"""

from datetime import datetime

from idwallet.codec.pdf import PdfFile
from idwallet.documents.pades.profile import PAdES
from idwallet.documents.pades.signing.dictionary import (
    Draft,
    drafted,
    signature_dictionary,
    timestamp_dictionary,
)
from idwallet.documents.pades.signing.edits import Edits
from idwallet.documents.pades.signing.field import (
    FieldDraft,
    Target,
    find_target,
    put_field,
    sign_field,
)
from idwallet.documents.pades.signing.form import read_form
from idwallet.documents.pades.signing.locks import (
    certified,
    field_lock,
    require_allowed,
    write_references,
)
from idwallet.documents.pades.signing.objects import Objects
from idwallet.documents.pades.signing.page import find_page
from idwallet.errors import UsageError


def prepare_signature(
    file: PdfFile, profile: PAdES, *, signing_time: datetime, room: int
) -> Draft:
    """Return the update that signs a file, with room for so many octets of signature.

    Raises:
        UsageError: the field, the certification or the appearance cannot be as asked,
            or an earlier signature forbids a further one; the message says why.
        UnsupportedError: an encrypted or hybrid file, or a form of XFA.
        MalformedError, LimitError: the file is broken where it is read.
    """
    objects = Objects(file)
    form = read_form(objects)
    target = find_target(form, profile.field)
    require_allowed(objects, form, name=target.name)
    edits = Edits(objects, form)
    _require_order(edits, profile, target=target)
    lock = profile.lock
    if target.field is not None:
        reserved = field_lock(objects, target.field)
        if reserved is not None and lock is not None:
            raise UsageError("the field is reserved with a lock of its own")
        lock = reserved or lock
    number = edits.update.number()
    references = write_references(profile.certify, lock)
    body = signature_dictionary(
        profile, signing_time=signing_time, references=references, room=room
    )
    at = edits.update.put(number, body)
    sign_field(edits, target, profile=profile, value=number)
    if profile.certify is not None:
        edits.certify(number)
    return _drafted(edits, at=at, room=room)


def _require_order(edits: Edits, profile: PAdES, *, target: Target) -> None:
    form = edits.form
    if profile.certify is not None and form.signatures:
        raise UsageError("the author certifies a document before anybody signs it")
    if target.field is not None or profile.appearance is None:
        return
    if certified(edits.objects, form) is not None:
        raise UsageError(
            "a certified document shows a signature only in a field that was reserved"
        )


def prepare_timestamp(file: PdfFile, *, room: int) -> Draft:
    """Return the update that puts a document timestamp on a file (12.8.5).

    What a signature allows does not matter: timestamps may always be added (12.8.2.2).

    Raises:
        UnsupportedError: an encrypted or hybrid file, or a form of XFA.
        MalformedError, LimitError: the file is broken where it is read.
    """
    objects = Objects(file)
    form = read_form(objects)
    edits = Edits(objects, form)
    number = edits.update.number()
    at = edits.update.put(number, timestamp_dictionary(room=room))
    name = find_target(form, None).name
    page = find_page(objects, form, number=0, seen=False)
    draft = FieldDraft(name, name, None, b"/V %d 0 R" % number)
    put_field(edits, draft, page=page, seen=None)
    return _drafted(edits, at=at, room=room)


def _drafted(edits: Edits, *, at: int, room: int) -> Draft:
    edits.write()
    return drafted(edits.update.closed(), start=edits.update.start, at=at, room=room)
