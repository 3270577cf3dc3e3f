"""A branch has no network: the head office sends it what it believes, in one file.

Run it: ``python examples/branch_bundle.py``. Issuer, shop and person are invented, and
every key is made when it runs. By hand: ``idwallet trust build`` and ``trust update``.
"""

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import idwallet
from idwallet import adapters, explain, now, roles, trust, verify_presentation
from idwallet.errors import VerificationFailed
from idwallet.testing import Scene, test_claims

DAY, LISTS = timedelta(days=1), "https://id.example/status/"
at = now().replace(microsecond=0)
scene = Scene(at=at)  # an issuer, a person with a wallet, a shop
# A branch gets its public key, once.
office = idwallet.SoftwareSigner.generate(idwallet.Algorithm.ES256)


def pack(number: int, *, lists: Path) -> bytes:
    """Pack at the head office: whom to believe, and which cards were taken back."""
    parts = [trust.BundlePart.of_anchors([scene.pki.anchor()], name="roots", as_of=at)]
    for file in lists.glob("*.jwt"):  # in earnest they are fetched from the issuer
        what = {"kind": trust.PartKind.STATUS_LIST, "name": LISTS + file.stem}
        parts.append(trust.BundlePart(**what, data=file.read_bytes(), as_of=at))
    content = trust.BundleContent(
        series="branches",
        sequence=number,
        issued=at,
        next_update=at + 7 * DAY,  # older than that, it is used no more
        parts=parts,
    )
    return trust.build_bundle(content, signer=office)


def sell(bundle: Path, state: idwallet.FileBundleState) -> str:
    """Sell at the branch, with no network."""
    request = scene.request()
    answer = scene.answer(request, card)
    with adapters.BundleFile(bundle) as file:
        known = {"operator": office.public_key, "state": state}
        believed = idwallet.TrustStore.from_bundle(file, **known, at=at)
        try:
            verify_presentation(answer, request=request, trust=believed, at=at)
        except VerificationFailed as no:
            return explain(no.report, reader="clerk").headline
        return "sold"


with TemporaryDirectory() as temporary:
    folder = Path(temporary)
    store = adapters.SqlStatusStore(f"sqlite:///{folder}/status.db")
    status = roles.StatusIssuer(store=store, plan=roles.StatusPlan(uri=LISTS))
    who = scene.issuer_identity
    keys = {"signer": who.signer, "certificates": who.chain}
    publisher = roles.StatusPublisher(store=store, **keys)
    (place,) = status.allocate(valid_until=at + 30 * DAY)
    content = idwallet.SdJwtVc(vct="urn:eudi:pid:1", claims=test_claims(), status=place)
    card = scene.issue(content)

    bundle, state = folder / "bundle", idwallet.FileBundleState(folder / "state")
    for number in (1, 2, 1):
        publisher.publish(adapters.FolderPublish(folder / "lists"), at=at)
        came = folder / f"update-{number}"
        if not came.exists():
            came.write_bytes(pack(number, lists=folder / "lists"))
        context = trust.BundleContext(office.public_key, state, at)
        try:
            adapters.update_bundle(bundle, adapters.BundleFile(came), context=context)
            told = sell(bundle, state)
        except VerificationFailed as no:
            told = explain(no.report, reader="clerk").headline
        print(f"bundle {number}, {came.stat().st_size} octets: {told}")
        if number == 1:
            status.revoke(place, actor="desk 4", reason="reported lost", at=at)
    store.close()
