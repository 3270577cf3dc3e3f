"""The tree of structure, which a new field of a tagged document joins (14.7, 14.8)."""

from idwallet.documents.pades.changes.codes import Change
from idwallet.documents.pades.changes.compare import Comparison


def compare_structure(comparing: Comparison, added_widgets: frozenset[int]) -> None:
    """Compare what is read aloud: only new fields for signatures may join."""
    del added_widgets
    old = comparing.old.catalog.get("StructTreeRoot")
    new = comparing.new.catalog.get("StructTreeRoot")
    comparing.require_same(
        old, new, code=Change.STRUCTURE_CHANGED, place="Root/StructTreeRoot"
    )
