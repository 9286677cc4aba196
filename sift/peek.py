import torch,glob,os
for p in sorted(glob.glob("/work/wt/cohort/.cache/dtl1/bundled/*.pt"),key=os.path.getmtime):
    s=torch.load(p,map_location="cpu",weights_only=True,mmap=True)
    h=s["history"]
    print(os.path.basename(p),[k for k in s if k not in("network","optimizer","history")][:8])
    for part in ("train","validation"):
        r=[x for x in h if x["part"]==part]
        print(" ",part,"top1",[round(x["top1"],2) for x in r]); print("   loss",[round(x["objective"],2) for x in r])
