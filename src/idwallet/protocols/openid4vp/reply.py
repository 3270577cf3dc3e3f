"""What a verifier says to an answer, and where it sends the person (section 8.2)."""

import re
from dataclasses import dataclass
from typing import Final

from idwallet import limits
from idwallet.codec.web import read_web_address
from idwallet.errors import LimitError, MalformedError
from idwallet.protocols.http import (
    FORM,
    JSON,
    HttpRequest,
    HttpResponse,
    json_response,
)
from idwallet.protocols.openid4vp.response import ACCEPTANCE_BODY, REFUSAL_BODY

_CLAUSE: Final = "OpenID4VP 1.0 §8.2"
_OK: Final = 200
_BAD: Final = 400

# RFC 8252 section 7.1: a scheme of an app is a domain name turned round, so that it
# holds a dot. No browser has one of its own that does (javascript, data, intent, ...).
_APP: Final = re.compile(
    r"[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:[A-Za-z0-9\-._~!$&'()*+,;=:@/?#%]*",
    re.ASCII | re.IGNORECASE,
)
_FRAGMENT: Final = re.compile(r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*")


@dataclass(frozen=True, slots=True, repr=False)
class VerifierReply:
    """Whether the verifier took the answer, and where the person goes on.

    Open `redirect_uri` on this device, in the browser that the person came from: it
    proves to the verifier that it was here that the request began (section 14.2). None
    where there is nothing to open.
    """

    is_taken: bool
    redirect_uri: str | None = None

    def __repr__(self) -> str:
        """Show nothing of the address: it holds a secret."""
        return f"VerifierReply(is_taken={self.is_taken})"


def answer_request(address: str, body: str) -> HttpRequest:
    """Return an answer as it is posted: a form, without a word of the wallet."""
    return HttpRequest("POST", address, (("Content-Type", FORM),), body.encode())


def read_reply(response: HttpResponse) -> VerifierReply:
    """Read what a verifier says to an answer.

    Any other status than 200 is a refusal, of which nothing else is read. A redirect by
    status is one as well: a wallet follows none from where it posts answers.

    Raises:
        MalformedError: it took the answer and says so in another way than the standard
            has it, or sends the person to what is neither ``https`` nor an app.
        LimitError: the address is longer than `limits.URI_CHARACTERS`.
    """
    if response.status != _OK:
        return VerifierReply(is_taken=False)
    uri = response.json(at="reply").get("redirect_uri")
    if uri is None:
        return VerifierReply(is_taken=True)
    if not isinstance(uri, str):
        raise MalformedError("no string", at="/redirect_uri", clause=_CLAUSE)
    _require_opens(uri)
    return VerifierReply(is_taken=True, redirect_uri=uri)


def _require_opens(uri: str) -> None:
    """Return only if it opens a page over TLS, or an app by a scheme of its own."""
    at = "/redirect_uri"
    if len(uri) > limits.URI_CHARACTERS:
        raise LimitError("too long", at=at, clause=_CLAUSE)
    if _APP.fullmatch(uri) is not None:
        return
    address, _, fragment = uri.partition("#")
    if read_web_address(address, at=at).scheme != "https":
        raise MalformedError("neither https nor an app", at=at, clause=_CLAUSE)
    if _FRAGMENT.fullmatch(fragment) is None:
        raise MalformedError("not a URI", at=at, clause="RFC 3986 §3.5")


def accepted(redirect_uri: str | None = None) -> HttpResponse:
    """Return what a verifier says to an answer that it took.

    `redirect_uri` holds a fresh secret, which the session that asked has to bring.
    """
    if redirect_uri is None:
        return HttpResponse(_OK, _HEADERS, ACCEPTANCE_BODY)
    return json_response({"redirect_uri": redirect_uri})


def refused() -> HttpResponse:
    """Return what a verifier says to every answer that it did not take."""
    return HttpResponse(_BAD, _HEADERS, REFUSAL_BODY)


_HEADERS: Final = (("Content-Type", JSON), ("Cache-Control", "no-store"))
