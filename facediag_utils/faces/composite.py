"""Composite faces: every face of a class bent to the class's mean shape, then averaged (Benson and Perrett 1991).

Where only eyes are laid upon eyes (notebook 02), mouths and jaws blur.  Here each of the 68 landmarks is laid upon its
mean; between them the picture is bent triangle by triangle."""

from collections.abc import Iterable, Iterator

import numpy as np
from scipy.ndimage import map_coordinates
from scipy.spatial import Delaunay

SIDE = 160  # pixels
SPREAD = 0.29  # root mean squared distance of the landmarks from their mean, as a share of the side


def canvas(shape: np.ndarray, side: int = SIDE) -> np.ndarray:
    """A shape of size 1 about 0, (68, 2), as places in a square picture: (68, 2), pixels."""
    scale = SPREAD * side / np.sqrt((shape**2).sum(axis=1).mean())
    middle = np.array([side / 2, 0.54 * side])  # the forehead, which has no landmarks, needs more room than the neck
    return shape * scale + middle


class Bending:
    """Where each pixel of a square picture of one shape comes from in a picture of another.

    Parameters
    ----------
    places : numpy.ndarray
        (68, 2), the landmarks in the square picture, as `canvas` gives them.
    side : int
        Of the square picture, pixels.
    """

    def __init__(self, places: np.ndarray, side: int = SIDE) -> None:
        self.side, self.places = side, places
        edge = np.array([[x, y] for x in (-1, 0.5, 2) for y in (-1, 0.5, 2) if (x, y) != (0.5, 0.5)]) * side
        self.edge = edge
        triangles = Delaunay(np.concatenate([places, edge]))
        y, x = np.mgrid[:side, :side]
        pixels = np.stack([x.ravel(), y.ravel()], axis=1).astype(float)
        inside = triangles.find_simplex(pixels)
        transform = triangles.transform[inside]  # of a pixel to its shares of two corners; the third has the rest
        two = np.einsum("nij,nj->ni", transform[:, :2], pixels - transform[:, 2])
        self.corners = triangles.simplices[inside]
        self.shares = np.column_stack([two, 1 - two.sum(axis=1)])

    def bent(self, image: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
        """A picture, (h, w) or (h, w, channels) of any type, whose landmarks come to lie at the places.

        Around the face a similarity transform goes on where the triangles end; beyond the picture its edge is repeated."""
        source = np.concatenate([landmarks, _similar(self.places, landmarks, self.edge)])
        x, y = (source[self.corners] * self.shares[..., None]).sum(axis=1).T
        layers = image[..., None] if image.ndim == 2 else image
        taken = [
            map_coordinates(layer.astype(float), [y, x], order=1, mode="nearest") for layer in np.moveaxis(layers, 2, 0)
        ]
        made = np.stack(taken, axis=1).reshape(self.side, self.side, -1)
        return made[..., 0] if image.ndim == 2 else made


def _similar(places: np.ndarray, landmarks: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Points moved by the similarity transform that takes the places to the landmarks best (least squares)."""
    one = np.array([1, 1j])
    first, second = places @ one, landmarks @ one
    centred = first - first.mean()
    turn = (centred.conj() * (second - second.mean())).sum() / (np.abs(centred) ** 2).sum()
    moved = (points @ one - first.mean()) * turn + second.mean()
    return np.stack([moved.real, moved.imag], axis=1)


def average(pictures: Iterable[np.ndarray]) -> np.ndarray:
    """Mean of pictures of one size, float64; they are taken one by one, so that many need no more room than one."""
    total, count = np.zeros(1), 0
    for picture in pictures:
        total, count = total + picture, count + 1
    return total / count


def all_bent(
    images: Iterable[np.ndarray], landmarks: np.ndarray, places: np.ndarray, side: int = SIDE
) -> Iterator[np.ndarray]:
    """Pictures bent to one shape, one after another; ``landmarks`` are theirs, (n, 68, 2), pixels."""
    bending = Bending(places, side)
    for image, points in zip(images, landmarks, strict=True):
        yield bending.bent(image, points)
