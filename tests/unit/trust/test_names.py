import pytest

from idwallet.trust.names import GeneralName, NameConstraints, NameKind, violation

DNS, URI, EMAIL = NameKind.DNS, NameKind.URI, NameKind.EMAIL
COMMON, ORGANISATION = "2.5.4.3", "2.5.4.10"


def named(kind: NameKind, text: str) -> GeneralName:
    return GeneralName(kind, text)


def directory(*parts: tuple[str, str]) -> GeneralName:
    rdns = tuple(frozenset({part}) for part in parts)
    return GeneralName(NameKind.DIRECTORY, rdns=rdns)


def permitted(name: GeneralName, *bases: GeneralName) -> bool:
    return violation([name], [NameConstraints(permitted=bases)]) == ""


def excluded(name: GeneralName, *bases: GeneralName) -> bool:
    return violation([name], [NameConstraints(excluded=bases)]) != ""


WITHIN = [
    (DNS, "a.example", "a.example"),
    (DNS, "b.a.example", "a.example"),
    (DNS, "B.A.Example.", "a.example"),
    (DNS, "anything.example", ""),
    (DNS, "b.a.example", ".a.example"),
    (URI, "https://a.example/x", "a.example"),
    (URI, "https://user@A.example:8443/x", "a.example"),
    (URI, "https://b.a.example", ".a.example"),
    (EMAIL, "desk@a.example", "a.example"),
    (EMAIL, "desk@A.example", "desk@a.example"),
    (EMAIL, "desk@b.a.example", ".a.example"),
]
OUTSIDE = [
    (DNS, "a.example", "b.a.example"),
    (DNS, "notaa.example", "a.example"),
    (DNS, "a.example", ".a.example"),
    (URI, "https://b.a.example/x", "a.example"),
    (URI, "https://a.example", ".a.example"),
    (EMAIL, "desk@b.a.example", "a.example"),
    (EMAIL, "other@a.example", "desk@a.example"),
    (EMAIL, "desk@a.example", ".a.example"),
]


@pytest.mark.parametrize(("kind", "text", "base"), WITHIN)
def test_a_name_within_a_subtree_is_permitted_by_it(
    kind: NameKind, text: str, base: str
) -> None:
    assert permitted(named(kind, text), named(kind, base))


@pytest.mark.parametrize(("kind", "text", "base"), WITHIN)
def test_a_name_within_an_excluded_subtree_is_a_violation(
    kind: NameKind, text: str, base: str
) -> None:
    assert excluded(named(kind, text), named(kind, base))


@pytest.mark.parametrize(("kind", "text", "base"), OUTSIDE)
def test_a_name_outside_every_permitted_subtree_is_a_violation(
    kind: NameKind, text: str, base: str
) -> None:
    assert not permitted(named(kind, text), named(kind, base))


@pytest.mark.parametrize(
    ("kind", "text", "base"), [case for case in OUTSIDE if case[2] != ".a.example"]
)
def test_a_name_outside_an_excluded_subtree_is_no_violation(
    kind: NameKind, text: str, base: str
) -> None:
    assert not excluded(named(kind, text), named(kind, base))


def test_an_excluded_dns_subtree_with_a_dot_excludes_its_own_name_too() -> None:
    assert excluded(named(DNS, "a.example"), named(DNS, ".a.example"))


def test_one_of_several_permitted_subtrees_is_enough() -> None:
    bases = named(DNS, "b.example"), named(DNS, "a.example")
    assert permitted(named(DNS, "a.example"), *bases)


def test_subtrees_of_another_form_do_not_bind_a_name() -> None:
    assert permitted(named(DNS, "a.example"), named(URI, "b.example"))
    assert not excluded(named(DNS, "a.example"), named(URI, "a.example"))


def test_every_ca_on_the_way_must_permit_the_name() -> None:
    name = named(DNS, "a.example")
    upper = NameConstraints(permitted=(named(DNS, "example"),))
    lower = NameConstraints(permitted=(named(DNS, "b.example"),))
    assert violation([name], [upper]) == ""
    assert violation([name], [upper, lower]) != ""


def test_a_wildcard_that_may_stand_for_an_excluded_name_is_excluded() -> None:
    assert excluded(named(DNS, "*.example"), named(DNS, "bank.example"))
    assert not excluded(named(DNS, "*.shop.example"), named(DNS, "bank.example"))


@pytest.mark.parametrize(
    "uri",
    ["urn:example:1", "https://192.0.2.1/x", "https://[2001:db8::1]/", "https://[bad"],
)
def test_a_uri_without_a_host_name_passes_no_uri_constraint(uri: str) -> None:
    name = named(URI, uri)
    assert not permitted(name, named(URI, "192.0.2.1"))
    assert excluded(name, named(URI, "elsewhere.example"))


def test_a_mailbox_without_a_local_part_is_in_no_permitted_subtree() -> None:
    assert not permitted(named(EMAIL, "a.example"), named(EMAIL, "a.example"))


def test_the_case_of_a_mailbox_does_not_lead_around_an_exclusion() -> None:
    assert excluded(named(EMAIL, "Desk@a.example"), named(EMAIL, "desk@a.example"))
    assert not permitted(named(EMAIL, "Desk@a.example"), named(EMAIL, "desk@a.example"))


def test_a_directory_name_is_permitted_by_its_beginning() -> None:
    base = directory((ORGANISATION, "Land"))
    assert permitted(directory((ORGANISATION, "Land"), (COMMON, "issuer")), base)
    assert permitted(directory((ORGANISATION, "Land")), base)
    assert not permitted(directory((COMMON, "issuer"), (ORGANISATION, "Land")), base)
    assert not permitted(directory((ORGANISATION, "land"), (COMMON, "issuer")), base)


def test_case_and_spacing_do_not_lead_around_an_excluded_directory_name() -> None:
    base = directory((ORGANISATION, "Bad  Land"))
    assert excluded(directory((ORGANISATION, "BAD LAND"), (COMMON, "x")), base)
    assert not excluded(directory((ORGANISATION, "Good Land"), (COMMON, "x")), base)


@pytest.mark.parametrize("kind", [NameKind.IP, NameKind.OTHER, NameKind.REGISTERED_ID])
def test_a_form_that_cannot_be_judged_is_a_violation_only_where_constrained(
    kind: NameKind,
) -> None:
    name = GeneralName(kind)
    assert not permitted(name, GeneralName(kind))
    assert excluded(name, GeneralName(kind))
    assert permitted(name, named(DNS, "a.example"))
    assert permitted(named(DNS, "a.example"), GeneralName(kind))


def test_the_size_of_constraints_counts_both_sides() -> None:
    one = named(DNS, "a.example")
    assert NameConstraints(permitted=(one, one), excluded=(one,)).size == 3
