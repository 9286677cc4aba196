import facediag_utils,time,resource,sys,os,tempfile,shutil
from facediag_utils.core import profiles
from facediag_utils.data import cohort
from facediag_utils.faces import detection
from facediag_utils.methods import dtl2
images=cohort.load(profiles.profile("bundled")); faces=detection.find_faces(images)
from facediag_utils.networks import registry
from facediag_utils.faces.alignment import aligned_chips
for name in sys.argv[1:]:
    rec=registry.get(name); aligned_chips(images,faces,rec.input_size,rec.crop)
    shutil.rmtree(os.environ["FACEDIAG_CACHE"]+"/features/"+name,ignore_errors=True)
    a=resource.getrusage(resource.RUSAGE_SELF); t=time.perf_counter()
    dtl2.extract(name,images,faces)
    b=resource.getrusage(resource.RUSAGE_SELF)
    print(name, f"wall {(time.perf_counter()-t):.1f} user {(b.ru_utime-a.ru_utime):.1f} sys {(b.ru_stime-a.ru_stime):.1f} rss {b.ru_maxrss/1e6:.2f} GB")
