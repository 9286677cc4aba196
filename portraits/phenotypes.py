"""What each of the paper's five classes changes in a face, as tables (sources: README.md).

Every number is the change at severity 1; a person shows it times a severity, which is drawn flat from 0.2 to 1 for all
four diseases alike.  It was fixed so before anything was measured, and no number here was chosen by a classifier's accuracy.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Phenotype:
    """Morph weights, and changes of skin and hair, at severity 1."""

    morphs: dict[str, float] = field(default_factory=dict)
    hair_loss: float = 0.0  # share of scalp hair lost
    brow_loss: float = 0.0  # share of eyebrow lost, from its outer end
    nodules: int = 0  # number of raised nodules on cheeks, nose, forehead, chin
    patches: int = 0  # number of pale patches
    furrows: float = 0.0  # thickened skin in folds: added depth of the lines that age makes
    redness: float = 0.0  # added flush
    expression: dict[str, float] = field(default_factory=dict)  # weights of expression units, as lids drawn back


PHENOTYPES: dict[str, Phenotype] = {
    "control": Phenotype(),
    # Small eye openings, epicanthal folds, low nasal bridge, flat midface, short nose, smooth philtrum,
    # thin upper lip, underdeveloped jaw; bossing and full cheek bones from marrow expansion (paper ref. [13]).
    "beta_thalassemia": Phenotype(
        morphs={
            "eyes/eye-height1-decr": 0.45,
            "eyes/eye-height2-decr": 0.5,
            "eyes/eye-height3-decr": 0.45,
            "eyes/eye-epicanthus-in": 0.9,
            "eyes/eye-trans-out": 0.35,
            "nose/nose-hump-decr": 0.9,
            "nose/nose-greek-decr": 0.5,
            "nose/nose-scale-vert-decr": 0.5,
            "nose/nose-width1-incr": 0.7,
            "cheek/cheek-bones-incr": 0.9,
            "cheek/cheek-trans-up": 0.3,
            "forehead/forehead-trans-forward": 0.35,
            "mouth/mouth-upperlip-height-decr": 0.7,
            "mouth/mouth-upperlip-volume-decr": 0.4,
            "mouth/mouth-philtrum-volume-decr": 0.6,
            "mouth/mouth-trans-forward": 0.25,
            "chin/chin-prominent-decr": 0.55,
            "chin/chin-height-decr": 0.5,
        },
    ),
    # Thinning hair, protruding or staring eyes, increased ocular fissure.
    "hyperthyroidism": Phenotype(
        morphs={
            "eyes/eye-height1-incr": 0.5,
            "eyes/eye-height2-incr": 0.55,
            "eyes/eye-height3-incr": 0.5,
            "eyes/eye-push1-out": 0.7,
            "eyes/eye-push2-out": 0.7,
            "eyes/eye-bag-incr": 0.5,
            "eyes/eye-eyefold-up": 0.5,
            "head/head-fat-decr": 0.3,
            "cheek/cheek-volume-decr": 0.3,
        },
        hair_loss=0.6,
        brow_loss=0.3,
        redness=0.25,
        expression={"eye-left-opened-up": 0.35, "eye-right-opened-up": 0.35},
    ),
    # Upward-slanting palpebral fissures, epicanthal folds, flattened bridge, short broad nose with depressed root
    # and full tip, small mouth, small chin, low-set small ears, rounder face.
    "down_syndrome": Phenotype(
        morphs={
            "eyes/eye-corner1-up": 1.4,  # the outer corner
            "eyes/eye-corner2-down": 1.0,  # the inner
            "eyes/eye-eyefold-angle-up": 0.4,
            "eyes/eye-epicanthus-in": 0.9,
            "eyes/eye-height3-decr": 0.2,
            "nose/nose-hump-decr": 1.0,
            "nose/nose-greek-decr": 0.9,
            "nose/nose-scale-vert-decr": 0.4,
            "nose/nose-scale-depth-decr": 0.5,
            "nose/nose-width1-incr": 0.4,
            "nose/nose-width3-incr": 0.15,
            "nose/nose-point-width-incr": 0.4,
            "mouth/mouth-scale-horiz-decr": 0.6,
            "chin/chin-width-decr": 0.3,
            "chin/chin-height-decr": 0.6,
            "chin/chin-prominent-decr": 0.2,
            "head/head-round": 0.7,
            "head/head-fat-incr": 0.3,
            "ears/ear-scale-decr": 0.7,
            "ears/ear-trans-down": 0.6,
        },
    ),
    # Nodules (granulomas), pale patches, eyebrow loss, flattened nose, eye damage; full ear lobes.
    "leprosy": Phenotype(
        morphs={
            "nose/nose-hump-decr": 1.0,
            "nose/nose-greek-decr": 0.7,
            "nose/nose-compression-compress": 0.6,
            "nose/nose-scale-depth-decr": 0.5,
            "ears/ear-lobe-incr": 0.9,
            "mouth/mouth-lowerlip-volume-incr": 0.4,
            "mouth/mouth-upperlip-volume-incr": 0.3,
            "eyes/eye-bag-incr": 0.4,
            "cheek/cheek-volume-incr": 0.3,
        },
        furrows=0.45,
        brow_loss=0.9,
        nodules=14,
        patches=4,
    ),
}


def draw_severity(rng: np.random.Generator) -> float:
    """Severity of an ill person: any between 0.2 and 1 is as likely as any other, whatever the disease."""
    return round(float(rng.uniform(0.2, 1.0)), 3)
