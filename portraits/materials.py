"""What skin, eyes, hair and cloth look like, as Cycles shaders.

Fine structure (pores, iris fibres, weave) is made in the shader from the position on the undeformed mesh ("rest", in
decimetres): finer than any vertex, and it moves with the face."""

from __future__ import annotations

from typing import Any

from portraits.blender import Material

PASSES = (
    "head",
    "hair",
    "sign",
)  # what belongs to the head, hair included; what is hair of the scalp; how much signs changed it


def skin() -> Any:
    """Subsurface scattering under a rough layer with pores and, where it is oily, a smoother one."""
    m = Material("skin")
    rest = m.attribute("rest", "Vector")
    mottle = m("TexNoise", Vector=rest, Scale=14.0, Detail=4.0)
    shade = m.math("MULTIPLY_ADD", mottle, 0.4, 0.8)
    base = m(
        "MixRGB", settings={"blend_type": "MULTIPLY"}, i0=1.0, i1=m.attribute("colour", "Color"), i2=_grey(m, shade)
    )
    pores = m("TexVoronoi", Vector=rest, Scale=42.0)
    bumps = m("TexNoise", Vector=rest, Scale=26.0, Detail=5.0, Roughness=0.65)
    height = m.math("MULTIPLY_ADD", pores, 0.35, bumps)
    normal = m("Bump", Strength=0.35, Distance=0.012, Height=height)
    gloss = m.math("MULTIPLY_ADD", bumps, -0.12, m.math("ADD", m.attribute("roughness"), 0.06))
    shader = m(
        "BsdfPrincipled",
        settings={"subsurface_method": "BURLEY"},
        Base_Color=base,
        Roughness=gloss,
        Specular_IOR_Level=0.42,
        Subsurface_Weight=0.8,
        Subsurface_Radius=(1.0, 0.38, 0.22),
        Subsurface_Scale=0.022,
        Coat_Weight=m.math("MULTIPLY", m.attribute("oil"), 0.2),
        Coat_Roughness=0.36,
        Normal=normal,
    )
    return m.surface(shader, head=m.attribute("head"), sign=m.attribute("sign"))


def _grey(m: Material, value: Any) -> Any:
    return m("CombineColor", i0=value, i1=value, i2=value)


def eye() -> Any:
    """A painted eyeball under a clear wet layer."""
    m = Material("eye")
    veins = m("TexNoise", Vector=m.attribute("rest", "Vector"), Scale=22.0, Detail=6.0, Distortion=1.5)
    shade = m.math("MULTIPLY_ADD", veins, 0.2, 0.9)
    base = m(
        "MixRGB", settings={"blend_type": "MULTIPLY"}, i0=1.0, i1=m.attribute("colour", "Color"), i2=_grey(m, shade)
    )
    shader = m(
        "BsdfPrincipled",
        Base_Color=base,
        Roughness=0.35,
        Subsurface_Weight=0.15,
        Subsurface_Scale=0.015,
        Coat_Weight=0.35,
        Coat_Roughness=0.02,
        Coat_IOR=1.38,
    )
    return m.surface(shader, head=1.0, sign=m.attribute("sign"))


def teeth() -> Any:
    m = Material("teeth")
    shader = m(
        "BsdfPrincipled", Base_Color=(0.62, 0.55, 0.45), Roughness=0.25, Subsurface_Weight=0.3, Subsurface_Scale=0.02
    )
    return m.surface(shader, head=1.0)


def hair(melanin_redness: float, roughness: float = 0.32) -> Any:
    """Strands by their pigment (attribute "melanin"), after Chiang et al. 2016 as Cycles has it."""
    m = Material("hair")
    shader = m(
        "BsdfHairPrincipled",
        settings={"parametrization": "MELANIN", "model": "CHIANG"},
        Melanin=m.attribute("melanin"),
        Melanin_Redness=melanin_redness,
        Roughness=roughness,
        Radial_Roughness=0.4,
        Random_Roughness=0.2,
        Random=m.attribute("random"),  # by strand, not by its number among those that are left
    )
    return m.surface(shader, head=1.0, hair=m.attribute("scalp"), sign=m.attribute("sign"))


def frame(colour: tuple[float, float, float], metal: bool) -> Any:
    """The frame of glasses."""
    m = Material("frame")
    return m.surface(m("BsdfPrincipled", Base_Color=colour, Roughness=0.3, Metallic=float(metal)))


def cloth(weave: str, sheen: float) -> Any:
    """Woven or knitted cloth; attribute "shown" cuts the neckline and the openings."""
    m = Material("cloth")
    rest = m.attribute("rest", "Vector")
    scale = {"knit": 22.0, "jersey": 60.0, "woven": 80.0, "denim": 50.0}[weave]
    waves = m("TexWave", Vector=rest, Scale=scale, Distortion=0.6, Detail=1.0)
    creases = m("TexNoise", Vector=rest, Scale=2.2, Detail=3.0, Distortion=0.8)
    height = m.math("MULTIPLY_ADD", waves, 0.5 if weave == "knit" else 0.15, m.math("MULTIPLY", creases, 2.2))
    normal = m("Bump", Strength=0.7, Distance=0.05, Height=height)
    grain = m("TexNoise", Vector=rest, Scale=scale * 1.3, Detail=2.0)
    shade = m.math("MULTIPLY_ADD", grain, 0.5 if weave in ("denim", "knit") else 0.22, 0.75)
    base = m(
        "MixRGB", settings={"blend_type": "MULTIPLY"}, i0=1.0, i1=m.attribute("colour", "Color"), i2=_grey(m, shade)
    )
    shader = m(
        "BsdfPrincipled", Base_Color=base, Roughness=0.85, Specular_IOR_Level=0.2, Sheen_Weight=sheen, Normal=normal
    )
    hidden = m.math("LESS_THAN", m.attribute("shown"), 0.5)
    return m.surface(m("MixShader", i0=hidden, i1=shader, i2=m("BsdfTransparent")))
