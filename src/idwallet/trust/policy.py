"""Policies: what a verdict requires, and what it accepts on purpose."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final

from idwallet import limits
from idwallet.codec.jcs import canonicalize
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.crypto.algorithms import Algorithm
from idwallet.errors import UsageError
from idwallet.profiles import OPENID4VP_1_0, IssuanceProfile, Profile
from idwallet.trust.freshness import STRICTEST, FreshnessRule
from idwallet.trust.memory import Read


class BindingRule(StrEnum):
    """Whether the holder must prove the key that the credential is bound to."""

    REQUIRED = "required"
    AS_QUERIED = "as_queried"


class PresenceRule(StrEnum):
    """Whether it must be shown that the person was there, not only the device.

    `ATTESTED` believes the wallet's word, or a clerk who compared the portrait;
    `COMPARED` the clerk alone.
    """

    COMPARED = "compared"
    ATTESTED = "attested"
    NOT_ESTABLISHED_ACCEPTED = "not_established_accepted"


class StatusRule(StrEnum):
    """Whether a credential must be known not to be revoked.

    `IF_PRESENT` accepts a credential that has no status; one that has it is checked.
    """

    REQUIRED = "required"
    IF_PRESENT = "if_present"
    NOT_REQUIRED_ACCEPTED = "not_required_accepted"


class RevocationRule(StrEnum):
    """Whether no certificate of the issuer's chain may be revoked, as is known.

    `IF_AT_HAND` heeds the evidence at hand, and accepts that it says nothing; what it
    says against a certificate stands, and what cannot be read leaves the question open.
    `NOT_REQUIRED_ACCEPTED` looks at none.
    """

    REQUIRED = "required"
    IF_AT_HAND = "if_at_hand"
    NOT_REQUIRED_ACCEPTED = "not_required_accepted"


class RegistrationRule(StrEnum):
    """Whether who asks a wallet must show what they are registered for.

    `IF_PRESENT` accepts that none is shown; one that is shown is judged in full, unless
    the wallet knows no registrar at all, which the verdict says (ETSI TS 119 475).
    """

    REQUIRED = "required"
    IF_PRESENT = "if_present"


class MetadataRule(StrEnum):
    """Whether the type metadata must be at hand for the credential to be held to."""

    REQUIRED = "required"
    IF_PRESENT = "if_present"


class SignerProfileRule(StrEnum):
    """Whether the signer of a mobile document must keep ISO/IEC 18013-5 Annex B.

    Many real certificates break it. What `DEVIATIONS_ACCEPTED` lets pass is named in
    the verdict, rule by rule.
    """

    ISO_18013_5 = "iso_18013_5"
    DEVIATIONS_ACCEPTED = "deviations_accepted"


class ReaderRule(StrEnum):
    """Whether a wallet answers a reader of mobile documents that nobody knows.

    ISO/IEC 18013-5 9.1.4 leaves it to the wallet. It is about requests that nobody
    signed: one that is signed by somebody unknown, or wrongly, is refused either way.
    `ANONYMOUS_ACCEPTED` answers them for what `Policy.unauthenticated` names.
    """

    AUTHENTICATED = "authenticated"
    ANONYMOUS_ACCEPTED = "anonymous_accepted"


class OneWayRule(StrEnum):
    """Whether a code is taken that a holder shows without having been asked.

    Whoever photographs it can show it elsewhere while it is fresh: that relay cannot be
    excluded, and the verdict says so. `BOUND_ACCEPTED` takes it from holders who read
    the code that is printed at the till, `UNBOUND_ACCEPTED` from anybody.
    """

    REFUSED = "refused"
    BOUND_ACCEPTED = "bound_accepted"
    UNBOUND_ACCEPTED = "unbound_accepted"


class DelegationRule(StrEnum):
    """Whether somebody may act for whom a credential is about: a parent for a child.

    `GUARDIANS_ACCEPTED` takes it from who shows a right and a delegation within it,
    unless it is known to have been taken back. `WITHDRAWALS_REQUIRED` does so only
    where a list of those taken back is at hand that is no older than `freshness` has
    it: what is not known is open then.
    """

    REFUSED = "refused"
    WITHDRAWALS_REQUIRED = "withdrawals_required"
    GUARDIANS_ACCEPTED = "guardians_accepted"


class ExpiryRule(StrEnum):
    """Whether a credential must say when it expires; one that says so is held to it."""

    REQUIRED = "required"
    IF_PRESENT = "if_present"


@dataclass(frozen=True, slots=True)
class Admission:
    """Claims of one type that somebody may ask for whom nobody vouches for.

    `credential_type` is a ``vct`` or a document type, `paths` are claims paths
    (OpenID4VP 1.0 section 7): each admits the claim and what lies below it. Whatever is
    not named is not admitted.
    """

    credential_type: str
    paths: frozenset[tuple[str | int | None, ...]]

    def __post_init__(self) -> None:
        """Refuse an admission of nothing, or of everything.

        Raises:
            UsageError: no type, no path, or a path that names nothing.
        """
        if not self.credential_type or not self.paths or () in self.paths:
            raise UsageError("an admission names a type, and claims of it by path")

    def covers(self, path: Sequence[str | int | None]) -> bool:
        """Whether a claim of that path, or one above it, is named."""
        whole = tuple(path)
        return any(whole[:size] in self.paths for size in range(1, len(whole) + 1))


class _FromProfile(frozenset[Algorithm]):
    """Algorithms that nobody named: what the profile has of these."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a verifier or wallet requires before it says "passed".

    Left out, every rule is at its strictest. `key_binding_age` is how old the proof of
    the holder's key may be, `comparison_age` how long a clerk may take to compare a
    portrait, `clock_skew` how far apart two honest clocks may stand.
    `freshness` is how old a status list may be, `revocation_age` how old evidence about
    a certificate may be (a CRL's own next update bounds it too).
    `algorithms` bounds every signature, those of certificates included. Left out, they
    are those of `profile`, and a copy under another profile keeps what both have: it is
    never wider. Naming others is allowed, RSA or ML-DSA too: OpenID4VP and HAIP 1.0
    say what must be accepted (HAIP section 7: ES256) and forbid none. `name` goes into
    each report.

    `unauthenticated` is all that a wallet lets somebody ask for whom nobody vouches, or
    for whose origin a browser alone does. Left out it is nothing.
    """

    name: str
    binding: BindingRule = BindingRule.REQUIRED
    presence: PresenceRule = PresenceRule.COMPARED
    status: StatusRule = StatusRule.REQUIRED
    metadata: MetadataRule = MetadataRule.REQUIRED
    expiry: ExpiryRule = ExpiryRule.REQUIRED
    revocation: RevocationRule = RevocationRule.REQUIRED
    signer_profile: SignerProfileRule = SignerProfileRule.ISO_18013_5
    readers: ReaderRule = ReaderRule.AUTHENTICATED
    registration: RegistrationRule = RegistrationRule.REQUIRED
    one_way: OneWayRule = OneWayRule.REFUSED
    delegation: DelegationRule = DelegationRule.REFUSED
    unauthenticated: tuple[Admission, ...] = ()
    freshness: FreshnessRule = STRICTEST
    revocation_age: timedelta = timedelta(days=7)
    key_binding_age: timedelta = timedelta(minutes=2)
    comparison_age: timedelta = timedelta(minutes=10)
    clock_skew: timedelta = limits.CLOCK_SKEW
    algorithms: frozenset[Algorithm] = _FromProfile(Algorithm)
    profile: Profile = OPENID4VP_1_0

    def __post_init__(self) -> None:
        """Refuse a policy that no evidence could meet, or that any could.

        Raises:
            UsageError: no name, no algorithm, an age that is not positive, a clock
                skew that is negative or longer than `limits.CLOCK_SKEW_MAXIMUM`, an age
                of revocation evidence past `limits.REVOCATION_AGE_MAXIMUM`, a rule
                that is no member of its enum, or a profile whose algorithms are to be
                taken and are not known here.
        """
        if isinstance(self.algorithms, _FromProfile):
            kept = _FromProfile(self.algorithms & _algorithms(self.profile))
            object.__setattr__(self, "algorithms", kept)
        for name, kind in _RULES:
            # A text is equal to a member and is not one: where the judges ask which
            # member it is, a rule of a configuration file would be none, unheeded.
            if type(getattr(self, name)) is not kind:
                raise UsageError(
                    f"{name} is a {kind.__name__}, as {kind.__name__}(text)"
                )
        if not self.name:
            raise UsageError("a policy needs a name: reports carry it")
        if not self.algorithms:
            raise UsageError("a policy without algorithms accepts no signature")
        _require_times(self)

    def digest(self) -> bytes:
        """Return the SHA-256 of the policy's canonical form.

        A saved request carries it, so that it is judged by the policy it was made for.
        Equal policies have equal digests, in every process.
        """
        known = _known.get(id(self))
        if known is None or known[0] is not self:
            # Held with its policy, so that no other one ever has that number.
            known = self, _digest(self)
            _known.put(id(self), known)
        return known[1]


def _require_times(policy: Policy) -> None:
    if policy.key_binding_age <= timedelta():
        raise UsageError("the age of a key binding is a positive time")
    if policy.comparison_age <= timedelta():
        raise UsageError("a clerk compares a portrait within a positive time")
    if not timedelta() < policy.revocation_age <= limits.REVOCATION_AGE_MAXIMUM:
        raise UsageError("revocation evidence needs a finite maximum age")
    if not timedelta() <= policy.clock_skew <= limits.CLOCK_SKEW_MAXIMUM:
        raise UsageError("clock skew is between 0 and limits.CLOCK_SKEW_MAXIMUM")


_RULES: Final = (
    ("binding", BindingRule),
    ("presence", PresenceRule),
    ("status", StatusRule),
    ("metadata", MetadataRule),
    ("expiry", ExpiryRule),
    ("revocation", RevocationRule),
    ("signer_profile", SignerProfileRule),
    ("readers", ReaderRule),
    ("registration", RegistrationRule),
    ("one_way", OneWayRule),
    ("delegation", DelegationRule),
    ("freshness", FreshnessRule),
)


def _algorithms(profile: Profile) -> frozenset[Algorithm]:
    found = frozenset(map(Algorithm.from_name, profile.algorithms))
    known = frozenset(each for each in found if each is not None)
    if len(known) < len(found):
        raise UsageError("the profile names an algorithm that is not known here")
    return known


# Every request carries the digest, and a process has few policies: it is looked up by
# the policy itself first, since a hash of all its rules takes longer than that.
_POLICIES: Final = 64
_known: Final[Read[int, tuple[Policy, bytes]]] = Read(entries=_POLICIES)


@lru_cache(maxsize=_POLICIES)
def _digest(policy: Policy) -> bytes:
    form: JsonObject = {"format": "idwallet-policy/1"}
    for each in fields(policy):
        form[each.name] = _plain(getattr(policy, each.name))
    return hashlib.sha256(canonicalize(form)).digest()


_Plain = (
    str
    | timedelta
    | frozenset[Algorithm]
    | frozenset[str]
    | Profile
    | IssuanceProfile
    | FreshnessRule
    | tuple[Admission, ...]
)


def _issuance(profile: IssuanceProfile) -> JsonValue:
    bounds = (profile.formats, profile.types, profile.offered)
    rules = sorted((rule.value, clause) for rule, clause in profile.rules)
    return [
        profile.openid4vci,
        profile.within,
        [list[JsonValue](sorted(each)) for each in bounds],
        [list[JsonValue](each) for each in rules],
    ]


def _plain(value: _Plain) -> JsonValue:
    if isinstance(value, IssuanceProfile):
        return _issuance(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, timedelta):
        return str(value // timedelta(microseconds=1))
    if isinstance(value, tuple):
        return sorted((_admission(each) for each in value), key=str)
    if isinstance(value, Profile | FreshnessRule):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    names = sorted(v.jose if isinstance(v, Algorithm) else v for v in value)
    return list[JsonValue](names)


def _admission(each: Admission) -> JsonValue:
    paths = sorted((list[JsonValue](path) for path in each.paths), key=str)
    return [each.credential_type, list[JsonValue](paths)]
