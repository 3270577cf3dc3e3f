"""What the judges of a request share: the request as far as it was read."""

from typing import Final, NamedTuple

from idwallet.codec.json import JsonObject
from idwallet.crypto.keys import PublicKey
from idwallet.envelope.jws import Jws
from idwallet.protocols.openid4vp.client import ClientId
from idwallet.report import Check, CheckId, Facts, Reason, check, waiting
from idwallet.trust.signer import SignerFound

SUBJECT: Final = "request"
"""What the checks of a request are about."""


class Opened(NamedTuple):
    """A request of which carrier, token and client identifier could be read.

    `jws` is None where nobody signed it. `origin` is the page that a browser says it
    came from, None where it came another way (section A.2); `expected` are the origins
    that who signed named, None where they could not be read. `by_link` says that all of
    it stood in a link.
    """

    jws: Jws | None
    claims: JsonObject
    client: ClientId
    outer_client_id: str | None
    origin: str | None = None
    expected: tuple[str, ...] | None = None
    by_link: bool = False


class Reader(NamedTuple):
    """Who signed, as far as the key material tells.

    `more` are the checks on what says so. `attested` is the name under which `signer`
    attests them; where it is None, `signer` is who asks.
    """

    check: Check
    key: PublicKey | None
    signer: SignerFound | None
    more: tuple[Check, ...] = ()
    attested: str | None = None


def say(check_id: CheckId, reason: Reason, *, facts: Facts | None = None) -> Check:
    """Answer one question about the request."""
    return check(check_id, reason, subject=SUBJECT, facts=facts)


def wait(check_id: CheckId, waits_for: CheckId) -> Check:
    """Say that one question about the request waits for another."""
    return waiting(check_id, subject=SUBJECT, waits_for=waits_for)
