"""Fingerprints natively while oneDNN believes in other cache sizes. args: L1 L2 L3(KiB) names"""
import facediag_utils, sys, ctypes, struct, re
import numpy as np, torch
from facediag_utils.methods import fingerprint
import time
SETTINGS=[(32,1024,32768),(32,4096,16384),(48,2048,32768),(16,128,1024),(24,1024,32768),(32,256,8192),(48,512,8192),(32,512,8192)]
x=torch.ones(2,8,9,9).contiguous(memory_format=torch.channels_last)
torch.nn.functional.conv2d(x,torch.ones(8,8,3,3))
def read(k,what):
    from pathlib import Path
    import glob
    for d in glob.glob("/sys/devices/system/cpu/cpu0/cache/index*"):
        if Path(d,"level").read_text().strip()==str(k) and Path(d,"type").read_text().strip() in ("Data","Unified"): return int(Path(d,"size").read_text().strip()[:-1])*1024
sizes=[read(k,0) for k in (1,2,3)]
pat=struct.pack("<III",*sizes)
hits=[]
prev=False
for line in open("/proc/self/maps"):
    m=re.match(r"(\w+)-(\w+) (\S+) \S+ \S+ \S+ *(.*)",line)
    a,b=int(m[1],16),int(m[2],16)
    mine="libtorch_cpu" in m[4] or (prev and m[4]=="")
    prev=mine
    if mine and m[3].startswith("rw"):
        buf=ctypes.string_at(a,b-a)
        at=buf.find(pat)
        while at>=0:
            hits.append(a+at); at=buf.find(pat,at+1)
print("hits",len(hits), sizes, file=sys.stderr)
for h in hits:
    print(struct.unpack("<30I",ctypes.string_at(h-8,120)), file=sys.stderr)
assert hits
fingerprint.STEPS=1
for name in sys.argv[1:]:
    base={}
    for L1,L2,L3 in SETTINGS:
        for h in hits: ctypes.memmove(h,struct.pack("<III",L1*1024,L2*1024,2*L3*1024),12)
        began=time.time(); out=[]
        for what,d in fingerprint.network(name):
            base.setdefault(what,d); out.append(f"{what} {d[:8]} {'same' if d==base[what] else 'DIFFERS'}")
        print(name,f"L1={L1} L2={L2}",*out,round(time.time()-began),flush=True)
