"""One signature in two steps, in whatever format: what is to be signed, then the rest.

A format is run twice over the same document with the same time and certificates. The
first run ends where the key would sign; the second gets the signature that was made in
between. What is to be signed is the same both times, or nothing is signed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NoReturn

from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.signer import require_fit
from idwallet.errors import UsageError
from idwallet.ports import TimestampAuthority
from idwallet.trust.certificate import Certificate

Sign = Callable[["KeyElsewhere", TimestampAuthority | None], bytes]
"""Sign with that key and that authority in the place of others."""


class _ToSign(Exception):  # noqa: N818 - never leaves this module
    """The end of the first run."""

    def __init__(self, message: bytes) -> None:
        super().__init__()
        self.message = message


@dataclass(frozen=True, slots=True)
class Made:
    """A signature in JOSE form, seen to be one on the message."""

    message: bytes = field(repr=False)
    signature: bytes = field(repr=False)


class KeyElsewhere:
    """A `Signer` of which only the public half is here, and one signature or none."""

    __slots__ = ("_algorithm", "_made", "_public_key")

    def __init__(
        self, public_key: PublicKey, *, algorithm: Algorithm, made: Made | None = None
    ) -> None:
        """Pair the key with one of its algorithms.

        Raises:
            UsageError: the key cannot be used with that algorithm.
        """
        require_fit(public_key, algorithm)
        self._public_key = public_key
        self._algorithm = algorithm
        self._made = made

    @property
    def public_key(self) -> PublicKey:
        """The key that verifies what is signed elsewhere."""
        return self._public_key

    @property
    def algorithm(self) -> Algorithm:
        """The algorithm of the signature."""
        return self._algorithm

    def sign(self, message: bytes, /) -> bytes:
        """Return the signature, or end the first run.

        Raises:
            UsageError: the signature is one on another message.
        """
        if self._made is None:
            raise _ToSign(message)
        if message != self._made.message:
            raise UsageError("the format signs something else each time")
        return self._made.signature


class _Nobody:
    """An authority for the first run, which ends before one is asked."""

    def stamp(self, _: bytes, /) -> NoReturn:
        """Refuse."""
        raise UsageError("a timestamp was asked for before there was a signature")


_NOBODY: Final = _Nobody()


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whose signature it will be, by which algorithm, and when it says it was made."""

    certificates: tuple[Certificate, ...] = field(repr=False)
    algorithm: Algorithm
    signing_time: datetime

    @property
    def public_key(self) -> PublicKey:
        """The key of the signature: that of the first certificate."""
        return self.certificates[0].public_key


def message_of(sign: Sign, chosen: Chosen, *, stamped: bool) -> bytes:
    """Return the octets that the key elsewhere has to sign.

    Raises:
        UsageError: the format asks for no signature.
    """
    key = KeyElsewhere(chosen.public_key, algorithm=chosen.algorithm)
    try:
        sign(key, _NOBODY if stamped else None)
    except _ToSign as found:
        return found.message
    raise UsageError("the format made a signature without its key")


def finished(
    sign: Sign,
    chosen: Chosen,
    *,
    made: Made,
    authority: TimestampAuthority | None,
) -> bytes:
    """Return the signed document with the signature that was made elsewhere.

    Raises:
        UsageError: the format signs something else each time.
    """
    key = KeyElsewhere(chosen.public_key, algorithm=chosen.algorithm, made=made)
    return sign(key, authority)
