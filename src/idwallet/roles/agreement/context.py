"""What an agreement is judged with."""

from dataclasses import dataclass
from datetime import datetime

from idwallet.credentials.sdjwt.metadata import NO_TYPES, TypeMetadataSet
from idwallet.trust import policies
from idwallet.trust.anchors import TrustStore
from idwallet.trust.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementContext:
    """What an agreement is judged with.

    `policy` judges the presentations, `asker_policy` the requests. `existed_by` is a
    moment by which the file is proven to have existed, as by a timestamp on what it is
    attached to: an agreement of later than that did not happen.
    """

    trust: TrustStore
    at: datetime
    policy: Policy = policies.RETAIL
    asker_policy: Policy = policies.WALLET
    types: TypeMetadataSet = NO_TYPES
    existed_by: datetime | None = None
