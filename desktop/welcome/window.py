"""The welcome window: the demo set, a file, a folder, captions to import, or what was open before."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_data_path
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from captionlint.desktop.background.settings import Settings
from captionlint.desktop.jobs import jobs
from captionlint.desktop.jobs.import_dialog import dropped
from captionlint.desktop.jobs.running import Running
from captionlint.desktop.welcome.card import Card
from captionlint.desktop.welcome.models import ModelChooser
from captionlint.desktop.welcome.places import is_store, store_beside
from captionlint.desktop.widgets.placing import open_at

_RECENT = 5


class WelcomeWindow(QMainWindow):
    """Shown where no store was named; goes when one is opened.

    Signals:
        store_asked: a store's path, and the captions to import into it ("" for none, None to ask for them there).
        closed: nothing was chosen, or a store is open.
        quit_asked: the program's end.
    """

    store_asked = Signal(str, object)
    closed = Signal()
    quit_asked = Signal()

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self.setWindowTitle("Captionlint")
        self.setAcceptDrops(True)
        open_at(self, 1060, 680)
        self.demo = Card(
            self.tr("Try the demo set"), self.tr("64 drawn scenes, every second caption with a wrong word")
        )
        self.file = Card(
            self.tr("Open a file …"), self.tr("A store, or captions as JSONL, CSV, TSV, JSON, Parquet or a tar")
        )
        self.folder = Card(self.tr("Open a folder …"), self.tr("Pictures with a .txt beside each, or shards"))
        self.new = Card(self.tr("Import captions …"), self.tr("Into a new store, with pictures from elsewhere"))
        self.drawing = Running()
        self.models = ModelChooser(settings)
        self.recent: list[QPushButton] = []
        self._lay_out()
        self.demo.clicked.connect(self._open_demo)
        self.file.clicked.connect(lambda: self._choose(QFileDialog.FileMode.ExistingFile))
        self.folder.clicked.connect(lambda: self._choose(QFileDialog.FileMode.Directory))
        self.new.clicked.connect(self._name_store)
        self.drawing.ended.connect(self._drawn)
        self.models.look()
        self._take_keys()

    def open_path(self, path: str) -> None:
        """A store is opened; captions go into a store beside them, and the import is offered there."""
        if is_store(path):
            self.store_asked.emit(path, "")
        else:
            self.store_asked.emit(str(store_beside(Path(path))), path)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Takes one file or folder."""
        if dropped(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Opens what was dropped."""
        path = dropped(event)
        if path is not None:
            event.acceptProposedAction()
            self.open_path(path)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ends what runs for this window."""
        self.drawing.cancel()
        self.models.close_down()
        event.accept()
        self.closed.emit()

    def _open_demo(self) -> None:
        folder = user_data_path("captionlint", appauthor=False) / "demo"
        self._demo_store = folder / "review.db"
        if self._demo_store.is_file():
            self.store_asked.emit(str(self._demo_store), "")
            return
        self.demo.setEnabled(False)
        self.drawing.run(jobs.make_demo, str(folder))

    def _drawn(self, good: bool) -> None:
        self.demo.setEnabled(True)
        if good:
            self.store_asked.emit(str(self._demo_store), "")

    def _choose(self, mode: QFileDialog.FileMode) -> None:
        dialog = QFileDialog(self)
        dialog.setFileMode(mode)
        dialog.fileSelected.connect(self.open_path)
        dialog.open()

    def _name_store(self) -> None:
        dialog = QFileDialog(self, self.tr("Where the new store is to be"), "review.db", self.tr("Stores (*.db)"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("db")
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # what is there is opened, never replaced
        dialog.fileSelected.connect(lambda path: self.store_asked.emit(path, None))
        dialog.open()

    def _take_keys(self) -> None:
        """There is no menu here: the keys of the store's menu act all the same."""
        for name, does in (("open", self.file.click), ("close", self.close), ("quit", self.quit_asked.emit)):
            action = QAction(self)
            action.setShortcuts([QKeySequence(key) for key in self._settings.keymap.keys(name)])
            action.triggered.connect(does)
            self.addAction(action)

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(_title("Captionlint"))
        left.addWidget(_dim(self.tr("Finds the words of a caption that its picture does not bear out.")))
        left.addSpacing(14)
        for card in (self.demo, self.file, self.folder, self.new):
            left.addWidget(card)
        left.addWidget(self.drawing)
        self._list_recent(left)
        left.addStretch(1)
        left.addWidget(_dim(self.tr("A file or folder can also be dropped here.")))
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(_heading(self.tr("The model that scores")))
        right.addWidget(_dim(self.tr("Reviewing needs none. It can be changed whenever captions are pre-labelled.")))
        right.addSpacing(6)
        right.addWidget(self.models)
        right.addStretch(1)
        body = QWidget()
        body.setObjectName("welcome")
        columns = QHBoxLayout(body)
        columns.setContentsMargins(44, 36, 44, 28)
        columns.setSpacing(44)
        columns.addLayout(left, 1)
        columns.addLayout(right, 1)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(body)
        self.setCentralWidget(scroll)

    def _list_recent(self, column: QVBoxLayout) -> None:
        paths = self._settings.recent[:_RECENT]
        if not paths:
            return
        column.addSpacing(14)
        column.addWidget(_heading(self.tr("Opened before")))
        for path in paths:
            button = QPushButton(_short(path), flat=True, autoDefault=True)
            button.setProperty("link", True)
            button.setToolTip(path.replace("<", "‹"))
            button.setAccessibleName(self.tr("Open {0}").format(path))
            button.clicked.connect(lambda _=False, path=path: self.store_asked.emit(path, ""))
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
            self.recent.append(button)


def _short(path: str) -> str:
    """The name first, then the folder; an ampersand would become a key."""
    if "://" in path:
        return path.partition("@")[2] or path
    home, parent = str(Path.home()), str(Path(path).parent)
    folder = f"~{parent[len(home) :]}" if parent.startswith(home) else parent
    folder = folder if len(folder) < 44 else f"…{folder[-42:]}"
    return f"{Path(path).name}    {folder}".replace("&", "&&")


def _title(text: str) -> QLabel:
    label = QLabel(text)
    font = label.font()
    font.setPointSizeF(font.pointSizeF() * 2)
    font.setWeight(font.Weight.DemiBold)
    label.setFont(font)
    return label


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    font = label.font()
    font.setPointSizeF(font.pointSizeF() * 1.2)
    font.setWeight(font.Weight.DemiBold)
    label.setFont(font)
    return label


def _dim(text: str) -> QLabel:
    label = QLabel(text, wordWrap=True)
    label.setProperty("dim", True)
    return label
