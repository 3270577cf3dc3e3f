"""The document security store: what is added to it is evidence, and nothing else."""

import re
from typing import Final

from idwallet.codec.pdf import Ref, Value
from idwallet.documents.pades.changes.codes import Change
from idwallet.documents.pades.changes.compare import Comparison
from idwallet.documents.pades.view import Dictionary, View, same

_STREAMS: Final = frozenset({"Certs", "CRLs", "OCSPs"})
_OF_STORE: Final = _STREAMS | {"Type", "VRI"}
_OF_ONE: Final = frozenset({"Cert", "CRL", "OCSP"})
_OF_VRI: Final = _OF_ONE | {"Type", "TU", "TS"}
_NAME: Final = re.compile(r"[0-9A-Fa-f]{40}")
_OF_STREAM: Final = frozenset({"Length", "Filter", "DecodeParms", "Type"})


def compare_evidence(comparing: Comparison, old: Value, *, new: Value) -> None:
    """Compare the security stores (ISO 32000-2 12.8.4.3, EN 319 142-1 5.4.2).

    Evidence may be added, and what is no longer needed taken away; what is said of one
    signature (VRI) stays.
    """
    place = "Root/DSS"
    if same(old, new) and comparing.is_untouched(old) and _is_untouched(comparing, old):
        return
    before, after = comparing.old.dictionary(old), comparing.new.dictionary(new)
    kept = comparing.new.dictionary(after.get("VRI"))
    is_fine = (
        new is not None
        and _is_store(comparing.new, after)
        and all(
            same(value, kept.get(key))
            for key, value in comparing.old.dictionary(before.get("VRI")).items()
        )
    )
    comparing.say(
        Change.EVIDENCE_ADDED if is_fine else Change.EVIDENCE_MALFORMED, place
    )


def _is_untouched(comparing: Comparison, value: Value) -> bool:
    """Say whether the store itself, which others stop at, is the same."""
    if not isinstance(value, Ref):
        return True
    entries = comparing.old.dictionary(value)
    return value.number not in comparing.touched and comparing.is_untouched(entries)


def _is_store(view: View, entries: Dictionary) -> bool:
    if not entries.keys() <= _OF_STORE:
        return False
    vri = view.dictionary(entries.get("VRI"))
    return (
        _are_streams(view, entries, keys=_STREAMS)
        and all(
            _is_about_one(view, value)
            for key, value in vri.items()
            if key != "Type" or value != "VRI"
        )
        and all(_NAME.fullmatch(key) for key in vri if key != "Type")
    )


def _is_about_one(view: View, value: Value) -> bool:
    found = view.resolve(value)
    if not isinstance(found, dict) or not found.keys() <= _OF_ONE | {
        "Type",
        "TU",
        "TS",
    }:
        return False
    return _are_streams(view, found, keys=_OF_ONE) and (
        "TS" not in found or _is_stream(view, found["TS"])
    )


def _are_streams(view: View, entries: Dictionary, *, keys: frozenset[str]) -> bool:
    return all(
        _is_stream(view, each) for key in keys for each in view.array(entries.get(key))
    )


def _is_stream(view: View, value: Value) -> bool:
    """Say whether a value is a stream that holds its octets itself (7.3.8)."""
    if not isinstance(value, Ref):
        return False
    found = view.get(value)
    return (
        found.data is not None
        and isinstance(found.value, dict)
        and found.value.keys() <= _OF_STREAM
    )
