"""A signer whose key is at a remote service."""

import time
from collections.abc import Callable, Sequence
from typing import NoReturn

from idwallet import limits
from idwallet.adapters.csc.algorithms import SignAlgorithm, chosen
from idwallet.adapters.csc.authorize import (
    Authorizer,
    Consent,
    CscAuthorization,
)
from idwallet.adapters.csc.remote import CscAnswer, CscRemote, broken
from idwallet.adapters.csc.structures import decoded
from idwallet.codec.json import JsonObject
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.signer import RemoteKey, SigningTask, signature_forms
from idwallet.errors import MalformedError, SignerError, UsageError
from idwallet.ports import AskSecret


class CscSigner:
    """A `Signer` and `BatchSigner` over a credential of a `CscRemote`.

    `ask_secret` is asked for each PIN, password and one-time password that the
    credential wants, once for each authorization, and none is kept; `consent` leads a
    person through OAuth 2.0 where the credential wants that. An authorization covers
    `at_once` signatures. Only digests go to the service, and whatever comes back is
    held against the certificate's key before anybody sees it. Thread-safe when the
    remote's fetcher is.
    """

    __slots__ = ("_authorizer", "_credential", "_key", "_remote", "_way")

    def __init__(
        self,
        remote: CscRemote,
        credential: str,
        *,
        ask_secret: AskSecret | None = None,
        consent: Consent | None = None,
        algorithm: Algorithm | None = None,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        """Ask the service about the credential of that name.

        Raises:
            SignerUnavailable: it cannot be reached.
            SignerLocked: it does not let the caller in, or the key is disabled.
            SignerError: it refuses, or the certificate is not valid any more.
            UnsupportedError: no algorithm of the key is met here.
            UsageError: `algorithm` is not one of the key.
        """
        self._remote = remote
        self._credential = remote.credential(credential)
        key = self._credential.certificates[0].public_key
        self._way: SignAlgorithm = chosen(
            key, self._credential.algorithms, algorithm=algorithm
        )
        self._key = RemoteKey(key, algorithm=self._way.algorithm)
        self._authorizer = Authorizer(
            remote=remote,
            credential=self._credential,
            ask_secret=ask_secret,
            consent=consent,
            wait=wait,
        )

    @property
    def public_key(self) -> PublicKey:
        """The key that verifies what this signs: the one of the certificate."""
        return self._key.public_key

    @property
    def algorithm(self) -> Algorithm:
        """The algorithm of every signature made here."""
        return self._key.algorithm

    @property
    def certificates(self) -> tuple[bytes, ...]:
        """The chain as the service gives it, DER, that of the key first."""
        return tuple(each.der for each in self._credential.certificates)

    @property
    def at_once(self) -> int:
        """How many signatures one authorization covers."""
        return self._credential.multisign

    def sign(self, message: bytes, /) -> bytes:
        """Return the service's signature in JOSE form, once it is seen to match.

        Raises:
            SignerUnavailable, SignerLocked, SigningDeclined: see `CscRemote.call`.
            SignerError: the service refuses, or made a signature that does not match.
        """
        (signature,) = self.sign_many([message])
        return signature

    def sign_many(self, messages: Sequence[bytes], /) -> tuple[bytes, ...]:
        """Return a signature for each message, all by one authorization.

        Raises:
            UsageError: there are none, or more than `at_once`.
            SignerUnavailable, SignerLocked, SigningDeclined, SignerError: see `sign`.
        """
        if not 1 <= len(messages) <= self.at_once:
            raise UsageError("so many signatures are not covered by one authorization")
        tasks = [self._key.prepare(each) for each in messages]
        wanted = CscAuthorization(
            self._credential.name,
            tuple(each.to_sign for each in tasks),
            self._way.hash_oid,
        )
        activation = self._authorizer.authorize(wanted)
        answer = self._remote.call(
            "signatures/signHash", self._asked(wanted, activation), section="11.10"
        )
        came = _signatures(answer, expected=len(tasks))
        return tuple(map(self._matched, tasks, came))

    def _asked(self, wanted: CscAuthorization, activation: str) -> JsonObject:
        way = self._way
        asked: JsonObject = {
            "credentialID": wanted.credential,
            "SAD": activation,
            "hashes": [*wanted.hashes_json()],
            "signAlgo": way.oid,
        }
        if way.names_hash:
            asked["hashAlgorithmOID"] = way.hash_oid
        if way.parameters:
            asked["signAlgoParams"] = way.parameters
        return asked

    def _matched(self, task: SigningTask, signature: bytes) -> bytes:
        """Return the form of a signature that is one of this key on this message."""
        for form in signature_forms(self.algorithm, signature):
            try:
                return self._key.finish(task, form)
            except SignerError as error:
                fault = error
        raise fault

    def __repr__(self) -> str:
        """Name the algorithm only."""
        return f"<CscSigner {self.algorithm.jose}>"

    def __reduce__(self) -> NoReturn:
        """Refuse: what asks for secrets does not travel."""
        raise UsageError("a signer of a service cannot be pickled or copied")


def _signatures(answer: CscAnswer, *, expected: int) -> list[bytes]:
    try:
        listed = answer.members.member("signatures").elements(limit=limits.CSC_HASHES)
        found = [decoded(each) for each in listed]
    except MalformedError as error:
        raise broken(error) from error
    if len(found) != expected:
        raise SignerError("the signing service answers with another number of them")
    return found
