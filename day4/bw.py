import facediag_utils, time
import numpy as np, torch
torch.set_num_threads(1)
def best(f,n=15):
    for _ in range(2): f()
    ts=[]
    for _ in range(n):
        t=time.perf_counter(); f(); ts.append(time.perf_counter()-t)
    return sorted(ts)[len(ts)//2]*1e3
for (c,h,n) in [(32,35,6),(64,17,7),(128,8,5),(256,4,4)]:
    N=10
    x=np.random.randn(N,h,h,c).astype("f4"); gy=np.random.randn(N,h,h,c).astype("f4")
    tx=torch.from_numpy(x).permute(0,3,1,2); tg=torch.from_numpy(gy).permute(0,3,1,2); w=torch.randn(c,c,3,3).contiguous(memory_format=torch.channels_last)
    ref=lambda: torch.ops.aten.convolution_backward(tg,tx,w,[c],[1,1],[1,1],[1,1],False,[0,0],1,[False,True,True])
    def shifted():
        xp=np.zeros((N,h+2,h+2,c),"f4"); xp[:,1:-1,1:-1]=x
        gp=np.zeros((N,h+2,h+2,c),"f4"); gp[:,:h,:h]=gy
        xf=xp.reshape(-1,c); gf=gp.reshape(-1,c); P=len(xf)-2*(h+2)-2
        out=np.empty((3,3,c,c),"f4")
        g=gf[:P].T
        for i in range(3):
            for j in range(3):
                o=i*(h+2)+j
                np.matmul(g,xf[o:o+P],out=out[i,j])
        return out,gy.sum((0,1,2))
    def im2col():
        xp=np.zeros((N,h+2,h+2,c),"f4"); xp[:,1:-1,1:-1]=x
        cols=np.lib.stride_tricks.sliding_window_view(xp,(3,3),axis=(1,2)).transpose(0,1,2,4,5,3).reshape(N*h*h,9*c)
        return gy.reshape(-1,c).T@cols
    def rows3():
        xp=np.zeros((N,h+2,h+2,c),"f4"); xp[:,1:-1,1:-1]=x
        gp=np.zeros((N,h+2,h+2,c),"f4"); gp[:,:h,:h]=gy
        xf=xp.reshape(-1,c); gf=gp.reshape(-1,c); P=len(xf)-2*(h+2)-2
        g3=np.concatenate([xf[j:j+P+2*(h+2)] for j in range(3)],axis=1)
        g=gf[:P].T
        return np.stack([g@g3[i*(h+2):i*(h+2)+P] for i in range(3)])
    macs=N*h*h*c*c*9
    r=ref()[1]; s=shifted()[0]
    print(c, "err", float(np.abs(s.transpose(2,3,0,1)-r.numpy()).max()/np.abs(r.numpy()).max()))
    for name,f in dict(ref=ref,shifted=shifted,im2col=im2col,rows3=rows3).items():
        ms=best(f); print("  ",name,round(ms,2),"ms",round(2*macs/ms/1e6),"GFLOP/s  total/img",round(ms*n/10,2))
