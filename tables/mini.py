"""A small folder of the paper's five classes, and one of two classes with other names, as profiles; notebook 06 for each."""
import facediag_utils, shutil, sys
import pandas as pd
from pathlib import Path
import nbformat
from facediag_utils.data import folder_import, cohort
from facediag_utils.run import notebook_variants
from facediag_utils.data import store
from facediag_utils.data.store import Method
root=Path("/tmp/h/tables/minidata"); B=Path("data/bundled"); t=pd.read_csv(B/"manifest.csv")
for name, classes in (("mini5",{c:c for c in t["label"].unique()}),("mini2",{"beta_thalassemia":"ill","control":"well"})):
    for c,d in classes.items():
        (root/name/d).mkdir(parents=True,exist_ok=True)
        for im in t["image"][t["label"]==c][:10]: shutil.copyfile(B/im, root/name/d/Path(im).name)
    profile,found=folder_import.import_folder(root/name,name)
    images=cohort.load(profile)
    traits=notebook_variants.traits(images); print(name,traits,len(images))
    for n in sys.argv[1:]:
        path=next(Path("notebooks").glob(f"{n}*.ipynb"))
        nbformat.write(notebook_variants.adapted(path,traits),f"/tmp/h/tables/{name}_{n}_in.ipynb")
    from facediag_utils.faces import detection
    from facediag_utils.methods import dtl2
    from facediag_utils.networks import registry
    faces=detection.find_faces(images)
    for net in ("dlib_resnet29","mobileface"):
        f=dtl2.extract(net,images,faces)
        for task in cohort.tasks(images):
            said,fit=dtl2.run(task,images,f,net); store.save(profile,said)
print("made")
