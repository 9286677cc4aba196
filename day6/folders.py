"""Folders of two, eight and fifty classes from the bundled pictures; some pictures varied (flip, crop, brightness)."""
import sys
from pathlib import Path
from PIL import Image, ImageEnhance, ImageOps, ImageFilter
D = Path("/work/wt/rep/data/bundled"); OUT = Path("/work/scratch/folders")
def vary(img, k):
    w, h = img.size
    if k % 2: img = ImageOps.mirror(img)
    c = 6 + 5 * (k % 4)
    img = img.crop((c, c // 2, w - c // 3, h - c)).resize((w, h))
    return ImageEnhance.Brightness(img).enhance(0.8 + 0.13 * (k % 4))
def put(img, path):
    path.parent.mkdir(parents=True, exist_ok=True); img.save(path, quality=92)
def load(p): return Image.open(p).convert("RGB")
def two():
    for cls, name in (("beta_thalassemia", "syndrome_of_type_0001"), ("control", "unaffected_volunteer")):
        for k in range(1, 41):
            put(load(D / f"images/{cls}/{cls}_{k:02d}.jpg"), OUT / "two" / name / f"picture_{k:02d}.jpg")
    # no face: a crop that shows the mouth only, as a bad upload would; six of one class, one of the other
    for name, cls, n in (("syndrome_of_type_0001", "beta_thalassemia", 8), ("unaffected_volunteer", "control", 1)):
        for k in range(41, 41 + n):
            img = load(D / f"images/{cls}/{cls}_{k:02d}.jpg"); w, h = img.size
            put(img.crop((0, int(.6 * h), w, h)), OUT / "two" / name / f"picture_{k:02d}.jpg")
    first = OUT / "two/unaffected_volunteer/picture_01.jpg"
    (OUT / "two/unaffected_volunteer/copy.jpg").write_bytes(first.read_bytes())
    (OUT / "two/unaffected_volunteer/cut_off.jpg").write_bytes(first.read_bytes()[:4000])
    (OUT / "two/notes.txt").write_text("not a picture")
    put(ImageEnhance.Brightness(load(first)).enhance(1.04), OUT / "two/unaffected_volunteer/almost.jpg")
def fifty():
    paths = sorted((D / "images").glob("*/*.jpg"))
    for c in range(50):
        name = f"syndrome_of_type_{c + 1:04d}"
        for j, p in enumerate(paths[5 * c : 5 * c + 5]):
            put(load(p), OUT / "fifty" / name / f"{j}_a.jpg"); put(vary(load(p), 2 * j + 1), OUT / "fifty" / name / f"{j}_b.jpg")
PEOPLE = ["Anneliese_Oberhuber", "Bartholomew_Okonkwo", "Clementine_Delacroix", "Dominic Featherstone", "Esmeralda_Villanueva", "Florentin_Grigorescu", "Guadalupe_Hernandez", "Hippolyte_Rousseau"]
def eight():
    import csv
    rows = list(csv.DictReader((D / "cases/manifest.csv").open())); by = {}
    for r in rows: by.setdefault(r["cohort_image"], []).append(r["image"])
    who = sorted(by)[:: len(by) // 8][:8]
    for name, base in zip(PEOPLE, who):
        pics = [D / base] + [D / "cases" / i for i in by[base]]
        pics += [D / "twins/images" / Path(base).name] if (D / "twins/images" / Path(base).name).is_file() else []
        for j, p in enumerate(pics):
            put(load(p), OUT / "eight" / name / f"{j}_0.jpg")
            for v in (1, 2, 3): put(vary(load(p), v), OUT / "eight" / name / f"{j}_{v}.jpg")
two(); fifty(); eight()
