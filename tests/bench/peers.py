"""The same work through other libraries, each as its documentation says."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from jwcrypto.jwk import JWK
from openvc.keys import P256SigningKey
from openvc.proof.sd_jwt import SdJwtVcProofSuite
from sd_jwt.common import SDObj
from sd_jwt.holder import SDJWTHolder
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier

from bench.measure import Case, batch

NONCE = "n" * 43
AUDIENCE = "https://shop.example"
NODE = Path(__file__).parent.parent / "interop" / "node"


@dataclass(frozen=True, slots=True)
class Work:
    """What everybody does: these claims, and these three of them shown."""

    claims: dict[str, object]
    shown: tuple[str, ...]
    at: datetime
    times: int


def _jwk(key: ec.EllipticCurvePrivateKey) -> JWK:
    return JWK.from_pem(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )


def sd_jwt(
    work: Work, holders: Sequence[ec.EllipticCurvePrivateKey]
) -> dict[str, Case]:
    """PyPI sd-jwt, the demonstration library of the RFC's authors."""
    issuer = _jwk(ec.generate_private_key(ec.SECP256R1()))
    keys = [_jwk(each) for each in holders]
    fixed = {"iss": "https://issuer.example", "vct": "urn:example:1"}
    claims = {**fixed, **{SDObj(name): value for name, value in work.claims.items()}}
    issued = [SDJWTIssuer(claims, issuer, key).sd_jwt_issuance for key in keys]
    wanted = dict.fromkeys(work.shown, True)

    def present(credential: str, key: JWK) -> str:
        holder = SDJWTHolder(credential)
        holder.create_presentation(wanted, NONCE, AUDIENCE, key)
        return str(holder.sd_jwt_presentation)

    shown = [present(*each) for each in zip(issued, keys, strict=True)]

    def verify_all() -> None:
        for each in shown:
            SDJWTVerifier(
                each, lambda *_: issuer, AUDIENCE, NONCE
            ).get_verified_payload()

    return {
        "issue.sd-jwt": batch(
            lambda: [SDJWTIssuer(claims, issuer, key) for key in keys], len(keys)
        ),
        "present.sd-jwt": batch(
            lambda: [present(*each) for each in zip(issued, keys, strict=True)],
            len(keys),
        ),
        "verify.sd-jwt": batch(verify_all, len(shown)),
    }


def openvc(
    work: Work, holders: Sequence[ec.EllipticCurvePrivateKey]
) -> dict[str, Case]:
    """PyPI openvc-core, without a certificate chain: its key is given."""
    suite = SdJwtVcProofSuite()
    issuer = P256SigningKey(ec.generate_private_key(ec.SECP256R1()), "1")
    keys = [P256SigningKey(each, "2") for each in holders]
    claims = {"iss": "https://issuer.example", **work.claims}
    public = issuer.public_jwk()

    def issue(key: P256SigningKey, names: Sequence[str]) -> str:
        return suite.issue(
            claims,
            signing_key=issuer,
            disclosable=names,
            holder_jwk=key.public_jwk(),
            vct="urn:example:1",
            expires_in_s=86_400,
        )

    names = list(work.claims)
    shown = []
    for key in keys:
        token, *disclosures, _ = issue(key, names).split("~")
        kept = disclosures[: len(work.shown)]
        shown.append(
            suite.create_presentation(
                "~".join((token, *kept, "")),
                holder_key=key,
                audience=AUDIENCE,
                nonce=NONCE,
            )
        )

    def verify_all() -> None:
        for each in shown:
            suite.verify(
                each,
                public_key_jwk=public,
                audience=AUDIENCE,
                nonce=NONCE,
                require_key_binding=True,
                kb_max_age_s=86_400,
            )

    return {
        "issue.openvc-core": batch(lambda: [issue(k, names) for k in keys], len(keys)),
        "verify.openvc-core": batch(verify_all, len(shown)),
    }


class Node:
    """npm @sd-jwt/sd-jwt-vc in one Node process that is told what to run."""

    def __init__(self, work: Work) -> None:
        """Start the process and let it prepare."""
        self._process = subprocess.Popen(
            [shutil.which("node") or "node", "../../bench/node_peer.mjs"],
            cwd=NODE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._times = work.times
        self._ask({"claims": work.claims, "shown": list(work.shown), "nonce": NONCE})

    @staticmethod
    def is_there() -> bool:
        """Tell whether Node and the package are installed."""
        return shutil.which("node") is not None and (NODE / "node_modules").is_dir()

    def _ask(self, message: dict[str, object]) -> float:
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the Node process has no pipes")
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()
        return float(json.loads(self._process.stdout.readline())["seconds"])

    def cases(self) -> dict[str, Case]:
        """Return the three cases."""
        return {
            f"{what}.npm @sd-jwt": lambda what=what: (  # type: ignore[misc]
                self._ask({"run": what, "times": self._times}) / self._times
            )
            for what in ("issue", "present", "verify")
        }

    def stop(self) -> None:
        """End the process."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(timeout=10)
        if self._process.stdout is not None:
            self._process.stdout.close()
