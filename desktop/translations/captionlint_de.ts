<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE">
<context>
    <name>AboutDialogue</name>
    <message>
        <source>About Captionlint</source>
        <translation>Über Captionlint</translation>
    </message>
    <message>
        <source>Finds the words of a caption that its picture does not bear out.</source>
        <translation>Findet die Wörter einer Bildbeschreibung, die ihr Bild nicht hergibt.</translation>
    </message>
    <message>
        <source>Copy diagnostics</source>
        <translation>Diagnose kopieren</translation>
    </message>
</context>
<context>
    <name>Assistant</name>
    <message>
        <source>No map: this item is shown without marks.</source>
        <translation>Keine Wärmekarte: Dieser Eintrag wird ohne Markierungen gezeigt.</translation>
    </message>
    <message>
        <source>No map: the picture is not on this machine.</source>
        <translation>Keine Wärmekarte: Das Bild liegt nicht auf diesem Rechner.</translation>
    </message>
    <message>
        <source>Looking …</source>
        <translation>Wird berechnet …</translation>
    </message>
    <message>
        <source>Covering parts of the picture: {0} of {1}</source>
        <translation>Bildteile werden verdeckt: {0} von {1}</translation>
    </message>
    <message>
        <source>Loading the model …</source>
        <translation>Das Modell wird geladen …</translation>
    </message>
</context>
<context>
    <name>Board</name>
    <message>
        <source>All</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>To do</source>
        <translation>Offen</translation>
    </message>
    <message>
        <source>Accepted</source>
        <translation>Bestätigt</translation>
    </message>
    <message>
        <source>Corrected</source>
        <translation>Korrigiert</translation>
    </message>
    <message>
        <source>Rejected</source>
        <translation>Verworfen</translation>
    </message>
    <message>
        <source>Skipped</source>
        <translation>Übersprungen</translation>
    </message>
    <message numerus="yes">
        <source>%Ln item(s)</source>
        <translation>
            <numerusform>%Ln Eintrag</numerusform>
            <numerusform>%Ln Einträge</numerusform>
        </translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>Warteschlange</translation>
    </message>
</context>
<context>
    <name>CaptionEditor</name>
    <message>
        <source>Caption</source>
        <translation>Beschreibung</translation>
    </message>
</context>
<context>
    <name>CaptionView</name>
    <message>
        <source>No caption</source>
        <translation>Keine Beschreibung</translation>
    </message>
    <message>
        <source>flagged</source>
        <translation>markiert</translation>
    </message>
    <message>
        <source>not flagged</source>
        <translation>nicht markiert</translation>
    </message>
    <message>
        <source>Word {0} of {1}, {2}, {3}</source>
        <translation>Wort {0} von {1}, {2}, {3}</translation>
    </message>
</context>
<context>
    <name>Closing</name>
    <message>
        <source>Saving …
The window closes when the store has everything.</source>
        <translation>Wird gespeichert …
Das Fenster schließt sich, sobald alles im Bestand ist.</translation>
    </message>
    <message>
        <source>Saving …
The store does not answer.
If you close the window now, decisions that are not saved are lost.
Your marks and edits are kept as drafts.</source>
        <translation>Wird gespeichert …
Der Bestand antwortet nicht.
Wenn Sie das Fenster jetzt schließen, gehen nicht gespeicherte Entscheidungen verloren.
Ihre Markierungen und Änderungen bleiben als Entwürfe erhalten.</translation>
    </message>
    <message>
        <source>Close without saving</source>
        <translation>Schließen ohne zu speichern</translation>
    </message>
</context>
<context>
    <name>Dialogues</name>
    <message>
        <source>Annotator</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Decisions are kept under this name; it counts when a store is opened next:</source>
        <translation>Unter diesem Namen werden Entscheidungen gespeichert; er gilt, sobald ein Bestand das nächste Mal geöffnet wird:</translation>
    </message>
</context>
<context>
    <name>EndPage</name>
    <message>
        <source>Import captions …</source>
        <translation>Beschreibungen importieren …</translation>
    </message>
    <message>
        <source>Clear the search</source>
        <translation>Suche löschen</translation>
    </message>
    <message>
        <source>Look at the skipped ones again</source>
        <translation>Die übersprungenen noch einmal ansehen</translation>
    </message>
    <message>
        <source>Begin again from the front</source>
        <translation>Noch einmal von vorn</translation>
    </message>
    <message>
        <source>Summary</source>
        <translation>Übersicht</translation>
    </message>
    <message>
        <source>Export …</source>
        <translation>Exportieren …</translation>
    </message>
</context>
<context>
    <name>ExportDialogue</name>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Writes reviewed items with a data-set card beside them. Rejected items are left out; splits go by picture and never move.</source>
        <translation>Schreibt geprüfte Einträge und daneben eine Karte des Datensatzes. Verworfene bleiben weg; die Aufteilung richtet sich nach dem Bild und ändert sich nie.</translation>
    </message>
    <message>
        <source>Choose …</source>
        <translation>Wählen …</translation>
    </message>
    <message>
        <source>Add items that nobody has reviewed</source>
        <translation>Auch Einträge, die niemand geprüft hat</translation>
    </message>
    <message numerus="yes">
        <source>%Ln reviewed item(s)</source>
        <translation>
            <numerusform>%Ln geprüfter Eintrag</numerusform>
            <numerusform>%Ln geprüfte Einträge</numerusform>
        </translation>
    </message>
    <message>
        <source>Format</source>
        <translation>Format</translation>
    </message>
    <message>
        <source>To</source>
        <translation>Nach</translation>
    </message>
    <message>
        <source>Replace {0}?</source>
        <translation>{0} ersetzen?</translation>
    </message>
    <message>
        <source>{0} is there already. The export replaces it.</source>
        <translation>{0} ist schon da. Der Export ersetzt es.</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>Ersetzen</translation>
    </message>
    <message>
        <source>Export to</source>
        <translation>Exportieren nach</translation>
    </message>
</context>
<context>
    <name>Header</name>
    <message>
        <source>Review</source>
        <translation>Prüfen</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>Warteschlange</translation>
    </message>
    <message>
        <source>Summary</source>
        <translation>Übersicht</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0} von {1}</translation>
    </message>
    <message>
        <source>{0} an hour</source>
        <translation>{0} pro Stunde</translation>
    </message>
    <message>
        <source>{0} left</source>
        <translation>noch {0}</translation>
    </message>
</context>
<context>
    <name>IgnoredDialog</name>
    <message>
        <source>Words that are never marked</source>
        <translation>Wörter, die nie markiert werden</translation>
    </message>
    <message>
        <source>another word</source>
        <translation>noch ein Wort</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>Hinzufügen</translation>
    </message>
    <message>
        <source>Mark it again</source>
        <translation>Wieder markieren</translation>
    </message>
    <message>
        <source>In this data set, whatever their case:</source>
        <translation>In diesem Datensatz, groß oder klein geschrieben:</translation>
    </message>
</context>
<context>
    <name>ImportDialogue</name>
    <message>
        <source>Import captions</source>
        <translation>Beschreibungen importieren</translation>
    </message>
    <message>
        <source>JSONL, CSV, TSV, COCO captions, Label Studio JSON, Parquet, WebDataset tars, and folders of pictures with .txt files, told apart by their content. Pictures stay where they are. What is there already stays.</source>
        <translation>JSONL, CSV, TSV, COCO-Beschreibungen, JSON aus Label Studio, Parquet, WebDataset-Archive und Bilderordner mit .txt-Dateien; am Inhalt erkannt. Die Bilder bleiben, wo sie sind. Was schon da ist, bleibt.</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>Importieren</translation>
    </message>
    <message>
        <source>a file or folder; it can be dropped here</source>
        <translation>Datei oder Ordner; beides kann hierher gezogen werden</translation>
    </message>
    <message>
        <source>beside the source</source>
        <translation>neben der Quelle</translation>
    </message>
    <message>
        <source>Take new content for known ids (makes a backup first)</source>
        <translation>Bei bekannten IDs den neuen Inhalt nehmen (vorher wird gesichert)</translation>
    </message>
    <message>
        <source>Captions</source>
        <translation>Beschreibungen</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>Bilder</translation>
    </message>
</context>
<context>
    <name>Inspector</name>
    <message>
        <source>the picture speaks strongly against it</source>
        <translation>das Bild spricht stark dagegen</translation>
    </message>
    <message>
        <source>the picture speaks against it</source>
        <translation>das Bild spricht dagegen</translation>
    </message>
    <message>
        <source>the picture speaks a little against it</source>
        <translation>das Bild spricht ein wenig dagegen</translation>
    </message>
    <message>
        <source>the picture says little about it</source>
        <translation>das Bild sagt wenig darüber</translation>
    </message>
    <message>
        <source>the picture speaks a little for it</source>
        <translation>das Bild spricht ein wenig dafür</translation>
    </message>
    <message>
        <source>the picture speaks for it</source>
        <translation>das Bild spricht dafür</translation>
    </message>
    <message>
        <source>the picture speaks strongly for it</source>
        <translation>das Bild spricht stark dafür</translation>
    </message>
    <message>
        <source>what would be right</source>
        <translation>was richtig wäre</translation>
    </message>
    <message>
        <source>Replace with (optional)</source>
        <translation>Ersetzen durch (freiwillig)</translation>
    </message>
    <message>
        <source>Mark words below</source>
        <translation>Wörter markieren unter</translation>
    </message>
    <message>
        <source>This item is shown without marks: mark what you see.</source>
        <translation>Dieser Eintrag kommt ohne Markierungen: Markieren Sie, was Sie sehen.</translation>
    </message>
    <message>
        <source>no score for this wording yet: the calibration needs more than is looked at while you type</source>
        <translation>noch kein Wert für diesen Wortlaut: Die Kalibrierung braucht mehr, als beim Tippen angesehen wird</translation>
    </message>
    <message>
        <source>not scored</source>
        <translation>nicht bewertet</translation>
    </message>
    <message>
        <source>{0} likely wrong</source>
        <translation>zu {0} falsch</translation>
    </message>
    <message>
        <source>attribution {0}</source>
        <translation>Beitrag {0}</translation>
    </message>
    <message>
        <source>Nothing is scored yet: Store → Pre-label.</source>
        <translation>Noch ist nichts bewertet: Bestand → Vorbewerten.</translation>
    </message>
    <message numerus="yes">
        <source>marks %Ln word(s)</source>
        <translation>
            <numerusform>markiert %Ln Wort</numerusform>
            <numerusform>markiert %Ln Wörter</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>in %Ln caption(s)</source>
        <translation>
            <numerusform>in %Ln Beschreibung</numerusform>
            <numerusform>in %Ln Beschreibungen</numerusform>
        </translation>
    </message>
    <message>
        <source>threshold {0}</source>
        <translation>Schwelle {0}</translation>
    </message>
    <message numerus="yes">
        <source>Never marked: %Ln word(s) …</source>
        <translation>
            <numerusform>Nie markiert: %Ln Wort …</numerusform>
            <numerusform>Nie markiert: %Ln Wörter …</numerusform>
        </translation>
    </message>
    <message>
        <source>Never marked …</source>
        <translation>Nie markiert …</translation>
    </message>
    <message>
        <source>Kind: {0}</source>
        <translation>Art: {0}</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Art</translation>
    </message>
</context>
<context>
    <name>JobDialogue</name>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>KeysDialogue</name>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>As they were at first</source>
        <translation>Wie am Anfang</translation>
    </message>
    <message>
        <source>Key for: {0}</source>
        <translation>Taste für: {0}</translation>
    </message>
    <message>
        <source>{0} is on: {1}.</source>
        <translation>{0} liegt auf: {1}.</translation>
    </message>
</context>
<context>
    <name>KeysLine</name>
    <message>
        <source>accept</source>
        <translation>bestätigen</translation>
    </message>
    <message>
        <source>edit caption</source>
        <translation>bearbeiten</translation>
    </message>
    <message>
        <source>mark / unmark</source>
        <translation>markieren</translation>
    </message>
    <message>
        <source>word</source>
        <translation>Wort</translation>
    </message>
    <message>
        <source>kind</source>
        <translation>Art</translation>
    </message>
    <message>
        <source>reject</source>
        <translation>verwerfen</translation>
    </message>
    <message>
        <source>skip</source>
        <translation>überspringen</translation>
    </message>
    <message>
        <source>undo</source>
        <translation>zurück</translation>
    </message>
    <message>
        <source>all keys</source>
        <translation>alle Tasten</translation>
    </message>
    <message>
        <source>keep</source>
        <translation>behalten</translation>
    </message>
    <message>
        <source>drop</source>
        <translation>verwerfen</translation>
    </message>
    <message>
        <source>new line</source>
        <translation>neue Zeile</translation>
    </message>
</context>
<context>
    <name>KeysOverlay</name>
    <message>
        <source>All keys</source>
        <translation>Alle Tasten</translation>
    </message>
</context>
<context>
    <name>Learning</name>
    <message>
        <source>These marks were learned with a model. Learn again with: captionlint calibrate --model</source>
        <translation>Diese Markierungen wurden mit einem Modell gelernt. Lernen Sie neu mit: captionlint calibrate --model</translation>
    </message>
    <message numerus="yes">
        <source>Learned from %Ln caption(s).</source>
        <translation>
            <numerusform>Aus %Ln Beschreibung gelernt.</numerusform>
            <numerusform>Aus %Ln Beschreibungen gelernt.</numerusform>
        </translation>
    </message>
    <message>
        <source>{0} of the words are marked.</source>
        <translation>{0} der Wörter sind markiert.</translation>
    </message>
    <message>
        <source>That is worse than before: review some more, then learn again.</source>
        <translation>Das ist schlechter als zuvor: mehr prüfen, dann erneut lernen.</translation>
    </message>
    <message>
        <source>Learning from the reviews …</source>
        <translation>Es wird aus den Prüfungen gelernt …</translation>
    </message>
    <message>
        <source>How well wrong words now come before right ones, on pictures not learned from: {0} of 1 (before: {1}; without looking at the picture: {2}).</source>
        <translation>Wie gut falsche Wörter nun vor richtigen stehen, auf Bildern, aus denen nicht gelernt wurde: {0} von 1 (zuvor: {1}; ohne Blick auf das Bild: {2}).</translation>
    </message>
    <message>
        <source>That is better than before.</source>
        <translation>Das ist besser als zuvor.</translation>
    </message>
    <message>
        <source>The process ended unexpectedly ({0}).</source>
        <translation>Der Prozess endete unerwartet ({0}).</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>The store cannot be opened</source>
        <translation>Der Bestand lässt sich nicht öffnen</translation>
    </message>
    <message>
        <source>That did not work</source>
        <translation>Das ging nicht</translation>
    </message>
    <message>
        <source>The threshold was not kept</source>
        <translation>Die Schwelle wurde nicht gespeichert</translation>
    </message>
    <message>
        <source>The store was changed elsewhere: read again</source>
        <translation>Der Bestand wurde anderswo geändert: neu gelesen</translation>
    </message>
    <message>
        <source>Not saved</source>
        <translation>Nicht gespeichert</translation>
    </message>
    <message>
        <source>The decision was not saved</source>
        <translation>Die Entscheidung wurde nicht gespeichert</translation>
    </message>
    <message>
        <source>Not saved: the file was deleted, moved or replaced</source>
        <translation>Nicht gespeichert: Die Datei wurde gelöscht, verschoben oder ersetzt</translation>
    </message>
    <message>
        <source>not scored yet</source>
        <translation>noch nicht bewertet</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>Undo {0}</source>
        <translation>Rückgängig: {0}</translation>
    </message>
    <message>
        <source>Redo {0}</source>
        <translation>Wiederholen: {0}</translation>
    </message>
    <message>
        <source>Took back: {0}</source>
        <translation>Rückgängig gemacht: {0}</translation>
    </message>
</context>
<context>
    <name>Menus</name>
    <message>
        <source>&amp;Store</source>
        <translation>&amp;Bestand</translation>
    </message>
    <message>
        <source>Open recent</source>
        <translation>Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>Model files …</source>
        <translation>Modelldateien …</translation>
    </message>
    <message>
        <source>Annotator …</source>
        <translation>Name …</translation>
    </message>
    <message>
        <source>&amp;Decide</source>
        <translation>&amp;Entscheiden</translation>
    </message>
    <message>
        <source>&amp;Words</source>
        <translation>&amp;Wörter</translation>
    </message>
    <message>
        <source>&amp;Correct</source>
        <translation>&amp;Korrigieren</translation>
    </message>
    <message>
        <source>&amp;Go</source>
        <translation>&amp;Gehe zu</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>Change keys …</source>
        <translation>Tasten ändern …</translation>
    </message>
    <message>
        <source>Copy diagnostics</source>
        <translation>Diagnose kopieren</translation>
    </message>
    <message>
        <source>About Captionlint</source>
        <translation>Über Captionlint</translation>
    </message>
</context>
<context>
    <name>ModelChooser</name>
    <message>
        <source>Download now</source>
        <translation>Jetzt laden</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>It is on this machine; nothing needs to be downloaded.</source>
        <translation>Es ist auf diesem Rechner; nichts muss geladen werden.</translation>
    </message>
    <message>
        <source>You can pause; it goes on where it was.</source>
        <translation>Sie können anhalten; es geht dort weiter, wo es war.</translation>
    </message>
    <message>
        <source>It is downloaded when it is first needed, or now.</source>
        <translation>Es wird geladen, wenn es zum ersten Mal gebraucht wird, oder jetzt.</translation>
    </message>
    <message>
        <source>bundled</source>
        <translation>mitgeliefert</translation>
    </message>
    <message>
        <source>on this machine</source>
        <translation>auf diesem Rechner</translation>
    </message>
    <message>
        <source>{0} MB</source>
        <translation>{0} MB</translation>
    </message>
</context>
<context>
    <name>ModelFiles</name>
    <message>
        <source>Where is {0} now?</source>
        <translation>Wo ist {0} jetzt?</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Alle Dateien (*)</translation>
    </message>
    <message>
        <source>The model&apos;s files were not taken</source>
        <translation>Die Modelldateien wurden nicht übernommen</translation>
    </message>
</context>
<context>
    <name>PathLine</name>
    <message>
        <source>File …</source>
        <translation>Datei …</translation>
    </message>
    <message>
        <source>Folder …</source>
        <translation>Ordner …</translation>
    </message>
</context>
<context>
    <name>PictureView</name>
    <message>
        <source>Picture</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>Eingepasst</translation>
    </message>
</context>
<context>
    <name>PrelabelDialogue</name>
    <message>
        <source>Pre-label</source>
        <translation>Vorbewerten</translation>
    </message>
    <message>
        <source>Scores every caption that this model has not scored yet. Another model&apos;s marks stay until this one has scored everything. Each batch is kept at once: stop when you like and go on later; reviewing can go on meanwhile.</source>
        <translation>Bewertet jede Beschreibung, die dieses Modell noch nicht bewertet hat. Die Markierungen eines anderen Modells bleiben, bis dieses alles bewertet hat. Jeder Schub wird sofort gespeichert: Halten Sie an, wann Sie wollen, und machen Sie später weiter; das Prüfen kann inzwischen weitergehen.</translation>
    </message>
    <message>
        <source>Score</source>
        <translation>Bewerten</translation>
    </message>
    <message>
        <source>Try again what failed before</source>
        <translation>Noch einmal versuchen, was zuvor misslang</translation>
    </message>
    <message>
        <source>Show this model&apos;s marks at once</source>
        <translation>Markierungen dieses Modells sofort zeigen</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>NAME:PRETRAINED, as open_clip writes them, or NAME:/path/to/weights</source>
        <translation>NAME:GEWICHTE, wie open_clip sie nennt, oder NAME:/pfad/zu/den/gewichten</translation>
    </message>
    <message>
        <source>{0} MB are downloaded once</source>
        <translation>{0} MB werden einmal geladen</translation>
    </message>
</context>
<context>
    <name>Program</name>
    <message>
        <source>Open a store</source>
        <translation>Einen Bestand öffnen</translation>
    </message>
    <message>
        <source>Stores (*.db *.sqlite);;All files (*)</source>
        <translation>Bestände (*.db *.sqlite);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>There is no {0}. See to its name. The welcome screen opens what is there, and makes a new store by importing captions.</source>
        <translation>{0} gibt es nicht. Prüfen Sie den Namen. Der Startbildschirm öffnet, was da ist, und legt einen neuen Bestand an, wenn Sie Beschreibungen importieren.</translation>
    </message>
    <message>
        <source>There is no such store</source>
        <translation>Diesen Bestand gibt es nicht</translation>
    </message>
    <message>
        <source>This store is open already</source>
        <translation>Dieser Bestand ist schon offen</translation>
    </message>
    <message>
        <source>{0} is being reviewed in another window ({1}). Go on there, or close it first.</source>
        <translation>{0} wird in einem anderen Fenster geprüft ({1}). Machen Sie dort weiter oder schließen Sie es zuerst.</translation>
    </message>
</context>
<context>
    <name>Project</name>
    <message>
        <source>another process</source>
        <translation>ein anderer Prozess</translation>
    </message>
    <message>
        <source>process {0} on {1}</source>
        <translation>Prozess {0} auf {1}</translation>
    </message>
</context>
<context>
    <name>QueuePane</name>
    <message>
        <source>Most suspicious first</source>
        <translation>Die verdächtigsten zuerst</translation>
    </message>
    <message>
        <source>Least certain first</source>
        <translation>Die unsichersten zuerst</translation>
    </message>
    <message>
        <source>Most instructive first</source>
        <translation>Die lehrreichsten zuerst</translation>
    </message>
    <message>
        <source>In random order</source>
        <translation>In zufälliger Folge</translation>
    </message>
    <message>
        <source>In the file&apos;s order</source>
        <translation>In der Folge der Datei</translation>
    </message>
    <message>
        <source>Search captions</source>
        <translation>Beschreibungen suchen</translation>
    </message>
    <message>
        <source>Words of the caption, and: status:pending kind:count word:dog score:-0.5..-0.1 blind:yes by:ana</source>
        <translation>Wörter der Beschreibung, dazu: status:pending kind:count word:Hund score:-0.5..-0.1 blind:yes by:ana</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>Reihenfolge</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>Warteschlange</translation>
    </message>
</context>
<context>
    <name>ReviewModel</name>
    <message>
        <source>resumed draft</source>
        <translation>aufgenommener Entwurf</translation>
    </message>
    <message>
        <source>unmark “{0}”</source>
        <translation>Markierung von „{0}“ aufheben</translation>
    </message>
    <message>
        <source>mark “{0}”</source>
        <translation>„{0}“ markieren</translation>
    </message>
    <message>
        <source>extend the mark</source>
        <translation>Markierung erweitern</translation>
    </message>
    <message>
        <source>kind “{0}”</source>
        <translation>Art „{0}“</translation>
    </message>
    <message>
        <source>replace “{0}”</source>
        <translation>„{0}“ ersetzen</translation>
    </message>
    <message>
        <source>drop the replacement</source>
        <translation>Ersatz verwerfen</translation>
    </message>
    <message>
        <source>edit the caption</source>
        <translation>Beschreibung bearbeiten</translation>
    </message>
    <message>
        <source>drop the edit</source>
        <translation>Bearbeitung verwerfen</translation>
    </message>
</context>
<context>
    <name>ReviewScreen</name>
    <message>
        <source>{0}   {1} ends it</source>
        <translation>{0}   {1} beendet es</translation>
    </message>
    <message>
        <source>“{0}”: blue speaks for it, orange against</source>
        <translation>„{0}“: Blau spricht dafür, Orange dagegen</translation>
    </message>
    <message>
        <source>{0}  where is “{1}”?</source>
        <translation>{0}  wo ist „{1}“?</translation>
    </message>
</context>
<context>
    <name>Running</name>
    <message>
        <source>Reading captions …</source>
        <translation>Beschreibungen werden gelesen …</translation>
    </message>
    <message>
        <source>Loading the model …</source>
        <translation>Das Modell wird geladen …</translation>
    </message>
    <message>
        <source>Scoring …</source>
        <translation>Wird bewertet …</translation>
    </message>
    <message>
        <source>Writing …</source>
        <translation>Wird geschrieben …</translation>
    </message>
    <message>
        <source>Downloading …</source>
        <translation>Wird geladen …</translation>
    </message>
    <message>
        <source>Drawing scenes …</source>
        <translation>Szenen werden gezeichnet …</translation>
    </message>
    <message>
        <source>{0} captions read</source>
        <translation>{0} Beschreibungen gelesen</translation>
    </message>
    <message>
        <source>{0} captions scored</source>
        <translation>{0} Beschreibungen bewertet</translation>
    </message>
    <message>
        <source>{0} items written</source>
        <translation>{0} Einträge geschrieben</translation>
    </message>
    <message>
        <source>{0} MB of the model downloaded</source>
        <translation>{0} MB des Modells geladen</translation>
    </message>
    <message>
        <source>{0} scenes drawn</source>
        <translation>{0} Szenen gezeichnet</translation>
    </message>
    <message numerus="yes">
        <source>%Ln added</source>
        <translation>
            <numerusform>%Ln hinzugefügt</numerusform>
            <numerusform>%Ln hinzugefügt</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln already there</source>
        <translation>
            <numerusform>%Ln schon vorhanden</numerusform>
            <numerusform>%Ln schon vorhanden</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln updated</source>
        <translation>
            <numerusform>%Ln aktualisiert</numerusform>
            <numerusform>%Ln aktualisiert</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln repeated in the file</source>
        <translation>
            <numerusform>%Ln in der Datei wiederholt</numerusform>
            <numerusform>%Ln in der Datei wiederholt</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln not usable</source>
        <translation>
            <numerusform>%Ln nicht verwendbar</numerusform>
            <numerusform>%Ln nicht verwendbar</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln contradicting what is there</source>
        <translation>
            <numerusform>%Ln widerspricht dem, was da ist</numerusform>
            <numerusform>%Ln widersprechen dem, was da ist</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln caption(s) scored</source>
        <translation>
            <numerusform>%Ln Beschreibung bewertet</numerusform>
            <numerusform>%Ln Beschreibungen bewertet</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln could not be</source>
        <translation>
            <numerusform>%Ln ließ sich nicht bewerten</numerusform>
            <numerusform>%Ln ließen sich nicht bewerten</numerusform>
        </translation>
    </message>
    <message>
        <source>The model is on this machine</source>
        <translation>Das Modell ist auf diesem Rechner</translation>
    </message>
    <message numerus="yes">
        <source>%Ln item(s) written to {0}</source>
        <translation>
            <numerusform>%Ln Eintrag nach {0} geschrieben</numerusform>
            <numerusform>%Ln Einträge nach {0} geschrieben</numerusform>
        </translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Einzelheiten</translation>
    </message>
    <message>
        <source>Starting …</source>
        <translation>Es beginnt …</translation>
    </message>
    <message>
        <source>Stopped. What was done is kept; start again to go on.</source>
        <translation>Angehalten. Was geschafft ist, bleibt; starten Sie neu, um weiterzumachen.</translation>
    </message>
    <message>
        <source> of {0}</source>
        <translation> von {0}</translation>
    </message>
    <message>
        <source>Shown: the marks of {0}. To switch: captionlint settings --db {1} --scorer VERSION</source>
        <translation>Gezeigt: die Markierungen von {0}. Zum Wechseln: captionlint settings --db {1} --scorer VERSION</translation>
    </message>
    <message>
        <source>That did not work. What was reported stands in English under “Details”.</source>
        <translation>Das ging nicht. Was gemeldet wurde, steht auf Englisch unter „Details“.</translation>
    </message>
    <message>
        <source>The process ended unexpectedly ({0}).</source>
        <translation>Der Prozess endete unerwartet ({0}).</translation>
    </message>
</context>
<context>
    <name>SavedLabel</name>
    <message>
        <source>Saved {0} min ago</source>
        <translation>Vor {0} min gespeichert</translation>
    </message>
    <message>
        <source>Saved now</source>
        <translation>Jetzt gespeichert</translation>
    </message>
    <message>
        <source>Saved {0} s ago</source>
        <translation>Vor {0} s gespeichert</translation>
    </message>
</context>
<context>
    <name>ScaleBar</name>
    <message>
        <source>against</source>
        <translation>dagegen</translation>
    </message>
    <message>
        <source>for</source>
        <translation>dafür</translation>
    </message>
</context>
<context>
    <name>Scoring</name>
    <message>
        <source>This scorer is not a model that can be run here.</source>
        <translation>Diese Bewertung stammt nicht von einem Modell, das hier laufen kann.</translation>
    </message>
    <message>
        <source>The model&apos;s file {0} is missing: choose it in the menu Store, Model files.</source>
        <translation>Die Modelldatei {0} fehlt: Wählen Sie sie im Menü Bestand unter Modelldateien.</translation>
    </message>
    <message>
        <source>The model&apos;s process ended unexpectedly ({0}); it starts anew.</source>
        <translation>Der Prozess des Modells endete unerwartet ({0}); er beginnt von Neuem.</translation>
    </message>
</context>
<context>
    <name>SummaryScreen</name>
    <message>
        <source>Export …</source>
        <translation>Exportieren …</translation>
    </message>
    <message>
        <source>Marks against reviews</source>
        <translation>Markierungen gegen Prüfungen</translation>
    </message>
    <message>
        <source>threshold</source>
        <translation>Schwelle</translation>
    </message>
    <message>
        <source>What was wrong</source>
        <translation>Was falsch war</translation>
    </message>
    <message>
        <source>marks</source>
        <translation>Markierungen</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>hours worked</source>
        <translation>gearbeitete Stunden</translation>
    </message>
    <message>
        <source>an hour</source>
        <translation>pro Stunde</translation>
    </message>
    <message>
        <source>Learn from reviews</source>
        <translation>Aus Prüfungen lernen</translation>
    </message>
    <message>
        <source>Fits the marks to what was reviewed, and marks by that from now on</source>
        <translation>Passt die Markierungen an das Geprüfte an und markiert von nun an danach</translation>
    </message>
    <message>
        <source>Agreement is measured where two annotators reviewed the same items.</source>
        <translation>Übereinstimmung wird gemessen, wo zwei Leute dieselben Einträge geprüft haben.</translation>
    </message>
    <message numerus="yes">
        <source>{0} and {1}: κ {2} over %Ln item(s)</source>
        <translation>
            <numerusform>{0} und {1}: κ {2} über %Ln Eintrag</numerusform>
            <numerusform>{0} und {1}: κ {2} über %Ln Einträge</numerusform>
        </translation>
    </message>
    <message>
        <source>reviewed</source>
        <translation>geprüft</translation>
    </message>
    <message>
        <source>accepted</source>
        <translation>bestätigt</translation>
    </message>
    <message>
        <source>corrected</source>
        <translation>korrigiert</translation>
    </message>
    <message>
        <source>rejected + skipped</source>
        <translation>verworfen + übersprungen</translation>
    </message>
    <message>
        <source>of the marks were right</source>
        <translation>der Markierungen richtig</translation>
    </message>
    <message>
        <source>of wrong words were marked</source>
        <translation>der falschen Wörter markiert</translation>
    </message>
</context>
<context>
    <name>ThresholdModel</name>
    <message>
        <source>threshold</source>
        <translation>Schwelle</translation>
    </message>
    <message>
        <source>Threshold for the whole data set: {0}</source>
        <translation>Schwelle für den ganzen Datensatz: {0}</translation>
    </message>
    <message>
        <source>Never marked in this data set: “{0}”</source>
        <translation>In diesem Datensatz nie markiert: „{0}“</translation>
    </message>
    <message>
        <source>never mark “{0}”</source>
        <translation>„{0}“ nie markieren</translation>
    </message>
    <message>
        <source>Marked again in this data set: “{0}”</source>
        <translation>In diesem Datensatz wieder markiert: „{0}“</translation>
    </message>
    <message>
        <source>mark “{0}” again</source>
        <translation>„{0}“ wieder markieren</translation>
    </message>
</context>
<context>
    <name>Toast</name>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
</context>
<context>
    <name>WelcomeWindow</name>
    <message>
        <source>Try the demo set</source>
        <translation>Den Beispielsatz ausprobieren</translation>
    </message>
    <message>
        <source>64 drawn scenes, every second caption with a wrong word</source>
        <translation>64 gezeichnete Szenen, jede zweite Beschreibung mit einem falschen Wort</translation>
    </message>
    <message>
        <source>Open a file …</source>
        <translation>Eine Datei öffnen …</translation>
    </message>
    <message>
        <source>A store, or captions as JSONL, CSV, TSV, JSON, Parquet or a tar</source>
        <translation>Ein Bestand, oder Beschreibungen als JSONL, CSV, TSV, JSON, Parquet oder tar</translation>
    </message>
    <message>
        <source>Open a folder …</source>
        <translation>Einen Ordner öffnen …</translation>
    </message>
    <message>
        <source>Pictures with a .txt beside each, or shards</source>
        <translation>Bilder mit je einer .txt-Datei daneben, oder Shards</translation>
    </message>
    <message>
        <source>Import captions …</source>
        <translation>Beschreibungen importieren …</translation>
    </message>
    <message>
        <source>Into a new store, with pictures from elsewhere</source>
        <translation>In einen neuen Bestand, mit Bildern von anderswo</translation>
    </message>
    <message>
        <source>Where the new store is to be</source>
        <translation>Wo der neue Bestand liegen soll</translation>
    </message>
    <message>
        <source>Stores (*.db)</source>
        <translation>Bestände (*.db)</translation>
    </message>
    <message>
        <source>Finds the words of a caption that its picture does not bear out.</source>
        <translation>Findet die Wörter einer Bildbeschreibung, die ihr Bild nicht hergibt.</translation>
    </message>
    <message>
        <source>A file or folder can also be dropped here.</source>
        <translation>Eine Datei oder ein Ordner kann auch hierher gezogen werden.</translation>
    </message>
    <message>
        <source>The model that scores</source>
        <translation>Das Modell, das bewertet</translation>
    </message>
    <message>
        <source>Reviewing needs none. It can be changed whenever captions are pre-labelled.</source>
        <translation>Zum Prüfen braucht es keines. Es kann bei jedem Vorbewerten geändert werden.</translation>
    </message>
    <message>
        <source>Opened before</source>
        <translation>Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>Open {0}</source>
        <translation>{0} öffnen</translation>
    </message>
</context>
<context>
    <name>_Plural</name>
    <message numerus="yes">
        <source>%Ln mark(s)</source>
        <translation>
            <numerusform>%Ln Markierung</numerusform>
            <numerusform>%Ln Markierungen</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>app</name>
    <message>
        <source>That did not work</source>
        <translation>Das ging nicht</translation>
    </message>
</context>
<context>
    <name>commands</name>
    <message>
        <source>Object</source>
        <translation>Gegenstand</translation>
    </message>
    <message>
        <source>Attribute</source>
        <translation>Eigenschaft</translation>
    </message>
    <message>
        <source>Count</source>
        <translation>Anzahl</translation>
    </message>
    <message>
        <source>Relation</source>
        <translation>Beziehung</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>Handlung</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>Other</source>
        <translation>Anderes</translation>
    </message>
    <message>
        <source>Accept as shown</source>
        <translation>Bestätigen, wie es steht</translation>
    </message>
    <message>
        <source>Reject the item</source>
        <translation>Den Eintrag verwerfen</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>Überspringen</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>Next word</source>
        <translation>Nächstes Wort</translation>
    </message>
    <message>
        <source>Previous word</source>
        <translation>Voriges Wort</translation>
    </message>
    <message>
        <source>Next mark</source>
        <translation>Nächste Markierung</translation>
    </message>
    <message>
        <source>Previous mark</source>
        <translation>Vorige Markierung</translation>
    </message>
    <message>
        <source>Mark or unmark the word</source>
        <translation>Das Wort markieren oder nicht</translation>
    </message>
    <message>
        <source>Extend the mark to the right</source>
        <translation>Markierung nach rechts erweitern</translation>
    </message>
    <message>
        <source>Extend the mark to the left</source>
        <translation>Markierung nach links erweitern</translation>
    </message>
    <message>
        <source>Never mark this word</source>
        <translation>Dieses Wort nie markieren</translation>
    </message>
    <message>
        <source>Replace the word</source>
        <translation>Das Wort ersetzen</translation>
    </message>
    <message>
        <source>The word should go</source>
        <translation>Das Wort soll weg</translation>
    </message>
    <message>
        <source>Edit the caption</source>
        <translation>Die Beschreibung bearbeiten</translation>
    </message>
    <message>
        <source>Next item</source>
        <translation>Nächster Eintrag</translation>
    </message>
    <message>
        <source>Previous item</source>
        <translation>Voriger Eintrag</translation>
    </message>
    <message>
        <source>Next item with marks</source>
        <translation>Nächster Eintrag mit Markierungen</translation>
    </message>
    <message>
        <source>Search captions</source>
        <translation>Beschreibungen suchen</translation>
    </message>
    <message>
        <source>Where does the model look?</source>
        <translation>Wohin sieht das Modell?</translation>
    </message>
    <message>
        <source>The same by covering parts (slow)</source>
        <translation>Dasselbe durch Verdecken (langsam)</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>Vergrößern</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>Verkleinern</translation>
    </message>
    <message>
        <source>Fit the window</source>
        <translation>Ins Fenster einpassen</translation>
    </message>
    <message>
        <source>Actual size</source>
        <translation>Originalgröße</translation>
    </message>
    <message>
        <source>Show or hide the queue</source>
        <translation>Warteschlange zeigen oder verbergen</translation>
    </message>
    <message>
        <source>Review</source>
        <translation>Prüfen</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>Warteschlange</translation>
    </message>
    <message>
        <source>Summary</source>
        <translation>Übersicht</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>Vollbild</translation>
    </message>
    <message>
        <source>All keys</source>
        <translation>Alle Tasten</translation>
    </message>
    <message>
        <source>Open …</source>
        <translation>Öffnen …</translation>
    </message>
    <message>
        <source>Welcome screen</source>
        <translation>Startbildschirm</translation>
    </message>
    <message>
        <source>Import captions …</source>
        <translation>Beschreibungen importieren …</translation>
    </message>
    <message>
        <source>Pre-label …</source>
        <translation>Vorbewerten …</translation>
    </message>
    <message>
        <source>Export …</source>
        <translation>Exportieren …</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
</context>
<context>
    <name>core</name>
    <message>
        <source>one caption a row with its words</source>
        <translation>eine Beschreibung je Zeile mit ihren Wörtern</translation>
    </message>
    <message>
        <source>the same with the images inside</source>
        <translation>dasselbe mit den Bildern darin</translation>
    </message>
    <message>
        <source>hard negatives for NegCLIP</source>
        <translation>schwere Gegenbeispiele für NegCLIP</translation>
    </message>
    <message>
        <source>preference pairs for TRL</source>
        <translation>Vorzugspaare für TRL</translation>
    </message>
    <message>
        <source>shards for open_clip</source>
        <translation>Shards für open_clip</translation>
    </message>
    <message>
        <source>tasks with predictions and reviews</source>
        <translation>Aufgaben mit Vorhersagen und Prüfungen</translation>
    </message>
    <message>
        <source>one word a row, for spreadsheets</source>
        <translation>ein Wort je Zeile, für Tabellen</translation>
    </message>
    <message>
        <source>preference pairs for RLHF-V</source>
        <translation>Vorzugspaare für RLHF-V</translation>
    </message>
    <message>
        <source>conversations for LLaVA</source>
        <translation>Gespräche für LLaVA</translation>
    </message>
    <message>
        <source>each word with whether it is hallucinated</source>
        <translation>jedes Wort und ob es erfunden ist</translation>
    </message>
    <message>
        <source>the default; a laptop&apos;s CPU is enough</source>
        <translation>die Vorgabe; der Prozessor eines Laptops genügt</translation>
    </message>
    <message>
        <source>the best word localisation in the paper&apos;s table</source>
        <translation>findet nach der Tabelle der Arbeit Wörter am besten</translation>
    </message>
    <message>
        <source>the paper&apos;s main model; wants a GPU</source>
        <translation>das Hauptmodell der Arbeit; braucht eine GPU</translation>
    </message>
    <message>
        <source>bundled and offline; knows only drawn scenes</source>
        <translation>mitgeliefert und offline; kennt nur gezeichnete Szenen</translation>
    </message>
</context>
<context>
    <name>decoding</name>
    <message>
        <source>The picture is a web address; download it and import the caption again.</source>
        <translation>Das Bild ist eine Webadresse; laden Sie es herunter und importieren Sie die Beschreibung neu.</translation>
    </message>
</context>
<context>
    <name>ending</name>
    <message>
        <source>Opening …</source>
        <translation>Wird geöffnet …</translation>
    </message>
    <message>
        <source>Import captions, or drop a file or folder here.</source>
        <translation>Importieren Sie Beschreibungen, oder lassen Sie hier eine Datei oder einen Ordner fallen.</translation>
    </message>
    <message>
        <source>This store is empty</source>
        <translation>Dieser Bestand ist leer</translation>
    </message>
    <message>
        <source>No item passes “{0}”.</source>
        <translation>Kein Eintrag passt zu „{0}“.</translation>
    </message>
    <message>
        <source>Nothing is found</source>
        <translation>Nichts gefunden</translation>
    </message>
    <message>
        <source>Nothing is left to review in this search</source>
        <translation>In dieser Suche ist nichts mehr zu prüfen</translation>
    </message>
    <message>
        <source>Undecided outside of “{0}”: {1}.</source>
        <translation>Außerhalb von „{0}“ noch offen: {1}.</translation>
    </message>
    <message>
        <source>Counting …</source>
        <translation>Wird gezählt …</translation>
    </message>
    <message>
        <source>Nothing is left to review</source>
        <translation>Es ist nichts mehr zu prüfen</translation>
    </message>
    <message>
        <source>All reviewed</source>
        <translation>Alles geprüft</translation>
    </message>
    <message>
        <source>{0} of {1} reviewed</source>
        <translation>{0} von {1} geprüft</translation>
    </message>
    <message>
        <source>{0} an hour in this sitting</source>
        <translation>{0} pro Stunde in dieser Sitzung</translation>
    </message>
</context>
<context>
    <name>history</name>
    <message>
        <source>accept</source>
        <translation>Bestätigung</translation>
    </message>
    <message>
        <source>correction</source>
        <translation>Korrektur</translation>
    </message>
    <message>
        <source>rejection</source>
        <translation>Verwerfen</translation>
    </message>
    <message>
        <source>skip</source>
        <translation>Überspringen</translation>
    </message>
    <message>
        <source>undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>redo</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>Pending, next</source>
        <translation>Offen, weiter</translation>
    </message>
    <message>
        <source>Accepted, next</source>
        <translation>Bestätigt, weiter</translation>
    </message>
    <message>
        <source>Corrected, next</source>
        <translation>Korrigiert, weiter</translation>
    </message>
    <message>
        <source>Rejected, next</source>
        <translation>Verworfen, weiter</translation>
    </message>
    <message>
        <source>Skipped, next</source>
        <translation>Übersprungen, weiter</translation>
    </message>
    <message>
        <source>Took back: {0}</source>
        <translation>Rückgängig gemacht: {0}</translation>
    </message>
    <message>
        <source>Made again: {0}</source>
        <translation>Wiederholt: {0}</translation>
    </message>
</context>
<context>
    <name>keys</name>
    <message>
        <source>Page ↓</source>
        <translation>Bild ↓</translation>
    </message>
    <message>
        <source>Page ↑</source>
        <translation>Bild ↑</translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>Enter</translation>
    </message>
    <message>
        <source>Enter (pad)</source>
        <translation>Enter (Num)</translation>
    </message>
    <message>
        <source>Del</source>
        <translation>Entf</translation>
    </message>
    <message>
        <source>Ctrl</source>
        <translation>Strg</translation>
    </message>
    <message>
        <source>Shift</source>
        <translation>⇧</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>Leertaste</translation>
    </message>
    <message>
        <source>Backspace</source>
        <translation>Rück</translation>
    </message>
</context>
<context>
    <name>kinds</name>
    <message>
        <source>object</source>
        <translation>Gegenstand</translation>
    </message>
    <message>
        <source>attribute</source>
        <translation>Eigenschaft</translation>
    </message>
    <message>
        <source>count</source>
        <translation>Anzahl</translation>
    </message>
    <message>
        <source>relation</source>
        <translation>Beziehung</translation>
    </message>
    <message>
        <source>action</source>
        <translation>Handlung</translation>
    </message>
    <message>
        <source>text</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>other</source>
        <translation>anderes</translation>
    </message>
</context>
<context>
    <name>pace</name>
    <message>
        <source>less than a minute</source>
        <translation>weniger als eine Minute</translation>
    </message>
    <message>
        <source>{0} d {1} h</source>
        <translation>{0} T. {1} Std.</translation>
    </message>
    <message>
        <source>{0} h {1} min</source>
        <translation>{0} Std. {1} Min.</translation>
    </message>
    <message>
        <source>{0} min</source>
        <translation>{0} Min.</translation>
    </message>
</context>
<context>
    <name>plots</name>
    <message>
        <source>precision</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>recall</source>
        <translation>Trefferquote</translation>
    </message>
</context>
<context>
    <name>problems</name>
    <message>
        <source>What exactly was reported stands in English under “Details”.</source>
        <translation>Was genau gemeldet wurde, steht auf Englisch unter „Details“.</translation>
    </message>
    <message>
        <source>Something went wrong that nobody foresaw. Nothing decided is lost.</source>
        <translation>Etwas ging schief, womit niemand gerechnet hat. Keine Entscheidung ist verloren.</translation>
    </message>
    <message>
        <source>What was asked for does not exist, or does not go together.</source>
        <translation>Was verlangt wurde, gibt es nicht oder passt nicht zusammen.</translation>
    </message>
    <message>
        <source>The model cannot be had or loaded.</source>
        <translation>Das Modell ist nicht zu bekommen oder nicht zu laden.</translation>
    </message>
    <message>
        <source>This item cannot be scored.</source>
        <translation>Dieser Eintrag lässt sich nicht bewerten.</translation>
    </message>
    <message>
        <source>The reviews do not suffice to learn from.</source>
        <translation>Die Prüfungen reichen zum Lernen nicht aus.</translation>
    </message>
    <message>
        <source>A file does not hold what its format promises.</source>
        <translation>Eine Datei enthält nicht, was ihr Format verspricht.</translation>
    </message>
    <message>
        <source>The store&apos;s file was deleted, moved or replaced while it was open, and nothing more is saved. Put it back, or close this window.</source>
        <translation>Die Datei des Bestands wurde gelöscht, verschoben oder ersetzt, während sie offen war, und nichts wird mehr gespeichert. Legen Sie sie zurück, oder schließen Sie dieses Fenster.</translation>
    </message>
    <message>
        <source>The store cannot be opened, read or written.</source>
        <translation>Der Bestand lässt sich nicht öffnen, lesen oder schreiben.</translation>
    </message>
    <message>
        <source>That is not possible.</source>
        <translation>Das ist nicht möglich.</translation>
    </message>
    <message>
        <source>A file or folder cannot be read or written.</source>
        <translation>Eine Datei oder ein Ordner lässt sich nicht lesen oder schreiben.</translation>
    </message>
    <message>
        <source>Reported in English: {0}</source>
        <translation>Gemeldet wurde (auf Englisch): {0}</translation>
    </message>
</context>
<context>
    <name>query</name>
    <message>
        <source>{0}: is yes or no, not &apos;{1}&apos;.</source>
        <translation>{0}: ist yes oder no, nicht „{1}“.</translation>
    </message>
    <message>
        <source>{0}: is one of {1}, not &apos;{2}&apos;.</source>
        <translation>{0}: ist eines von {1}, nicht „{2}“.</translation>
    </message>
    <message>
        <source>{0}: is a number or a range such as -0.5..-0.1, not &apos;{1}&apos;.</source>
        <translation>{0}: ist eine Zahl oder ein Bereich wie -0.5..-0.1, nicht „{1}“.</translation>
    </message>
</context>
<context>
    <name>queue</name>
    <message>
        <source>blind</source>
        <translation>blind</translation>
    </message>
    <message>
        <source>not scored</source>
        <translation>nicht bewertet</translation>
    </message>
    <message>
        <source>no marks</source>
        <translation>keine Markierung</translation>
    </message>
</context>
<context>
    <name>sections</name>
    <message>
        <source>Decide</source>
        <translation>Entscheiden</translation>
    </message>
    <message>
        <source>Words</source>
        <translation>Wörter</translation>
    </message>
    <message>
        <source>Correct</source>
        <translation>Korrigieren</translation>
    </message>
    <message>
        <source>Move</source>
        <translation>Bewegen</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>Fenster</translation>
    </message>
    <message>
        <source>Store</source>
        <translation>Bestand</translation>
    </message>
</context>
<context>
    <name>states</name>
    <message>
        <source>pending</source>
        <translation>offen</translation>
    </message>
    <message>
        <source>accepted</source>
        <translation>bestätigt</translation>
    </message>
    <message>
        <source>corrected</source>
        <translation>korrigiert</translation>
    </message>
    <message>
        <source>rejected</source>
        <translation>verworfen</translation>
    </message>
    <message>
        <source>skipped</source>
        <translation>übersprungen</translation>
    </message>
</context>
<context>
    <name>word_menu</name>
    <message>
        <source>Kind</source>
        <translation>Art</translation>
    </message>
</context>
</TS>
