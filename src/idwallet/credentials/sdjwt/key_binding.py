"""Judge who holds an SD-JWT VC: its key binding JWT (RFC 9901 section 7.3)."""

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from idwallet.codec.json import JsonObject, JsonValue, read_object
from idwallet.codec.numeric_date import numeric_seconds
from idwallet.codec.text import show
from idwallet.credentials.required import BOUND, Context, Expected, HeldBy
from idwallet.credentials.sdjwt.structures import (
    NO_EXTENSIONS,
    TYP_KEY_BINDING,
    SdJwt,
    digest_of,
    hash_name,
)
from idwallet.crypto.keys import PublicKey
from idwallet.envelope.jws import Jws, read_compact, signature_reason
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.report import CheckId, Checks, Facts, Reason
from idwallet.trust.policy import BindingRule, PresenceRule


class Binding(NamedTuple):
    """A key binding that was read: who must have signed what it says."""

    key: PublicKey
    jws: Jws
    said: JsonObject

    def __repr__(self) -> str:
        """Show nothing: it says when, where and to whom a person showed something."""
        return "<Binding>"


class HolderJudgement:
    """The holder of one credential, at one moment; adds checks to those collected.

    First `read`, then `conclude`: between them the caller judges the issuer's
    signature, so that both signatures are verified one right after the other. What
    an elliptic curve leaves in the processor's caches is a third of the cost of all
    else.
    """

    __slots__ = ("_context", "_expected", "_payload", "_say", "_sd_jwt", "_wait")

    def __init__(
        self,
        sd_jwt: SdJwt,
        payload: Mapping[str, JsonValue],
        *,
        expected: Expected | HeldBy,
        context: Context,
        checks: Checks,
    ) -> None:
        """Take what is judged; `payload` is the issuer-signed one."""
        self._sd_jwt = sd_jwt
        self._payload = payload
        self._expected = expected
        self._context = context
        self._say = checks.say
        self._wait = checks.wait

    def read(self) -> Binding | None:
        """Return the key binding, or None after saying why there is none to judge."""
        expected = self._expected
        if isinstance(expected, HeldBy):
            self._held(expected)
            return None
        if self._sd_jwt.key_binding is None:
            self._unbound(expected)
            return None
        return self._read(self._sd_jwt.key_binding)

    def conclude(self, binding: Binding | None) -> None:
        """Judge what `read` returned, and the holder's presence."""
        expected = self._expected
        if isinstance(expected, HeldBy):
            return
        if binding is not None:
            self._binding(binding, expected)
        self._presence()

    def _held(self, expected: HeldBy) -> None:
        if self._sd_jwt.key_binding is not None:
            # §7.2: a holder must refuse a credential that comes with key binding.
            self._say(CheckId.HOLDER_BINDING, Reason.UNEXPECTED)
            return
        key = self._holder_key()
        if key is not None:
            held = key.thumbprint in expected.thumbprints
            self._say(
                CheckId.HOLDER_BINDING, Reason.KEY_HELD if held else Reason.KEY_NOT_HELD
            )

    def _holder_key(self) -> PublicKey | None:
        """Return the key of ``cnf``, or say why there is none."""
        confirmation = self._payload.get("cnf")
        if confirmation is None:
            self._say(CheckId.HOLDER_BINDING, Reason.KEY_ABSENT)
            return None
        jwk = confirmation.get("jwk") if isinstance(confirmation, dict) else None
        if not isinstance(jwk, dict):
            self._say(
                CheckId.HOLDER_BINDING,
                Reason.KEY_UNUSABLE,
                facts={"what": "cnf holds no jwk"},
            )
            return None
        try:
            return PublicKey.from_jwk(jwk, at="cnf.jwk")
        except (MalformedError, UnsupportedError) as error:
            self._say(
                CheckId.HOLDER_BINDING, Reason.KEY_UNUSABLE, facts={"what": error.what}
            )
            return None

    def _read(self, text: str) -> Binding | None:
        key = self._holder_key()
        if key is None:
            self._wait_for_binding()
            return None
        try:
            jws = read_compact(text, at="key binding", understood=NO_EXTENSIONS)
            said = read_object(jws.payload, at="key binding", clause="RFC 9901 §4.3")
            if "exp" in said or "nbf" in said:
                _require_dates(said)
        except (MalformedError, UnsupportedError) as error:
            facts = {"what": error.what, "at": error.at}
            self._say(CheckId.HOLDER_BINDING, Reason.MALFORMED, facts=facts)
            self._wait_for_binding()
            return None
        return Binding(key, jws, said)

    def _binding(self, binding: Binding, expected: Expected) -> None:
        said = binding.said
        algorithm = hash_name(self._payload)
        if algorithm is None:
            self._wait(CheckId.HOLDER_BINDING, CheckId.CREDENTIAL_DISCLOSURES)
        else:
            reason = self._reason(binding, algorithm)
            proven = reason is Reason.PROVEN
            facts = None if proven else signature_facts(reason, binding.jws)
            self._say(CheckId.HOLDER_BINDING, reason, facts=facts)
        nonce = compared(said.get("nonce"), expected.nonce)
        self._say(CheckId.PRESENTATION_NONCE, nonce)
        audience = compared(said.get("aud"), expected.audience)
        self._say(CheckId.PRESENTATION_AUDIENCE, audience)
        self._freshness(said)

    def _reason(self, binding: Binding, algorithm: str) -> Reason:
        key, jws, said = binding
        if jws.header.typ != TYP_KEY_BINDING:
            return Reason.TYP_MISMATCH
        reason = signature_reason(jws, key=key, allowed=self._context.policy.algorithms)
        if reason is not Reason.VALID:
            return reason
        covered = digest_of(self._sd_jwt.compact, algorithm)
        if compared(said.get("sd_hash"), covered) is Reason.MATCHES:
            return Reason.PROVEN
        return Reason.PRESENTATION_HASH_MISMATCH

    def _unbound(self, expected: Expected) -> None:
        lenient = self._context.policy.binding is BindingRule.AS_QUERIED
        if not lenient or expected.binding_asked:
            self._say(CheckId.HOLDER_BINDING, Reason.ABSENT)
            self._wait_for_binding()
            return
        for each in (CheckId.HOLDER_BINDING, *BOUND):
            self._say(each, Reason.BINDING_NOT_REQUIRED_ACCEPTED)

    def _wait_for_binding(self) -> None:
        for each in BOUND:
            self._wait(each, CheckId.HOLDER_BINDING)

    def _freshness(self, said: JsonObject) -> None:
        policy = self._context.policy
        now, skew = self._context.at.timestamp(), policy.clock_skew.total_seconds()
        age = policy.key_binding_age.total_seconds()
        signed = numeric_seconds(said.get("iat"))
        if signed is None:
            self._say(CheckId.PRESENTATION_FRESHNESS, Reason.ABSENT)
            return
        # §7.3 step 5.h: a key binding that sets itself a beginning or an end is held
        # to them (RFC 7519 §4.1.4, §4.1.5), within the window that the policy allows.
        begins, ends = signed, None
        if "exp" in said or "nbf" in said:
            begins = max(signed, numeric_seconds(said.get("nbf")) or signed)
            ends = numeric_seconds(said.get("exp"))
        if begins > now + skew:
            facts: Facts = {"signed": datetime.fromtimestamp(begins, UTC)}
            self._say(
                CheckId.PRESENTATION_FRESHNESS, Reason.FROM_THE_FUTURE, facts=facts
            )
        elif signed + age < now - skew or (ends is not None and ends <= now - skew):
            until = signed + age if ends is None else min(signed + age, ends)
            facts = {
                "signed": datetime.fromtimestamp(signed, UTC),
                "window": max(0, int(until - signed)),
            }
            self._say(CheckId.PRESENTATION_FRESHNESS, Reason.TOO_OLD, facts=facts)
        else:
            self._say(CheckId.PRESENTATION_FRESHNESS, Reason.FRESH)

    def _presence(self) -> None:
        # No SD-JWT VC can carry an attestation of presence yet.
        accepted = (
            self._context.policy.presence is PresenceRule.NOT_ESTABLISHED_ACCEPTED
        )
        self._say(
            CheckId.HOLDER_PRESENCE,
            Reason.NOT_ESTABLISHED_ACCEPTED if accepted else Reason.NOT_ESTABLISHED,
        )


def _require_dates(said: JsonObject) -> None:
    for name in ("exp", "nbf"):
        if name in said and numeric_seconds(said[name]) is None:
            raise MalformedError(
                "no NumericDate", at=f"key binding/{name}", clause="RFC 7519 §2"
            )


def compared(found: JsonValue, expected: str) -> Reason:
    """Compare a claim with what it must be, in a time that does not tell where."""
    if not isinstance(found, str):
        return Reason.ABSENT
    if not (found.isascii() and expected.isascii()):
        equal = hmac.compare_digest(
            found.encode("utf-8", "surrogatepass"),
            expected.encode("utf-8", "surrogatepass"),
        )
    else:
        equal = hmac.compare_digest(found, expected)
    return Reason.MATCHES if equal else Reason.MISMATCH


def signature_facts(reason: Reason, jws: Jws) -> Facts | None:
    """Return the facts that a signature's reason carries."""
    if reason is Reason.ALGORITHM_NOT_ALLOWED:
        return {"found": show(jws.header.algorithm)}
    if reason is Reason.TYP_MISMATCH:
        return {"found": show(jws.header.typ or "no typ")}
    if reason is Reason.KEY_UNUSABLE:
        return {"what": "the key cannot be used with the algorithm"}
    return None
