from pathlib import Path
p=Path("/tmp/h/setupbits/cachesize.py"); t=p.read_text()
t=t.replace('L1,L2,L3=(int(a) for a in sys.argv[1:4])\n','import time\nSETTINGS=[(32,1024,32768),(32,4096,16384),(48,2048,32768),(16,128,1024),(24,1024,32768),(32,256,8192),(48,512,8192),(32,512,8192)]\n')
t=t.replace("    if L1: ctypes.memmove(h,struct.pack(\"<III\",L1*1024,L2*1024,L3*1024),12)\n","")
i=t.index("for name in sys.argv[4:]")
t=t[:i]+'''fingerprint.STEPS=1
for name in sys.argv[1:]:
    base={}
    for L1,L2,L3 in SETTINGS:
        for h in hits: ctypes.memmove(h,struct.pack("<III",L1*1024,L2*1024,2*L3*1024),12)
        began=time.time(); out=[]
        for what,d in fingerprint.network(name):
            base.setdefault(what,d); out.append(f"{what} {d[:8]} {'same' if d==base[what] else 'DIFFERS'}")
        print(name,f"L1={L1} L2={L2}",*out,round(time.time()-began),flush=True)
'''
p.write_text(t)
