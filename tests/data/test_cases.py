"""People and their photographs: whose are put together, how many, and in which order."""

from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from facediag_utils.core.profiles import Profile
from facediag_utils.data import cases
from facediag_utils.data.cohort import Cohort


def of(counts, labels=None, split="test", order=None):
    """A cohort in name only: so many photographs of each subject."""
    rows = [
        {"subject": f"s{k}", "label": labels[k] if labels else "ill", "split": split, "image": f"{k:02d}/{n}"}
        for k, count in enumerate(counts)
        for n in range(count)
    ]
    table = pd.DataFrame(rows)
    table["sha256"] = [f"{number * 7919 % 1009:04d}{number}" for number in range(len(table))]
    if order is not None:
        table = table.iloc[order].reset_index(drop=True)
    return Cohort(Profile("x", "x", Path("x")), ("ill", "well"), table)


def test_each_rendered_test_person_has_three_photographs(bundled):
    found = cases.gather(bundled)
    test = bundled.part("test").table
    assert found.rows.shape == (150, 3) and found.several and len(found.photographs) == 450
    assert found.table["image"].tolist() == test["image"].tolist()  # people in the order of the cohort
    for column in ("subject", "label", "severity"):
        of_each = found.of(found.photographs.table[column].to_numpy())
        assert (of_each == of_each[:, :1]).all() and (of_each[:, 0] == test[column]).all()
    own = found.rows == found.named[:, None]
    assert (own.sum(axis=1) == 1).all() and (own.mean(axis=0) > 0.25).all()  # anywhere, as if drawn


def test_most_photographs_that_enough_people_have():
    assert cases.gather(of([4] * 10 + [2] * 30)).rows.shape == (10, 3)
    assert cases.gather(of([4] * 9 + [2] * 30)).rows.shape == (39, 2)
    alone = cases.gather(of([4] * 9))
    assert alone.rows.shape == (36, 1) and not alone.several and alone.named.tolist() == list(range(36))


def test_a_person_of_two_classes_is_two_and_nobody_is_nobodys_brother():
    images = of([2] * 10, labels=["ill"] * 10)
    assert cases.gather(images).several
    images.table.loc[1::2, "label"] = "well"
    assert not cases.gather(images).several
    unknown = of([2] * 13)
    unknown.table.loc[20:, "subject"] = np.nan
    assert cases.gather(unknown).rows.shape == (10, 2)
    assert not cases.gather(Cohort(images.profile, images.classes, of([2] * 10).table.drop(columns="subject"))).several


def test_training_images_are_in_no_case():
    both = pd.concat([of([2] * 10).table, of([5] * 20, split="train").table], ignore_index=True)
    found = cases.gather(Cohort(Profile("x", "x", Path("x")), ("ill", "well"), both))
    assert found.rows.shape == (10, 2) and set(found.photographs.table["split"]) == {"test"}


@given(st.permutations(range(40)))
def test_the_order_of_the_manifest_changes_nobodys_photographs(order):
    def by_person(found):
        digests = found.of(found.photographs.table["sha256"].to_numpy())
        return dict(zip(found.table["subject"], digests.tolist(), strict=True))

    assert by_person(cases.gather(of([4] * 10, order=list(order)))) == by_person(cases.gather(of([4] * 10)))
