"""Keys and roots as files name them."""

from collections.abc import Iterator, Sequence
from typing import Final

from idwallet import limits
from idwallet.adapters.keys import open_signer
from idwallet.cli.faults import STREAM, about
from idwallet.cli.files import read_input
from idwallet.cli.kinds import types_named
from idwallet.cli.passphrase import asker
from idwallet.codec.json import read_object
from idwallet.codec.pem import read_pem
from idwallet.credentials.sdjwt.metadata import TypeMetadataSet
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.signer import Signer
from idwallet.crypto.software import SoftwareSigner
from idwallet.errors import MalformedError
from idwallet.trust import policies
from idwallet.trust.anchors import Purpose, TrustAnchor, TrustStore
from idwallet.trust.certificate import Certificate
from idwallet.trust.policy import Policy

_SEQUENCE: Final = b"\x30"


def open_key(key: str, *, passphrase_file: str | None) -> Signer:
    """Open a private key that a file, a stream or a token holds.

    Raises:
        CommandFault: it is not there, is locked, or is no key.
    """
    ask = asker(passphrase_file, option="--passphrase-file")
    with about(key, remedy="a private key as PEM, or a pkcs11: URI"):
        if key == STREAM:
            pem = read_input(key, max_bytes=limits.PEM_BYTES)
            return SoftwareSigner.from_pem(pem, ask_secret=ask)
        return open_signer(key, ask_secret=ask)


def read_public_key(source: str, *, passphrase_file: str | None = None) -> PublicKey:
    """Return the public key that a PEM or JWK file holds, in whatever wrapping.

    Raises:
        CommandFault: there is none in it, or it is locked.
    """
    data = read_input(source, max_bytes=limits.PEM_BYTES)
    ask = asker(passphrase_file, option="--passphrase-file")
    with about(source, remedy="a key or certificate as PEM, or a public JWK"):
        if data.lstrip().startswith(b"{"):
            return PublicKey.from_jwk(read_object(data, at="JWK"), at="JWK")
        first = read_pem(data, at="key")[0]
        if first.label == "CERTIFICATE":
            return Certificate.from_der(first.der, at="certificate").public_key
        if first.label == "PUBLIC KEY":
            return PublicKey.from_pem(data, at="key")
        return SoftwareSigner.from_pem(data, ask_secret=ask).public_key


def read_certificates(source: str) -> bytes:
    """Return a chain of certificates as PEM, leaf first, as a role takes it.

    Raises:
        CommandFault: it cannot be read.
    """
    return read_input(source, max_bytes=limits.PEM_BYTES)


def read_trust(
    sources: Sequence[str],
    *,
    names: Sequence[str],
    purpose: Purpose | tuple[Purpose, ...],
    types: Sequence[str] = (),
) -> TrustStore:
    """Return a trust store of the roots in these files, for that purpose only.

    `types` bound what they are believed about; see `types_named`.

    Raises:
        CommandFault: one of them cannot be read, or cannot be an anchor.
    """
    anchors: list[TrustAnchor] = []
    bounds = [name for each in types for name in types_named(each)]
    for source in sources:
        with about(source, remedy="CA certificates as PEM, or a JWK set"):
            anchors += _anchors(source, names=names, purpose=purpose, types=bounds)
    return TrustStore(anchors)


def _anchors(
    source: str,
    *,
    names: Sequence[str],
    purpose: Purpose | tuple[Purpose, ...],
    types: Sequence[str],
) -> Iterator[TrustAnchor]:
    purposes = (purpose,) if isinstance(purpose, Purpose) else purpose
    data = read_input(source, max_bytes=limits.JSON_BYTES)
    if data.lstrip().startswith(b"{"):
        yield TrustAnchor.from_jwks(
            data,
            name=source,
            purposes=purposes,
            issuer_names=names,
            credential_types=types,
        )
        return
    for der in _ders(data):
        yield TrustAnchor.from_certificate(
            der,
            name=Certificate.from_der(der, at="certificate").subject,
            purposes=purposes,
            issuer_names=names,
            credential_types=types,
        )


def _ders(data: bytes) -> Iterator[bytes]:
    if data.startswith(_SEQUENCE):
        yield data
        return
    for number, block in enumerate(read_pem(data, at="file"), start=1):
        if block.label != "CERTIFICATE":
            raise MalformedError(
                "not a certificate", at=f"PEM block {number}", clause="RFC 7468 §5"
            )
        yield block.der


def read_types(sources: Sequence[str]) -> TypeMetadataSet:
    """Return the type metadata documents in these files.

    Raises:
        CommandFault: one of them cannot be read, or is no type metadata.
    """
    documents = []
    for source in sources:
        document = read_input(source, max_bytes=limits.TYPE_METADATA_BYTES)
        with about(source, remedy="a type metadata document of SD-JWT VC"):
            TypeMetadataSet.read([document])
        documents.append(document)
    return TypeMetadataSet.read(documents)


def policy_named(name: str) -> Policy:
    """Return the ready policy of that name in `options.POLICIES`."""
    policy: Policy = getattr(policies, name.upper())
    return policy
