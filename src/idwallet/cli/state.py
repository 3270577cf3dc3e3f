"""What a verifier keeps between its request and the answer: sealed, in one file."""

import secrets
from dataclasses import dataclass
from typing import Final

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, read_object, write_json
from idwallet.credentials.sdjwt.metadata import TypeMetadataSet
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.seal import SealKey
from idwallet.errors import MalformedError, SignerUnavailable
from idwallet.ports import ReplayGuard
from idwallet.roles.verifier import PresentationRequest, RelyingParty, Verifier
from idwallet.trust.policy import Policy

_FORMAT: Final = "idwallet-request-state/1"
_CLAUSE: Final = "idwallet request state 1"
_SALT_BYTES: Final = 16


@dataclass(frozen=True, slots=True, repr=False)
class SavedRequest:
    """A request at rest; what is not sealed only says how to open it.

    The sealed part holds client identifier and policy too, and opening it compares.
    """

    client_id: str
    policy: str
    salt: bytes
    sealed: bytes

    def to_bytes(self) -> bytes:
        """Return the file's content."""
        value: JsonObject = {
            "format": _FORMAT,
            "client_id": self.client_id,
            "policy": self.policy,
            "salt": b64.encode(self.salt),
            "sealed": b64.encode(self.sealed),
        }
        return write_json(value) + b"\n"

    @classmethod
    def from_bytes(cls, data: bytes) -> "SavedRequest":
        """Read the file's content; nothing is opened yet.

        Raises:
            MalformedError: it is not such a file, or of another version.
        """
        value = read_object(data, at="saved request", clause=_CLAUSE)
        if value.get("format") != _FORMAT:
            raise MalformedError("not a saved request", at="/format", clause=_CLAUSE)
        return cls(
            client_id=_text(value, "client_id"),
            policy=_text(value, "policy"),
            salt=_octets(value, "salt"),
            sealed=_octets(value, "sealed"),
        )


def _text(value: JsonObject, name: str) -> str:
    found = value.get(name)
    if not isinstance(found, str) or not found:
        raise MalformedError("no text", at=f"/{name}", clause=_CLAUSE)
    return found


def _octets(value: JsonObject, name: str) -> bytes:
    found = b64.decode(_text(value, name), at=f"/{name}")
    if len(found) < _SALT_BYTES:
        raise MalformedError("too short", at=f"/{name}", clause=_CLAUSE)
    return found


def save_request(request: PresentationRequest, *, passphrase: str) -> bytes:
    """Return the request as a file that only the passphrase opens."""
    salt = secrets.token_bytes(_SALT_BYTES)
    key = SealKey.from_passphrase(passphrase.encode(), salt=salt)
    return SavedRequest(
        client_id=request.client_id,
        policy=request.verifier.policy.name,
        salt=salt,
        sealed=request.save(key),
    ).to_bytes()


def reopen_request(
    saved: SavedRequest,
    *,
    passphrase: str,
    policy: Policy,
    replay: ReplayGuard,
    types: TypeMetadataSet,
) -> PresentationRequest:
    """Open a saved request in order to judge its answer.

    Raises:
        MalformedError: another passphrase, or a changed file.
        UsageError: it was made under another policy.
    """
    key = SealKey.from_passphrase(passphrase.encode(), salt=saved.salt)
    verifier = Verifier(
        identity=judging_party(saved.client_id),
        policy=policy,
        replay=replay,
        types=types,
    )
    return verifier.restore(saved.sealed, key)


def judging_party(client_id: str) -> RelyingParty:
    """Return who asked, without a key: whoever judges cannot ask."""
    return RelyingParty(signer=_AbsentSigner(), answer_to="", client_id=client_id)


class _AbsentSigner:
    """The signer of a verifier that only judges."""

    @property
    def public_key(self) -> PublicKey:
        raise SignerUnavailable("judging an answer has no key")

    @property
    def algorithm(self) -> Algorithm:
        raise SignerUnavailable("judging an answer has no key")

    def sign(self, message: bytes, /) -> bytes:  # noqa: ARG002 - there is no key
        raise SignerUnavailable("judging an answer has no key")
