import facediag_utils, sys, tempfile
from pathlib import Path
sys.path[:0]=["tests","tests/evaluation","tests/figures"]
import numpy as np
import test_claims as C, test_tables as T, test_paired_tests as P
from facediag_utils.evaluation import claims, metrics, trainings, paired_tests
from facediag_utils.figures import tables
from facediag_utils.evaluation.interval import Interval
def go(name, test, *args):
    try: test(*args); print(name, "PASSED")
    except Exception as e: print(name, "fails:", type(e).__name__)
def planted(owner, attribute, value, *tests):
    old=getattr(owner,attribute); setattr(owner,attribute,value)
    for t,*a in tests: go(f"{attribute} -> {t.__name__}",t,*a)
    setattr(owner,attribute,old)
    for t,*a in tests: go(f"   mended {t.__name__}",t,*a)
tmp=Path(tempfile.mkdtemp())
planted(claims,"holm",lambda p: np.asarray(p,float),(C.test_holms_correction_is_over_the_pairs_of_all_tasks,))
planted(claims,"_agree",lambda *a: True,(C.test_every_network_of_faces_meets_every_network_of_objects_by_the_same_method,),(C.test_more_face_data_can_be_told_by_one_architecture_only,))
planted(claims,"NOTHING","zzz",(C.test_an_epoch_chosen_on_test_images_and_untrained_copies_take_no_side,tmp))
planted(claims,"compare",lambda a,b: paired_tests.paired_test(a[0],b[0]),(C.test_several_trainings_are_all_heard,))
planted(tables,"_place",lambda key: key,(T.test_networks_of_faces_stand_before_those_of_objects_and_untrained_ones,))
planted(metrics,"interval_of",lambda row,m: Interval(row[m],row[m+"_low"],row[m+"_high"],row.get(m+"_count","")),(T.test_of_several_trainings_a_share_without_a_count_has_none,))
planted(tables,"PAPER","x",(T.test_table_3_has_the_papers_row_above_the_same_of_ours_and_then_others,))
planted(trainings,"between",lambda v:(0.0,0),(P.test_areas_of_several_trainings_hold_how_much_these_differ,))
