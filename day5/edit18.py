import json
from pathlib import Path
R=Path('/work/wt/int/notebooks')
def edit(b, pairs):
    p=R/b; nb=json.loads(p.read_text())
    for old,new in pairs:
        hits=[c for c in nb['cells'] if old in ''.join(c['source'])]
        if len(hits)!=1: print('!!',b,len(hits),old[:70]); continue
        c=hits[0]; s=''.join(c['source'])
        if s.count(old)!=1: print('!!n',b,s.count(old),old[:60]); continue
        c['source']=s.replace(old,new).splitlines(keepends=True)
    p.write_text(json.dumps(nb,indent=1,ensure_ascii=False)+'\n')
edit('13_cases.ipynb',[
('Who goes to a doctor is seldom judged by one picture.','Doctors rarely judge by one picture.'),
('is settled by the checksums of the files, which is as good as by lot','is settled by the checksums of the files, which is as good as at random'),
('How much better a list becomes with each photograph.','Whether a list becomes better with each photograph, and by how much.'),
('## Frames are not photographs','## Are frames photographs?'),
('Copies that differ by a tremor\nonly smooth out what the network makes of that tremor.','Copies that differ by a tremor\nonly smooth out what the network makes of that tremor.'),
('fitted to test people: in five folds, never to the person whose answer it changes. It has seen test labels, and is used for nothing else.',
 'fitted to test people: in five folds, never to the person whose answer it changes. It has seen test labels, so it is used for the figure\n  and the ratios below only, and by no method.'),
('"with a temperature": by[ways[2]]','"temperature of other test people": by[ways[2]]'),
('Their ratio says how many\nindependent photographs $k$ of them are worth:','As far as this model holds, their ratio says how many\nindependent photographs $k$ of them are worth:'),
('Whoever is not sure can be sent to a doctor. People are sorted by the probability of their answer; only the surest get one.','People of whom the classifier is unsure can be sent to a doctor. People are sorted by the probability of its answer; only the surest get one.'),
('silence by lot has the\nshare of errors as its area.','refusals at random have the\nshare of errors as their area.'),
('words = f"{titles[one]}: {figures.photographs(most)} less one with {n_frames} changed copies"','words = f"{titles[one]}: {figures.photographs(most)} less the first with {n_frames} changed copies"'),
])
edit('14_grades.ipynb',[
('It was drawn evenly from 0.2 to 1, once a person, alike for all diseases.','It was drawn evenly from 0.2 to 1, once a person, by one rule for all diseases. The draw\nneed not have come out alike: compare the rows of the next table. Where they differ, who recognises the disease knows something of the grade.'),
('So nobody, man or machine, could be right on every face.','So nobody can be expected to be right near a cut.'),
('A product of probabilities can only fall, so','A product of probabilities cannot rise, so'),
('grade with the mean grade $\\sum_k k\\,P(k)$, which asks for the order of faces alone and needs no cut.','grade with the mean grade $\\sum_k k\\,P(k)$, which asks for the order of faces: where the cuts lie matters less to it.'),
('an interval that holds 0 is no better than chance.','where an interval holds 0, it cannot be told from chance.'),
('Look for rows that are empty: a classifier that never says the first or the last grade makes no great mistakes, and tells little. A kappa near 0 with\na small mean error is that: always the middle.','Look for rows that are empty: a classifier that never says the first nor the last grade cannot make the greatest mistake, and is no better\nfor that. A kappa near 0 with a small mean error is that: always the middle.'),
('CORN less softmax, on the same features and the same faces; the intervals come from the same draws of people for both.','CORN less softmax, each read in its own way (the median, the likeliest grade), on the same features and the same faces. So kappa and mean error\ncompare loss and reading together; Spearman needs no reading. The intervals come from the same draws of people for both.'),
('**What it shows.** Whether the loss makes a difference here. A gain is above 0','**What it shows.** Whether a method that knows the order does better than one that does not. A gain is above 0'),
('Every one of these losses gives shares to the grades.','All of these losses but ridge\'s give probabilities of the grades.'),
('The median makes the smallest mean error that the shares allow, and the mean the\nsmallest squared error, if the shares are right.','The median makes the smallest mean error that the probabilities allow, and the mean the\nsmallest squared error, if the probabilities are right.'),
('takes no notice of where the rest of the shares lies.','takes no notice of where the rest of the probability lies.'),
('f"softmax on {titles[first]}, mean of another reading less the likeliest grade:"','f"softmax on {titles[first]}, each reading less the likeliest grade:"'),
('**What it shows.** Where the order of faces is found. So few faces each make long intervals, and many of them make some that miss 0 by chance.','**What it shows.** Where the order of faces is found within one disease, so that recognising the disease does not help. So few faces each make long\nintervals, and many of them make some that miss 0 by chance.'),
('It may do so and still grade strangers badly: where a line\nbegins depends on who it is, and people differ by more than the signs do.','It may do so and still grade new faces badly: where a line\nbegins depends on who it is. Compare how far a line rises with how far apart two lines of a panel begin, and with the three grades that it should rise.'),
('It is dear beside networks that were made for telephones.','It is expensive beside networks that were made for telephones. With the 1,000 classes of ImageNet, as here, its last layer has 2M weights.'),
('Which grade should be read from the shares, and which loss wins now?','Which grade should be read from the probabilities, and which loss wins now?'),
('**Other cuts.** Cut at halves instead of thirds','**Other cuts.** Cut at quarters instead of thirds'),
])
edit('15_imbalance.ipynb',[
('Each\nway changes one number of the same loss. For an image','All\nways but one change a number of the same loss; balanced sampling changes the images. For an image'),
('The numbers are those of the ways\' authors. To all is added half the squared weights times a penalty. It is chosen once, on *all* training\nimages by cross-validation, so that it favours no way.','The loss is the sum over the images divided by the sum of their weights; β = 1 means the limit, $1/n_y$. γ and τ are their authors\'; β = 0.9 is the smallest\nthat Cui et al. tried, as classes are small here. To all is added half the squared weights times a penalty. It is chosen once, for the plain loss on *all*\ntraining images by cross-validation, and is the same for all ways.'),
('If a way raises the recall of\nall classes but not their precision, it only says them more often.','A way that says a class more often raises its recall, and usually lowers\nits precision: read the two rows together.'),
('(0 is\nbest). The *expected calibration error* (ECE, Guo et al. 2017) is how far the largest probability is from the share that is right, in ten bins.','(0 is\nbest). The *expected calibration error* (ECE, Guo et al. 2017) is how far the largest probability is from the share that is right, in ten bins of equal width\n(notebook 13 takes bins of equally many people).'),
('Of each way six points, of answers in all draws; their intervals are over test images.','Each curve has six points, from the answers of all draws; their intervals are over test images.'),
('f"{pair.difference.points()} points, p = {pair.p:.3f}"','f"{pair.difference.points()} points, p {written_p(pair.p, \'= \')}"'),
('from facediag_utils.evaluation.interval import wilson_interval','from facediag_utils.evaluation.interval import wilson_interval, written_p'),
('Where a map is bright off the face, the head has learnt\nsomething that is no sign.','Where a map is bright off the face, the head may have learnt\nsomething that is no sign; but a place of a last map sees far beyond its square.'),
('Lines surround the places that the signs changed by at least half of what counts as wholly changed (datasheet).','Lines surround the places that the signs changed by at least half of the amount that the datasheet calls wholly changed. Where a face has no line, nothing\nreached that.'),
('multiply-accumulates (FLOPs), and','multiply-accumulates (the FLOPs of papers such as this one), and'),
('"mean recall, theirs (%)"','"mean recall of their table (%)"'),
('Set `RAREST` in `facediag_utils/data/splitting.py` to 1/16. Which way holds on longest?','Set `RAREST` in `facediag_utils/data/splitting.py` to 1/16. Only one class is the rarest then, where two were. Which way holds on longest?'),
('Menon et al. also subtract `log(counts / counts.sum())` from the logits of a head that was trained plainly. Do it with the probabilities of *none*.','Menon et al. also subtract the logarithm of the class shares from the logits of a head that was trained plainly. Do it with the probabilities of *none*: for draw `k`,\n`np.log(answers["none"].said[k]) - np.log(counts[k] / counts[k].sum())`.'),
('points of recall over none','points of recall over none (95% for all rows together)'),
])
edit('16_strangers.ipynb',[
('what changes when one and the same person falls ill shall count','what differs between one and the same person with signs and without shall count'),
('Features that lift the first block and lower the third have not learnt to see strangers. They say "stranger" more often.','Features that lift the first block and lower the third have not learnt to see strangers. They say "stranger" more often: look at *whitened*.'),
('Rows that end in *fitted* say what it costs a class to be a stranger.','Rows that end in *fitted* say what being left out changes.'),
('less["p (Holm)"] = [f"{p:.3f}" for p in less["p_holm"]]','less["p (Holm)"] = [written_p(p) for p in less["p_holm"]]\nless["rule"] = less["rule"].map(figures.RULES)'),
('and the stranger was in the rest.\n','and the stranger was in the rest. If a kind of features finds a class *more* often while it is left out than once it is fitted,\nthat is no knowledge of strangers: see the three blocks above.\n'),
('Such numbers cannot be compared with ours; that a stranger costs something\nthey say too.','Such numbers cannot be compared with ours.'),
('Do the twins help? Look at the rows that begin with *twins*.','Do the twins help? Look at the rows that begin with *twins*, and at *raw* in the table above.'),
('age, skin, hair, how the head is turned?','age, skin tone, hairstyle, how the head is turned? Ancestry and sex are settings of the renderer where faces are rendered.'),
('upright lines: chance','vertical lines: chance'),
('Age, light, pose and hair are not asked for. p is one-sided and not corrected.','Age, light, pose and hair are not asked for. The p in the figure is one-sided and not corrected.'),
('Who differs from the healthy training faces in age or ancestry is called ill as\neasily as who is ill.','Who differs from the healthy training faces in something else than signs may be called ill as\neasily as who is ill. And where the share of the ill that is called ill is small, such a threshold misses nearly all of them, whatever the area.'),
('The twins say it plainly. If they are called ill nearly as often as the ill, the threshold judges people and not signs. The column *farther than its twin*\nremoves the person:','The twins (the table two cells above the figure of distances) test that. If they are called ill nearly as often as the ill, the threshold judges people rather than signs. The column\n*ill face farther than its twin* removes the person:'),
('[["accuracy (95%)", "points over the SVM (95%)", "p_holm"]].round({"p_holm": 3})','[["accuracy (95%)", "points over the SVM (95%)", "p (Holm)"]]'),
('less["accuracy (95%)"] = [str(shares[name]) for name in less["first"]]','less["p (Holm)"] = [written_p(p) for p in less["p_holm"]]\nless["accuracy (95%)"] = [str(shares[name]) for name in less["first"]]'),
('It takes in a class that was unknown a minute ago, from one picture.','It takes in a class that was unknown a minute ago, from one picture: how well, the figure of galleries says.'),
])
