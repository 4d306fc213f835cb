"""What a labelling configuration of Label Studio calls things. The defaults are those of our own configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from captionlint.core.review import KINDS, Kind

Verdict = Literal["correct", "misaligned", "unclear"]


@dataclass(frozen=True, slots=True)
class Labelling:
    """Names of data, controls and choices; a control that the configuration lacks is None.

    Attributes:
        image, caption: keys of a task's data.
        text: the tag that shows the caption, which all controls are tied to.
        marks: the labels on the caption; `mark` and `unsure` are two of their values.
        kind, correction: what is said of one region; `kinds` are the choices for our kinds, in our order.
        verdict, rewrite: what is said of the whole task; `verdicts` are the choices of the verdict.
    """

    image: str = "image"
    caption: str = "caption"
    text: str = "caption"
    marks: str = "misalign"
    mark: str = "Misaligned"
    unsure: str | None = "Unsure"
    kind: str | None = "kind"
    kinds: tuple[tuple[Kind, str], ...] = tuple((kind, kind) for kind in KINDS)
    correction: str | None = "correction"
    verdict: str | None = "verdict"
    verdicts: tuple[tuple[Verdict, str], ...] = (
        ("correct", "Caption correct"),
        ("misaligned", "Has misalignment"),
        ("unclear", "Cannot judge"),
    )
    rewrite: str | None = "rewrite"

    @property
    def types(self) -> Mapping[str, str]:
        """The type that Label Studio gives each control's results, by the control's name."""
        named = {
            self.marks: "labels",
            self.kind: "choices",
            self.correction: "textarea",
            self.verdict: "choices",
            self.rewrite: "textarea",
        }
        return {name: kind for name, kind in named.items() if name is not None}

    def choice_for(self, kind: Kind) -> str | None:
        """The choice that stands for a kind, if there is one."""
        return dict(self.kinds).get(kind)

    def kind_named(self, choice: str | None) -> Kind:
        """The kind that a choice stands for; ``other`` for any that is none of ours."""
        return next((kind for kind, name in self.kinds if name == choice), "other")

    def verdict_named(self, choice: str | None) -> Verdict | None:
        """The verdict that a choice stands for, None for any that is none of ours."""
        return next((verdict for verdict, name in self.verdicts if name == choice), None)


OWN: Final = Labelling()
"""Our own configuration, ``ml_backend/labeling_config.xml``."""
