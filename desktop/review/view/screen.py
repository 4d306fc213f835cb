"""The review screen: queue, stage and inspector side by side, and what each command does here."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QWidget

from captionlint.core.review import KINDS, Kind
from captionlint.db.records import StoredItem
from captionlint.desktop.background.image_loader import Picture, Pictures
from captionlint.desktop.keymap import Keymap, shown
from captionlint.desktop.queue.model import QueueModel
from captionlint.desktop.queue.pane import QueuePane
from captionlint.desktop.queue.thumbnails import Thumbnails
from captionlint.desktop.review.model.assistant import Assistant, Method
from captionlint.desktop.review.model.empty_state import ending
from captionlint.desktop.review.model.loop_types import Way
from captionlint.desktop.review.model.progress import ProgressModel
from captionlint.desktop.review.model.review_loop import ReviewLoop
from captionlint.desktop.review.model.review_model import ReviewModel
from captionlint.desktop.review.model.threshold import ThresholdModel
from captionlint.desktop.review.view.heat_image import heat_image
from captionlint.desktop.review.view.inspector import Inspector
from captionlint.desktop.review.view.pane import Stage
from captionlint.desktop.style.strings import signed
from captionlint.desktop.style.theme import Theme

_AHEAD = 3
_SIDE_BY_SIDE = 1080
_WITH_QUEUE = 760
_SIDE = 288
_BELOW, _MOST_BELOW = 64, 240


class ReviewScreen(QWidget):
    """Puts the parts together; holds no rule of its own.

    Signals:
        offer_taken: what an end page offers and this screen cannot do.
    """

    offer_taken = Signal(str)

    def __init__(
        self,
        *,
        model: ReviewModel,
        loop: ReviewLoop,
        queue: QueueModel,
        threshold: ThresholdModel,
        pictures: Pictures,
        thumbnails: Thumbnails,
        assistant: Assistant,
        progress: ProgressModel,
        theme: Theme,
        keymap: Keymap,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model, self._loop, self._queue, self._threshold = model, loop, queue, threshold
        self._pictures, self._assistant, self._theme = pictures, assistant, theme
        self._progress = progress
        self.side = QueuePane(queue, theme, thumbnails)
        self.stage = Stage(model, theme, keymap)
        self.inspector = Inspector(model, threshold, theme)
        self._folded: bool | None = None  # None: as there is room
        self._split = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False, handleWidth=1)
        self._split.addWidget(self.stage)
        self._split.addWidget(self.inspector)
        self._split.setStretchFactor(0, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.side)
        layout.addWidget(self._split, 1)
        self._connect()
        self.rebind(keymap)
        self._arrange()

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What the review commands do."""
        model, loop, picture = self._model, self._loop, self.stage.picture
        kinds: dict[str, Callable[[], object]] = {f"kind_{kind}": partial(model.set_kind, kind) for kind in KINDS}
        return kinds | {
            "accept": partial(self._decide, "accept"),
            "reject": partial(self._decide, "reject"),
            "skip": partial(self._decide, "skip"),
            "undo": partial(self._travel, loop.undo),
            "redo": partial(self._travel, loop.redo),
            "next_word": lambda: model.set_focus(model.focus + self._forward()),
            "previous_word": lambda: model.set_focus(model.focus - self._forward()),
            "next_mark": partial(model.move_to_mark, 1),
            "previous_mark": partial(model.move_to_mark, -1),
            "toggle": model.toggle,
            "extend_right": lambda: model.extend(self._forward()),
            "extend_left": lambda: model.extend(-self._forward()),
            "ignore": self._ignore,
            "replace": self._replace,
            "delete_word": partial(model.set_replacement, ""),
            "edit": self.stage.edit,
            "next": loop.next,
            "previous": loop.previous,
            "next_suspicious": loop.next_suspicious,
            "search": self._search,
            "zoom_in": partial(picture.zoom, 1),
            "zoom_out": partial(picture.zoom, -1),
            "fit": picture.fit,
            "actual_size": picture.actual_size,
            "fold_queue": self.fold,
        }

    def rebind(self, keymap: Keymap) -> None:
        """Names other keys."""
        self.stage.keys.rebind(keymap)
        self._heat_keys: dict[Method, str] = {
            "gradient": _first_key(keymap, "heat"),
            "occlusion": _first_key(keymap, "occlusion"),
        }
        self.side.name_key(_first_key(keymap, "search"))
        self._name_heat()

    def give_keyboard_back(self) -> None:
        """A control was used by mouse: the next key is for the item, or for the caption that is being edited."""
        if not self.stage.is_editing and self._split.isVisible():
            self.stage.take_keyboard()

    def fold(self) -> None:
        """Shows or hides the queue; in a narrow window it stands in the item's place."""
        self._folded = not self.side.isHidden()
        self._arrange()
        if self._folded:
            self.stage.take_keyboard()
        elif self._split.isHidden():
            self.side.list.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def minimumSizeHint(self) -> QSize:
        """Without the queue: it gives way first."""
        return self._split.minimumSizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrow window puts the inspector under the caption, a narrower one folds the queue."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        width = self.width()
        is_narrow = width < _WITH_QUEUE
        is_shown = not is_narrow if self._folded is None else not self._folded
        self.side.setVisible(is_shown)
        self.side.setMinimumWidth(0 if is_narrow else _SIDE)
        self.side.setMaximumWidth(16777215 if is_narrow else _SIDE)
        self._split.setVisible(not (is_shown and is_narrow))
        beside = width >= _SIDE_BY_SIDE
        orientation = Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical
        turned = self._split.orientation() is not orientation
        self._split.setOrientation(orientation)
        if beside:
            self.inspector.setFixedWidth(272)
            self.inspector.setMinimumHeight(0)
            self.inspector.setMaximumHeight(16777215)
        else:
            self.inspector.setMinimumWidth(0)
            self.inspector.setMinimumHeight(_BELOW)
            self.inspector.setMaximumWidth(16777215)
            self.inspector.setMaximumHeight(_MOST_BELOW)
        if turned and not beside:
            below = max(_BELOW, min(_MOST_BELOW, self.height() // 3))
            self._split.setSizes([self.height() - below, below])

    def _connect(self) -> None:
        self.side.chosen.connect(self._loop.go)
        self.side.left.connect(self._leave_side)
        # Qt gives the keyboard to what had it before, once the list is gone.
        self.side.order.popup_closed.connect(self.give_keyboard_back, Qt.ConnectionType.QueuedConnection)
        self.side.narrowed.connect(self._narrowed)
        self.inspector.left.connect(self.stage.take_keyboard)
        self.inspector.kind_chosen.connect(self._set_kind)
        self.inspector.replacement_given.connect(self._model.set_replacement)
        self.stage.caption.toggle_asked.connect(self._model.toggle)
        self._pictures.ready.connect(self._take_picture)
        self._loop.shown.connect(self._shown)
        self._loop.decided.connect(lambda decision: self._queue.refresh([decision.item_id]))
        self._queue.loaded.connect(self._select)
        self._queue.loaded.connect(self._loop.look_ahead)
        self._progress.changed.connect(self._show_end)
        self.stage.end.asked.connect(self._take_offer)
        self._queue.dataChanged.connect(self._look_ahead)
        self._threshold.kept.connect(self._queue.load)
        self.stage.caption.hovered.connect(self._hover)
        self._assistant.heat_changed.connect(self._show_heat)
        self._assistant.heat_said.connect(self._name_heat)
        self._assistant.suggestions_changed.connect(self._show_suggestions)
        self._assistant.said.connect(self._show_said)
        self._theme.changed.connect(self._show_heat)
        self._model.focus_changed.connect(self._name_heat)

    def keep_typed(self) -> None:
        """Makes what is being typed a part of the draft: the item is about to be left, or the window closed."""
        self.stage.editor.keep()
        self.inspector.keep_typed()

    def _travel(self, move: Callable[[], None]) -> None:
        self.keep_typed()
        self._threshold.settle()
        move()

    def _decide(self, way: Way) -> None:
        self.keep_typed()
        self._threshold.settle()
        self._loop.decide(way)

    def _forward(self) -> int:
        """Right is forward, save in a right-to-left caption."""
        laid = self.stage.caption.laid
        here = laid.first_box(self._model.focus)
        near = laid.first_box(self._model.focus + 1) or laid.first_box(self._model.focus - 1)
        if here is None or near is None or near.line != here.line:
            return self._direction_of(laid.layout.text())
        ahead = near.word > here.word
        return 1 if (near.rect.left() > here.rect.left()) == ahead else -1

    @staticmethod
    def _direction_of(text: str) -> int:
        from unicodedata import bidirectional

        strong = next((d for d in map(bidirectional, text) if d in ("L", "R", "AL")), "L")
        return 1 if strong == "L" else -1

    def _set_kind(self, kind: Kind) -> None:
        self._model.set_kind(kind)

    def _ignore(self) -> None:
        if self._model.word is not None:
            self._threshold.ignore(self._model.word.text)

    def _replace(self) -> None:
        self.inspector.edit_replacement()
        self._assistant.suggest()

    def _show_heat(self) -> None:
        found = self._assistant.heat
        values, box = getattr(found, "values", None), getattr(found, "box", None)
        if values is None or box is None:
            self.stage.picture.show_heat(None)
        else:
            left, top, right, bottom = box
            where = QRectF(left, top, right - left, bottom - top)
            self.stage.picture.show_heat(heat_image(values, self._theme.look), where)

    def _name_heat(self) -> None:
        word, says, method = self._model.word, self._assistant.heat_says, self._assistant.heat_method
        if word is None:
            hint = ""
        elif says and method is not None:
            hint = self.tr("{0}   {1} ends it").format(says, self._heat_keys[method])
        elif self.stage.picture.has_heat:
            hint = self.tr("“{0}”: blue speaks for it, orange against").format(word.text)
        else:
            hint = self.tr("{0}  where is “{1}”?").format(self._heat_keys["gradient"], word.text)
        self.stage.picture.set_hint(hint)

    def _show_suggestions(self) -> None:
        self.inspector.show_suggestions(self._assistant.suggestions)

    def _show_said(self, said: str) -> None:
        self.inspector.show_suggestions(self._assistant.suggestions, said)

    def _search(self) -> None:
        if self.side.isHidden():
            self.fold()
        self.side.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.side.search.selectAll()

    def _leave_side(self) -> None:
        if self._split.isHidden():  # the queue stood in the item's place
            self._folded = None
            self._arrange()
        self.stage.take_keyboard()

    def _narrowed(self) -> None:
        self._loop.order, self._loop.filters = self._queue.order, self._queue.filters
        if self._model.item is None:
            self._loop.begin()

    def _shown(self, item: StoredItem | None) -> None:
        self.inspector.setVisible(item is not None)
        if item is None:
            self._show_end()
            self.stage.picture.show_picture(None)
            self.side.show_item(None)
            if not self.side.search.hasFocus():
                self.stage.take_keyboard()
            return
        picture = self._pictures.get(item.image)
        if picture is not None:
            self.stage.picture.show_picture(picture)
        self._select()
        if not self.stage.is_editing and not self.side.search.hasFocus():
            self.stage.take_keyboard()

    def _show_end(self) -> None:
        """Nothing to show is never a blank place: it says what can be done."""
        if self._model.item is None:
            search, found = self.side.search.text().strip(), self._queue.rowCount()
            shown = ending(self._progress.counts, search=search, found=found, an_hour=self._progress.an_hour)
            self.stage.end.show_ending(shown)

    def _take_offer(self, offer: str) -> None:
        if offer == "clear":
            self.side.search_for("")
        elif offer == "skipped":
            self.side.search_for("status:skipped")
            self._loop.again()
        elif offer == "again":
            self._loop.again()
        else:
            self.offer_taken.emit(offer)

    def _look_ahead(self) -> None:
        """Decodes the next pictures; called again when the queue, or its next lines, were read."""
        item = self._model.item
        if item is None:
            return
        lines = [self._queue.line(i) for i in self._queue.near(item.item_id, 4 * _AHEAD)]
        waiting = [line.entry.image for line in lines if line is not None and line.entry.status == "pending"]
        self._pictures.prefetch(waiting[:_AHEAD])

    def _take_picture(self, picture: Picture) -> None:
        if self._model.item is not None and picture.path == self._model.item.image:
            self.stage.picture.show_picture(picture)

    def _select(self) -> None:
        if self._model.item is not None:
            self.side.show_item(self._model.item.item_id)
            self._look_ahead()
        else:
            self._show_end()

    def _hover(self, index: int | None) -> None:
        words = self._model.words
        word = words[index] if index is not None and index < len(words) else None
        score = None if word is None else word.score
        tip = "" if word is None or score is None else f"{word.text}  {signed(score)}"
        self.stage.caption.viewport().setToolTip(tip.replace("<", "‹"))


def _first_key(keymap: Keymap, name: str) -> str:
    keys = keymap.keys(name)
    return shown(keys[0]) if keys else ""
