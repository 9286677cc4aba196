"""EfficientNet-Lite0's rate on training images alone: four fifths train, a fifth is looked at; python rates.py EPOCHS RATES... """
import facediag_utils, sys, numpy as np, torch, time
from facediag_utils.core import profiles
from facediag_utils.data import cohort
from facediag_utils.faces import alignment, detection
from facediag_utils.methods import dtl1
from facediag_utils.methods.devices import one_thread
from facediag_utils.methods.recipe import Recipe
from facediag_utils.methods.training import predict, errors
from facediag_utils.networks import registry
name, usual, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]); rates = [float(a) for a in sys.argv[4:]]
images = cohort.load(profiles.profile("bundled")); faces = detection.find_faces(images)
rec = registry.get(name)
for task in cohort.tasks(images)[::-1]:
    learnt = int(((images.table["split"] == "train") & images.table["label"].isin(task.classes)).sum())
    for rate in rates:
        job = dtl1.Job(name, task, Recipe(epochs=dtl1.epochs(usual, learnt), learning_rate=rate), training=seed, aside=True)
        began = time.time()
        try:
            with one_thread():
                _, tuned = dtl1.run(job, images, faces)
        except Exception as error:
            print(task.name, rate, error, flush=True); continue
        plan = dtl1._plan(job, images, faces, 0)
        pics = alignment.aligned_chips(images, faces, rec.input_size, rec.crop)
        with one_thread():
            held = errors(predict(tuned.averaged, pics, plan.seen, rec), torch.from_numpy(plan.numbers[plan.seen]))
        last = tuned.history[-2]
        print(name, task.name, job.recipe.epochs, "epochs, rate", rate, "seed", seed, f"train at the end {last['objective']:.3f} {last['top1']:.3f}; held out, averaged: {held['objective']:.3f} {held['top1']:.3f}; {time.time()-began:.0f} s", flush=True)
