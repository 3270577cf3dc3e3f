"""What every endpoint of a service needs, and the proofs that each request brings."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from idwallet.codec.json import JsonObject
from idwallet.crypto.agreement import Agreement
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.ports import Random, ReplayGuard, Use
from idwallet.protocols.http import Headers, HttpRequest, HttpResponse
from idwallet.protocols.oauth import dpop
from idwallet.protocols.oauth.errors import OAuthCode, OAuthError
from idwallet.protocols.oauth.server_metadata import AuthorizationServer
from idwallet.protocols.oauth.token import read_authorization_header
from idwallet.protocols.openid4vci.credential import CredentialCode
from idwallet.protocols.openid4vci.encryption import (
    JWT,
    AnswerTo,
    decrypted,
    encrypted_response,
    read_answer_to,
)
from idwallet.protocols.openid4vci.metadata import IssuerMetadata
from idwallet.roles.credential_service.rules import IssuanceRules, TokenRule
from idwallet.roles.credential_service.supply import DataSets, one_data_set
from idwallet.roles.credential_service.tickets import Kind, Ticket, Tickets
from idwallet.trust.anchors import TrustStore

_UNAUTHORIZED: Final = 401


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Desk:
    """The parts of a service that its endpoints share."""

    metadata: IssuerMetadata
    server: AuthorizationServer
    tickets: Tickets
    replay: ReplayGuard
    rules: IssuanceRules
    random: Random
    decryption: Agreement | None
    trust: TrustStore | None = None
    data_sets: DataSets = one_data_set

    def document_of(self, request: HttpRequest) -> JsonObject:
        """Return what a request says, decrypted where it came encrypted (10).

        Raises:
            MalformedError: it is no such message, or in the clear where none may be.
            UnsupportedError: it is encrypted in a way that is not spoken.
        """
        encryption = self.metadata.request_encryption
        key = self.decryption
        if encryption is not None and key is not None and request.media_type == JWT:
            return decrypted(request, key=key, contents=encryption.contents)
        if encryption is not None and encryption.required:
            raise MalformedError(
                "a request in the clear", at="body", clause="OpenID4VCI 1.0 §10"
            )
        return request.json()

    def answer_to(
        self, asked: JsonObject | None, request: HttpRequest
    ) -> AnswerTo | None:
        """Return how the answer is to be encrypted, None where it is not.

        Raises:
            OAuthError: it must be and is not asked for, or is asked for in the clear,
                where anybody between could have put the key in (8.2).
        """
        wanted = self.metadata.response_encryption
        fault = OAuthError("encryption", CredentialCode.INVALID_ENCRYPTION_PARAMETERS)
        if asked is None:
            if wanted is not None and wanted.required:
                raise fault
            return None
        if wanted is None or request.media_type != JWT:
            raise fault
        try:
            found = read_answer_to(asked)
        except (MalformedError, UnsupportedError) as error:
            raise fault from error
        if found.content.value not in wanted.contents:
            raise fault  # spoken, and not offered: nobody weakens it by asking
        return found

    def written(self, response: HttpResponse, *, to: AnswerTo | None) -> HttpResponse:
        """Return the answer, encrypted where the wallet asked for that."""
        if to is None:
            return response
        return encrypted_response(response, to=to, random=self.random)

    def once(self, slot: bytes, *, until: datetime, at: datetime) -> bool:
        """Whether this is the first use of a slot; from now on it is used."""
        one = self.random(32)
        use = self.replay.consume(slot, one, until=until, at=at)
        if use is not Use.FIRST:
            return False
        self.replay.settle(slot)
        return True

    def nonce(self, kind: Kind, *, at: datetime) -> str:
        """Return a fresh challenge."""
        until = at + self.rules.nonce_lifetime
        return self.tickets.issue(kind, {}, until=until)

    def proof_of(
        self, request: HttpRequest, *, token: str | None, at: datetime
    ) -> str | None:
        """Return the thumbprint that the request proves, None where it proves none.

        Raises:
            OAuthError: the proof is not one for this request, has no nonce of ours, or
                came before.
        """
        text = request.header(dpop.HEADER)
        if text is None:
            return None
        bound = dpop.Bound(request.method, request.url, token)
        try:
            proof = dpop.judge_dpop(
                text, bound, at=at, algorithms=self.rules.algorithms
            )
        except (MalformedError, UnsupportedError) as error:
            raise self.refused(OAuthCode.INVALID_DPOP_PROOF, token=token) from error
        known = self.tickets.read(Kind.DPOP_NONCE, proof.nonce or "", at=at)
        if known is None:
            nonce = self.nonce(Kind.DPOP_NONCE, at=at)
            raise self.refused(
                OAuthCode.USE_DPOP_NONCE,
                token=token,
                headers=((dpop.NONCE_HEADER, nonce),),
            )
        if not self.once(proof.identity, until=known.until, at=at):
            raise self.refused(OAuthCode.INVALID_DPOP_PROOF, token=token)
        return proof.thumbprint

    def authorized(self, request: HttpRequest, *, at: datetime) -> Ticket:
        """Return the access token that the request brings, and whose key it proves.

        Raises:
            OAuthError: there is none, it is over, or of another key (RFC 6750 3.1,
                RFC 9449 7.1).
        """
        found = read_authorization_header(request.header("Authorization"))
        if found is None:
            raise self.refused(OAuthCode.INVALID_TOKEN, token="")
        kind, text = found
        token = self.tickets.read(Kind.TOKEN, text, at=at)
        if token is None:
            raise self.refused(OAuthCode.INVALID_TOKEN, token=text)
        thumbprint = self.proof_of(request, token=text, at=at)
        bound = token.text("jkt")
        if bound != (thumbprint or "") or (kind == dpop.TOKEN_TYPE) is not bool(bound):
            # Also a bound token that comes as a bearer token (RFC 9449 section 7.2).
            raise self.refused(OAuthCode.INVALID_TOKEN, token=text)
        return token

    def refused(
        self, code: OAuthCode, *, token: str | None, headers: Headers = ()
    ) -> OAuthError:
        """Return the refusal that an endpoint of this kind answers with.

        A resource (`token` is a text) says it in a header field (RFC 9449 7.1).
        """
        if token is None:
            return OAuthError("refused at the token endpoint", code, headers=headers)
        scheme = "DPoP" if self.rules.tokens is TokenRule.BOUND else "Bearer"
        challenge = scheme if token == "" else f'{scheme} error="{code.value}"'
        return OAuthError(
            "refused at a resource",
            code,
            status=_UNAUTHORIZED,
            headers=(("WWW-Authenticate", challenge), *headers),
        )


def configurations_in(details: tuple[JsonObject, ...]) -> tuple[str, ...]:
    """Return what authorization details ask for (OpenID4VCI 1.0 section 5.1.1).

    Raises:
        OAuthError: one is of another type, or names nothing (RFC 9396 section 5).
    """
    names: list[str] = []
    for each in details:
        name = each.get("credential_configuration_id")
        if each.get("type") != "openid_credential" or not isinstance(name, str):
            code = OAuthCode.INVALID_AUTHORIZATION_DETAILS
            raise OAuthError("details of another type", code)
        names.append(name)
    return tuple(names)
