"""Optional content: what is shown, hidden, or printed otherwise (ISO 32000-2 8.11)."""

from idwallet.codec.pdf import Ref
from idwallet.documents.describe.collect import Findings
from idwallet.documents.describe.model import Finding
from idwallet.documents.pades.view import Dictionary, View

_F = Finding


class Layers:
    """Which layers there are, and which are not shown at opening."""

    def __init__(self, view: View) -> None:
        """Read the default configuration (8.11.4.3).

        Raises:
            MalformedError: it is none.
        """
        self._view = view
        properties = view.dictionary(view.catalog.get("OCProperties"))
        default = view.dictionary(properties.get("D"))
        self.all = {e for e in view.array(properties.get("OCGs")) if isinstance(e, Ref)}
        is_off = view.resolve(default.get("BaseState")) == "OFF"
        listed = set(self._refs(default, "OFF"))
        shown = set(self._refs(default, "ON"))
        self.hidden = (self.all - shown if is_off else listed) | listed
        self._has_choices = len(view.array(properties.get("Configs"))) > 0
        self._automatic = view.array(default.get("AS"))

    def _refs(self, entries: Dictionary, key: str) -> list[Ref]:
        return [e for e in self._view.array(entries.get(key)) if isinstance(e, Ref)]

    def describe(self, findings: Findings) -> None:
        """Tell what layers there are, and which are shown on one occasion only."""
        if self.all:
            findings.say(_F.LAYER, "document")
        if self.hidden & self.all:
            findings.say(_F.HIDDEN_LAYER, "document")
        if self._automatic and any(map(self._differs, self.all)):
            findings.say(_F.PRINTED_OTHERWISE, "document")
        if self._has_choices:
            findings.say(_F.LAYER, "document")

    def _differs(self, group: Ref) -> bool:
        """Say whether a layer is shown on the screen, or printed, but not both."""
        view = self._view
        usage = view.dictionary(view.dictionary(group).get("Usage"))
        shown = view.dictionary(usage.get("View")).get("ViewState")
        printed = view.dictionary(usage.get("Print")).get("PrintState")
        return shown is not None and printed is not None and shown != printed

    def hides(self, layer: Ref | None) -> bool:
        """Say whether what belongs to a layer is not shown at opening.

        A membership (8.11.2.2) hides when any of its groups is hidden.
        """
        if layer is None:
            return False
        if layer in self.hidden:
            return True
        entries = self._view.dictionary(layer)
        if entries.get("Type") != "OCMD":
            return False
        groups = entries.get("OCGs")
        listed = self._view.resolve(groups)
        members = listed if isinstance(listed, list) else [groups]
        return any(each in self.hidden for each in members)
