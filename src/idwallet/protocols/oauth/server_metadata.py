"""What an authorization server says of itself (RFC 8414)."""

from dataclasses import dataclass
from typing import Final

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.codec.web import read_web_address
from idwallet.credentials.cursor import Cursor
from idwallet.errors import MalformedError
from idwallet.protocols.http import require_https

WELL_KNOWN: Final = "/.well-known/oauth-authorization-server"

_CLAUSE: Final = "RFC 8414 §2"
_DPOP: Final = "RFC 9449 §5.1"

_ATTESTATION_ALGORITHMS: Final = "client_attestation_signing_alg_values_supported"
_ATTESTATION_PROOF_ALGORITHMS: Final = (
    "client_attestation_pop_signing_alg_values_supported"
)

_Names = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationServer:
    """The server that lets a wallet have tokens.

    Addresses are ``https``; an endpoint that is None is not there. `dpop_algorithms`
    are JOSE names, empty where no proof of possession is taken. Attestations of clients
    and their proofs are signed with `attestation_algorithms` and
    `attestation_proof_algorithms`, for a challenge from `challenge_endpoint` where
    there is one (draft-ietf-oauth-attestation-based-client-auth-08). `names_itself`:
    its authorization answers carry ``iss`` (RFC 9207). `anonymous_pre_authorized`: a
    pre-authorized code is taken from a wallet without a client identifier.
    """

    issuer: str
    token_endpoint: str
    authorization_endpoint: str | None = None
    par_endpoint: str | None = None
    requires_par: bool = False
    grant_types: _Names = ("authorization_code",)
    code_challenge_methods: _Names = ()
    dpop_algorithms: _Names = ()
    client_authentication: _Names = ()
    attestation_algorithms: _Names = ()
    attestation_proof_algorithms: _Names = ()
    challenge_endpoint: str | None = None
    details_types: _Names = ()
    names_itself: bool = False
    anonymous_pre_authorized: bool = False

    def to_json(self) -> JsonObject:
        """Return the metadata document."""
        found: JsonObject = {"issuer": self.issuer}
        for name, value in (
            ("token_endpoint", self.token_endpoint),
            ("authorization_endpoint", self.authorization_endpoint),
            ("pushed_authorization_request_endpoint", self.par_endpoint),
            ("challenge_endpoint", self.challenge_endpoint),
        ):
            if value is not None:
                found[name] = value
        if self.authorization_endpoint is not None:
            found["response_types_supported"] = ["code"]
        for name, flag in (
            ("require_pushed_authorization_requests", self.requires_par),
            ("authorization_response_iss_parameter_supported", self.names_itself),
            (
                "pre-authorized_grant_anonymous_access_supported",
                self.anonymous_pre_authorized,
            ),
        ):
            if flag:
                found[name] = True
        for name, attribute in _LISTS.items():
            values: _Names = getattr(self, attribute)
            if values:
                found[name] = list[JsonValue](values)
        return found


_LISTS: Final = {
    "grant_types_supported": "grant_types",
    "code_challenge_methods_supported": "code_challenge_methods",
    "dpop_signing_alg_values_supported": "dpop_algorithms",
    "token_endpoint_auth_methods_supported": "client_authentication",
    _ATTESTATION_ALGORITHMS: "attestation_algorithms",
    _ATTESTATION_PROOF_ALGORITHMS: "attestation_proof_algorithms",
    "authorization_details_types_supported": "details_types",
}


def metadata_url(identifier: str, well_known: str, *, at: str) -> str:
    """Return where the metadata of an identifier stand (RFC 8414 section 3.1).

    The well-known part goes between the host and the path.

    Raises:
        MalformedError: the identifier is no ``https`` address of host and path.
    """
    require_https(identifier, at=at, clause="RFC 8414 §3.1")
    address = read_web_address(identifier, at=at)
    if "?" in address.target:
        raise MalformedError("an identifier with a query", at=at, clause=_CLAUSE)
    path = address.target if address.target != "/" else ""
    return f"{address.origin}{well_known}{path.rstrip('/')}"


def read_authorization_server(
    document: JsonObject, *, identifier: str
) -> AuthorizationServer:
    """Read metadata that were got for `identifier`.

    Raises:
        MalformedError: they are another server's (section 3.3), or break the form.
        LimitError: a list is longer than `limits.METADATA_VALUES`.
    """
    root = Cursor(document, "", _CLAUSE)
    issuer = root.member("issuer").text()
    if issuer != identifier:
        # Compared as it stands, with no normalising (RFC 8414 section 3.3).
        raise MalformedError("another server", at="/issuer", clause="RFC 8414 §3.3")
    grants = _names(root, "grant_types_supported")
    return AuthorizationServer(
        issuer=issuer,
        token_endpoint=endpoint(root.member("token_endpoint")),
        authorization_endpoint=optional_endpoint(root, "authorization_endpoint"),
        par_endpoint=optional_endpoint(root, "pushed_authorization_request_endpoint"),
        requires_par=root.flag_of(
            "require_pushed_authorization_requests", absent=False
        ),
        grant_types=grants or ("authorization_code", "implicit"),
        code_challenge_methods=_names(root, "code_challenge_methods_supported"),
        dpop_algorithms=_names(root.under(_DPOP), "dpop_signing_alg_values_supported"),
        client_authentication=_names(root, "token_endpoint_auth_methods_supported"),
        attestation_algorithms=_names(root, _ATTESTATION_ALGORITHMS),
        attestation_proof_algorithms=_names(root, _ATTESTATION_PROOF_ALGORITHMS),
        challenge_endpoint=optional_endpoint(root, "challenge_endpoint"),
        details_types=_names(root, "authorization_details_types_supported"),
        names_itself=root.flag_of(
            "authorization_response_iss_parameter_supported", absent=False
        ),
        anonymous_pre_authorized=root.flag_of(
            "pre-authorized_grant_anonymous_access_supported", absent=False
        ),
    )


def _names(root: Cursor, name: str) -> _Names:
    found = root.optional(name)
    return () if found is None else found.texts(limit=limits.METADATA_VALUES)


def optional_endpoint(root: Cursor, name: str) -> str | None:
    """Return the ``https`` address of that name, None where there is none.

    Raises:
        MalformedError: it is another kind of address, or none.
    """
    found = root.optional(name)
    return None if found is None else endpoint(found)


def endpoint(found: Cursor) -> str:
    """Return the value, which must be an ``https`` address.

    Raises:
        MalformedError: it is another kind of address, or none.
    """
    text = found.text()
    require_https(text, at=found.at, clause=found.clause)
    return text
