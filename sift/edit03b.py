import sys; sys.path.insert(0,"/tmp/h/sift")
from nb import *
p,nb=load("03_baselines"); c=nb.cells
c[7].source='''## Three kernels

An SVM sees two histograms `x` and `y`, each of which sums to 1, only through a *kernel*, a number that says how alike they are:

| kernel | in numpy | |
|---|---|---|
| linear | `x @ y` | the inner product, as in DTL2; here divided by its mean for `x` and itself |
| Hellinger | `np.sqrt(x) @ np.sqrt(y)` | the inner product of the square roots |
| chi-squared | `np.exp(-d / mean)` | `d = ((x - y)**2 / (x + y)).sum()`, and its mean over the training images |

In the inner product the words that skin is full of drown the others: one patch more of a common word counts as much as one more of a
rare word. The square root lifts rare words up, and so does the division in the chi-squared distance. All three kernels give numbers
between 0 and about 1, so that one grid of C is wide enough for all of them.'''
sub(c[11],('''fits = {f''','''title, made = list(runs.items())[-1]
fits = {f'''))
c[12].source='''**What it shows.** How much the number of words matters, and whether the grid of C is wide enough. Where a curve is flat at its right
end, a larger C changes nothing: no training image lies on the wrong side any more.

**What it does not show.** How good the SVM is on other images. The best of many numbers flatters, here as for any choice. And the
words were found, without labels, in all training images, those of the fold that is left out among them.'''
write(p,nb)
p,nb=load("05_dtl2_features"); c=nb.cells
i=next(k for k,x in enumerate(c) if x.source.startswith("## How much is the luck"))
sub(c[i],('''Only the
words of dense SIFT, which never depend on labels, stay those of the cohort's own training images.''','''Only the
words of dense SIFT, which never depend on labels, stay those of the cohort's own training images, and their number is not chosen
anew: it is the middle one of notebook 03.'''))
j=i+1
sub(c[j],('''bags = dsift.histograms(images, faces, known, dsift.vocabulary(images, faces, known[learnt], seed=seed))
''','''bags = dsift.histograms(images, faces, known, dsift.vocabularies(images, faces, seed))[dsift.WORDS[1]]
'''),('''kernels |= {
    dsift.METHODS["linear"].value: resampled_splits.gram(words),
    dsift.METHODS["chi2"].value: dsift.chi2_of(words[train])(words, words),
}''','''for kind, method in dsift.METHODS.items():
    kernels[method.value] = dsift.kernel_of(kind, words[train])(words, words)'''))
for x in c:
    if x.cell_type=="code": untag(x)
write(p,nb)
