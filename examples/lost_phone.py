"""Lose a phone: its card is revoked, and issued again to the next phone.

Run it: ``python examples/lost_phone.py``. Keys are test keys, the person is invented.
"""

from datetime import timedelta
from pathlib import Path
from secrets import token_bytes
from tempfile import TemporaryDirectory

from idwallet import Holder, HolderKey, SdJwtVc, SoftwareKeyStore, SqlStore, now, roles
from idwallet import StoredKeySigner as Key
from idwallet.adapters import SqlStatusStore
from idwallet.roles import Backup, StatusIssuer, StatusReference
from idwallet.testing import Scene, test_claims

PASSWORD = b"a password of many words"
at = now()
until = at + timedelta(days=30)
scene = Scene(at=at)  # an issuer, and who believes it


class Phone:
    """A wallet and its keys, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.store = SqlStore(folder / "wallet.db")
        seal = roles.key_from_passphrase(self.store, b"a PIN", random=token_bytes)
        self.keys = SoftwareKeyStore(folder / "keys", seal)
        parts = {"seal": seal, "keys": self.keys, "trust": scene.trust}
        self.wallet = Holder(store=self.store, **parts)

    def receive(self, place: StatusReference) -> None:
        """Have the card issued to a new key of this phone."""
        key = Key(self.keys.create("ES256", None)).public_key
        card = scene.issuer.issue(
            SdJwtVc(vct="urn:eudi:pid:1", claims=test_claims(), status=place),
            holder_key=HolderKey.unproven(key, reason="the example has no network"),
            valid_until=until,
            at=at,
        )
        self.wallet.add(card, at=at)


with TemporaryDirectory() as temporary:
    folder = Path(temporary)
    lists = SqlStatusStore(f"sqlite:///{folder}/status.db")
    plan = roles.StatusPlan(uri="https://id.example/status/")
    status = StatusIssuer(store=lists, plan=plan)
    first, second = status.allocate(2, valid_until=until)

    phone = Phone(folder / "phone")
    phone.receive(first)
    backup = Backup.of(phone.wallet.credentials(), at=at)
    token = roles.seal_backup(backup, PASSWORD, random=token_bytes)
    print("backed up:", len(token), "bytes, without a key and without a claim")
    phone.store.close()  # and it falls into the sea

    found = roles.open_backup(token, PASSWORD)
    for lost in found.to_revoke(at=at):
        if lost.status is not None:  # else its issuer alone can say how
            place = StatusReference(lost.status.uri, lost.status.index)
            status.revoke(place, actor="desk 4", reason="phone lost", at=at)
            print("revoked:", lost.credential_type, "of", lost.issuer)

    new = Phone(folder / "new phone")
    for wanted, copies in found.to_reissue(new.wallet.credentials()):
        print("asked again for:", wanted.credential_type, "copies:", copies)
        new.receive(second)
    print("left to ask for:", len(found.to_reissue(new.wallet.credentials())))
    new.store.close()
    lists.close()
