"""What every store must do with points: a part of ``pellucid.testing.store``."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pellucid.base.ids import new_id
from pellucid.base.points import EMPTY, POINT_SIZE, SINGLE_VALUE_ITERATION, VOID
from pellucid.store.api import Store
from pellucid.store.errors import BadQueryError, NotFoundError
from pellucid.store.records import Query
from pellucid.store.series import md5
from pellucid.testing.store_model import ModelTask
from pellucid.testing.store_samples import (
    LATER,
    NAMES,
    NOON,
    Slot,
    a_plot,
    a_task,
    curve_of,
    lines,
    points,
    slots,
    summary_of,
    without_writer,
)

NAN = math.nan


class PointsTests:
    """Points and the summaries of their series."""

    def test_points_come_back_by_series(self, store: Store, other: Store, task: str) -> None:
        """With their types; times in milliseconds."""
        content = [(0, 5_999_999, 1.5, 1), (0, 6_000_000, 0.25, 2), (1, 7_000_000, -math.inf, 1)]
        store.events.append(task, [points(content)], LATER)

        curves = other.events.points(task)
        assert list(curves) == [("loss", "test"), ("loss", "train")]
        train = curves["loss", "train"]
        assert [train.iteration.dtype, train.time.dtype, train.value.dtype] == [np.int64, np.int64, np.float64]
        assert train.iteration.tolist() == [0, 1]
        assert train.time.tolist() == [5, 7]
        assert train.value.tolist() == [1.5, -math.inf]

    def test_a_repeated_iteration_has_its_most_recent_value(self, store: Store, task: str) -> None:
        """By time, across blocks and within one; of the same time, the one stored last."""
        store.events.append(task, [points([(2, 50, 1.0, 1), (1, 50, 2.0, 1), (2, 50, 3.0, 1)])], NOON)
        store.events.append(task, [points([(1, 49, 4.0, 1), (2, 51, 5.0, 1)])], NOON)

        assert curve_of(store) == [(1, 2.0), (2, 5.0)]

    def test_a_summary_looks_at_every_value(self, store: Store, task: str) -> None:
        """Also at those that a later one has replaced; equal values do not move an extreme."""
        store.events.append(task, [points(slots([2.0, -1.0, 4.0, -1.0]))], NOON)
        store.events.append(task, [points(slots([4.0, 9.0, 0.5], first=2))], NOON)

        summary = summary_of(store)
        assert (summary.first, summary.first_iteration) == (2.0, 0)
        assert (summary.least, summary.least_iteration) == (-1.0, 1)
        assert (summary.greatest, summary.greatest_iteration) == (9.0, 3)
        assert (summary.last, summary.last_iteration, summary.last_time) == (0.5, 4, 4)
        assert (summary.count, summary.total) == (7, 17.5)

    def test_the_last_value(self, store: Store, task: str) -> None:
        """Of a block, that of the greatest (iteration, time); of blocks, the last one's: a run may begin anew."""
        store.events.append(task, [points([(5, 10, 1.0, 1), (5, 9, 2.0, 1)])], NOON)
        assert summary_of(store).last == 1.0
        store.events.append(task, [points([(3, 9, 4.0, 1), (4, 99, 3.0, 1), (4, 98, 5.0, 1)])], NOON)
        assert (summary_of(store).last, summary_of(store).last_iteration) == (3.0, 4)

    def test_nan_counts_but_is_no_extreme(self, store: Store, task: str) -> None:
        """A series of NaN alone has none, until a number comes."""
        store.events.append(task, [points(slots([NAN, NAN]))], NOON)
        first = summary_of(store)
        store.events.append(task, [points(slots([3.0, NAN], first=2))], NOON)
        second = summary_of(store)

        assert math.isnan(first.first)
        assert math.isnan(first.last)
        assert (first.least, first.greatest_iteration, first.count) == (None, None, 2)
        assert (second.least, second.greatest, second.greatest_iteration, second.count) == (3.0, 3.0, 2, 4)
        assert math.isnan(second.total)
        assert [math.isnan(value) for _, value in curve_of(store)] == [True, True, False, True]

    @pytest.mark.parametrize("number", [EMPTY, VOID])
    def test_slots_without_a_point_are_passed_over(self, store: Store, task: str, number: int) -> None:
        """They have a position, though, which is acknowledged."""
        content = [(0, 0, 1.0, 1), (9, 9, 9.0, number), (1, 0, 2.0, 1)]

        assert store.events.append(task, [points(content, writer="w")], NOON) == {"w": 3}
        assert store.events.append(task, [points(content[1:2], writer="w", offset=3)], NOON) == {"w": 4}
        assert curve_of(store) == [(0, 1.0), (1, 2.0)]
        assert store.tasks.get(task).last_iteration == 1

    def test_numbers_belong_to_their_block(self, store: Store, task: str) -> None:
        """The same number may name another series in the next block, and two numbers the same one."""
        store.events.append(task, [points(slots([1.0]), names={1: NAMES[1]})], NOON)
        both = [*slots([2.0], number=7, first=1), *slots([3.0], number=2**32 - 2, first=2)]
        store.events.append(task, [points(both, names={7: NAMES[1], 2**32 - 2: NAMES[1], 1: NAMES[2]})], NOON)

        assert curve_of(store) == [(0, 1.0), (1, 2.0), (2, 3.0)]
        assert list(store.events.points(task)) == [NAMES[1]]

    @pytest.mark.parametrize(
        ("value", "total"), [(1.5e308, math.inf), (-1.5e308, -math.inf), (math.inf, math.inf), (0.5e308, 1e308)]
    )
    def test_a_sum_beyond_the_greatest_float_is_infinite(
        self, store: Store, task: str, value: float, total: float
    ) -> None:
        """Reported apart, so that the database adds."""
        for step in range(2):
            store.events.append(task, [points(slots([value], first=step))], NOON)

        assert summary_of(store).total == total

    @pytest.mark.parametrize("name", ["", "a/b", "ü ✓", "x" * 5000, "\x01\x7f"])
    def test_any_text_names_a_series(self, store: Store, task: str, name: str) -> None:
        """Titles and series are texts of users."""
        store.events.append(task, [points(slots([1.0]), names={1: (name, name)})], NOON)

        assert list(store.events.points(task)) == [(name, name)]

    def test_many_series(self, store: Store, task: str) -> None:
        """More of them in one block than fit into eight bits."""
        count = 300
        names = {number: ("many", str(number)) for number in range(1, count + 1)}
        content = [(0, 0, float(number), number) for number in names]
        store.events.append(task, [points(content, names=names)], NOON)

        summaries = store.events.summaries([task])[task]
        assert len(summaries) == count
        assert all(summary.last == float(summary.series) for summary in summaries)

    def test_single_values_are_no_curve(self, store: Store, task: str) -> None:
        """They have no iteration; they are summaries."""
        names = {1: ("Summary", "best"), 2: NAMES[1]}
        for value in (0.5, 0.75):
            block = points([(SINGLE_VALUE_ITERATION, 0, value, 1), (3, 0, 1.0, 2)], names=names)
            store.events.append(task, [block], NOON)

        assert list(store.events.points(task)) == [NAMES[1]]
        assert [(each.series, each.last, each.count) for each in store.events.single_values(task)] == [
            ("best", 0.75, 2)
        ]

    def test_summaries_of_several_tasks(self, store: Store, task: str) -> None:
        """By title and series; tasks that have reported nothing are left out."""
        store.tasks.create(a_task("quiet"))
        store.tasks.create(a_task("second"))
        store.events.append(task, [points([(0, 0, 1.0, number) for number in (1, 2, 3)])], NOON)
        store.events.append("second", [points(slots([1.0]))], NOON)

        found = store.events.summaries([task, "quiet", "second", "unknown"])
        assert {key: [(each.title, each.series) for each in series] for key, series in found.items()} == {
            task: [("accuracy", "test"), ("loss", "test"), ("loss", "train")],
            "second": [("loss", "train")],
        }
        wanted = [(md5("loss"), md5("test")), (md5("no"), md5("such"))]
        some = store.events.summaries([task, "second"], wanted)
        assert {key: [(each.title, each.series) for each in series] for key, series in some.items()} == {
            task: [("loss", "test")]
        }

    @pytest.mark.parametrize(
        ("field", "descending", "found"),
        [
            ("value", False, "bacmn"),
            ("value", True, "cabmn"),
            ("min_value", False, "abcmn"),
            ("max_value", True, "bcamn"),
            ("no_such", False, "abcmn"),
        ],
    )
    def test_tasks_are_ordered_by_a_metric(self, store: Store, field: str, descending: bool, found: str) -> None:
        """Those that lack it come last in either direction; pages may end anywhere."""
        for task, values in {"n": [], "m": [NAN], "c": [2.0, 3.0], "a": [1.0, 2.0], "b": [4.0, 1.5]}.items():
            store.tasks.create(a_task(task))
            store.events.append(task, [points(slots(values))], NOON)
        title, series = (md5(name) for name in NAMES[1])

        query = Query(order_by=[(f"last_metrics.{title}.{series}.{field}", descending)])
        assert "".join(task.id for task in store.tasks.find(query)) == found
        for offset in range(6):
            page = store.tasks.find(replace(query, offset=offset, limit=2))
            assert "".join(task.id for task in page) == found[offset : offset + 2]

    @pytest.mark.parametrize(
        ("title", "iteration", "reached"),
        [
            ("loss", 7, 7),
            ("loss", -3, 0),
            ("loss", 2**62, 2**62),
            (":monitor:gpu", 7, 0),
            ("Summary", SINGLE_VALUE_ITERATION, 0),
        ],
    )
    def test_the_last_iteration_rises(self, store: Store, task: str, title: str, iteration: int, reached: int) -> None:
        """Neither machine statistics nor single values move it; it never falls."""
        store.events.append(task, [points([(iteration, 0, 1.0, 1)], names={1: (title, "s")})], LATER)
        assert store.tasks.get(task) == a_task(last_iteration=reached, last_update=LATER, last_change=LATER)

        store.events.append(task, [points([(0, 0, 1.0, 1)])], LATER)
        assert store.tasks.get(task).last_iteration == reached

    def test_clearing_forgets_everything(self, store: Store, task: str) -> None:
        """Also how far the writers were; other tasks keep theirs."""
        store.tasks.create(a_task("kept"))
        blocks = [points(slots([1.0, 2.0]), writer="w"), lines("hello", writer="l"), without_writer(a_plot(1))]
        for each in (task, "kept"):
            store.events.append(each, blocks, NOON)
        store.tasks.reset(task, lambda old: old, NOON)

        assert store.events.points(task) == {}
        assert store.events.summaries([task]) == {}
        assert (store.events.log_count(task), store.events.count(task)) == (0, 0)
        assert (len(curve_of(store, "kept")), store.events.log_count("kept"), store.events.count("kept")) == (2, 1, 1)
        store.events.append(task, blocks, NOON)
        assert len(curve_of(store)) == 2


class ExactlyOnceTests:
    """Requests that are repeated, that overlap, or that are refused."""

    def test_a_repeated_request_changes_nothing(self, store: Store, other: Store, task: str) -> None:
        """Not even the time of the last update; its answer is the same."""
        request = [points(slots([1.0, 2.0]), writer="points"), lines("a", "b", writer="lines")]
        first = store.events.append(task, request, NOON)
        before = (store.tasks.get(task), store.events.summaries([task]), store.events.log(task, limit=9))
        again = other.events.append(task, request, LATER)

        assert first == again == {"points": 2, "lines": 2}
        assert (store.tasks.get(task), store.events.summaries([task]), store.events.log(task, limit=9)) == before

    def test_of_an_overlapping_request_the_rest_is_stored(self, store: Store, task: str) -> None:
        """Slots and lines alike."""
        store.events.append(task, [points(slots([0.0, 1.0]), writer="p"), lines("1", "2", writer="l")], NOON)
        rest = [points(slots([1.0, 2.0, 3.0], first=1), writer="p", offset=1), lines("2", "3", writer="l", first=2)]

        assert store.events.append(task, rest, NOON) == {"p": 4, "l": 3}
        assert curve_of(store) == [(0, 0.0), (1, 1.0), (2, 2.0), (3, 3.0)]
        assert summary_of(store).count == 4
        assert [line.message for line in store.events.log(task, limit=9)] == ["1", "2", "3"]

    def test_blocks_of_one_request_may_overlap(self, store: Store, task: str) -> None:
        """The second is judged by where the first has got."""
        blocks = [points(slots([0.0, 1.0]), writer="w"), points(slots([1.0, 2.0], first=1), writer="w", offset=1)]

        assert store.events.append(task, blocks, NOON) == {"w": 3}
        assert summary_of(store).count == 3

    def test_a_writer_may_leave_something_out(self, store: Store, task: str) -> None:
        """What it begins with later is taken as it is."""
        assert store.events.append(task, [points(slots([1.0]), writer="w", offset=10)], NOON) == {"w": 11}
        assert store.events.append(task, [points(slots([9.0]), writer="w", offset=5)], NOON) == {"w": 11}
        assert curve_of(store) == [(0, 1.0)]

    def test_writers_do_not_know_each_other(self, store: Store, task: str) -> None:
        """Neither within a task nor across tasks."""
        store.tasks.create(a_task("second"))
        for target, writer in ((task, "w"), (task, "v"), ("second", "w")):
            assert store.events.append(target, [points(slots([1.0]), writer=writer)], NOON) == {writer: 1}

        assert (summary_of(store).count, summary_of(store, "second").count) == (2, 1)

    def test_what_has_no_writer_is_always_stored(self, store: Store, task: str) -> None:
        """And not acknowledged by name."""
        for _ in range(2):
            assert store.events.append(task, [points(slots([1.0])), lines("line")], NOON) == {}

        assert (summary_of(store).count, store.events.log_count(task)) == (2, 2)

    @pytest.mark.parametrize(
        "change",
        [
            {"data": b"no zstd"},
            {"data": b""},
            {"data": zstandard.compress(b"x" * (3 * POINT_SIZE - 1))},
            {"data": zstandard.compress(b"x" * (4 * POINT_SIZE))},
            {"data": zstandard.compress(bytes(1 << 30))},
            {"data": zstandard.ZstdCompressor(write_content_size=False).compress(bytes(1 << 30))},
            {"data": zstandard.ZstdCompressor(write_content_size=False).compress(bytes(2 * POINT_SIZE))},
            {"data": zstandard.compress(bytes(3 * POINT_SIZE))[:-2]},
            {"data": zstandard.compress(bytes(3 * POINT_SIZE)) + b"more"},
            {"count": 2},
            {"count": -1},
            {"count": 1 << 60},
            {"offset": -1},
            {"series": {}},
            {"series": {2: NAMES[2]}},
        ],
        ids=lambda change: "-".join(change),
    )
    def test_malformed_points_change_nothing(self, store: Store, task: str, change: dict[str, object]) -> None:
        """Nor do the sound blocks of the same request."""
        sound = points(slots([1.0, 2.0, 3.0]), writer="w")
        broken = replace(sound, writer="v", **change)  # type: ignore[arg-type]

        with pytest.raises(BadQueryError, match="points"):
            store.events.append(task, [sound, lines("line"), broken], LATER)
        assert store.tasks.get(task) == a_task()
        assert (store.events.points(task), store.events.log_count(task)) == ({}, 0)
        assert store.events.append(task, [sound], NOON) == {"w": 3}

    def test_an_unknown_task_is_refused(self, store: Store) -> None:
        """By name."""
        with pytest.raises(NotFoundError, match="task 'none'"):
            store.events.append("none", [points(slots([1.0]))], NOON)

    def test_nothing_to_store(self, store: Store, task: str) -> None:
        """Is no change."""
        assert store.events.append(task, [], LATER) == {}
        assert store.events.append(task, [points([], writer="w"), lines(writer="l")], LATER) == {"w": 0, "l": 0}
        assert store.tasks.get(task) == a_task()

    @settings(
        max_examples=60,
        deadline=None,
        # The suite runs once for each database, with a store for each test.
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
    )
    @given(data=st.data())
    def test_any_requests_match_the_model(self, store: Store, data: st.DataObject) -> None:
        """Slots of several writers in requests that repeat, overlap and leave out."""
        task = new_id()
        store.tasks.create(a_task(task))
        model = ModelTask(NAMES)
        streams = {writer: data.draw(_STREAM) for writer in ("w", "v", None)}
        for _ in range(data.draw(st.integers(1, 6))):
            writer = data.draw(st.sampled_from(list(streams)))
            begin, end = sorted(data.draw(st.integers(0, len(streams[writer]))) for _ in range(2))
            content = streams[writer][begin:end]
            model.append(writer, begin, content)
            answer = store.events.append(task, [points(content, writer=writer, offset=begin)], NOON)
            assert answer == ({} if writer is None else {writer: model.writers[writer].position})

        # By their texts, since NaN is equal to nothing but has one text.
        expected = [series.summary() for _, series in sorted(model.series.items())]
        assert repr(store.events.summaries([task]).get(task, [])) == repr(expected)
        curves = {
            name: dict(
                zip(curve.iteration.tolist(), zip(curve.time.tolist(), curve.value.tolist(), strict=True), strict=True)
            )
            for name, curve in store.events.points(task).items()
        }
        assert repr(curves) == repr(
            {name: series.curve() for name, series in sorted(model.series.items()) if series.curve()}
        )


# Few different iterations and times, so that they meet; values whose sums are exact in any order.
_SLOT: st.SearchStrategy[Slot] = st.tuples(
    st.sampled_from([SINGLE_VALUE_ITERATION, -1, 0, 1, 2, 3, 2**62]),
    st.sampled_from([0, 1, 999_999, 1_000_000, 5_000_000]),
    st.sampled_from([NAN, math.inf, -math.inf, -1.5, 0.0, 0.25, 3.0, 1e6]),
    st.sampled_from([EMPTY, 1, 1, 2, 3, VOID]),
)
_STREAM = st.lists(_SLOT, max_size=12)
