"""Pictures of every usual kind open upright as 8-bit RGB; anything else is refused by name."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from facediag_utils.core.errors import ImageError
from facediag_utils.data.images import read_rgb

RAMP = np.linspace(0, 255, 40 * 30).reshape(30, 40).astype(np.uint8)
COLOUR = np.stack([RAMP, RAMP[::-1], RAMP[:, ::-1]], axis=2)


def test_plain_rgb_is_unchanged(tmp_path: Path):
    Image.fromarray(COLOUR).save(tmp_path / "a.png")
    assert np.array_equal(read_rgb(tmp_path / "a.png"), COLOUR)


def test_grey_has_three_equal_channels(tmp_path: Path):
    Image.fromarray(RAMP).save(tmp_path / "a.png")
    assert np.array_equal(read_rgb(tmp_path / "a.png"), np.repeat(RAMP[:, :, None], 3, axis=2))


def test_sixteen_bits_are_scaled_not_clipped(tmp_path: Path):
    Image.fromarray(RAMP.astype(np.uint16) * 257).save(tmp_path / "a.png")
    assert np.array_equal(read_rgb(tmp_path / "a.png")[:, :, 0], RAMP)


def test_dark_sixteen_bits_stay_dark(tmp_path: Path):
    Image.fromarray(np.full((8, 8), 200, np.uint16)).save(tmp_path / "a.png")
    assert read_rgb(tmp_path / "a.png").max() <= 1


def test_floating_point_tiff(tmp_path: Path):
    Image.fromarray((RAMP / 255).astype(np.float32)).save(tmp_path / "a.tif")
    assert np.abs(read_rgb(tmp_path / "a.tif")[:, :, 0].astype(int) - RAMP).max() <= 1


def test_transparency_is_laid_on_white(tmp_path: Path):
    alpha = np.full((30, 40, 1), 255, np.uint8)
    alpha[:15] = 0
    Image.fromarray(np.concatenate([COLOUR, alpha], axis=2)).save(tmp_path / "a.png")
    read = read_rgb(tmp_path / "a.png")
    assert (read[:15] == 255).all() and np.array_equal(read[15:], COLOUR[15:])


def test_palette_with_transparent_colour(tmp_path: Path):
    picture = Image.new("P", (4, 4), 0)
    picture.putpalette([10, 20, 30, 200, 100, 50])
    picture.putpixel((0, 0), 1)
    picture.save(tmp_path / "a.png", transparency=0)
    read = read_rgb(tmp_path / "a.png")
    assert tuple(read[0, 0]) == (200, 100, 50) and tuple(read[3, 3]) == (255, 255, 255)


def test_cmyk_has_the_colour_of_its_rgb_twin(tmp_path: Path):
    flat = np.broadcast_to(np.array([200, 80, 40], np.uint8), (30, 40, 3))
    Image.fromarray(np.ascontiguousarray(flat)).convert("CMYK").save(tmp_path / "a.jpg", quality=95)
    assert np.abs(read_rgb(tmp_path / "a.jpg").astype(int) - flat).max() <= 6


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_exif_orientation_is_undone(tmp_path: Path, orientation: int):
    turned = {1: 0, 3: 180, 6: 90, 8: 270}[orientation]  # the camera was turned: the stored picture lies on its side
    stored = Image.fromarray(COLOUR).rotate(turned, expand=True)
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.save(tmp_path / "a.png", exif=exif)
    assert np.array_equal(read_rgb(tmp_path / "a.png"), COLOUR)


def test_format_is_read_from_the_content(tmp_path: Path):
    Image.fromarray(COLOUR).save(tmp_path / "a.png")
    (tmp_path / "a.png").rename(tmp_path / "a.jpg")
    assert np.array_equal(read_rgb(tmp_path / "a.jpg"), COLOUR)


def broken_files(folder: Path) -> dict[str, Path]:
    Image.fromarray(COLOUR).save(folder / "whole.jpg")
    (folder / "truncated.jpg").write_bytes((folder / "whole.jpg").read_bytes()[:400])
    (folder / "text.jpg").write_text("I am not a picture.")
    (folder / "empty.jpg").write_bytes(b"")
    Image.new("1", (14_000, 14_000)).save(folder / "bomb.png")  # 196 million pixels in a few kilobytes
    return {name: folder / name for name in ("truncated.jpg", "text.jpg", "empty.jpg", "bomb.png", "missing.jpg")}


@pytest.mark.parametrize("name", ["truncated.jpg", "text.jpg", "empty.jpg", "bomb.png", "missing.jpg"])
def test_what_is_no_picture_is_refused_with_its_path(tmp_path: Path, name: str):
    with pytest.raises(ImageError) as caught:
        read_rgb(broken_files(tmp_path)[name])
    message = str(caught.value)
    assert message.count(str(tmp_path / name)) == 1
    assert "remove" in message or "take it out" in message
    assert caught.value.__cause__ is None and caught.value.__suppress_context__  # no library traceback
