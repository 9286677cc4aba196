from pathlib import Path
p=Path("facediag_utils/networks/records.py"); s=p.read_text()
s=s.replace('''    features_only : bool
        By default it is not fine-tuned, so that a run does not take hours; its features are used.
''','''    features_only : bool
        By default it is not fine-tuned, so that a run does not take hours; its features are used.
    face_pictures : int
        How many pictures of faces it was trained on, about, by its makers' account; 0 if none, or if that is not stated.
''')
s=s.replace('''    features_only: bool = False
    note''','''    features_only: bool = False
    face_pictures: int = 0
    note''')
p.write_text(s)
p=Path("facediag_utils/networks/published.toml"); s=p.read_text()
of={"3M faces (dlib)":"3_000_000","VGGFace2":"3_310_000","VGG-Face":"2_600_000","VGGFace2 & MS-Celeb-1M":"13_310_000"}
out=[]
pre=None
for line in s.splitlines():
    out.append(line)
    if line.startswith("pretraining = "):
        pre=line.split('"')[1]
    if line.startswith("task = ") and pre in of:
        out.append(f"face_pictures = {of[pre]}")
p.write_text("\n".join(out)+"\n")
p=Path("facediag_utils/networks/registry.py"); s=p.read_text()
s=s.replace('''        "features_only": True,
    }''','''        "features_only": True,
        "face_pictures": 0,
    }''')
p.write_text(s)
