import facediag_utils, sys
from facediag_utils.methods import fingerprint, recipe
from functools import partial
fingerprint.Recipe=partial(recipe.Recipe,new_layer_rate=5e-5)
for n in sys.argv[1:]:
    print(n, next(fingerprint.network(n)), flush=True)
