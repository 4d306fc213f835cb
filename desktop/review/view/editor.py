"""The caption's editor: plain text, words tinted as their scores come in, edits applied to the text as it was given."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QTextEdit, QWidget

from captionlint.desktop.review.model.review_model import ReviewModel
from captionlint.desktop.review.view.utf16 import Units, in_editor
from captionlint.desktop.style.theme import Theme

_TINTED = 400
"""Words beyond which the editor shows no tints: Qt takes a third of a second for 3,000."""


class CaptionEditor(QPlainTextEdit):
    """Edits the model's caption; Enter keeps, Escape drops, which undo takes back.

    Signals:
        finished: the editing is over; whether it is to be kept.
    """

    finished = Signal(bool)

    def __init__(self, model: ReviewModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._theme = model, theme
        self._caption = self._shown = ""
        self._open = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setObjectName("captionEditor")
        self.document().setDocumentMargin(0)
        self.setTabChangesFocus(True)
        self.setAccessibleName(self.tr("Caption"))
        self.textChanged.connect(self._edited)
        model.changed.connect(self._tint)
        theme.changed.connect(self._tint)

    def begin(self) -> None:
        """Takes the caption as it reads now, the cursor behind the word in focus: a stray key destroys nothing."""
        self._caption = self._model.text
        self._shown = in_editor(self._caption)
        self._open = False
        self.setPlainText(self._shown)
        self._open = True
        option = self.document().defaultTextOption()
        option.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.document().setDefaultTextOption(option)
        cursor = self.textCursor()
        word = self._model.word
        if word is not None:
            cursor.setPosition(Units(self._caption).units(word.end))
        self.setTextCursor(cursor)
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._tint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter keeps the text (Shift+Enter breaks a line), Escape drops it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not (
            event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        ):
            self.keep()
        elif event.key() == Qt.Key.Key_Escape:
            self._finish(keep=False)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leaving the editor keeps the text; a menu or another window does not end it."""
        super().focusOutEvent(event)
        if event.reason() not in (
            Qt.FocusReason.PopupFocusReason,
            Qt.FocusReason.ActiveWindowFocusReason,
            Qt.FocusReason.MenuBarFocusReason,
        ):
            self.keep()

    def keep(self) -> None:
        """Ends the editing and keeps the text; does nothing while nothing is edited."""
        self._finish(keep=True)

    def _finish(self, *, keep: bool) -> None:
        if self._open:
            self._open = False
            self.finished.emit(keep)

    def _edited(self) -> None:
        if not self._open:
            return
        shown = self.toPlainText()
        if shown != self._shown:
            self._caption = edited(self._caption, self._shown, shown)
            self._shown = shown
            self._model.reword_live(self._caption)

    def _tint(self) -> None:
        if not self._open or self._model.text != self._caption:
            return
        words = self._model.words if len(self._model.words) <= _TINTED else ()
        units, look = Units(self._caption), self._theme.look
        made = []
        for word in words:
            step = self._model.step_of(word)
            tint = look.tint(step)
            if tint is None:
                continue
            one = QTextEdit.ExtraSelection()
            cursor = QTextCursor(self.document())
            cursor.setPosition(units.units(word.start))
            cursor.setPosition(units.units(word.end), QTextCursor.MoveMode.KeepAnchor)
            style = QTextCharFormat()
            style.setBackground(QColor(tint))
            style.setForeground(QColor(look.on_tint(step)))
            one.cursor, one.format = cursor, style
            made.append(one)
        self.setExtraSelections(made)


def edited(caption: str, before: str, after: str) -> str:
    """The caption after an edit that turned its shown form `before` into `after`.

    The editor does not give every character back (a no-break space, a lone carriage return): what the edit did not
    touch is taken from the caption, not from the editor. `before` and the caption are of one length.
    """
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return caption[:start] + after[start : len(after) - end] + caption[len(caption) - end :]
