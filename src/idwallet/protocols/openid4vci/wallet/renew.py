"""Going on with a refresh token: for what was deferred, or to have it anew later."""

from datetime import datetime

from idwallet.codec.json import JsonObject, JsonValue
from idwallet.protocols.openid4vci.wallet.known import offer_of
from idwallet.protocols.openid4vci.wallet.progress import Phase, Progress


def refreshed_first(progress: Progress, phase: Phase, *, at: datetime) -> Progress:
    """Return the state that asks for a token first where the one at hand is over."""
    ends = progress.number("token_until")
    refresh = progress.document("token").get("refresh_token")
    if not isinstance(refresh, str) or not ends or int(at.timestamp()) < ends:
        return progress.on(phase)
    return progress.on(Phase.TOKEN, refresh=refresh, resume=phase.value)


def renewal_of(progress: Progress, configurations: tuple[str, ...]) -> Progress | None:
    """Return the state from which the same is had anew; None without a refresh token.

    Nothing of the person is in it but the token: no code, no credential, no key.
    """
    refresh = progress.document("token").get("refresh_token")
    if not isinstance(refresh, str) or not configurations:
        return None
    offer: JsonObject = {
        "credential_issuer": offer_of(progress).issuer,
        "credential_configuration_ids": list[JsonValue](configurations),
    }
    return Progress(
        Phase.ISSUER,
        {
            "offer": offer,
            "refresh": refresh,
            "dpop_nonces": progress.document("dpop_nonces"),
        },
    )
