"""The camera: where it stands, and where points of the scene fall in its picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from portraits import head, landmarks
from portraits.assets import Array
from portraits.person import Person
from portraits.phenotypes import Phenotype
from portraits.photograph import Photograph
from portraits.pose import Shape, shape


@dataclass(frozen=True)
class Camera:
    """A pinhole at ``eye`` that looks along -z and is focused at ``focus``, with a square picture of ``size`` pixels."""

    eye: Array
    field_of_view: float
    focus: float
    size: int

    def project(self, points: Array) -> Array:
        """Pixel positions (n, 2), x right and y down, of points (n, 3)."""
        local = np.asarray(points) - self.eye
        flat = local[:, :2] / -local[:, 2:] / np.tan(self.field_of_view / 2)
        return (0.5 + 0.5 * flat * [1, -1]) * self.size


def framed(photograph: Photograph, person: Shape, size: int) -> Camera:
    """A lens of ``focal_mm`` (36 mm sensor) at the distance that frames the head as it is without signs."""
    vertices = head.surface()(person.plain)
    front = vertices[(head.rest()[:, 1] > 6.2) & (head.regions()["hairline"] < 0.6)]
    low, high = front.min(axis=0), vertices[:, 1].max()
    height = high - low[1]
    width = height * photograph.frame
    half = np.arctan(18 / photograph.focal_mm)
    centre = np.array([front[:, 0].mean(), low[1] + 0.47 * height, front[:, 2].mean()])
    centre[:2] += np.array(photograph.shift) * width
    eye = centre + [0, 0, width / 2 / np.tan(half)]
    return Camera(eye, float(2 * half), float(eye[2] - front[:, 2].max() + 0.3), size)


def project_landmarks(
    person: Person, phenotype: Phenotype, severity: float, photograph: Photograph, size: int = 320
) -> Array:
    """Pixel positions (68, 2) of the landmarks in the portrait that `scene.render` makes."""
    body = shape(person, phenotype, severity, photograph)
    surface = head.surface()(body.signed)
    return framed(photograph, body, size).project(surface[landmarks.vertices()])
