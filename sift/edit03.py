import sys; sys.path.insert(0,"/tmp/h/sift")
from nb import *
p,nb=load("03_baselines"); c=nb.cells
assert c[5].source.startswith("task = cohort"), c[5].source
c[4].source='''## Words of a face

A SIFT descriptor (Lowe 2004) says in which directions brightness changes in a small patch: 4 x 4 cells, 8 directions, 128 numbers.
*Dense* means that there is one descriptor at every point of a grid. k-means finds typical patches, the *words*, in the training
images. An image is then the histogram of its words. Where on the face a word stood is forgotten.

How many words should there be? With few, patches that differ share a word. With many, two pictures of one kind share none. So there
are several vocabularies, and further below the training images choose one.'''
c[5].source='''vocabularies = dsift.vocabularies(images, faces, seed)
middle = sorted(vocabularies)[len(vocabularies) // 2]
train = np.flatnonzero((images.table["split"] == "train") & faces.found)
place = int(np.random.default_rng(seed).choice(train))
figure = pictures.words_of_a_face(images, faces, vocabularies[middle], place)
style.save(figure, profile, "03_words", "Dense SIFT: a face, its visual words and its bag of features", formats=["png"])'''
c[7].source='''## Three kernels

An SVM sees two histograms $x$ and $y$, each of which sums to 1, only through a *kernel*, a number that says how alike they are:

| kernel | $k(x, y)$ | |
|---|---|---|
| linear | $\\\\sum_i x_i y_i$, divided by its mean for $x = y$ | the inner product, as in DTL2 |
| Hellinger | $\\\\sum_i \\\\sqrt{x_i y_i}$ | the inner product of the square roots |
| chi-squared | $\\\\exp(-d / \\\\bar d)$ with $d = \\\\sum_i (x_i - y_i)^2 / (x_i + y_i)$ | $\\\\bar d$ is the mean of $d$ over the training images |

In the inner product the words that skin is full of drown the others: one patch more of a common word counts as much as one more of a
rare word. The square root lifts rare words up, and so does the division in the chi-squared distance. All three kernels give numbers
between 0 and about 1, so that one grid of C is wide enough for all of them.'''.replace("\\\\\\\\","\\\\").replace("\\\\","\\")
new=md('''The paper names the linear and the chi-squared kernel. The square root (Arandjelović and Zisserman 2012) is our addition: it is a
usual step today, and without it dense SIFT would be too weak an opponent for the networks. The paper states neither C nor the number
of words.''',"03-kernels-paper",["paper"])
c.insert(8,new)
c[9].source='''runs = {task.title: dsift.run(task, images, faces, seed) for task in cohort.tasks(images)}
store.save(profile, *(predictions for made in runs.values() for predictions, _ in made.values()))
rows = []
for title, made in runs.items():
    for kind, (_, choice) in made.items():
        for words, fitted in choice.fits.items():
            accuracy = f"{100 * fitted.accuracy:.1f}%" + (" *" if words == choice.words else "")
            rows.append({"task": title, "SVM": dsift.METHODS[kind].value, "words": words, "accuracy": accuracy})
pd.DataFrame(rows).pivot(index=["task", "SVM"], columns="words", values="accuracy")'''
untag(c[9])
c[9].metadata.pop("tags",None)
last=c[9]
c.insert(9,md('''## What the training images choose

Both the number of words and C are chosen by 5-fold cross-validation on the training images: the best mean accuracy, and of equals
the smallest. The table shows that accuracy at the best C; a star marks the number of words that was taken.''',"03-choice"))
c.insert(11,code('''fits = {f"{dsift.METHODS[kind].value}, {choice.words} words": choice.fitted for kind, (_, choice) in made.items()}
figure = curves.penalty_curve(fits, f"Choosing C on the training images\\n{title}, {profile.title}")
style.save(figure, profile, "03_penalty", "Dense SIFT: choosing C on the training images")''',"03-penalty"))
c.insert(12,md('''**What it shows.** How much the number of words matters, and that the grid of C is wide enough: from some C on every curve is flat,
because no training image lies on the wrong side any more.

**What it does not show.** How good the SVM is on other images. The best of many numbers flatters, here as for any choice. And the
words were found, without labels, in all training images, those of the fold that is left out among them.''',"03-choice-shows"))
for x in c:
    if x.cell_type=="code": untag(x)
i=next(k for k,x in enumerate(c) if x.source.startswith("Multiply-accumulates per image"))
c[i].source="Multiply-accumulates per image for the grid used here, by part and number of words. The tables give the largest."
c[i+1].source='''pd.DataFrame({words: dsift.operations(words) for words in dsift.WORDS}).rename_axis(columns="words").map(tables.shown_macs)'''
sub(c[i+2],('''**What it does not show.** The limit of designed features. Grid, scales and vocabulary were set once and not tuned.''',
'''**What it does not show.** The limit of designed features. Grid and scales were set once and not tuned, and the bag forgets places.'''))
j=next(k for k,x in enumerate(c) if x.source.startswith("**Fewer words.**"))
c[j].source='''**More words.** `dsift.WORDS = (1000, 3000, 10000)`: does accuracy go on rising? What does it cost?'''
k=next(k for k,x in enumerate(c) if x.source.startswith("**Places.**"))
for n,x in enumerate(c): print(n,x.cell_type,x.metadata.get("tags"),x.source[:70].replace("\n"," | "))
write(p,nb)
