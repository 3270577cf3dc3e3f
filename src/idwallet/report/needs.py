"""What would settle an indeterminate check, as data that an adapter can act on.

Where a need names an address, `origins` are those that may be asked for it
(``https://host``): what the trust anchor names under which its carrier was verified.
Empty, nobody is asked. An address outside of them is said and not followed.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class StatusListNeeded:
    """The status list at `uri` would settle the check.

    It exists only after the credential that names the URI was verified and trusted,
    so a forged credential cannot make anybody fetch anything.
    """

    uri: str
    index: int
    origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IdentifierListNeeded:
    """The identifier list at `uri` would settle the check (ISO/IEC 18013-5 2nd ed.).

    It exists only after the credential that names the URI was verified and trusted.
    Who is asked about stands in no need, as nobody is told.
    """

    uri: str
    origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TypeMetadataNeeded:
    """The type metadata document of `vct` would settle the check.

    `integrity` is the ``vct#integrity`` value of the credential, or None.
    """

    vct: str
    integrity: str | None = None
    origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BundleNeeded:
    """A trust bundle of the series, later than the one of that number, would settle it.

    `series` was signed by the operator whom the device pins.
    """

    series: str
    after: int


@dataclass(frozen=True, slots=True)
class CrlNeeded:
    """A current CRL of `issuer` would settle it.

    `uris` are where the certificate says one is (RFC 5280 4.2.1.13). The certificate
    was validated before, so a forged one names no address to anybody.
    """

    issuer: str
    uris: tuple[str, ...]
    origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OcspNeeded:
    """An OCSP response would settle it; `uris` are the responders (RFC 5280 4.2.2.1).

    `request` is what to ask: a DER OCSPRequest without a nonce (RFC 5019 2.1), empty
    where the certificate of the issuer is not known.
    """

    uris: tuple[str, ...]
    request: bytes = field(default=b"", repr=False)
    origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DidDocumentNeeded:
    """The document of the decentralized identifier `did` would settle it.

    `uri` is where its method publishes it. It exists only for an identifier that a
    trust anchor names, so whoever asks can make nobody fetch anything.
    """

    did: str
    uri: str
    origins: tuple[str, ...] = ()


Need = (
    StatusListNeeded
    | IdentifierListNeeded
    | TypeMetadataNeeded
    | BundleNeeded
    | CrlNeeded
    | OcspNeeded
    | DidDocumentNeeded
)
