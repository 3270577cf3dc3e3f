"""Every signature and document timestamp of a file, whichever revision shows it.

A signature is found in two ways, so that none is overlooked: through the fields and
permissions of every revision, a superseded one included; and by its octets, wherever in
the file an object of its kind stands, though nothing leads to it.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec.pdf import (
    Kind,
    PdfFile,
    Ref,
    Section,
    Shallow,
    Source,
    Value,
    read_section,
    read_shallow,
)
from idwallet.documents.pades.fields import Field, read_fields
from idwallet.documents.pades.view import Dictionary, View
from idwallet.errors import LimitError, MalformedError, UnsupportedError

_MARK: Final = b"ByteRange"
_START: Final = b"startxref"
_OBJECT: Final = b"obj"
_BEFORE: Final = 65_536
_TRIES: Final = 64


class SignatureObject(NamedTuple):
    """A signature dictionary (ISO 32000-2 table 255), as it stands in the file.

    `contents` is from where to where its value of Contents stands, None where it does
    not stand in the file itself. `lock` is that of its field.
    """

    at: int
    number: int
    entries: Dictionary
    contents: tuple[int, int] | None
    field: str | None
    lock: Dictionary

    @property
    def sub_filter(self) -> str:
        """By which rules it was made; empty when it says nothing."""
        found = self.entries.get("SubFilter")
        return found if isinstance(found, str) else ""

    @property
    def is_timestamp(self) -> bool:
        """Whether it is a timestamp on the document (12.8.5)."""
        is_typed = self.entries.get("Type") == "DocTimeStamp"
        return is_typed or self.sub_filter == "ETSI.RFC3161"

    @property
    def range(self) -> list[int] | None:
        """Its ByteRange; None when that is no array of numbers."""
        found = self.entries.get("ByteRange")
        if not isinstance(found, list) or not all(type(each) is int for each in found):
            return None
        return [each for each in found if isinstance(each, int)]

    @property
    def end(self) -> int:
        """Where what it covers ends, as it says itself; else where it stands."""
        found = self.range
        return self.at if not found or len(found) < len("fo") else sum(found[-2:])


def find_signatures(file: PdfFile) -> tuple[SignatureObject, ...]:
    """Return every signature and timestamp, in the order of what they cover.

    Raises:
        MalformedError, LimitError, UnsupportedError: the newest revision cannot be
            read, or there are more than `limits.DOCUMENT_SIGNATURE_CHECKS`.
    """
    found: dict[tuple[int, int], SignatureObject] = {}
    sections = (*file.sections, *_left_out(file))
    fields = 0
    for number in range(len(file.sections)):
        view = View(file.as_of(number))
        try:
            form = read_fields(view, is_strict=False)
            fields += len(form)
            if fields > limits.PDF_FIELDS_OF_REVISIONS:
                raise LimitError(
                    "too many fields", at="document", clause="idwallet limits"
                )
            _take(found, _of_form(view, form))
        except LimitError:
            raise
        except (MalformedError, UnsupportedError):
            if number == 0:
                raise
            # An older revision that cannot be read shows nothing to anybody; what is
            # signed in it is still found by its octets.
    _take(found, _by_octets(file.source, sections))
    return tuple(sorted(found.values(), key=lambda each: (each.end, each.at)))


def _take(
    found: dict[tuple[int, int], SignatureObject], more: Iterator[SignatureObject]
) -> None:
    for each in more:
        found.setdefault((each.at, each.number), each)
        if len(found) > limits.DOCUMENT_SIGNATURE_CHECKS:
            raise LimitError(
                "too many signatures", at="document", clause="idwallet limits"
            )


def _of_form(view: View, form: dict[str, Field]) -> Iterator[SignatureObject]:
    """Yield what the fields and permissions of a revision lead to."""
    for name, field in form.items():
        value = field.entries.get("V")
        if field.is_signature and view.resolve(value) is not None:
            lock = view.dictionary(field.entries.get("Lock"))
            yield _read(view, value, field=name, lock=lock)
    for value in view.dictionary(view.catalog.get("Perms")).values():
        if isinstance(value, Ref):
            yield _read(view, value, field=None, lock={})


def _read(
    view: View, value: Value, *, field: str | None, lock: Dictionary
) -> SignatureObject:
    """Read a signature dictionary, whatever is there in place of one."""
    found = view.resolve(value)
    entries = found if isinstance(found, dict) else {}
    if not isinstance(value, Ref):
        return SignatureObject(0, 0, entries, None, field, lock)
    place = view.file.place(value.number, value.generation)
    if place is None or place.packed is not None:
        return SignatureObject(0, value.number, entries, None, field, lock)
    contents = None
    if isinstance(found, dict):
        contents = read_shallow(place.source, place.offset).spans.get(b"Contents")
    direct = {key: view.resolve(each) for key, each in entries.items()}
    return SignatureObject(place.offset, value.number, direct, contents, field, lock)


def _left_out(file: PdfFile) -> Iterator[Section]:
    """Yield the sections that no later one leads to, and that end a revision.

    Whoever has the file go on from an earlier revision takes away what came after it.
    """
    known = {each.start for each in file.sections}
    at, looked = file.source.find(_START), 0
    while at >= 0:
        looked += 1
        if looked > limits.PDF_SIGNATURE_MARKS or len(known) > limits.PDF_SECTIONS:
            raise LimitError(
                "too many revisions", at=f"byte {at}", clause="idwallet limits"
            )
        number = file.source[at + len(_START) : at + len(_START) + 24].split()[:1]
        start = int(number[0]) if number and number[0].isdigit() else 0
        if 0 < start < at and start not in known:
            known.add(start)
            # What cannot be read was a revision to nobody.
            with suppress(MalformedError, UnsupportedError):
                yield read_section(file.source, start)
        at = file.source.find(_START, at + 1)


def _by_octets(
    source: Source, sections: tuple[Section, ...]
) -> Iterator[SignatureObject]:
    """Yield the objects with a ByteRange of their own that some revision has."""
    at = source.find(_MARK)
    looked = 0
    while at >= 0:
        looked += 1
        if looked > limits.PDF_SIGNATURE_MARKS:
            raise LimitError(
                "too many signatures", at=f"byte {at}", clause="idwallet limits"
            )
        found = _around(source, sections, at=at)
        if found is not None:
            yield found
        at = source.find(_MARK, at + 1)


def _around(
    source: Source, sections: tuple[Section, ...], *, at: int
) -> SignatureObject | None:
    """Return the signature that an occurrence of its key belongs to."""
    start, tries = at, 0
    while (
        tries < _TRIES
        and (start := source.rfind(_OBJECT, max(0, at - _BEFORE), start)) >= 0
    ):
        tries += 1
        offset = start + len(_OBJECT)
        number = _number_at(source, start)
        if number is None or not _is_object(sections, number, end=start):
            continue
        try:
            shallow = read_shallow(source, offset)
            span = shallow.spans.get(_MARK)
            if span is None or not shallow.start < at < span[0] <= shallow.end:
                return None
            return _of_octets(shallow, offset, number=number)
        except (MalformedError, UnsupportedError):
            return None
    return None


def _number_at(source: Source, end: int) -> int | None:
    """Return the number of the object whose ``obj`` stands there."""
    head = source[max(0, end - 24) : end].split()
    if len(head) < len("n0") or not head[-2].isdigit() or not head[-1].isdigit():
        return None
    return int(head[-2])


def _is_object(sections: tuple[Section, ...], number: int, *, end: int) -> bool:
    """Say whether a revision has an object of that number just before an offset."""
    for section in sections:
        entry = section.entry(number)
        if (
            entry is not None
            and entry.kind is Kind.PLAIN
            and 0 < end - entry.place <= 24
        ):
            return True
    return False


def _of_octets(shallow: Shallow, offset: int, *, number: int) -> SignatureObject:
    entries = {
        key.decode("latin-1"): shallow.get(key)
        for key in shallow.spans
        if key != b"Contents"
    }
    contents = shallow.spans.get(b"Contents")
    if contents is not None:
        entries["Contents"] = shallow.get(b"Contents")
    return SignatureObject(offset, number, entries, contents, None, {})
