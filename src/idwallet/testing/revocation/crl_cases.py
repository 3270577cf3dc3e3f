"""CRLs with one fault each."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from cryptography import x509
from cryptography.x509 import ReasonFlags
from cryptography.x509.oid import NameOID

from idwallet.crypto.algorithms import DEFAULT_ALGORITHMS, Algorithm
from idwallet.testing.certificates import (
    key_identifier,
    test_name,
    unknown_extension,
)
from idwallet.testing.pki import MOMENT
from idwallet.testing.revocation.case import Case, Outcome
from idwallet.testing.revocation.plans import DAY, HOUR, CrlPlan, EntryPlan, scope
from idwallet.testing.revocation.world import (
    Scene,
    World,
    authority,
    certified,
    covers_expired,
    key_of,
)
from idwallet.trust.certificate import KeyUsage
from idwallet.trust.revocation import OnHold, Revoked, Unsettled

SOUND: Final = World.sound()
"""A world with nothing wrong in it."""
_U = Unsettled
_PKIX: Final = "RFC 5280"
POINT: Final = "http://crl.example/1.crl"
"""A distribution point's address."""
_SHA_1: Final = bytes.fromhex("300906072a8648ce3d0401")
_SHA_384: Final = bytes.fromhex("300a06082a8648ce3d040303")


def entry(**changes: object) -> EntryPlan:
    """Plan the leaf's entry."""
    plan = EntryPlan(serial=SOUND.leaf.serial)
    return replace(plan, **changes)  # type: ignore[arg-type]  # any field


def scene(*crls: CrlPlan | bytes, **changes: object) -> Scene:
    """Return a sound world with these CRLs at hand."""
    made = Scene(world=SOUND, crls=crls)
    return replace(made, **changes)  # type: ignore[arg-type]  # any field


_GOOD: Final = scene(SOUND.crl())


def _crl(name: str, expected: _U, *, clause: str, **changes: object) -> Case:
    """The CA's complete CRL with other fields."""
    return Case(
        name=name,
        clause=f"{_PKIX} {clause}",
        forged=scene(SOUND.crl(**changes)),
        twin=_GOOD,
        expected=expected,
    )


def signature_cases() -> Iterator[Case]:
    """Yield CRLs that their issuer did not sign, or not as it may."""
    stranger = key_of("stranger")
    der = SOUND.crl().to_der()
    yield Case(
        name="a bit of the signature differs",
        clause="RFC 5280 6.3.3 (g)",
        forged=scene(der[:-1] + bytes([der[-1] ^ 1])),
        twin=_GOOD,
        expected=_U.SIGNATURE_INVALID,
    )
    yield _crl(
        "another key", _U.SIGNATURE_INVALID, clause="§6.3.3", signing_key=stranger
    )
    yield _crl(
        "another key that says so",
        _U.SIGNER_UNKNOWN,
        clause="§5.2.1",
        signing_key=stranger,
        authority_key_id=key_identifier(stranger),
    )
    yield _crl(
        "algorithm fields differ",
        _U.MALFORMED,
        clause="§5.1.1.2",
        inner_algorithm=_SHA_384,
    )
    yield _crl("SHA-1", _U.ALGORITHM_NOT_ALLOWED, clause="§5.1.1.2", algorithm=_SHA_1)
    unsigned = replace(SOUND.ca, key_usage=frozenset({KeyUsage.KEY_CERT_SIGN}))
    yield Case(
        name="the CA's key must not sign CRLs",
        clause="RFC 5280 6.3.3 (f)",
        forged=scene(SOUND.crl(), world=replace(SOUND, ca=unsigned)),
        twin=_GOOD,
        expected=_U.SIGNER_NOT_AUTHORISED,
    )


def time_cases() -> Iterator[Case]:
    """Yield CRLs that are of another time than the moment judged."""
    yield _crl(
        "past its next update", _U.STALE, clause="§6.3.3", next_update=MOMENT - HOUR / 2
    )
    yield _crl(
        "older than the rules allow",
        _U.STALE,
        clause="§6.3.3",
        this_update=MOMENT - 8 * DAY,
    )
    yield _crl(
        "no next update and old",
        _U.STALE,
        clause="§5.1.2.5",
        this_update=MOMENT - 8 * DAY,
        next_update=None,
    )
    yield _crl(
        "of a later moment",
        _U.NOT_YET,
        clause="§5.1.2.4",
        this_update=MOMENT + HOUR,
    )
    yield _crl(
        "next update before this one",
        _U.MALFORMED,
        clause="§5.1.2.5",
        next_update=MOMENT - DAY,
    )
    old = replace(SOUND, leaf=replace(SOUND.leaf, not_after=MOMENT - 5 * DAY))
    kept = SOUND.crl(extensions=(covers_expired(MOMENT - 30 * DAY),))
    yield Case(
        name="taken after the certificate's end",
        clause="RFC 5280 3.3",
        forged=scene(SOUND.crl(), world=old),
        twin=scene(kept, world=old),
        expected=_U.CERTIFICATE_EXPIRED,
    )


def format_cases() -> Iterator[Case]:
    """Yield CRLs that cannot be read, or not be used as they are."""
    unknown = unknown_extension()
    yield _crl(
        "critical extension unknown",
        _U.UNSUPPORTED,
        clause="§5.2",
        extensions=(unknown,),
    )
    yield _crl(
        "critical entry extension unknown",
        _U.UNSUPPORTED,
        clause="§5.3",
        entries=(EntryPlan(serial=1, extensions=(unknown,)),),
    )
    yield _crl(
        "extension twice",
        _U.MALFORMED,
        clause="§5.2",
        extensions=((x509.CRLNumber(7), False),),
    )
    yield _crl("version 1", _U.UNSUPPORTED, clause="§5.1.2.1", version=None)
    yield Case(
        name="truncated",
        clause="RFC 5280 5.1",
        forged=scene(SOUND.crl().to_der()[:-1]),
        twin=_GOOD,
        expected=_U.MALFORMED,
    )


def entry_cases() -> Iterator[Case]:
    """Yield CRLs on which the certificate stands."""
    listed = (
        ("no reason", None, Revoked),
        ("key compromise", ReasonFlags.key_compromise, Revoked),
        ("superseded", ReasonFlags.superseded, Revoked),
        ("hold", ReasonFlags.certificate_hold, OnHold),
        ("removal in a complete CRL", ReasonFlags.remove_from_crl, _U.MALFORMED),
    )
    other = scene(SOUND.crl(entries=(entry(serial=SOUND.leaf.serial + 1),)))
    for name, reason, expected in listed:
        yield Case(
            name=f"entry: {name}",
            clause="RFC 5280 5.3.1",
            forged=scene(SOUND.crl(entries=(entry(reason=reason),))),
            twin=other,
            expected=expected,
        )
    yield from _proof_cases()


def listing_cases() -> Iterator[Case]:
    """Yield lists that hold more than the certificate's plain entry."""
    yield Case(
        name="an entry of another issuer in a CRL that is not indirect",
        clause="RFC 5280 5.3.3",
        forged=scene(
            SOUND.crl(entries=(EntryPlan(serial=1, issuer=test_name("other")),))
        ),
        twin=scene(
            SOUND.crl(
                entries=(entry(issuer=test_name("other")),),
                scope=scope(indirect=True),
            )
        ),
        expected=_U.UNSUPPORTED,
    )
    stale = SOUND.crl(entries=(entry(),), next_update=MOMENT - HOUR / 2)
    yield Case(
        name="revoked on a stale CRL",
        clause="RFC 5280 5.3",
        forged=scene(stale, SOUND.crl()),
        twin=scene(replace(stale, entries=()), SOUND.crl()),
        expected=Revoked,
    )


def _proof_cases() -> Iterator[Case]:
    """What existed before the revocation, by proof, is not undone."""
    crl = SOUND.crl(entries=(entry(reason=ReasonFlags.key_compromise),))
    before = MOMENT - 3 * DAY
    yield Case(
        name="revoked, and no proof of existence",
        clause="EN 319 102-1 5.5.2",
        forged=scene(crl),
        twin=scene(crl, existed_before=before),
        expected=Revoked,
    )
    yield Case(
        name="proof of existence after the revocation",
        clause="EN 319 102-1 5.5.2",
        forged=scene(crl, existed_before=MOMENT - DAY),
        twin=scene(crl, existed_before=before),
        expected=Revoked,
    )
    invalid = entry(reason=ReasonFlags.key_compromise, invalid_since=before - DAY)
    yield Case(
        name="invalid since before the proof of existence",
        clause="RFC 5280 5.3.2",
        forged=scene(SOUND.crl(entries=(invalid,)), existed_before=before),
        twin=scene(crl, existed_before=before),
        expected=Revoked,
    )


def scope_cases() -> Iterator[Case]:
    """Yield CRLs that speak of something else."""
    out = _U.OUT_OF_SCOPE
    ca_only = scope(only="ca")
    yield _crl("CA certificates only", out, clause="§6.3.3 (b)(2)(iii)", scope=ca_only)
    attributes = scope(only="attribute")
    yield _crl("attributes only", out, clause="§6.3.3 (b)(2)(iv)", scope=attributes)
    elsewhere = scope(uri=POINT)
    yield _crl("a point not named", out, clause="§6.3.3 (b)(2)(i)", scope=elsewhere)
    pointed = _pointed(x509.UniformResourceIdentifier(POINT))
    yield Case(
        name="another point",
        clause="RFC 5280 6.3.3 (b)(2)(i)",
        forged=scene(SOUND.crl(scope=scope(uri=POINT + "x")), world=pointed),
        twin=scene(SOUND.crl(scope=elsewhere), world=pointed),
        expected=out,
    )
    fragment = _fragment("1")
    related = _with_points(x509.DistributionPoint(None, fragment, None, None))
    yield Case(
        name="another point, named by a fragment",
        clause="RFC 5280 4.2.1.13",
        forged=scene(SOUND.crl(scope=scope(relative=_fragment("2"))), world=related),
        twin=scene(SOUND.crl(scope=scope(relative=fragment)), world=related),
        expected=out,
    )
    some = frozenset({ReasonFlags.key_compromise, ReasonFlags.ca_compromise})
    rest = frozenset(ReasonFlags) - some - _NO_SCOPE
    partial = SOUND.crl(scope=scope(reasons=some))
    yield Case(
        name="some reasons only",
        clause="RFC 5280 6.3.3 (d)",
        forged=scene(partial),
        twin=scene(partial, SOUND.crl(scope=scope(reasons=rest))),
        expected=out,
    )


_NO_SCOPE: Final = frozenset({ReasonFlags.unspecified, ReasonFlags.remove_from_crl})


def _fragment(text: str) -> x509.RelativeDistinguishedName:
    return x509.RelativeDistinguishedName(
        [x509.NameAttribute(NameOID.COMMON_NAME, f"CRL {text}")]
    )


def _with_points(*points: x509.DistributionPoint) -> World:
    """Return a world whose leaf names these distribution points."""
    found = (x509.CRLDistributionPoints(points), False)
    whole = (*SOUND.leaf.extensions, found)
    return replace(SOUND, leaf=replace(SOUND.leaf, extensions=whole))


def _pointed(*names: x509.GeneralName) -> World:
    return _with_points(x509.DistributionPoint(names, None, None, None))


def delta_cases() -> Iterator[Case]:
    """Yield delta CRLs, and what they lack."""
    base = SOUND.crl(this_update=MOMENT - 8 * DAY)
    delta = SOUND.crl(number=9, base_number=7)
    twin = scene(base, delta)
    lacking = {
        "base older than it starts from": (base, replace(delta, base_number=8)),
        "not newer than its base": (base, replace(delta, number=7)),
        "another scope than its base": (base, replace(delta, scope=scope(only="user"))),
        "base without a number": (replace(base, number=None), delta),
        "stale itself": (base, replace(delta, next_update=MOMENT - HOUR / 2)),
        "base past its next update": (replace(base, next_update=MOMENT - HOUR), delta),
    }
    for name, crls in lacking.items():
        yield _delta(name, scene(*crls), twin=twin, expected=_U.STALE)
    yield _delta("no base", scene(delta), twin=twin, expected=_U.BASE_MISSING)
    held = replace(base, entries=(entry(reason=ReasonFlags.certificate_hold),))
    lifted = replace(delta, entries=(entry(reason=ReasonFlags.remove_from_crl),))
    yield _delta(
        "hold not lifted",
        scene(held, delta),
        twin=scene(held, lifted),
        expected=OnHold,
    )
    final = replace(base, entries=(entry(reason=ReasonFlags.key_compromise),))
    yield _delta(
        "a final revocation cannot be lifted",
        scene(final, lifted),
        twin=scene(held, lifted),
        expected=Revoked,
    )
    yield _delta(
        "revoked by the delta",
        scene(SOUND.crl(), replace(delta, number=10, entries=(entry(),))),
        twin=scene(SOUND.crl(), replace(delta, number=10)),
        expected=Revoked,
    )


def _delta(name: str, forged: Scene, *, twin: Scene, expected: Outcome) -> Case:
    return Case(
        name=f"delta: {name}",
        clause="RFC 5280 5.2.4",
        forged=forged,
        twin=twin,
        expected=expected,
    )


def algorithm_case() -> Case:
    """Return a CRL by a key that only another policy allows."""
    ed25519 = key_of("CA", Algorithm.EDDSA)
    ca = authority("CA", above=SOUND.root, key=ed25519)
    world = World(
        root=SOUND.root,
        ca=ca,
        leaf=certified("leaf", above=ca, key_purposes=SOUND.leaf.key_purposes),
    )
    only = DEFAULT_ALGORITHMS - {Algorithm.EDDSA}
    twin = Scene(world=world, crls=(world.crl(),))
    return Case(
        name="an algorithm that the rules do not name",
        clause="RFC 8725 3.2",
        forged=twin.changed(algorithms=only),
        twin=twin,
        expected=_U.ALGORITHM_NOT_ALLOWED,
    )
