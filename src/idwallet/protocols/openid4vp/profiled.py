"""What a request may do under a profile: asked of it in one place, by both sides.

A wallet refuses what is outside, a verifier does not ask it. Who signed, and with which
chain, is judged where the signer is known.
"""

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final, NamedTuple

from idwallet.codec.text import show
from idwallet.credentials.query import Query
from idwallet.errors import UsageError
from idwallet.profiles import EU_AGE_1, HAIP_1_0, Profile, ProfileRule
from idwallet.protocols.openid4vp.client import ClientId
from idwallet.protocols.openid4vp.encryption import EncryptTo
from idwallet.protocols.openid4vp.message import RequestMessage
from idwallet.protocols.openid4vp.mode import ResponseMode

_VP: Final = "OpenID4VP 1.0"


class _Clauses(NamedTuple):
    """Where a profile says which of these it takes."""

    prefix: str
    by_value: str
    by_link: str
    by_page: str
    formats: str
    encryption: str


_OWN: Final = _Clauses(
    f"{_VP} section 5.9.3",
    f"{_VP} section 5",
    f"{_VP} section 8.2",
    f"{_VP} section A.2",
    f"{_VP} section B",
    f"{_VP} section 8.3",
)
_CLAUSES: Final = MappingProxyType(
    {
        HAIP_1_0.name: _Clauses(
            "HAIP 1.0 section 5",
            "HAIP 1.0 section 5.1",
            "HAIP 1.0 section 5.1",
            "HAIP 1.0 section 5.2",
            "HAIP 1.0 section 5.3",
            "HAIP 1.0 section 5",
        ),
        EU_AGE_1.name: _Clauses(
            "EU age verification, Annex A.5",
            "EU age verification, Annex A.5",
            "EU age verification, Annex A.5",
            "EU age verification, Annex A.5",
            "EU age verification, Annex A.3",
            "EU age verification, Annex A.5",
        ),
    }
)


class Ask(NamedTuple):
    """What of a request a profile has a word on."""

    client: ClientId
    mode: ResponseMode
    query: Query
    encryption: EncryptTo | None


class Outside(NamedTuple):
    """What of a request its profile does not take: `what` ends with the clause."""

    what: str
    at: str


def outside_by_name(client: ClientId, profile: Profile) -> Outside | None:
    """Return what speaks against a client identifier of that kind, if anything."""
    prefix = client.prefix.value
    if prefix in profile.request_prefixes:
        return None
    clause = _clauses(profile).prefix
    return Outside(f"client identifier prefix {prefix} ({clause})", "/client_id")


def outside_by_way(*, by_link: bool, profile: Profile) -> Outside | None:
    """Return what speaks against the way in which a signed request came, if anything.

    `by_link` says that all of it stood in a link.
    """
    if not by_link or ProfileRule.BY_REFERENCE not in profile.rules:
        return None
    clause = _clauses(profile).by_value
    return Outside(f"a request by value in a link ({clause})", "request")


def message_of(raw: str, client_id: str, *, profile: Profile) -> RequestMessage:
    """Return a request on its way to wallets of that profile.

    One that nobody signed cannot be fetched: a link is the way it has.
    """
    by_value = ProfileRule.BY_REFERENCE not in profile.rules or raw.startswith("{")
    return RequestMessage(raw, client_id, in_links=by_value)


def outside_profile(ask: Ask, profile: Profile) -> Outside | None:
    """Return the first thing that a profile does not take of what is asked."""
    return next(_outside(ask, profile), None)


def require_within(ask: Ask, profile: Profile) -> None:
    """Return only if wallets of that profile take such a request.

    Raises:
        UsageError: they do not; the text names the clause.
    """
    found = outside_by_name(ask.client, profile)
    found = found or outside_profile(ask, profile)
    if found is not None:
        raise UsageError(f"outside of the profile {profile.name}: {found.what}")


def _outside(ask: Ask, profile: Profile) -> Iterator[Outside]:
    clauses, mode = _clauses(profile), ask.mode
    if mode.value not in profile.response_modes:
        clause = clauses.by_page if mode.is_of_page else clauses.by_link
        yield Outside(f"response mode {mode.value} ({clause})", "/response_mode")
    for number, each in enumerate(ask.query.credentials):
        if profile.formats and each.format not in profile.formats:
            at = f"/dcql_query/credentials/{number}/format"
            yield Outside(f"format {show(each.format)} ({clauses.formats})", at)
    encryption = ask.encryption
    if encryption is None:
        return
    curve = encryption.key.kind.name
    if profile.encryption_curves and curve not in profile.encryption_curves:
        what = f"a key on {curve} ({clauses.encryption})"
        yield Outside(what, "/client_metadata/jwks")
    named = {each.value for each in encryption.contents}
    missing = sorted(profile.contents_named - named)
    if missing:
        yield Outside(
            f"{missing[0]} is not named ({clauses.encryption})",
            "/client_metadata/encrypted_response_enc_values_supported",
        )


def _clauses(profile: Profile) -> _Clauses:
    return _CLAUSES.get(profile.name, _OWN)
