"""Client identifiers and their prefixes (OpenID4VP 1.0 section 5.9)."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from idwallet import limits
from idwallet.codec import b64
from idwallet.errors import LimitError, MalformedError, UnsupportedError, UsageError
from idwallet.trust.certificate import Certificate
from idwallet.trust.did import read_did

_CLAUSE: Final = "OpenID4VP 1.0 §5.9"
_PREFIXES: Final = "OpenID4VP 1.0 §5.9.3"

_TEXT: Final = re.compile(r"[\x20-\x7e]+")  # VSCHAR, RFC 6749 appendix A.1
_DNS_NAME: Final = re.compile(
    r"(?=.{1,253}\Z)"
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*"
    r"[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?",
    re.IGNORECASE,
)


class ClientIdPrefix(StrEnum):
    """How a client identifier is to be understood (OpenID4VP 1.0 section 5.9.3).

    `PRE_REGISTERED` stands for no prefix at all (section 5.9.2); the identifier is
    then a name that the reader knows with a pinned key. Under `VERIFIER_ATTESTATION` it
    is the name that an attestation has; under `DECENTRALIZED_IDENTIFIER` a DID, which
    leads to a key; under `REDIRECT_URI` the address of the answer, and nobody signs.
    `ORIGIN` stands in no request: so a browser names who asks (section A.4).
    """

    X509_HASH = "x509_hash"
    X509_SAN_DNS = "x509_san_dns"
    VERIFIER_ATTESTATION = "verifier_attestation"
    DECENTRALIZED_IDENTIFIER = "decentralized_identifier"
    REDIRECT_URI = "redirect_uri"
    ORIGIN = "origin"
    PRE_REGISTERED = "pre-registered"


_UNDERSTOOD: Final = {
    each.value: each
    for each in ClientIdPrefix
    if each not in {ClientIdPrefix.PRE_REGISTERED, ClientIdPrefix.ORIGIN}
}
_OF_CERTIFICATES: Final = (ClientIdPrefix.X509_HASH, ClientIdPrefix.X509_SAN_DNS)
# Defined by the standard and not understood here. They must not fall back to a
# pre-registered client: that would confuse two parties (section 14.8). `origin` is
# never acceptable in a request.
_NOT_UNDERSTOOD: Final = frozenset(
    {
        "openid_federation",
        "origin",
    }
)


@dataclass(frozen=True, slots=True)
class ClientId:
    """A client identifier, taken apart.

    `text` is the whole identifier with its prefix: it alone names the client
    anywhere (OpenID4VP 1.0 section 14.8). `value` is what follows the prefix.
    """

    text: str
    prefix: ClientIdPrefix
    value: str


def read_client_id(text: str, *, at: str) -> ClientId:
    """Take a client identifier apart at its first colon.

    What precedes the colon counts as a prefix only where it is one of the defined
    prefixes; anything else is a pre-registered name, as in ``https://rp.example``.

    Raises:
        MalformedError: empty, not printable ASCII, or no DID under that prefix.
        LimitError: longer than `limits.CLIENT_ID_CHARACTERS`.
        UnsupportedError: a defined prefix, or a DID method, not understood here.
    """
    if len(text) > limits.CLIENT_ID_CHARACTERS:
        raise LimitError("client identifier too long", at=at, clause=_CLAUSE)
    if _TEXT.fullmatch(text) is None:
        raise MalformedError(
            "client identifier is not printable ASCII", at=at, clause=_CLAUSE
        )
    head, colon, value = text.partition(":")
    if colon and head in _NOT_UNDERSTOOD:
        raise UnsupportedError(
            f"client identifier prefix {head}", at=at, clause=_PREFIXES
        )
    prefix = _UNDERSTOOD.get(head) if colon else None
    if prefix is None:
        return ClientId(text, ClientIdPrefix.PRE_REGISTERED, text)
    if prefix is ClientIdPrefix.DECENTRALIZED_IDENTIFIER:
        read_did(value, at=at)
    return ClientId(text, prefix, value)


def client_id_of(
    certificate: Certificate, prefix: ClientIdPrefix, *, dns_name: str | None = None
) -> str:
    """Return the client identifier that belongs to a leaf certificate.

    `dns_name` chooses among several names of the certificate for `X509_SAN_DNS`.

    Raises:
        UsageError: the prefix takes no certificate, or the certificate holds no
            fitting DNS name, or several and `dns_name` does not choose.
    """
    if prefix is ClientIdPrefix.X509_HASH:
        return f"{prefix.value}:{_certificate_hash(certificate.der)}"
    if prefix not in _OF_CERTIFICATES:
        raise UsageError("only an x509 client identifier follows from a certificate")
    names = [name for name in certificate.san_dns if is_dns_name(name)]
    if dns_name is not None:
        names = [name for name in names if name.lower() == dns_name.lower()]
    if len(names) != 1:
        raise UsageError(f"{len(names)} fitting DNS names in the certificate, not one")
    return f"{prefix.value}:{names[0]}"


def names_certificate(client: ClientId, certificate: Certificate) -> bool:
    """Say whether the identifier is that of this leaf certificate.

    A hash is compared in constant time. A DNS name must stand in the certificate as
    it is: a wildcard entry names nobody in particular and never matches. Without a
    prefix the identifier has nothing to do with a certificate: False.
    """
    if client.prefix is ClientIdPrefix.X509_HASH:
        expected = _certificate_hash(certificate.der)
        return hmac.compare_digest(expected.encode(), client.value.encode())
    if client.prefix is not ClientIdPrefix.X509_SAN_DNS:
        return False
    name = client.value.lower()
    return is_dns_name(name) and name in {each.lower() for each in certificate.san_dns}


def is_dns_name(text: str) -> bool:
    """Say whether the text is one DNS name: no wildcard, address, port or final dot.

    The last label starts with a letter, so that an IPv4 address is none
    (RFC 1123 section 2.1); internationalised names stand in their ASCII form.
    """
    return _DNS_NAME.fullmatch(text) is not None


def _certificate_hash(der: bytes) -> str:
    return b64.encode(hashlib.sha256(der).digest())
