import facediag_utils,time,resource,sys
import numpy as np, torch
from facediag_utils.core import profiles
from facediag_utils.data import cohort
from facediag_utils.faces import detection
from facediag_utils.methods import dtl2
from facediag_utils.networks import registry
from facediag_utils.faces.alignment import aligned_chips
images=cohort.load(profiles.profile("bundled")); faces=detection.find_faces(images)
for name in sys.argv[1:]:
    rec=registry.get(name); ch=aligned_chips(images,faces,rec.input_size,rec.crop)
    net=registry.load(name).to(memory_format=torch.channels_last)
    dtl2.features_of(net,rec,rec.feature_layer,np.array(ch[:16]))
    a=resource.getrusage(resource.RUSAGE_SELF); t=time.perf_counter()
    for k in range(16,112,16): dtl2.features_of(net,rec,rec.feature_layer,np.array(ch[k:k+16]))
    b=resource.getrusage(resource.RUSAGE_SELF)
    n=96; print(name, f"wall {(time.perf_counter()-t)/n*1e3:.1f} user {(b.ru_utime-a.ru_utime)/n*1e3:.1f} sys {(b.ru_stime-a.ru_stime)/n*1e3:.1f} faults {(b.ru_minflt-a.ru_minflt)/n:.0f}")
