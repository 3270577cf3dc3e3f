"""Two other implementations, as issuer, holder and verifier."""

import json
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Protocol
from unittest.mock import patch

from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.holder import SDJWTHolder
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier

from idwallet.codec.json import JsonObject, JsonValue
from idwallet.roles.verifier import PresentationRequest
from tests.conformance.marked import Hidden, Tree, hidden_paths
from tests.interop.shapes import Case

FIXED = frozenset({"vct", "iss", "iat", "exp", "cnf"})
"""Claims that every credential here has in clear; no case is about them."""


class Refused(Exception):  # noqa: N818 - reads as what happened
    """A peer did not accept what it was given."""


class Peer(Protocol):
    """What an implementation has to do for a crossing."""

    name: str

    def issue(self, case: Case, fixed: JsonObject, *, header: JsonObject) -> str:
        """Issue the case's claims and `fixed`, the latter in clear."""
        ...

    def present(
        self, token: str, case: Case, *, request: PresentationRequest, at: datetime
    ) -> str:
        """Show what the case's holder shows, bound to the request."""
        ...

    def verify(
        self, token: str, *, request: PresentationRequest, at: datetime
    ) -> JsonObject:
        """Return the claims that are shown, or raise `Refused`."""
        ...


class PythonPeer:
    """``sd-jwt``, the reference implementation."""

    name = "sd-jwt"

    def __init__(self, issuer: JWK, holder: JWK) -> None:
        self._issuer = issuer
        self._holder = holder

    def issue(self, case: Case, fixed: JsonObject, *, header: JsonObject) -> str:
        issuer = SDJWTIssuer(
            {**fixed, **self._marked(case.tree)},
            self._issuer,
            add_decoy_claims=case.decoys > 0,
            extra_header_parameters={"typ": "dc+sd-jwt", **header},
        )
        return str(issuer.sd_jwt_issuance)

    def _marked(self, tree: dict[Tree, Tree]) -> dict[object, object]:
        made = _for_reference(tree)
        assert isinstance(made, dict)
        return made

    def present(
        self, token: str, case: Case, *, request: PresentationRequest, at: datetime
    ) -> str:
        holder = SDJWTHolder(token)
        with patch("sd_jwt.holder.time", at.timestamp):
            holder.create_presentation(
                case.wanted, request.nonce, request.client_id, self._holder
            )
        return str(holder.sd_jwt_presentation)

    def verify(
        self, token: str, *, request: PresentationRequest, at: datetime
    ) -> JsonObject:
        try:
            verifier = SDJWTVerifier(
                token,
                lambda _issuer, _header: self._issuer,
                request.client_id,
                request.nonce,
            )
            claims: JsonObject = verifier.get_verified_payload()
        except Exception as error:
            raise Refused(str(error)) from error
        return claims


def _for_reference(tree: Tree) -> object:
    if isinstance(tree, Hidden):
        return SDObj(_for_reference(tree.inner))
    if isinstance(tree, dict):
        return {_for_reference(name): _for_reference(v) for name, v in tree.items()}
    if isinstance(tree, list):
        return [_for_reference(each) for each in tree]
    return tree


class NodePeer:
    """``@sd-jwt/sd-jwt-vc``, in one process that answers line by line."""

    name = "@sd-jwt/sd-jwt-vc"

    def __init__(self, folder: Path, issuer: JWK, holder: JWK) -> None:
        self._issuer = issuer
        self._holder = holder
        self._process = subprocess.Popen(
            ["node", "peer.mjs"],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    @property
    def issuer_jwk(self) -> JsonObject:
        """The issuer's public key, as the process takes it."""
        return _public(self._issuer)

    def close(self) -> None:
        """End the process."""
        self._process.communicate(timeout=30)

    def ask(self, action: str, **request: JsonValue) -> JsonValue:
        """Let the process do something, and return its result.

        Raises:
            Refused: the peer threw.
        """
        sent, answers = self._process.stdin, self._process.stdout
        assert sent is not None
        assert answers is not None
        sent.write(json.dumps({"action": action, **request}) + "\n")
        sent.flush()
        answer = json.loads(answers.readline())
        if "refused" in answer:
            raise Refused(answer["refused"])
        result: JsonValue = answer["result"]
        return result

    def issue(self, case: Case, fixed: JsonObject, *, header: JsonObject) -> str:
        hides = any(hidden_paths(case.tree))
        return str(
            self.ask(
                "issue",
                payload={**fixed, **case.claims},
                frame=_frame(case.tree, decoys=case.decoys) if hides else None,
                header=header,
                key=_private(self._issuer),
                hash=case.hash.value,
            )
        )

    def present(
        self, token: str, case: Case, *, request: PresentationRequest, at: datetime
    ) -> str:
        binding: JsonObject = {
            "iat": int(at.timestamp()),
            "aud": request.client_id,
            "nonce": request.nonce,
        }
        return str(
            self.ask(
                "present",
                token=token,
                frame=_shown_frame(case.wanted),
                binding=binding,
                key=_private(self._holder),
            )
        )

    def verify(
        self, token: str, *, request: PresentationRequest, at: datetime
    ) -> JsonObject:
        verified = self.ask(
            "verify",
            token=token,
            key=self.issuer_jwk,
            nonce=request.nonce,
            at=int(at.timestamp()),
        )
        assert isinstance(verified, dict)
        # Comparing the audience is left to the caller, so this caller does.
        if verified["audience"] != request.client_id:
            raise Refused("another audience")
        claims = verified["payload"]
        assert isinstance(claims, dict)
        return claims


def _frame(tree: Tree, *, decoys: int) -> JsonObject:
    """Return the disclosure frame: which members of each level are hidden."""
    hidden: list[JsonValue] = []
    frame: JsonObject = {"_sd": hidden}
    if isinstance(tree, dict):
        members = [
            (n.inner if isinstance(n, Hidden) else n, v, isinstance(n, Hidden))
            for n, v in tree.items()
        ]
    else:
        assert isinstance(tree, list)
        members = [
            (n, v.inner if isinstance(v, Hidden) else v, isinstance(v, Hidden))
            for n, v in enumerate(tree)
        ]
    for key, value, is_hidden in members:
        assert isinstance(key, str | int)
        if is_hidden:
            hidden.append(key)
        if any(hidden_paths(value)):
            frame[str(key)] = _frame(value, decoys=decoys)
    if decoys:
        frame["_sd_decoy"] = decoys
    return frame


def _shown_frame(wanted: Tree) -> JsonValue:
    if isinstance(wanted, dict):
        return {str(n): _shown_frame(v) for n, v in wanted.items() if v}
    if isinstance(wanted, list):
        return {str(n): _shown_frame(v) for n, v in enumerate(wanted) if v}
    return bool(wanted)


def _private(key: JWK) -> JsonObject:
    made: JsonObject = key.export(as_dict=True)
    return {name: made[name] for name in ("kty", "crv", "x", "y", "d")}


def _public(key: JWK) -> JsonObject:
    made: JsonObject = key.export_public(as_dict=True)
    return {name: made[name] for name in ("kty", "crv", "x", "y")}
