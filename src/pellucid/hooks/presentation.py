"""How what libraries log is laid out in diagrams; chosen for the whole process (sdk-surface §4.28)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Presentation:
    """The choices.

    Attributes:
        group_scalars: put curves whose tag has no slash into one diagram, in place of one for each.
        single_series: give each curve of TensorBoard a diagram of its own.
        static_figures: keep figures of matplotlib as pictures, also those that could be zoomed.
    """

    group_scalars: bool = False
    single_series: bool = False
    static_figures: bool = False


presentation = Presentation()
