"""The middle of the review screen: the picture, the caption under it, one line of keys. Review keys act here.

Without an item, the page that says why.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from captionlint.desktop.keymap import Keymap
from captionlint.desktop.review.model.review_model import ReviewModel
from captionlint.desktop.review.view.caption import CaptionView
from captionlint.desktop.review.view.editor import CaptionEditor
from captionlint.desktop.review.view.empty_page import EndPage
from captionlint.desktop.review.view.image_view import PictureView
from captionlint.desktop.review.view.key_hints import KeysLine
from captionlint.desktop.style.theme import Theme


class Stage(QFrame):
    """Picture, caption or its editor, and keys; or the end page.

    Signals:
        edit_ended: the caption's editor was left.
    """

    edit_ended = Signal()

    def __init__(self, model: ReviewModel, theme: Theme, keymap: Keymap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("stage")
        self._model = model
        self.picture = PictureView(theme)
        self.caption = CaptionView(model, theme)
        self.editor = CaptionEditor(model, theme)
        self.keys = KeysLine(keymap, theme)
        self.end = EndPage()
        self._captions = QStackedWidget()
        for widget in (self.caption, self.editor):
            self._captions.addWidget(widget)
        # The caption alone says how high the place is.
        self.editor.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.end, 1)
        layout.addWidget(self.picture, 1)
        layout.addWidget(self._captions)
        layout.addWidget(self.keys)
        self.editor.finished.connect(self._end_edit)
        model.item_changed.connect(self._show)
        self._show()

    def edit(self) -> None:
        """Puts the caption into its editor."""
        if self._model.item is None:
            return
        self.editor.setFont(self.caption.caption_font())
        self.editor.setViewportMargins(0, self.caption.text_top, 0, 0)
        self._model.begin_edit()
        self._captions.setCurrentWidget(self.editor)
        self.editor.begin()
        self.keys.show_editing(True)

    @property
    def is_editing(self) -> bool:
        """Whether the caption is in its editor."""
        return self._captions.currentWidget() is self.editor

    def take_keyboard(self) -> None:
        """Puts the keyboard where the review keys act, or on what is offered where there is no item."""
        if self._model.item is None:
            self.end.take_keyboard()
        else:
            self.caption.setFocus(Qt.FocusReason.OtherFocusReason)

    def _end_edit(self, keep: bool) -> None:
        self._model.end_edit(keep=keep)
        self._show()
        self.edit_ended.emit()
        self.take_keyboard()

    def _show(self) -> None:
        there = self._model.item is not None
        self._captions.setCurrentWidget(self.caption)
        for widget in (self.picture, self._captions, self.keys):
            widget.setVisible(there)
        self.end.setVisible(not there)
        self.keys.show_editing(False)
