from pathlib import Path
def edit(path, *pairs):
    p=Path(path); t=p.read_text()
    for a,b in pairs:
        assert t.count(a)==1,(path,t.count(a),a); t=t.replace(a,b)
    p.write_text(t)
edit("docs/numbers.md",
('''@@MEASURED@@
''','''What the promise rests on (November 2026). We had one kind of real processor, an AMD EPYC (Zen 4); the others were emulated.

| what | how it was compared | outcome |
|---|---|---|
| dense SIFT: descriptors, means, bags | Zen 4; Intel Haswell and AMD EPYC (first generation) emulated | the same bits |
| ResNet29: weights after some steps, features | Zen 4; Intel Haswell emulated | the same bits |
| ResNet29, EfficientNet-Lite0, MobileFace: weights after a step, features | Zen 4, oneDNN told of other caches (24 to 48 KB, and 256 KB to 4 MB, per core) | the same bits |
| features of all networks here, of one image and of five | one, two and three threads | the same bits |
| the other networks, emulated; a whole training, emulated; a real Intel processor | | not compared yet |

The caches matter because oneDNN, which computes torch's convolutions, cuts them into blocks by the sizes of the first two. With 128
KB of second-level cache per core, less than any processor with AVX2 has, ResNet29's training differs in its last bits. A
virtual machine that hides its caches is treated as one with 32 and 512 KB.
'''),
)
