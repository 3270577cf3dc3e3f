"""Files are read within a bound, and written whole or not at all."""

import os
import stat

import pytest

from idwallet.adapters import files
from idwallet.adapters.files import read_file, write_file_atomically
from idwallet.errors import LimitError, PortError


def names(folder):
    return sorted(each.name for each in folder.iterdir())


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_what_was_written_is_read(tmp_path):
    path = tmp_path / "file"
    write_file_atomically(path, b"one")
    write_file_atomically(str(path), b"two")
    assert read_file(path) == read_file(str(path)) == b"two"
    assert names(tmp_path) == ["file"]


def test_a_file_at_the_bound_is_read_and_one_octet_more_is_not(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"12345")
    assert read_file(path, max_bytes=5) == b"12345"
    with pytest.raises(LimitError) as caught:
        read_file(path, max_bytes=4)
    assert caught.value.at == str(path)


@pytest.mark.parametrize("name", ["absent", ".", "nul\0", "absent/file"])
def test_a_file_that_cannot_be_read_is_a_port_error_with_its_cause(tmp_path, name):
    with pytest.raises(PortError) as caught:
        read_file(f"{tmp_path}/{name}")
    assert isinstance(caught.value.__cause__, (OSError, ValueError))


def test_a_written_file_is_for_its_owner_alone_unless_said_otherwise(tmp_path):
    secret, public = tmp_path / "secret", tmp_path / "public"
    write_file_atomically(secret, b"")
    write_file_atomically(public, b"", mode=0o644)
    assert (mode_of(secret), mode_of(public)) == (0o600, 0o644)


@pytest.mark.parametrize("name", ["absent/file", "nul\0"])
def test_a_file_that_cannot_be_written_is_a_port_error(tmp_path, name):
    with pytest.raises(PortError) as caught:
        write_file_atomically(f"{tmp_path}/{name}", b"data")
    assert isinstance(caught.value.__cause__, (OSError, ValueError))
    assert names(tmp_path) == []


def test_a_directory_is_not_replaced(tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(PortError):
        write_file_atomically(tmp_path / "folder", b"data")
    assert names(tmp_path) == ["folder"]


@pytest.mark.parametrize("fault", [OSError(28, "No space left"), KeyboardInterrupt()])
def test_what_was_there_stays_when_writing_is_interrupted(tmp_path, monkeypatch, fault):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def fail(descriptor):
        raise fault

    monkeypatch.setattr(os, "fsync", fail)
    expected = PortError if isinstance(fault, OSError) else KeyboardInterrupt
    with pytest.raises(expected):
        write_file_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["file"]


def test_the_rename_is_made_durable(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(files, "sync_directory", synced.append)
    write_file_atomically(tmp_path / "file", b"data")
    assert synced == [tmp_path]


def test_a_symbolic_link_is_replaced_and_its_target_left_alone(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"another's")
    link.symlink_to(target)
    write_file_atomically(link, b"mine")
    assert target.read_bytes() == b"another's"
    assert not link.is_symlink()
    assert link.read_bytes() == b"mine"
