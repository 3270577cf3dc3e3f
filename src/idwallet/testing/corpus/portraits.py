"""Answers of which only the person is left to compare with the portrait.

for forgery in PORTRAITS:
    valid, forged = forgery.twins(scene)
    judge_portrait(valid)   # passes once the clerk says that it matches
    judge_portrait(forged)  # does not, for forgery.reason
"""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from idwallet.codec.json import JsonValue
from idwallet.credentials.query import Query
from idwallet.report import CheckId, Reason, Report
from idwallet.roles.portrait import AwaitingPortrait
from idwallet.roles.presentation import evaluate_presentation
from idwallet.testing.corpus.forgery import Forged, Forgery
from idwallet.testing.draft import ABSENT, Draft, draft
from idwallet.testing.scene import PID, Scene
from idwallet.trust.policies import RETAIL
from idwallet.trust.policy import Policy, PresenceRule

_PRESENCE: Final = CheckId.HOLDER_PRESENCE
CLERK: Final = "desk-7"

IMAGE: Final = b"\xff\xd8\xff\xe0 idwallet TEST: no person's image"
"""It begins like a JPEG, and is nobody's."""

PRESENT: Final[Policy] = replace(RETAIL, name="present", presence=PresenceRule.ATTESTED)


def picture(image: bytes = IMAGE) -> str:
    """Return an image as a claim of an SD-JWT VC has it."""
    return f"data:image/jpeg;base64,{b64encode(image).decode()}"


@dataclass(slots=True)
class PortraitDraft:
    """An answer that shows a portrait, and what a clerk says of it, how much later."""

    answer: Draft
    matches: bool = True
    after: timedelta = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class PortraitForgery(Forged[PortraitDraft]):
    """A comparison that must not let anybody in; see `Forged`."""

    def twins(self, scene: Scene) -> tuple[PortraitDraft, PortraitDraft]:
        """Return the comparison that is in order, and the other one."""
        return self.apart(lambda: portrait_draft(scene))


def asking_for_picture(scene: Scene, policy: Policy = PRESENT) -> Draft:
    """Return an answer to a verifier who asks for name and picture."""
    asked: list[JsonValue] = [{"path": ["family_name"]}, {"path": ["picture"]}]
    query = Query.from_dcql(
        {
            "credentials": [
                {
                    "id": "pid",
                    "format": "dc+sd-jwt",
                    "meta": {"vct_values": [PID]},
                    "claims": asked,
                }
            ]
        }
    )
    verifier = scene.new_verifier(policy=policy)
    made = draft(scene, verifier.request(query, purpose="a test", at=scene.at))
    made.claims = {"family_name": "Образцова", "picture": picture()}
    return made


def portrait_draft(scene: Scene) -> PortraitDraft:
    """Start from an answer whose portrait a clerk recognises in time."""
    return PortraitDraft(asking_for_picture(scene))


def judge_portrait(made: PortraitDraft) -> Report:
    """Evaluate the answer, and let the clerk say what they say."""
    answer = made.answer
    at = answer.scene.at
    judged = evaluate_presentation(
        answer.response(), request=answer.request, trust=answer.believed(), at=at
    )
    if not isinstance(judged, AwaitingPortrait):
        return judged.report
    return judged.confirm(matches=made.matches, by=CLERK, at=at + made.after).report


def _differs(made: PortraitDraft) -> None:
    made.matches = False


def _late(made: PortraitDraft) -> None:
    made.after = PRESENT.comparison_age


PORTRAITS: Final = (
    PortraitForgery("another person", _PRESENCE, Reason.PORTRAIT_DIFFERS, _differs),
    PortraitForgery(
        "a comparison too late", _PRESENCE, Reason.COMPARED_TOO_LATE, _late
    ),
)


# --- what a wallet says of the person -------------------------------------------------


def _attested(made: Draft) -> None:
    """Judge under a policy that wants the person, of whom the wallet says a PIN."""
    scene = made.scene
    verifier = scene.new_verifier(policy=PRESENT)
    made.request = verifier.request(made.request.query, purpose="a test", at=scene.at)
    made.binding = {"amr": [{"knowledge": "pin_6_or_more_digits"}]}


def _saying(amr: JsonValue) -> Callable[[Draft], None]:
    def forge(made: Draft) -> None:
        made.binding = {"amr": amr}

    return forge


PRESENCES: Final = tuple(
    Forgery(f"presence: {name}", _PRESENCE, Reason.NOT_ESTABLISHED, forge, _attested)
    for name, forge in (
        ("nothing said", _saying(ABSENT)),
        ("an empty list", _saying([])),
        ("a text", _saying("pin")),
        ("methods of RFC 8176", _saying(["pin", "fpt"])),
        ("possession alone", _saying([{"possession": "key_in_remote_wscd"}])),
        ("a method of another factor", _saying([{"knowledge": "face_device"}])),
        ("a method that nobody defined", _saying([{"inherence": "smell"}])),
        ("a method that is no text", _saying([{"knowledge": True}])),
        (
            "two factors in one",
            _saying([{"knowledge": "pattern", "inherence": "face_device"}]),
        ),
    )
)
