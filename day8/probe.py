import os
import facediag_utils
import numpy as np, torch, cv2
print(open('/proc/cpuinfo').read().split('model name')[1].split('\n')[0], facediag_utils.core.pin.variables().get('NPY_DISABLE_CPU_FEATURES'))
from numpy._core._multiarray_umath import __cpu_features__ as f
print('numpy', [k for k,v in f.items() if v and ('AVX' in k or 'FMA' in k)])
print('cv2', cv2.getCPUFeaturesLine(), cv2.ipp.getIppVersion() if hasattr(cv2,'ipp') else '')
print('torch', torch.backends.cpu.get_cpu_capability(), torch.cpu._is_avx512_supported(), torch.cpu._is_avx2_supported())
import hashlib
def h(x): return hashlib.sha256(x.numpy().tobytes()).hexdigest()[:8]
torch.manual_seed(0); x=torch.rand(100000)*3+.01
torch.set_num_threads(1)
for n in 'sqrt exp log sin cos tanh erf rsqrt reciprocal log1p expm1 sigmoid atan log2 log10 exp2 lgamma digamma erfc erfinv pow'.split():
    print(n, h(getattr(torch,n)(x) if n!='pow' else x.pow(1.7)), end=' ')
print(); a=torch.rand(200,300); print('mm', h(a@a.T), h(a.double()@a.double().T))
from threadpoolctl import threadpool_info
import scipy.linalg
print([(d['internal_api'],d.get('architecture'),d['version']) for d in threadpool_info()])
