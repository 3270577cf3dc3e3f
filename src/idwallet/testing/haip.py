"""Requests and policies of HAIP 1.0, for drafts that are judged under it."""

from dataclasses import replace
from functools import cache

from idwallet.codec.json import JsonObject
from idwallet.profiles import HAIP_1_0
from idwallet.protocols.openid4vp.encryption import AnswerKey
from idwallet.testing.page_draft import PageDraft
from idwallet.testing.request_draft import RequestDraft


@cache
def answer_key() -> AnswerKey:
    """Return a test key that answers are encrypted to."""
    return AnswerKey.generate("idwallet TEST answer key")


def haip_metadata(**more: object) -> JsonObject:
    """Return metadata that names a key and both content encryptions, with `more`."""
    return {
        "vp_formats_supported": {"dc+sd-jwt": {}},
        **answer_key().public.to_metadata(),
        **more,  # type: ignore[dict-item]
    }


def under_haip(made: RequestDraft) -> None:
    """Let a wallet of HAIP 1.0 be asked, as HAIP 1.0 has it."""
    made.policy = replace(made.policy, name="wallet-haip", profile=HAIP_1_0)
    made.is_fetched = True
    made.claims = {
        **made.claims,
        "response_mode": "direct_post.jwt",
        "client_metadata": haip_metadata(),
    }


def page_under_haip(made: PageDraft) -> None:
    """Let a page ask such a wallet."""
    made.policy = replace(made.policy, name="wallet-haip", profile=HAIP_1_0)
    made.claims = {
        **made.claims,
        "response_mode": "dc_api.jwt",
        "client_metadata": haip_metadata(),
    }
