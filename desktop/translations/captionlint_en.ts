<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US">
<context>
    <name>Board</name>
    <message numerus="yes">
        <source>%Ln item(s)</source>
        <translation>
            <numerusform>%Ln item</numerusform>
            <numerusform>%Ln items</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ExportDialogue</name>
    <message numerus="yes">
        <source>%Ln reviewed item(s)</source>
        <translation>
            <numerusform>%Ln reviewed item</numerusform>
            <numerusform>%Ln reviewed items</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Inspector</name>
    <message numerus="yes">
        <source>marks %Ln word(s)</source>
        <translation>
            <numerusform>marks %Ln word</numerusform>
            <numerusform>marks %Ln words</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>in %Ln caption(s)</source>
        <translation>
            <numerusform>in %Ln caption</numerusform>
            <numerusform>in %Ln captions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Never marked: %Ln word(s) …</source>
        <translation>
            <numerusform>Never marked: %Ln word …</numerusform>
            <numerusform>Never marked: %Ln words …</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Learning</name>
    <message numerus="yes">
        <source>Learned from %Ln caption(s).</source>
        <translation>
            <numerusform>Learned from %Ln caption.</numerusform>
            <numerusform>Learned from %Ln captions.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Running</name>
    <message numerus="yes">
        <source>%Ln added</source>
        <translation>
            <numerusform>%Ln added</numerusform>
            <numerusform>%Ln added</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln already there</source>
        <translation>
            <numerusform>%Ln already there</numerusform>
            <numerusform>%Ln already there</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln updated</source>
        <translation>
            <numerusform>%Ln updated</numerusform>
            <numerusform>%Ln updated</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln repeated in the file</source>
        <translation>
            <numerusform>%Ln repeated in the file</numerusform>
            <numerusform>%Ln repeated in the file</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln not usable</source>
        <translation>
            <numerusform>%Ln not usable</numerusform>
            <numerusform>%Ln not usable</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln contradicting what is there</source>
        <translation>
            <numerusform>%Ln contradicting what is there</numerusform>
            <numerusform>%Ln contradicting what is there</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln caption(s) scored</source>
        <translation>
            <numerusform>%Ln caption scored</numerusform>
            <numerusform>%Ln captions scored</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln could not be</source>
        <translation>
            <numerusform>%Ln could not be</numerusform>
            <numerusform>%Ln could not be</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln item(s) written to {0}</source>
        <translation>
            <numerusform>%Ln item written to {0}</numerusform>
            <numerusform>%Ln items written to {0}</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SummaryScreen</name>
    <message numerus="yes">
        <source>{0} and {1}: κ {2} over %Ln item(s)</source>
        <translation>
            <numerusform>{0} and {1}: κ {2} over %Ln item</numerusform>
            <numerusform>{0} and {1}: κ {2} over %Ln items</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>_Plural</name>
    <message numerus="yes">
        <source>%Ln mark(s)</source>
        <translation>
            <numerusform>%Ln mark</numerusform>
            <numerusform>%Ln marks</numerusform>
        </translation>
    </message>
</context>
</TS>
