"""Chains judged by `idwallet.trust.path` and by pyhanko-certvalidator.

We never accept what it refuses. Where we refuse what it accepts, `STRICTER` says why;
a case that stands there and no longer differs fails too. ML-DSA is not compared: it
cannot verify such signatures.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Final

import pytest
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.authority import CertTrustAnchor, TrustQualifiers
from pyhanko_certvalidator.errors import PathError, ValidationError

from idwallet.crypto.algorithms import DEFAULT_ALGORITHMS, Algorithm
from idwallet.errors import MalformedError, UnsupportedError, UsageError
from idwallet.testing.certificates import (
    CertificatePlan,
    PrivateKey,
    key_from_seed,
    key_identifier,
    test_name,
)
from idwallet.testing.pki import MOMENT, Fault, TestPki
from idwallet.trust.anchors import Purpose, TrustAnchor, TrustStore
from idwallet.trust.certificate import Certificate, KeyUsage
from idwallet.trust.path import ValidatedPath, validate_path
from tests.unit.trust import forged

ALGORITHMS: Final = DEFAULT_ALGORITHMS | {Algorithm.RS256, Algorithm.PS256}
DAY, TICK = timedelta(days=1), timedelta(seconds=1)
USAGE: Final = frozenset({KeyUsage.KEY_CERT_SIGN, KeyUsage.CRL_SIGN})


@dataclass(frozen=True)
class Case:
    """A chain, leaf first, under a root, at a moment."""

    chain: tuple[bytes, ...]
    root: bytes
    at: datetime = MOMENT


def accepted_here(case: Case) -> bool:
    try:
        chain = tuple(Certificate.from_der(der, at="x5c") for der in case.chain)
        anchor = TrustAnchor.from_certificate(
            case.root, name="root", purposes=[Purpose.ISSUE_CREDENTIALS]
        )
    except (MalformedError, UnsupportedError, UsageError):
        return False
    found = validate_path(
        chain,
        store=TrustStore([anchor]),
        purpose=Purpose.ISSUE_CREDENTIALS,
        at=case.at,
        algorithms=ALGORITHMS,
    )
    return isinstance(found, ValidatedPath)


def accepted_there(case: Case) -> bool:
    """What certvalidator says.

    It wants a key usage wherever one is asked for; RFC 5280 6.1 does not, so one is
    asked for only where the leaf has the extension.
    """
    leaf, *rest = (asn1.Certificate.load(der) for der in case.chain)
    context = ValidationContext(
        trust_roots=[_anchor(case)],
        other_certs=rest,
        moment=case.at,
        allow_fetching=False,
        time_tolerance=timedelta(),
    )
    validator = CertificateValidator(leaf, rest, validation_context=context)
    try:
        if leaf.key_usage_value is None:
            asyncio.run(validator.async_validate_path())
        else:
            asyncio.run(validator.async_validate_usage({"digital_signature"}))
    except (PathError, ValidationError, ValueError, NotImplementedError):
        return False
    return True


def _anchor(case: Case) -> CertTrustAnchor:
    """Give it the root's path length, and not the root's name constraints.

    It reads what an anchor permits of one form of name as permitting no other form,
    and fails on what an anchor excludes; RFC 5280 leaves an anchor's own extensions
    open (6.2).
    """
    root = asn1.Certificate.load(case.root)
    length = root.max_path_length
    return CertTrustAnchor(
        root, TrustQualifiers(max_path_length=length, max_aa_path_length=length)
    )


# --- chains ------------------------------------------------------------------------


@dataclass(frozen=True)
class Chain:
    """The plans of a root, a CA and a leaf, each to be altered."""

    root: CertificatePlan
    ca: CertificatePlan
    leaf: CertificatePlan

    def case(self, at: datetime = MOMENT) -> Case:
        return Case((self.leaf.to_der(), self.ca.to_der()), self.root.to_der(), at)


def _key(label: str) -> PrivateKey:
    return key_from_seed(Algorithm.ES256, seed=b"differential", label=label)


def _plan(
    label: str, *, key: PrivateKey, above: CertificatePlan | None
) -> CertificatePlan:
    signing = key if above is None else above.key
    return CertificatePlan(
        subject=test_name(label),
        issuer=test_name(label) if above is None else above.subject,
        key=key,
        signing_key=signing,
        serial=len(label),
        not_before=MOMENT - DAY,
        not_after=MOMENT + DAY,
        is_ca=True,
        key_usage=USAGE,
        subject_key_id=key_identifier(key),
        authority_key_id=key_identifier(signing),
    )


def _sound() -> Chain:
    root = _plan("root", key=_key("root"), above=None)
    ca = _plan("CA", key=_key("CA"), above=root)
    leaf = replace(
        _plan("leaf", key=_key("leaf"), above=ca),
        is_ca=False,
        key_usage=frozenset({KeyUsage.DIGITAL_SIGNATURE}),
        alternative_names=(x509.DNSName("a.example"),),
    )
    return Chain(root, ca, leaf)


SOUND: Final = _sound()


def leaf(**changes: object) -> Case:
    made = replace(SOUND.leaf, **changes)  # type: ignore[arg-type]
    return replace(SOUND, leaf=made).case()


def ca(leaf_changes: dict[str, object] | None = None, **changes: object) -> Case:
    upper = replace(SOUND.ca, **changes)  # type: ignore[arg-type]
    lower = replace(SOUND.leaf, **(leaf_changes or {}))  # type: ignore[arg-type]
    return replace(SOUND, ca=upper, leaf=lower).case()


def root(**changes: object) -> Case:
    made = replace(SOUND.root, **changes)  # type: ignore[arg-type]
    return replace(SOUND, root=made).case()


def mutated(mutation: forged.Mutation, **changes: object) -> Case:
    plan = replace(SOUND.leaf, **changes)  # type: ignore[arg-type]
    return Case((forged.forge(plan, mutation), SOUND.ca.to_der()), SOUND.root.to_der())


def mutated_ca(mutation: forged.Mutation, **changes: object) -> Case:
    plan = replace(SOUND.ca, **changes)  # type: ignore[arg-type]
    return Case(
        (SOUND.leaf.to_der(), forged.forge(plan, mutation)), SOUND.root.to_der()
    )


def signed(digest: hashes.HashAlgorithm, algorithm: str) -> Case:
    key = SOUND.leaf.signing_key
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    made = forged.signed_with(
        SOUND.leaf, algorithm, lambda tbs: key.sign(tbs, ec.ECDSA(digest))
    )
    return Case((made, SOUND.ca.to_der()), SOUND.root.to_der())


def country(code: str) -> x509.DirectoryName:
    return x509.DirectoryName(
        x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, code)])
    )


UNKNOWN: Final = x509.UnrecognizedExtension(
    x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"
)
POLICY: Final = x509.CertificatePolicies(
    [x509.PolicyInformation(x509.ObjectIdentifier("1.2.3"), None)]
)
NAMES: Final[dict[str, tuple[x509.GeneralName, x509.GeneralName, x509.GeneralName]]] = {
    "DNS": (x509.DNSName("example"), x509.DNSName("b.example"), x509.DNSName("b.test")),
    "URI": (
        x509.UniformResourceIdentifier("b.example"),
        x509.UniformResourceIdentifier("https://b.example/x"),
        x509.UniformResourceIdentifier("https://b.test/x"),
    ),
    "URI below": (
        x509.UniformResourceIdentifier(".example"),
        x509.UniformResourceIdentifier("https://b.example/x"),
        x509.UniformResourceIdentifier("https://example/x"),
    ),
    "mailbox": (
        x509.RFC822Name("desk@b.example"),
        x509.RFC822Name("desk@b.example"),
        x509.RFC822Name("other@b.example"),
    ),
    "mail host": (
        x509.RFC822Name("b.example"),
        x509.RFC822Name("desk@b.example"),
        x509.RFC822Name("desk@c.b.example"),
    ),
    "mail domain": (
        x509.RFC822Name(".example"),
        x509.RFC822Name("desk@b.example"),
        x509.RFC822Name("desk@example"),
    ),
    "directory": (
        country("XX"),
        x509.DirectoryName(test_name("somebody")),
        country("YY"),
    ),
    "address": (
        x509.IPAddress(ip_network("192.0.2.0/24")),
        x509.IPAddress(ip_address("192.0.2.1")),
        x509.IPAddress(ip_address("198.51.100.1")),
    ),
}


def _sound_cases() -> Iterator[tuple[str, Case]]:
    for algorithm in (
        Algorithm.ES256,
        Algorithm.ES384,
        Algorithm.ES512,
        Algorithm.EDDSA,
    ):
        pki = TestPki(seed=b"differential", algorithm=algorithm)
        for intermediates in (0, 1, 3):
            chain = pki.issuer(intermediates=intermediates).chain
            yield (
                f"{algorithm.name} with {intermediates} CAs",
                Case(chain, pki.root.der),
            )
    rsa = TestPki(algorithm=Algorithm.RS256)
    yield "RSA", Case(rsa.issuer().chain, rsa.root.der)
    pki = TestPki(seed=b"differential")
    yield "root in the chain", Case((*pki.issuer().chain, pki.root.der), pki.root.der)
    issuer = pki.issuer()
    yield "CA as anchor", Case(issuer.chain[:1], issuer.chain[1])
    yield "root as leaf", Case((pki.root.der,), pki.root.der)


def _fault_cases() -> Iterator[tuple[str, Case]]:
    for fault in Fault:
        pki = TestPki(seed=fault.encode())
        yield f"fault: {fault}", Case(pki.issuer(fault=fault).chain, pki.root.der)


def _time_cases() -> Iterator[tuple[str, Case]]:
    for name, at in {
        "first second": MOMENT - DAY,
        "before the first second": MOMENT - DAY - TICK,
        "last second": MOMENT + DAY,
        "after the last second": MOMENT + DAY + TICK,
        "another century": datetime(2150, 1, 1, tzinfo=UTC),
    }.items():
        yield name, SOUND.case(at)
    yield "root expired", root(not_after=MOMENT - TICK)
    yield "root not yet valid", root(not_before=MOMENT + TICK)
    yield "valid into another century", leaf(not_after=datetime(2060, 1, 1, tzinfo=UTC))


def _profile_cases() -> Iterator[tuple[str, Case]]:
    everything = frozenset(KeyUsage)
    yield "leaf without key usage", leaf(key_usage=None)
    yield (
        "leaf for commitment only",
        leaf(key_usage=frozenset({KeyUsage.CONTENT_COMMITMENT})),
    )
    yield "leaf with every key usage", leaf(key_usage=everything)
    yield (
        "leaf without key identifiers",
        leaf(subject_key_id=None, authority_key_id=None),
    )
    yield "leaf with another authority key", leaf(authority_key_id=b"other")
    yield "leaf for web servers", leaf(key_purposes=("1.3.6.1.5.5.7.3.1",))
    yield "leaf for any purpose", leaf(key_purposes=("2.5.29.37.0",))
    yield "leaf without a subject", leaf(subject=x509.Name([]))
    yield "leaf without any name", leaf(subject=x509.Name([]), alternative_names=())
    yield "leaf with unknown extension", leaf(extensions=((UNKNOWN, False),))
    yield "leaf with unknown critical extension", leaf(extensions=((UNKNOWN, True),))
    yield "leaf with critical policies", leaf(extensions=((POLICY, True),))
    yield "self-issued leaf", leaf(subject=SOUND.ca.subject)
    yield "CA without key usage", ca(key_usage=None)
    yield "CA with every key usage", ca(key_usage=everything)
    yield "CA with unknown critical extension", ca(extensions=((UNKNOWN, True),))
    yield (
        "CA that inhibits any policy",
        ca(extensions=((x509.InhibitAnyPolicy(0), True),)),
    )
    yield (
        "CA that requires a policy",
        ca(extensions=((x509.PolicyConstraints(0, None), True),)),
    )
    yield (
        "CA that inhibits mapping",
        ca(extensions=((x509.PolicyConstraints(None, 0), True),)),
    )
    yield "CA with path length 0", ca(path_length=0)
    yield "root with path length 0", root(path_length=0)
    yield "root with path length 1", root(path_length=1)
    yield "root without key usage", root(key_usage=None)
    yield "root that must not certify", root(key_usage=frozenset({KeyUsage.CRL_SIGN}))
    yield "root that is no CA", root(is_ca=False)
    yield "root with unknown critical extension", root(extensions=((UNKNOWN, True),))


def _name_cases() -> Iterator[tuple[str, Case]]:
    for kind, (base, inside, outside) in NAMES.items():
        for where, name in (("inside", inside), ("outside", outside)):
            names = {"alternative_names": (name,)}
            yield f"{kind} {where} permitted", ca(names, permitted=(base,))
            yield f"{kind} {where} excluded", ca(names, excluded=(base,))
    yield "subject in a permitted directory", ca(permitted=(country("XX"),))
    yield "subject outside a permitted directory", ca(permitted=(country("YY"),))
    yield "subject in an excluded directory", ca(excluded=(country("XX"),))
    yield "names permitted by the root", root(permitted=(x509.DNSName("example"),))
    yield "names not permitted by the root", root(permitted=(x509.DNSName("test"),))
    yield "names excluded by the root", root(excluded=(x509.DNSName("example"),))
    mailbox = x509.Name([x509.NameAttribute(NameOID.EMAIL_ADDRESS, "desk@b.test")])
    yield (
        "mailbox in the subject",
        ca(
            {"subject": mailbox, "alternative_names": ()},
            permitted=(x509.RFC822Name("b.example"),),
        ),
    )
    wild = {"alternative_names": (x509.DNSName("*.example"),)}
    yield (
        "wildcard over an excluded name",
        ca(wild, excluded=(x509.DNSName("b.example"),)),
    )
    lower = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "XX"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "IDWALLET  test only"),
        ]
    )
    yield (
        "excluded directory in other letters",
        ca(excluded=(x509.DirectoryName(lower),)),
    )
    yield (
        "permitted directory in other letters",
        ca(permitted=(x509.DirectoryName(lower),)),
    )
    yield (
        "URI without a host",
        ca(
            {"alternative_names": (x509.UniformResourceIdentifier("urn:x"),)},
            permitted=(x509.UniformResourceIdentifier("b.example"),),
        ),
    )


def _forged_cases() -> Iterator[tuple[str, Case]]:
    yield "serial number 0", mutated(forged.serial(0))
    yield "negative serial number", mutated(forged.serial(-1))
    yield "leaf of version 1", mutated(forged.version_1_plain)
    yield "CA of version 1", mutated_ca(forged.version_1_plain)
    yield "version 1 with extensions", mutated(forged.version_1)
    yield "extension twice", mutated(forged.extension_twice)
    yield (
        "subtree with a minimum",
        mutated_ca(forged.subtree_with_minimum, permitted=(x509.DNSName("example"),)),
    )
    yield (
        "algorithm fields differ",
        mutated(forged.swap("2a8648ce3d040302", "2a8648ce3d040303")),
    )
    yield (
        "issuer as another string type",
        mutated(forged.swap("0c07" + b"TEST CA".hex(), "1307" + b"TEST CA".hex())),
    )
    yield (
        "issuer in other letters",
        mutated(forged.swap(b"TEST CA".hex(), b"Test ca".hex())),
    )
    sha = "300a06082a8648ce3d0403"
    yield "SHA-384 by P-256", signed(hashes.SHA384(), sha + "03")
    yield "SHA-224", signed(hashes.SHA224(), sha + "01")
    chain = SOUND.case().chain
    yield (
        "bit of the signature",
        Case(
            (chain[0][:-1] + bytes([chain[0][-1] ^ 1]), chain[1]), SOUND.root.to_der()
        ),
    )


CASES: Final[dict[str, Case]] = {
    name: case
    for cases in (
        _sound_cases(),
        _fault_cases(),
        _time_cases(),
        _profile_cases(),
        _name_cases(),
        _forged_cases(),
    )
    for name, case in cases
}
_USAGE: Final = "RFC 5280 4.2.1.12: used for no purpose that it does not name"
_TREE: Final = "without the policy tree of RFC 5280 6.1.2 it cannot be honoured"
_ROOT: Final = "RFC 5280 6.2 leaves it open; an anchor's own bounds bind here"
_NAME: Final = "RFC 5280 4.1.2.6: a CA encodes its name alike wherever it stands"
_FORM: Final = "RFC 5280 4.1: the certificate breaks its own format"
STRICTER: Final[dict[str, str]] = {
    "fault: CA for something else": _USAGE,
    "fault: leaf for something else": _USAGE,
    "leaf for web servers": _USAGE,
    "fault: leaf is a CA": "a key that certifies must not sign tokens (HAIP 1.0)",
    "fault: signed with an algorithm no default policy names": "only what is named",
    "SHA-224": "RFC 8725 3.2: only algorithms that the policy names",
    "CA that inhibits any policy": _TREE,
    "CA that inhibits mapping": _TREE,
    "root expired": _ROOT,
    "root not yet valid": _ROOT,
    "root that must not certify": _ROOT,
    "root that is no CA": _ROOT,
    "root with unknown critical extension": _ROOT,
    "names not permitted by the root": _ROOT,
    "names excluded by the root": _ROOT,
    "wildcard over an excluded name": "the wildcard may stand for the excluded name",
    "permitted directory in other letters": "exact letters cannot be argued about",
    "issuer as another string type": _NAME,
    "issuer in other letters": _NAME,
    "leaf without any name": "RFC 5280 4.1.2.6: then a subject alternative name",
    "serial number 0": "RFC 5280 4.1.2.2: positive",
    "negative serial number": "RFC 5280 4.1.2.2: positive",
    "leaf of version 1": "it has no extensions to say what its key is for",
    "version 1 with extensions": _FORM,
    "extension twice": _FORM,
    "algorithm fields differ": "RFC 5280 4.1.1.2: the two fields are the same",
}


def test_there_are_enough_cases_and_both_answers_occur() -> None:
    assert len(CASES) >= 60
    answers = [accepted_here(case) for case in CASES.values()]
    assert answers.count(True) >= 30
    assert answers.count(False) >= 30


@pytest.mark.parametrize("name", CASES)
def test_nothing_is_accepted_here_that_certvalidator_refuses(name: str) -> None:
    case = CASES[name]
    here, there = accepted_here(case), accepted_there(case)
    assert (here, there) == ((False, True) if name in STRICTER else (there, there))


def test_every_stricter_case_exists() -> None:
    assert set(STRICTER) <= set(CASES)
