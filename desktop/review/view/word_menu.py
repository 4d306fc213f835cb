"""The menu of a word, as a spell-checker's: replacements first, then kinds, then what else can be done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMenu, QWidget

from captionlint.core.review import KINDS, Kind
from captionlint.desktop.app.actions import Actions
from captionlint.desktop.app.stray_keys import keep_keys
from captionlint.desktop.review.model.review_model import ReviewModel


def word_menu(
    model: ReviewModel,
    suggestions: Sequence[str],
    actions: Actions,
    *,
    replace: Callable[[str], object],
    parent: QWidget,
) -> QMenu:
    """A menu for the word in focus."""
    menu = QMenu(parent)
    span = model.span_of(model.word)
    for text in suggestions:
        # An ampersand would become a key of the menu.
        menu.addAction(text.replace("&", "&&"), partial(replace, text))
    if suggestions:
        menu.addSeparator()
    menu.addAction(actions["replace"])
    menu.addAction(actions["delete_word"])
    menu.addSeparator()
    menu.addAction(actions["toggle"])
    menu.addAction(actions["extend_left"])
    menu.addAction(actions["extend_right"])
    kinds = menu.addMenu(QCoreApplication.translate("word_menu", "Kind"))
    for kind in KINDS:
        _add_kind(kinds, kind, actions, checked=span is not None and span.kind == kind)
    menu.addSeparator()
    menu.addAction(actions["ignore"])
    menu.addAction(actions["heat"])
    menu.addAction(actions["edit"])
    keep_keys(menu)
    keep_keys(kinds)
    return menu


def _add_kind(menu: QMenu, kind: Kind, actions: Actions, *, checked: bool) -> None:
    action = menu.addAction(actions[f"kind_{kind}"].text())
    action.setCheckable(True)
    action.setChecked(checked)
    action.triggered.connect(actions[f"kind_{kind}"].trigger)
