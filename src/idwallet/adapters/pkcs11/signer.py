"""A signer whose key is on a token."""

from typing import Self

from idwallet.adapters.pkcs11.address import TokenAddress
from idwallet.adapters.pkcs11.objects import one_key, public_half, sign
from idwallet.adapters.pkcs11.session import (
    PROMPT,
    TokenSession,
    TokenUser,
    translated,
)
from idwallet.crypto import kinds
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.signer import RemoteKey
from idwallet.crypto.software import Reopened
from idwallet.errors import UsageError
from idwallet.ports import AskSecret


class Pkcs11Signer(TokenUser):
    """A `Signer` on a token. Close it, or use it in a ``with`` block.

    The PIN is asked for once and not kept; the login ends with the last signer or
    store of this process at the token. A key that wants its PIN for each signature
    (CKA_ALWAYS_AUTHENTICATE) asks each time. Every signature is checked before it is
    returned. Threads take turns.
    """

    __slots__ = ("_ask_secret", "_private", "_remote", "_reopened")

    def __init__(
        self,
        address: TokenAddress,
        *,
        ask_secret: AskSecret | None = None,
        algorithm: Algorithm | None = None,
    ) -> None:
        """Log in and find the one private key of that address.

        Raises:
            SignerLocked: the PIN is missing, wrong or blocked.
            SignerUnavailable: no such module, token or key, or more than one.
            UnsupportedError: python-pkcs11 is missing, or the kind of key unknown.
            UsageError: the algorithm does not fit the key.
        """
        self._session = TokenSession(address, ask_secret=ask_secret)
        self._reopened: Reopened | None = None
        try:
            self._private = one_key(self._session, address)
            public = public_half(self._session, self._private)
            usual = Algorithm.PS256 if public.kind is kinds.RSA else None
            chosen = algorithm or usual or next(iter(public.algorithms))
            self._remote = RemoteKey(public, algorithm=chosen)
            self._ask_secret = ask_secret if self._asks_each_time() else None
        except BaseException:
            self.close()
            raise

    def reopened_by(self, reopened: Reopened) -> Self:
        """Return itself, which now travels as that call and opens the token again."""
        self._reopened = reopened
        return self

    def __reduce__(self) -> Reopened:
        """Travel as the address of the key where there is one.

        Raises:
            UsageError: there is none.
        """
        if self._reopened is None:
            raise UsageError("what uses a token cannot be pickled or copied")
        return self._reopened

    def _asks_each_time(self) -> bool:
        import pkcs11

        with self._session.lock, translated():
            try:
                return bool(self._private[pkcs11.Attribute.ALWAYS_AUTHENTICATE])
            except pkcs11.AttributeTypeInvalid:
                return False

    @property
    def public_key(self) -> PublicKey:
        """The key that verifies what this signs."""
        return self._remote.public_key

    @property
    def algorithm(self) -> Algorithm:
        """The algorithm of every signature made here."""
        return self._remote.algorithm

    def sign(self, message: bytes, /) -> bytes:
        """Return the token's signature in JOSE form, once it is seen to match.

        Raises:
            SignerUnavailable: the token is gone or the signer closed.
            SignerLocked: the PIN is wrong or blocked.
            SigningDeclined: declined at the token.
            SignerError: the token made a signature that does not match.
        """
        task = self._remote.prepare(message)
        pin = self._ask_secret(PROMPT) if self._ask_secret else None
        signature = sign(self._session, self._private, task=task, pin=pin)
        return self._remote.finish(task, signature)

    def __repr__(self) -> str:
        """Name the algorithm only."""
        return f"<Pkcs11Signer {self.algorithm.jose}>"
