import resource, threading, torch, sys
torch.set_num_threads(1)
def n(): return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
def work(k=20):
    r=[]
    for _ in range(k):
        a=n(); torch.ones(10_000_000); r.append(n()-a)
    print(r)
work()
t=threading.Thread(target=work); t.start(); t.join()
