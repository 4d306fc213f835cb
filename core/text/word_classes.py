"""What sort of word a word is, from closed lists and endings: no tagger, no download.

Coarse on purpose. English function words, numerals, prepositions, colours and sizes are closed classes and can be
listed; the rest goes by its ending, and what has none that tells is a noun, the most frequent class in captions.
Words of other scripts are nouns.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, Literal, get_args

WordClass = Literal[
    "noun", "name", "verb", "adjective", "colour", "size", "adverb", "number", "place", "preposition", "function"
]
WORD_CLASSES: Final[tuple[WordClass, ...]] = get_args(WordClass)
CONTENT: Final[frozenset[WordClass]] = frozenset({"noun", "name", "adjective", "colour", "size", "number"})
"""Classes that a noun phrase is made of."""

_LISTS: Final[dict[WordClass, str]] = {
    "function": """
        a an the this that these those some any each every no such another other either neither
        i me my mine you your yours he him his she her hers it its we us our ours they them their theirs who whom
        whose which what one's itself himself herself themselves something someone nothing there here
        and or but nor so yet if while as than because when where
        am is are was were be been being has have had having do does did will would can could may might shall should
        must isn't aren't wasn't weren't doesn't don't not n't
    """,
    "preposition": "of to for with without by from at during after before about like into per via off out up down",
    "place": """
        on in under over above below beneath beside besides behind between among near next inside outside onto upon
        across along around against through toward towards left right top bottom front back atop underneath within
        amid opposite middle center centre foreground background
    """,
    "number": """
        zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
        seventeen eighteen nineteen twenty thirty forty fifty hundred thousand million dozen dozens pair couple
        several many few multiple single double both half first second third numerous
    """,
    "colour": """
        red orange yellow green blue purple violet pink brown black white grey gray beige tan cream gold golden silver
        turquoise teal cyan magenta maroon navy olive crimson scarlet lavender indigo ivory khaki colorful colourful
        colored coloured reddish bluish greenish yellowish brownish blond blonde
    """,
    "size": """
        big large huge giant enormous massive small little tiny miniature medium tall short long narrow wide thick
        thin bigger larger smaller taller shorter longer largest biggest smallest
    """,
    "adjective": """
        old young new plain wooden dark light bright empty full open closed clean dirty wet dry hot cold fresh
        striped round square modern busy different same various clear cloudy sunny snowy grassy
    """,
    "adverb": "very quite too also just together away apart almost only still again outdoors indoors",
    "verb": """
        sits sit sitting stands stand standing lies lie lying holds hold holding wears wear wearing rides ride riding
        walks walk walking runs run running eats eat eating drinks drink plays play looks look looking jumps jump
        flies fly flying hangs hang hanging shows show leans lean parked seen made filled covered
    """,
}
_LISTED: Final[dict[str, WordClass]] = {word: name for name, words in _LISTS.items() for word in words.split()}
_ENDINGS: Final[tuple[tuple[str, WordClass], ...]] = (
    ("ly", "adverb"), ("ing", "verb"), ("ed", "verb"), ("ous", "adjective"), ("ful", "adjective"),
    ("less", "adjective"), ("ish", "adjective"), ("able", "adjective"), ("ible", "adjective"), ("ive", "adjective"),
    ("ical", "adjective"), ("y-looking", "adjective"), ("-colored", "colour"), ("-coloured", "colour"),
)  # fmt: skip
_NOUN_LIST: Final = """
    building ceiling clothing evening morning painting railing ring king wing string wedding parking crossing awning
    frosting dressing pudding icing reed seed weed shed sled belly family jelly lily butterfly firefly assembly olive
    hive detective table vegetable cable stable swing sling
"""
_NOUNS: Final = frozenset(_NOUN_LIST.split())
"""Nouns whose ending says otherwise."""


def word_class(text: str, *, sentence_start: bool = False) -> WordClass:
    """The class of one word. A capital letter makes a name, but not where a sentence starts."""
    return _lookup(text, sentence_start)


def word_classes(texts: Sequence[str]) -> list[WordClass]:
    """The classes of a caption's words, in order."""
    return [_lookup(text, i == 0) for i, text in enumerate(texts)]


@lru_cache(maxsize=65536)
def _lookup(text: str, sentence_start: bool) -> WordClass:
    lower = text.lower().replace("’", "'")
    listed = _LISTED.get(lower)
    if listed is not None:
        return listed
    if any(c.isdigit() for c in text):
        return "number"
    if text[:1].isupper() and not text.isupper() and not sentence_start:
        return "name"
    if "-" in lower:
        last = lower.rsplit("-", 1)[-1]
        if last in _LISTED or last.endswith("ed"):
            return "adjective"
    if lower in _NOUNS:
        return "noun"
    return next((kind for ending, kind in _ENDINGS if lower.endswith(ending) and len(lower) > len(ending) + 2), "noun")
