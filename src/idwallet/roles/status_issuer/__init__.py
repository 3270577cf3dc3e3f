"""Keep the status of credentials: give out places, change them, publish the lists."""

from idwallet.ports import Publication
from idwallet.roles.status_issuer.audit import AuditFault, ListAudit, Seal, audit
from idwallet.roles.status_issuer.chain import StatusChange
from idwallet.roles.status_issuer.changes import (
    INVALID,
    SUSPENDED,
    VALID,
    Why,
    set_status,
)
from idwallet.roles.status_issuer.issuer import StatusIssuer
from idwallet.roles.status_issuer.plan import StatusPlan
from idwallet.roles.status_issuer.publisher import (
    AGGREGATION,
    ListForm,
    Published,
    PublishingRules,
    StatusPublisher,
)
from idwallet.trust.status_list import StatusReference

__all__ = [
    "AGGREGATION",
    "INVALID",
    "SUSPENDED",
    "VALID",
    "AuditFault",
    "ListAudit",
    "ListForm",
    "Publication",
    "Published",
    "PublishingRules",
    "Seal",
    "StatusChange",
    "StatusIssuer",
    "StatusPlan",
    "StatusPublisher",
    "StatusReference",
    "Why",
    "audit",
    "set_status",
]
