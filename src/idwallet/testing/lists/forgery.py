"""One forged list of trust and its twin, and those of which nothing can be read."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from idwallet.report import CheckId, Reason
from idwallet.testing.corpus.forgery import Forged, nothing
from idwallet.testing.draft import ABSENT
from idwallet.testing.lists.drafts import ListDraft, list_draft
from idwallet.testing.lists.forging import (
    Forger,
    big,
    everywhere_in_it,
    header,
    member,
    octets,
    scheme,
    text,
    twice_signed,
)
from idwallet.testing.lists.scene import ListScene
from idwallet.trust.lists import ListForm

_C, _R = CheckId, Reason
_FORMAT, _SIGNER = _C.TRUSTED_LIST_FORMAT, _C.TRUSTED_LIST_SIGNER
_SIGNATURE, _SCHEME = _C.TRUSTED_LIST_SIGNATURE, _C.TRUSTED_LIST_SCHEME
_FRESHNESS, _SEQUENCE = _C.TRUSTED_LIST_FRESHNESS, _C.TRUSTED_LIST_SEQUENCE
_XML, _JSON, _CBOR = ListForm.TRUSTED_LIST, ListForm.LOTE, ListForm.VICAL


@dataclass(frozen=True, slots=True)
class ListForgery(Forged[ListDraft]):
    """One thing wrong with a list of one form; see `Forged`."""

    form: ListForm = _XML

    def twins(self, scene: ListScene) -> tuple[ListDraft, ListDraft]:
        """Return the valid draft and the forged one."""
        return self.apart(lambda: list_draft(scene, self.form))


def everywhere(  # noqa: PLR0917 - one row of a table
    name: str, check: CheckId, reason: Reason, forge: Forger, prepare: Forger = nothing
) -> Iterator[ListForgery]:
    """Yield the same fault in each form of a list."""
    for form in ListForm:
        yield ListForgery(f"{form.value}: {name}", check, reason, forge, prepare, form)


FORMATS: Final = (
    *everywhere("no list at all", _FORMAT, _R.MALFORMED, octets(b"", b"?")),
    *everywhere("too long", _FORMAT, _R.LIMIT_EXCEEDED, big),
    ListForgery(
        "a document type", _FORMAT, _R.MALFORMED, octets(b"<T", b"<!DOCTYPE T><T")
    ),
    ListForgery("an unknown version", _FORMAT, _R.UNSUPPORTED, text(">6<", ">7<")),
    ListForgery("no sequence number", _FORMAT, _R.MALFORMED, text(">7<", "><")),
    ListForgery(
        "a negative sequence number", _FORMAT, _R.MALFORMED, text(">7<", ">-7<")
    ),
    ListForgery(
        "two territories",
        _FORMAT,
        _R.MALFORMED,
        text(
            "<SchemeTerritory>",
            "<SchemeTerritory>YY</SchemeTerritory><SchemeTerritory>",
        ),
    ),
    ListForgery(
        "a moment without a zone",
        _FORMAT,
        _R.MALFORMED,
        text("Z</ListIssueDateTime>", "</ListIssueDateTime>"),
    ),
    ListForgery(
        "another root",
        _FORMAT,
        _R.MALFORMED,
        everywhere_in_it("TrustServiceStatusList", "OtherList"),
    ),
    ListForgery(
        "no status",
        _FORMAT,
        _R.MALFORMED,
        everywhere_in_it("ServiceStatus>", "ServiceState>"),
    ),
    ListForgery(
        "two signatures",
        _FORMAT,
        _R.MALFORMED,
        lambda made: setattr(made, "bend", twice_signed),
    ),
    ListForgery(
        "an unknown version",
        _FORMAT,
        _R.UNSUPPORTED,
        scheme("LoTEVersionIdentifier", 2),
        form=_JSON,
    ),
    ListForgery(
        "a version that is true",
        _FORMAT,
        _R.UNSUPPORTED,
        scheme("LoTEVersionIdentifier", value=True),
        form=_JSON,
    ),
    ListForgery(
        "no next update",
        _FORMAT,
        _R.MALFORMED,
        scheme("NextUpdate", ABSENT),
        form=_JSON,
    ),
    ListForgery(
        "a sequence number in a text",
        _FORMAT,
        _R.MALFORMED,
        scheme("LoTESequenceNumber", "7"),
        form=_JSON,
    ),
    ListForgery(
        "a moment in another zone",
        _FORMAT,
        _R.MALFORMED,
        scheme("ListIssueDateTime", "2026-11-23T12:00:00+01:00"),
        form=_JSON,
    ),
    ListForgery(
        "a critical extension",
        _FORMAT,
        _R.UNSUPPORTED,
        scheme("SchemeExtensions", [{"Critical": True}]),
        form=_JSON,
        prepare=scheme("SchemeExtensions", [{"Critical": False}]),
    ),
    ListForgery(
        "a critical header",
        _FORMAT,
        _R.UNSUPPORTED,
        header({"crit": ["sigX"], "sigX": 1}),
        header({"crit": ["sigT"], "sigT": "2026-11-24T12:00:00Z"}),
        _JSON,
    ),
    ListForgery(
        "no list in it",
        _FORMAT,
        _R.MALFORMED,
        lambda made: setattr(made, "bend_payload", lambda _: b"[]"),
        form=_JSON,
    ),
    ListForgery("no date", _FORMAT, _R.MALFORMED, member("date", ABSENT), form=_CBOR),
    ListForgery(
        "a date without its tag",
        _FORMAT,
        _R.MALFORMED,
        member("date", "2026-11-23T12:00:00Z"),
        form=_CBOR,
    ),
    ListForgery(
        "an unknown version",
        _FORMAT,
        _R.UNSUPPORTED,
        member("version", "2.0"),
        form=_CBOR,
    ),
    ListForgery(
        "no certificates",
        _FORMAT,
        _R.MALFORMED,
        member("certificateInfos", ABSENT),
        form=_CBOR,
    ),
    ListForgery(
        "an entry that is none",
        _FORMAT,
        _R.MALFORMED,
        member("certificateInfos", [1]),
        form=_CBOR,
    ),
)
"""Lists that break their format."""
