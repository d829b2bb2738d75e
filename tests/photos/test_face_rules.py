"""What the face model's numbers mean, and which boxes become proposals."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pytest

from liff_app.photos import face_rules
from liff_app.photos.face_rules import Face, Outputs
from liff_app.photos.rules import boxes_fault

COLUMNS, ROWS = 10, 5
Cell = tuple[float, float, float, float, float]  # score, log height, log width, down, right


def outputs(cells: Mapping[tuple[int, int], Cell]) -> Outputs:
    """A tensor of 5 × 10 cells, cold but for these (row, column)."""
    rows = [[0.01, 0.0, 0.0, 0.0, 0.0] for _ in range(COLUMNS * ROWS)]
    for (row, column), cell in cells.items():
        rows[row * COLUMNS + column] = list(cell)
    heat, high, wide, down, right = zip(*rows, strict=True)
    return Outputs(
        columns=COLUMNS, heat=heat, log_height=high, log_width=wide, down=down, right=right
    )


def test_a_cell_tells_the_middle_and_the_size_of_a_face() -> None:
    told = outputs({(2, 4): (0.9, math.log(3), math.log(2), 0.25, -0.5)})
    (face,) = face_rules.decoded(told)
    # the middle: column 4 - 0.5 + 0.5 = 4 of 10, row 2 + 0.25 + 0.5 = 2.75 of 5
    assert face.box == pytest.approx((0.3, 0.25, 0.2, 0.6))
    assert face.score == 0.9


def test_a_face_over_the_edge_is_cut_at_the_edge() -> None:
    (face,) = face_rules.decoded(outputs({(0, 9): (0.9, math.log(4), math.log(4), 0.0, 0.0)}))
    assert face.left == pytest.approx(0.75)
    assert face.left + face.width == pytest.approx(1.0)
    assert face.top == 0.0
    assert face.height == pytest.approx(2.5 / ROWS)


@pytest.mark.parametrize(
    "cell",
    [
        (0.29, 0.0, 0.0, 0.0, 0.0),
        (math.nan, 0.0, 0.0, 0.0, 0.0),
        (0.9, math.nan, 0.0, 0.0, 0.0),
        (0.9, 0.0, 9.0, 0.0, 0.0),
        (0.9, 1e300, 0.0, 0.0, 0.0),
        (0.9, 0.0, 0.0, math.inf, 0.0),
        (0.9, 0.0, 0.0, 0.0, 50.0),
    ],
)
def test_a_cell_that_is_unsure_or_senseless_is_no_face(cell: Cell) -> None:
    assert face_rules.decoded(outputs({(2, 4): cell})) == []


def test_cells_of_the_same_face_become_one_and_the_surest_stays() -> None:
    near = {(2, 3): (0.5, 1.2, 1.2, 0.0, 0.4), (2, 4): (0.8, 1.2, 1.2, 0.0, 0.0)}
    far = {(2, 9): (0.4, 0.0, 0.0, 0.0, 0.0)}
    faces = face_rules.distinct(face_rules.decoded(outputs(near | far)))
    assert [face.score for face in faces] == [0.8, 0.4]


def test_never_more_faces_than_a_copy_can_hide() -> None:
    crowd = [Face(at / 100, 0.0, 0.005, 0.1, at / 100) for at in range(90)]
    kept = face_rules.distinct(crowd)
    assert len(kept) == face_rules.MOST_FACES
    assert kept[0].score == 0.89


def test_a_proposal_is_wider_than_the_face_and_inside_the_picture() -> None:
    boxes = face_rules.proposed([Face(0.4, 0.4, 0.2, 0.2, 0.9), Face(0.0, 0.0, 1.0, 1.0, 0.8)], ())
    assert boxes[0] == pytest.approx((0.37, 0.37, 0.26, 0.26))
    assert boxes[1] == (0.0, 0.0, 1.0, 1.0)
    assert not boxes_fault(boxes)


def test_a_face_that_is_hidden_already_is_not_proposed_again() -> None:
    face = Face(0.4, 0.4, 0.2, 0.2, 0.9)
    (box,) = face_rules.proposed([face], ())
    assert face_rules.proposed([face], (box,)) == []
    assert face_rules.proposed([face], ((0.4, 0.4, 0.05, 0.05),)) == [box]


def test_boxes_are_numbered_as_one_reads() -> None:
    low, right, left = (0.1, 0.5, 0.1, 0.1), (0.6, 0.2, 0.1, 0.1), (0.1, 0.2, 0.1, 0.1)
    assert face_rules.in_reading_order([low, right, left]) == [left, right, low]


@pytest.mark.parametrize(
    "told",
    [
        None,
        "faces",
        [None, [], [0.1, 0.1, 0.1, 0.1], ["a", 0.1, 0.1, 0.1, 0.1]],
        [[math.nan, 0.1, 0.1, 0.1, 0.9], [2.0, 2.0, 0.5, 0.5, 0.9], [0.5, 0.5, -0.2, 0.1, 0.9]],
    ],
)
def test_a_finder_that_tells_nonsense_is_not_believed(told: object) -> None:
    assert face_rules.believed(told) == []


def test_a_finder_is_believed_up_to_the_edge_and_to_the_limit() -> None:
    (face,) = face_rules.believed([[-1.0, 0.5, 1.5, 2.0, 7.0]])
    assert face.box == (0.0, 0.5, 0.5, 0.5)
    assert len(face_rules.believed([[0.1, 0.1, 0.1, 0.1, 0.5]] * 500)) == face_rules.MOST_FACES


@pytest.mark.parametrize(
    ("size", "longer", "shown"),
    [
        ((1600, 1200), 1600, (1600, 1216)),
        ((1200, 1600), 640, (480, 640)),
        ((1, 3000), 64, (32, 64)),
    ],
)
def test_a_picture_is_shown_in_sides_that_the_network_takes(
    size: tuple[int, int], longer: int, shown: tuple[int, int]
) -> None:
    assert face_rules.input_size(*size, longer) == shown
