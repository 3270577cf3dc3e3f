"""What a file of a container is, its name alone says (EN 319 162-1 4.3, 4.4, A.7)."""

import pytest

from idwallet.documents.asic.baseline import (
    TABLE,
    Presence,
    Role,
    Rule,
    count_fault,
    role_of,
)


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("mimetype", Role.MIMETYPE),
        ("a.txt", Role.DATA),
        ("signature.p7s", Role.DATA),
        ("a/META-INF/signature.p7s", Role.DATA),
        ("META-INF/signature.p7s", Role.CADES),
        ("META-INF/my-signature-1.p7s", Role.CADES),
        ("META-INF/signatures.xml", Role.XADES),
        ("META-INF/signatures0.xml", Role.XADES),
        ("META-INF/ASiCManifest.xml", Role.MANIFEST),
        ("META-INF/ASiCManifest-1.xml", Role.MANIFEST),
        ("META-INF/ASiCArchiveManifest.xml", Role.ARCHIVE_MANIFEST),
        ("META-INF/oldASiCArchiveManifest2.xml", Role.ARCHIVE_MANIFEST),
        ("META-INF/timestamp001.tst", Role.TIMESTAMP),
        ("META-INF/evidencerecord.ers", Role.EVIDENCE_RECORD),
        ("META-INF/evidencerecord1.xml", Role.EVIDENCE_RECORD),
        ("META-INF/ASiCEvidenceRecordManifest1.xml", Role.EVIDENCE_RECORD),
        ("META-INF/manifest.xml", Role.ODF_MANIFEST),
        ("META-INF/readme.txt", Role.DATA),
        ("META-INF/other.p7s", Role.DATA),
        ("META-INF/Signature.p7s", Role.MISNAMED),
        ("META-INF/signature.P7S", Role.MISNAMED),
        ("META-INF/signature.p7m", Role.MISNAMED),
        ("META-INF/sub/signature.p7s", Role.MISNAMED),
        ("META-INF/timestamp.tsr", Role.MISNAMED),
        ("META-INF/asicmanifest.xml", Role.MISNAMED),
        ("META-INF/Manifest.xml", Role.MISNAMED),
        ("meta-inf/signature.p7s", Role.MISNAMED),
        ("Meta-Inf/a", Role.MISNAMED),
        ("MIMETYPE", Role.MISNAMED),
    ],
)
def test_a_file_is_what_its_name_says(name: str, role: Role) -> None:
    assert role_of(name) is role


@pytest.mark.parametrize(
    ("presence", "least", "most"),
    [
        (Presence.NONE, 0, 0),
        (Presence.ONE, 1, 1),
        (Presence.MAYBE, 0, 1),
        (Presence.SOME, 1, None),
        (Presence.ANY, 0, None),
    ],
)
def test_there_are_as_many_as_the_table_says(
    presence: Presence, least: int, most: int | None
) -> None:
    rule = Rule(presence, "clause")
    for count in range(4):
        is_wrong = count < least or (most is not None and count > most)
        assert (count_fault(Role.DATA, count, rule=rule) is not None) is is_wrong


def test_every_kind_has_a_rule_for_every_role_with_its_clause() -> None:
    for rules in TABLE.values():
        assert rules.keys() == set(Role)
        assert all(each.clause.startswith("EN 319 162-1 §") for each in rules.values())
        assert rules[Role.MISNAMED].presence is Presence.NONE
