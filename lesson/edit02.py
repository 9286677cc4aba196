import nbformat
P = "notebooks/02_alignment.ipynb"
nb = nbformat.read(P, 4)
at = {c.id: c for c in nb.cells}
assert "the two crops" in at["02-06"].source
at["02-06"].source = at["02-06"].source.replace("Detection, landmarks and the two crops", "Detection, landmarks, and two of the crops")
at["02-07"].source = at["02-07"].source.replace("""*loose* crop keeps hairline, ears and chin, where some signs are.""", """*loose* crop keeps hairline, ears and chin, where some signs are. A third crop is set by five points alone (both eyes, tip of the nose,
corners of the mouth), which come to lie where ArcFace's template has them (Deng et al. 2019).""")
at["02-10"].source = '''points = faces.landmarks[faces.found]
box = faces.box[faces.found]
extent = np.ptp(points[:, 17:, 0], axis=1)  # width of the inner landmarks, pixels
sides = {crop: extent * (1 + 2 * padding) for crop, padding in alignment.PADDING.items()}
eyes = np.linalg.norm(points[:, 36:42].mean(axis=1) - points[:, 42:48].mean(axis=1), axis=1)
(left, _), (right, _) = alignment.ARCFACE[:2]  # where the eyes come to lie, in 112 pixels
sides["arcface"] = eyes * 112 / (right - left)
for crop, side in sides.items():
    print(f"{crop}: {np.median(side / (box[:, 2] - box[:, 0])):.1f} times the detector's box")'''
at["02-09a"].source = "How loose is *loose*? The side of each crop, measured against the detector's box:"
at["02-12"].source = '''records = [registry.get(name) for name in registry.names()]
taken = pd.DataFrame([(r.crop, r.input_size, r.title) for r in records], columns=["crop", "input (px)", "networks"])
taken.groupby(["crop", "input (px)"]).agg(lambda titles: ", ".join(dict.fromkeys(titles)))'''
nbformat.write(nb, P)
