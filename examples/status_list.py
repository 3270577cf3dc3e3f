"""Revoke a card: it passes until the till has the list that says so, then it fails.

Run it: ``python examples/status_list.py``. Keys are test keys, the person is invented.
"""

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from idwallet import (
    HolderKey,
    SdJwtVc,
    VerificationFailed,
    VerificationIndeterminate,
    explain,
    now,
    verify_presentation,
)
from idwallet.adapters import FolderPublish, SqlStatusStore
from idwallet.report import Origin
from idwallet.roles import StatusIssuer, StatusPlan, StatusPublisher
from idwallet.testing import Scene, test_claims
from idwallet.trust import EvidenceAtHand, StatusListAtHand

PREFIX = "https://id.example/status/"
at = now()
until = at + timedelta(days=30)
scene = Scene(at=at)  # an issuer, a wallet and a verifier


def judge(folder: Path) -> str:
    """Ask, answer, and judge by the lists in the folder: a till has no network."""
    lists = [
        StatusListAtHand(
            uri=PREFIX + path.stem,
            token=path.read_bytes(),
            origin=Origin(taken=at, source="the shop's own computer"),
        )
        for path in folder.glob("*.jwt")
    ]
    trust = scene.trust.with_evidence(EvidenceAtHand(status_lists=lists))
    request = scene.request()
    answer = scene.answer(request, card)
    try:
        verify_presentation(answer, request=request, trust=trust, at=at)
    except (VerificationFailed, VerificationIndeterminate) as verdict:
        return explain(verdict.report, lang="en", reader="clerk").text
    return "passed"


with TemporaryDirectory() as temporary:
    folder = Path(temporary) / "lists"
    store = SqlStatusStore(f"sqlite:///{temporary}/status.db")
    status = StatusIssuer(store=store, plan=StatusPlan(uri=PREFIX))
    publisher = StatusPublisher(
        store=store,
        signer=scene.issuer_identity.signer,
        certificates=scene.issuer_identity.chain,
    )
    (place,) = status.allocate(valid_until=until)
    card = scene.issuer.issue(
        SdJwtVc(vct="urn:eudi:pid:1", claims=test_claims(), status=place),
        holder_key=HolderKey.unproven(
            scene.holder_signer.public_key, reason="a test key"
        ),
        valid_until=until,
        at=at,
    )
    print("without a list:", judge(folder))
    publisher.publish(FolderPublish(folder), at=at)
    print("with a list:", judge(folder))
    status.revoke(place, actor="desk 4", reason="reported lost", at=at)
    print("revoked, and not yet published:", judge(folder))
    done = publisher.publish(FolderPublish(folder), at=at)
    print(len(done.signed), "list signed anew:", judge(folder))
    for change in status.history(place):
        print(change.at.isoformat(" ", "minutes"), change.actor, "-", change.reason)
    store.close()
