"""Files are read within a bound, and written whole or not at all."""

import os
import stat

import pytest

from idwallet.adapters import files
from idwallet.adapters.files import (
    make_file_once,
    make_folder,
    read_file,
    write_file_atomically,
)
from idwallet.codec.text import show
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


def test_a_file_is_made_once_and_the_second_caller_is_told(tmp_path):
    path = tmp_path / "file"
    assert make_file_once(path, b"first")
    assert not make_file_once(str(path), b"second")
    assert path.read_bytes() == b"first"
    assert (names(tmp_path), mode_of(path)) == (["file"], 0o600)


def test_a_file_that_cannot_be_made_leaves_nothing(tmp_path, monkeypatch):
    with pytest.raises(PortError, match="cannot write"):
        make_file_once(tmp_path / "absent/file", b"data")
    with pytest.raises(PortError, match="not a usable path"):
        make_file_once(f"{tmp_path}/nul\0", b"data")

    def fail(descriptor):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(KeyboardInterrupt):
        make_file_once(tmp_path / "file", b"data")
    assert names(tmp_path) == []


def test_a_folder_is_made_with_those_above_it_for_its_owner_alone(tmp_path):
    folder = make_folder(f"{tmp_path}/one/two")
    assert folder == make_folder(folder) == tmp_path / "one" / "two"
    assert mode_of(folder) == 0o700
    with pytest.raises(PortError, match="cannot make"):
        make_folder(f"{tmp_path}/nul\0")


HOSTILE = "a\x1b]0;owned\x07\nok\u202e"


@pytest.mark.parametrize(
    "act",
    [
        read_file,
        make_folder,
        lambda path: write_file_atomically(path, b""),
        lambda path: make_file_once(path, b""),
    ],
)
def test_a_path_in_a_message_is_safe_to_show(tmp_path, act):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(PortError) as caught:
        act(f"{tmp_path}/file/{HOSTILE}")
    said = str(caught.value)
    assert show(said) == said
    assert "‹U+001B›" in said


def test_the_place_of_a_file_too_long_is_safe_to_show(tmp_path):
    path = tmp_path / HOSTILE
    path.write_bytes(b"12345")
    with pytest.raises(LimitError) as caught:
        read_file(path, max_bytes=4)
    assert show(caught.value.at) == caught.value.at


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
