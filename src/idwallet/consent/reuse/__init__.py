"""How often one copy of a credential may be shown, and which one is shown next."""

from idwallet.consent.reuse.policy import (
    ONCE_ONLY,
    ReuseMethod,
    ReusePolicy,
    WhenEmpty,
    read_reuse_policy,
)
from idwallet.consent.reuse.state import (
    BatchState,
    Copy,
    Pick,
    RefillHint,
    RefillReason,
    new_batch_state,
    read_batch_state,
)

__all__ = [
    "ONCE_ONLY",
    "BatchState",
    "Copy",
    "Pick",
    "RefillHint",
    "RefillReason",
    "ReuseMethod",
    "ReusePolicy",
    "WhenEmpty",
    "new_batch_state",
    "read_batch_state",
    "read_reuse_policy",
]
