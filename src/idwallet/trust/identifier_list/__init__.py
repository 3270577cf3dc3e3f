"""Identifier lists of ISO/IEC 18013-5, second edition: read, judged and made.

No edition that has been published has them: they are spoken under the profile `DRAFT`.
"""

from idwallet.trust.identifier_list.evaluate import evaluate_identifier_list
from idwallet.trust.identifier_list.issue import (
    IdentifierListContent,
    identifier_table,
    issue_identifier_list,
)
from idwallet.trust.identifier_list.judge import judge_identifier
from idwallet.trust.identifier_list.structures import (
    IdentifierList,
    IdentifierReference,
    read_identifier_reference,
)
from idwallet.trust.identifier_list.table import IdentifierTable

__all__ = [
    "IdentifierList",
    "IdentifierListContent",
    "IdentifierReference",
    "IdentifierTable",
    "evaluate_identifier_list",
    "identifier_table",
    "issue_identifier_list",
    "judge_identifier",
    "read_identifier_reference",
]
