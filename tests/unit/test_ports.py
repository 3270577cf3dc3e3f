import dataclasses
import inspect
import secrets
from typing import get_type_hints

import pytest

from idwallet import ports


def _protocols() -> list[type]:
    return [
        each
        for each in vars(ports).values()
        if inspect.isclass(each)
        and each.__module__.startswith(ports.__name__)
        and getattr(each, "_is_protocol", False)
    ]


def test_the_ports_are_these() -> None:
    assert {each.__name__ for each in _protocols()} == {
        "AgreeingKey",
        "AskSecret",
        "AsyncFetcher",
        "BatchJournal",
        "BundleSource",
        "BundleState",
        "ExchangeStore",
        "Fetcher",
        "KeyStore",
        "KeyWrap",
        "MonotonicCounter",
        "Publish",
        "Random",
        "ReplayGuard",
        "StatusSession",
        "StatusStore",
        "StoredKey",
        "TimestampAuthority",
        "WalletStore",
    }


def test_every_method_of_a_port_is_typed_and_described() -> None:
    for port in _protocols():
        for name, member in vars(port).items():
            method = member.fget if isinstance(member, property) else member
            if not inspect.isfunction(method) or name.startswith("_no_init"):
                continue
            if name.startswith("__") and name != "__call__":
                continue
            assert method.__doc__, f"{port.__name__}.{name}"
            assert "return" in get_type_hints(method), f"{port.__name__}.{name}"


def test_the_standard_source_of_random_bytes_fits_the_port() -> None:
    source: ports.Random = secrets.token_bytes
    assert len(source(32)) == 32


def test_a_stored_record_cannot_be_changed() -> None:
    record = ports.StoredRecord("a", b"sealed")
    with pytest.raises(dataclasses.FrozenInstanceError):
        record.sealed = b"other"  # type: ignore[misc]


def test_the_first_use_the_same_again_and_a_used_request_are_told_apart() -> None:
    assert [use.value for use in ports.Use] == ["first", "same_again", "used"]
