"""Judge who holds an SD-JWT VC: its key binding JWT (RFC 9901 section 7.3)."""

import hmac
from datetime import UTC, datetime
from typing import Final, NamedTuple

from idwallet.codec.json import JsonObject, JsonValue, read_object
from idwallet.codec.numeric_date import numeric_seconds
from idwallet.credentials.presence import AMR, PersonVerified, read_amr
from idwallet.credentials.required import BOUND, Expected, HeldBy
from idwallet.credentials.sdjwt.diagnose import (
    audience_written,
    hash_written,
    nonce_written,
)
from idwallet.credentials.sdjwt.structures import (
    NO_EXTENSIONS,
    TYP_KEY_BINDING,
    SdJwt,
    digest_of,
    hash_name,
)
from idwallet.crypto.keys import PublicKey
from idwallet.envelope.jws import (
    VALID,
    Jws,
    read_compact,
    signature_facts,
    signature_reason,
)
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.profiles import ProfileRule
from idwallet.report import CheckId, Checks, Facts, Reason
from idwallet.report.verdict import Answer
from idwallet.trust.policy import BindingRule, Policy, PresenceRule

# What a named tuple's constructor calls, without the Python function around it.
_new: Final = tuple.__new__

# What most verifications say and ask, ready made: Python 3.11 takes as long to look up
# a member of an Enum as to call a function.
_PROVEN: Final[Answer] = (CheckId.HOLDER_BINDING, Reason.PROVEN, ())
_HASH_MISMATCH: Final[Answer] = (
    CheckId.HOLDER_BINDING,
    Reason.PRESENTATION_HASH_MISMATCH,
    (),
)
_FRESH: Final[Answer] = (CheckId.PRESENTATION_FRESHNESS, Reason.FRESH, ())
_ABSENCE: Final[Answer] = (CheckId.HOLDER_PRESENCE, Reason.NOT_ESTABLISHED, ())
_ABSENCE_ACCEPTED: Final[Answer] = (
    CheckId.HOLDER_PRESENCE,
    Reason.NOT_ESTABLISHED_ACCEPTED,
    (),
)
_NONCE: Final = CheckId.PRESENTATION_NONCE
_AUDIENCE: Final = CheckId.PRESENTATION_AUDIENCE
_MATCHES: Final = Reason.MATCHES
_NONCE_MATCHES: Final[Answer] = (_NONCE, _MATCHES, ())
_AUDIENCE_MATCHES: Final[Answer] = (_AUDIENCE, _MATCHES, ())
_LENIENT: Final = PresenceRule.NOT_ESTABLISHED_ACCEPTED


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

    __slots__ = (
        "_answer",
        "_expected",
        "_now",
        "_payload",
        "_policy",
        "_say",
        "_sd_jwt",
        "_wait",
    )

    def __init__(
        self,
        sd_jwt: SdJwt,
        payload: JsonObject,
        *,
        expected: Expected | HeldBy,
        policy: Policy,
        now: float,
        checks: Checks,
    ) -> None:
        """Take what is judged.

        `payload` is the issuer-signed one, `now` the moment in seconds since 1970.
        """
        self._sd_jwt = sd_jwt
        self._payload = payload
        self._expected = expected
        self._policy = policy
        self._now = now
        self._say = checks.say
        self._wait = checks.wait
        self._answer = checks.answers.append

    def read(self) -> Binding | None:
        """Return the key binding, or None after saying why there is none to judge."""
        expected, text = self._expected, self._sd_jwt.key_binding
        if isinstance(expected, HeldBy):
            self._held(expected)
            return None
        if text is None:
            self._unbound(expected)
            return None
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
        return _new(Binding, (key, jws, said))

    def conclude(self, binding: Binding | None) -> None:
        """Judge what `read` returned, and the holder's presence."""
        expected, answer = self._expected, self._answer
        if isinstance(expected, HeldBy):
            return
        if binding is not None:
            said = binding.said
            is_proven = self._binding(binding)
            nonce = compared(said.get("nonce"), expected.nonce)
            audience = compared(said.get("aud"), expected.audience)
            if nonce is _MATCHES and audience is _MATCHES:
                answer(_NONCE_MATCHES)
                answer(_AUDIENCE_MATCHES)
            else:
                what = nonce_written(said.get("nonce"), expected)
                answer(_named(_NONCE, nonce, what=what))
                what = audience_written(said.get("aud"), expected)
                answer(_named(_AUDIENCE, audience, what=what))
            self._freshness(said)
            if is_proven and AMR in said and self._attested(said[AMR]):
                return
        lenient = self._policy.presence is _LENIENT
        answer(_ABSENCE_ACCEPTED if lenient else _ABSENCE)

    def _attested(self, said: JsonValue) -> bool:
        """Answer that the person was there, where the wallet says so (TS12 3.6)."""
        how = read_amr(said)
        if how is PersonVerified.NONE or self._policy.presence is PresenceRule.COMPARED:
            return False
        what = ("what", how.value)
        self._answer((CheckId.HOLDER_PRESENCE, Reason.ATTESTED, (what,)))
        return True

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

    def _binding(self, binding: Binding) -> bool:
        """Answer whether the holder's key signed just this; return whether it did."""
        key, jws, said = binding
        algorithm = hash_name(self._payload)
        if algorithm is None:
            self._wait(CheckId.HOLDER_BINDING, CheckId.CREDENTIAL_DISCLOSURES)
            return False
        if jws.header.typ != TYP_KEY_BINDING:
            reason = Reason.TYP_MISMATCH
        else:
            reason = signature_reason(jws, key=key, allowed=self._policy.algorithms)
        if reason is not VALID:
            facts = tuple(signature_facts(reason, jws).items())
            self._answer((CheckId.HOLDER_BINDING, reason, facts))
            return False
        covered = digest_of(self._sd_jwt.compact, algorithm)
        same = compared(said.get("sd_hash"), covered) is _MATCHES
        self._answer(_PROVEN if same else self._hashed(said))
        return same

    def _hashed(self, said: JsonObject) -> Answer:
        """Answer that the proof is of something else, and of what if that is known."""
        what = hash_written(said.get("sd_hash"), self._sd_jwt)
        if what is None:
            return _HASH_MISMATCH
        return CheckId.HOLDER_BINDING, Reason.HASHED_OTHERWISE, (("what", what),)

    def _unbound(self, expected: Expected) -> None:
        lenient = self._policy.binding is BindingRule.AS_QUERIED
        # HAIP 1.0 §6.1.1.1: what is bound to a key is never shown without its proof.
        always = ProfileRule.BINDING_ALWAYS in self._policy.profile.rules
        lenient = lenient and not (always and "cnf" in self._payload)
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
        now, skew = self._now, self._policy.clock_skew.total_seconds()
        age = self._policy.key_binding_age.total_seconds()
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
            self._answer(_FRESH)


def _named(check_id: CheckId, reason: Reason, *, what: str | None) -> Answer:
    """Return an answer, with what stands in the place of what should, if known."""
    if what is None or reason is _MATCHES:
        return check_id, reason, ()
    return check_id, Reason.OTHER_INPUT, (("what", what),)


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
    try:
        equal = hmac.compare_digest(found, expected)
    except TypeError:  # it takes bytes, or text in ASCII
        equal = hmac.compare_digest(
            found.encode("utf-8", "surrogatepass"),
            expected.encode("utf-8", "surrogatepass"),
        )
    return _MATCHES if equal else Reason.MISMATCH
