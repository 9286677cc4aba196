"""From linear light to a JPEG: white balance, tone curve, lens blur, vignette, sensor noise, compression."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter, shift, zoom

from portraits.assets import Array
from portraits.photograph import Photograph


def tone_curve(linear: Array, contrast: float = 1.0) -> Array:
    """A soft shoulder above mid-grey, then the sRGB transfer function (IEC 61966-2-1), then contrast; 0..1."""
    x = np.clip(linear, 0, None)
    x = np.where(x > 0.6, 0.6 + 0.4 * (1 - np.exp(-(x - 0.6) / 0.4)), x)
    x = np.where(x < 0.0031308, 12.92 * x, 1.055 * np.maximum(x, 1e-9) ** (1 / 2.4) - 0.055)
    return np.clip(0.45 + (x - 0.45) * contrast, 0, 1)


def develop(linear: Array, photograph: Photograph) -> bytes:
    """JPEG bytes of a rendered picture (size, size, 3)."""
    rng = np.random.default_rng(photograph.sensor_seed)
    size = linear.shape[0]
    y, x = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
    light = np.minimum(linear, 4.0) * np.array(photograph.white_balance)
    light = light * (1 - photograph.vignette * (x**2 + y**2) / 2)[..., None]
    light = light + 0.06 * (_blurred(light, 6.0) - light)  # glare of the lens
    light = _moved(_blurred(light, photograph.blur_px), photograph.motion_px)
    small = round(size * photograph.resolution)
    light = (
        zoom(light, (small / size, small / size, 1), order=1, mode="nearest", grid_mode=True) if small < size else light
    )
    grain = _blurred(rng.normal(size=light.shape), 0.5) * 1.6  # as left by demosaicing
    light = light + photograph.noise * np.sqrt(np.maximum(light, 0) + 0.02) * grain
    picture = Image.fromarray((255 * tone_curve(light, photograph.contrast) + 0.5).astype(np.uint8))
    picture = picture.resize((size, size), Image.Resampling.BICUBIC)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=photograph.jpeg_quality, subsampling="4:2:0")
    return buffer.getvalue()


def _blurred(light: Array, pixels: float) -> Array:
    return np.stack([gaussian_filter(light[..., k], pixels) for k in range(3)], axis=-1)


def _moved(light: Array, way: tuple[float, float]) -> Array:
    """The camera moved while the shutter was open."""
    if way == (0.0, 0.0):
        return light
    steps = np.linspace(-1, 1, 7)
    return sum(shift(light, (s * way[1], s * way[0], 0), order=1, mode="nearest") for s in steps) / len(steps)
