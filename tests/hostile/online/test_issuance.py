"""What goes wrong between an issuer and a wallet online, each beside its valid twin.

Every case is the honest issuance with one thing changed. It ends in the error that the
standard names, and in no credential; the honest issuance is run first in each of them,
and ends in one.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

import pytest

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.form import read_form, write_form
from idwallet.codec.json import JsonObject, read_object, write_json
from idwallet.crypto.agreement import EphemeralKey
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.signer import Signer
from idwallet.crypto.software import SoftwareSigner
from idwallet.envelope.jws import sign_compact
from idwallet.errors import MalformedError
from idwallet.protocols.http import HttpRequest, HttpResponse, json_response
from idwallet.protocols.oauth.client_attestation import (
    HEADER,
    POP_HEADER,
    POP_TYP,
    WalletAttestation,
)
from idwallet.protocols.openid4vci.encryption import decrypted, encrypted_request
from idwallet.protocols.openid4vci.metadata import ProofType
from idwallet.protocols.openid4vci.offer import offer_reference
from idwallet.protocols.openid4vci.wallet import (
    ConfirmCredentials,
    ConfirmOffer,
    Failed,
    Issuance,
    OpenBrowser,
    ProveKeys,
    Send,
    Wait,
    start_issuance,
)
from idwallet.roles.credential_service import Pending
from idwallet.roles.credential_service.tickets import Kind, Tickets
from idwallet.roles.wallet_provider import KeyClaims, WalletProvider
from tests.unit.roles.attested_world import (
    GENUINE,
    HOUR,
    ISSUER_ONLY,
    MODERATE,
    STRANGER,
    WANTED,
    attestation_of,
    attesting,
)
from tests.unit.roles.credential_service_world import (
    AT,
    ISSUER,
    World,
)

OTHER: Final = SoftwareSigner.generate(Algorithm.ES256)
JWS: Final = tuple[JsonObject, JsonObject]


@dataclass
class Run:
    """One issuance, with a hand on every message both ways."""

    world: World
    browser: bool = False
    code: bool = False
    count: int = 1
    sent: Callable[[HttpRequest, "Run"], HttpRequest] = lambda request, _: request
    came: Callable[[HttpResponse, "Run", HttpRequest], HttpResponse] = (
        lambda response, *_: response
    )
    prove: Callable[[ProveKeys, "Run"], tuple[list[str], list[str]]] | None = None
    typed: Callable[[str | None], str | None] = lambda code: code
    at: datetime = AT
    moved: Callable[[str], str] = lambda link: link
    kept: dict[str, object] = field(default_factory=dict)

    def go(self) -> Issuance:
        """Go as far as it goes."""
        world = self.world
        if self.browser:
            offer = world.service.invite(subject="anna", configurations=["id"], at=AT)
            typed = None
        else:
            offer, typed = world.offer(code=self.code)
        link = self.moved(offer.to_uri())
        issuance = self.drive(start_issuance(link, world.client, at=AT))
        if isinstance(issuance.step, ConfirmOffer):
            code = self.typed(typed)
            issuance = self.drive(issuance.accept(transaction_code=code, at=AT))
        if isinstance(issuance.step, OpenBrowser):
            back = world.browse(self.moved(issuance.step.url))
            back = self.moved(back)
            issuance = self.drive(issuance.returned(back, at=AT))
        return issuance

    def drive(self, issuance: Issuance) -> Issuance:
        while isinstance(issuance.step, Send | ProveKeys):
            step = issuance.step
            if isinstance(step, Send):
                request = self.sent(step.request, self)
                answer = self.came(self.world.ask(request, at=self.at), self, request)
                issuance = issuance.receive(answer, at=AT)
            else:
                proofs, thumbprints = self.proven(step)
                issuance = issuance.prove(proofs, thumbprints=thumbprints, at=AT)
        return issuance

    def proven(self, step: ProveKeys) -> tuple[list[str], list[str]]:
        if self.prove is not None:
            return self.prove(step, self)
        proofs, signers = self.world.proofs(step, count=self.count)
        return proofs, [each.public_key.thumbprint for each in signers]

    def dpop_nonce(self) -> str:
        return self.world.service._desk.nonce(Kind.DPOP_NONCE, at=AT)


# --- what a request is changed by -----------------------------------------------------

Sent = Callable[[HttpRequest, Run], HttpRequest]


def at_endpoint(name: str, change: Sent) -> Sent:
    def changed(request: HttpRequest, run: Run) -> HttpRequest:
        return change(request, run) if request.url == f"{ISSUER}/{name}" else request

    return changed


def headers(request: HttpRequest, name: str, value: str | None) -> HttpRequest:
    kept = tuple(e for e in request.headers if e[0].lower() != name.lower())
    added = () if value is None else ((name, value),)
    return replace(request, headers=(*kept, *added))


def formed(**changes: str | None) -> Sent:
    def change(request: HttpRequest, _: Run) -> HttpRequest:
        made = {**request.form(), **changes}
        body = write_form({k: v for k, v in made.items() if v is not None})
        return replace(request, body=body.encode())

    return change


def without_key_proof(change: Sent) -> Sent:
    def changed(request: HttpRequest, run: Run) -> HttpRequest:
        made = change(request, run)
        kept = tuple(each for each in made.headers if each[0] != "DPoP")
        return replace(made, headers=kept)

    return changed


def asked(**changes: object) -> Sent:
    def change(request: HttpRequest, _: Run) -> HttpRequest:
        made = {**request.json(), **changes}
        kept = {k: v for k, v in made.items() if v is not None}
        return replace(request, body=json.dumps(kept).encode())

    return change


def body(data: bytes) -> Sent:
    return lambda request, _: replace(request, body=data)


def opened(text: str) -> JWS:
    header, payload, _ = text.split(".")
    return (
        read_object(b64.decode(header, at="h", clause=""), at="h"),
        read_object(b64.decode(payload, at="p", clause=""), at="p"),
    )


def resigned(
    text: str,
    signer: Signer,
    *,
    claims: Mapping[str, object] | None = None,
    header: Mapping[str, object] | None = None,
) -> str:
    """The same JWS with other members (None: none), signed by somebody."""
    head, payload = opened(text)
    head = {k: v for k, v in head.items() if k != "alg"} | dict(header or {})  # type: ignore[operator]
    payload = payload | dict(claims or {})  # type: ignore[operator]
    return sign_compact(
        write_json({k: v for k, v in payload.items() if v is not None}),
        header={k: v for k, v in head.items() if v is not None},
        signer=signer,
    )


def dpop(
    *,
    signer: Signer | None = None,
    claims: Mapping[str, object] | None = None,
    header: Mapping[str, object] | None = None,
) -> Sent:
    """The wallet's DPoP proof, with something else in it."""

    def change(request: HttpRequest, run: Run) -> HttpRequest:
        genuine = request.header("DPoP") or ""
        by = signer or run.world.client.dpop
        head: dict[str, object] = {"jwk": by.public_key.to_jwk(), **(header or {})}
        said = {"nonce": run.dpop_nonce(), "jti": "another", **(claims or {})}
        return headers(request, "DPoP", resigned(genuine, by, claims=said, header=head))

    return change


def broken(name: str) -> Sent:
    def change(request: HttpRequest, _: Run) -> HttpRequest:
        text = request.header(name) or ""
        head, payload, signature = text.split(".")
        raw = bytearray(b64.decode(signature, at="s", clause=""))
        raw[-1] ^= 1
        broken_one = ".".join((head, payload, b64.encode(bytes(raw))))
        return headers(request, name, broken_one)

    return change


def algorithm(name: str, text: str) -> str:
    """The same JWS said to be signed in another way."""
    head, payload = opened(text)
    return ".".join(
        (
            b64.encode(write_json({**head, "alg": name})),
            b64.encode(write_json(payload)),
            b64.encode(b"\0" * 64) if name != "none" else "",
        )
    )


def confused(name: str, alg: str) -> Sent:
    def change(request: HttpRequest, _: Run) -> HttpRequest:
        return headers(request, name, algorithm(alg, request.header(name) or ""))

    return change


def doubled(name: str) -> Sent:
    def change(request: HttpRequest, _: Run) -> HttpRequest:
        return replace(
            request, headers=(*request.headers, (name, request.header(name) or ""))
        )

    return change


def sent_before(request: HttpRequest, run: Run) -> HttpRequest:
    """Somebody between sends the very same request first, and keeps the answer."""
    run.world.ask(request)
    return request


def sent_before_with_a_fresh_key_proof(request: HttpRequest, run: Run) -> HttpRequest:
    run.world.ask(dpop(claims={"jti": run.dpop_nonce()})(request, run))
    return dpop(claims={"jti": run.dpop_nonce()})(request, run)


def guessed(request: HttpRequest, run: Run) -> HttpRequest:
    """Five others are tried before the right code is typed."""
    for number in range(5):
        tried = formed(tx_code=f"{number:06d}")(request, run)
        run.world.ask(dpop(claims={"jti": f"guess {number}"})(tried, run))
    return dpop(claims={"jti": "right"})(request, run)


def reproved(
    *,
    signer: Signer | None = None,
    claims: Mapping[str, object] | None = None,
    header: Mapping[str, object] | None = None,
) -> Callable[[ProveKeys, Run], tuple[list[str], list[str]]]:
    """Proofs of keys with something else in the first of them."""

    def prove(step: ProveKeys, run: Run) -> tuple[list[str], list[str]]:
        proofs, signers = run.world.proofs(step, count=run.count)
        by = signer or signers[0]
        head = dict(header or {})
        first = resigned(proofs[0], by, claims=claims, header=head)
        return (
            [first, *proofs[1:]],
            [each.public_key.thumbprint for each in signers],
        )

    return prove


def attested_keys(
    by: WalletProvider = GENUINE,
    *,
    nonce: str | None = None,
    until: timedelta = HOUR,
    said: KeyClaims = MODERATE,
    of: Signer | None = None,
    typ: str | None = None,
) -> Callable[[ProveKeys, Run], tuple[list[str], list[str]]]:
    """One proof with an attestation of its key, made by somebody."""

    def prove(step: ProveKeys, run: Run) -> tuple[list[str], list[str]]:
        (proof,), (signer,) = run.world.proofs(step, count=1)
        start = AT if until > timedelta(0) else AT + until - HOUR
        text = by.attest_keys(
            [(of or signer).public_key],
            nonce=nonce or step.nonce,
            valid_until=AT + until,
            at=start,
            said=said,
        )
        if typ is not None:
            text = resigned(text, by._signer, header={"typ": typ})
        proof = resigned(proof, signer, header={"key_attestation": text})
        return [proof], [signer.public_key.thumbprint]

    return prove


def wallet_attested(
    by: WalletProvider = GENUINE,
    *,
    client_id: str | None = None,
    until: timedelta = HOUR,
) -> Sent:
    """Another attestation of the same key."""

    def change(request: HttpRequest, run: Run) -> HttpRequest:
        start = AT if until > timedelta(0) else AT + until - HOUR
        text = attestation_of(
            run.world.client.dpop.public_key,
            by,
            client_id=client_id or run.world.client.client_id,
            until=AT + until,
            at=start,
        )
        return headers(request, HEADER, text)

    return change


def popped(
    *,
    signer: Signer | None = None,
    claims: Mapping[str, object] | None = None,
    typ: str = POP_TYP,
) -> Sent:
    def change(request: HttpRequest, run: Run) -> HttpRequest:
        held = run.world.client.attestation
        assert isinstance(held, WalletAttestation)
        genuine = request.header(POP_HEADER) or ""
        said = {"jti": "another", **(claims or {})}
        made = resigned(
            genuine, signer or held.signer, claims=said, header={"typ": typ}
        )
        return headers(request, POP_HEADER, made)

    return change


def pop_sent_before(request: HttpRequest, run: Run) -> HttpRequest:
    """The proof of the attested key is used by somebody with a key of theirs."""
    run.world.ask(dpop(signer=OTHER, claims={"jti": "theirs"})(request, run))
    return request


def foreign_ticket(kind: Kind) -> str:
    """A ticket of another issuer with the same seal."""
    desk = World().service._desk
    other = Tickets(
        desk.tickets._key, issuer="https://other.example", random=desk.random
    )
    return other.issue(kind, {}, until=AT + HOUR)


def reencrypted(**changes: object) -> Sent:
    """An encrypted credential request with other members; None leaves one out."""

    def change(request: HttpRequest, run: Run) -> HttpRequest:
        key, named = run.world.encryption, run.world.service._desk.metadata
        assert key is not None
        assert named.request_encryption is not None
        made = {
            **decrypted(request, key=key, contents=("A128GCM", "A256GCM")),
            **changes,
        }
        made = {k: v for k, v in made.items() if v is not None}
        again = encrypted_request(
            request.url,
            made,
            to=named.request_encryption,
            random=run.world.client.random,
        )
        return replace(request, body=again.body)

    return change


def in_the_clear(request: HttpRequest, run: Run) -> HttpRequest:
    key = run.world.encryption
    assert key is not None
    plain = write_json(decrypted(request, key=key, contents=("A128GCM", "A256GCM")))
    return replace(headers(request, "Content-Type", "application/json"), body=plain)


def encrypting() -> World:
    return World(encryption=EphemeralKey.generate())


def key_attesting() -> World:
    from idwallet.roles.credential_service import AttestationRule

    return attesting(AttestationRule.NOT_ASKED, kinds={"jwt": WANTED})


# --- what an issuer refuses -----------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """The honest issuance with one thing changed, and the error it comes to."""

    name: str
    code: str
    clause: str
    sent: Sent | None = None
    prove: Callable[[ProveKeys, Run], tuple[list[str], list[str]]] | None = None
    world: Callable[[], World] = World
    browser: bool = False
    tx_code: bool = False
    typed: Callable[[str | None], str | None] | None = None
    at: datetime = AT
    honest: Callable[[ProveKeys, Run], tuple[list[str], list[str]]] | None = None
    count: int = 1


TOKEN: Final = "token"
GRANT: Final = "OpenID4VCI 1.0 §6.3"
PROOF: Final = "OpenID4VCI 1.0 §8.3.1.2, F.4"
KEY: Final = "RFC 9449 §4.3"
DEPTH: Final = b'{"a":' * 200 + b"1" + b"}" * 200


def token(change: Sent) -> Sent:
    return at_endpoint("token", change)


def par(change: Sent) -> Sent:
    return at_endpoint("par", change)


def credential(change: Sent) -> Sent:
    return at_endpoint("credential", change)


GRANTS: Final = (
    Case(
        "another transaction code",
        "invalid_grant",
        GRANT,
        token(formed(tx_code="nonono")),
        tx_code=True,
    ),
    Case(
        "no transaction code",
        "invalid_request",
        GRANT,
        token(formed(tx_code=None)),
        tx_code=True,
    ),
    Case(
        "a transaction code that is not wanted",
        "invalid_request",
        GRANT,
        token(formed(tx_code="123456")),
    ),
    Case(
        "the right transaction code after five guesses",
        "invalid_grant",
        "OpenID4VCI 1.0 §13.6",
        token(guessed),
        tx_code=True,
    ),
    Case(
        "a made up pre-authorized code",
        "invalid_grant",
        GRANT,
        token(formed(**{"pre-authorized_code": "AAAA"})),
    ),
    Case(
        "an offer of another issuer",
        "invalid_grant",
        GRANT,
        token(formed(**{"pre-authorized_code": foreign_ticket(Kind.OFFER)})),
    ),
    Case(
        "an offer that was taken up",
        "invalid_grant",
        GRANT,
        token(sent_before_with_a_fresh_key_proof),
    ),
    Case(
        "another grant",
        "unsupported_grant_type",
        "RFC 6749 §5.2",
        token(formed(grant_type="password")),
    ),
    Case(
        "more than was offered",
        "invalid_authorization_details",
        "RFC 9396 §5",
        token(
            formed(
                authorization_details='[{"type":"openid_credential",'
                '"credential_configuration_id":"card"}]'
            )
        ),
    ),
    Case(
        "authorization details that are none",
        "invalid_authorization_details",
        "RFC 9396 §5",
        token(formed(authorization_details="{}")),
    ),
    Case(
        "a parameter twice",
        "invalid_request",
        "RFC 6749 §3.2",
        token(lambda r, _: replace(r, body=r.body + b"&grant_type=x")),
    ),
    Case(
        "a form that is not said to be one",
        "invalid_request",
        "RFC 6749 §3.2",
        token(lambda r, _: headers(r, "Content-Type", "application/json")),
    ),
    Case(
        "a form that is too long",
        "invalid_request",
        "idwallet limits",
        token(lambda r, _: replace(r, body=r.body + b"&x=" + b"x" * 4_194_304)),
    ),
)
KEYS: Final = (
    Case(
        "no proof of a key",
        "invalid_dpop_proof",
        KEY,
        token(lambda r, _: headers(r, "DPoP", None)),
    ),
    Case(
        "for another method",
        "invalid_dpop_proof",
        KEY,
        token(dpop(claims={"htm": "GET"})),
    ),
    Case(
        "for another address",
        "invalid_dpop_proof",
        KEY,
        token(dpop(claims={"htu": "https://other.example/token"})),
    ),
    Case(
        "an old proof of a key",
        "invalid_dpop_proof",
        KEY,
        token(dpop(claims={"iat": int((AT - HOUR).timestamp())})),
    ),
    Case(
        "a proof of a key from the future",
        "invalid_dpop_proof",
        KEY,
        token(dpop(claims={"iat": int((AT + HOUR).timestamp())})),
    ),
    Case(
        "a proof of a key that came before",
        "invalid_dpop_proof",
        KEY,
        token(sent_before),
    ),
    Case(
        "a nonce nobody gave out",
        "use_dpop_nonce",
        "RFC 9449 §8",
        token(dpop(claims={"nonce": "made-up"})),
    ),
    Case(
        "a nonce of another issuer",
        "use_dpop_nonce",
        "RFC 9449 §8",
        token(dpop(claims={"nonce": foreign_ticket(Kind.DPOP_NONCE)})),
    ),
    Case("a broken signature", "invalid_dpop_proof", KEY, token(broken("DPoP"))),
    Case(
        "no signature",
        "invalid_dpop_proof",
        "RFC 8725 §3.2",
        token(confused("DPoP", "none")),
    ),
    Case(
        "a MAC", "invalid_dpop_proof", "RFC 8725 §3.2", token(confused("DPoP", "HS256"))
    ),
    Case(
        "another type of token",
        "invalid_dpop_proof",
        KEY,
        token(dpop(header={"typ": "JWT"})),
    ),
    Case(
        "a private key inside",
        "invalid_dpop_proof",
        KEY,
        token(dpop(header={"jwk": {**OTHER.public_key.to_jwk(), "d": "AA"}})),
    ),
    Case(
        "another key than the one that signed",
        "invalid_dpop_proof",
        KEY,
        token(dpop(header={"jwk": OTHER.public_key.to_jwk()})),
    ),
    Case(
        "two proofs of keys", "invalid_request", "RFC 9449 §4.3", token(doubled("DPoP"))
    ),
    Case(
        "for another token",
        "invalid_dpop_proof",
        "RFC 9449 §7.1",
        credential(dpop(claims={"ath": b64.encode(b"\0" * 32)})),
    ),
    Case(
        "for no token",
        "invalid_dpop_proof",
        "RFC 9449 §7.1",
        credential(dpop(claims={"ath": None})),
    ),
    Case(
        "a token of another key",
        "invalid_token",
        "RFC 9449 §7.1",
        credential(dpop(signer=OTHER)),
    ),
)
CODES: Final = (
    Case(
        "no challenge",
        "invalid_request",
        "RFC 7636 §4.4.1",
        par(formed(code_challenge=None)),
        browser=True,
    ),
    Case(
        "a plain challenge",
        "invalid_request",
        "RFC 9700 §2.1.1",
        par(formed(code_challenge_method="plain")),
        browser=True,
    ),
    Case(
        "another key named than the one that is proven",
        "invalid_dpop_proof",
        "RFC 9449 §10.1",
        par(formed(dpop_jkt="x" * 43)),
        browser=True,
    ),
    Case(
        "a key named that is no thumbprint",
        "invalid_dpop_proof",
        "RFC 9449 §10.1",
        par(without_key_proof(formed(dpop_jkt="x"))),
        browser=True,
    ),
    Case(
        "a code for the key that was named",
        "invalid_grant",
        "RFC 9449 §10.1",
        par(without_key_proof(formed(dpop_jkt="x" * 43))),
        browser=True,
    ),
    Case(
        "a scope that nothing has",
        "invalid_scope",
        "RFC 9126 §2.1",
        par(formed(scope="other")),
        browser=True,
    ),
    Case(
        "details of another type",
        "invalid_authorization_details",
        "RFC 9396 §5",
        par(formed(authorization_details='[{"type":"payment"}]')),
        browser=True,
    ),
    Case(
        "details that name nothing",
        "invalid_authorization_details",
        "RFC 9396 §5",
        par(formed(authorization_details='[{"type":"openid_credential"}]')),
        browser=True,
    ),
    Case(
        "details of what is not issued here",
        "invalid_authorization_details",
        "RFC 9396 §5",
        par(
            formed(
                authorization_details='[{"type":"openid_credential",'
                '"credential_configuration_id":"none"}]'
            )
        ),
        browser=True,
    ),
    Case(
        "another issuer's resource",
        "invalid_target",
        "RFC 8707 §2",
        par(formed(resource="https://other.example")),
        browser=True,
    ),
    Case(
        "an injected state, before a browser is opened",
        "invalid_request",
        "OpenID4VCI 1.0 §5.1.3",
        par(formed(issuer_state=foreign_ticket(Kind.STATE))),
        browser=True,
    ),
    Case(
        "an address nobody registered",
        "invalid_request",
        "RFC 9126 §2.3",
        par(formed(redirect_uri="https://evil.example/back")),
        browser=True,
    ),
    Case(
        "an unknown client",
        "invalid_client",
        "RFC 6749 §5.2",
        par(formed(client_id="evil")),
        browser=True,
    ),
    Case(
        "a reference inside a pushed request",
        "invalid_request",
        "RFC 9126 §2.1",
        par(formed(request_uri="urn:ietf:params:oauth:request_uri:x")),
        browser=True,
    ),
    Case(
        "no code asked for",
        "unsupported_response_type",
        "RFC 6749 §4.1.2.1",
        par(formed(response_type="token")),
        browser=True,
    ),
    Case(
        "another verifier",
        "invalid_grant",
        "RFC 7636 §4.6",
        token(formed(code_verifier="x" * 43)),
        browser=True,
    ),
    Case(
        "no verifier",
        "invalid_grant",
        "RFC 7636 §4.6",
        token(formed(code_verifier=None)),
        browser=True,
    ),
    Case(
        "the code of another client",
        "invalid_grant",
        "RFC 6749 §5.2",
        token(formed(client_id="another")),
        browser=True,
    ),
    Case(
        "another address than at first",
        "invalid_grant",
        "RFC 6749 §4.1.3",
        token(formed(redirect_uri="eu.example.other:/back")),
        browser=True,
    ),
    Case(
        "a code that was used",
        "invalid_grant",
        "RFC 6749 §4.1.2",
        token(sent_before_with_a_fresh_key_proof),
        browser=True,
    ),
    Case(
        "a code of another key",
        "invalid_grant",
        "RFC 9449 §10",
        token(dpop(signer=OTHER)),
        browser=True,
    ),
    Case(
        "a made up code",
        "invalid_grant",
        "RFC 6749 §5.2",
        token(formed(code="AAAA")),
        browser=True,
    ),
)
PROOFS: Final = (
    Case(
        "a kind of proof that is not taken for it",
        "invalid_proof",
        PROOF,
        credential(asked(proofs={"attestation": ["a.b.c"]})),
    ),
    Case(
        "a proof for another issuer",
        "invalid_proof",
        PROOF,
        prove=reproved(claims={"aud": "https://other.example"}),
    ),
    Case(
        "a proof for two issuers",
        "invalid_proof",
        PROOF,
        prove=reproved(claims={"aud": [ISSUER, "https://other.example"]}),
    ),
    Case(
        "a nonce nobody gave out",
        "invalid_nonce",
        PROOF,
        prove=reproved(claims={"nonce": "made-up"}),
    ),
    Case(
        "a nonce of another issuer",
        "invalid_nonce",
        PROOF,
        prove=reproved(claims={"nonce": foreign_ticket(Kind.NONCE)}),
    ),
    Case(
        "a nonce for another thing",
        "invalid_nonce",
        PROOF,
        prove=lambda step, run: reproved(claims={"nonce": run.dpop_nonce()})(step, run),
    ),
    Case("no nonce", "invalid_proof", PROOF, prove=reproved(claims={"nonce": None})),
    Case(
        "proofs that came before",
        "invalid_nonce",
        "OpenID4VCI 1.0 §13.8",
        credential(sent_before_with_a_fresh_key_proof),
    ),
    Case(
        "an old proof",
        "invalid_proof",
        PROOF,
        prove=reproved(claims={"iat": int((AT - HOUR).timestamp())}),
    ),
    Case(
        "a proof from the future",
        "invalid_proof",
        PROOF,
        prove=reproved(claims={"iat": int((AT + HOUR).timestamp())}),
    ),
    Case(
        "another type of token",
        "invalid_proof",
        PROOF,
        prove=reproved(header={"typ": "JWT"}),
    ),
    Case(
        "a key that did not sign", "invalid_proof", PROOF, prove=reproved(signer=OTHER)
    ),
    Case(
        "two keys in a header",
        "invalid_proof",
        "OpenID4VCI 1.0 F.1",
        prove=reproved(header={"kid": "0"}),
    ),
    Case(
        "a private key in a header",
        "invalid_proof",
        PROOF,
        prove=reproved(header={"jwk": {**OTHER.public_key.to_jwk(), "d": "AA"}}),
    ),
    Case(
        "an algorithm that nobody named",
        "invalid_proof",
        "OpenID4VCI 1.0 F.1",
        prove=lambda step, run: _with(
            step, run, SoftwareSigner.generate(Algorithm.ES384)
        ),
    ),
    Case(
        "one key twice",
        "invalid_proof",
        PROOF,
        credential(
            lambda r, run: asked(
                proofs={"jwt": [*r.json()["proofs"]["jwt"]] * 2}  # type: ignore[index,call-overload,misc]
            )(r, run)
        ),
    ),
    Case(
        "more proofs than a batch",
        "invalid_proof",
        PROOF,
        credential(
            lambda r, run: asked(
                proofs={"jwt": [*r.json()["proofs"]["jwt"]] * 11}  # type: ignore[index,call-overload,misc]
            )(r, run)
        ),
    ),
    Case("no proofs", "invalid_proof", PROOF, credential(asked(proofs=None))),
    Case(
        "proofs of two kinds",
        "invalid_credential_request",
        "OpenID4VCI 1.0 §8.2",
        credential(
            lambda r, run: asked(
                proofs={**r.json()["proofs"], "attestation": ["x"]}  # type: ignore[dict-item]
            )(r, run)
        ),
    ),
    Case(
        "a proof of an older draft",
        "invalid_credential_request",
        "OpenID4VCI 1.0 §8.2",
        credential(asked(proof={"proof_type": "jwt"})),
    ),
    Case(
        "an attestation that nobody asked for",
        "invalid_proof",
        PROOF,
        credential(asked(proofs={"attestation": ["x.y.z"]})),
    ),
)
REQUESTS: Final = (
    Case(
        "an unknown credential",
        "unknown_credential_configuration",
        "OpenID4VCI 1.0 §8.3.1.2",
        credential(asked(credential_configuration_id="none")),
    ),
    Case(
        "a credential that was not granted",
        "credential_request_denied",
        "OpenID4VCI 1.0 §8.3.1.2",
        credential(asked(credential_configuration_id="card")),
    ),
    Case(
        "an unknown data set",
        "unknown_credential_identifier",
        "OpenID4VCI 1.0 §8.3.1.2",
        credential(
            asked(credential_configuration_id=None, credential_identifier="id/1")
        ),
    ),
    Case(
        "two names of a credential",
        "invalid_credential_request",
        "OpenID4VCI 1.0 §8.2",
        credential(asked(credential_identifier="id/1")),
    ),
    Case(
        "a made up token",
        "invalid_token",
        "RFC 6750 §3.1",
        credential(lambda r, _: headers(r, "Authorization", "DPoP AAAA")),
    ),
    Case(
        "no token",
        "invalid_token",
        "RFC 6750 §3.1",
        credential(lambda r, _: headers(r, "Authorization", None)),
    ),
    Case(
        "a bound token as one of a bearer",
        "invalid_token",
        "RFC 9449 §7.2",
        credential(
            lambda r, _: headers(
                headers(r, "DPoP", None),
                "Authorization",
                (r.header("Authorization") or "").replace("DPoP", "Bearer"),
            )
        ),
    ),
    Case(
        "a nonce in place of a token",
        "invalid_token",
        "RFC 6750 §3.1",
        credential(
            lambda r, run: headers(r, "Authorization", f"DPoP {run.dpop_nonce()}")
        ),
    ),
    Case(
        "a member twice",
        "invalid_credential_request",
        "OpenID4VCI 1.0 §8.3.1.2",
        credential(body(b'{"proofs":{},"proofs":{}}')),
    ),
    Case(
        "nesting without an end",
        "invalid_credential_request",
        "idwallet limits",
        credential(body(DEPTH)),
    ),
    Case(
        "a body that is too long",
        "invalid_credential_request",
        "idwallet limits",
        credential(body(b'{"a":"' + b"x" * limits.HTTP_BODY_BYTES + b'"}')),
    ),
    Case(
        "another media type",
        "invalid_credential_request",
        "OpenID4VCI 1.0 §8.2",
        credential(lambda r, _: headers(r, "Content-Type", "text/plain")),
    ),
)
ENCRYPTION: Final = (
    Case(
        "in the clear where it must not be",
        "invalid_credential_request",
        "OpenID4VCI 1.0 §10",
        credential(in_the_clear),
        world=encrypting,
    ),
    Case(
        "an answer in the clear asked for",
        "invalid_encryption_parameters",
        "OpenID4VCI 1.0 §8.3.1.2",
        credential(reencrypted(credential_response_encryption=None)),
        world=encrypting,
    ),
    Case(
        "another way to agree on a key",
        "invalid_encryption_parameters",
        "OpenID4VCI 1.0 §10",
        credential(
            reencrypted(
                credential_response_encryption={
                    "jwk": {**OTHER.public_key.to_jwk(), "alg": "RSA-OAEP"},
                    "enc": "A128GCM",
                }
            )
        ),
        world=encrypting,
    ),
    Case(
        "a weaker content encryption",
        "invalid_encryption_parameters",
        "OpenID4VCI 1.0 §10",
        credential(
            reencrypted(
                credential_response_encryption={
                    "jwk": {**OTHER.public_key.to_jwk(), "alg": "ECDH-ES"},
                    "enc": "A128CBC-HS256",
                }
            )
        ),
        world=encrypting,
    ),
    Case(
        "an answer compressed",
        "invalid_encryption_parameters",
        "RFC 8725 §3.6",
        credential(
            reencrypted(
                credential_response_encryption={
                    "jwk": {**OTHER.public_key.to_jwk(), "alg": "ECDH-ES"},
                    "enc": "A128GCM",
                    "zip": "DEF",
                }
            )
        ),
        world=encrypting,
    ),
)
_A: Final = "draft-ietf-oauth-attestation-based-client-auth-08"
WALLETS: Final = (
    Case(
        "no attestation",
        "invalid_client",
        f"{_A} §9",
        token(lambda r, _: headers(r, HEADER, None)),
        world=attesting,
    ),
    Case(
        "no proof of the key attested",
        "invalid_client",
        f"{_A} §9",
        token(lambda r, _: headers(r, POP_HEADER, None)),
        world=attesting,
    ),
    Case(
        "attested by a stranger",
        "invalid_client",
        f"{_A} §9",
        token(wallet_attested(STRANGER)),
        world=attesting,
    ),
    Case(
        "attested by an issuer of credentials",
        "invalid_client",
        f"{_A} §9",
        token(wallet_attested(ISSUER_ONLY)),
        world=attesting,
    ),
    Case(
        "an attestation that is over",
        "invalid_client",
        f"{_A} §9",
        token(wallet_attested(until=-HOUR)),
        world=attesting,
    ),
    Case(
        "attested as another wallet",
        "invalid_client",
        f"{_A} §9",
        token(wallet_attested(client_id="another.example")),
        world=attesting,
    ),
    Case(
        "an attestation that was changed",
        "invalid_client",
        f"{_A} §9",
        token(broken(HEADER)),
        world=attesting,
    ),
    Case(
        "an attestation with a MAC",
        "invalid_client",
        f"{_A} §9",
        token(confused(HEADER, "HS256")),
        world=attesting,
    ),
    Case(
        "two attestations",
        "invalid_request",
        f"{_A} §9",
        token(doubled(HEADER)),
        world=attesting,
    ),
    Case(
        "proven by another key",
        "invalid_client",
        f"{_A} §9",
        token(popped(signer=OTHER)),
        world=attesting,
    ),
    Case(
        "proven to another server",
        "invalid_client",
        f"{_A} §9",
        token(popped(claims={"aud": "https://other.example"})),
        world=attesting,
    ),
    Case(
        "proven by another client",
        "invalid_client",
        f"{_A} §9",
        token(popped(claims={"iss": "another.example"})),
        world=attesting,
    ),
    Case(
        "proven long ago",
        "invalid_client",
        f"{_A} §9",
        token(popped(claims={"iat": int((AT - HOUR).timestamp())})),
        world=attesting,
    ),
    Case(
        "another type of proof",
        "invalid_client",
        f"{_A} §5.2",
        token(popped(typ="dpop+jwt")),
        world=attesting,
    ),
    Case(
        "a challenge nobody gave out",
        "use_attestation_challenge",
        f"{_A} §6.2",
        token(popped(claims={"challenge": "made-up"})),
        world=attesting,
    ),
    Case(
        "a challenge of another server",
        "use_attestation_challenge",
        f"{_A} §6.2",
        token(popped(claims={"challenge": foreign_ticket(Kind.CHALLENGE)})),
        world=attesting,
    ),
    Case(
        "a proof of somebody else's, used before",
        "invalid_client",
        f"{_A} §12.1",
        token(lambda r, run: pop_sent_before(dpop()(r, run), run)),
        world=attesting,
    ),
)
_D: Final = "OpenID4VCI 1.0 Appendix D.1"
ATTESTED: Final = tuple(
    Case(
        name,
        "invalid_proof",
        clause,
        prove=prove,
        world=key_attesting,
        honest=attested_keys(),
    )
    for name, clause, prove in (
        ("keys attested by a stranger", _D, attested_keys(STRANGER)),
        ("keys attested by an issuer", _D, attested_keys(ISSUER_ONLY)),
        ("an attestation that is over", _D, attested_keys(until=-HOUR)),
        ("an attestation of another key", _D, attested_keys(of=OTHER)),
        ("an attestation for another request", _D, attested_keys(nonce="made-up")),
        ("an attestation of another type", _D, attested_keys(typ="JWT")),
        (
            "keys that resist less",
            "OpenID4VCI 1.0 Appendix D.2",
            attested_keys(
                said=KeyClaims(
                    key_storage=("iso_18045_basic",),
                    user_authentication=("iso_18045_moderate",),
                )
            ),
        ),
        (
            "keys of which nothing is said",
            "OpenID4VCI 1.0 Appendix D.2",
            attested_keys(said=KeyClaims()),
        ),
        ("no attestation", "OpenID4VCI 1.0 §12.2.4", reproved()),
    )
)
REFUSED: Final = (
    *GRANTS,
    *KEYS,
    *CODES,
    *PROOFS,
    *REQUESTS,
    *ENCRYPTION,
    *WALLETS,
    *ATTESTED,
)


def _with(
    step: ProveKeys, run: Run, signer: SoftwareSigner
) -> tuple[list[str], list[str]]:
    from idwallet.credentials.possession import make_proof

    proof = make_proof(signer, audience=step.audience, nonce=step.nonce, at=AT)
    return [proof], [signer.public_key.thumbprint]


def run_of(case: Case) -> Run:
    """The honest issuance."""
    return Run(
        case.world(),
        browser=case.browser,
        code=case.tx_code,
        count=case.count,
        prove=case.honest,
    )


@pytest.mark.parametrize("case", REFUSED, ids=lambda c: f"{c.code}: {c.name}")
def test_what_breaks_a_rule_of_issuance_gets_the_error_and_no_credential(
    case: Case,
) -> None:
    assert case.clause
    twin = run_of(case)
    assert isinstance(twin.go().step, ConfirmCredentials)
    forged = run_of(case)
    if case.sent is not None:
        forged.sent = case.sent
    forged.prove = case.prove or forged.prove
    ended = forged.go().step
    assert isinstance(ended, Failed)
    assert ended.code == case.code
    # Whoever sent the same before may have been served; the wallet tries twice.
    before = 2 if case.name == "proofs that came before" else 0
    assert len(forged.world.orders) == before


# --- what a wallet refuses ------------------------------------------------------------

Came = Callable[[HttpResponse, Run, HttpRequest], HttpResponse]


@dataclass(frozen=True)
class Answered:
    """An issuer, or somebody between, that answers another thing at one place."""

    name: str
    place: str
    clause: str
    change: Callable[[JsonObject], JsonObject]
    status: int | None = None
    world: Callable[[], World] = World
    browser: bool = False
    code: str = "malformed"

    def came(
        self, response: HttpResponse, _: Run, request: HttpRequest
    ) -> HttpResponse:
        if not request.url.endswith(self.place):
            return response
        if response.status not in {200, 201, 202}:
            return response
        if response.media_type == "application/jwt":
            return json_response(self.change({}), status=response.status)
        made = self.change(response.json())
        return json_response(made, status=self.status or response.status)


def said(**changes: object) -> Callable[[JsonObject], JsonObject]:
    def change(document: JsonObject) -> JsonObject:
        made = {**document, **changes}
        return {k: v for k, v in made.items() if v is not None}  # type: ignore[misc]

    return change


def twice(document: JsonObject) -> JsonObject:
    listed = document["credentials"]
    assert isinstance(listed, list)
    return {**document, "credentials": [*listed, *listed]}


ISSUER_AT: Final = "openid-credential-issuer"
SERVER_AT: Final = "oauth-authorization-server"
NOT_TAKEN: Final = (
    Answered(
        "metadata of another issuer",
        ISSUER_AT,
        "OpenID4VCI 1.0 §12.2.4",
        said(credential_issuer="https://other.example"),
    ),
    Answered(
        "metadata with an address in the clear",
        ISSUER_AT,
        "OpenID4VCI 1.0 §12.2.4",
        said(credential_endpoint="http://issuer.example/c"),
    ),
    Answered(
        "metadata without what was offered",
        ISSUER_AT,
        "OpenID4VCI 1.0 §4.1.1",
        said(credential_configurations_supported={"other": {"format": "x"}}),
    ),
    Answered(
        "metadata with several servers and no choice",
        ISSUER_AT,
        "OpenID4VCI 1.0 §12.2.4",
        said(authorization_servers=["https://a.example", "https://b.example"]),
    ),
    Answered(
        "metadata somewhere else", ISSUER_AT, "RFC 9110 §15.4", said(), status=302
    ),
    Answered(
        "metadata of another server",
        SERVER_AT,
        "RFC 8414 §3.3",
        said(issuer="https://other.example"),
    ),
    Answered(
        "a token endpoint in the clear",
        SERVER_AT,
        "RFC 8414 §2",
        said(token_endpoint="http://issuer.example/token"),
    ),
    Answered(
        "a server without S256",
        SERVER_AT,
        "RFC 9700 §2.1.1",
        said(code_challenge_methods_supported=["plain"]),
        browser=True,
        code="unsupported",
    ),
    Answered(
        "a pushed request somewhere else",
        "/par",
        "RFC 9126 §2.2",
        said(request_uri="https://evil.example/request"),
        browser=True,
    ),
    Answered(
        "a token that serves anybody",
        "/token",
        "RFC 9449 §5",
        said(token_type="Bearer"),
    ),
    Answered(
        "a token that breaks a header",
        "/token",
        "RFC 6750 §2.1",
        said(access_token="a\r\nb"),
    ),
    Answered(
        "a token for something else",
        "/token",
        "OpenID4VCI 1.0 §6.2",
        said(
            authorization_details=[
                {
                    "type": "openid_credential",
                    "credential_configuration_id": "card",
                    "credential_identifiers": ["x"],
                }
            ]
        ),
    ),
    Answered("no nonce", "/nonce", "OpenID4VCI 1.0 §7.2", said(c_nonce=None)),
    Answered("more credentials than keys", "/credential", "OpenID4VCI 1.0 §8.3", twice),
    Answered(
        "a credential that is deferred at once",
        "/credential",
        "OpenID4VCI 1.0 §8.3",
        said(transaction_id="x", interval=1),
    ),
    Answered(
        "deferred without a time",
        "/credential",
        "OpenID4VCI 1.0 §8.3",
        said(credentials=None, notification_id=None, transaction_id="x"),
        status=202,
    ),
    Answered(
        "a status that says another thing",
        "/credential",
        "OpenID4VCI 1.0 §8.3",
        said(),
        status=202,
    ),
    Answered(
        "an answer in the clear to one that was encrypted",
        "/credential",
        "OpenID4VCI 1.0 §10",
        said(credentials=[{"credential": "x"}]),
        world=encrypting,
    ),
)


@pytest.mark.parametrize("case", NOT_TAKEN, ids=lambda c: c.name)
def test_what_no_honest_issuer_answers_ends_the_issuance(case: Answered) -> None:
    assert case.clause
    twin = Run(case.world(), browser=case.browser)
    assert isinstance(twin.go().step, ConfirmCredentials)
    forged = Run(case.world(), browser=case.browser, came=case.came)
    ended = forged.go().step
    assert isinstance(ended, Failed)
    assert ended.code == case.code


# --- offers by reference, and browsers that come back ---------------------------------

ELSEWHERE: Final = "https://offers.example/17"


def by_reference(answer: Callable[[bytes], HttpResponse]) -> object:
    """Take an offer up that is got from somewhere, up to where the person is asked."""
    world = World()
    offer, _ = world.offer()
    link = offer_reference(ELSEWHERE)
    issuance = start_issuance(link, world.client, at=AT)
    assert isinstance(issuance.step, Send)
    assert issuance.step.request.url == ELSEWHERE
    came = answer(write_json(offer.to_json()))
    return Run(world).drive(issuance.receive(came, at=AT)).step


JSON_TYPE: Final = (("Content-Type", "application/json"),)


@pytest.mark.parametrize(
    "answer",
    [
        lambda raw: HttpResponse(302, (("Location", "https://other.example"),)),
        lambda raw: HttpResponse(200, (("Content-Type", "text/html"),), raw),
        lambda raw: HttpResponse(200, JSON_TYPE, raw[:-1]),
        lambda raw: HttpResponse(200, JSON_TYPE, raw + b" " * limits.OFFER_BYTES),
        lambda raw: HttpResponse(200, JSON_TYPE, b'{"credential_issuer":"http://x"}'),
    ],
    ids=["moved", "a page", "broken", "too long", "in the clear"],
)
def test_an_offer_by_reference_is_one_or_nothing_is_offered(
    answer: Callable[[bytes], HttpResponse],
) -> None:
    honest = by_reference(lambda raw: HttpResponse(200, JSON_TYPE, raw))
    assert isinstance(honest, ConfirmOffer)
    # The offer of one host may be for another: the person is shown both.
    assert honest.offered_from == "https://offers.example"
    assert honest.issuer.issuer == ISSUER
    ended = by_reference(answer)
    assert isinstance(ended, Failed)
    assert ended.code == "malformed"


def _moved(**changes: str | None) -> Callable[[str], str]:
    def change(link: str) -> str:
        head, _, query = link.partition("?")
        found = read_form(query.encode(), at="query")
        made = {k: v.decode() for k, v in found.items()} | changes
        return f"{head}?{write_form({k: v for k, v in made.items() if v is not None})}"

    return change


@pytest.mark.parametrize(
    ("back", "clause"),
    [
        (_moved(state="another"), "RFC 6749 §4.1.2"),
        (_moved(state=None), "RFC 6749 §4.1.2"),
        (_moved(iss="https://other.example"), "RFC 9207 §2.4"),
        (_moved(iss=None), "RFC 9207 §2.4"),
        (_moved(code=None), "RFC 6749 §4.1.2"),
        (lambda url: url.replace("eu.example", "eu.other"), "RFC 6749 §4.1.2"),
        (lambda url: f"{url}&state=x", "RFC 6749 §3.1"),
    ],
    ids=["state", "no state", "mix-up", "nameless", "no code", "address", "twice"],
)
def test_a_browser_of_another_session_or_server_is_not_heeded(
    back: Callable[[str], str], clause: str
) -> None:
    world = World()
    offer = world.service.invite(subject="anna", configurations=["id"], at=AT)
    waits = world.drive(world.begin(offer).accept(at=AT))
    assert isinstance(waits.step, OpenBrowser)
    url = world.browse(waits.step.url)
    with pytest.raises(MalformedError) as refused:
        waits.returned(back(url), at=AT)
    assert clause.split("§", maxsplit=1)[0] in f"{refused.value.clause} RFC 6749 "
    done = world.drive(waits.returned(url, at=AT))  # the true one still counts
    assert isinstance(done.step, ConfirmCredentials)


# --- what was put off -----------------------------------------------------------------


def put_off(world: World) -> Issuance:
    world.answer = Pending(1)
    waits = Run(world).go()
    assert isinstance(waits.step, Wait)
    world.answer = None
    return waits


LATER: Final = AT + timedelta(seconds=1)


def polled(waits: Issuance, world: World, sent: Sent | None = None) -> Issuance:
    run = Run(world, at=LATER)
    if sent is not None:
        run.sent = at_endpoint("deferred", sent)
    return run.drive(waits.poll(at=LATER))


def test_what_was_put_off_comes_for_no_other_token_key_or_transaction() -> None:
    world = World()
    assert isinstance(polled(put_off(world), world).step, ConfirmCredentials)
    for change, code in (
        (asked(transaction_id="AAAA"), "invalid_transaction_id"),
        (asked(transaction_id=None), "invalid_credential_request"),
        (
            asked(transaction_id=foreign_ticket(Kind.TRANSACTION)),
            "invalid_transaction_id",
        ),
        (dpop(signer=OTHER), "invalid_token"),
        (
            lambda r, run: headers(r, "Authorization", "DPoP AAAA"),
            "invalid_token",
        ),
    ):
        ended = polled(put_off(world), world, change).step
        assert isinstance(ended, Failed)
        assert ended.code == code


def test_keys_that_are_sent_with_a_deferred_request_are_not_those_issued_to() -> None:
    """The key swap of openid/OpenID4VCI#740, at the issuer."""
    from idwallet.credentials.possession import make_proof
    from idwallet.credentials.sdjwt.present import holder_thumbprint

    world = World()
    waits = put_off(world)
    nonce = world.service._desk.nonce(Kind.NONCE, at=AT)
    swapped = make_proof(OTHER, audience=ISSUER, nonce=nonce, at=AT)
    done = polled(waits, world, asked(proofs={"jwt": [swapped]})).step
    assert isinstance(done, ConfirmCredentials)
    (raw,) = done.received[0].credentials
    assert holder_thumbprint(raw) == world.keys[0].public_key.thumbprint
    assert holder_thumbprint(raw) != OTHER.public_key.thumbprint


def test_an_answer_encrypted_to_another_key_is_not_read() -> None:
    stolen = EphemeralKey.generate()
    jwk = {**stolen.public_key.to_jwk(), "use": "enc", "alg": "ECDH-ES"}
    forged = Run(
        encrypting(),
        sent=credential(
            reencrypted(credential_response_encryption={"jwk": jwk, "enc": "A256GCM"})
        ),
    )
    ended = forged.go().step
    assert isinstance(ended, Failed)
    assert ended.code == "malformed"
    assert isinstance(Run(encrypting()).go().step, ConfirmCredentials)


def test_there_are_as_many_cases_as_are_promised() -> None:
    names: Sequence[str] = [f"{each.code} {each.name}" for each in REFUSED]
    assert len(set(names)) == len(names)
    assert len(REFUSED) >= 95
    assert len(NOT_TAKEN) >= 18
    assert ProofType(algorithms=("ES256",)).algorithms
