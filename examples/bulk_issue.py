"""Issue a badge to everybody at once: progress is told, and a killed run goes on.

Run it: ``python examples/bulk_issue.py``. The people are invented, and every key is
made when it runs.
"""

from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from idwallet import Algorithm, HolderKey, SdJwtVc, SoftwareSigner, now
from idwallet.adapters import FolderJournal, SqlStatusStore
from idwallet.roles import StatusIssuer, StatusPlan
from idwallet.testing import Scene

at = now()
until = at + timedelta(days=180)
scene = Scene(at=at)
NAMES = ("Анна Образцова", "Пётр Примеров", "Мария Тестова", "Борис Выдуманов")
STAFF = {f"{number:04}": NAMES[number % len(NAMES)] for number in range(1, 301)}
KEYS = {  # in earnest each wallet proves its key: `prove_possession`
    number: HolderKey.unproven(
        SoftwareSigner.generate(Algorithm.ES256).public_key, reason="a test key"
    )
    for number in STAFF
}


class PowerCutError(Exception):
    """What may come at any moment."""


def issue_all(folder: Path, *, cut_at: int | None = None) -> None:
    """Issue what is not yet issued. Each badge is kept, durably, before the next."""
    store = SqlStatusStore(f"sqlite:///{folder}/status.db")
    status = StatusIssuer(store=store, plan=StatusPlan(uri="https://hr.example/s/"))
    journal = FolderJournal(folder / "journal")
    todo = [each for each in STAFF if journal.get(file_of(each)) is None]
    print(len(STAFF) - len(todo), "issued before,", len(todo), "to do")
    # One transaction for all places; one that a crash leaves unused is lost, no more.
    places = status.allocate(len(todo), valid_until=until)
    store.close()
    for done, (number, place) in enumerate(zip(todo, places, strict=True), start=1):
        badge = scene.issuer.issue(
            SdJwtVc(
                vct="urn:example:badge:1",
                claims={"number": number, "name": STAFF[number]},
                status=place,
            ),
            holder_key=KEYS[number],
            valid_until=until,
            at=at,
        )
        journal.put(file_of(number), badge.raw.encode())
        if done % 100 == 0 or done == len(todo):
            print(f"  {done} of {len(todo)}")
        if done == cut_at:
            raise PowerCutError


def file_of(number: str) -> str:
    """Return the name under which a badge is kept."""
    return sha256(number.encode()).hexdigest()


with TemporaryDirectory() as temporary:
    folder = Path(temporary)
    try:
        issue_all(folder, cut_at=120)
    except PowerCutError:
        print("the power went")
    issue_all(folder)
    made = {each.read_bytes() for each in (folder / "journal").glob("*.signed")}
    print(len(made), "different badges for", len(STAFF), "people")
