import json,re,sys
def book(path,changes):
    nb=json.load(open(path)); cells={c["id"]:c for c in nb["cells"]}
    for cid,old,new in changes:
        c=cells[cid]; s="".join(c["source"])
        flat=re.compile(r"\s+".join(map(re.escape,old.split())))
        found=flat.findall(s)
        if len(found)!=1: print("??",path,cid,len(found),old[:60]); continue
        c["source"]=flat.sub(lambda m:new,s).splitlines(keepends=True)
    open(path,"w").write(json.dumps(nb,indent=1,ensure_ascii=False)+"\n")
book("notebooks/10_regions.ipynb",[
("10-03","Here it is a box on the aligned face, from forehead to chin.","Here it is a box on the aligned face, from forehead to chin.\nIn the figure the boxes are drawn one inside the other, so that no edge hides another: all are equally wide."),
("10-16","print(of_recipe)","print(of_recipe)\nmeans = store.select(stored, task=task.name, method=store.Method.DEEPGESTALT, backbone=f\"{AVERAGED}:{network}\")\nanswers = means[\"predicted\"].value_counts()\nprint(f\"the mean says {style.class_title(answers.index[0])} for {answers.iloc[0]} of {answers.sum()} test images\")"),
("10-17","How far the recipe gets from random weights in so few epochs. Compare it with guessing, and with notebook 04, which trains another network from scratch.","How far the recipe gets from random weights in so few epochs. If the mean names one class for nearly every face, nothing\nwas learned: the accuracy is then that class's share, and no difference between regions means anything. Notebook 04 trains another network\nfrom scratch, for longer."),
("10-22","p is of one network alone, not corrected for their number.","p is of one network alone, not corrected for their number. The region that is best on training images need not be best on test images:\nwhere the table has a region above the mean, averaging gained nothing over that one."),
("10-23a","At the right is what no photograph tells","At the right of the next figure is what no photograph tells"),
("10-25","print(f\"the half with more of the signs is the better one for {agree} of {len(halves)} diseases\")","clear = sum(row[\"area\"].low > 0 or row[\"area\"].high < 0 for _, row in halves.iterrows())\n    print(f\"the half with more of the signs has the larger area for {agree} of {len(halves)} diseases;\")\n    print(f\"for {clear} of them the interval of the difference is clear of 0\")"),
("10-30","a few hundred rendered people, one photograph each, a few epochs.","a few hundred rendered people, one photograph each, a few epochs.\nIf random weights know people again better than trained ones, the training has destroyed more than it taught: random filters still compare\nthe pictures themselves, while a network that gives nearly the same answer for every face has features that hardly differ. Then nothing\ncan be said of whether diseases make identity disappear."),
("10-ex3","(the mean of the logarithms).","(the mean of the logarithms; the numbers are in `.scores` of `of_networks[name][region][0]`)."),
("10-ex4","**Two regions.** Leave the full face out of the mean. Is anything lost?","**Three regions.** Leave the full face out of the mean: `regions.averaged` takes any list of `of_networks[name][region][0]`. Is anything\nlost?"),
("10-19","found = {name: regions.of_network","of_networks = {name: regions.of_network"),
("10-19","for of_one in found.values()","for of_one in of_networks.values()"),
("10-20","in found[name].items()","in of_networks[name].items()"),
])
book("notebooks/11_measurements.ipynb",[
("11-00","FASD, a program for the faces of children whose mothers drank in pregnancy, is one of them (Valentine et al. 2017).","Facial Dysmorphology Novel Analysis is one of them: from such numbers it tells signs of\nfetal alcohol spectrum disorders (FASD) in photographs of children (Valentine et al. 2017)."),
("11-18","Filled markers are found.","Filled markers are found. The intervals are not corrected for the number of tests, so one may keep clear of 0 and its\nmeasure not be found."),
("11-20","It takes measures for independent, which they are not, so it is too narrow.","It takes measures for independent, which they are not, so it is too narrow. *Undefined*: no measure was found."),
("11-26","In what the classes' mean shapes differ, drawn four times as large as it is.","In what the classes' mean shapes differ, drawn four times as large as it is.\n\n**What it does not show.** That a difference is a sign. These are the detector's landmarks, and age, sex, ancestry and chance are in them too."),
("11-29","each method against DTL2 on the first network, on the same test images","each method against DTL2 on the first network of the list (fixed beforehand; it need not be the best one), on the same test images"),
("11-31","did as well as a network" if False else "Whether landmarks alone do as well as a network that sees the whole picture.","Whether landmarks alone do as well as a network that sees the whole picture. The intervals are not corrected for the\nnumber of rows: one may miss 0 where `p_holm` says chance."),
("11-ex1","Add a row to `faces/measurements.csv`","Add a row to `facediag_utils/faces/measurements.csv`"),
("11-ex3","Leave the covariates out (`known = []`).","Give `norms.z_scores` an empty list of covariates, in both places."),
])
book("notebooks/12_explanations.ipynb",[
("12-11a","by at least half of what counts as wholly changed (datasheet).","by at least half of what counts as wholly changed (moved by 5 mm, recoloured\nas much, or hair gone; datasheet)."),
("12-13","so every class has a map for nothing:","so every class has a map at no further cost:"),
("12-16","That the places are right. See below.","That the places are right. These maps are not scored below, which is about the first network. Bright places off the\nface are a warning."),
("12-17","does the highest place lie on the mask?","does the highest place lie on the mask (of several equally high, the share that does)?"),
("12-17","a map that is the same everywhere, the outline of the head, a bell in the middle of the picture, the mean mask of the *training* faces,","a map that is the same everywhere (*uniform*), the outline of the head\n(*head*), a bell in the middle of the picture (*centred Gaussian*), the mean mask of the *training* faces,"),
("12-17","A map that loses to these has found the face and not the sign.","A map that loses to these tells less about where the signs are than a guess that never saw\nthe network."),
("12-30","What stays when nothing was learned comes from edges, skin and the middle of the face.","A Spearman near 0 means that the map changed, as it must. What\nstays, if anything, comes from edges, skin and the middle of the face. Where the AUC on the true signs is no higher with the trained network\nthan with a randomised one or with shuffled labels, what was learned did not bring the map nearer to the signs."),
("12-31","from the middle outwards, and in random blobs.","from the middle outwards, and in random blobs.\nCAM is left out: its few places give no order of a fifth of the face."),
("12-35","The dotted line says that:","The horizontal line (whole twin; grey: its 95% interval) says that:"),
("12-38","A mildly marked face should lose less than a marked one.","Faces that stay above zero are called ill without any sign. A mildly marked face should lose less than a marked one; where the interval of\nSpearman holds 0, these few faces cannot tell."),
("12-40","| ask which places *this network* used |","| ask which places *this network* used, and check the answer by swapping them |"),
("12-40","> A heat map shows where this network's answer comes from, not where a disease is. Research and teaching only.","> A heat map is meant to show where this network's answer comes from. Whether it does must be tested, and it never shows where a disease is.\n> Research and teaching only."),
("12-ex3","**A stricter mask.** Set `true_signs.MARKED = 0.25`.","**A wider mask.** Set `true_signs.MARKED = 0.25`, so that half as much change counts (the outlines in the figures stay as they are)."),
])
