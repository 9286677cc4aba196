import facediag_utils, sys
sys.path.insert(0,"tests")
import bench
bench.fine_tuning("dlib_resnet29")
