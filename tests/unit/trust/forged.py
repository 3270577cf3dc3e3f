"""Certificates that no honest builder makes: changed in their bytes, signed again."""

from collections.abc import Callable

from asn1crypto import core, parser
from asn1crypto import x509 as asn1
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from idwallet.testing.certificates import CertificatePlan

Mutation = Callable[[bytes], bytes]
"""What to make of the bytes that are signed."""


def forge(plan: CertificatePlan, mutation: Mutation) -> bytes:
    """Return the certificate of the plan, changed, with a signature that verifies."""
    made = asn1.Certificate.load(plan.to_der())
    tbs = mutation(made["tbs_certificate"].dump())
    key = plan.signing_key
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    signature = core.OctetBitString(key.sign(tbs, ec.ECDSA(hashes.SHA256())))
    return _sequence(tbs, made["signature_algorithm"].dump(), signature.dump())


def _sequence(*parts: bytes) -> bytes:
    whole: bytes = core.Sequence(contents=b"".join(parts)).dump()
    return whole


def signed_with(
    plan: CertificatePlan, algorithm: str, sign: Callable[[bytes], bytes]
) -> bytes:
    """Name another algorithm (DER, in hexadecimal) in both fields and sign by it."""
    named = bytes.fromhex(algorithm)
    tbs = asn1.Certificate.load(plan.to_der())["tbs_certificate"].dump()
    version, number, _, *rest = _fields(tbs)
    changed = _sequence(version, number, named, *rest)
    return _sequence(changed, named, core.OctetBitString(sign(changed)).dump())


def swap(old: str, new: str) -> Mutation:
    """Exchange bytes, in hexadecimal, for as many others."""
    before, after = bytes.fromhex(old), bytes.fromhex(new)
    assert len(before) == len(after)

    def mutate(tbs: bytes) -> bytes:
        assert before in tbs
        return tbs.replace(before, after)

    return mutate


def _contents(der: bytes) -> bytes:
    contents: bytes = parser.parse(der)[4]
    return contents


def _fields(der: bytes) -> list[bytes]:
    """Cut a sequence into its elements."""
    contents = _contents(der)
    fields: list[bytes] = []
    while contents:
        size: int = parser.peek(contents)
        fields.append(contents[:size])
        contents = contents[size:]
    return fields


def serial(number: int) -> Mutation:
    """Set the serial number."""

    def mutate(tbs: bytes) -> bytes:
        version, _, *rest = _fields(tbs)
        return _sequence(version, core.Integer(number).dump(), *rest)

    return mutate


def version_1(tbs: bytes) -> bytes:
    """Leave the version out, and keep the extensions."""
    return _sequence(*_fields(tbs)[1:])


def version_1_plain(tbs: bytes) -> bytes:
    """Leave out the version and the extensions, as old tools do."""
    return _sequence(*_fields(tbs)[1:-1])


def _with_extensions(tbs: bytes, change: Callable[[list[bytes]], list[bytes]]) -> bytes:
    *fields, explicit = _fields(tbs)
    extensions = _sequence(*change(_fields(_contents(explicit))))
    return _sequence(*fields, b"\xa3" + _sequence(extensions)[1:])


def extension_twice(tbs: bytes) -> bytes:
    """Say the first extension twice."""
    return _with_extensions(tbs, lambda found: [found[0], *found])


def subtree_with_minimum(tbs: bytes) -> bytes:
    """Give the permitted DNS subtree ``example`` the minimum 1."""
    subtree = b"\x30\x0c\x82\x07example\x80\x01\x01"
    value = _sequence(b"\xa0" + bytes([len(subtree)]) + subtree)
    constraints = asn1.Extension(
        {
            "extn_id": "name_constraints",
            "critical": True,
            "extn_value": core.ParsableOctetString(value),
        }
    ).dump()
    plain = b"\x30\x09\x82\x07example"

    def change(found: list[bytes]) -> list[bytes]:
        assert sum(plain in each for each in found) == 1
        return [constraints if plain in each else each for each in found]

    return _with_extensions(tbs, change)
