"""A key store that is a token."""

from typing import TYPE_CHECKING, Any, Final

from idwallet.adapters.pkcs11.address import TokenAddress
from idwallet.adapters.pkcs11.objects import public_half, read_public, sign
from idwallet.adapters.pkcs11.session import (
    TokenSession,
    TokenUser,
    objects,
    translated,
)
from idwallet.codec import b64
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.signer import RemoteKey
from idwallet.errors import MalformedError, SignerError, UnsupportedError, UsageError
from idwallet.ports import AskSecret

if TYPE_CHECKING:
    import pkcs11

_THUMBPRINT_BYTES: Final = 32
_LABEL: Final = "idwallet"
_MADE: Final = {
    Algorithm.ES256: "06082a8648ce3d030107",
    Algorithm.ES384: "06052b81040022",
    Algorithm.ES512: "06052b81040023",
    Algorithm.EDDSA: "130c656477617264733235353139",
}


class Pkcs11StoredKey:
    """A `ports.StoredKey` of a `Pkcs11KeyStore`; it ends with the store."""

    __slots__ = ("_private", "_remote", "_session")

    def __init__(
        self,
        session: TokenSession,
        private: "pkcs11.PrivateKey",
        *,
        public_key: PublicKey,
    ) -> None:
        """Pair the two halves; keys made here have one algorithm each."""
        (algorithm,) = public_key.algorithms
        self._remote = RemoteKey(public_key, algorithm=algorithm)
        self._session = session
        self._private = private

    @property
    def spki(self) -> bytes:
        """The public key as a DER SubjectPublicKeyInfo."""
        return self._remote.public_key.spki

    @property
    def algorithm(self) -> str:
        """The JOSE name of the algorithm."""
        return self._remote.algorithm.jose

    def sign(self, message: bytes, /) -> bytes:
        """Return the token's signature; ECDSA as r||s.

        Raises:
            SignerUnavailable: the token is gone or the store closed.
        """
        task = self._remote.prepare(message)
        signature = sign(self._session, self._private, task=task, pin=None)
        return self._remote.finish(task, signature)


class Pkcs11KeyStore(TokenUser):
    """A `ports.KeyStore` on a token: EC and Ed25519 keys that cannot leave it.

    Its keys have the label ``idwallet`` and as CKA_ID their thumbprint's octets; no
    other key on the token is found or deleted.
    """

    __slots__ = ()

    def __init__(
        self, address: TokenAddress, *, ask_secret: AskSecret | None = None
    ) -> None:
        """Log in at the token; `object` and `id` of the address must be left out.

        Raises:
            SignerLocked: the PIN is missing, wrong or blocked.
            SignerUnavailable: no such module or token, or more than one.
            UnsupportedError: python-pkcs11 is missing.
            UsageError: the address names a key.
        """
        if address.object is not None or address.id is not None:
            raise UsageError("a key store is a whole token: leave object and id out")
        self._session = TokenSession(address, ask_secret=ask_secret, rw=True)

    def create(
        self,
        algorithm: str,
        attestation_nonce: bytes | None,  # noqa: ARG002 - PKCS #11 attests nothing
    ) -> Pkcs11StoredKey:
        """Make a key on the token; there is no attestation.

        Raises:
            UnsupportedError: another algorithm than ES256, ES384, ES512, EdDSA.
            SignerError: the token cannot make or keep it.
        """
        import pkcs11

        wanted = Algorithm.from_jose(algorithm)
        if wanted is None or wanted not in _MADE:
            raise UnsupportedError("algorithm for a token's key", at="algorithm")
        edwards = wanted is Algorithm.EDDSA
        attribute = pkcs11.Attribute
        with self._session.lock, translated():
            parameters = self._session.native.create_domain_parameters(
                pkcs11.KeyType.EC_EDWARDS if edwards else pkcs11.KeyType.EC,
                {attribute.EC_PARAMS: bytes.fromhex(_MADE[wanted])},
                local=True,
            )
            public, private = parameters.generate_keypair(
                store=True,
                label=_LABEL,
                mechanism=pkcs11.Mechanism.EC_EDWARDS_KEY_PAIR_GEN if edwards else None,
                capabilities=pkcs11.MechanismFlag.SIGN | pkcs11.MechanismFlag.VERIFY,
                private_template={
                    attribute.SENSITIVE: True,
                    attribute.EXTRACTABLE: False,
                },
            )
            return self._name(public, private)

    def _name(
        self, public: "pkcs11.PublicKey", private: "pkcs11.PrivateKey"
    ) -> Pkcs11StoredKey:
        """Give both halves their CKA_ID, or leave no key behind."""
        import pkcs11

        try:
            key = read_public(public)
            identity = b64.decode(key.thumbprint, at="thumbprint")
            for half in (public, private):
                half[pkcs11.Attribute.ID] = identity
        except BaseException:
            private.destroy()
            public.destroy()
            raise
        return Pkcs11StoredKey(self._session, private, public_key=key)

    def get(self, thumbprint: str) -> Pkcs11StoredKey | None:
        """Return the key of that RFC 7638 thumbprint, or None."""
        import pkcs11

        kind = pkcs11.ObjectClass.PRIVATE_KEY
        for private in self._halves(thumbprint, kind):
            public_key = public_half(self._session, private)
            # The token's labels and identifiers can be changed by others.
            if public_key.thumbprint != thumbprint:
                raise SignerError("the token holds another key under that name")
            return Pkcs11StoredKey(self._session, private, public_key=public_key)
        return None

    def delete(self, thumbprint: str) -> None:
        """Destroy both halves; a thumbprint that is not there is no error."""
        import pkcs11

        for kind in (pkcs11.ObjectClass.PRIVATE_KEY, pkcs11.ObjectClass.PUBLIC_KEY):
            for half in self._halves(thumbprint, kind):
                with self._session.lock, translated():
                    half.destroy()

    def _halves(self, thumbprint: str, kind: "pkcs11.ObjectClass") -> "list[Any]":
        try:
            identity = b64.decode(thumbprint, at="thumbprint")
        except MalformedError:
            return []
        if len(identity) != _THUMBPRINT_BYTES:
            return []  # an empty identity would match every key
        return objects(self._session, kind, label=_LABEL, identity=identity)
