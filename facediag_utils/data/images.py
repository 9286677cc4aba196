"""Opening pictures of every usual kind as the same thing: upright RGB, 8 bits."""

import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from facediag_utils.core.errors import ImageError

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp"})


def read_rgb(path: Path) -> np.ndarray:
    """Read a picture.

    Grey, palette, RGBA (laid on white), CMYK, 16- and 32-bit pictures and EXIF rotation are all understood.

    Parameters
    ----------
    path : Path
        A picture file; its content decides its format, not its name.

    Returns
    -------
    numpy.ndarray
        uint8, shape (height, width, 3), RGB, 0..255.

    Raises
    ------
    ImageError
        If the file is missing, truncated, too large (Pillow's guard against decompression bombs) or no picture.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd metadata do not make a picture unreadable
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as picture:
                picture.load()
                return _to_rgb(ImageOps.exif_transpose(picture))
    except FileNotFoundError:
        kind = "there is no such file"
        raise ImageError(f"{path}: {kind}; put it back or take it out of the manifest", kind) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _unreadable(path, "too large a picture", error) from None
    except (OSError, SyntaxError, ValueError) as error:
        kind = "truncated picture" if "truncated" in str(error) else "not a readable picture"
        raise _unreadable(path, kind, error) from None


def _unreadable(path: Path, kind: str, error: Exception) -> ImageError:
    reason = str(error).replace(str(path), "the file")
    return ImageError(f"{path}: {kind} ({reason}); replace or remove it", kind, reason)


def _to_rgb(picture: Image.Image) -> np.ndarray:
    if picture.mode.startswith(("I", "F")):  # 16 or 32 bits a pixel: scaled to 8, where Pillow would clip
        values = np.nan_to_num(np.asarray(picture, dtype=np.float64), posinf=0, neginf=0)
        most = float(values.max())
        ranges = {"F": (1.0, 255.0, 65535.0, most), "I": (255.0, 65535.0, most)}.get(picture.mode, (65535.0,))
        top = next(full for full in ranges if most <= full)
        grey = np.clip(values / top * 255 + 0.5, 0, 255).astype(np.uint8)
        return np.repeat(grey[:, :, None], 3, axis=2)
    if "A" in picture.getbands() or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", layered.size, "white"), layered)
    return np.asarray(picture.convert("RGB"))
