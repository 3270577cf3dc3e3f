"""A credential authorized for these hashes: what a person shows, what comes for it."""

import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from idwallet import limits
from idwallet.adapters.csc.expression import factors_of
from idwallet.adapters.csc.remote import ACCEPTED, CscAnswer, CscRemote, broken
from idwallet.adapters.csc.structures import CscCredential, CscFactor
from idwallet.codec.json import JsonObject
from idwallet.codec.text import show
from idwallet.errors import MalformedError, SignerLocked, UnsupportedError
from idwallet.ports import AskSecret

_EXPLICIT: Final = "explicit"
_OAUTH2: Final = "oauth2code"


@dataclass(frozen=True, slots=True)
class CscAuthorization:
    """What a credential is asked to be authorized for.

    These digests and no others, by the hash of that OID. It is what goes into
    ``oauth2/authorize`` (CSC API 2.0 section 8.4.2).
    """

    credential: str
    hashes: tuple[bytes, ...] = field(repr=False)
    hash_oid: str

    def hashes_json(self) -> list[str]:
        """Return the digests as base64 texts."""
        return [b64encode(each).decode("ascii") for each in self.hashes]


Consent = Callable[[CscAuthorization], str]
"""Lead a person through ``oauth2/authorize`` with scope ``credential``, and return the
access token that came of it; raise `SigningDeclined` when nobody gives one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorizer:
    """Gets a credential authorized; `wait` sleeps for so many seconds."""

    remote: CscRemote
    credential: CscCredential
    ask_secret: AskSecret | None = field(repr=False)
    consent: Consent | None = field(repr=False)
    wait: Callable[[float], None] = time.sleep

    def authorize(self, wanted: CscAuthorization) -> str:
        """Return the signature activation data for these hashes (SAD).

        Raises:
            SignerLocked: nobody was named to ask, what was shown is wrong, or nobody
                confirmed in time.
            SigningDeclined: the person said no.
            SignerError: see `CscRemote.call`.
            UnsupportedError: another mode of authorization than the two of version 2.
        """
        if self.credential.mode == _OAUTH2:
            if self.consent is None:
                raise SignerLocked("the credential wants a consent by OAuth 2.0")
            return self.consent(wanted)
        if self.credential.mode != _EXPLICIT:
            raise UnsupportedError(
                "mode of authorization", at="auth/mode", clause="CSC API 2 §11.4"
            )
        asked: JsonObject = {
            "credentialID": self.credential.name,
            "numSignatures": len(wanted.hashes),
            "hashes": [*wanted.hashes_json()],
            "hashAlgorithmOID": wanted.hash_oid,
        }
        shown = [self._shown(each) for each in _factors(self.credential)]
        if shown:
            asked["authData"] = [*shown]
        answer = self.remote.call("credentials/authorize", asked, section="11.6")
        return _activation(self._confirmed(answer))

    def _shown(self, factor: CscFactor) -> JsonObject:
        """Return one authentication object (CSC API 2.0 section 8.3.1)."""
        if factor.out_of_band:
            return {"id": factor.name}
        if self.ask_secret is None:
            raise SignerLocked("the credential wants a PIN and nobody was named to ask")
        prompt = self._question(factor) if factor.challenge else factor.label
        return {"id": factor.name, "value": self.ask_secret(prompt)}

    def _question(self, factor: CscFactor) -> str:
        asked: JsonObject = {
            "credentialID": self.credential.name,
            "authObjectID": factor.name,
        }
        answer = self.remote.call("credentials/getChallenge", asked, section="11.8")
        question = answer.members.optional("challenge")
        if question is None:  # it went to the person another way
            return factor.label
        try:
            return f"{factor.label}: {show(question.text())}"
        except MalformedError as error:
            raise broken(error) from error

    def _confirmed(self, answer: CscAnswer) -> CscAnswer:
        """Return the answer once the person has confirmed elsewhere (section 11.7)."""
        for _ in range(limits.CSC_POLLS):
            if answer.status != ACCEPTED:
                return answer
            try:
                handle = answer.members.member("handle").text()
            except MalformedError as error:
                raise broken(error) from error
            self.wait(limits.CSC_POLL_EVERY.total_seconds())
            asked: JsonObject = {"handle": handle}
            answer = self.remote.call(
                "credentials/authorizeCheck", asked, section="11.7"
            )
        raise SignerLocked("nobody confirmed the signature in time")


def _factors(credential: CscCredential) -> list[CscFactor]:
    by_name = {each.name: each for each in credential.factors}
    try:
        names = factors_of(credential.expression, tuple(by_name))
    except MalformedError as error:
        raise broken(error) from error
    return [by_name[name] for name in names]


def _activation(answer: CscAnswer) -> str:
    try:
        found = answer.members.member("SAD")
        text = found.text()
        if len(text) > limits.CSC_SAD_CHARACTERS:
            raise found.excess("SAD too long")
    except MalformedError as error:
        raise broken(error) from error
    return text
