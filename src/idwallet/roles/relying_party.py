"""Who asks: a key, how wallets know it, and where answers go."""

from idwallet.crypto.signer import Signer
from idwallet.errors import UsageError
from idwallet.protocols.openid4vp.attached import REGISTRATION, VerifierInfo
from idwallet.protocols.openid4vp.client import ClientIdPrefix, client_id_of
from idwallet.roles.issuer import CertificateChain, read_chain
from idwallet.trust.certificate import Certificate
from idwallet.trust.relying_party import AccessRefused, read_party, read_registration


class RelyingParty:
    """Who asks: a key, how wallets know it, and where answers go.

    With `certificates` the client identifier is derived from the first one, by
    `prefix`; without them `client_id` names a party whose key wallets pinned.
    `answer_to` is the https address that a wallet posts its answer to; it is also
    named where the application carries the bytes itself. It cannot be changed.

    `dns_name` chooses where the certificate has several and `prefix` is
    `X509_SAN_DNS`, `kid` where wallets pinned several keys of `client_id`.

    `registration` is the registration certificate (ETSI TS 119 475, a JWT) of the use
    that this party asks for; it goes into each request (TS 119 472-2 section 6.3.2.2).
    A party of several uses makes one `RelyingParty` for each.
    """

    __slots__ = (
        "_answer_to",
        "_certificates",
        "_client_id",
        "_kid",
        "_registration",
        "_signer",
    )

    def __init__(  # noqa: PLR0913 - one name each for what a wallet may know it by
        self,
        *,
        signer: Signer,
        answer_to: str,
        certificates: CertificateChain | None = None,
        prefix: ClientIdPrefix = ClientIdPrefix.X509_HASH,
        dns_name: str | None = None,
        client_id: str | None = None,
        kid: str | None = None,
        registration: str | None = None,
    ) -> None:
        """Derive the client identifier.

        Raises:
            UsageError: neither certificates nor `client_id`, or both; the first
                certificate holds another key, or no fitting DNS name, or several and
                `dns_name` does not choose; `dns_name` without that prefix, or `kid`
                without `client_id`; a `registration` without certificates, or of
                another party.
            MalformedError: a certificate or the registration cannot be read.
        """
        if (certificates is None) is (client_id is None):
            raise UsageError("a relying party has either certificates or a client_id")
        _require_chosen(certificates, prefix, dns_name=dns_name, kid=kid)
        self._signer = signer
        self._answer_to = answer_to
        self._kid = kid
        self._certificates: tuple[bytes, ...] = ()
        self._client_id: str = client_id or ""
        self._registration = registration
        if certificates is not None:
            chain = _own_chain(certificates, signer=signer)
            self._certificates = tuple(each.der for each in chain)
            self._client_id = client_id_of(chain[0], prefix, dns_name=dns_name)
        if registration is not None:
            _require_own(registration, self._certificates)

    @property
    def signer(self) -> Signer:
        """What signs requests."""
        return self._signer

    @property
    def answer_to(self) -> str:
        """The https address that answers are posted to."""
        return self._answer_to

    @property
    def certificates(self) -> tuple[bytes, ...]:
        """The chain as DER, leaf first; empty where wallets pinned the key."""
        return self._certificates

    @property
    def client_id(self) -> str:
        """The whole client identifier, with its prefix if it has one."""
        return self._client_id

    @property
    def attestations(self) -> tuple[VerifierInfo, ...]:
        """What others attest about it, for each of its requests."""
        if self._registration is None:
            return ()
        return (VerifierInfo(REGISTRATION, self._registration),)

    @property
    def kid(self) -> str | None:
        """Which of its pinned keys this one is, or None."""
        return self._kid


def _require_chosen(
    certificates: CertificateChain | None,
    prefix: ClientIdPrefix,
    *,
    dns_name: str | None,
    kid: str | None,
) -> None:
    """Refuse a choice among what is not there."""
    named = certificates is not None and prefix is ClientIdPrefix.X509_SAN_DNS
    if dns_name is not None and not named:
        raise UsageError("dns_name chooses for the prefix X509_SAN_DNS alone")
    if kid is not None and (certificates is not None or not kid):
        raise UsageError("kid says which pinned key of a client_id signs")


def _require_own(registration: str, certificates: tuple[bytes, ...]) -> None:
    """Refuse what each wallet would: to show what somebody else is registered for."""
    if not certificates:
        raise UsageError("a registration belongs to an access certificate")
    party = read_party(Certificate.from_der(certificates[0], at="certificates"))
    if isinstance(party, AccessRefused):
        raise UsageError(f"no access certificate: {party.facts['what']}")
    found = read_registration(registration)
    broker = found.intermediary
    names = {found.subject, broker.identifier if broker else found.subject}
    if party.identifier not in names:
        raise UsageError("the registration is that of another party")


def _own_chain(
    certificates: CertificateChain, *, signer: Signer
) -> tuple[Certificate, ...]:
    chain = read_chain(certificates)
    if chain[0].public_key != signer.public_key:
        raise UsageError("the first certificate holds another key")
    return chain
