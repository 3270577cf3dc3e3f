"""Certificates that no honest builder makes: changed in their bytes, signed again."""

from collections.abc import Callable
from typing import Final

from asn1crypto import core
from asn1crypto import x509 as asn1
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from idwallet.testing.certificates import CertificatePlan, PrivateKey

Mutation = Callable[[asn1.Certificate], None]


def forge(plan: CertificatePlan, mutation: Mutation) -> bytes:
    """Return the certificate of the plan, changed, with a signature that verifies."""
    return resign(plan.to_der(), mutation, key=plan.signing_key)


def resign(der: bytes, mutation: Mutation, *, key: PrivateKey) -> bytes:
    """Change a certificate's bytes and sign it with a P-256 key."""
    made = asn1.Certificate.load(der)
    mutation(made)
    tbs = made["tbs_certificate"].dump(force=True)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    made["signature_value"] = key.sign(tbs, ec.ECDSA(hashes.SHA256()))
    return made.dump(force=True)


def serial(number: int) -> Mutation:
    def mutate(made: asn1.Certificate) -> None:
        made["tbs_certificate"]["serial_number"] = number

    return mutate


def version_1(made: asn1.Certificate) -> None:
    made["tbs_certificate"]["version"] = "v1"


def version_1_plain(made: asn1.Certificate) -> None:
    """As OpenSSL makes them: no version, no extensions."""
    tbs = made["tbs_certificate"]
    kept = [tbs[n] for n in range(1, 7)]
    contents = b"".join(each.dump() for each in kept)
    made["tbs_certificate"] = asn1.TbsCertificate.load(
        core.Sequence(contents=contents).dump()
    )
    made["tbs_certificate"].dump()


def extension_twice(made: asn1.Certificate) -> None:
    extensions = made["tbs_certificate"]["extensions"]
    extensions.append(extensions[0].copy())


def subtree_with_minimum(made: asn1.Certificate) -> None:
    for extension in made["tbs_certificate"]["extensions"]:
        if extension["extn_id"].native == "name_constraints":
            value = extension["extn_value"].parsed
            value["permitted_subtrees"][0]["minimum"] = 1
            extension["extn_value"] = value


def outer_algorithm(made: asn1.Certificate) -> None:
    made["signature_algorithm"]["algorithm"] = "sha384_ecdsa"


MALFORMED_NAME: Final = b"\xff\xfe"


def name_that_is_no_utf8(made: asn1.Certificate) -> None:
    name = made["tbs_certificate"]["subject"].chosen
    value = name[-1][0]["value"].chosen
    value.contents = MALFORMED_NAME
    value._unicode = None
