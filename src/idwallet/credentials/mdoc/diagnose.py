"""Which input of a session transcript differs, where a device's proof does not hold.

A proof covers a digest of the transcript: that it does not verify says nothing of why.
So each input is tried as other wallets are known to have it. What is found here never
makes a proof good; it only tells an integrator where to look.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from idwallet.codec import b64
from idwallet.credentials.mdoc.transcript import (
    DcApiHandover,
    Handover,
    RedirectHandover,
)

# OpenID4VP 1.0 5.9.3, and what stood there in its drafts.
_PREFIXES: Final = (
    "x509_san_dns:",
    "x509_hash:",
    "redirect_uri:",
    "verifier_attestation:",
    "decentralized_identifier:",
    "openid_federation:",
    "x509_san_uri:",
    "origin:",
    "web-origin:",
)


def variants(handover: Handover) -> Iterator[tuple[str, Handover]]:
    """Yield the handovers that differ in one input, each with what differs."""
    if isinstance(handover, RedirectHandover):
        yield from _of_redirect(handover)
    elif isinstance(handover, DcApiHandover):
        yield from _of_dc_api(handover)


def _of_redirect(handover: RedirectHandover) -> Iterator[tuple[str, Handover]]:
    for client_id in _client_ids(handover.client_id):
        yield "client_id", replace(handover, client_id=client_id)
    for nonce in _texts(handover.nonce):
        yield "nonce", replace(handover, nonce=nonce)
    for uri in _uris(handover.response_uri):
        yield "response_uri", replace(handover, response_uri=uri)
    for thumbprint in _thumbprints(handover.thumbprint):
        yield "thumbprint", replace(handover, thumbprint=thumbprint)
    for thumbprint in (handover.thumbprint, None):
        for origin in (_origin(handover.response_uri), handover.client_id):
            other = DcApiHandover(origin, handover.nonce, thumbprint)
            yield "handover", other


def _of_dc_api(handover: DcApiHandover) -> Iterator[tuple[str, Handover]]:
    for origin in (f"{handover.origin}/", f"origin:{handover.origin}"):
        yield "origin", replace(handover, origin=origin)
    for nonce in _texts(handover.nonce):
        yield "nonce", replace(handover, nonce=nonce)
    for thumbprint in _thumbprints(handover.thumbprint):
        yield "thumbprint", replace(handover, thumbprint=thumbprint)
    for client_id in (handover.origin, f"web-origin:{handover.origin}"):
        other = RedirectHandover(
            client_id, handover.nonce, handover.origin, handover.thumbprint
        )
        yield "handover", other


def _client_ids(client_id: str) -> Iterator[str]:
    _, colon, bare = client_id.partition(":")
    name = bare if colon else client_id
    yield name
    for prefix in _PREFIXES:
        if prefix + name != client_id:
            yield prefix + name


def _uris(uri: str) -> Iterator[str]:
    yield uri.removesuffix("/") if uri.endswith("/") else f"{uri}/"
    parts = urlsplit(uri)
    if parts.query:
        yield parts._replace(query="").geturl()
    yield _origin(uri)
    yield ""


def _origin(uri: str) -> str:
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"


def _texts(text: str) -> Iterator[str]:
    yield b64.encode(text.encode())
    yield text.rstrip("=")
    yield ""


def _thumbprints(thumbprint: bytes | None) -> Iterator[bytes | None]:
    if thumbprint is None:
        yield b""
        return
    yield None
    yield b64.encode(thumbprint).encode()
    yield thumbprint.hex().encode()
