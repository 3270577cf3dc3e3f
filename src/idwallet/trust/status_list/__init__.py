"""Token status lists: read, judged and made at the scale of a nation."""

from idwallet.trust.freshness import Freshness, FreshnessRule, StaleRule
from idwallet.trust.status_list.bitmap import Effort
from idwallet.trust.status_list.evaluate import evaluate_status_list
from idwallet.trust.status_list.issue import (
    StatusListContent,
    issue_status_list,
    issue_status_list_cwt,
)
from idwallet.trust.status_list.judge import (
    ListJudgement,
    StatusReason,
    judge_status,
    read_entry,
)
from idwallet.trust.status_list.structures import (
    ListContext,
    ListFault,
    ListRefused,
    ListSource,
    StatusList,
)
from idwallet.trust.status_list.values import (
    StatusKind,
    StatusReference,
    StatusValue,
)

__all__ = [
    "Effort",
    "Freshness",
    "FreshnessRule",
    "ListContext",
    "ListFault",
    "ListJudgement",
    "ListRefused",
    "ListSource",
    "StaleRule",
    "StatusKind",
    "StatusList",
    "StatusListContent",
    "StatusReason",
    "StatusReference",
    "StatusValue",
    "evaluate_status_list",
    "issue_status_list",
    "issue_status_list_cwt",
    "judge_status",
    "read_entry",
]
