"""What is told of a document, as closed codes and numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from idwallet.documents.pades.changes.codes import FoundChange


class DocumentKind(StrEnum):
    """What a document is, by its own octets and not by its name."""

    PDF = "pdf"
    OFFICE = "office"
    """A text, table or presentation of an office program, packed as ZIP."""
    OLD_OFFICE = "old_office"
    """The same in the binary form from before 2007, which is not read here."""
    ARCHIVE = "archive"
    XML = "xml"
    HTML = "html"
    JSON = "json"
    CMS = "cms"
    """A CMS message: a signature, or a document inside of one."""
    IMAGE = "image"
    TEXT = "text"
    PROGRAM = "program"
    UNKNOWN = "unknown"


class Weight(StrEnum):
    """What a finding means to who is about to sign."""

    NOTICE = "notice"
    """Good to know: the document is as it says."""

    DOUBT = "doubt"
    """What is seen may not be all, or may not stay as it is."""

    HOSTILE = "hostile"
    """Something is there that honest documents do not have."""


class Finding(StrEnum):
    """One kind of thing that is told of a document.

    The set is closed: adding a member is a minor release. What each means stands in
    ``docs/reference/descriptions.md``.
    """

    __hash__ = str.__hash__

    # The file as a whole.
    UNREADABLE = "unreadable"
    NOT_LOOKED_INTO = "not_looked_into"
    ENCRYPTED = "encrypted"
    HYBRID = "hybrid"
    EARLIER_REVISIONS = "earlier_revisions"
    UNREACHED_OBJECTS = "unreached_objects"
    DANGLING_REFERENCE = "dangling_reference"
    CERTIFIED = "certified"
    EARLIER_SIGNATURE = "earlier_signature"
    CHANGED_SINCE_SIGNATURE = "changed_since_signature"
    FILLED_SINCE_SIGNATURE = "filled_since_signature"

    # What a document does.
    SCRIPT = "script"
    OPENING_ACTION = "opening_action"
    LAUNCHES_PROGRAM = "launches_program"
    SENDS_FORM = "sends_form"
    IMPORTS_DATA = "imports_data"
    LINK = "link"
    OTHER_DOCUMENT = "other_document"
    MEDIA = "media"
    HIDES_OR_SHOWS = "hides_or_shows"
    MACROS = "macros"
    EXECUTABLE = "executable"

    # What else is in it.
    EMBEDDED_FILE = "embedded_file"
    EMBEDDED_OBJECT = "embedded_object"
    XFA_FORM = "xfa_form"
    EXTERNAL_CONTENT = "external_content"
    ALTERNATE_IMAGE = "alternate_image"
    COMMENT = "comment"
    FILLABLE_FIELD = "fillable_field"
    RESERVED_FIELD = "reserved_field"
    DRAWN_BY_READER = "drawn_by_reader"
    FONT_NOT_EMBEDDED = "font_not_embedded"
    STYLESHEET = "stylesheet"
    TRACKED_CHANGES = "tracked_changes"
    HIDDEN_PART = "hidden_part"

    # What is there and not seen.
    LAYER = "layer"
    HIDDEN_LAYER = "hidden_layer"
    PRINTED_OTHERWISE = "printed_otherwise"
    INVISIBLE_TEXT = "invisible_text"
    WHITE_TEXT = "white_text"
    TINY_TEXT = "tiny_text"
    COVERED_TEXT = "covered_text"
    OFF_PAGE = "off_page"
    HIDDEN_ANNOTATION = "hidden_annotation"
    ANNOTATION_OVER_CONTENT = "annotation_over_content"
    MISLEADING_TEXT = "misleading_text"


_N, _D, _H = Weight.NOTICE, Weight.DOUBT, Weight.HOSTILE
_F: Final = Finding

WEIGHTS: Final[Mapping[Finding, Weight]] = MappingProxyType(
    {
        _F.UNREADABLE: _H,
        _F.NOT_LOOKED_INTO: _D,
        _F.ENCRYPTED: _D,
        _F.HYBRID: _D,
        _F.EARLIER_REVISIONS: _N,
        _F.UNREACHED_OBJECTS: _D,
        _F.DANGLING_REFERENCE: _D,
        _F.CERTIFIED: _N,
        _F.EARLIER_SIGNATURE: _N,
        _F.CHANGED_SINCE_SIGNATURE: _H,
        _F.FILLED_SINCE_SIGNATURE: _D,
        _F.SCRIPT: _H,
        _F.OPENING_ACTION: _D,
        _F.LAUNCHES_PROGRAM: _H,
        _F.SENDS_FORM: _H,
        _F.IMPORTS_DATA: _H,
        _F.LINK: _N,
        _F.OTHER_DOCUMENT: _D,
        _F.MEDIA: _D,
        _F.HIDES_OR_SHOWS: _H,
        _F.MACROS: _H,
        _F.EXECUTABLE: _H,
        _F.EMBEDDED_FILE: _D,
        _F.EMBEDDED_OBJECT: _D,
        _F.XFA_FORM: _D,
        _F.EXTERNAL_CONTENT: _H,
        _F.ALTERNATE_IMAGE: _H,
        _F.COMMENT: _D,
        _F.FILLABLE_FIELD: _D,
        _F.RESERVED_FIELD: _N,
        _F.DRAWN_BY_READER: _D,
        _F.FONT_NOT_EMBEDDED: _N,
        _F.STYLESHEET: _D,
        _F.TRACKED_CHANGES: _D,
        _F.HIDDEN_PART: _D,
        _F.LAYER: _N,
        _F.HIDDEN_LAYER: _H,
        _F.PRINTED_OTHERWISE: _H,
        _F.INVISIBLE_TEXT: _D,
        _F.WHITE_TEXT: _H,
        _F.TINY_TEXT: _H,
        _F.COVERED_TEXT: _H,
        _F.OFF_PAGE: _D,
        _F.HIDDEN_ANNOTATION: _D,
        _F.ANNOTATION_OVER_CONTENT: _H,
        _F.MISLEADING_TEXT: _H,
    }
)
"""What each finding means to a signer."""


class Found(NamedTuple):
    """One finding, and where: a page, a field, a part of a container, or ``document``.

    `place` may hold names from the document: it is shown with care.
    """

    code: Finding
    place: str

    @property
    def weight(self) -> Weight:
        """What it means to who is about to sign."""
        return WEIGHTS[self.code]


class PageDescribed(NamedTuple):
    """One page: its size in points (1/72 inch) as it is shown, and what is on it."""

    number: int
    width: float
    height: float
    has_text: bool
    has_images: bool
    annotations: int


class FieldDescribed(NamedTuple):
    """One field of a form: `kind` is as the document has it (Tx, Btn, Ch, Sig)."""

    name: str
    kind: str
    is_filled: bool


class EarlierSignature(NamedTuple):
    """A signature or timestamp that is there already.

    Nothing of it is verified here: `signer` is who its certificate names, as text that
    anybody could have written. `covers_revision` says whether it covers a whole
    revision, `changes` what changed since.
    """

    field: str
    signer: str
    is_timestamp: bool
    covers_revision: bool
    is_certification: bool
    changes: tuple[FoundChange, ...]


@dataclass(frozen=True, slots=True)
class Description:
    """What a document holds. `sha256` is in hexadecimal, `size` in octets."""

    kind: DocumentKind
    size: int
    sha256: str
    findings: tuple[Found, ...] = ()
    pages: tuple[PageDescribed, ...] = ()
    fields: tuple[FieldDescribed, ...] = ()
    signatures: tuple[EarlierSignature, ...] = ()

    @property
    def is_hostile(self) -> bool:
        """Whether something is there that honest documents do not have."""
        return any(each.weight is Weight.HOSTILE for each in self.findings)

    @property
    def weight(self) -> Weight:
        """The gravest that was found."""
        found = {each.weight for each in self.findings}
        return next((e for e in (_H, _D) if e in found), _N)

    def codes(self) -> frozenset[Finding]:
        """Return which findings there are, wherever."""
        return frozenset(each.code for each in self.findings)
