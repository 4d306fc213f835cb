"""Parquet: rows of any kind on the way in, the words format's twin on the way out.

Images may be paths, or the structs ``{"bytes", "path"}`` of Hugging Face's Image feature; those with bytes are
taken out to a folder. pyarrow is loaded only here.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from captionlint.core.errors import FormatError, UsageError, first_line
from captionlint.core.extras import adding
from captionlint.core.formats.files.embedded_images import ExtractedImages, image_bytes
from captionlint.core.formats.files.image_paths import ImageFolder
from captionlint.core.formats.readers.rows import item_of
from captionlint.core.formats.records import BadRow, ExportItem, RowError, SourceItem
from captionlint.core.formats.round_trip import review_rows, words

MAGIC: Final = b"PAR1"
_READ: Final = (
    "image",
    "caption",
    "id",
    "references",
    "scorer",
    "scores",
    "cosine",
    "words",
    "grounding",
    "image_path",
)
_READ_WORDS: Final = (
    "tokens",
    "starts",
    "ends",
    "tags",
    "types",
    "pre_scores",
    "pre_tags",
    "edits",
    "corrected_caption",
)
_READ_REVIEW: Final = ("annotators", "status", "reviewed_at", "blind", "reviews")
_BATCH: Final = 64  # rows held at once; an image may be many megabytes
_GROUP_ROWS: Final = 1000
_GROUP_BYTES: Final = 1 << 24
"""Bytes of images in a row group; pyarrow takes about eight times as much memory to write it."""


def arrow() -> tuple[ModuleType, ModuleType]:
    """The modules pyarrow and pyarrow.parquet. UsageError where they are not installed."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise UsageError(f"Parquet needs pyarrow: {adding('parquet')}.") from error
    return pyarrow, pyarrow.parquet


def read(source: Path, images: ImageFolder) -> Iterator[SourceItem | BadRow]:
    """The rows of a Parquet file. Raises FormatError where it lacks the columns or cannot be read at all."""
    pa, pq = arrow()
    try:
        file = pq.ParquetFile(source)
    except (pa.ArrowException, OSError) as error:
        raise FormatError(f"{source} cannot be read as Parquet: {first_line(error).rstrip('.')}.") from error
    with file:
        columns = file.schema_arrow.names
        if not {"image", "caption"} <= set(columns) and "grounding" not in columns:
            raise FormatError(f"{source} needs the columns image and caption; it has: {', '.join(columns[:20])}.")
        extracted = ExtractedImages(source, images)
        number = 0
        wanted = [name for name in (*_READ, *_READ_WORDS, *_READ_REVIEW) if name in columns]
        try:
            for batch in file.iter_batches(batch_size=_BATCH, columns=wanted):
                for row in _rows(batch):
                    number += 1
                    yield _item(row, f"{source.name}: row {number}", images, extracted)
        except (pa.ArrowException, OSError) as error:
            yield BadRow(
                f"{source.name} (after row {number})", f"{first_line(error).rstrip('.')}; what follows is not read."
            )


class ParquetSink:
    """Writes rows in groups of bounded size.

    `image_column` names the one that Hugging Face's datasets shall decode as an image.
    """

    def __init__(
        self,
        out: Path,
        fields: Sequence[tuple[str, Any]],
        row_of: Callable[[ExportItem], Mapping[str, Any]],
        image_column: str = "image",
    ) -> None:
        self._pa, pq = arrow()
        features = {"info": {"features": {image_column: {"_type": "Image"}}}}
        self._schema = self._pa.schema(fields, metadata={"huggingface": json.dumps(features)})
        self._writer = pq.ParquetWriter(out, self._schema)
        self._row_of = row_of
        self._rows: list[Mapping[str, Any]] = []
        self._bytes = 0

    def put(self, item: ExportItem) -> None:
        """Holds a row until its group is full."""
        row = self._row_of(item)
        self._rows.append(row)
        self._bytes += len(row["image"]["bytes"] or b"")
        if len(self._rows) >= _GROUP_ROWS or self._bytes >= _GROUP_BYTES:
            self._flush()

    def finish(self) -> Counter[str]:
        """Writes the last group and the file's index."""
        self._flush()
        self.close()
        return Counter()

    def close(self) -> None:
        """Closes the file; a second time does nothing."""
        self._writer.close()

    def _flush(self) -> None:
        rows, self._rows, self._bytes = self._rows, [], 0
        self._writer.write_table(self._pa.Table.from_pylist(rows, schema=self._schema))


def words_sink(out: Path) -> ParquetSink:
    """The words format in Parquet: the same fields, the image as ``{"bytes", "path"}``."""
    return ParquetSink(out, _words_fields(), lambda item: words.row_of(item) | {"image": image_struct(item)})


def image_struct(item: ExportItem) -> dict[str, Any]:
    """The image as Hugging Face's Image feature stores it; without bytes where the file is not on this machine."""
    return {"bytes": image_bytes(item), "path": item.image}


def image_type() -> Any:
    """The Arrow type of `image_struct`."""
    pa, _ = arrow()
    return pa.struct([("bytes", pa.binary()), ("path", pa.string())])


def _words_fields() -> list[tuple[str, Any]]:
    pa, _ = arrow()
    text, integers, numbers = pa.string(), pa.list_(pa.int32()), pa.list_(pa.float64())
    edit = pa.struct([("start", pa.int32()), ("end", pa.int32()), ("replacement", text)])
    kinds = {str: text, int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
    scorer = pa.struct([(name, kinds[kind]) for name, kind in words.SCORER_FIELDS.items()])
    said = [(name, kinds[kind]) for name, kind in review_rows.REVIEW_FIELDS.items()]
    spans = [(name, pa.list_(kinds[kind])) for name, kind in review_rows.SPAN_FIELDS.items()]
    review = pa.struct([*said, *spans])
    return [
        *[("id", text), ("image", image_type()), ("image_sha256", text), ("caption", text)],
        *[("tokens", pa.list_(text)), ("starts", integers), ("ends", integers), ("tags", integers)],
        *[("types", pa.list_(text)), ("pre_scores", numbers), ("pre_probs", numbers), ("pre_tags", integers)],
        *[("edits", pa.list_(edit)), ("corrected_caption", text), ("blind", pa.bool_())],
        *[("annotators", pa.list_(text)), ("status", text), ("reviewed_at", text), ("split", text), ("scorer", scorer)],
        ("reviews", pa.list_(review)),
    ]


def _rows(batch: Any) -> Iterator[dict[str, Any] | RowError]:
    try:
        yield from batch.to_pylist()
    except UnicodeDecodeError:  # a writer that put other bytes than UTF-8 into a text column: find out which rows
        for index in range(batch.num_rows):
            try:
                yield batch.slice(index, 1).to_pylist()[0]
            except UnicodeDecodeError:
                yield RowError("a text is not valid UTF-8.")


def _item(
    row: dict[str, Any] | RowError, where: str, images: ImageFolder, extracted: ExtractedImages
) -> SourceItem | BadRow:
    try:
        if isinstance(row, RowError):
            raise row
        image = row.get("image")
        if isinstance(image, dict):
            data = image.get("bytes")
            row["image"] = extracted.keep(data) if isinstance(data, bytes) and data else image.get("path")
        return item_of(row, where, images)
    except RowError as error:
        return BadRow(where, str(error))
