"""What an issuer says of itself and of what it issues (OpenID4VCI 1.0 section 12.2)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.cursor import Cursor
from idwallet.credentials.model import Format
from idwallet.errors import MalformedError, UsageError
from idwallet.protocols.http import require_https
from idwallet.protocols.oauth.server_metadata import endpoint, optional_endpoint
from idwallet.protocols.openid4vci.display import (
    ClaimDescription,
    Display,
    read_claims_description,
    read_display,
)
from idwallet.protocols.openid4vci.encryption import (
    RequestEncryption,
    ResponseEncryption,
    read_request_encryption,
    read_response_encryption,
)
from idwallet.protocols.openid4vci.offer import require_issuer

WELL_KNOWN: Final = "/.well-known/openid-credential-issuer"

_CLAUSE: Final = "OpenID4VCI 1.0 §12.2.4"
# The last is this library's own (docs/reference/compact.md): no standard names it.
_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        Format.SD_JWT_VC.value: "vct",
        Format.MDOC.value: "doctype",
        Format.COMPACT.value: "type",
    }
)
_LEAST_BATCH: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofType:
    """A kind of proof that is taken, and what the keys behind it must be.

    `algorithms` are JOSE names. `attested`: only keys that a key attestation names;
    `key_storage` and `user_authentication` are the resistances that are accepted
    (Appendix D.2), any where they are empty.
    """

    algorithms: tuple[str, ...]
    attested: bool = False
    key_storage: tuple[str, ...] = ()
    user_authentication: tuple[str, ...] = ()

    def to_json(self) -> JsonObject:
        """Return the proof type object."""
        found: JsonObject = {
            "proof_signing_alg_values_supported": list[JsonValue](self.algorithms)
        }
        if self.attested:
            wanted: JsonObject = {}
            if self.key_storage:
                wanted["key_storage"] = list[JsonValue](self.key_storage)
            if self.user_authentication:
                wanted["user_authentication"] = list[JsonValue](
                    self.user_authentication
                )
            found["key_attestations_required"] = wanted
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialConfiguration:
    """One credential that can be had.

    `credential_type` is its ``vct``, ``doctype`` or compact ``type``; None where the
    format is one that is not known here. `algorithms` are of the issuer's signature,
    JOSE names or COSE numbers. `beside` is what ``credential_metadata``
    holds beside display and claims: policies of reuse and of disclosure (ETSI TS 119
    472-3).
    """

    format: str
    credential_type: str | None
    scope: str | None = None
    algorithms: tuple[str | int, ...] = ()
    binding_methods: tuple[str, ...] = ()
    proofs: Mapping[str, ProofType] = field(default_factory=dict)
    display: tuple[Display, ...] = ()
    claims: tuple[ClaimDescription, ...] = ()
    beside: JsonObject = field(default_factory=dict)

    @property
    def is_bound(self) -> bool:
        """Whether it is bound to the holder's key.

        Either member says so. The standard wants both or none, and its own example of
        a mobile document has one: what is meant to be bound is never had unbound.
        """
        return bool(self.proofs or self.binding_methods)

    def to_json(self) -> JsonObject:
        """Return the configuration object."""
        found: JsonObject = {"format": self.format}
        if self.credential_type is not None:
            found[_TYPES[self.format]] = self.credential_type
        if self.scope is not None:
            found["scope"] = self.scope
        if self.algorithms:
            found["credential_signing_alg_values_supported"] = list[JsonValue](
                self.algorithms
            )
        if self.binding_methods:
            found["cryptographic_binding_methods_supported"] = list[JsonValue](
                self.binding_methods
            )
        if self.proofs:
            found["proof_types_supported"] = {
                name: each.to_json() for name, each in self.proofs.items()
            }
        metadata = dict(self.beside)
        for name, items in (("display", self.display), ("claims", self.claims)):
            if items:
                metadata[name] = [each.to_json() for each in items]
        return found | ({"credential_metadata": metadata} if metadata else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerMetadata:
    """An issuer's endpoints and credentials. Addresses are ``https``.

    `batch_size` is how many credentials one request may bring, 1 where there are no
    batches. Without `authorization_servers` the issuer lets in by itself.
    """

    issuer: str
    credential_endpoint: str
    configurations: Mapping[str, CredentialConfiguration]
    authorization_servers: tuple[str, ...] = ()
    nonce_endpoint: str | None = None
    deferred_endpoint: str | None = None
    notification_endpoint: str | None = None
    request_encryption: RequestEncryption | None = None
    response_encryption: ResponseEncryption | None = None
    batch_size: int = 1
    display: tuple[Display, ...] = ()

    def __post_init__(self) -> None:
        """Refuse an issuer of nothing.

        Raises:
            UsageError: it issues nothing, or a batch of less than one.
        """
        if not self.configurations or self.batch_size < 1:
            raise UsageError("an issuer issues at least one credential")

    def to_json(self) -> JsonObject:
        """Return the metadata document."""
        found: JsonObject = {
            "credential_issuer": self.issuer,
            "credential_endpoint": self.credential_endpoint,
        }
        for name, value in (
            ("nonce_endpoint", self.nonce_endpoint),
            ("deferred_credential_endpoint", self.deferred_endpoint),
            ("notification_endpoint", self.notification_endpoint),
        ):
            if value is not None:
                found[name] = value
        if self.authorization_servers:
            found["authorization_servers"] = list[JsonValue](self.authorization_servers)
        if self.request_encryption is not None:
            found["credential_request_encryption"] = self.request_encryption.to_json()
        if self.response_encryption is not None:
            found["credential_response_encryption"] = self.response_encryption.to_json()
        if self.batch_size > 1:
            found["batch_credential_issuance"] = {"batch_size": self.batch_size}
        if self.display:
            found["display"] = [each.to_json() for each in self.display]
        found["credential_configurations_supported"] = {
            name: each.to_json() for name, each in self.configurations.items()
        }
        return found


def read_issuer_metadata(document: JsonObject, *, identifier: str) -> IssuerMetadata:
    """Read metadata that were got for `identifier`.

    Unknown parameters are ignored. A configuration of a format that is not known here
    is kept, so that it can be named, and cannot be asked for.

    Raises:
        MalformedError: they are another issuer's, or break the form.
        LimitError: there is more of something than `limits` take.
    """
    root = Cursor(document, "", _CLAUSE)
    issuer = root.member("credential_issuer")
    if issuer.text() != identifier:
        # Compared as it stands, with no normalising.
        raise issuer.fault("another issuer")
    require_issuer(issuer.text(), at=issuer.at)
    return IssuerMetadata(
        issuer=issuer.text(),
        credential_endpoint=endpoint(root.member("credential_endpoint")),
        configurations=_configurations(
            root.member("credential_configurations_supported")
        ),
        authorization_servers=_servers(root.optional("authorization_servers")),
        nonce_endpoint=optional_endpoint(root, "nonce_endpoint"),
        deferred_endpoint=optional_endpoint(root, "deferred_credential_endpoint"),
        notification_endpoint=optional_endpoint(root, "notification_endpoint"),
        request_encryption=read_request_encryption(root),
        response_encryption=read_response_encryption(root),
        batch_size=_batch(root.optional("batch_credential_issuance")),
        display=read_display(root, named=False),
    )


def _configurations(found: Cursor) -> Mapping[str, CredentialConfiguration]:
    members = found.members()
    if not members:
        raise found.fault("no credential")
    if len(members) > limits.CREDENTIAL_CONFIGURATIONS:
        raise found.excess("too many credentials")
    return {
        name: _configuration(Cursor(value, f"{found.at}/{name}", _CLAUSE))
        for name, value in members.items()
    }


def _configuration(found: Cursor) -> CredentialConfiguration:
    kind = found.member("format").text()
    member = _TYPES.get(kind)
    proofs = found.optional("proof_types_supported")
    methods = found.optional("cryptographic_binding_methods_supported")
    scope = found.optional("scope")
    metadata = found.optional("credential_metadata") or Cursor({}, found.at, _CLAUSE)
    return CredentialConfiguration(
        format=kind,
        credential_type=None if member is None else found.member(member).text(),
        scope=None if scope is None else scope.text(),
        algorithms=_algorithms(
            found.optional("credential_signing_alg_values_supported")
        ),
        binding_methods=()
        if methods is None
        else methods.texts(limit=limits.METADATA_VALUES),
        proofs={} if proofs is None else _proofs(proofs),
        display=read_display(metadata, named=True),
        claims=read_claims_description(metadata.optional("claims")),
        beside={
            name: value
            for name, value in metadata.members().items()
            if name not in {"display", "claims"}
        },
    )


def _proofs(found: Cursor) -> Mapping[str, ProofType]:
    members = found.members()
    if not members:
        raise found.fault("no proof type")
    if len(members) > limits.METADATA_VALUES:
        raise found.excess("too many proof types")
    return {
        name: _proof(Cursor(value, f"{found.at}/{name}", _CLAUSE))
        for name, value in members.items()
    }


def _proof(found: Cursor) -> ProofType:
    wanted = found.optional("key_attestations_required")
    return ProofType(
        algorithms=found.member("proof_signing_alg_values_supported").texts(
            limit=limits.METADATA_VALUES
        ),
        attested=wanted is not None,
        key_storage=_names(wanted, "key_storage"),
        user_authentication=_names(wanted, "user_authentication"),
    )


def _names(found: Cursor | None, name: str) -> tuple[str, ...]:
    listed = None if found is None else found.optional(name)
    return () if listed is None else listed.texts(limit=limits.METADATA_VALUES)


def _algorithms(found: Cursor | None) -> tuple[str | int, ...]:
    if found is None:
        return ()
    listed = [each.value for each in found.elements(limit=limits.METADATA_VALUES)]
    # To Python true is a number, here it is none.
    names = tuple(e for e in listed if type(e) is str or type(e) is int)
    if len(names) != len(listed):
        raise found.fault("not names of algorithms")
    return names


def _servers(found: Cursor | None) -> tuple[str, ...]:
    if found is None:
        return ()
    names = found.texts(limit=limits.METADATA_VALUES)
    for each in names:
        require_https(each, at=found.at, clause=_CLAUSE)
    return names


def _batch(found: Cursor | None) -> int:
    if found is None:
        return 1
    size = found.member("batch_size")
    value = size.value
    if type(value) is not int or value < _LEAST_BATCH:
        raise size.fault("not a size of a batch")
    return value


def configuration_of(
    metadata: IssuerMetadata, name: str, *, at: str
) -> CredentialConfiguration:
    """Return a configuration by its name.

    Raises:
        MalformedError: the issuer has none of that name.
    """
    found = metadata.configurations.get(name)
    if found is None:
        raise MalformedError("no such credential", at=at, clause=_CLAUSE)
    return found
