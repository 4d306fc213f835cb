"""Hostile and broken sources: one sentence a row or a file, never a crash."""

import codecs
import contextlib
import importlib
import io
import json
import os
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from captionlint.core.errors import FormatError
from captionlint.core.formats.files.image_paths import ImageFolder
from captionlint.core.formats.files.json_scan import MAX_DEPTH
from captionlint.core.formats.readers.rows import from_json
from captionlint.core.formats.reading import read
from captionlint.core.formats.records import RowError, SourceItem
from captionlint.core.formats.writing import open_writer
from tests.core.formats.made import bad_rows_of, made, png, quick, rows_of, written

ROW = {"image": "a.jpg", "caption": "a red cat"}


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
     (codecs.BOM_UTF32_LE, "utf-32-le")],
)  # fmt: skip
@pytest.mark.parametrize("text", ['{"image": "a.jpg", "caption": "Käse 🧀"}\n', "image,caption\na.jpg,Käse 🧀\n"])
def test_marks_of_encodings(tmp_path: Path, mark: bytes, encoding: str, text: str) -> None:
    source = tmp_path / "a"
    source.write_bytes(mark + text.encode(encoding))
    (row,) = rows_of(source)
    assert (row.caption, row.note) == ("Käse 🧀", None)


def test_encodings_may_differ_by_row(tmp_path: Path) -> None:
    source = tmp_path / "a.jsonl"
    line = '{"image": "a.jpg", "caption": "Käse"}\n'
    broken = b'{"image": "a.jpg", "caption": "\x81\xff"}\n'
    source.write_bytes(line.encode() + line.encode("cp1252") + broken + line.encode())
    utf8, cp1252, bad, last = read(source)
    assert (utf8.caption, utf8.note) == ("Käse", None)
    assert cp1252.caption == "Käse"
    assert "Windows-1252" in cp1252.note
    assert (bad.where, bad.reason.split(";")[0]) == ("a.jsonl:3", "the text is neither UTF-8 nor Windows-1252")
    assert last.caption == "Käse"
    source.write_bytes(b"image,caption\na.jpg,K\xe4se\n")
    (row,) = rows_of(source)
    assert (row.caption, row.note) == ("Käse", "not UTF-8: read as Windows-1252")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"image": "a.jpg", "caption": "\\u0000"}', "a NUL character at character 1"),
        ('{"image": "a.jpg", "caption": "a\\ud800"}', "a lone surrogate at character 2"),
        ('{"image": "a.jpg", "caption": "a\x00b"}', "not JSON"),
        ('{"image": "a\\u0000.jpg", "caption": "a"}', "holds a NUL"),
        ('{"image": "a.jpg", "caption": NaN}', "must be text, found float"),
        ('{"image": "a.jpg", "caption": ""}', "empty"),
        ('{"image": "", "caption": "a"}', "empty"),
        ('{"image": "a.jpg"}', "no 'caption'; the fields are: image"),
        ('{"\\ud800": 1}', "the fields are: \\ud800"),
        ('{"image": "a.jpg", "caption": "a", "id": true}', "'id' must be text"),
        ('{"image": "a.jpg", "caption": "a", "id": ' + "9" * 5000 + "}", "JSON"),
        ('{"image": "a.jpg", "caption": ' + "[" * 100_000 + "]" * 100_000 + "}", "too deeply"),
        ('{"image": "ftp://x/a.jpg", "caption": "a"}', "neither a path nor"),
        ('{"image": "file:///etc/passwd", "caption": "a"}', "neither a path nor"),
        ("[1, 2]", "expected a JSON object"),
        ("nonsense", "not JSON"),
    ],
)  # fmt: skip
def test_a_bad_line_is_reported_and_the_rest_is_read(tmp_path: Path, line: str, reason: str) -> None:
    source = tmp_path / "a.jsonl"
    good = json.dumps(ROW)
    source.write_text(f"{good}\n{line}\n\n{good}\n")
    first, bad, last = read(source)
    assert first.caption == last.caption == "a red cat"
    assert last.where == "a.jsonl:4"
    assert bad.where == "a.jsonl:2"
    assert reason in bad.reason
    bad.reason.encode()  # can be shown


BLANK = [
    "   ",
    "\t\r\n",
    "\u200b\u200d",
    "\x07\x1b",
    "\u00a0\u2003",
    "\ufeff",
    "\u00ad",
    "\U000e0001",
    "\ufe0f",
    "\u3164",
    "\u2800",
]


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.csv", "coco.json"])
def test_captions_that_nobody_can_see_are_reported_with_their_line(tmp_path: Path, name: str) -> None:
    captions = ["a red cat", *BLANK, "!", "1", "\u2764\ufe0f"]
    rows = [{"image": "a.jpg", "caption": caption} for caption in captions]
    text = {
        "a.jsonl": "".join(json.dumps(row) + "\n" for row in rows),
        "a.json": json.dumps(rows, indent=1),
        "a.csv": "image,caption\n" + "".join(f'a.jpg,"{caption}"\n' for caption in captions),
        "coco.json": json.dumps(
            {
                "images": [{"id": 1, "file_name": "a.jpg"}],
                "annotations": [{"id": n, "image_id": 1, "caption": c} for n, c in enumerate(captions)],
            }
        ),
    }[name]
    (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    found = list(read(tmp_path / name))
    assert [row.caption for row in found if isinstance(row, SourceItem)] == ["a red cat", "!", "1", "\u2764\ufe0f"]
    bad = [row for row in found if not isinstance(row, SourceItem)]
    assert len({row.where for row in bad}) == len(BLANK)
    assert all(row.reason.startswith("the caption is blank") for row in bad)
    if name == "a.jsonl":
        assert [row.where for row in bad] == [f"a.jsonl:{number}" for number in range(2, len(BLANK) + 2)]


def test_a_broken_first_line(tmp_path: Path) -> None:
    source = tmp_path / "a.jsonl"
    source.write_text("oops\n" + json.dumps(ROW) + "\n")
    bad, good = read(source)
    assert bad.where == "a.jsonl:1"
    assert good.caption == "a red cat"


def test_lists_that_are_too_deep_or_break_off(tmp_path: Path) -> None:
    source = tmp_path / "a.json"
    deep = "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)
    source.write_text(f'[{json.dumps(ROW)},\n{{"x": {deep}}}, {json.dumps(ROW)}, {{"image": ')
    first, bad, last, end = read(source)
    assert first.caption == last.caption == "a red cat"
    assert (bad.where, bad.reason[:20]) == ("a.json:2 (entry 2)", "the entry is deeper ")
    assert "breaks off" in end.reason
    source.write_text('["')
    with pytest.raises(FormatError, match="breaks off"):
        list(read(source))
    source.write_text("[" * 1_000_000)
    with pytest.raises(FormatError, match="breaks off"):
        list(read(source))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"image,caption\n", "holds no rows"),
        (b"[]", "holds no rows"),
        (b"\x19dj\xfd\x0e\xfe\x01\xac\xe9,\x1b\xed\n", "is not text, Parquet or a WebDataset tar"),
        (b"url,text\nx,y\n", "needs the columns image and caption; its first line has: url, text"),
        ("url,text\n".encode("utf-16-le"), "UTF-16 without"),
        (png(), "is a PNG image"),
        (b"SQLite format 3\0" + bytes(4096), "SQLite database"),
        (b"PK\x03\x04rest", "ZIP"),
        (b'[{"image": "a.jpg", ', "breaks off"),
        (b"PAR1garbage", "Parquet"),
        (b'{"images": [], "annotations": [{"bbox": [], "image_id": 1}]}', "no captions"),
        (b'{"images": [], "annotations": [', "breaks off"),
    ],
)
def test_what_cannot_be_used_at_all_says_why(tmp_path: Path, content: bytes, reason: str) -> None:
    source = tmp_path / "source"
    source.write_bytes(content)
    with pytest.raises(FormatError, match=reason):
        list(read(source))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
@pytest.mark.parametrize("name", ["gzip", "bz2", "lzma"])
def test_a_compressed_file_is_called_one(tmp_path: Path, name: str) -> None:
    source = tmp_path / "a.jsonl.packed"
    source.write_bytes(importlib.import_module(name).compress(json.dumps(ROW).encode()))
    with pytest.raises(FormatError, match=r"a\.jsonl\.packed is compressed by \w+: unpack it first"):
        list(read(source))


def test_a_broken_header_and_stdin_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"image,\x81\xff\n")
    with pytest.raises(FormatError, match=r"a\.csv is no file of captions"):
        list(read(tmp_path / "a.csv"))
    with pytest.raises(FormatError, match="save it to a file first"):
        list(read(Path("-")))


def test_a_pipe_is_refused_unread(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FormatError, match="neither a file nor a folder"):
        read(tmp_path / "pipe")


def test_missing_and_empty_sources(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="does not exist"):
        read(tmp_path / "nowhere")
    with pytest.raises(FormatError, match="holds neither"):
        read(tmp_path)
    (tmp_path / "a.jsonl").write_text(json.dumps(ROW))
    with pytest.raises(FormatError, match="folder of images"):
        read(tmp_path / "a.jsonl", images=tmp_path / "nowhere")


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A folder with links that leave it, beside a secret."""
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "s.png").write_bytes(png())
    (tmp_path / "secret" / "s.txt").write_text("secret")
    house = tmp_path / "house"
    (house / "inner").mkdir(parents=True)
    (house / "inner" / "a.png").write_bytes(png())
    (house / "link.png").symlink_to(tmp_path / "secret" / "s.png")
    (house / "folder").symlink_to(tmp_path / "secret")
    (house / "inside.png").symlink_to(house / "inner" / "a.png")
    (house / "loop").symlink_to(house / "loop")
    return house


def test_images_never_leave_their_folder(house: Path) -> None:
    images = ImageFolder(house)
    outside = ["../secret/s.png", "inner/../../secret/s.png", "link.png", "folder/s.png", str(house.parent / "x.png"),
               "folder/../x.png", "..", "/etc/passwd", "inner/.."[:5] + "/../../x"]  # fmt: skip
    for name in outside:
        with pytest.raises(RowError, match="leads out"):
            images.place(name)
    inner = str(house / "inner" / "a.png")
    assert images.place("inside.png") == images.place(inner) == images.place("inner/../inner/a.png") == inner
    with contextlib.suppress(RowError):
        assert images.place("loop/x.png").startswith(str(house))
    source = house / "rows.jsonl"
    source.write_text("".join(json.dumps(ROW | {"image": name}) + "\n" for name in outside))
    assert [bad.where for bad in bad_rows_of(source)] == [f"rows.jsonl:{n}" for n in range(1, len(outside) + 1)]


def test_sidecars_and_pictures_that_are_links_out(house: Path) -> None:
    (house / "link.txt").write_text("a caption")
    (house / "inner" / "a.txt").symlink_to(house.parent / "secret" / "s.txt")
    (house / "inside.txt").write_text("fine")
    rows = {row.where: row for row in read(house)}
    assert "leads out" in rows["link.png"].reason
    assert "leads out" in rows["inner/a.png"].reason
    assert rows["inside.png"].caption == "fine"
    assert not any("secret" in where for where in rows)


def test_members_that_leave_the_archive_or_are_links(tmp_path: Path) -> None:
    source = tmp_path / "x.tar"
    with tarfile.open(source, "w") as archive:
        for name in ("../evil.png", "/abs.png", "a/../../b.png"):
            member = tarfile.TarInfo(name)
            member.size = len(png())
            archive.addfile(member, io.BytesIO(png()))
        for number, kind in enumerate((tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE)):
            member = tarfile.TarInfo(f"link{number}.png")
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
    reasons = [bad.reason for bad in bad_rows_of(source)]
    assert len(reasons) == 6
    assert all("refused" in reason for reason in reasons)
    assert not (tmp_path / "x-images").exists()


def test_images_are_not_taken_out_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "x-images").symlink_to(tmp_path / "elsewhere")
    out = written(tmp_path, "webdataset", made("a cat", image_path=Path(__file__)))
    assert not (out / "00000.tar").exists()  # no picture, no sample
    source = tmp_path / "in" / "x.tar"
    with tarfile.open(source, "w") as archive:
        member = tarfile.TarInfo("a.png")
        member.size = len(png())
        archive.addfile(member, io.BytesIO(png()))
    with pytest.raises(FormatError, match="leads out"):
        list(read(source))
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_an_archive_that_breaks_off(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png(size=64))
    out = written(tmp_path, "webdataset", *[made("a cat", image_path=tmp_path / "a.png", id=str(n)) for n in range(4)])
    whole = (out / "00000.tar").read_bytes()
    source = tmp_path / "cut.tar"
    source.write_bytes(whole[: len(whole) // 3 + 700])
    *rows, end = read(source)
    assert all(isinstance(row, SourceItem) for row in rows)
    assert "breaks off" in end.reason


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read anything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    source = tmp_path / "a.jsonl"
    source.write_text("{}")
    source.chmod(0)
    with pytest.raises(FormatError, match="cannot be read"):
        read(source)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
    | st.sampled_from(["a red cat", "misalign"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["start", "end", "text", "score", "id",
        "value", "from_name", "type", "result", "captionlint", "words"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
FIELDS = ["image", "caption", "id", "references", "words", "scores", "scorer", "cosine", "grounding", "tokens",
          "starts", "ends", "tags", "types", "pre_scores", "pre_tags", "edits", "corrected_caption", "annotators",
          "status", "reviewed_at", "data", "annotations", "predictions", "meta"]  # fmt: skip
WORDS_ROW = {"image": "a.jpg", "caption": "a red cat", "tokens": ["red"], "starts": [2], "ends": [5], "tags": [1],
             "types": ["object"], "pre_scores": [0.1], "pre_tags": [1], "edits": [], "annotators": ["a"],
             "status": "accepted", "scorer": {"version": "x"}}  # fmt: skip
TASK = {"data": ROW, "predictions": [{"id": 1, "result": []}], "annotations": [{"result": []}], "meta": {}}


@quick
@given(
    base=st.sampled_from([ROW, WORDS_ROW, TASK, ROW | {"scorer": "x", "words": []}, ROW | {"grounding": []}]),
    changes=st.dictionaries(st.sampled_from(FIELDS), values, max_size=4),
)
def test_no_row_makes_reading_crash(tmp_path: Path, base: dict[str, object], changes: dict[str, object]) -> None:
    from_json(json.dumps(base | changes), "x:1", ImageFolder(tmp_path))


@quick
@given(
    content=st.binary(max_size=200),
    start=st.sampled_from([b"", b"{", b"[", b"image,caption\n", b"\xff\xfe", b"\xef\xbb\xbf"]),
)
def test_no_bytes_make_reading_crash(tmp_path: Path, content: bytes, start: bytes) -> None:
    source = tmp_path / "source"
    source.write_bytes(start + content)
    with contextlib.suppress(FormatError):
        list(read(source))


@pytest.mark.parametrize("format", ["words-parquet", "rlhf-v"])
def test_a_file_that_is_no_picture_never_travels_inside_an_export(tmp_path, format):
    secret = tmp_path / "secret.png"
    secret.write_text("root:x:0:0")
    picture = tmp_path / "a.png"
    picture.write_bytes(png())
    out = tmp_path / "out"
    corrected = {"corrected": "a red dog"}
    with open_writer(format, out) as writer:
        writer.write(made("a red cat", image="a.png", image_path=picture, **corrected))
        writer.write(made("a red cat", image="b.png", image_path=secret, id="2", **corrected))
    data = out.read_bytes()
    assert png() in data
    assert b"root:x" not in data
