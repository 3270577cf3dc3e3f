"""Four other implementations of mobile documents, told what to do line by line."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from jwcrypto.jwk import JWK

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.crypto.software import SoftwareSigner
from tests.interop.peers import Refused

JAVASCRIPT: Final = ("owf", "auth0")
PYTHON: Final = ("isomdoc", "pymdoccbor")
PEERS: Final = (*JAVASCRIPT, *PYTHON)
_PASSPHRASE: Final = b"test"


class Process:
    """One process that speaks for several peers."""

    def __init__(
        self,
        command: list[str],
        folder: Path,
        *,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def ask(self, told: Mapping[str, JsonValue]) -> JsonObject:
        """Let it do something, and return its answer.

        Raises:
            Refused: the peer threw.
        """
        sent, answers = self._process.stdin, self._process.stdout
        assert sent is not None
        assert answers is not None
        sent.write(json.dumps(told) + "\n")
        sent.flush()
        answer: JsonObject = json.loads(answers.readline())
        if "refused" in answer:
            raise Refused(answer["refused"])
        return answer

    def close(self) -> None:
        """End it."""
        self._process.communicate(timeout=30)


@dataclass(frozen=True, slots=True)
class MdocPeer:
    """One of the peers."""

    name: str
    process: Process

    def do(self, action: str, **told: JsonValue) -> JsonValue:
        """Let it act; see `Process.ask`."""
        return self.process.ask({"peer": self.name, "action": action, **told})["result"]


def private_jwk(signer: SoftwareSigner) -> JsonObject:
    """Return a test key with its private half."""
    made: JsonObject = _jwk(signer).export(as_dict=True)
    return {each: made[each] for each in ("kty", "crv", "x", "y", "d") if each in made}


def native_key(signer: SoftwareSigner) -> EllipticCurvePrivateKey:
    """Return a test key on a curve as `cryptography` has it."""
    key = load_pem_private_key(
        signer.to_encrypted_pem(_PASSPHRASE).encode(), _PASSPHRASE
    )
    assert isinstance(key, EllipticCurvePrivateKey)
    return key


def private_pkcs8(signer: SoftwareSigner) -> str:
    """Return a test key as PKCS #8, in base64url."""
    return b64.encode(
        native_key(signer).private_bytes(
            Encoding.DER, PrivateFormat.PKCS8, NoEncryption()
        )
    )


def public_jwk(signer: SoftwareSigner) -> JsonObject:
    """Return the public half of a test key."""
    return signer.public_key.to_jwk()


def _jwk(signer: SoftwareSigner) -> JWK:
    pem = signer.to_encrypted_pem(_PASSPHRASE)
    return JWK.from_pem(pem.encode(), password=_PASSPHRASE)
