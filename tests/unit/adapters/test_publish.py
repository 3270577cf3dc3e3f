import stat
from pathlib import Path

import pytest

from idwallet.adapters.publish import FolderPublish
from idwallet.errors import PortError, UsageError
from idwallet.ports import Publication

LIST = Publication("0a1b", "application/statuslist+jwt", b"token")


def test_a_document_becomes_a_file_that_everybody_may_read(tmp_path: Path) -> None:
    put = FolderPublish(tmp_path / "lists")
    put(LIST)
    path = tmp_path / "lists/0a1b.jwt"
    assert path.read_bytes() == b"token"
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert [each.name for each in path.parent.iterdir()] == ["0a1b.jwt"]


@pytest.mark.parametrize(
    ("media_type", "suffix"),
    [
        ("application/statuslist+jwt", ".jwt"),
        ("application/statuslist+cwt", ".cwt"),
        ("application/json", ".json"),
    ],
)
def test_each_media_type_has_a_file_of_its_own(
    media_type: str, suffix: str, tmp_path: Path
) -> None:
    put = FolderPublish(tmp_path)
    assert not put.holds("name", media_type)
    put(Publication("name", media_type, b"body"))
    assert put.holds("name", media_type)
    assert (tmp_path / f"name{suffix}").read_bytes() == b"body"


def test_a_folder_that_cannot_be_made_is_a_port_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(PortError):
        FolderPublish(tmp_path / "file/lists")


@pytest.mark.parametrize(
    "name", ["", "../a", "a/b", ".a", "-a", "A", "a\0", "a" * 65, "a.jwt"]
)
def test_a_name_that_leads_elsewhere_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        FolderPublish(tmp_path)(Publication(name, "application/json", b""))
    assert list(tmp_path.iterdir()) == []


def test_a_media_type_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        FolderPublish(tmp_path)(Publication("a", "text/html", b""))


def test_what_cannot_be_written_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = FolderPublish(tmp_path)
    put(LIST)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(PortError, match="No space left"):
        put(Publication(LIST.name, LIST.media_type, b"another"))
    assert (tmp_path / "0a1b.jwt").read_bytes() == b"token"
    assert len(list(tmp_path.iterdir())) == 1


def test_the_representation_shows_the_folder(tmp_path: Path) -> None:
    assert repr(FolderPublish(tmp_path)) == f"FolderPublish({str(tmp_path)!r})"
