"""Which input of a session transcript differs, where a device's proof does not hold.

A proof covers a digest of the transcript: that it does not verify says nothing of why.
So each input is tried as other wallets are known to have it. What is found here never
makes a proof good; it only tells an integrator where to look.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Final
from urllib.parse import SplitResult, urlsplit

from idwallet.codec import b64
from idwallet.codec.cbor import CborTag, CborValue, read_cbor, write_cbor
from idwallet.credentials.mdoc.members import ENCODED_CBOR
from idwallet.credentials.mdoc.transcript import (
    DcApiHandover,
    Handover,
    IsoDcApiHandover,
    KnownTranscript,
    NfcHandover,
    QrHandover,
    RedirectHandover,
    ReverseHandover,
    tagged,
)
from idwallet.errors import MalformedError, UnsupportedError

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
    elif isinstance(handover, IsoDcApiHandover):
        yield from _of_iso_dc_api(handover)
    elif isinstance(handover, NfcHandover):
        yield from _of_nfc(handover)
    elif isinstance(handover, QrHandover):
        yield from _of_engagement(handover.engagement, handover.reader_key, told=None)
    elif isinstance(handover, ReverseHandover):
        yield from _of_reverse(handover)


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
    for origin in _origins(handover.origin):
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


def _of_iso_dc_api(handover: IsoDcApiHandover) -> Iterator[tuple[str, Handover]]:
    info = handover.encryption_info
    for origin in _origins(handover.origin):
        yield "origin", replace(handover, origin=origin)
    for text in (info.rstrip("="), info + "=" * (-len(info) % 4), ""):
        if text != info:
            yield "encryption_info", replace(handover, encryption_info=text)
    nonce = _nonce_of(info)
    if nonce is not None:
        yield "handover", DcApiHandover(handover.origin, b64.encode(nonce))


def _nonce_of(info: str) -> bytes | None:
    """Return the nonce inside of EncryptionInfo, None where there is none."""
    try:
        _, parameters = _listed(read_cbor(b64.decode(info, at=""), at=""))
    except (MalformedError, UnsupportedError, ValueError):
        return None
    nonce = parameters.get("nonce") if isinstance(parameters, dict) else None
    return nonce if isinstance(nonce, bytes) else None


def _listed(value: CborValue) -> list[CborValue]:
    return value if isinstance(value, list) else []


def _of_nfc(handover: NfcHandover) -> Iterator[tuple[str, Handover]]:
    engagement, reader_key = handover.engagement, handover.reader_key
    yield "handover", QrHandover(engagement, reader_key)
    select, request = handover.select, handover.request
    if request is None:
        yield "request", replace(handover, request=b"")
    else:
        yield "request", replace(handover, request=None)
        yield "select", replace(handover, select=request, request=select)
    told: CborValue = [select, request]
    yield from _of_engagement(engagement, reader_key, told=told)


def _of_reverse(handover: ReverseHandover) -> Iterator[tuple[str, Handover]]:
    engagement, reader_key = handover.engagement, handover.reader_key
    yield "handover", QrHandover(engagement, reader_key)
    own, key = CborTag(ENCODED_CBOR, engagement), CborTag(ENCODED_CBOR, reader_key)
    shown = tagged(handover.shown)
    # Drafts had a digest there, and some leave the tag out.
    for other in (handover.shown, hashlib.sha256(shown).digest()):
        yield "reader_engagement", _known(own, key, other)
    for rewritten in _rewritten(handover.shown):
        yield "reader_engagement", _known(own, key, rewritten)
    told = CborTag(ENCODED_CBOR, handover.shown)
    yield from _of_engagement(engagement, reader_key, told=told)


def _of_engagement(
    engagement: bytes, reader_key: bytes, *, told: CborValue
) -> Iterator[tuple[str, Handover]]:
    """Yield transcripts of an engagement in person whose parts are written otherwise.

    Wallets write anew what they received, tag it twice, or not at all.
    """
    own, key = CborTag(ENCODED_CBOR, engagement), CborTag(ENCODED_CBOR, reader_key)
    for other in _rewritten(engagement):
        yield "engagement", _known(other, key, told)
    for other in _rewritten(reader_key):
        yield "reader_key", _known(own, other, told)
    yield "tags", _known(engagement, reader_key, told)
    if told is None:
        yield "handover", _known(own, key, [])


def _rewritten(octets: bytes) -> Iterator[CborValue]:
    yield None
    tagged = write_cbor(CborTag(ENCODED_CBOR, octets))
    yield CborTag(ENCODED_CBOR, tagged)
    try:
        yield CborTag(ENCODED_CBOR, write_cbor(read_cbor(octets, at="")))
    except (MalformedError, UnsupportedError):
        return


def _known(*parts: CborValue) -> KnownTranscript:
    return KnownTranscript(write_cbor(list(parts)))


def _origins(origin: str) -> Iterator[str]:
    yield f"{origin}/"
    yield f"origin:{origin}"
    yield origin.removesuffix("/")
    yield _parts(origin).netloc


def _client_ids(client_id: str) -> Iterator[str]:
    _, colon, bare = client_id.partition(":")
    name = bare if colon else client_id
    yield name
    for prefix in _PREFIXES:
        if prefix + name != client_id:
            yield prefix + name


def _uris(uri: str) -> Iterator[str]:
    yield uri.removesuffix("/") if uri.endswith("/") else f"{uri}/"
    parts = _parts(uri)
    if parts.query:
        yield parts._replace(query="").geturl()
    yield _origin(uri)
    yield ""


def _origin(uri: str) -> str:
    parts = _parts(uri)
    return f"{parts.scheme}://{parts.netloc}"


def _parts(uri: str) -> SplitResult:
    """Return the parts of an address, empty ones where it is none."""
    try:
        return urlsplit(uri)
    except ValueError:
        return SplitResult("", "", "", "", "")


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
