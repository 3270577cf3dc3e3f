"""Certificates and keys decoded."""

from datetime import datetime

from idwallet.cli.decode.found import HIDDEN, Found, Part
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.codec.pem import PemBlock, read_pem
from idwallet.crypto.keys import PublicKey
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.trust.certificate import Certificate


def decode_pem(data: bytes) -> Found:
    """Decode every block of a PEM text; of a private key nothing is read.

    Raises:
        MalformedError: it is no PEM.
    """
    blocks = read_pem(data, at="PEM")
    many = len(blocks) > 1
    parts = tuple(
        Part(f"block {number}: {block.label}" if many else block.label, _block(block))
        for number, block in enumerate(blocks, start=1)
    )
    return Found("PEM", parts)


def _block(block: PemBlock) -> JsonValue:
    if "PRIVATE KEY" in block.label:
        return {"key": HIDDEN}
    try:
        if block.label == "CERTIFICATE":
            return certificate_facts(block.der)
        if block.label == "X509 CRL":
            # Late: it imports this module in turn.
            from idwallet.cli.decode.evidence import crl_facts

            return crl_facts(block.der)
        if block.label == "PUBLIC KEY":
            return key_facts(PublicKey.from_spki(block.der, at=block.label))
    except (MalformedError, UnsupportedError) as error:
        return {"bytes": len(block.der), "cannot be read": str(error)}
    return {"bytes": len(block.der)}


def decode_certificate(der: bytes) -> Found:
    """Decode a DER certificate.

    Raises:
        MalformedError: it is none.
        UnsupportedError: it is of a kind not read here.
    """
    return Found("X.509 certificate", (Part("certificate", certificate_facts(der)),))


def certificate_facts(der: bytes) -> JsonObject:
    """Return what a certificate says.

    Raises:
        MalformedError: it is none.
        UnsupportedError: it is of a kind not read here.
    """
    found = Certificate.from_der(der, at="certificate")
    usage = None if found.key_usage is None else sorted(map(str, found.key_usage))
    extended = found.extended_key_usage
    facts: JsonObject = {
        "subject": found.subject,
        "issuer": found.issuer,
        "not_before": _moment(found.not_before),
        "not_after": _moment(found.not_after),
        "is_ca": found.is_ca,
        "path_length": found.path_length,
        "key_usage": None if usage is None else list[JsonValue](usage),
        "extended_key_usage": (
            None if extended is None else list[JsonValue](sorted(extended))
        ),
        "dns_names": list[JsonValue](found.san_dns),
        "uris": list[JsonValue](found.san_uri),
        "sha256": found.sha256.hex(),
        "public_key": key_facts(found.public_key),
    }
    return {name: value for name, value in facts.items() if value not in (None, [])}


def key_facts(key: PublicKey) -> JsonObject:
    """Return what a public key is."""
    algorithms = sorted(each.jose for each in key.algorithms)
    return {
        "algorithms": list[JsonValue](algorithms),
        "thumbprint": key.thumbprint,
        "jwk": key.to_jwk(),
    }


def decode_jwk(value: JsonObject) -> Found:
    """Decode a JWK, private or public."""
    try:
        public = {k: v for k, v in value.items() if k not in {"d", "priv"}}
        facts = key_facts(PublicKey.from_jwk(public, at="JWK"))
        said = Part("thumbprint (RFC 7638)", facts["thumbprint"])
    except (MalformedError, UnsupportedError) as error:
        said = Part("cannot be used", str(error))
    return Found("JWK", (Part("key", value), said))


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
