import facediag_utils, sys
from pathlib import Path
import shutil, nbformat
import pandas as pd
sys.path.insert(0,'/work/wt/measures/tests')
from facediag_utils.core import profiles
from facediag_utils.data import cohort, store, folder_import
from facediag_utils.faces import detection
from facediag_utils.methods import dtl2
from facediag_utils.run import notebook_variants
if __name__=="__main__":
    kind=sys.argv[1]
    B=Path('/work/wt/measures/data/bundled'); root=Path(f'/tmp/h/measures/own_{kind}')
    shutil.rmtree(root,ignore_errors=True)
    t=pd.read_csv(B/'manifest.csv')
    names={'two':{'beta_thalassemia':'ill','control':'well'},'three':{'leprosy':'anna','down_syndrome':'NA','hyperthyroidism':'dora'}}[kind]
    for l,n in names.items():
        (root/n).mkdir(parents=True)
        for im in t.image[t.label==l][:12]: shutil.copyfile(B/im, root/n/Path(im).name)
    p,_=folder_import.import_folder(root,f'mine{kind}', thumbnails=(kind=='three'))
    images=cohort.load(p); faces=detection.find_faces(images)
    f=dtl2.extract("dlib_resnet29",images,faces)
    for task in cohort.tasks(images):
        pr,_=dtl2.run(task,images,f,"dlib_resnet29",penalty=1e-2); store.save(p,pr)
    holding=notebook_variants.traits(images); print(holding)
    book=notebook_variants.adapted(Path('/work/wt/measures/notebooks/11_measurements.ipynb'),holding)
    for c in book.cells:
        if 'parameters' in c.metadata.get('tags',[]): c.source=f'profile_name = "mine{kind}"\nseed = 0'
    nbformat.write(book,f'/tmp/h/measures/own_{kind}.ipynb')
