"""The window of one open store: models made, screens put in, signals joined. What the parts do stands in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPoint, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QMessageBox, QStackedWidget, QVBoxLayout, QWidget

from captionlint.desktop.app.actions import Actions
from captionlint.desktop.app.closing import Closing
from captionlint.desktop.app.dialogs import Dialogues
from captionlint.desktop.app.menus import Menus
from captionlint.desktop.app.overlay import KeysOverlay
from captionlint.desktop.background.image_loader import Pictures
from captionlint.desktop.background.project import Project
from captionlint.desktop.background.scorer_client import Scoring
from captionlint.desktop.background.settings import Settings
from captionlint.desktop.background.store_watcher import StoreWatch
from captionlint.desktop.dialogs.error_box import in_words, show_problem
from captionlint.desktop.dialogs.ignored_words import IgnoredDialog
from captionlint.desktop.dialogs.model_files import ModelFiles
from captionlint.desktop.jobs.import_dialog import dropped
from captionlint.desktop.keymap import Keymap
from captionlint.desktop.queue.board import Board
from captionlint.desktop.queue.model import QueueModel
from captionlint.desktop.queue.thumbnails import Thumbnails
from captionlint.desktop.review.model.assistant import Assistant
from captionlint.desktop.review.model.autosave import DraftKeeper
from captionlint.desktop.review.model.draft_file import Drafts
from captionlint.desktop.review.model.progress import ProgressModel
from captionlint.desktop.review.model.review_loop import ReviewLoop
from captionlint.desktop.review.model.review_model import ReviewModel
from captionlint.desktop.review.model.session_history import Entry
from captionlint.desktop.review.model.threshold import ThresholdModel
from captionlint.desktop.review.view.item_keys import ItemKeys
from captionlint.desktop.review.view.screen import ReviewScreen
from captionlint.desktop.review.view.word_menu import word_menu
from captionlint.desktop.style.theme import Theme
from captionlint.desktop.summary.screen import SummaryScreen
from captionlint.desktop.widgets.header import Header
from captionlint.desktop.widgets.placing import open_at
from captionlint.desktop.widgets.toast import Toast

_LATER: Final = 1000
"""Milliseconds after opening, when what is not needed yet is loaded."""


class MainWindow(QMainWindow):
    """One store before one annotator.

    Signals:
        open_asked: another store, by path; "" asks for one first.
        welcome_asked: the welcome screen. language_asked: a language, by its code. quit_asked: the program's end.
        closed: the store is closed, and all that was decided is in it.
        stayed: it was to close, but the store refused something.
    """

    open_asked = Signal(str)
    welcome_asked = Signal()
    language_asked = Signal(str)
    quit_asked = Signal()
    closed = Signal()
    stayed = Signal()

    def __init__(self, project: Project, *, theme: Theme, settings: Settings) -> None:
        super().__init__()
        self.project, self.theme, self.settings = project, theme, settings
        self.review = ReviewModel(self)
        self.loop = ReviewLoop(project, self.review, self)
        self.queue = QueueModel(project, self)
        self.threshold = ThresholdModel(project, self.review, self.loop.history, self)
        self.progress = ProgressModel(project, self)
        self.scoring = Scoring(self)
        self.model_files = ModelFiles(project, self.scoring, self)
        self.assistant = Assistant(project, self.review, self.scoring, self)
        self.pictures = Pictures(self)
        self.thumbnails = Thumbnails(self)
        self.keeper = DraftKeeper(self.review, self.loop, Drafts(project.address, project.annotator), self)
        self.watch = StoreWatch(project, is_own=self._is_writing, parent=self)
        refusals = (self.loop.not_kept, self.threshold.failed, self.model_files.failed)
        self.closing = Closing(self, project.worker, refusals=refusals)
        self._is_gone = False
        self._build()
        self._connect()
        self._restore()

    def start(self) -> None:
        """Opens the store; the window is there already."""
        self.project.open(failed=self._not_opened)

    def _not_opened(self, error: Exception) -> None:
        """Nothing can be done in a window without a store: the welcome screen takes its place once that is read."""
        box = show_problem(self, self.tr("The store cannot be opened"), error)
        box.finished.connect(self.welcome_asked)
        box.finished.connect(self.close)

    def _build(self) -> None:
        keymap = self.settings.keymap
        self.header = Header()
        self.screen_review = ReviewScreen(
            model=self.review, loop=self.loop, queue=self.queue, threshold=self.threshold, pictures=self.pictures,
            thumbnails=self.thumbnails, assistant=self.assistant, progress=self.progress, theme=self.theme,
            keymap=keymap,
        )  # fmt: skip
        self.screens = QStackedWidget()
        self.board = Board(self.queue, self.theme, self.thumbnails)
        self.summary = SummaryScreen(self.project, self.threshold, self.theme)
        for screen in (self.screen_review, self.board, self.summary):
            self.screens.addWidget(screen)
        whole = QWidget()
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(self.screens, 1)
        self.setCentralWidget(whole)
        self.toast = Toast(whole, below=self.header)
        self.overlay = KeysOverlay(keymap, self.theme, whole)
        self.dialogues = Dialogues(
            self, project=self.project, settings=self.settings, threshold=self.threshold, scoring=self.scoring,
            progress=self.progress,
        )  # fmt: skip
        self.actions_by_name = Actions(keymap, self._handlers(), window=whole, stage=self.screen_review.stage)
        ItemKeys(self.actions_by_name, self.screen_review, self.header, self.toast)
        self.menus = Menus(
            self, self.actions_by_name, self.dialogues, project=self.project, theme=self.theme, settings=self.settings
        )
        self.setAcceptDrops(True)
        self.setWindowTitle(f"{self.project.name} — Captionlint")
        self.header.name.setText(self.project.name)
        self.theme.dress(self)

    def _handlers(self) -> dict[str, Callable[[], object]]:
        return self.screen_review.handlers() | {
            "heat": self.assistant.toggle_heat,
            "occlusion": lambda: self.assistant.toggle_heat("occlusion"),
            "screen_review": lambda: self.show_screen("review"),
            "screen_queue": lambda: self.show_screen("queue"),
            "screen_summary": lambda: self.show_screen("summary"),
            "full_screen": self._full_screen,
            "keys": self.overlay.toggle,
            "open": lambda: self.open_asked.emit(""),
            "welcome": self.welcome_asked.emit,
            "import": self.dialogues.ask_import,
            "prelabel": self.dialogues.prelabel,
            "export": self.dialogues.export,
            "close": self.close,
            "quit": self.quit_asked.emit,
        }

    def _connect(self) -> None:
        self.project.opened.connect(self._opened)
        self.dialogues.store_changed.connect(self.reload)
        self.dialogues.keys_changed.connect(self.rebind)
        self.menus.open_asked.connect(self.open_asked)
        self.menus.language_asked.connect(self.language_asked)
        self.closing.begun.connect(self._prepare_to_close)
        self.closing.stayed.connect(self._stay)
        self.closing.ended.connect(self._end)
        self.project.failed.connect(self._not_read)
        self.loop.failed.connect(self.watch.heed)
        self.loop.failed.connect(lambda error: self._problem(self.tr("That did not work"), error))
        self.loop.not_kept.connect(self._not_saved)
        self.threshold.failed.connect(lambda error: self._problem(self.tr("The threshold was not kept"), error))
        self.loop.decided.connect(self.progress.decided)
        self.loop.shown.connect(lambda item: self.actions_by_name.set_item(there=item is not None))
        self.loop.committed.connect(self.screen_review.inspector.saved.committed)
        self.loop.said.connect(self._say)
        self.loop.history_changed.connect(self._name_history)
        self.loop.history.changed.connect(self.toast.hide)
        self.loop.history.added.connect(self._offer_undo)
        self.loop.history.taken_back.connect(self._say_undone)
        self.review.steps_changed.connect(self.toast.hide)
        self.toast.undo_asked.connect(self.loop.undo_done)
        self.review.steps_changed.connect(self._name_history)
        self.progress.changed.connect(self._show_progress)
        self.threshold.changed.connect(self._show_model)
        self.threshold.ignoring.connect(self.loop.hold_place)
        self.menus.model_files.triggered.connect(self.model_files.ask)
        self.model_files.kept.connect(self.threshold.load)
        self.header.screen_asked.connect(self.show_screen)
        self.screen_review.stage.caption.menu_asked.connect(self._word_menu)
        self.screen_review.stage.keys.asked.connect(lambda name: self.actions_by_name[name].trigger())
        self.screen_review.offer_taken.connect(self._take_offer)
        self.screen_review.inspector.list_asked.connect(self._show_ignored)
        self.board.chosen.connect(self._review_item)
        self.board.search_asked.connect(self.screen_review.side.search_for)
        self.queue.loaded.connect(lambda: self.board.show_search(self.screen_review.side.search.text()))
        self.summary.export_asked.connect(self.dialogues.export)
        self.summary.learning.learned.connect(self.reload)
        self.watch.written.connect(self._written_elsewhere)
        self.watch.gone.connect(self._store_gone)
        self.watch.back.connect(self._store_back)

    def show_screen(self, name: str) -> None:
        """Shows one of the screens."""
        self.header.show_screen(name)
        shown = {"review": self.screen_review, "queue": self.board, "summary": self.summary}[name]
        self.screens.setCurrentWidget(shown)
        if name == "review":
            self.screen_review.stage.take_keyboard()

    def rebind(self, keymap: Keymap) -> None:
        """Takes other keys everywhere."""
        self.actions_by_name.rebind(keymap)
        self.overlay.rebind(keymap)
        self.screen_review.rebind(keymap)

    def reload(self) -> None:
        """Reads the store again, after something else wrote to it; the item before the eyes stays."""
        self.watch.forget()
        self.assistant.forget_words()
        self.threshold.load()
        self.queue.load()
        self.progress.load()
        if self.screens.currentWidget() is self.summary:
            self.summary.load()
        if self.review.item is None:
            self.loop.begin()
        else:
            self.loop.refresh()

    def _written_elsewhere(self) -> None:
        self.reload()
        said = self.tr("The store was changed elsewhere: read again")
        self.header.note(said)
        self._say(said)

    def _is_writing(self) -> bool:
        """Whether a process of this window may be writing."""
        return QApplication.activeModalWidget() is not None or self.summary.learning.is_running

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Takes one file or folder."""
        if dropped(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """A store is opened, anything else is offered for import."""
        path = dropped(event)
        if path is None:
            return
        event.acceptProposedAction()
        if path.endswith((".db", ".sqlite")):
            self.open_asked.emit(path)
        else:
            self.dialogues.import_(path)

    def _take_offer(self, offer: str) -> None:
        command = {"summary": "screen_summary"}.get(offer, offer)
        self.actions_by_name[command].trigger()

    def _review_item(self, item_id: int) -> None:
        self.show_screen("review")
        self.loop.go(item_id)

    def _opened(self) -> None:
        self.settings.remember_file(self.project.address)
        self.menus.refresh_recent()
        self.watch.start()
        self.loop.begin()
        self.queue.load()
        self.threshold.load()
        self.progress.load()
        QTimer.singleShot(_LATER, self, self.summary.charts.prepare)

    def _word_menu(self, where: QPoint) -> None:
        suggestions = [text for text, _ in self.assistant.suggestions]
        if not suggestions:
            self.assistant.suggest()  # they stand in the inspector when they come
        menu = word_menu(
            self.review, suggestions, self.actions_by_name, replace=self.review.set_replacement, parent=self
        )
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(where)

    def _show_ignored(self) -> None:
        IgnoredDialog(self.threshold, self).open()

    def _not_saved(self, error: Exception) -> None:
        if not self.watch.heed(error):
            self.screen_review.inspector.saved.not_saved(self.tr("Not saved"))
        self._problem(self.tr("The decision was not saved"), error)

    def _not_read(self, error: Exception) -> None:
        """Something that nobody asked for failed."""
        if not self.watch.heed(error):
            self._problem(self.tr("That did not work"), error)

    def _store_gone(self) -> None:
        """The store's file was deleted, moved or replaced: said until it is back, also where nothing is decided."""
        said = self.tr("Not saved: the file was deleted, moved or replaced")
        if not self._is_gone:
            self._is_gone = True
            self.screen_review.inspector.saved.not_saved(said)
            self._say(said)
        self.header.note(said)

    def _store_back(self) -> None:
        self._is_gone = False
        self.screen_review.inspector.saved.recovered()
        self.reload()

    def _problem(self, title: str, error: Exception) -> None:
        shown = self.findChild(QMessageBox, "problem")
        said_already = shown is not None and (shown.text(), shown.informativeText()) == (title, in_words(error))
        if not said_already:
            show_problem(self, title, error)

    def _say(self, sentence: str) -> None:
        event = QAccessibleAnnouncementEvent(self, sentence)
        QAccessible.updateAccessibility(event)

    def _show_progress(self) -> None:
        self.header.show_progress(self.progress.done, self.progress.total)
        self.header.show_pace(self.progress.an_hour, self.progress.left)

    def _show_model(self) -> None:
        scorer = self.threshold.scorer
        self.scoring.use(scorer)
        self.menus.model_files.setEnabled(scorer is not None and scorer.spec is not None and bool(scorer.spec.files))
        if scorer is None:
            self.header.model.setText(self.tr("not scored yet"))
            return
        named = str(scorer.details.get("model") or scorer.version)
        self.header.model.setText(scorer.spec.label if scorer.spec else named)

    def _name_history(self) -> None:
        for name, title in (("undo", self.loop.undo_title), ("redo", self.loop.redo_title)):
            plain = self.tr("Undo") if name == "undo" else self.tr("Redo")
            named = self.tr("Undo {0}") if name == "undo" else self.tr("Redo {0}")
            action = self.actions_by_name[name]
            action.setText(named.format(title).replace("&", "&&") if title else plain)
            action.setEnabled(title is not None)

    def _offer_undo(self, entry: Entry) -> None:
        """What changes the whole data set is named, and can be taken back from where it is named."""
        if entry.said:
            self.toast.show_message(entry.said)
            self._say(entry.said)

    def _say_undone(self, entry: Entry) -> None:
        if entry.said:  # a decision is told when the store has it
            self._say(self.tr("Took back: {0}").format(entry.title))

    def _full_screen(self) -> None:
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def _restore(self) -> None:
        geometry = self.settings.bytes("geometry")
        if geometry is None or not self.restoreGeometry(geometry):  # Qt fits it into today's screens
            open_at(self, 1440, 900)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closes when all that was decided is in the store: now, or by itself a little later.

        A decision that the store does not take keeps the window open, once: with its item and the reason.
        """
        event.setAccepted(self.closing.may_close())

    def _prepare_to_close(self) -> None:
        self.screen_review.keep_typed()
        self.threshold.settle()
        self.watch.stop()
        self.keeper.flush()

    def _stay(self) -> None:
        """What was not read meanwhile is read now."""
        self.watch.start()
        self.reload()
        self.stayed.emit()

    def _end(self) -> None:
        """Keeps the window's place and lets go of the store."""
        self.settings.put("geometry", self.saveGeometry())
        self.keeper.flush()
        self.scoring.close()
        self.pictures.stop()
        self.thumbnails.stop()
        self.summary.charts.stop()
        self.summary.learning.stop()
        self.project.close()
        self.closed.emit()
