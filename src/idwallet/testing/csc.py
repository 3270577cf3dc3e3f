"""A remote signing service on loopback that does as it should, or as it is told.

with CscServer(identity) as server, HttpFetcher(private_hosts=[server.host]) as fetcher:
    remote = CscRemote(server.address, fetcher=fetcher, token=server.token)

`CscDesk` is the same without a socket: what it is asked, and what it answers. It keeps
to the Cloud Signature Consortium API 2.0; what it does wrong is named by `Fault`.
"""

import secrets
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Final, NamedTuple, Self, cast

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from idwallet.codec.json import JsonObject, JsonValue, read_object, write_json
from idwallet.crypto.algorithms import Algorithm
from idwallet.errors import PortError
from idwallet.ports import Fetched, Wanted
from idwallet.testing.certificates import PrivateKey
from idwallet.testing.pki import MOMENT, TestIdentity

PIN: Final = "314159"
"""What a person types to let a test key sign."""

TOKEN: Final = "test-access-token"  # noqa: S105 - a test secret is no secret
"""The access token that the service takes."""


class CscFault(StrEnum):
    """What the service does wrong; each has its twin, the same service without it."""

    OTHER_KEY = "signs with another key"
    OTHER_HASH = "signs another hash"
    SWAPPED = "gives the signatures in another order"
    FEWER = "gives one signature too few"
    MORE = "gives one signature too many"
    GARBAGE = "gives octets that are no signature"
    NO_BASE64 = "gives text that is not base64"
    EXPIRED = "says that the authorization has expired"
    DENIED = "says that access is denied"
    BUSY = "says that it is busy"
    BROKEN = "says that it has failed"
    UNKNOWN_CODE = "refuses with a code that no standard has"
    GIANT = "answers with megabytes"
    NO_JSON = "answers with a web page"
    TWICE = "answers with a member that stands twice"
    DISABLED = "says that the key is disabled"
    REVOKED = "says that the certificate was revoked"
    NEVER_CONFIRMED = "waits for a confirmation for ever"


class CscReply(NamedTuple):
    """What goes back: a status of HTTP, a body and its media type."""

    status: int
    body: bytes
    media_type: str = "application/json"


@dataclass
class CscDesk:
    """One credential of one person at a signing service.

    `multisign`, `mode`, `factors` and `expression` are what the credential says of
    itself. `raw` makes ECDSA signatures two numbers in place of DER. `confirmations`
    are how often a check says that the person has not confirmed yet. `calls` are the
    methods asked for, with what was asked.
    """

    identity: TestIdentity
    fault: CscFault | None = None
    multisign: int = 16
    mode: str = "explicit"
    factors: Sequence[JsonObject] = (
        {"type": "Password", "id": "PIN", "label": "signature PIN"},
    )
    expression: str = ""
    algorithms: Sequence[str] = ()
    answers: dict[str, str] = field(default_factory=lambda: {"PIN": PIN})
    binds_hashes: bool = True
    raw: bool = False
    confirmations: int = 0
    name: str = "GX0112348"
    calls: list[tuple[str, JsonObject]] = field(default_factory=list)
    _granted: dict[str, list[str]] = field(default_factory=dict)
    _handles: dict[str, list[int]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def answer(self, method: str, body: bytes, *, token: str) -> CscReply:
        """Answer one call; `token` is the access token that came with it."""
        asked = read_object(body, at="request", clause="CSC API 2 §7")
        with self._lock:
            self.calls.append((method, asked))
            special = _special(self.fault, method)
            if special is not None:
                return special
            if method == "info":
                return _said(_INFO)
            if token != TOKEN:
                return _refused("invalid_token", status=401)
            found = _METHODS.get(method)
            if found is None:
                return _refused("invalid_request", status=404)
            if asked.get("credentialID", self.name) != self.name:
                return _refused("invalid_request", "Invalid parameter credentialID")
            return found(self, asked)

    def names(self, _: JsonObject) -> CscReply:
        """Answer ``credentials/list`` (section 11.4)."""
        return _said({"credentialIDs": [self.name]})

    def info(self, _: JsonObject) -> CscReply:
        """Answer ``credentials/info`` (section 11.5)."""
        chain: list[JsonValue] = [_text(der) for der in self.identity.chain]
        disabled = self.fault is CscFault.DISABLED
        revoked = self.fault is CscFault.REVOKED
        auth: JsonObject = {"mode": self.mode}
        if self.mode == "explicit":
            auth["objects"] = [dict(each) for each in self.factors]
        if self.expression:
            auth["expression"] = self.expression
        return _said(
            {
                "key": {
                    "status": "disabled" if disabled else "enabled",
                    "algo": [*(self.algorithms or _OIDS[self._algorithm])],
                    "len": 256,
                },
                "cert": {
                    "status": "revoked" if revoked else "valid",
                    "certificates": chain,
                },
                "auth": auth,
                "SCAL": "2" if self.binds_hashes else "1",
                "multisign": self.multisign,
            }
        )

    @property
    def _algorithm(self) -> Algorithm:
        return self.identity.signer.algorithm

    def authorize(self, asked: JsonObject) -> CscReply:
        """Answer ``credentials/authorize`` (section 11.6)."""
        number = asked.get("numSignatures")
        if not isinstance(number, int) or not 1 <= number <= self.multisign:
            return _refused("invalid_request", "Numbers of signatures is too high")
        shown = {
            str(each.get("id")): each.get("value")
            for each in cast("list[JsonObject]", asked.get("authData", []))
        }
        for name, value in shown.items():
            if self.answers.get(name) != value:
                return _refused("invalid_authentication_data")
        if not self._satisfied(set(shown)):
            return _refused("invalid_authentication_data")
        if self.fault is CscFault.NEVER_CONFIRMED or self.confirmations:
            handle = secrets.token_urlsafe(16)
            self._handles[handle] = [self.confirmations]
            self._granted[handle] = _texts(asked.get("hashes"))
            return CscReply(202, write_json({"handle": handle}))
        return self._activated(_texts(asked.get("hashes")))

    def _satisfied(self, shown: set[str]) -> bool:
        """Whether what was shown is enough: all, where no expression says less."""
        if not self.expression:
            return shown == {str(each["id"]) for each in self.factors}
        return bool(shown)

    def check(self, asked: JsonObject) -> CscReply:
        """Answer ``credentials/authorizeCheck`` (section 11.7)."""
        handle = str(asked.get("handle"))
        left = self._handles.get(handle)
        if left is None:
            return _refused("invalid_request", "Invalid parameter handle")
        left[0] -= 1
        if self.fault is CscFault.NEVER_CONFIRMED or left[0] > 0:
            return CscReply(202, write_json({"handle": handle}))
        del self._handles[handle]
        return self._activated(self._granted.pop(handle))

    def _activated(self, granted: list[str]) -> CscReply:
        activation = secrets.token_urlsafe(24)
        self._granted[activation] = granted
        return _said({"SAD": activation, "expiresIn": 300})

    def challenge(self, asked: JsonObject) -> CscReply:
        """Answer ``credentials/getChallenge`` (section 11.8)."""
        if asked.get("authObjectID") == "SMS":
            return CscReply(204, b"")
        return _said({"challenge": "four\u202eletters"})

    def grant(self, hashes: Sequence[str]) -> str:
        """Return an access token with scope ``credential`` for these hashes."""
        activation = secrets.token_urlsafe(24)
        self._granted[activation] = list(hashes)
        return activation

    def sign(self, asked: JsonObject) -> CscReply:
        """Answer ``signatures/signHash`` (section 11.10)."""
        # An authorization is for once: the hashes it was given for, and no others.
        granted = self._granted.pop(str(asked.get("SAD")), None)
        if granted is None:
            return _refused("invalid_request", "Invalid parameter SAD")
        wanted = _texts(asked.get("hashes"))
        if self.binds_hashes and wanted != granted:
            return _refused("invalid_request", "Hash is not authorized by the SAD")
        digests = [b64decode(each, validate=True) for each in wanted]
        if self.fault is CscFault.OTHER_HASH:
            digests[0] = bytes(len(digests[0]))
        signer = _other(self.identity) if self.fault is CscFault.OTHER_KEY else None
        key = signer or _native(self.identity)
        made = [self._signature(key, each) for each in digests]
        return _said({"signatures": _spoiled(made, self.fault)})

    def _signature(self, key: PrivateKey, digest: bytes) -> bytes:
        if isinstance(key, ec.EllipticCurvePrivateKey):
            der = key.sign(digest, ec.ECDSA(utils.Prehashed(_hash(digest))))
            return _numbers(der, key.key_size) if self.raw else der
        pss = padding.PSS(padding.MGF1(_hash(digest)), len(digest))
        used = pss if self._algorithm is Algorithm.PS256 else padding.PKCS1v15()
        rsa_key = cast("rsa.RSAPrivateKey", key)
        return rsa_key.sign(digest, used, utils.Prehashed(_hash(digest)))


_Method = Callable[[CscDesk, JsonObject], CscReply]
_METHODS: Final[dict[str, _Method]] = {
    "credentials/list": CscDesk.names,
    "credentials/info": CscDesk.info,
    "credentials/authorize": CscDesk.authorize,
    "credentials/authorizeCheck": CscDesk.check,
    "credentials/getChallenge": CscDesk.challenge,
    "signatures/signHash": CscDesk.sign,
}
_INFO: Final[JsonObject] = {
    "specs": "2.0.0.2",
    "name": "idwallet TEST signing",
    "region": "EU",
    "lang": "en",
    "authType": ["oauth2client"],
    "oauth2": "https://login.example",
    "methods": ["info", *_METHODS],
}
_OIDS: Final = {
    Algorithm.ES256: ("1.2.840.10045.4.3.2",),
    Algorithm.ES384: ("1.2.840.10045.4.3.3",),
    Algorithm.ES512: ("1.2.840.10045.4.3.4",),
    Algorithm.PS256: ("1.2.840.113549.1.1.10",),
    Algorithm.RS256: ("1.2.840.113549.1.1.1",),
    Algorithm.EDDSA: ("1.3.101.112",),
}


def _special(fault: CscFault | None, method: str) -> CscReply | None:
    if method != "signatures/signHash" or fault is None:
        return None
    return {
        CscFault.EXPIRED: _refused("invalid_request", "SAD expired"),
        CscFault.DENIED: _refused("access_denied"),
        CscFault.BUSY: CscReply(503, b"come back", "text/plain"),
        CscFault.BROKEN: _refused("server_error", status=500),
        CscFault.UNKNOWN_CODE: _refused("<script>", "pin 314159 is right"),
        CscFault.GIANT: CscReply(200, b" " * 2_000_000 + b"{}"),
        CscFault.NO_JSON: CscReply(200, b"<html>", "text/html"),
        CscFault.TWICE: CscReply(200, b'{"signatures":[],"signatures":[]}'),
    }.get(fault)


def _spoiled(made: Sequence[bytes], fault: CscFault | None) -> list[JsonValue]:
    texts: list[JsonValue] = [_text(each) for each in made]
    if fault is CscFault.SWAPPED:
        texts.reverse()
    if fault is CscFault.FEWER:
        texts.pop()
    if fault is CscFault.MORE:
        texts.append(texts[0])
    if fault is CscFault.GARBAGE:
        texts[0] = _text(b"no signature")
    if fault is CscFault.NO_BASE64:
        texts[0] = "*" + str(texts[0])
    return texts


def _said(members: JsonObject) -> CscReply:
    return CscReply(200, write_json(members))


def _refused(code: str, said: str = "", *, status: int = 400) -> CscReply:
    return CscReply(status, write_json({"error": code, "error_description": said}))


def _text(octets: bytes) -> str:
    return b64encode(octets).decode("ascii")


def _texts(value: JsonValue | None) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def _hash(digest: bytes) -> hashes.HashAlgorithm:
    return {32: hashes.SHA256(), 48: hashes.SHA384(), 64: hashes.SHA512()}[len(digest)]


def _native(identity: TestIdentity) -> PrivateKey:
    return identity.signer._native  # noqa: SLF001 - a test key


def _other(identity: TestIdentity) -> PrivateKey:
    native = _native(identity)
    if isinstance(native, ec.EllipticCurvePrivateKey):
        return ec.generate_private_key(native.curve)
    return rsa.generate_private_key(65537, 2048)


def _numbers(der: bytes, bits: int) -> bytes:
    size = (bits + 7) // 8
    return b"".join(each.to_bytes(size) for each in utils.decode_dss_signature(der))


class CscFetcher:
    """A `ports.Fetcher` that hands everything to a `CscDesk`, without a socket."""

    def __init__(self, desk: CscDesk) -> None:
        """Take the desk."""
        self._desk = desk

    def fetch(self, wanted: Wanted, /) -> Fetched:
        """Return what the desk answers."""
        method = wanted.uri.partition("/csc/v2/")[2]
        reply = self._desk.answer(method, wanted.post or b"{}", token=wanted.bearer)
        if len(reply.body) > wanted.max_bytes or reply.status not in wanted.statuses:
            raise PortError("the desk answers otherwise than was asked for")
        return Fetched(
            body=reply.body,
            media_type=reply.media_type,
            taken=MOMENT,
            status=reply.status,
        )


class CscServer:
    """A `CscDesk` at a port of this machine's loopback address, until the block ends.

    `address` is the base address of the API, `token` a callback for its access token.
    """

    def __init__(self, desk: CscDesk) -> None:
        """Take the desk; nothing listens yet."""
        self.desk = desk
        self.host: Final = "127.0.0.1"
        self.token: Final = lambda _: TOKEN
        self._http: ThreadingHTTPServer | None = None

    @property
    def address(self) -> str:
        """The base address of the API."""
        port = 0 if self._http is None else self._http.server_address[1]
        return f"http://{self.host}:{port}/csc/v2"

    def __enter__(self) -> Self:
        """Listen at a port that is free."""
        desk = self.desk

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers.get("Content-Length", "0"))
                body = self.rfile.read(size)
                token = self.headers.get("Authorization", "").removeprefix("Bearer ")
                method = self.path.removeprefix("/csc/v2/")
                reply = desk.answer(method, body, token=token)
                self.send_response(reply.status)
                self.send_header("Content-Type", reply.media_type)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

            def log_message(self, *_: object) -> None:
                """Stay silent."""

        self._http = ThreadingHTTPServer((self.host, 0), Handler)
        Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Listen no more."""
        if self._http is not None:
            self._http.shutdown()
            self._http.server_close()
            self._http = None
