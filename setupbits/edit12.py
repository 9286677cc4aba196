from pathlib import Path
def edit(path, *pairs):
    p=Path(path); t=p.read_text()
    for a,b in pairs:
        assert t.count(a)==1,(path,t.count(a),a); t=t.replace(a,b)
    p.write_text(t)
edit("docs/numbers.md",
('''Promised: on every x86-64 processor with AVX2 (Intel since 2013, AMD since 2015) the same seed and the locked versions give the same
bits, in trainings and dense SIFT too, whatever the number of cores. The libraries add numbers up in an order that depends on the
processor; `facediag_utils` forbids them that when it is imported ([core/pin.py](../facediag_utils/core/pin.py)). So it must be imported
before numpy and torch are; it warns if it was not. `make reproduce`, `make lab` and the command `facediag` see to it.

    make fingerprint

prints checksums of features, of weights after a few training steps, and of dense SIFT: compare them with those of another machine.
`make test` compares some with those of emulated processors, an Intel Haswell and an AMD EPYC of the first generation, where QEMU is
installed (`apt-get install qemu-user`).
''','''Promised: on every x86-64 processor with AVX2 (Intel since 2013, AMD since 2015) the same seed and the locked versions give the same
bits, in trainings and dense SIFT too, whatever the number of cores. The libraries add numbers up in an order that depends on the
processor and its cores; `facediag_utils` forbids them that when it is imported ([core/pin.py](../facediag_utils/core/pin.py)), and
computes trainings and features on one thread each. It must be imported before numpy and torch are; it warns if it was not.
`make reproduce`, `make lab` and the command `facediag` see to it.

    make fingerprint

prints checksums of features, of weights after a few training steps, and of dense SIFT: compare them with those of another machine.
`make test` compares some with those of emulated processors, an Intel Haswell and an AMD EPYC of the first generation, where QEMU is
installed (`apt-get install qemu-user`).

@@MEASURED@@
'''),
)
