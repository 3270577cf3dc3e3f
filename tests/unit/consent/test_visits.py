"""What links a visit to an earlier one is told before it is made."""

from datetime import UTC, datetime

import pytest

from idwallet.consent.linking.visits import (
    Visit,
    VisitLink,
    VisitLinkKind,
    linked_visits,
)

AT = datetime(2026, 11, 24, tzinfo=UTC)
NAME, BORN = ("family_name",), ("birthdate",)
SHOP = Visit(party="shop", copy="key 1", paths=frozenset({NAME}), at=AT)


def planned(party: str, copy: str | None, *paths: tuple[str, ...]) -> Visit:
    return Visit(party=party, copy=copy, paths=frozenset(paths))


@pytest.mark.parametrize(
    ("visit", "expected"),
    [
        (planned("shop", None), None),
        (planned("bar", None), None),
        (planned("bar", "key 2", BORN), None),
        (planned("shop", "key 1"), (VisitLinkKind.SAME_COPY, False, ())),
        (planned("bar", "key 1"), (VisitLinkKind.SAME_COPY, True, ())),
        (planned("bar", "key 1", NAME), (VisitLinkKind.SAME_COPY, True, ())),
        (planned("shop", None, NAME), (VisitLinkKind.SAME_CLAIMS, False, (NAME,))),
        (
            planned("bar", "key 2", NAME, BORN),
            (VisitLinkKind.SAME_CLAIMS, True, (NAME,)),
        ),
        (
            planned("bar", "key 2", ("org.iso.18013.5.1", "family_name")),
            (VisitLinkKind.SAME_CLAIMS, True, (("org.iso.18013.5.1", "family_name"),)),
        ),
    ],
)
def test_a_planned_visit_is_linked_by_what_it_has_in_common(
    visit: Visit, expected: tuple[VisitLinkKind, bool, tuple[object, ...]] | None
) -> None:
    found = linked_visits(visit, [SHOP])
    if expected is None:
        assert found == ()
        return
    kind, elsewhere, paths = expected
    assert found == (VisitLink(kind, SHOP, elsewhere, frozenset(paths)),)  # type: ignore[arg-type]


def test_every_earlier_visit_is_told_in_its_order() -> None:
    other = Visit(party="bar", copy="key 1", paths=frozenset(), at=AT)
    found = linked_visits(planned("shop", "key 1"), [SHOP, other])
    assert [each.earlier for each in found] == [SHOP, other]
    assert [each.elsewhere for each in found] == [False, True]
