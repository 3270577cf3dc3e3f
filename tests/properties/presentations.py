"""Real presentations and requests for properties, and every way to look into them."""

import base64
import binascii
import re
from collections.abc import Iterator
from functools import cache
from typing import Final
from urllib.parse import unquote_plus

from idwallet.codec.json import JsonValue
from idwallet.credentials.model import Unverified, VerifiedPresentation
from idwallet.credentials.sdjwt.issue import SdJwtVc
from idwallet.crypto.seal import SealKey
from idwallet.report import Report
from idwallet.roles.presentation import evaluate_presentation
from idwallet.roles.verifier import PresentationRequest, Verifier
from idwallet.testing.draft import Draft, draft
from idwallet.testing.scene import PID, Scene
from idwallet.trust.replay import MemoryReplay

CANARY: Final = "canary-7f3a"
_ESCAPE: Final = re.compile(r"\\u([0-9a-fA-F]{4})")
_SEAL: Final = SealKey(bytes(32))
_WORD: Final = re.compile(r"[A-Za-z0-9_-]{12,}")


@cache
def scene() -> Scene:
    """The one issuer, holder and till of the properties."""
    return Scene(seed=b"idwallet TEST properties")


def judged(
    body: str | bytes, request: PresentationRequest
) -> VerifiedPresentation | Unverified:
    """Judge an answer at the scene's moment."""
    return evaluate_presentation(
        body, request=request, trust=scene().trust, at=scene().at
    )


def renewed(request: PresentationRequest) -> PresentationRequest:
    """Return the same request to a till that has seen no answer to it yet."""
    asked = request.verifier
    unseen = Verifier(
        identity=asked.identity,
        policy=asked.policy,
        replay=MemoryReplay(),
        types=asked.types,
    )
    return moved(request, unseen)


def moved(request: PresentationRequest, verifier: Verifier) -> PresentationRequest:
    """Return the same request as another verifier of that party has it."""
    return verifier.restore(request.save(_SEAL), _SEAL)


def report_on(made: Draft) -> Report:
    """Judge a draft for a till that has seen no answer yet."""
    return judged(made.response(), renewed(made.request)).report


def new_draft() -> Draft:
    """Return a presentation that passes."""
    return draft(scene())


def canary_claims() -> dict[str, JsonValue]:
    """Claims of which each value is told apart from all others."""
    return {
        "family_name": f"{CANARY}-family",
        "given_name": f"{CANARY}-given",
        "birthdate": f"{CANARY}-birth",
        "nationalities": [f"{CANARY}-nation-0", f"{CANARY}-nation-1"],
        "age_equal_or_over": {"18": True, "21": f"{CANARY}-21"},
        "address": {
            "street_address": f"{CANARY}-street",
            "locality": f"{CANARY}-locality",
            "country": f"{CANARY}-country",
        },
    }


def canary_content(**changes: object) -> SdJwtVc:
    """Content whose every claim is a canary."""
    return SdJwtVc(vct=PID, claims=canary_claims(), **changes)  # type: ignore[arg-type]  # as SdJwtVc has them


def views(text: str, *, depth: int = 4) -> Iterator[str]:
    """Yield a text and what is encoded in it: percent, JSON escapes, base64url."""
    yield text
    if not depth:
        return
    inner = {unquote_plus(text), _ESCAPE.sub(_unescaped, text)}
    inner.update(filter(None, map(_decoded, _WORD.findall(text))))
    for each in inner - {text}:
        yield from views(each, depth=depth - 1)


def _unescaped(found: re.Match[str]) -> str:
    return chr(int(found[1], 16))


def _decoded(word: str) -> str | None:
    try:
        raw = base64.urlsafe_b64decode(word + "=" * (-len(word) % 4))
    except binascii.Error:
        return None
    return raw.decode("utf-8", "replace")
