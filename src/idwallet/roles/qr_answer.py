"""Answers that come as a QR code: one compact credential, and nothing around it."""

from typing import Final

from idwallet.codec import b64
from idwallet.codec.qr_text import QrKind, is_qr_text, read_qr_text
from idwallet.credentials.compact.structures import read_proof
from idwallet.credentials.model import Format
from idwallet.credentials.query import CredentialQuery
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.protocols.openid4vp.response import write_response
from idwallet.roles.verifier import PresentationRequest

_MARK: Final = b"IDW"


def out_of_qr(response: str | bytes, *, request: PresentationRequest) -> str | bytes:
    """Return the body that a QR code stands for; whatever is none comes back as it is.

    A proof is put where the query for its type stands, with the state of the request:
    it holds no state, for its holder signed the request's nonce, which is that and
    more. A code that cannot be read comes back as it is, and is judged as such.
    """
    if isinstance(response, bytes):
        if not response.startswith(_MARK):
            return response
        response = response.decode("latin-1")
    if not is_qr_text(response):
        return response
    try:
        found = read_qr_text(response, at="response")
    except (MalformedError, UnsupportedError):
        return response
    if found.kind is QrKind.ANSWER:
        return found.octets
    if found.kind is not QrKind.PROOF or not found.octets:
        return response
    asked = _asked_for(found.octets, request)
    return write_response({asked.id: [b64.encode(found.octets)]}, state=request.state)


def _asked_for(octets: bytes, request: PresentationRequest) -> CredentialQuery:
    asked = request.query.credentials
    compact = [each for each in asked if each.format == Format.COMPACT]
    try:
        kind = read_proof(octets, at="response").credential.type
    except (MalformedError, UnsupportedError):
        kind = ""  # what is wrong with it is said when it is judged
    fitting = [each for each in compact if kind in each.types]
    return next(iter((*fitting, *compact, *asked)))
