"""The document that names every list of an issuer (Token Status List section 9.3)."""

from collections.abc import Iterable
from typing import Final

from idwallet import limits
from idwallet.codec.json import read_object, write_json
from idwallet.errors import LimitError, MalformedError, UsageError
from idwallet.trust.status_list.claims import require_text

AGGREGATION_TYPE: Final = "application/json"

_CLAUSE: Final = "Token Status List §9.3"


def write_aggregation(uris: Iterable[str]) -> bytes:
    """Return the document that names these lists, ordered by address.

    Raises:
        UsageError: there are more than `limits.STATUS_AGGREGATION_URIS`.
    """
    found = sorted(set(uris))
    if len(found) > limits.STATUS_AGGREGATION_URIS:
        raise UsageError("more status lists than one aggregation may name")
    return write_json({"status_lists": list(found)})


def read_aggregation(document: bytes) -> tuple[str, ...]:
    """Return the addresses that such a document names, each once.

    Nobody has signed it: it says where lists may be fetched, and nothing about any.

    Raises:
        LimitError: it passes `limits.STATUS_AGGREGATION_BYTES`, names more than
            `limits.STATUS_AGGREGATION_URIS` lists, or one by too long an address.
        MalformedError: it is no JSON object that has such an array.
    """
    at = "status list aggregation"
    most = limits.STATUS_AGGREGATION_BYTES
    members = read_object(document, at=at, clause=_CLAUSE, max_bytes=most)
    found = members.get("status_lists")
    if not isinstance(found, list):
        raise MalformedError("no array", at=f"{at}/status_lists", clause=_CLAUSE)
    if len(found) > limits.STATUS_AGGREGATION_URIS:
        raise LimitError("too many lists", at=f"{at}/status_lists", clause=_CLAUSE)
    where = f"{at}/status_lists"
    uris = (require_text(each, at=where, clause=_CLAUSE) for each in found)
    return tuple(dict.fromkeys(uris))
