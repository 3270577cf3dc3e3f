"""What somebody may ask for whom nobody vouches (docs/adr/0051)."""

from idwallet import limits
from idwallet.codec.text import show
from idwallet.credentials.admitted import beyond_admission
from idwallet.credentials.required import Context
from idwallet.protocols.openid4vp.attached import TRANSACTION_DATA
from idwallet.protocols.openid4vp.judging import say, wait
from idwallet.protocols.openid4vp.parameters import Parameters
from idwallet.report import Check, CheckId, Reason


def judge_stranger(
    name: str, parameters: Parameters | None, *, context: Context
) -> Check:
    """Say whether the policy lets somebody ask this for whom nobody vouches.

    `name` is what they call themselves, or the origin that a browser names.
    """
    asker, facts = CheckId.READER_AUTHORISED, {"found": show(name)}
    admitted = context.policy.unauthenticated
    if not admitted:
        return say(asker, Reason.ANONYMOUS, facts=facts)
    if parameters is None:
        return wait(asker, CheckId.REQUEST_FORMAT)
    beyond = beyond_admission(parameters.query, admitted)
    if parameters.transaction_data:
        # Claims were admitted. To agree to something with a stranger is none.
        beyond = (*beyond, TRANSACTION_DATA)
    if beyond:
        paths = beyond[: limits.REPORTED_PATHS]
        return say(asker, Reason.CLAIM_NOT_ADMITTED, facts={**facts, "paths": paths})
    return say(asker, Reason.ADMITTED_ACCEPTED, facts=facts)
