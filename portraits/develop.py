"""From linear light to a JPEG: white balance, tone curve, lens blur, vignette, sensor noise, compression."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter

from portraits.assets import Array
from portraits.photograph import Photograph


def tone_curve(linear: Array) -> Array:
    """A soft shoulder above mid-grey, then the sRGB transfer function (IEC 61966-2-1); 0..1."""
    x = np.clip(linear, 0, None)
    x = np.where(x > 0.6, 0.6 + 0.4 * (1 - np.exp(-(x - 0.6) / 0.4)), x)
    return np.where(x < 0.0031308, 12.92 * x, 1.055 * np.maximum(x, 1e-9) ** (1 / 2.4) - 0.055)


def develop(linear: Array, photograph: Photograph) -> bytes:
    """JPEG bytes of a rendered picture (size, size, 3)."""
    rng = np.random.default_rng(photograph.sensor_seed)
    size = linear.shape[0]
    y, x = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
    light = np.minimum(linear, 8.0) * np.array(photograph.white_balance)
    light = light * (1 - photograph.vignette * (x**2 + y**2) / 2)[..., None]
    light = np.stack([gaussian_filter(light[..., k], photograph.blur_px) for k in range(3)], axis=-1)
    light = light + photograph.noise * np.sqrt(np.maximum(light, 0) + 0.02) * rng.normal(size=light.shape)
    picture = Image.fromarray((255 * np.clip(tone_curve(light), 0, 1) + 0.5).astype(np.uint8))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=photograph.jpeg_quality, subsampling="4:2:0")
    return buffer.getvalue()
