"""Every door that takes a moment refuses one that cannot be compared with others."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

import pytest

from idwallet.credentials.possession import make_proof, prove_possession
from idwallet.crypto.algorithms import DEFAULT_ALGORITHMS
from idwallet.errors import UsageError
from idwallet.protocols.openid4vp.evaluate import evaluate_request
from idwallet.roles.asked import Asked
from idwallet.roles.holder import Holder
from idwallet.roles.presentation import evaluate_presentation
from idwallet.testing.draft import draft
from idwallet.testing.scene import Scene
from idwallet.testing.status import StatusScene
from idwallet.trust.anchors import Purpose, Validity
from idwallet.trust.certificate import Certificate
from idwallet.trust.path import ValidatedPath, validate_path
from idwallet.trust.policies import WALLET
from idwallet.trust.replay import MemoryReplay
from idwallet.trust.revocation import Evidence, RevocationRules, judge_revocation
from idwallet.trust.signer import resolve_signer
from idwallet.trust.status_list import (
    ListContext,
    ListSource,
    StatusListContent,
    evaluate_status_list,
    issue_status_list,
    issue_status_list_cwt,
)
from tests.conftest import AT

SCENE: Final = Scene(at=AT, seed=b"idwallet TEST moments")
DAY: Final = timedelta(days=1)
STATUS_URI: Final = "https://issuer.example/status/1"
STATUS: Final = StatusScene(seed=b"idwallet TEST moments")
ISSUER: Final = SCENE.issuer_identity


class NoOffset(tzinfo):
    """A zone that does not know how far it is from UTC."""

    def utcoffset(self, at: datetime | None, /) -> None:
        return None

    def dst(self, at: datetime | None, /) -> None:
        return None


def asked() -> tuple[Holder, Asked]:
    wallet = SCENE.new_wallet()
    wallet.add(SCENE.issue(), at=AT)
    return wallet, wallet.read_request(SCENE.request().message.raw, at=AT)


def matches(at: datetime) -> object:
    wallet, request = asked()
    return wallet.match(request, at=at)


def presents(at: datetime) -> object:
    wallet, request = asked()
    return wallet.present(request, wallet.match(request, at=AT).choose(), at=at)


def judges_an_answer(at: datetime) -> object:
    made = draft(SCENE)
    return evaluate_presentation(
        made.response(), request=made.request, trust=SCENE.trust, at=at
    )


def judges_a_request(at: datetime) -> object:
    raw = SCENE.request().message.raw
    return evaluate_request(raw, trust=SCENE.trust, policy=WALLET, at=at)


def judges_noise(at: datetime) -> object:
    return evaluate_request("", trust=SCENE.trust, policy=WALLET, at=at)


def resolves(chain: tuple[bytes, ...]) -> Callable[[datetime], object]:
    return lambda at: resolve_signer(
        chain,
        kid=None,
        name=None,
        store=SCENE.pki.store(),
        purpose=Purpose.ISSUE_CREDENTIALS,
        at=at,
        algorithms=DEFAULT_ALGORITHMS,
    )


def path(at: datetime) -> object:
    return validate_path(
        tuple(Certificate.from_der(der, at="x5c") for der in ISSUER.chain),
        store=SCENE.pki.store(),
        purpose=Purpose.ISSUE_CREDENTIALS,
        at=at,
        algorithms=DEFAULT_ALGORITHMS,
    )


def judges_revocation(at: datetime) -> object:
    found = path(AT)
    assert isinstance(found, ValidatedPath)
    rules = RevocationRules(maximum_age=DAY, algorithms=DEFAULT_ALGORITHMS)
    return judge_revocation(found, evidence=Evidence(), at=at, rules=rules)


def judges_a_list(at: datetime) -> object:
    context = STATUS.context
    return ListContext(context.trust, context.policy, context.freshness, at)


def issues(issue: Callable[..., object]) -> Callable[[datetime], object]:
    content = StatusListContent(uri=STATUS_URI, bits=1, array=b"\0")
    return lambda at: issue(content, signer=ISSUER.signer, at=at)


def proves(at: datetime) -> object:
    proof = make_proof(SCENE.holder_signer, audience="https://a", nonce="n", at=AT)
    return prove_possession(proof, audience="https://a", nonce="n", at=at)


def digests(*, until: datetime = AT, at: datetime = AT) -> object:
    return MemoryReplay().consume(bytes(32), bytes(32), until=until, at=at)


DOORS: Final[dict[str, Callable[[datetime], object]]] = {
    "Holder.add": lambda at: SCENE.new_wallet().add(SCENE.issue(), at=at),
    "Holder.read_request": lambda at: SCENE.new_wallet().read_request(
        SCENE.request().message.raw, at=at
    ),
    "Holder.match": matches,
    "Holder.present": presents,
    "Verifier.request": lambda at: SCENE.verifier.request(
        SCENE.request().query, purpose="a test", at=at
    ),
    "evaluate_presentation": judges_an_answer,
    "evaluate_request": judges_a_request,
    "evaluate_request of noise": judges_noise,
    "make_proof": lambda at: make_proof(
        SCENE.holder_signer, audience="https://a", nonce="n", at=at
    ),
    "prove_possession": proves,
    "resolve_signer": resolves(ISSUER.chain),
    "resolve_signer without a chain": resolves(()),
    "validate_path": path,
    "judge_revocation": judges_revocation,
    "RevocationRules": lambda at: RevocationRules(
        maximum_age=DAY, algorithms=DEFAULT_ALGORITHMS, existed_before=at
    ),
    "ListContext": judges_a_list,
    "ListSource": lambda at: evaluate_status_list(
        "", ListSource(STATUS_URI, taken=at), context=STATUS.context
    ),
    "StatusListContent": lambda at: StatusListContent(
        uri=STATUS_URI, bits=1, array=b"\0", expires=at
    ),
    "issue_status_list": issues(issue_status_list),
    "issue_status_list_cwt": issues(issue_status_list_cwt),
    "MemoryReplay.consume, at": lambda at: digests(at=at),
    "MemoryReplay.consume, until": lambda at: digests(until=at),
    "Validity, since": lambda at: Validity(at, AT),
    "Validity, until": lambda at: Validity(AT, at),
}


@pytest.mark.parametrize("door", DOORS.values(), ids=list(DOORS))
@pytest.mark.parametrize("zone", [None, NoOffset()], ids=["no zone", "no offset"])
def test_a_moment_that_cannot_be_compared_is_the_caller_s_fault(
    door: Callable[[datetime], object], zone: tzinfo | None
) -> None:
    assert door(AT.astimezone(UTC)) is not None
    with pytest.raises(UsageError, match="zone"):
        door(AT.replace(tzinfo=zone))
