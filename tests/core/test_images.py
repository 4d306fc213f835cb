"""Every kind of picture that annotators have, and every kind that is none."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from captionlint.core.errors import ImageError
from captionlint.core.images.opening import as_source, open_image


@pytest.fixture
def photo():
    ramp = np.linspace(0, 255, 48 * 32).reshape(32, 48)
    return Image.fromarray(np.stack([ramp, ramp[::-1], ramp[:, ::-1]], -1).astype(np.uint8))


def saved(tmp_path, image, name, **options):
    path = tmp_path / name
    image.save(path, **options)
    return path


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_undone(tmp_path, photo, orientation):
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }  # fmt: skip
    stored = photo.transpose(turns[orientation]) if orientation in turns else photo
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = saved(tmp_path, stored, "a.png", exif=exif)
    assert np.array_equal(np.asarray(open_image(path)), np.asarray(photo))


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.bmp", "a.tiff", "a.gif"])
@pytest.mark.parametrize("mode", ["RGB", "L", "P", "1"])
def test_formats_and_modes(tmp_path, photo, name, mode):
    if name == "a.jpg" and mode in ("P", "1"):
        pytest.skip("JPEG has no such mode")
    if name == "a.webp" and mode == "1":
        pytest.skip("WebP has no such mode")
    lossless = {"lossless": True} if name == "a.webp" else {}
    image = open_image(saved(tmp_path, photo.convert(mode), name, **lossless))
    assert (image.mode, image.size) == ("RGB", photo.size)
    expected = np.asarray(photo.convert(mode).convert("RGB"), dtype=int)
    assert np.abs(np.asarray(image, dtype=int) - expected).mean() < 12


def test_cmyk(tmp_path, photo):
    image = open_image(saved(tmp_path, photo.convert("CMYK"), "a.jpg", quality=95))
    assert image.mode == "RGB"
    assert np.abs(np.asarray(image, dtype=int) - np.asarray(photo, dtype=int)).mean() < 12


def test_sixteen_bits_are_scaled_not_clipped(tmp_path, photo):
    grey = np.asarray(photo.convert("L")).astype(np.uint16) * 257
    image = open_image(saved(tmp_path, Image.fromarray(grey), "a.png"))
    assert np.abs(np.asarray(image)[..., 0].astype(int) - np.asarray(photo.convert("L"), dtype=int)).max() <= 1


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_lies_on_white(tmp_path, photo, mode):
    clear = photo.convert(mode)
    clear.putalpha(0)
    assert np.asarray(open_image(saved(tmp_path, clear, "a.png"))).min() == 255


def test_a_transparent_palette_lies_on_white(tmp_path):
    palette = Image.new("P", (4, 4), 0)
    palette.putpalette([0, 0, 0, 9, 9, 9])
    assert np.asarray(open_image(saved(tmp_path, palette, "a.gif", transparency=0))).min() == 255


def test_the_first_frame_counts(tmp_path):
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    assert open_image(tmp_path / "a.gif").getpixel((0, 0)) == (255, 0, 0)


def bomb():
    header = struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    data = struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk)) + data


def large():
    buffer = io.BytesIO()
    Image.new("1", (12000, 9000)).save(buffer, "PNG")
    return buffer.getvalue()


def cut_jpeg():
    buffer = io.BytesIO()
    Image.effect_noise((64, 64), 90).save(buffer, "JPEG")
    return buffer.getvalue()[:900]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "does not exist"),
        (b"", "empty"),
        (b"hello", "not a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
        (bomb(), "megapixels"),
        (large(), "megapixels"),
        (cut_jpeg(), "damaged or cut short"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "a.jpg"),
    ],
)
def test_what_is_no_picture_is_named(tmp_path, content, said):
    path = tmp_path / "a.jpg"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ImageError, match=said) as caught:
        open_image(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_is_named(tmp_path):
    with pytest.raises(ImageError, match="folder"):
        open_image(tmp_path)


def test_a_strip_is_refused_before_it_is_blown_up(tmp_path):
    with pytest.raises(ImageError, match="too slim"):
        open_image(saved(tmp_path, Image.new("RGB", (1, 12000)), "strip.png"))


def test_a_device_is_no_picture():
    with pytest.raises(ImageError, match="device"):
        open_image(Path("/dev/zero"))


def test_what_is_in_memory_is_opened_like_the_file(tmp_path, photo):
    array = np.asarray(photo)
    tensor = torch.from_numpy(array.copy()).movedim(-1, 0)
    path = saved(tmp_path, photo, "a.png")
    given = [
        path, str(path), path.read_bytes(), bytearray(path.read_bytes()), memoryview(path.read_bytes()), photo, array,
        array / 255, np.asfortranarray(array), array.astype(np.float32) / 255, tensor, tensor.float() / 255,
        (tensor.double() / 255).requires_grad_(),
    ]  # fmt: skip
    for value in given:
        assert np.array_equal(np.asarray(open_image(as_source(value))), array)


def test_grey_and_transparent_arrays_are_opened_as_their_files_are(photo):
    grey = np.asarray(photo.convert("L"))
    for value in (grey, grey[..., None], torch.from_numpy(grey.copy()), torch.from_numpy(grey.copy())[None]):
        assert np.array_equal(np.asarray(open_image(as_source(value)))[..., 1], grey)
    clear = np.dstack([np.asarray(photo), np.zeros(photo.size[::-1], np.uint8)])
    for value in (clear, torch.from_numpy(clear).movedim(-1, 0)):
        assert np.asarray(open_image(as_source(value))).min() == 255, "what is transparent lies on white"


def test_an_array_may_change_once_it_was_taken(photo):
    array = np.asarray(photo).copy()
    taken = as_source(array)
    array[:] = 0
    assert np.array_equal(np.asarray(taken), np.asarray(photo))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "not NoneType"),
        (float("nan"), "not float"),
        ([[[0, 0, 0]]], "not list"),
        (np.zeros((3, 8, 8), np.uint8), "not (3, 8, 8)"),
        (torch.zeros(8, 8, 3), "not (8, 8, 3)"),
        (np.zeros(5, np.uint8), "not (5,)"),
        (np.float64(3), "not float64"),
        (np.zeros((8, 8, 3), np.int64), "not int64"),
        (torch.zeros(3, 8, 8, dtype=torch.int32), "not int32"),
        (np.full((8, 8, 3), 200.0), "not from 200 to 200"),
        (np.full((8, 8, 3), np.nan), "not from nan to nan"),
        (np.zeros((0, 8, 3), np.uint8), "no pixels"),
        (np.array([["a"]]), "not <U1"),
        (torch.zeros(3, 8, 8, device="meta"), "cannot be read"),
        (b"", "empty"),
        (b"no image", "not a picture"),
    ],
)
def test_a_value_that_is_no_image_is_refused_by_name(value, said):
    with pytest.raises(ImageError) as caught:
        open_image(as_source(value))
    assert said in str(caught.value)
