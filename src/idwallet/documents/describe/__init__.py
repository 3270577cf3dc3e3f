"""What a document holds, told before anybody signs it.

    description = describe_document(contract)
    for each in description.findings: ...            # codes, with their places
    description.is_hostile                           # something is there to deceive

Nothing is rendered, run or fetched. `idwallet.explain` puts the codes in words.
"""

from idwallet.documents.describe.entry import describe_document
from idwallet.documents.describe.model import (
    Description,
    DocumentKind,
    EarlierSignature,
    FieldDescribed,
    Finding,
    Found,
    PageDescribed,
    Weight,
)

__all__ = [
    "Description",
    "DocumentKind",
    "EarlierSignature",
    "FieldDescribed",
    "Finding",
    "Found",
    "PageDescribed",
    "Weight",
    "describe_document",
]
