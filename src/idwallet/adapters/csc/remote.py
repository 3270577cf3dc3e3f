"""A signing service by its address, asked one thing at a time."""

from dataclasses import dataclass
from typing import Final, NoReturn

from idwallet import limits
from idwallet.adapters.csc.structures import (
    CscCredential,
    CscInfo,
    cursor,
    read_credential,
    read_info,
    read_names,
)
from idwallet.codec.json import JsonObject, read_object, write_json
from idwallet.codec.web import read_web_address
from idwallet.credentials.cursor import Cursor
from idwallet.errors import (
    MalformedError,
    PortError,
    SignerError,
    SignerLocked,
    SignerUnavailable,
    SigningDeclined,
    UnsupportedError,
    UsageError,
)
from idwallet.ports import AskSecret, Fetched, Fetcher, Wanted

_JSON: Final = "application/json"
_PROMPT: Final = "access token of the signing service"
_EMPTY: Final = 204
ACCEPTED: Final = 202
_UNAUTHORIZED: Final = 401
_BUSY: Final = frozenset({429, 500, 501, 502, 503, 504})
_REFUSED: Final = frozenset({400, 403, 404, _UNAUTHORIZED})
_STATUSES: Final = frozenset({200, ACCEPTED, _EMPTY}) | _REFUSED | _BUSY

# CSC API 2.0 §10.2 and the error cases of §11.6 to §11.11. Only a code that is known
# is told: what a service writes there is anybody's text.
_LOCKED: Final = frozenset(
    {
        "invalid_authentication_data",
        "invalid_pin",
        "invalid_otp",
        "invalid_token",
        "expired_token",
        "authentication_error",
    }
)
_KNOWN: Final = _LOCKED | {
    "invalid_request",
    "invalid_hash",
    "invalid_scope",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_response_type",
    "server_error",
    "temporarily_unavailable",
}
_EXPIRED: Final = "SAD expired"


@dataclass(frozen=True, slots=True)
class CscAnswer:
    """What came back: the status of HTTP, and the members of the JSON object."""

    status: int
    members: Cursor


class CscRemote:
    """A remote signing service (CSC API 2.0), at its base address.

    `token` is asked for the access token of each call (RFC 6750), so that it may be
    renewed there; a service that lets applications in by other means has none.
    Nothing that is asked or answered is kept. Thread-safe when `fetcher` is.
    """

    __slots__ = ("_base", "_fetcher", "_origin", "_token")

    def __init__(
        self, address: str, *, fetcher: Fetcher, token: AskSecret | None = None
    ) -> None:
        """Take the address, like ``https://sign.example/csc/v2``.

        Raises:
            UsageError: it is no address of the web, or has a query.
        """
        try:
            self._origin = read_web_address(address, at="signing service").origin
        except MalformedError as error:
            raise UsageError(f"no address of a service: {error.what}") from error
        if "?" in address:
            raise UsageError("the address of a service has no query")
        self._base = address.rstrip("/")
        self._fetcher = fetcher
        self._token = token

    def __repr__(self) -> str:
        """Name its origin."""
        return f"<CscRemote {self._origin}>"

    def __reduce__(self) -> NoReturn:
        """Refuse: what knows a token does not travel."""
        raise UsageError("a signing service cannot be pickled or copied")

    def info(self) -> CscInfo:
        """Return what the service is and can do (CSC API 2.0 section 11.1).

        Raises:
            SignerError: see `call`.
        """
        with_lang: JsonObject = {}
        return read_info(self.call("info", with_lang, section="11.1").members)

    def credential_ids(self) -> tuple[str, ...]:
        """Return the names of the caller's credentials (CSC API 2.0 section 11.4).

        Raises:
            SignerError: see `call`.
        """
        return read_names(self.call("credentials/list", {}, section="11.4").members)

    def credential(self, name: str) -> CscCredential:
        """Return a credential with its certificates (CSC API 2.0 section 11.5).

        Raises:
            SignerLocked: the key is disabled.
            SignerError: its certificate is not valid any more, or see `call`.
        """
        asked: JsonObject = {
            "credentialID": name,
            "certificates": "chain",
            "certInfo": False,
            "authInfo": True,
        }
        answer = self.call("credentials/info", asked, section="11.5")
        try:
            return read_credential(answer.members, name=name)
        except (MalformedError, UnsupportedError) as error:
            raise broken(error) from error

    def call(self, method: str, asked: JsonObject, *, section: str) -> CscAnswer:
        """Post to a method, and return what it answers, if it does not refuse.

        Raises:
            SignerUnavailable: it cannot be reached, or not now.
            SignerLocked: it takes the access token, PIN or one-time password not.
            SigningDeclined: the person or the service said no.
            SignerError: it refuses, or answers otherwise than its protocol says.
        """
        came = self._post(method, asked)
        try:
            members = _members(came, method=method, section=section)
        except MalformedError as error:
            if came.status in _REFUSED or came.status in _BUSY:
                raise _refusal(came.status, code="", said="") from error
            raise broken(error) from error
        if came.status in _REFUSED or came.status in _BUSY:
            code, said = (
                _text(members, each) for each in ("error", "error_description")
            )
            raise _refusal(came.status, code=code, said=said)
        return CscAnswer(came.status, members)

    def _post(self, method: str, asked: JsonObject) -> Fetched:
        token = "" if self._token is None else self._token(_PROMPT)
        wanted = Wanted(
            uri=f"{self._base}/{method}",
            origins=frozenset({self._origin}),
            accept=(_JSON,),
            max_bytes=limits.CSC_BYTES,
            post=write_json(asked),
            post_type=_JSON,
            alone=True,
            bearer=token,
            statuses=_STATUSES,
        )
        try:
            return self._fetcher.fetch(wanted)
        except PortError as error:
            raise SignerUnavailable(f"the signing service: {error}") from error


def _members(came: Fetched, *, method: str, section: str) -> Cursor:
    if came.status == _EMPTY or not came.body:
        return cursor({}, at=method, section=section)
    found = read_object(
        came.body,
        at=method,
        clause=f"CSC API 2 §{section}",
        max_bytes=limits.CSC_BYTES,
    )
    return cursor(found, at=method, section=section)


def _text(members: Cursor, name: str) -> str:
    found = members.optional(name)
    return found.value if found is not None and isinstance(found.value, str) else ""


def _refusal(status: int, *, code: str, said: str) -> SignerError:
    """Return what a refusal comes to (CSC API 2.0 section 10)."""
    name = code if code in _KNOWN else "no code that is known"
    if code == "access_denied":
        return SigningDeclined("the signing service: access_denied")
    if said == _EXPIRED:
        return SignerLocked("the signing service: the authorization has expired")
    if code in _LOCKED or status == _UNAUTHORIZED:
        return SignerLocked(f"the signing service does not let in: {name}")
    if status in _BUSY or code in {"server_error", "temporarily_unavailable"}:
        return SignerUnavailable(f"the signing service cannot sign now: {name}")
    return SignerError(f"the signing service refuses: {name}")


def broken(error: Exception) -> SignerError:
    """Return the error of an answer that is not one of the protocol."""
    return SignerError(f"the signing service breaks its protocol: {error}")
