import sys; sys.path.insert(0,"/tmp/h/sift")
from nb import *
p,nb=load("04_dtl1_finetuning"); c=nb.cells
print([x.get("id") for x in c])
sub(c[5],('''A fifth
of the training images could choose the epoch instead, but so few images choose by luck: of two classes only sixteen are left aside,
and one of them is 6%. The mean of many weights (Polyak and Juditsky 1992) is steadier, and nothing is lost to the choice.''',
'''A fifth
of the training images could choose the epoch instead, but few images choose by luck: of sixteen, one is 6%. The mean of many
weights (Polyak and Juditsky 1992) is steadier, and no training image is lost to the choice.'''))
sub(c[6],('''kept = dtl1.Job(
    face_network, tasks[-1], recipes[face_network, tasks[-1].name], aside=True
)  # its network is kept in a file
others = [name for name, record in networks.items() if record.learning_rate != 5e-5]
rates = []  # for the last figure
for name in others:
    brief = replace(recipes[name, tasks[0].name], epochs=4)
    rates += [
        dtl1.Job(name, tasks[0], replace(brief, learning_rate=rate), aside=True) for rate in (5e-5, brief.learning_rate)
    ]''','''last = tasks[-1]
kept = dtl1.Job(face_network, last, recipes[face_network, last.name], aside=True)  # its network is kept in a file
others = [name for name, record in networks.items() if record.learning_rate != 5e-5]
rates = []  # for the last figure
for name in others:
    brief = replace(recipes[name, tasks[0].name], epochs=4)
    for rate in (5e-5, brief.learning_rate):
        rates.append(dtl1.Job(name, tasks[0], replace(brief, learning_rate=rate), aside=True))
print(len(jobs), "trainings,", len(rates) + 1, "more on four fifths of the training images")'''))
c[7].source='''everything = [*jobs, kept, *rates]
outcomes = dtl1.run_all(everything, images, faces, seed, kept)
store.save(profile, *(said for predictions, _ in outcomes for said in predictions))
dtl1.save_curves(profile, everything, outcomes)
tuned = {}
for job, (_, training) in zip(jobs, outcomes, strict=False):  # the jobs come first
    tuned.setdefault((job.backbone, job.task.name, job.method), []).append(training)
left_aside = [training for _, training in outcomes[len(jobs) :]]'''
sub(c[9],('''last = tasks[-1]
''',''))
new=code('''ended = left_aside[0].curves()
ended[ended["epoch"] == ended["epoch"].max()].round(4)''',"aside-end")
c.insert(12,new)
untag(c[15]); untag(c[21])
sub(c[27],('`facediag_utils.methods.augmentation`','`facediag_utils.methods.recipe`'))
for x in c:
    if x.cell_type=="code": assert "nbval-ignore-output" not in x.metadata.get("tags",[])
write(p,nb)
