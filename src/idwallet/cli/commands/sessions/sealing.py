"""The key that seals a session, derived from a passphrase."""

from collections.abc import Iterator

from idwallet.cli.passphrase import asker
from idwallet.crypto.seal import SealKey
from idwallet.ports import Random


def session_key(seal_file: str | None, *, identity: bytes) -> SealKey:
    """Return the key that a passphrase stands for in the session of that identity.

    The identity is the salt (RFC 9106 3.1): it is random, and travels in the session.

    Raises:
        CommandFault: there is no passphrase.
    """
    ask = asker(seal_file, option="--seal-file")
    passphrase = ask("Passphrase of the session")
    return SealKey.from_passphrase(passphrase.encode(), salt=identity)


def beginning_with(identity: bytes, random: Random) -> Random:
    """Return a source of randomness that gives the identity of a session first."""

    def given() -> Iterator[bytes]:
        yield identity

    first = given()

    def draw(size: int, /) -> bytes:
        return next(first, b"") or random(size)

    return draw
