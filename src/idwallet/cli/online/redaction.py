"""Messages with everything taken out that is worth something, or is about somebody.

What is shown is on a list: names of parameters, and the values that a protocol itself
has. Anything else becomes its length and a mark. Equal values have equal marks within
one trace, and a mark tells nothing of the value: its key is thrown away with the trace,
so a code of six digits cannot be found by trying.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Union
from urllib.parse import unquote

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue, read_object
from idwallet.codec.text import show
from idwallet.errors import IdWalletError, MalformedError
from idwallet.protocols.http import FORM, JSON, Headers, read_texts

_CLAUSE: Final = "idwallet trace"
_MARK_CHARACTERS: Final = 8
_SHOWN_CHARACTERS: Final = 200

# Values that the protocols have, none of them a person's or a secret. RFC 6749, 7591,
# 9126, 9396; OpenID4VCI 1.0; OpenID4VP 1.0.
_PLAIN: Final = frozenset(
    {
        "alg",
        "authorization_endpoint",
        "batch_size",
        "client_id",
        "code_challenge_method",
        "credential_configuration_id",
        "credential_configuration_ids",
        "credential_endpoint",
        "credential_issuer",
        "deferred_credential_endpoint",
        "enc",
        "error",
        "event",
        "expires_in",
        "format",
        "grant_type",
        "input_mode",
        "interval",
        "issuer",
        "kty",
        "crv",
        "length",
        "nonce_endpoint",
        "notification_endpoint",
        "proof_type",
        "request_uri_method",
        "response_mode",
        "response_type",
        "scope",
        "token_endpoint",
        "token_type",
        "type",
        "typ",
        "use",
        "vct",
        "doctype",
        "zip",
    }
)
_ADDRESSES: Final = frozenset(
    {
        "credential_offer_uri",
        "location",
        "redirect_uri",
        "request_uri",
        "response_uri",
    }
)
_HEADERS: Final = frozenset(
    {"accept", "allow", "cache-control", "content-type", "www-authenticate"}
)
# What a JOSE header says of itself (RFC 7515 section 4.1, RFC 7516 section 4.1).
_JOSE: Final = ("typ", "alg", "enc")
_SCHEME: Final = re.compile(r"(DPoP|Bearer|Basic) (.+)", re.IGNORECASE)
# Steps of paths that the protocols have; any other may be a secret, or a name.
_STEPS: Final = frozenset(
    {
        "",
        ".well-known",
        "answer",
        "authorize",
        "credential",
        "deferred",
        "jwks",
        "nonce",
        "notification",
        "oauth-authorization-server",
        "openid-configuration",
        "openid-credential-issuer",
        "par",
        "request",
        "response",
        "token",
    }
)
_COMPACT: Final = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]*){2,4}(~.*)?", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """What stands for a value: how long it is, its mark, and what it is.

    `kind` is what a number or a truth value is called, of which nothing else is said;
    `jose` what a token says of itself; `scheme` how a token is brought.
    """

    length: int = 0
    unit: str = "characters"
    mark: str = ""
    kind: str = ""
    jose: tuple[tuple[str, str], ...] = ()
    scheme: str = ""

    def to_json(self) -> dict[str, object]:
        """Return it as JSON."""
        if self.kind:
            return {"hidden": self.kind}
        found: dict[str, object] = {self.unit: self.length, "mark": self.mark}
        if self.jose:
            found["token"] = dict(self.jose)
        return {"scheme": self.scheme, **found} if self.scheme else found

    def __str__(self) -> str:
        """Return it as a person reads it."""
        if self.kind:
            return f"<{self.kind}>"
        size = f"{self.length} {self.unit} #{self.mark}"
        said = [self.scheme, *(value for _, value in self.jose), size]
        return "<" + ", ".join(each for each in said if each) + ">"


Node = Union[
    str, int, float, bool, None, Hidden, "Mapping[str, Node]", "Sequence[Node]"
]
"""A message as it is told."""


class Redaction:
    """Takes out what must not be seen; one for each trace.

    Addresses that stood in a public document are shown whole from then on.
    """

    __slots__ = ("_key", "_public")

    def __init__(self, key: bytes | None = None) -> None:
        """Take the key of the marks, by default one that nobody knows."""
        self._key = secrets.token_bytes(32) if key is None else key
        self._public: set[str] = set()

    def hidden(self, value: str | bytes, *, scheme: str = "") -> Hidden:
        """Return what stands for a value."""
        data = value.encode("utf-8", "replace") if isinstance(value, str) else value
        mark = hmac.digest(self._key, data, hashlib.sha256).hex()[:_MARK_CHARACTERS]
        is_text = isinstance(value, str)
        return Hidden(
            length=len(value),
            unit="characters" if is_text else "octets",
            mark=mark,
            jose=_jose_header(value) if isinstance(value, str) else (),
            scheme=scheme,
        )

    def address(self, url: str) -> str:
        """Return an address with its host, and of the rest what is no secret."""
        origin, path, query = _parted(url)
        if f"{origin}{path}" in self._public:
            told = _cut(f"{origin}{path}")
        else:
            steps = [
                each if each in _STEPS else self._step(each) for each in path.split("/")
            ]
            told = show(origin) + "/".join(steps)
        if not query:
            return told
        return told + "?" + "&".join(self._parameter(each) for each in query.split("&"))

    def headers(self, headers: Headers) -> Node:
        """Return header fields by name."""
        return {name: self._header(name.lower(), value) for name, value in headers}

    def body(self, body: bytes, media_type: str, *, public: bool) -> Node:
        """Return a body; a `public` document (metadata) as it is."""
        if not body:
            return None
        try:
            if media_type == FORM:
                form = read_texts(body.decode("ascii"), at="body")
                return {show(name): self._text(name, e) for name, e in form.items()}
            if media_type == JSON:
                value = read_object(body, at="body", clause=_CLAUSE)
                if not public:
                    return self._object(value)
                self._learn(value)
                return _whole(value)
            return self.hidden(body.decode("ascii"))
        except (IdWalletError, UnicodeDecodeError):
            return self.hidden(body)

    def _learn(self, value: JsonValue) -> None:
        """Remember the addresses that a public document names."""
        if isinstance(value, str) and value.startswith("https://"):
            self._public.add(value)
        elif isinstance(value, dict | list):
            inside = value.values() if isinstance(value, dict) else value
            for each in inside:
                self._learn(each)

    def _step(self, step: str) -> str:
        return f"<{self._short(step)}>"

    def _object(self, value: JsonObject) -> Node:
        return {show(name): self._value(name, each) for name, each in value.items()}

    def _value(self, name: str, value: JsonValue) -> Node:
        if isinstance(value, dict):
            return self._object(value)
        if isinstance(value, list):
            return [self._value(name, each) for each in value]
        if isinstance(value, str):
            # The standards' own members hold JSON as text, too.
            return self._text(name, value)
        if value is None or name in _PLAIN:
            return value
        return Hidden(kind="true or false" if isinstance(value, bool) else "a number")

    def _text(self, name: str, value: str) -> Node:
        if name in _PLAIN:
            return _cut(value)
        if name in _ADDRESSES:
            return self.address(value)
        return self.hidden(value)

    def _header(self, name: str, value: str) -> Node:
        if name in _HEADERS:
            return _cut(value)
        if name in _ADDRESSES:
            return self.address(value)
        found = _SCHEME.fullmatch(value) if name == "authorization" else None
        if found is not None:
            return self.hidden(found[2], scheme=found[1])
        return self.hidden(value)

    def _parameter(self, text: str) -> str:
        name, _, value = text.partition("=")
        value = unquote(value)
        if name in _PLAIN:
            return f"{show(name)}={_cut(value)}"
        if name in _ADDRESSES:
            return f"{show(name)}={self.address(value)}"
        return f"{show(name)}=<{self._short(value)}>"

    def _short(self, value: str) -> str:
        found = self.hidden(value)
        return f"{found.length} characters #{found.mark}"


def _parted(url: str) -> tuple[str, str, str]:
    """Return scheme and host, path, and query, of whatever may be no address."""
    head, _, query = url.partition("?")
    scheme, mark, rest = head.partition("://")
    if not mark:
        return "", head, query
    host, slash, path = rest.partition("/")
    # What stands before the host is a password.
    return f"{scheme}://{host.rpartition('@')[2]}", slash + path, query


def _cut(text: str) -> str:
    return show(text, limit=_SHOWN_CHARACTERS)


def _whole(value: JsonValue) -> Node:
    if isinstance(value, dict):
        return {show(name): _whole(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_whole(each) for each in value]
    return _cut(value) if isinstance(value, str) else value


def _jose_header(text: str) -> tuple[tuple[str, str], ...]:
    """Return what a JWT, JWE or SD-JWT says it is, () where it is none."""
    if _COMPACT.fullmatch(text) is None:
        return ()
    first = text.partition(".")[0]
    try:
        header = read_object(b64.decode(first, at="token", clause=_CLAUSE), at="token")
    except MalformedError:
        return ()
    return tuple(
        (name, _cut(value))
        for name in _JOSE
        if isinstance(value := header.get(name), str)
    )
