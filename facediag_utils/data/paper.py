"""What the paper printed, as data: B. Jin, L. Cruz, N. Goncalves, "Deep Facial Diagnosis: Deep Transfer Learning
From Face Recognition to Facial Diagnosis", IEEE Access 8, 2020, doi:10.1109/ACCESS.2020.3005687.

Every number here was measured by the authors on their photographs (the DSF data set), none by this package.
"""

from dataclasses import dataclass
from typing import Final

#: The five classes in the paper's order, with the short names of its Figures 4 and 6.
CLASSES: Final[dict[str, str]] = {
    "beta_thalassemia": "D1",
    "hyperthyroidism": "D2",
    "down_syndrome": "D3",
    "leprosy": "D4",
    "control": "N0",
}
TITLES: Final[dict[str, str]] = {
    "beta_thalassemia": "Beta-thalassemia",
    "hyperthyroidism": "Hyperthyroidism",
    "down_syndrome": "Down syndrome",
    "leprosy": "Leprosy",
    "control": "Control",
}
#: Positive and negative class of the binary task (section IV.A).
BINARY: Final = ("beta_thalassemia", "control")
TRAIN_PER_CLASS: Final = 40  # section III.A: training to testing is 4:3
TEST_PER_CLASS: Final = 30
CLINICIANS_ACCURACY: Final = 0.845  # section IV.B, "an average accuracy of 84.5%" on the five-class task

#: Area under the ROC curves of Figure 5: VGG-Face by fine-tuning and by features and SVM (section IV.A).
AUC: Final[dict[str, float]] = {"DTL1": 0.969, "DTL2": 0.978}

#: Table 2, images by class and ancestry "distinguished by eyes".  The paper's column heads are Caucasoid, Mongoloid and
#: Negroid; this package says caucasian, asian and african.
TABLE_2: Final[dict[str, dict[str, int]]] = {
    "beta_thalassemia": {"caucasian": 9, "asian": 54, "african": 7},
    "hyperthyroidism": {"caucasian": 36, "asian": 28, "african": 6},
    "down_syndrome": {"caucasian": 48, "asian": 16, "african": 6},
    "leprosy": {"caucasian": 12, "asian": 37, "african": 21},
    "control": {"caucasian": 21, "asian": 40, "african": 9},
}


@dataclass(frozen=True)
class Row:
    """One row of Tables 3-6; percentages as printed, ``None`` where the table has no such column."""

    table: int
    method: str
    architecture: str
    pretraining: str
    flops: str
    accuracy: float
    precision: float | None = None
    sensitivity: float | None = None
    specificity: float | None = None
    f1: float | None = None


#: The paper's names for DTL1 and DTL2.
FINE_TUNING: Final = "Fine-tuning"
FEATURES_AND_SVM: Final = "Feature Extractor + SVM Linear"
_LINEAR, _CHI2, _TUNED, _SVM = "DSIFT + SVM Linear", "DSIFT + SVM Chi2", FINE_TUNING, FEATURES_AND_SVM
_BOTH = "VGGFace2 & MS-Celeb-1M"

#: Tables 3 and 4: beta-thalassemia against control, 60 test images.
BINARY_ROWS: Final[tuple[Row, ...]] = (
    Row(3, _LINEAR, "", "N", "1.28G", 71.7, 67.6, 83.3, 60.0, 74.6),
    Row(3, _CHI2, "", "N", "1.28G", 68.3, 65.7, 76.7, 60.0, 70.8),
    Row(3, _TUNED, "AlexNet", "ImageNet", "723M", 76.7, 86.4, 63.3, 90.0, 73.1),
    Row(3, _TUNED, "AlexNet", "VGG-Face", "723M", 80.0, 72.5, 96.7, 63.3, 82.9),
    Row(3, _TUNED, "VGG16", "ImageNet", "15.47G", 78.3, 75.8, 83.3, 73.3, 79.4),
    Row(3, _TUNED, "VGG16", "VGG-Face", "15.47G", 93.3, 93.3, 93.3, 93.3, 93.3),
    Row(3, _TUNED, "ResNet50", "ImageNet", "3.87G", 75.0, 77.8, 70.0, 80.0, 73.7),
    Row(3, _TUNED, "ResNet50", "VGG-Face", "3.87G", 91.7, 100.0, 83.3, 100.0, 90.9),
    Row(4, _SVM, "AlexNet", "ImageNet", "723M", 90.0, 87.5, 93.3, 86.7, 90.3),
    Row(4, _SVM, "AlexNet", "VGG-Face", "723M", 85.0, 86.2, 83.3, 86.7, 84.7),
    Row(4, _SVM, "VGG16", "ImageNet", "15.47G", 88.3, 84.8, 93.3, 83.3, 88.8),
    Row(4, _SVM, "VGG16", "VGG-Face", "15.47G", 95.0, 90.9, 100.0, 90.0, 95.2),
    Row(4, _SVM, "ResNet50", "ImageNet", "3.87G", 91.7, 93.1, 90.0, 93.2, 91.5),
    Row(4, _SVM, "ResNet50", "VGG-Face", "3.87G", 86.7, 95.8, 76.7, 96.7, 85.2),
)
#: Tables 5 and 6: five classes, 150 test images.
MULTICLASS_ROWS: Final[tuple[Row, ...]] = (
    Row(5, _LINEAR, "", "N", "1.28G", 49.3),
    Row(5, _CHI2, "", "N", "1.28G", 54.0),
    Row(5, _TUNED, "AlexNet", "ImageNet", "723M", 66.0),
    Row(5, _TUNED, "AlexNet", "VGG-Face", "723M", 73.3),
    Row(5, _TUNED, "VGG16", "ImageNet", "15.47G", 72.0),
    Row(5, _TUNED, "VGG16", "VGG-Face", "15.47G", 86.7),
    Row(5, _TUNED, "ResNet50", "ImageNet", "3.87G", 77.3),
    Row(5, _TUNED, "ResNet50", "VGG-Face", "3.87G", 82.0),
    Row(5, _SVM, "AlexNet", "ImageNet", "724M", 78.0),
    Row(5, _SVM, "AlexNet", "VGG-Face", "724M", 86.0),
    Row(5, _SVM, "VGG16", "ImageNet", "15.47G", 78.0),
    Row(5, _SVM, "VGG16", "VGG-Face", "15.47G", 93.3),
    Row(5, _SVM, "ResNet50", "ImageNet", "3.87G", 86.7),
    Row(5, _SVM, "ResNet50", "VGG-Face", "3.87G", 88.7),
    Row(6, _SVM, "ResNet50", "VGGFace2", "3.87G", 82.0),
    Row(6, _SVM, "SE-ResNet50", "VGGFace2", "3.88G", 84.7),
    Row(6, _SVM, "ResNet50", _BOTH, "3.87G", 92.7),
    Row(6, _SVM, "SE-ResNet50", _BOTH, "3.88G", 90.0),
)
