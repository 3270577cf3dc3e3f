"""The closed set of changes that are told of a PDF file after it was signed."""

from enum import StrEnum
from typing import NamedTuple


class Change(StrEnum):
    """One kind of change between a signed revision and a later one.

    What each means and when it is allowed stands in ``docs/reference/descriptions.md``.
    """

    __hash__ = str.__hash__

    # What changes nothing that anybody sees, and what evidence is made of.
    EVIDENCE_ADDED = "evidence_added"
    """Certificates, CRLs, OCSP responses (EN 319 142-1 5.4.2)."""
    TIMESTAMP_ADDED = "timestamp_added"
    """A timestamp on the whole document (ISO 32000-2 12.8.5)."""
    METADATA_DATED = "metadata_dated"
    """When and by which program the file was last written."""
    VERSION_RAISED = "version_raised"
    """The version of PDF, or the extensions used, were named."""

    # Further signatures.
    SIGNATURE_ADDED = "signature_added"
    """A signature in a field that was there, where the author put it."""
    SIGNATURE_FIELD_ADDED = "signature_field_added"
    """A field for a signature that nobody sees."""
    VISIBLE_FIELD_ADDED = "visible_field_added"
    """A field for a signature that is seen, over nothing else."""
    CONTENT_COVERED = "content_covered"
    """A new field for a signature that is seen over text, an image or another field."""

    # Forms and annotations.
    FORM_FILLED = "form_filled"
    """A field that was empty has a value."""
    FORM_OVERWRITTEN = "form_overwritten"
    """A field that had a value has another one, or none."""
    LOCKED_FIELD_CHANGED = "locked_field_changed"
    """The same, of a field that a signature locked (12.8.2.4)."""
    FIELD_APPEARANCE_CHANGED = "field_appearance_changed"
    """A field looks otherwise, and its value is the same."""
    ANNOTATION_ADDED = "annotation_added"
    ANNOTATION_CHANGED = "annotation_changed"
    ANNOTATION_REMOVED = "annotation_removed"

    # What nobody may change after a signature.
    PAGE_ADDED = "page_added"
    PAGE_REMOVED = "page_removed"
    PAGE_CHANGED = "page_changed"
    """What a page shows, its size, or what it is made of."""
    FIELD_ADDED = "field_added"
    """A field that is not for a signature."""
    FIELD_CHANGED = "field_changed"
    """A field's place, kind, flags or actions."""
    FIELD_REMOVED = "field_removed"
    FORM_CHANGED = "form_changed"
    """What is said of all fields: their fonts, their order, XFA."""
    SIGNATURE_CHANGED = "signature_changed"
    """A signature, or its dictionary, was replaced."""
    SIGNATURE_REMOVED = "signature_removed"
    SIGNATURE_APPEARANCE_CHANGED = "signature_appearance_changed"
    PERMISSIONS_CHANGED = "permissions_changed"
    """Who certified the document, and what is allowed (12.8.6)."""
    LAYERS_CHANGED = "layers_changed"
    """Which optional content there is, and which is shown (8.11)."""
    NAMES_CHANGED = "names_changed"
    """Scripts, embedded files and destinations by name (7.7.4)."""
    ACTIONS_CHANGED = "actions_changed"
    """What is done when the document is opened, printed or closed (12.6.3)."""
    STRUCTURE_CHANGED = "structure_changed"
    """What is read aloud, and in which order (14.7)."""
    METADATA_CHANGED = "metadata_changed"
    """Title, author or any other property of the document (14.3)."""
    EVIDENCE_MALFORMED = "evidence_malformed"
    """What stands where evidence does is none."""
    CATALOG_CHANGED = "catalog_changed"
    """Anything else that the catalog names (7.7.2)."""
    CATALOG_REPLACED = "catalog_replaced"
    """Another object became the catalog."""
    TRAILER_CHANGED = "trailer_changed"
    """The identifier, encryption, or another entry of the trailer (7.5.5)."""
    OBJECTS_SWAPPED = "objects_swapped"
    """A stream that holds other objects was replaced (7.5.7)."""
    HYBRID_ADDED = "hybrid_added"
    """A cross-reference table that hides objects from some readers (7.5.8.4)."""
    OCTETS_ADDED = "octets_added"
    """Something behind the end of the last revision."""


class FoundChange(NamedTuple):
    """One change, and where: a page, a field, or a path from the catalog."""

    code: Change
    place: str
