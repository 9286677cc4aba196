from pathlib import Path
def edit(path, *pairs):
    p=Path(path); t=p.read_text()
    for a,b in pairs:
        assert t.count(a)==1,(path,t.count(a),a); t=t.replace(a,b)
    p.write_text(t)
edit("facediag_utils/methods/dtl1.py",("import torch\nfrom joblib","from joblib"))
edit("tests/bench.py",
('''"""``make bench``: milliseconds an image of detection and of landmarks, of each bundled network beside dlib's own code, and of
a fine-tuning step beside the plain loop and a matrix product; and DTL1's accuracy over several trainings (some minutes)."""
''','''"""``make bench``: milliseconds an image of detection and of landmarks, of the features of each installed network beside dlib's
own code, and of a fine-tuning step beside the plain loop and a matrix product; and DTL1's accuracy over several trainings (some
minutes)."""
'''),
("from facediag_utils.methods import dtl1, recipe, training\n","from facediag_utils.methods import dtl1, dtl2, recipe, training\n"),
('''BUNDLED = ("dlib_resnet29", "efficientnet_lite0")


''','''
'''),
('''    """Seconds an image from face chips to features, in one batch."""
''','''    """Seconds an image from face chips to features, as a run computes them: batches side by side, each on one thread."""
'''),
('''    with torch.inference_mode():
        return fastest(lambda: network.features(registry.prepare(batch, record), record.feature_layer)) / len(batch)
''','''    cores = os.cpu_count() or 1
    call = delayed(dtl2.features_of)(network, record, record.feature_layer, batch)
    return fastest(lambda: Parallel(n_jobs=cores, prefer="threads")([call] * cores)) / cores / len(batch)
'''),
('''    rows = np.flatnonzero(faces.found)[:64]
    print(f"{torch.get_num_threads()} threads, milliseconds an image")
''','''    rows = np.flatnonzero(faces.found)[: dtl2.BATCH]
    print(f"{os.cpu_count()} cores, milliseconds an image")
'''),
('''    for name in BUNDLED:
        print(f"{1000 * network_time''','''    for name in registry.installed():
        print(f"{1000 * network_time'''),
('''    for name in BUNDLED:
        fine_tuning(name)
''','''    for name in registry.fine_tuned():
        fine_tuning(name)
'''),
)
