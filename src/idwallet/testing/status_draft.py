"""Status lists whose every part can be bent before they are signed."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from idwallet.codec import b64
from idwallet.codec.json import JsonObject
from idwallet.crypto.signer import Signer
from idwallet.envelope.jws import x5c_parameter
from idwallet.errors import UsageError
from idwallet.testing.certificates import CertificatePlan
from idwallet.testing.draft import ABSENT, Bend, loose_json, loose_jws, unchanged
from idwallet.testing.pki import MOMENT, TestIdentity, TestPki
from idwallet.trust import policies
from idwallet.trust.anchors import Purpose
from idwallet.trust.signer import SignerFound, resolve_signer
from idwallet.trust.status_list import (
    FreshnessRule,
    ListContext,
    ListJudgement,
    ListRefused,
    ListSource,
    StatusList,
    evaluate_status_list,
    judge_status,
)
from idwallet.trust.status_list.bitmap import deflate, pack
from idwallet.trust.status_list.jwt import TYP_JWT
from idwallet.trust.usages import STATUS_SIGNING

ISSUER: Final = "https://issuer.example"
LIST: Final = "https://issuer.example/status/1"
SIZE: Final = 1_000
REVOKED: Final = 17
SUSPENDED: Final = 18
_LIFE: Final = timedelta(hours=12)


def delegated(plan: CertificatePlan) -> CertificatePlan:
    """Make a certificate one for signing status lists, and nothing else."""
    return replace(plan, key_purposes=(STATUS_SIGNING,))


class StatusScene:
    """An issuer, whoever else signs lists, and a reader who believes one root."""

    def __init__(self, *, at: datetime = MOMENT, seed: bytes | None = None) -> None:
        """Make everybody."""
        self.at = at
        self.pki = TestPki(at=at, seed=seed)
        self.issuer: TestIdentity = self.pki.issuer(ISSUER)
        self.other_issuer: TestIdentity = self.pki.issuer("https://library.example")
        self.delegate: TestIdentity = self.pki.issuer(
            "https://status.example", change=delegated
        )
        self.context = ListContext(
            self.pki.store(purposes=[Purpose.ISSUE_CREDENTIALS]),
            policies.STRICT,
            FreshnessRule(),
            at,
        )

    def found_issuer(self) -> SignerFound:
        """Return who a credential of the issuer is found to be signed by.

        Raises:
            UsageError: the trust store does not believe the issuer.
        """
        found = resolve_signer(
            self.issuer.chain,
            kid=None,
            name=None,
            store=self.context.trust,
            purpose=Purpose.ISSUE_CREDENTIALS,
            at=self.context.at,
            algorithms=self.context.policy.algorithms,
        )
        if not isinstance(found, SignerFound):
            raise UsageError("the issuer of the scene must be believed")
        return found


def _array() -> bytearray:
    return pack([(REVOKED, 1), (SUSPENDED, 2)], bits=2, size=SIZE)


@dataclass(slots=True)
class StatusDraft:
    """A status list token before it is signed; change a field, then judge it.

    A member that is `ABSENT` is left out. `index` and `asked` are what a credential
    names.
    """

    scene: StatusScene
    signer: Signer
    chain: tuple[bytes, ...]
    header: JsonObject = field(default_factory=dict)
    claims: JsonObject = field(default_factory=dict)
    entries: JsonObject = field(default_factory=dict)
    array: bytearray = field(default_factory=_array)
    bend_stream: Callable[[bytes], bytes] = bytes
    bend_payload: Callable[[bytes], bytes] = bytes
    bend: Bend = unchanged
    asked: str = LIST
    index: int = 4
    context: ListContext | None = None

    def token(self) -> str:
        """Sign the list, and bend the token if that is the fault."""
        header: JsonObject = {
            "alg": self.signer.algorithm.jose,
            "typ": TYP_JWT,
            "x5c": x5c_parameter(self.chain),
        }
        payload = self.bend_payload(loose_json(self._payload()))
        token = loose_jws(_overlaid(header, self.header), payload, signer=self.signer)
        return self.bend(token)

    def _payload(self) -> JsonObject:
        at = int(self.scene.at.timestamp())
        stream = self.bend_stream(deflate(self.array))
        entries: JsonObject = {"bits": 2, "lst": b64.encode(stream)}
        claims: JsonObject = {
            "sub": LIST,
            "iat": at,
            "exp": at + int(_LIFE.total_seconds()),
            "ttl": 3600,
            "status_list": _overlaid(entries, self.entries),
        }
        return _overlaid(claims, self.claims)

    def evaluated(self) -> StatusList | ListRefused:
        """Read the token as a reader does who fetched it."""
        context = self.context or self.scene.context
        return evaluate_status_list(
            self.token(), ListSource(self.asked), context=context
        )

    def judgement(self) -> ListJudgement:
        """Judge the status of a credential of the scene's issuer."""
        return judge_status(
            self.evaluated(),
            uri=self.asked,
            index=self.index,
            issuer=self.scene.found_issuer(),
            context=self.context or self.scene.context,
        )


def _overlaid(below: JsonObject, above: JsonObject) -> JsonObject:
    both: JsonObject = {**below, **above}
    return {name: value for name, value in both.items() if value is not ABSENT}


def status_draft(scene: StatusScene, *, by: TestIdentity | None = None) -> StatusDraft:
    """Return an honest list, signed by the issuer itself or by somebody else."""
    signer = by or scene.issuer
    return StatusDraft(scene, signer.signer, signer.chain)
