"""Private keys found by URI, and a store of sealed key files."""

import re
import secrets
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from idwallet import limits
from idwallet.adapters.files import (
    fault,
    make_folder,
    read_file,
    sync_directory,
    write_file_atomically,
)
from idwallet.adapters.pkcs11 import Pkcs11Signer, TokenAddress
from idwallet.codec.text import show
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.seal import SealKey, seal, unseal
from idwallet.crypto.signer import Signer
from idwallet.crypto.software import SoftwareSigner, SoftwareStoredKey, named
from idwallet.errors import (
    MalformedError,
    PortError,
    SignerLocked,
    SignerUnavailable,
    UnsupportedError,
)
from idwallet.ports import AskSecret, Random

# A scheme of one letter is a drive of Windows.
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")
_THUMBPRINT: Final = re.compile(r"[A-Za-z0-9_-]{43}")


def open_signer(
    uri: str,
    *,
    ask_secret: AskSecret | None = None,
    module_path: str | None = None,
    algorithm: Algorithm | None = None,
) -> Signer:
    """Open a private key: ``file:key.pem``, a plain path, or ``pkcs11:...``.

    A ``pkcs11:`` URI (RFC 7512) names the token and the key by ``token``, ``serial``,
    ``object`` and ``id``, and its module by ``module-path`` unless `module_path` or the
    environment (``PKCS11_MODULE_PATH``) does.
    `ask_secret` is asked for the PIN or passphrase, only where there is one.
    `algorithm` chooses for RSA keys, which sign with PS256 unless it says RS256.

    The signer can be pickled: it travels as the URI with `ask_secret`, never as its
    key, and opens the key again, once in each process. That `ask_secret` must be one
    that can be pickled too, as `SecretFile` or a function of a module.

    Raises:
        SignerUnavailable: the file, module, token or key is not there.
        SignerLocked: the PIN or passphrase is missing or wrong.
        MalformedError: the URI or the file breaks its format.
        UnsupportedError: another scheme, or a kind of key that does not sign here.
        UsageError: a PIN in the URI, no module, or an algorithm that does not fit.
    """
    opened = _opened(uri, ask_secret, module_path=module_path, algorithm=algorithm)
    address = _Address(
        secrets.token_hex(16), _absolute(uri), ask_secret, module_path, algorithm
    )
    return opened.reopened_by((_reopened, (address,)))


def _opened(
    uri: str,
    ask_secret: AskSecret | None,
    *,
    module_path: str | None,
    algorithm: Algorithm | None,
) -> SoftwareSigner | Pkcs11Signer:
    scheme = _SCHEME.match(uri)
    name = scheme[1].lower() if scheme else "file"
    if name == "pkcs11":
        address = TokenAddress.from_uri(uri, module_path=module_path)
        return Pkcs11Signer(address, ask_secret=ask_secret, algorithm=algorithm)
    if name != "file":
        raise UnsupportedError("scheme of the key URI", at="key URI")
    path = _path(uri) if scheme else Path(uri)
    try:
        pem = read_file(path, max_bytes=limits.PEM_BYTES)
    except PortError as error:
        raise SignerUnavailable(str(error)) from error
    return SoftwareSigner.from_pem(pem, ask_secret=ask_secret, algorithm=algorithm)


def _absolute(uri: str) -> str:
    """Return the address of a key as another process finds it."""
    return uri if _SCHEME.match(uri) else str(Path(uri).absolute())


@dataclass(frozen=True, slots=True)
class _Address:
    """Where a key is opened again; `identity` is that of the signer that travelled."""

    identity: str
    uri: str = field(compare=False)
    ask_secret: AskSecret | None = field(compare=False, repr=False)
    module_path: str | None = field(compare=False)
    algorithm: Algorithm | None = field(compare=False)


# Remembered, so that a process opens each key that came to it once: a PIN is asked for
# once, and not for each document.
@lru_cache(maxsize=limits.KEYS_REOPENED)
def _reopened(address: _Address) -> Signer:
    return _opened(
        address.uri,
        address.ask_secret,
        module_path=address.module_path,
        algorithm=address.algorithm,
    )


class SecretFile:
    """An `AskSecret` that reads a file, its last line break apart; travels as its path.

    It is asked wherever a key is opened, and keeps nothing.
    """

    __slots__ = ("_path",)

    def __init__(self, path: str | Path) -> None:
        """Take the path; nothing is read yet."""
        self._path = Path(path).absolute()

    def __call__(self, _: str, /) -> str:
        """Return what the file holds.

        Raises:
            SignerLocked: it cannot be read, or is not text.
        """
        try:
            data = read_file(self._path, max_bytes=limits.SECRET_BYTES)
        except (PortError, MalformedError) as error:
            raise SignerLocked("the file with the secret cannot be read") from error
        try:
            text = data.decode()
        except UnicodeDecodeError:  # it holds the secret
            raise SignerLocked("the file with the secret is no UTF-8 text") from None
        return text.removesuffix("\n").removesuffix("\r")

    def __repr__(self) -> str:
        """Show the path."""
        return f"SecretFile({show(str(self._path))!r})"


def _path(uri: str) -> Path:
    parts = urlsplit(uri)
    if parts.netloc not in ("", "localhost") or parts.query or parts.fragment:
        raise MalformedError(
            "a file URI names a path on this machine",
            at="key URI",
            clause="RFC 8089 §2",
        )
    return Path(unquote(parts.path))


_CHECK_NAME: Final = "store.sealed"
_CHECK: Final = b"idwallet key store 1"


class SoftwareKeyStore:
    """A `ports.KeyStore` of files in one directory, each key sealed at rest.

    Files are named by thumbprint and written whole or not at all; a key that was
    moved to another name does not open. Thread-safe, and safe between processes.
    """

    __slots__ = ("_directory", "_key", "_random")

    def __init__(
        self,
        directory: str | Path,
        seal_key: SealKey,
        *,
        random: Random = secrets.token_bytes,
    ) -> None:
        """Open the store, making the directory (for its owner alone) if need be.

        Raises:
            SignerLocked: the store was made with another seal key.
            PortError: the directory cannot be made, read or written.
        """
        self._directory = make_folder(directory)
        self._key = seal_key
        self._random = random
        check = self._directory / _CHECK_NAME
        if not check.exists():
            write_file_atomically(
                check, seal(_CHECK, key=seal_key, context=_CHECK, random=random)
            )
        # Read back also what was written now: another process may have been faster.
        sealed = read_file(check, max_bytes=limits.SEALED_BYTES)
        try:
            unseal(sealed, key=seal_key, context=_CHECK, at=_CHECK_NAME)
        except MalformedError as error:
            raise SignerLocked("the seal key does not open this key store") from error

    def create(
        self,
        algorithm: str,
        attestation_nonce: bytes | None,  # noqa: ARG002 - files attest nothing
    ) -> SoftwareStoredKey:
        """Make a key for the algorithm of that JOSE name; there is no attestation.

        Raises:
            UnsupportedError: no algorithm of that name.
            PortError: the file cannot be written; then there is no key.
        """
        signer = SoftwareSigner.generate(named(algorithm))
        thumbprint = signer.public_key.thumbprint
        sealed = signer.to_sealed(
            key=self._key, context=_context(thumbprint), random=self._random
        )
        write_file_atomically(self._file(thumbprint), sealed)
        return SoftwareStoredKey(signer)

    def get(self, thumbprint: str) -> SoftwareStoredKey | None:
        """Return the key of that RFC 7638 thumbprint, or None.

        Raises:
            MalformedError: the file was changed, cut off, or is another key's.
            PortError: the file cannot be read.
        """
        if not _THUMBPRINT.fullmatch(thumbprint):
            return None
        file = self._file(thumbprint)
        try:
            sealed = read_file(file, max_bytes=limits.SEALED_BYTES)
        except PortError as error:
            if isinstance(error.__cause__, FileNotFoundError):
                return None
            raise
        signer = SoftwareSigner.from_sealed(
            sealed, key=self._key, context=_context(thumbprint), at=file.name
        )
        return SoftwareStoredKey(signer)

    def delete(self, thumbprint: str) -> None:
        """Remove the key's file; a thumbprint that is not there is no error.

        Raises:
            PortError: the file cannot be removed.
        """
        if not _THUMBPRINT.fullmatch(thumbprint):
            return
        file = self._file(thumbprint)
        try:
            file.unlink(missing_ok=True)
            sync_directory(self._directory)
        except OSError as error:
            raise fault("delete", file, cause=error) from error

    def _file(self, thumbprint: str) -> Path:
        return self._directory / f"{thumbprint}.key"

    def __repr__(self) -> str:
        """Name the directory only."""
        return f"<SoftwareKeyStore {show(str(self._directory))}>"


def _context(thumbprint: str) -> bytes:
    return b"idwallet key 1 " + thumbprint.encode("ascii")
