"""Credential requests and responses (OpenID4VCI 1.0 sections 7 to 11)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.cursor import Cursor
from idwallet.errors import MalformedError
from idwallet.protocols.http import HttpResponse, json_response
from idwallet.protocols.oauth.token import refusal_of

_REQUEST: Final = "OpenID4VCI 1.0 §8.2"
_RESPONSE: Final = "OpenID4VCI 1.0 §8.3"
_NONCE: Final = "OpenID4VCI 1.0 §7.2"
_NOTIFICATION: Final = "OpenID4VCI 1.0 §11.1"

_OK: Final = 200
_ACCEPTED: Final = 202


class CredentialCode(StrEnum):
    """The error codes of section 8.3.1.2, 9.3 and 11.3; nothing else is written."""

    INVALID_CREDENTIAL_REQUEST = "invalid_credential_request"
    UNKNOWN_CREDENTIAL_CONFIGURATION = "unknown_credential_configuration"
    UNKNOWN_CREDENTIAL_IDENTIFIER = "unknown_credential_identifier"
    INVALID_PROOF = "invalid_proof"
    INVALID_NONCE = "invalid_nonce"
    INVALID_ENCRYPTION_PARAMETERS = "invalid_encryption_parameters"
    CREDENTIAL_REQUEST_DENIED = "credential_request_denied"
    INVALID_TRANSACTION_ID = "invalid_transaction_id"
    INVALID_NOTIFICATION_ID = "invalid_notification_id"
    INVALID_NOTIFICATION_REQUEST = "invalid_notification_request"


class ProofKind(StrEnum):
    """The kinds of proof that are spoken here (Appendix F)."""

    JWT = "jwt"
    ATTESTATION = "attestation"


class NotificationEvent(StrEnum):
    """What became of what was issued (section 11.1)."""

    ACCEPTED = "credential_accepted"
    FAILURE = "credential_failure"
    DELETED = "credential_deleted"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CredentialRequest:
    """What a wallet asks for, by one of two names, and the proofs of its keys.

    `encryption` is how the answer is to be encrypted, as it came.
    """

    configuration: str | None = None
    identifier: str | None = None
    proofs: tuple[str, ...] = ()
    proof_kind: ProofKind = ProofKind.JWT
    encryption: JsonObject | None = None

    def __repr__(self) -> str:
        """Show how many proofs there are."""
        return f"CredentialRequest(<{len(self.proofs)} proofs>)"

    def to_json(self) -> JsonObject:
        """Return the request object."""
        found: JsonObject = {}
        if self.configuration is not None:
            found["credential_configuration_id"] = self.configuration
        if self.identifier is not None:
            found["credential_identifier"] = self.identifier
        if self.proofs:
            found["proofs"] = {self.proof_kind.value: list[JsonValue](self.proofs)}
        if self.encryption is not None:
            found["credential_response_encryption"] = self.encryption
        return found


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Issued:
    """Credentials that came, as their formats write them; `notification` names them."""

    credentials: tuple[str, ...]
    notification: str | None = None

    def __repr__(self) -> str:
        """Show how many there are."""
        return f"Issued(<{len(self.credentials)} credentials>)"

    def to_json(self) -> JsonObject:
        """Return the response object."""
        found: JsonObject = {
            "credentials": [{"credential": each} for each in self.credentials]
        }
        if self.notification is not None:
            found["notification_id"] = self.notification
        return found

    def response(self) -> HttpResponse:
        """Return the answer of the credential endpoint."""
        return json_response(self.to_json(), status=_OK)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Deferred:
    """Credentials that come later; ask again after `interval` seconds."""

    transaction: str
    interval: int

    def __repr__(self) -> str:
        """Show the interval only."""
        return f"Deferred(interval={self.interval})"

    def to_json(self) -> JsonObject:
        """Return the response object."""
        return {"transaction_id": self.transaction, "interval": self.interval}

    def response(self) -> HttpResponse:
        """Return the answer of the credential endpoint."""
        return json_response(self.to_json(), status=_ACCEPTED)


def read_credential_request(document: JsonObject) -> CredentialRequest:
    """Read a credential request, at the issuer's side.

    Raises:
        MalformedError: it names no credential, or two; or the proofs are of two kinds,
            none, or of a kind that is not spoken.
        LimitError: more proofs than `limits.CREDENTIAL_PROOFS`.
    """
    root = Cursor(document, "", _REQUEST)
    configuration = root.optional("credential_configuration_id")
    identifier = root.optional("credential_identifier")
    if (configuration is None) is (identifier is None):
        raise root.fault("names no credential, or two")
    kind, proofs = _proofs(root)
    encryption = root.optional("credential_response_encryption")
    return CredentialRequest(
        configuration=None if configuration is None else configuration.text(),
        identifier=None if identifier is None else identifier.text(),
        proofs=proofs,
        proof_kind=kind,
        encryption=None if encryption is None else encryption.members(),
    )


def _proofs(root: Cursor) -> tuple[ProofKind, tuple[str, ...]]:
    if root.optional("proof") is not None:
        # Of earlier drafts; ignoring it would issue what is bound to no key.
        raise root.fault("proof, where there are proofs")
    found = root.optional("proofs")
    if found is None:
        return ProofKind.JWT, ()
    members = found.members()
    if len(members) != 1:
        raise found.fault("proofs of other than one kind")
    (name,) = members
    try:
        kind = ProofKind(name)
    except ValueError:
        raise found.fault("a kind of proof that is not taken") from None
    proofs = found.member(name).texts(limit=limits.CREDENTIAL_PROOFS)
    if kind is ProofKind.ATTESTATION and len(proofs) != 1:
        raise found.under("OpenID4VCI 1.0 Appendix F").fault("several attestations")
    return kind, proofs


def read_credential_response(document: JsonObject, *, status: int) -> Issued | Deferred:
    """Read what a credential endpoint answered, decrypted where it was encrypted.

    Raises:
        MalformedError: it breaks the form, or is of another status than it says.
        LimitError: more credentials than `limits.CREDENTIAL_PROOFS`.
    """
    root = Cursor(document, "", _RESPONSE)
    listed, transaction = root.optional("credentials"), root.optional("transaction_id")
    if (listed is None) is (transaction is None):
        raise root.fault("neither credentials nor a transaction, or both")
    if status != (_OK if transaction is None else _ACCEPTED):
        raise root.fault("a status that says another thing")
    if transaction is not None:
        return _deferred(root, transaction)
    found = root.member("credentials").elements(limit=limits.CREDENTIAL_PROOFS)
    notification = root.optional("notification_id")
    return Issued(
        credentials=tuple(each.member("credential").text() for each in found),
        notification=None if notification is None else notification.text(),
    )


def _deferred(root: Cursor, transaction: Cursor) -> Deferred:
    if root.optional("notification_id") is not None:
        raise root.fault("a notification for what was not issued")
    interval = root.member("interval")
    value = interval.value
    if type(value) is not int or not 0 < value <= limits.DEFERRED_SECONDS:
        raise interval.fault("not a number of seconds")
    if len(transaction.text()) > limits.TRANSACTION_CHARACTERS:
        raise transaction.excess("too long")
    return Deferred(transaction=transaction.text(), interval=value)


def read_nonce_response(response: HttpResponse) -> str:
    """Return the challenge that a nonce endpoint gave out.

    Raises:
        ProtocolError: it refused.
        MalformedError: it is no such answer.
    """
    if response.status != _OK:
        raise refusal_of(response, at="nonce")
    nonce = Cursor(response.json(at="nonce"), "", _NONCE).member("c_nonce")
    if len(nonce.text()) > limits.TOKEN_CHARACTERS:
        raise nonce.excess("too long")
    return nonce.text()


def read_deferred_request(document: JsonObject) -> tuple[str, JsonObject | None]:
    """Return transaction and encryption of a deferred request (section 9.1).

    Raises:
        MalformedError: it names no transaction.
    """
    root = Cursor(document, "", "OpenID4VCI 1.0 §9.1")
    encryption = root.optional("credential_response_encryption")
    return (
        root.member("transaction_id").text(),
        None if encryption is None else encryption.members(),
    )


def read_notification(document: JsonObject) -> tuple[str, NotificationEvent]:
    """Return what a wallet says became of which issuance (section 11.1).

    Raises:
        MalformedError: it names none, or an event that there is not.
    """
    root = Cursor(document, "", _NOTIFICATION)
    name, event = root.member("notification_id").text(), root.member("event")
    try:
        return name, NotificationEvent(event.text())
    except ValueError:
        raise MalformedError(
            "no such event", at=event.at, clause=_NOTIFICATION
        ) from None
