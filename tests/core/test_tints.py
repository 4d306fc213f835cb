"""The scale of attributions: legible in both themes, and never more than one step off its shares."""

import pytest

from captionlint.core.palette import DARK, LIGHT, contrast, reach, step


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_text_on_every_ground_has_contrast(theme):
    grounds = [*zip(theme.against, theme.on_tint, strict=True), *zip(theme.speaks_for, theme.on_tint, strict=True)]
    grounds += [
        (theme.panel, theme.text),
        (theme.panel, theme.dim),
        (theme.window, theme.dim),
        (theme.panel, theme.underline),
    ]
    assert all(contrast(*pair) >= 4.5 for pair in grounds)


def test_contrast_is_wcags():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_steps_are_symmetric_and_zero_is_plain():
    assert [step(s, scale=1.0) for s in (-1, -0.5, -0.1, -0.01, 0, 0.01, 0.1, 0.5, 1)] == [-3, -2, -1, 0, 0, 0, 1, 2, 3]


def test_reach_ignores_the_last_twentieth():
    assert reach([0.0] * 3) == reach([]) == 1.0
    assert reach([-0.2] * 99 + [50.0]) == 0.2
