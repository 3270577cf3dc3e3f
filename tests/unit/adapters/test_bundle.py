"""Bundles in files: replaced whole, remembered, and safe from whatever goes wrong."""

import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from idwallet.adapters import bundle as adapter
from idwallet.adapters.bundle import BundleFile, FileBundleState, update_bundle
from idwallet.adapters.files import locked
from idwallet.errors import LimitError, PortError, VerificationError, VerificationFailed
from idwallet.ports import BundleMark
from idwallet.report import Reason
from idwallet.testing.bundle import BundleScene, bundle_draft
from idwallet.testing.bundle.draft import SEQUENCE
from idwallet.trust.anchors import TrustStore
from idwallet.trust.bundle import BundleContext, build_bundle, make_delta, open_bundle
from idwallet.trust.bundle.frame import MemorySource

SEED = b"idwallet TEST files"
SCENE = BundleScene(seed=SEED)
OLD, NEW, NEWER = (
    build_bundle(SCENE.content(SEQUENCE + n), signer=SCENE.operator) for n in range(3)
)


class Till:
    """A device with a bundle in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "shop.bundle"
        self.path.write_bytes(OLD)
        self.state = FileBundleState(folder / "shop.bundle.state")
        open_bundle(OLD, self.context)

    @property
    def context(self) -> BundleContext:
        return BundleContext(SCENE.operator.public_key, self.state, SCENE.at)

    def update(self, data: bytes) -> None:
        update_bundle(self.path, MemorySource(data), context=self.context)

    def is_usable(self) -> bool:
        """Whether the device starts with what it has."""
        with BundleFile(self.path) as file:
            TrustStore.from_bundle(
                file,
                operator=SCENE.operator.public_key,
                state=self.state,
                at=SCENE.at,
            )
        return True

    def number(self) -> int:
        mark = self.state.mark()
        assert mark is not None
        return mark.sequence

    def left_behind(self) -> set[str]:
        known = {"shop.bundle", "shop.bundle.state", "shop.bundle.lock"}
        found = {each.name for each in self.folder.iterdir()}
        return found - known - {"shop.bundle.state.lock"}


@pytest.fixture
def till(tmp_path: Path) -> Till:
    return Till(tmp_path)


def test_a_newer_bundle_takes_the_place_of_the_old_one(till: Till) -> None:
    till.update(NEW)
    assert till.path.read_bytes() == NEW
    assert (till.number(), till.is_usable()) == (SEQUENCE + 1, True)
    assert till.left_behind() == set()


def test_a_delta_makes_the_very_file_that_the_operator_built(till: Till) -> None:
    till.update(make_delta(OLD, NEW))
    assert till.path.read_bytes() == NEW
    assert till.is_usable()


def test_the_first_bundle_needs_none_before_it(tmp_path: Path) -> None:
    path, state = tmp_path / "first", FileBundleState(tmp_path / "state")
    context = BundleContext(SCENE.operator.public_key, state, SCENE.at)
    update_bundle(path, MemorySource(OLD), context=context)
    assert path.read_bytes() == OLD


@pytest.mark.parametrize(
    ("update", "reason"),
    [
        (OLD[:-1], Reason.MISMATCH),
        (NEW[:-1] + b"?", Reason.MISMATCH),
        (make_delta(NEW, NEWER), Reason.BASE_MISMATCH),
        (make_delta(OLD, NEW)[:-1], Reason.MALFORMED),
        (b"", Reason.MALFORMED),
    ],
)
def test_a_broken_update_leaves_the_old_bundle(
    till: Till, update: bytes, reason: Reason
) -> None:
    with pytest.raises(VerificationFailed) as caught:
        till.update(update)
    assert reason in {each.reason for each in caught.value.report.failed()}
    assert till.path.read_bytes() == OLD
    assert (till.number(), till.is_usable()) == (SEQUENCE, True)
    assert till.left_behind() == set()


def test_an_older_update_is_refused(till: Till) -> None:
    till.update(NEW)
    with pytest.raises(VerificationFailed):
        till.update(OLD)
    assert till.path.read_bytes() == NEW
    assert till.is_usable()


def test_an_update_whose_anchors_are_of_no_use_is_refused(till: Till) -> None:
    made = bundle_draft(SCENE)
    made.members = {"sequence": SEQUENCE + 1}
    made.parts = [e for e in made.parts if e.kind.value != "anchors"]
    with pytest.raises(VerificationFailed):
        till.update(made.file())
    assert till.is_usable()


# --- what goes wrong ---------------------------------------------------------------


@contextmanager
def small_files(most: int) -> Iterator[None]:
    """Let no file of this process grow beyond so many bytes, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    # The signal would end the process; without it the write fails.
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("room", [0, 1, 100, len(NEW) // 2, len(NEW) - 1])
def test_a_full_disk_leaves_the_old_bundle_usable(till: Till, room: int) -> None:
    with small_files(room), pytest.raises(PortError):
        till.update(NEW)
    assert till.path.read_bytes() == OLD
    assert (till.number(), till.is_usable()) == (SEQUENCE, True)
    assert till.left_behind() == set()
    till.update(NEW)
    assert till.number() == SEQUENCE + 1


def test_a_device_starts_with_a_full_disk(till: Till) -> None:
    with small_files(0):
        assert till.is_usable()


def test_a_state_that_cannot_be_written_puts_the_old_bundle_back(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> bool:
        raise PortError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(FileBundleState, "advance", full)
        with pytest.raises(PortError):
            till.update(NEW)
    assert till.path.read_bytes() == OLD
    assert (till.number(), till.is_usable()) == (SEQUENCE, True)
    assert till.left_behind() == set()


PROGRAM = """
import os, signal, sys
from pathlib import Path
from idwallet.adapters import bundle as adapter, files
from idwallet.adapters.bundle import FileBundleState, update_bundle
from idwallet.testing.bundle import BundleScene
from idwallet.trust.bundle import BundleContext
from idwallet.trust.bundle.frame import MemorySource

path, update, moment = sys.argv[1:]
scene = BundleScene(seed={seed!r})

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

class Dying(MemorySource):
    reads = 0
    def read(self, offset, length):
        Dying.reads += 1
        if moment == f"read {{Dying.reads}}":
            die()
        return super().read(offset, length)

if moment == "replace":
    Path.replace = die
if moment == "sync":
    files.sync_directory = die
if moment == "take":
    adapter.take_bundle = die
state = FileBundleState(path + ".state")
context = BundleContext(scene.operator.public_key, state, scene.at)
update_bundle(path, Dying(Path(update).read_bytes()), context=context)
print("lived")
"""


@pytest.mark.parametrize("moment", ["read 4", "read 9", "replace", "sync", "take"])
def test_a_process_killed_at_any_moment_leaves_a_bundle_that_can_be_used(
    till: Till, tmp_path: Path, moment: str
) -> None:
    update = tmp_path.parent / f"{tmp_path.name}.update"
    update.write_bytes(NEW)
    program = PROGRAM.format(seed=SEED)
    done = subprocess.run(
        [sys.executable, "-c", program, str(till.path), str(update), moment],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert till.path.read_bytes() in {OLD, NEW}
    assert till.is_usable()
    till.update(NEWER)
    assert till.number() == SEQUENCE + 2


def test_of_two_updaters_at_once_the_newer_bundle_stays(till: Till) -> None:
    for _ in range(5):
        faults: list[VerificationError] = []

        def update(data: bytes, faults: list[VerificationError] = faults) -> None:
            try:
                till.update(data)
            except VerificationError as error:
                faults.append(error)

        threads = [
            threading.Thread(target=update, args=(e,)) for e in (NEW, NEWER, NEW)
        ]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert till.path.read_bytes() == NEWER
        assert (till.number(), till.is_usable()) == (SEQUENCE + 2, True)
        assert all(
            {e.reason for e in each.report.failed()} == {Reason.ROLLED_BACK}
            for each in faults
        )


UPDATER = """
import sys
from pathlib import Path
from idwallet.adapters.bundle import FileBundleState, update_bundle
from idwallet.errors import VerificationError
from idwallet.testing.bundle import BundleScene
from idwallet.trust.bundle import BundleContext
from idwallet.trust.bundle.frame import MemorySource

path, update = sys.argv[1:]
scene = BundleScene(seed={seed!r})
state = FileBundleState(path + ".state")
context = BundleContext(scene.operator.public_key, state, scene.at)
source = MemorySource(Path(update).read_bytes())
print("ready", flush=True)
sys.stdin.readline()
for _ in range(10):
    try:
        update_bundle(path, source, context=context)
    except VerificationError as error:
        print(*(each.reason.value for each in error.report.failed()))
"""


def test_of_two_processes_that_update_at_once_the_newer_bundle_stays(
    till: Till, tmp_path: Path
) -> None:
    running = []
    for number, data in enumerate((NEW, NEWER)):
        update = tmp_path.parent / f"{tmp_path.name}.{number}"
        update.write_bytes(data)
        started = subprocess.Popen(
            [
                *(sys.executable, "-c", UPDATER.format(seed=SEED)),
                *(str(till.path), str(update)),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        running.append(started)
    for each in running:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    for each in running:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    said = [each.communicate(timeout=60)[0].split() for each in running]
    assert [each.returncode for each in running] == [0, 0]
    assert set(said[0]) <= {Reason.ROLLED_BACK.value}
    assert said[1] == []
    assert till.path.read_bytes() == NEWER
    assert (till.number(), till.is_usable()) == (SEQUENCE + 2, True)
    assert till.left_behind() == set()


def test_an_updater_waits_for_the_one_before_it(till: Till) -> None:
    done = threading.Event()

    def update() -> None:
        till.update(NEW)
        done.set()

    with locked(f"{till.path}.lock"):
        thread = threading.Thread(target=update)
        thread.start()
        assert not done.wait(0.2)
        assert till.path.read_bytes() == OLD
    thread.join()
    assert till.path.read_bytes() == NEW


def test_who_holds_the_old_bundle_open_goes_on_reading_it(till: Till) -> None:
    with BundleFile(till.path) as file:
        till.update(NEW)
        assert file.read(0, file.size) == OLD


# --- reading and remembering -------------------------------------------------------


def test_a_file_gives_what_was_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    with BundleFile(path) as file:
        assert file.size == 10
        assert file.read(3, 4) == b"3456"
        assert file.read(8, 9) == b"89"
        assert file.read(20, 1) == b""
    with pytest.raises(PortError):
        file.read(0, 1)
    file.close()
    assert str(path) in repr(file)


def test_a_file_that_is_not_there_is_a_fault_of_the_disk(tmp_path: Path) -> None:
    with pytest.raises(PortError, match="cannot read"):
        BundleFile(tmp_path / "nothing")


def test_a_file_beyond_the_bound_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(11))
    monkeypatch.setattr(adapter.limits, "BUNDLE_BYTES", 10)
    with pytest.raises(LimitError):
        BundleFile(path)


MARK = BundleMark("shops", 7, b"\1" * 32, pinned=b"\2" * 32, signer=b"\3" * 32)


@pytest.mark.parametrize(
    "mark",
    [
        MARK,
        BundleMark("shops", 7, b"\1" * 32, b"\2" * 32, b"\2" * 32, 9, heir=b"\4" * 32),
    ],
)
def test_a_mark_outlives_the_process(tmp_path: Path, mark: BundleMark) -> None:
    path = tmp_path / "state"
    assert FileBundleState(path).mark() is None
    assert FileBundleState(path).advance(None, mark)
    assert FileBundleState(path).mark() == mark


def test_a_mark_advances_only_from_what_is_remembered(tmp_path: Path) -> None:
    state = FileBundleState(tmp_path / "state")
    later = BundleMark("shops", 8, b"\1" * 32, pinned=b"\2" * 32, signer=b"\3" * 32)
    assert state.advance(None, MARK)
    assert not state.advance(None, later)
    assert not state.advance(later, MARK)
    assert state.mark() == MARK
    assert state.advance(MARK, later)
    assert state.mark() == later


@pytest.mark.parametrize("data", [b"", b"\xa0", b"noise", bytes(20_000)])
def test_a_state_that_cannot_be_read_takes_no_bundle(till: Till, data: bytes) -> None:
    (till.folder / "shop.bundle.state").write_bytes(data)
    with pytest.raises(PortError):
        till.is_usable()
    with pytest.raises(PortError):
        till.update(NEW)
    assert till.path.read_bytes() == OLD


def test_a_state_is_its_owners_alone(till: Till) -> None:
    mode = (till.folder / "shop.bundle.state").stat().st_mode
    assert mode & 0o077 == 0


def test_a_lock_in_a_folder_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(PortError, match="cannot lock"), locked(tmp_path / "a" / "b"):
        pass


def test_many_processes_advance_one_after_the_other(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from idwallet.adapters.bundle import FileBundleState\n"
        "from idwallet.ports import BundleMark\n"
        "state = FileBundleState(sys.argv[1])\n"
        "for n in range(20):\n"
        "    while True:\n"
        "        before = state.mark()\n"
        "        number = 1 if before is None else before.sequence + 1\n"
        "        d = b'1' * 32\n"
        "        if state.advance(before, BundleMark('s', number, d, d, d)):\n"
        "            break\n"
    )
    path = str(tmp_path / "state")
    running = [
        subprocess.Popen([sys.executable, "-c", program, path], env=os.environ)
        for _ in range(2)
    ]
    assert [each.wait(60) for each in running] == [0, 0]
    mark = FileBundleState(path).mark()
    assert mark is not None
    assert mark.sequence == 40
