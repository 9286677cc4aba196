import numpy as np
from scipy.stats import rankdata, norm
def spear(x, y):  # (draws, n)
    rx, ry = rankdata(x, axis=1), rankdata(y, axis=1)
    rx -= rx.mean(1, keepdims=True); ry -= ry.mean(1, keepdims=True)
    d = np.sqrt((rx**2).sum(1) * (ry**2).sum(1))
    return np.divide((rx*ry).sum(1), d, out=np.full(len(d), np.nan), where=d > 0)
def simulate(n, rho, sims=300, draws=500):
    true = 6/np.pi*np.arcsin(rho/2); hit = {"perc": 0, "z": 0, "zt": 0, "bw": 0}; width = {k: 0 for k in hit}
    from scipy.stats import t
    for s in range(sims):
        rng = np.random.default_rng(s)
        x = rng.normal(size=n); y = rho*x + (1-rho**2)**.5*rng.normal(size=n)
        k = rng.integers(n, size=(draws, n)); d = spear(x[k], y[k]); d = d[~np.isnan(d)]
        r = spear(x[None], y[None])[0]
        z = np.arctanh(np.clip(d, -.999, .999)); c = np.arctanh(np.clip(r,-.999,.999)); se = z.std()
        iv = {"perc": np.quantile(d, [.025,.975]), "z": np.tanh([c-1.96*se, c+1.96*se])}
        iv["zt"] = np.tanh([c - t.ppf(.975,n-2)*se, c + t.ppf(.975,n-2)*se])
        b = np.sqrt((1+r**2/2)/(n-3)); iv["bw"] = np.tanh([c-1.96*b, c+1.96*b])
        for q,(lo,hi) in iv.items(): hit[q] += lo <= true <= hi; width[q] += hi-lo
    return {q: (round(hit[q]/sims,3), round(width[q]/sims,2)) for q in hit}
for n in (6, 10, 12):
    for rho in (0, .5, .8): print(n, rho, simulate(n, rho), flush=True)
