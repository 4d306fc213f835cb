"""The one door for exports: a writer for each format, which takes items one by one."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Final, TextIO

from captionlint.core.errors import FormatError, UsageError
from captionlint.core.formats.card import Tally, write_card
from captionlint.core.formats.corrections import LeftOut
from captionlint.core.formats.files.atomic import finished_file, finished_text
from captionlint.core.formats.label_studio import tasks
from captionlint.core.formats.readers import parquet
from captionlint.core.formats.readers.parquet import ParquetSink
from captionlint.core.formats.records import ExportItem
from captionlint.core.formats.round_trip import words
from captionlint.core.formats.round_trip.word_table import WordTableSink
from captionlint.core.formats.splits import split_of
from captionlint.core.formats.writers import dpo, hat, llava, rlhf_v, shards
from captionlint.core.formats.writers.negclip import NegClipSink
from captionlint.core.formats.writers.sinks import JsonLines, JsonList, RowOf, Sink

_OTHER_ENDINGS: Final = frozenset({".ndjson", ".tar", ".gz", ".zst", ".zip", ".xlsx", ".ods", ".db", ".sqlite"})
"""What is no file of any format here, and what programs would take one for."""

__all__ = ["FORMATS_OUT", "OutputFormat", "Writer", "open_writer", "split_of", "write_card"]


@dataclass(frozen=True, slots=True)
class OutputFormat:
    """An output format.

    `suffix` is that of its file, "" for a folder. `is_lines`: it may go to a stream. `opens` takes the output and
    the options that are named in `options`.
    """

    summary: str
    suffix: str
    is_lines: bool
    opens: Callable[..., AbstractContextManager[Sink]]
    options: frozenset[str] = frozenset()


class Writer:
    """Takes items of one format; the file gets its name when the context ends without an error.

    Attributes: `written`, the number of items written; `left_out`, the number of items that the format has no row
    for, by reason; `tally`, counts for the data-set card.
    """

    def __init__(self, opening: AbstractContextManager[Sink], *, unreviewed: bool) -> None:
        self._opening = opening
        self._unreviewed = unreviewed
        self._context = ExitStack()
        self._sink: Sink | None = None
        self.tally = Tally()
        self.written = 0
        self.left_out: Counter[str] = Counter()

    def __enter__(self) -> Writer:
        self._sink = self._context.enter_context(self._opening)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None and self._sink is not None:
            try:
                late = self._sink.finish()
            except BaseException:
                self._context.__exit__(*sys.exc_info())
                raise
            self.left_out += late
            self.written -= late.total()
        self._context.__exit__(kind, error, trace)

    def write(self, item: ExportItem) -> None:
        """Writes an item, or counts it as left out.

        Raises FormatError where its words or marks do not fit its caption, and UsageError where nobody reviewed it
        and unreviewed items were not asked for.
        """
        if self._sink is None:
            raise UsageError("The writer is not open; use it in a with statement.")
        _check(item)
        try:
            if item.review is None or item.review.status == "pending":
                if not self._unreviewed:
                    raise UsageError(f"The item {item.id} is not reviewed; ask for unreviewed items to export it.")
            elif item.review.status in ("rejected", "skipped"):
                raise LeftOut(item.review.status)
            self._sink.put(item)
            self.written += 1
            self.tally.add(item)
        except LeftOut as reason:
            self.left_out[str(reason)] += 1


def open_writer(format: str, out: Path | TextIO, *, unreviewed: bool = False, **options: str) -> Writer:
    """A writer of this format to a file, a folder (webdataset) or, for line formats, a text stream.

    The output gets its name only when it is complete. Options: `image_prefix` (label-studio), which stands before
    each image's name. Raises UsageError for an unknown format or option, and where the file's ending says that
    something else is in it.
    """
    known = FORMATS_OUT.get(format)
    if known is None:
        raise UsageError(f"There is no output format {format!r}; there are {', '.join(FORMATS_OUT)}.")
    if not isinstance(out, Path) and not known.is_lines:
        lines = ", ".join(name for name, one in FORMATS_OUT.items() if one.is_lines)
        raise UsageError(f"The format {format} needs a file or folder; to a stream go {lines}.")
    unknown = sorted(set(options) - known.options)
    if unknown:
        raise UsageError(f"The format {format} has no option {unknown[0]!r}.")
    if isinstance(out, Path):
        _check_ending(format, known.suffix, out)
    return Writer(known.opens(out, **options), unreviewed=unreviewed)


def _check_ending(format: str, right: str, out: Path) -> None:
    """Refuses the ending of another kind of file; one that says nothing is well."""
    ending = out.suffix.lower()
    if ending == right or (right, ending) == (".jsonl", ".ndjson"):
        return
    others = [name for name, one in FORMATS_OUT.items() if one.suffix == ending != ""]
    if others or ending in _OTHER_ENDINGS:
        wanted = f"a file that ends in {right}" if right else "a folder"
        hint = f", or take the format {' or '.join(others)}" if others else ""
        raise UsageError(f"{out} ends in {ending}, and the format {format} writes {wanted}: name one{hint}.")


@contextmanager
def _text(sink_on: Callable[..., Sink], out: Path | TextIO, **options: str) -> Iterator[Sink]:
    with finished_text(out) if isinstance(out, Path) else nullcontext(out) as stream:
        yield sink_on(stream, **options)


@contextmanager
def _parquet(sink_on: Callable[[Path], ParquetSink], out: Path) -> Iterator[Sink]:
    with finished_file(out) as unfinished:
        sink = sink_on(unfinished)
        try:
            yield sink
        finally:
            sink.close()


def _check(item: ExportItem) -> None:
    length = len(item.caption)
    if not len(item.words) == len(item.tags) == len(item.pre_tags):
        raise FormatError(f"The item {item.id} has {len(item.words)} words but {len(item.tags)} tags.")
    for word in item.words:
        if not 0 <= word.start < word.end <= length or item.caption[word.start : word.end] != word.text:
            raise FormatError(f"The item {item.id} has no word {word.text!r} at {word.start}:{word.end}.")
    for span in item.review.spans if item.review else ():
        if not 0 <= span.start <= span.end <= length:
            raise FormatError(f"The item {item.id} has a mark at {span.start}:{span.end}, outside of its caption.")


def _label_studio(stream: TextIO, image_prefix: str = "") -> Sink:
    return JsonList(stream, partial(tasks.row_of, image_prefix=image_prefix))


def _lines(row_of: RowOf) -> Callable[..., AbstractContextManager[Sink]]:
    return partial(_text, partial(JsonLines, row_of=row_of))


def _list(row_of: RowOf) -> Callable[..., AbstractContextManager[Sink]]:
    return partial(_text, partial(JsonList, row_of=row_of))


FORMATS_OUT: Final[Mapping[str, OutputFormat]] = MappingProxyType(
    {
        "words": OutputFormat("one caption a row with its words", ".jsonl", True, _lines(words.row_of)),
        "words-parquet": OutputFormat(
            "the same with the images inside", ".parquet", False, partial(_parquet, parquet.words_sink)
        ),
        "negclip": OutputFormat("hard negatives for NegCLIP", ".tsv", True, partial(_text, NegClipSink)),
        "dpo": OutputFormat("preference pairs for TRL", ".jsonl", True, _lines(dpo.row_of)),
        "webdataset": OutputFormat("shards for open_clip", "", False, shards.opened),
        "label-studio": OutputFormat(
            "tasks with predictions and reviews",
            ".json",
            False,
            partial(_text, _label_studio),
            frozenset({"image_prefix"}),
        ),
        "csv": OutputFormat("one word a row, for spreadsheets", ".csv", True, partial(_text, WordTableSink)),
        "rlhf-v": OutputFormat("preference pairs for RLHF-V", ".parquet", False, partial(_parquet, rlhf_v.sink)),
        "llava": OutputFormat("conversations for LLaVA", ".json", False, _list(llava.row_of)),
        "hat": OutputFormat("each word with whether it is hallucinated", ".json", False, _list(hat.row_of)),
    }
)
