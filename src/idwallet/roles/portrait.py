"""A clerk compares the portrait with the person, when nothing else is left."""

import binascii
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.moment import require_aware
from idwallet.codec.text import show
from idwallet.credentials.catalogue import listed_type
from idwallet.credentials.model import (
    Format,
    Unverified,
    VerifiedCredential,
    VerifiedPresentation,
)
from idwallet.credentials.sdjwt.narrow import Narrowed
from idwallet.errors import MalformedError, UsageError
from idwallet.report import (
    Check,
    CheckId,
    FactValue,
    Outcome,
    Reason,
    Report,
    check,
)
from idwallet.roles.shown import Shown, handed_on

if TYPE_CHECKING:
    from idwallet.roles.verifier import Verifier

_PORTRAIT: Final = "portrait"
"""The neutral name of the claim, as the catalogue has it."""

_OPEN: Final = (CheckId.HOLDER_PRESENCE, Reason.NOT_ESTABLISHED)
_DATA: Final = "data:"
_BASE64: Final = ";base64,"

# How an image begins, whatever is said of its type: ISO/IEC 18013-5 table 5 has JPEG
# and JPEG 2000, the PID rulebook JPEG.
_BEGINS: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "image/jp2"),
    (b"\xff\x4f\xff\x51", "image/j2c"),
)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Portrait:
    """The image of who the credential is about: show it to the clerk, and drop it.

    `query_id` is the credential query that it answers, `media_type` what the image
    begins like. It is personal data that nobody has been shown to be present for.
    """

    query_id: str
    image: bytes
    media_type: str

    def __repr__(self) -> str:
        """Show where it comes from, and nothing of it."""
        return f"Portrait({self.query_id!r})"


class Compared(Protocol):
    """A request, as far as comparing a portrait that answers it needs it."""

    @property
    def expires(self) -> datetime:
        """Until when it can be answered."""
        ...

    @property
    def verifier(self) -> "Verifier":
        """Who asked."""
        ...

    def key(self) -> bytes:
        """Return the digest under which the replay guard knows it."""
        ...


class Pending(NamedTuple):
    """What is handed on once the portraits were compared, until when."""

    request: Compared
    credentials: tuple[VerifiedCredential, ...]
    until: datetime

    def __repr__(self) -> str:
        """Show until when: the rest is personal data."""
        return f"Pending(until={self.until})"


class _Once:
    """Whether a comparison was confirmed; held while it is."""

    __slots__ = ("is_spent", "lock")

    def __init__(self) -> None:
        """Begin with one that was not."""
        self.lock = threading.Lock()
        self.is_spent = False


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class AwaitingPortrait(Unverified):
    """A presentation of which all passed but whether the person is there.

    A clerk compares each of `portraits` with whoever stands there, and tells `confirm`.
    Nothing else of it is handed on before. It is no verdict that passed: who drops it
    has verified nothing, and the request may still be answered by the same bytes.
    """

    portraits: tuple[Portrait, ...]
    pending: Pending = field(repr=False)
    once: _Once = field(default_factory=_Once, repr=False)

    def __repr__(self) -> str:
        """Show the number of portraits only."""
        return f"AwaitingPortrait(<{len(self.portraits)} portraits>)"

    @property
    def portrait(self) -> Portrait:
        """The one portrait.

        Raises:
            UsageError: several credentials show one: compare each of `portraits`.
        """
        if len(self.portraits) != 1:
            raise UsageError(f"{len(self.portraits)} portraits, not one")
        return self.portraits[0]

    @property
    def until(self) -> datetime:
        """Before when it must be confirmed."""
        return self.pending.until

    def confirm(
        self, *, matches: bool, by: str, at: datetime
    ) -> VerifiedPresentation | Unverified:
        """Say whether every portrait is of the person there, and get the verdict.

        `by` is the clerk's pseudonym: it stands in the report, so it must be nobody's
        name. The verdict is final, and uses the request up: it can be confirmed once.

        Raises:
            UsageError: it was confirmed before, `matches` is neither True nor False,
                `by` is empty, too long or cannot be shown as it is, or `at` has no zone
                or is earlier than the answer was judged.
            PortError: the replay guard did not answer; confirm again.
        """
        require_aware(at)
        if type(matches) is not bool:
            raise UsageError("matches is True or False")
        if not by or len(by) > limits.PSEUDONYM_CHARACTERS or show(by) != by:
            raise UsageError("by is a short pseudonym that can be shown as it is")
        verifier = self.pending.request.verifier
        if at + verifier.policy.clock_skew < self.report.at:
            raise UsageError("a comparison is not earlier than the answer")
        with self.once.lock:
            if self.once.is_spent:
                raise UsageError("this comparison was confirmed already")
            is_first = verifier.replay.settle(self.pending.request.key())
            self.once.is_spent = True
        return self._concluded(self._told(matches, by=by, at=at), is_first=is_first)

    def _told(self, matches: bool, *, by: str, at: datetime) -> tuple[Check, ...]:  # noqa: FBT001 - the answer
        facts: dict[str, FactValue] = {"by": by, "compared": at}
        if at >= self.until:
            reason, facts = Reason.COMPARED_TOO_LATE, {**facts, "until": self.until}
        else:
            reason = Reason.PORTRAIT_COMPARED if matches else Reason.PORTRAIT_DIFFERS
        return tuple(
            check(each.id, reason, subject=each.subject, facts=facts)
            if (each.id, each.reason) == _OPEN
            else each
            for each in self.report.checks
        )

    def _concluded(
        self, checks: tuple[Check, ...], *, is_first: bool
    ) -> VerifiedPresentation | Unverified:
        if not is_first:
            # Somebody else came to a verdict on the same answer: one lets them in.
            checks = tuple(map(_used, checks))
        report = replace(self.report, checks=checks)
        if report.outcome is Outcome.PASSED:
            return VerifiedPresentation(report, self.pending.credentials)
        return Unverified(report)


def awaiting_portrait(
    report: Report,
    shown: list[Shown],
    *,
    narrowed: dict[str, Narrowed],
    request: Compared,
) -> AwaitingPortrait | None:
    """Return what a clerk can settle; None where something else is left as well.

    Each credential of which nobody knows whether its holder is there has to show a
    portrait: to know it of one says nothing of another.
    """
    left = [each for each in report.checks if each.outcome is not Outcome.PASSED]
    if report.not_run() or any((e.id, e.reason) != _OPEN for e in left):
        return None
    subjects = {each.subject for each in left}
    found = [_portrait(each, narrowed) for each in shown if each.subject in subjects]
    portraits = tuple(each for each in found if each is not None)
    if not portraits or len(portraits) != len(subjects):
        return None
    credentials = handed_on(shown, narrowed)
    until = _until(report, credentials, request=request)
    return AwaitingPortrait(report, portraits, Pending(request, credentials, until))


def _until(
    report: Report,
    credentials: Iterable[VerifiedCredential],
    *,
    request: Compared,
) -> datetime:
    """Return before when: the policy, the request and each credential bound it."""
    policy = request.verifier.policy
    ends = [each.valid_until for each in credentials]
    bounds = (report.at + policy.comparison_age, request.expires + policy.clock_skew)
    return min((*bounds, *(each for each in ends if each is not None)))


def _portrait(shown: Shown, narrowed: dict[str, Narrowed]) -> Portrait | None:
    """Return the portrait that was asked for and shown, where it is an image."""
    (credential,) = handed_on([shown], narrowed) or (None,)
    if credential is None:
        return None
    known = listed_type(credential.format.value, shown.verdict.types)
    claim = None if known is None else known.claims.get(_PORTRAIT)
    path = None if claim is None else claim.path_in(credential.format.value)
    if path is None:
        return None
    try:
        image = _image(credential.claim(path, str), credential.format)
    except (UsageError, MalformedError):  # not shown, or no image
        return None
    kinds = (kind for begins, kind in _BEGINS if image.startswith(begins))
    kind = next(kinds, None)
    if kind is None or len(image) > limits.PORTRAIT_BYTES:
        return None
    return Portrait(credential.query_id, image, kind)


def _image(text: str, form: Format) -> bytes:
    """Decode an image: octets of CBOR, a data URL (RFC 2397), or bare base64."""
    if form in {Format.MDOC, Format.COMPACT}:
        return b64.decode(text, at=_PORTRAIT, clause="RFC 4648 §5")
    if text.startswith(_DATA):
        _, _, text = text.partition(_BASE64)
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except ValueError:  # it holds the text
        raise MalformedError("no base64", at=_PORTRAIT, clause="RFC 4648 §4") from None


def _used(each: Check) -> Check:
    if each.id is not CheckId.PRESENTATION_REPLAY:
        return each
    return check(each.id, Reason.ALREADY_USED, subject=each.subject)
