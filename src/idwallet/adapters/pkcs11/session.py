"""Sessions at a token and the login that they share."""

import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import RLock
from typing import TYPE_CHECKING, Any, Final, Self

from idwallet.adapters.pkcs11.address import TokenAddress
from idwallet.errors import (
    SignerLocked,
    SignerUnavailable,
    SigningDeclined,
    UnsupportedError,
    UsageError,
)
from idwallet.ports import AskSecret

if TYPE_CHECKING:
    import pkcs11

PROMPT: Final = "PIN of the token"


class _Login:
    """This process's login at one token, shared by all that use the token.

    PKCS #11 §5.6 gives the login to the process and not to a session: a second login
    is refused, and one logout locks out everyone. So the first user logs in, the last
    one to close logs out, and the PIN is kept by nobody.
    """

    def __init__(self, token: "pkcs11.Token", *, ask_secret: AskSecret | None) -> None:
        import pkcs11

        if ask_secret is None:
            raise SignerLocked("the token wants a PIN and nobody was named to ask")
        self.token = token
        self.users = 0
        self.process = os.getpid()
        with translated():
            try:
                self.session = token.open(user_pin=ask_secret(PROMPT))
            except pkcs11.UserAlreadyLoggedIn:
                # Other code in this process logged in; its login is left alone.
                self.session = token.open()


# Not a cache: what the token itself keeps for the process, counted. Empty once every
# signer and store is closed.
_LOGINS: Final[dict[tuple[str, bytes, str], _Login]] = {}
_LOGINS_LOCK: Final = RLock()


class TokenSession:
    """A session of one signer or store; its end may be the end of the login."""

    __slots__ = ("__weakref__", "end", "lock", "native")

    def __init__(
        self, address: TokenAddress, *, ask_secret: AskSecret | None, rw: bool = False
    ) -> None:
        token = _token(address)
        key = (address.module_path, token.serial, token.label)
        with _LOGINS_LOCK:
            login = _LOGINS.get(key) or _Login(token, ask_secret=ask_secret)
            if login.process != os.getpid():
                # PKCS #11 §5.4: what was initialised before a fork is the parent's.
                raise SignerUnavailable(
                    "this process was forked from one that uses the token: start "
                    "workers by spawn or forkserver"
                )
            with translated():
                self.native = login.token.open(rw=rw)
            login.users += 1
            _LOGINS[key] = login
        self.lock = RLock()
        self.end = weakref.finalize(self, _end, self.native, key)


class TokenUser:
    """Whatever works with one session of its own at a token, until it is closed."""

    __slots__ = ("_session",)

    _session: TokenSession

    def close(self) -> None:
        """End the session, and the login if nobody else here uses the token."""
        self._session.end()

    def __enter__(self) -> Self:
        """Return the signer or store itself."""
        return self

    def __exit__(self, *exc: object) -> None:
        """Close."""
        self.close()

    def __reduce__(self) -> tuple[Any, ...]:
        """Refuse: a worker process opens the token again by its URI."""
        raise UsageError("what uses a token cannot be pickled or copied")


def _end(session: "pkcs11.Session", key: tuple[str, bytes, str]) -> None:
    import pkcs11

    with _LOGINS_LOCK:
        login = _LOGINS[key]
        login.users -= 1
        last = login.users == 0
        if last:
            del _LOGINS[key]
        # A token that was pulled out has closed its sessions itself.
        with suppress(pkcs11.PKCS11Error):
            session.close()
        if last:
            with suppress(pkcs11.PKCS11Error):
                login.session.close()


@contextmanager
def translated() -> Iterator[None]:
    """Let no exception of python-pkcs11 out."""
    import pkcs11

    try:
        yield
    except (
        pkcs11.PinIncorrect,
        pkcs11.PinInvalid,
        pkcs11.PinLenRange,
        pkcs11.PinLocked,
        pkcs11.PinExpired,
        pkcs11.UserPinNotInitialized,
        pkcs11.UserNotLoggedIn,
    ) as error:
        raise SignerLocked(f"the token is locked: {type(error).__name__}") from error
    except (pkcs11.FunctionCancelled, pkcs11.FunctionRejected) as error:
        raise SigningDeclined("declined at the token") from error
    except pkcs11.PKCS11Error as error:
        raise SignerUnavailable(f"the token: {type(error).__name__}") from error


def _token(address: TokenAddress) -> "pkcs11.Token":
    try:
        import pkcs11
    except ImportError as error:
        raise UnsupportedError(
            "python-pkcs11 is not installed: pip install idwallet[pkcs11]"
        ) from error
    serial = address.serial
    with translated():
        # A slot that waits to be initialised holds no key; SoftHSM always has one.
        found = [
            each
            for each in pkcs11.lib(address.module_path).get_tokens(
                token_label=address.token,
                token_serial=None if serial is None else serial.encode(),
            )
            if pkcs11.TokenFlag.TOKEN_INITIALIZED in each.flags
        ]
    if len(found) != 1:
        raise SignerUnavailable(f"{len(found)} tokens match the URI, not one")
    token: pkcs11.Token = found[0]
    return token


def objects(
    session: TokenSession,
    kind: "pkcs11.ObjectClass",
    *,
    label: str | None = None,
    identity: bytes | None = None,
) -> "list[Any]":
    """Return the objects of that class, and of that CKA_LABEL and CKA_ID if said.

    Raises:
        SignerUnavailable: the token is gone.
        SignerLocked: the login has ended.
    """
    import pkcs11

    template: dict[pkcs11.Attribute, object] = {pkcs11.Attribute.CLASS: kind}
    if label is not None:
        template[pkcs11.Attribute.LABEL] = label
    if identity is not None:
        template[pkcs11.Attribute.ID] = identity
    with session.lock, translated():
        return list(session.native.get_objects(template))
