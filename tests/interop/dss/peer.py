"""EU DSS, in one Java process that answers line by line and has no network."""

import json
import subprocess
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import load_der_x509_certificate

from idwallet.codec.json import JsonObject, JsonValue
from idwallet.crypto.algorithms import Algorithm
from idwallet.testing.pki import TestIdentity
from tests.interop.dss.verdict import DssVerdict

_PASSWORD: Final = b"a test password"
_JAVA: Final = (
    *("java", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
    *("-Xshare:auto", "-Djava.awt.headless=true", "-Duser.timezone=UTC"),
    *("-cp", "target/classes:target/dependency/*", "peer.Peer"),
)


class DssRefused(Exception):  # noqa: N818 - reads as what happened
    """DSS did not do what it was asked."""


@dataclass(frozen=True)
class Named:
    """A document and the name of its file."""

    name: str
    content: bytes

    def to_json(self) -> JsonObject:
        return {"name": self.name, "content": _text(self.content)}


@dataclass(frozen=True)
class Known:
    """Whom DSS believes, and what it knows beside the signature."""

    trusted: tuple[bytes, ...]
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()
    certificates: tuple[bytes, ...] = ()

    def to_json(self) -> JsonObject:
        return {
            "trusted": list(map(_text, self.trusted)),
            "crls": list(map(_text, self.crls)),
            "ocsps": list(map(_text, self.ocsps)),
            "certificates": list(map(_text, self.certificates)),
        }


class Dss:
    """The process; `close` ends it."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            _JAVA,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
        )

    def close(self) -> None:
        self._process.communicate(timeout=30)

    def ask(self, action: str, **request: JsonValue) -> JsonObject:
        """Have DSS do something, and return what came of it.

        Raises:
            DssRefused: it threw.
        """
        sent, answers = self._process.stdin, self._process.stdout
        assert sent is not None
        assert answers is not None
        sent.write(json.dumps({"action": action, **request}) + "\n")
        sent.flush()
        answer = json.loads(answers.readline())
        if "refused" in answer:
            raise DssRefused(answer["refused"])
        result: JsonObject = answer["result"]
        return result

    def validate(
        self,
        signed: Named,
        *,
        known: Known,
        at: datetime,
        detached: Iterable[Named] = (),
        verbose: bool = False,
    ) -> DssVerdict:
        """Judge by DSS's own default policy, as of `at`."""
        found = self.ask(
            "validate",
            document=signed.to_json(),
            detached=[each.to_json() for each in detached],
            at=_moment(at),
            verbose=verbose,
            **known.to_json(),
        )
        return DssVerdict.read(found)

    def conforms(self, pdf: bytes, flavour: str) -> tuple[str, ...]:
        """Have veraPDF hold a file to PDF/A (``2b``) or PDF/UA (``ua1``).

        Each failure starts with the number of its clause.
        """
        found = self.ask("verapdf", document=_text(pdf), flavour=flavour)
        assert found["flavour"] == flavour
        failures = found["failures"]
        assert isinstance(failures, list)
        assert found["compliant"] is (not failures)
        return tuple(map(str, failures))

    def make(
        self,
        action: str,
        *,
        by: TestIdentity,
        at: datetime,
        tsa: TestIdentity | None = None,
        known: Known | None = None,
        options: JsonObject,
        **what: JsonValue,
    ) -> bytes:
        """Let DSS ``sign``, ``counter_sign`` or ``extend``; see Formats.java."""
        request: JsonObject = {"key": _key(by), "at": _moment(at), **options, **what}
        if by.signer.algorithm is Algorithm.PS256:
            request["encryption"] = "RSASSA_PSS"
        if tsa is not None:
            request["tsa"] = {**_key(tsa), "at": _moment(at)}
        if known is not None:
            request.update(known.to_json())
        content = self.ask(action, **request)["content"]
        assert isinstance(content, str)
        return b64decode(content)


_KEYS: Final[dict[bytes, JsonObject]] = {}


def _key(who: TestIdentity) -> JsonObject:
    """Return the key and chain as PKCS #12; encrypting it takes a while, once."""
    made = _KEYS.get(who.chain[0])
    if made is None:
        made = _KEYS[who.chain[0]] = _p12(who)
    return made


def _p12(who: TestIdentity) -> JsonObject:
    pem = who.signer.to_encrypted_pem(_PASSWORD).encode()
    leaf, *above = map(load_der_x509_certificate, who.chain)
    p12 = pkcs12.serialize_key_and_certificates(
        b"signer",
        serialization.load_pem_private_key(pem, _PASSWORD),  # type: ignore[arg-type]
        leaf,
        above,
        serialization.BestAvailableEncryption(_PASSWORD),
    )
    return {"p12": _text(p12), "password": _PASSWORD.decode(), "alias": "signer"}


def _moment(at: datetime) -> int:
    return int(at.astimezone(UTC).timestamp() * 1000)


def _text(octets: bytes) -> str:
    return b64encode(octets).decode()
