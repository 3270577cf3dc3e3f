"""A timestamp authority, CRLs and an OCSP responder on this machine, over HTTP.

with TestServices(TestPki()) as services:
    who = services.document_signer()           # its certificates name the addresses
    tsa = WebTimestampAuthority(services.tsa, fetcher=services.fetcher())
    trust = services.trust()                   # its anchor names the origin
    services.revoke(who)

Only 127.0.0.1 listens, on a port of its own; every key is a test key.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from types import MappingProxyType
from typing import Final, Self

from cryptography import x509
from cryptography.x509 import ReasonFlags
from cryptography.x509.ocsp import (
    OCSPCertStatus,
    OCSPRequest,
    load_der_ocsp_request,
)
from cryptography.x509.oid import AuthorityInformationAccessOID

from idwallet.adapters.http import HttpFetcher
from idwallet.codec.der import sequence
from idwallet.crypto.algorithms import Algorithm
from idwallet.errors import UsageError
from idwallet.testing.authorities import document_signer, timestamp_authority
from idwallet.testing.certificates import (
    CertificatePlan,
    key_from_seed,
    key_identifier,
    test_name,
)
from idwallet.testing.pki import TestCa, TestIdentity, TestPki
from idwallet.testing.revocation.plans import (
    CrlPlan,
    EntryPlan,
    OcspPlan,
    SinglePlan,
    public_bits,
)
from idwallet.testing.revocation.world import OCSP_SIGNING, no_check
from idwallet.testing.revocation.writing import enumerated
from idwallet.testing.tsa import TestTsa
from idwallet.trust.anchors import TrustStore
from idwallet.trust.certificate import Certificate

_HOST: Final = "127.0.0.1"
_DAY: Final = timedelta(days=1)
_LONGEST: Final = 1 << 16
_CRL: Final = "application/pkix-crl"
_OCSP: Final = "application/ocsp-response"
_REPLY: Final = "application/timestamp-reply"

Change = Callable[[CertificatePlan], CertificatePlan]


@dataclass
class _Authority:
    """A CA whose word is given here; `revoked` are serial numbers, since when and why.

    `responder` is whom it certified to answer for it.
    """

    ca: TestCa
    revoked: dict[int, tuple[datetime, ReasonFlags | None]] = field(
        default_factory=dict
    )
    responder: tuple[CertificatePlan, bytes] | None = None


# RFC 5280 5.3.1, RFC 6960 2.3.
_NUMBERS: Final = MappingProxyType(
    {
        ReasonFlags.unspecified: 0,
        ReasonFlags.key_compromise: 1,
        ReasonFlags.ca_compromise: 2,
        ReasonFlags.affiliation_changed: 3,
        ReasonFlags.superseded: 4,
        ReasonFlags.cessation_of_operation: 5,
        ReasonFlags.certificate_hold: 6,
        ReasonFlags.privilege_withdrawn: 9,
        ReasonFlags.aa_compromise: 10,
    }
)
_UNAUTHORISED: Final = enumerated(6)


class TestServices:
    """Answers about whom it certified, as of `at`, which may be moved.

    `requests` are the paths that were asked for, in order.
    """

    __test__ = False

    def __init__(self, pki: TestPki, *, at: datetime | None = None) -> None:
        """Take the infrastructure; nothing listens yet."""
        self.pki = pki
        self.at = at or pki.at
        self.requests: list[str] = []
        self._cas: dict[bytes, _Authority] = {}
        self._authority: TestIdentity | None = None
        self._lock = Lock()
        self._server: ThreadingHTTPServer | None = None
        self._thread: Thread | None = None

    def __enter__(self) -> Self:
        """Listen."""
        self._server = ThreadingHTTPServer((_HOST, 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop listening."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()

    # --- addresses and whom they are about --------------------------------------------

    @property
    def origin(self) -> str:
        """Where it listens (``http://127.0.0.1:port``).

        Raises:
            UsageError: it does not.
        """
        if self._server is None:
            raise UsageError("the test services listen inside a with statement")
        return f"http://{_HOST}:{self._server.server_address[1]}"

    @property
    def tsa(self) -> str:
        """The address of the timestamp authority."""
        return f"{self.origin}/tsa"

    @property
    def ocsp(self) -> str:
        """The address of the OCSP responder."""
        return f"{self.origin}/ocsp"

    def crl(self, ca: TestCa) -> str:
        """Return the address of the CRL of a CA."""
        return f"{self.origin}/crl/{ca.identifier.hex()}.crl"

    def fetcher(self) -> HttpFetcher:
        """Return a fetcher that may come here, and nowhere else on this machine."""
        return HttpFetcher(private_hosts=[_HOST])

    def trust(self) -> TrustStore:
        """Return a store that believes the root, and lets this origin be asked."""
        return TrustStore([self.pki.anchor().with_fetch_origins(self.origin)])

    @property
    def authority(self) -> TestIdentity:
        """Who stamps the time, certified when it is first asked for."""
        with self._lock:
            if self._authority is None:
                self._authority = self._known(
                    timestamp_authority(
                        self.pki, change=self._naming, ca_change=self._naming
                    )
                )
            return self._authority

    def document_signer(
        self, name: str = "https://signer.example", *, change: Change | None = None
    ) -> TestIdentity:
        """Certify somebody who signs documents; `change` may alter the certificate."""

        def changed(plan: CertificatePlan) -> CertificatePlan:
            named = self._naming(plan)
            return named if change is None else change(named)

        made = document_signer(self.pki, name, change=changed, ca_change=self._naming)
        with self._lock:
            return self._known(made)

    def revoke(
        self,
        who: TestIdentity,
        *,
        number: int = 0,
        since: datetime | None = None,
        reason: ReasonFlags | None = None,
    ) -> None:
        """Revoke a certificate of a chain, 0 the leaf, from now on or since then."""
        found = Certificate.from_der(who.chain[number], at="test")
        serial = found.native.serial_number
        with self._lock:
            ca = self._cas[who.above[number].identifier]
            ca.revoked[serial] = (since or self.at, reason)

    def _known(self, who: TestIdentity) -> TestIdentity:
        for ca in who.above:
            self._cas.setdefault(ca.identifier, _Authority(ca))
        return who

    def _naming(self, plan: CertificatePlan) -> CertificatePlan:
        """Name where the CRL is, and whom to ask."""
        issuer = (plan.authority_key_id or b"").hex()
        crl = x509.UniformResourceIdentifier(f"{self.origin}/crl/{issuer}.crl")
        point = x509.DistributionPoint([crl], None, None, None)
        asked = x509.UniformResourceIdentifier(self.ocsp)
        found = (
            x509.CRLDistributionPoints([point]),
            x509.AuthorityInformationAccess(
                [x509.AccessDescription(AuthorityInformationAccessOID.OCSP, asked)]
            ),
        )
        named = tuple((each, False) for each in found)
        return replace(plan, extensions=(*plan.extensions, *named))

    # --- answers ----------------------------------------------------------------------

    def get(self, path: str) -> tuple[str, bytes]:
        """Return the media type and the body for a path; empty ones for none."""
        with self._lock:
            self.requests.append(path)
            for each in self._cas.values():
                if path == f"/crl/{each.ca.identifier.hex()}.crl":
                    return _CRL, self._crl_of(each)
        return "", b""

    def post(self, path: str, body: bytes) -> tuple[str, bytes]:
        """Return the answer to what was sent there."""
        with self._lock:
            self.requests.append(path)
        if path == "/tsa":
            tsa = TestTsa(self.pki, identity=self.authority, moment=self.at)
            return _REPLY, tsa.stamp(body)
        if path == "/ocsp":
            return _OCSP, self._ocsp_answer(body)
        return "", b""

    def _crl_of(self, authority: _Authority) -> bytes:
        ca = authority.ca
        return CrlPlan(
            issuer=ca.name,
            signing_key=ca.key,
            authority_key_id=ca.identifier,
            this_update=self.at,
            next_update=self.at + _DAY,
            entries=tuple(
                EntryPlan(serial=serial, revoked_at=since, reason=reason)
                for serial, (since, reason) in authority.revoked.items()
                if since <= self.at
            ),
        ).to_der()

    def _ocsp_answer(self, body: bytes) -> bytes:
        asked = load_der_ocsp_request(body)
        with self._lock:
            for each in self._cas.values():
                hashed = hashlib.new(
                    asked.hash_algorithm.name, public_bits(each.ca.key)
                )
                if hashed.digest() == asked.issuer_key_hash:
                    return self._said(each, asked)
        return sequence(_UNAUTHORISED)

    def _said(self, authority: _Authority, asked: OCSPRequest) -> bytes:
        responder, certificate = self._responder(authority)
        since, reason = authority.revoked.get(asked.serial_number, (None, None))
        is_revoked = since is not None and since <= self.at
        single = SinglePlan(
            issuer=authority.ca.name,
            issuer_key=authority.ca.key,
            serial=asked.serial_number,
            algorithm=asked.hash_algorithm.name,
            status=OCSPCertStatus.REVOKED if is_revoked else OCSPCertStatus.GOOD,
            revoked_at=since or self.at,
            reason=None if reason is None else _NUMBERS[reason],
            this_update=self.at,
            next_update=self.at + _DAY,
        )
        return OcspPlan(
            signing_key=responder.key,
            singles=(single,),
            produced_at=self.at,
            certificates=(certificate,),
        ).to_der()

    def _responder(self, authority: _Authority) -> tuple[CertificatePlan, bytes]:
        if authority.responder is None:
            ca = authority.ca
            key = key_from_seed(Algorithm.ES256, seed=ca.identifier, label="OCSP")
            plan = CertificatePlan(
                subject=test_name("OCSP responder"),
                issuer=ca.name,
                key=key,
                signing_key=ca.key,
                serial=int.from_bytes(ca.identifier[:8]) >> 1,
                not_before=self.pki.at - _DAY,
                not_after=self.pki.at + self.pki.life,
                key_purposes=(OCSP_SIGNING,),
                subject_key_id=key_identifier(key),
                authority_key_id=ca.identifier,
                extensions=(no_check(),),
            )
            authority.responder = plan, plan.to_der()
        return authority.responder


def _handler(services: TestServices) -> type[BaseHTTPRequestHandler]:
    """Return what answers a connection."""

    class Handler(BaseHTTPRequestHandler):
        """Hands paths and bodies to the services."""

        def do_GET(self) -> None:
            """Answer with a CRL."""
            self._answer(*services.get(self.path))

        def do_POST(self) -> None:
            """Answer with a timestamp, or with an OCSP response."""
            size = min(int(self.headers.get("Content-Length", "0")), _LONGEST)
            self._answer(*services.post(self.path, self.rfile.read(size)))

        def _answer(self, kind: str, body: bytes) -> None:
            self.send_response(HTTPStatus.OK if kind else HTTPStatus.NOT_FOUND)
            self.send_header("Content-Type", kind or "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the server has for it
            """Say nothing."""

    return Handler
