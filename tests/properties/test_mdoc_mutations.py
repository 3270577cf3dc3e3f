"""Mobile documents with faults in them: a few of what is run before a release."""

import pytest

from tests.properties.mdoc_mutations import Judged, Mutations, run


def test_what_is_changed_is_read_or_refused_and_never_believed() -> None:
    found = run(600, seed=1)
    assert {"read", "malformed", "unsupported"} <= found.keys()


def test_one_seed_makes_the_same_changes() -> None:
    octets = Judged().draft.response()
    first, second = Mutations(5), Mutations(5)
    assert [first.changed(octets) for _ in range(20)] == [
        second.changed(octets) for _ in range(20)
    ]


def test_what_nobody_issued_would_be_noticed() -> None:
    judged = Judged()
    (subject, *_) = judged.subjects()
    judged.issued["family_name"] = "Другая"
    with pytest.raises(AssertionError, match="nobody issued: family_name"):
        subject.read(subject.octets)
