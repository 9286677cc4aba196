import numpy as np
from facediag_utils.core import profiles
from facediag_utils.data import cohort, ground_truth, splitting, store
from facediag_utils.data.store import Method
from facediag_utils.evaluation import feature_map, metrics
from facediag_utils.evaluation.interval import wilson_interval
from facediag_utils.faces import detection
from facediag_utils.figures import curves, style, tables
from facediag_utils.methods import dtl2, svm
from facediag_utils.networks import registry
