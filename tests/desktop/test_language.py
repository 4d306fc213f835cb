"""Translations: complete, up to date with the source, compiled, and shown."""

import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QTranslator
from PySide6.QtWidgets import QLabel, QPushButton
from stores import photo, row

from captionlint.core.clip.presets import PRESETS
from captionlint.core.errors import CaptionlintError, LabelStudioError, StoreError
from captionlint.core.formats.writing import FORMATS_OUT
from captionlint.desktop.app.app import Program
from captionlint.desktop.app.language import FOLDER, LANGUAGES, language_of
from captionlint.desktop.dialogs import error_box
from captionlint.desktop.dialogs.error_box import show_problem
from captionlint.desktop.jobs import jobs
from captionlint.desktop.jobs.running import Running
from captionlint.desktop.queue.delegate import state_text
from captionlint.desktop.style.qt_strings import LISTED

SOURCES = sorted(Path("desktop").rglob("*.py"))


def messages(path):
    """Source texts with their translations, by context; None for one that is not finished."""
    found = {}
    for context in ElementTree.parse(path).getroot().iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            forms = [f.text for f in translation.iter("numerusform")] or [translation.text]
            done = translation.get("type") is None and all(forms)
            found[context.findtext("name"), message.findtext("source")] = forms if done else None
    return found


@pytest.fixture(scope="module")
def gathered(tmp_path_factory):
    """The texts as they stand in the source now."""
    path = tmp_path_factory.mktemp("texts") / "now.ts"
    lupdate = shutil.which("pyside6-lupdate", path=f"{Path(sys.executable).parent}")
    command = [lupdate, "-silent", "-locations", "none", *map(str, SOURCES), "-ts", str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return messages(path)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_text_is_translated_and_none_is_left_over(gathered, code):
    known = messages(FOLDER / f"captionlint_{code}.ts")
    wanted = {key for key, forms in gathered.items() if code != "en" or "%Ln" in key[1]}
    assert {key for key in wanted if known.get(key) is None} == set(), "run `make translations` and translate these"
    assert set(known) - wanted == set(), "run `make translations`: these are gone from the source"


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_is_compiled_is_what_is_written(qapp, code):
    compiled = QTranslator()
    assert compiled.load(f"captionlint_{code}", str(FOLDER))
    for (context, source), forms in messages(FOLDER / f"captionlint_{code}.ts").items():
        if len(forms) == 1:
            assert compiled.translate(context, source) == forms[0], "run `make translations`"
        else:
            assert [compiled.translate(context, source, None, n) for n in (1, 2)] == forms, "run `make translations`"


@pytest.mark.parametrize("code", LANGUAGES)
def test_places_to_fill_are_kept(code):
    for (_, source), forms in messages(FOLDER / f"captionlint_{code}.ts").items():
        for form in forms:
            assert sorted(re.findall(r"\{\d\}|%Ln", form)) == sorted(re.findall(r"\{\d\}|%Ln", source)), source


def test_texts_of_core_that_the_window_shows_are_listed():
    assert {one.summary for one in FORMATS_OUT.values()} | {p.good_for for p in PRESETS.values()} == set(LISTED)


def test_the_systems_language_is_taken_where_there_is_a_translation():
    assert language_of(QLocale("de_AT")) == "de"
    assert language_of(QLocale("ja_JP")) == "en"


def test_german_window(qtbot, open_window, fill, language):
    language.choose("de")
    window = open_window(fill())
    assert [a.text() for a in window.menuBar().actions()] == [
        "&Bestand", "&Entscheiden", "&Wörter", "&Korrigieren", "&Gehe zu", "&Ansicht", "&Hilfe",
    ]  # fmt: skip
    assert window.actions_by_name["accept"].text() == "Bestätigen, wie es steht"
    side = window.screen_review.side
    assert side.search.placeholderText().startswith("Beschreibungen suchen")
    assert side.order.currentText() == "Die verdächtigsten zuerst"
    assert window.screen_review.inspector.kinds["object"].text() == "1  Gegenstand"
    qtbot.waitUntil(lambda: window.threshold.flagged == (3, 3))
    assert window.screen_review.inspector.counts.text() == "markiert 3 Wörter in 3 Beschreibungen\nSchwelle −0,01"
    qtbot.waitUntil(lambda: window.queue.line(window.review.item.item_id) is not None)
    assert state_text(window.queue.line(window.review.item.item_id)) == "1 Markierung"
    window.review.set_kind("count")
    assert [s.kind for s in window.review.spans] == ["count"], "the store's own words stay"
    assert window.actions_by_name["undo"].text() == "Rückgängig: Art „Anzahl“"
    dialogue = window.dialogues.export()
    assert "6 geprüfte" not in dialogue.count.text()
    assert dialogue.count.text() == "0 geprüfte Einträge"
    dialogue.close()
    about = window.dialogues.about()
    assert about.windowTitle() == "Über Captionlint"
    assert "Schließen" in {b.text().replace("&", "") for b in about.findChildren(QPushButton)}
    about.close()


def test_no_english_is_left_in_the_german_window(qtbot, open_window, fill, language, gathered):
    language.choose("de")
    window = open_window(fill())
    german = {form for forms in messages(FOLDER / "captionlint_de.ts").values() for form in forms}
    english = {source for _, source in gathered if source not in german}
    shown = [w.text() for kind in (QLabel, QPushButton) for w in window.findChildren(kind)]
    shown += [action.text() for menu in window.menuBar().actions() for action in menu.menu().actions()]
    assert [text for text in shown if text in english] == []


def test_errors_are_told_in_german_and_what_was_reported_is_folded_away(qtbot, fill, language):
    broken = StoreError("review.db is damaged: copy the file.")
    box = show_problem(None, "The store cannot be opened", broken)
    assert (box.informativeText(), box.detailedText()) == (str(broken), "")
    box.close()
    language.choose("de")
    box = show_problem(None, "Der Bestand kann nicht geöffnet werden", broken)
    assert box.informativeText() == (
        "Der Bestand lässt sich nicht öffnen, lesen oder schreiben. "
        "Was genau gemeldet wurde, steht auf Englisch unter „Details“."
    )
    assert box.detailedText() == str(broken)
    box.close()
    assert {error for error, _ in error_box._KINDS} >= set(CaptionlintError.__subclasses__()) - {LabelStudioError}


def test_a_job_that_fails_in_german_folds_the_english_away(qtbot, fill, language, tmp_path):
    language.choose("de")
    running = Running()
    qtbot.addWidget(running)
    with qtbot.waitSignal(running.ended):
        running.run(jobs.import_captions, str(fill()), str(tmp_path / "nothing.csv"), None)
    assert running.said.text() == "Das ging nicht. Was gemeldet wurde, steht auf Englisch unter „Details“."
    assert "nothing.csv" in running.details.toPlainText()


def test_in_german_a_picture_that_is_gone_is_told_with_what_was_reported(qtbot, open_window, fill, language, tmp_path):
    language.choose("de")
    path = fill([row(photo(tmp_path, "gone.png"), "a x1 dog")])
    (tmp_path / "gone.png").unlink()
    window = open_window(path)
    view = window.screen_review.stage.picture
    qtbot.waitUntil(lambda: view.picture is not None)
    assert view.picture.error.startswith("Gemeldet wurde (auf Englisch): ")
    assert "gone.png" in view.picture.error


def test_a_language_is_chosen_in_the_menu_remembered_and_shown_at_once(qtbot, qapp, fill, settings):
    program = Program(qapp, settings)
    program.speak("en")
    window = program.open(str(fill()))
    qtbot.waitUntil(lambda: window.review.item is not None)
    item = window.review.item.item_id
    window.review.set_kind("count")
    german = next(a for a in window.menus.languages.actions() if a.text() == "Deutsch")
    german.trigger()
    (anew,) = program.windows
    assert anew is not window
    assert settings.language == "de"
    assert anew.menuBar().actions()[0].text() == "&Bestand"
    qtbot.waitUntil(lambda: anew.review.item is not None)
    assert (anew.review.item.item_id, [s.kind for s in anew.review.spans]) == (item, ["count"])
    assert next(a for a in anew.menus.languages.actions() if a.isChecked()).text() == "Deutsch"
    anew.close()
    program.language.choose("en")
