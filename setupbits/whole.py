"""A whole training: SHA-256 of its averaged weights, its history and its predictions.  python whole.py NAME TASK [EPOCHS]; resumes."""
import facediag_utils, sys, time, hashlib, json
from pathlib import Path
import numpy as np
from facediag_utils.core import pin
from facediag_utils.methods import dtl1
from facediag_utils.methods.devices import one_thread
from facediag_utils.methods.recipe import Recipe
from facediag_utils.methods.trained_model import state_digest
from facediag_utils.methods.training import fine_tune
name, task = sys.argv[1:3]
got = np.load(f"/tmp/h/setupbits/chips-{name}-{task}.npz"); chips, train, seen = got["chips"], got["train"], got["seen"]
epochs = int(sys.argv[3]) if len(sys.argv) > 3 else dtl1.epochs(24, len(train))
print(pin.word() or "pinned", name, task, epochs, "epochs", len(train), "images", time.strftime("%T"), flush=True)
with one_thread():
    tuned = fine_tune(name, lambda: chips, (np.arange(len(train)), train), (len(train) + np.arange(len(seen)), seen), int(train.max()) + 1, Recipe(epochs=epochs), 0, Path(sys.argv[4]) if len(sys.argv) > 4 else None)
print("weights", state_digest(tuned.averaged))
print("history", hashlib.sha256(json.dumps(tuned.history).encode()).hexdigest())
print("logits ", hashlib.sha256(tuned.best_logits.tobytes()).hexdigest(), "best epoch", tuned.best_epoch, time.strftime("%T"), flush=True)
