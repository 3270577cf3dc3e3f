"""Key objects on a token: found, read, signed with."""

from typing import TYPE_CHECKING, Any, Final

from idwallet.adapters.pkcs11.address import TokenAddress
from idwallet.adapters.pkcs11.session import TokenSession, objects, translated
from idwallet.codec import b64
from idwallet.crypto import kinds
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.signer import SigningTask
from idwallet.errors import MalformedError, SignerUnavailable, UnsupportedError

if TYPE_CHECKING:
    import pkcs11


def one_key(session: TokenSession, address: TokenAddress) -> "pkcs11.PrivateKey":
    """Return the one private key of that address.

    Raises:
        SignerUnavailable: none, or more than one.
    """
    import pkcs11

    found = objects(
        session,
        pkcs11.ObjectClass.PRIVATE_KEY,
        label=address.object,
        identity=address.id,
    )
    if len(found) != 1:
        raise SignerUnavailable(f"{len(found)} private keys match the URI, not one")
    key: pkcs11.PrivateKey = found[0]
    return key


def public_half(session: TokenSession, private: "pkcs11.PrivateKey") -> PublicKey:
    """Find the public key beside a private one: an object, or in a certificate.

    Raises:
        SignerUnavailable: neither is on the token.
        UnsupportedError: a kind of key that this library does not verify.
    """
    import pkcs11

    # Objects belong together by CKA_ID; a token that sets none goes by label (§4.4).
    identity = private.id or None
    label = None if identity else private.label
    for public in objects(
        session, pkcs11.ObjectClass.PUBLIC_KEY, label=label, identity=identity
    ):
        with session.lock, translated():
            return read_public(public)
    for held in objects(
        session, pkcs11.ObjectClass.CERTIFICATE, label=label, identity=identity
    ):
        with session.lock, translated():
            der = bytes(held[pkcs11.Attribute.VALUE])
        return _public_of_certificate(der)
    raise SignerUnavailable("the token has no public key or certificate with the key")


def _public_of_certificate(der: bytes) -> PublicKey:
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        native = x509.load_der_x509_certificate(der).public_key()
    except ValueError as error:
        raise MalformedError(
            "not a certificate", at="token", clause="RFC 5280 §4.1"
        ) from error
    except UnsupportedAlgorithm as error:
        raise UnsupportedError("kind of key", at="token") from error
    return PublicKey.from_native(native)


_CURVES: Final = {
    bytes.fromhex("06082a8648ce3d030107"): kinds.P256,
    bytes.fromhex("06052b81040022"): kinds.P384,
    bytes.fromhex("06052b81040023"): kinds.P521,
    # PKCS #11 v3.0 §2.3.3 knows the curve by object identifier and by name.
    bytes.fromhex("06032b6570"): kinds.ED25519,
    bytes.fromhex("130c656477617264733235353139"): kinds.ED25519,
}


def read_public(public: "pkcs11.PublicKey") -> PublicKey:
    """Return our form of a token's public key object.

    Raises:
        UnsupportedError: a kind of key that this library does not verify.
    """
    import pkcs11

    if public.key_type is pkcs11.KeyType.RSA:
        number = {
            name: b64.encode(bytes(public[attribute]).lstrip(b"\0"))
            for name, attribute in (
                ("n", pkcs11.Attribute.MODULUS),
                ("e", pkcs11.Attribute.PUBLIC_EXPONENT),
            )
        }
        return PublicKey.from_jwk({"kty": "RSA", **number}, at="token")
    if public.key_type not in (pkcs11.KeyType.EC, pkcs11.KeyType.EC_EDWARDS):
        raise UnsupportedError("kind of key", at="token")
    kind = _CURVES.get(bytes(public[pkcs11.Attribute.EC_PARAMS]))
    if kind is None:
        raise UnsupportedError("curve", at="token")
    # The attribute is a DER OCTET STRING around the point (§2.3.3): its raw end is
    # as long as the kind says, and the head before it is constant.
    size = kind.spki_bytes - len(kind.head)
    point = bytes(public[pkcs11.Attribute.EC_POINT])
    return PublicKey.from_spki(kind.head + point[-size:], at="token")


def sign(
    session: TokenSession,
    private: Any,
    *,
    task: SigningTask,
    pin: str | None,
) -> bytes:
    """Return the token's signature in JOSE form, unchecked.

    Raises:
        SignerUnavailable: the token is gone or the session closed.
        SignerLocked: the PIN is wrong, or the login has ended.
        SigningDeclined: declined at the token.
    """
    import pkcs11

    mechanism = pkcs11.Mechanism
    name, parameter = {
        Algorithm.EDDSA: (mechanism.EDDSA, None),
        Algorithm.RS256: (mechanism.SHA256_RSA_PKCS, None),
        Algorithm.PS256: (
            mechanism.SHA256_RSA_PKCS_PSS,
            (mechanism.SHA256, pkcs11.MGF.SHA256, 32),
        ),
    }.get(task.algorithm, (mechanism.ECDSA, None))
    data = task.message if task.public_key.kind is kinds.RSA else task.to_sign
    with session.lock, translated():
        return bytes(
            private.sign(data, mechanism=name, mechanism_param=parameter, pin=pin)
        )
