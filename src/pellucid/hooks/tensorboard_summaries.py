"""What a summary in an event file means: a point, a picture, a histogram and so on (sdk-surface §4.10)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from pellucid.hooks.sink import LibrarySink
from pellucid.hooks.tensorboard_names import Names
from pellucid.hooks.tensorboard_tensors import numbers_of, rows_of, texts_of

PARAMETERS_SECTION: Final = "TB_hparams"

_SESSION: Final = "_hparams_/session_start_info"
_VERTICES: Final = "_VERTEX"
_MESH_PARTS: Final = (_VERTICES, "_FACE", "_COLOR")
_MESH_PARTS_OF_X: Final = dict(zip(("_1", "_2", "_3"), _MESH_PARTS, strict=True))
"""``tensorboardX`` has the numbers of the kinds in its tags."""
_PARAMETER_MESSAGES: Final = ("tensorboard.plugins.hparams.plugin_data_pb2", "tensorboardX.proto.plugin_hparams_pb2")
_PICTURES: Final = (
    (b"\x89PNG", ".png"),
    (b"GIF8", ".gif"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"BM", ".bmp"),
    (b"RIFF", ".webp"),
)


_SWITCH: Final = "report_hparams"


class RunSummaries:
    """The summaries of the run of the day: each has names of its own."""

    def __init__(self) -> None:
        """No run yet."""
        self._known: tuple[LibrarySink, Summaries] | None = None

    def of(self, receiver: LibrarySink) -> Summaries:
        """Those of a run."""
        if self._known is None or self._known[0] is not receiver:
            self._known = (receiver, Summaries(Names()))
        return self._known[1]


class Summaries:
    """Tells a run what the event files of a program say."""

    def __init__(self, names: Names) -> None:
        """Name curves so."""
        self._names = names
        self._meshes: dict[tuple[str, str], tuple[int, dict[str, Any]]] = {}
        self._kinds: Mapping[str, Callable[[LibrarySink, str, Any, int], None]] = {
            "images": self._images,
            "histograms": self._histogram,
            "audio": self._audio,
            "text": self._text,
            "pr_curves": self._precision_and_recall,
            "scalars": self._scalar_tensor,
        }

    def report(self, reports: LibrarySink, folder: str, values: Iterable[Any], step: int) -> None:
        """Report the values of one event.

        Args:
            reports: whom to tell.
            folder: that the writer writes into.
            values: ``Summary.Value`` messages.
            step: of the event.
        """
        meshes = set()
        for value in values:
            kind = value.metadata.plugin_data.plugin_name
            if kind == "hparams":
                if value.tag == _SESSION and reports.wants(_SWITCH):
                    _report_parameters(reports, value.metadata.plugin_data.content)
            elif kind == "mesh":
                meshes.add(self._keep_mesh(folder, value, step))
            elif (field := value.WhichOneof("value")) is not None:
                iteration = self._names.iteration(folder, value.tag, step)
                self._report(reports, folder, kind, field, value, iteration)
        for tag in sorted(meshes):
            iteration, parts = self._meshes[folder, tag]
            title, series = self._names.place(folder, tag, "Meshes")
            reports.report_plot(title, series, _mesh(parts), iteration)

    def _keep_mesh(self, folder: str, value: Any, step: int) -> str:
        """Put a part to the others of its mesh: they may come in one event, or each in its own, the vertices first."""
        base, part = _mesh_part(value.tag)
        if part == _VERTICES:
            self._meshes[folder, base] = (self._names.iteration(folder, base, step), {})
        self._meshes[folder, base][1][part] = value.tensor
        return base

    def _report(self, reports: LibrarySink, folder: str, kind: str, field: str, value: Any, iteration: int) -> None:
        if field == "simple_value":
            title, series = self._names.curve(folder, value.tag)
            reports.report_scalar(title, series, value.simple_value, iteration)
        elif field == "image":
            self._picture(reports, folder, value.tag, value.image.encoded_image_string, iteration)
        elif field == "audio":
            self._sound(reports, folder, value.tag, value.audio.encoded_audio_string, iteration)
        elif field == "histo":
            bins = _bins(value.histo)
            title, series = self._names.place(folder, value.tag, "Histograms")
            reports.report_plot(title, series, _histogram(bins), iteration)
        elif field == "tensor" and kind in self._kinds:
            self._kinds[kind](reports, folder, value, iteration)

    def _scalar_tensor(self, reports: LibrarySink, folder: str, value: Any, iteration: int) -> None:
        title, series = self._names.curve(folder, value.tag)
        reports.report_scalar(title, series, float(numbers_of(value.tensor)[0]), iteration)

    def _images(self, reports: LibrarySink, folder: str, value: Any, iteration: int) -> None:
        # Width and height come first.
        pictures = texts_of(value.tensor)[2:]
        for number, content in enumerate(pictures):
            tag = value.tag if len(pictures) == 1 else f"{value.tag}/{number}"
            self._picture(reports, folder, tag, content, iteration)

    def _histogram(self, reports: LibrarySink, folder: str, value: Any, iteration: int) -> None:
        title, series = self._names.place(folder, value.tag, "Histograms")
        reports.report_plot(title, series, _histogram(rows_of(value.tensor)), iteration)

    def _audio(self, reports: LibrarySink, folder: str, value: Any, iteration: int) -> None:
        # A label stands beside each sound.
        for content in texts_of(value.tensor)[::2]:
            self._sound(reports, folder, value.tag, content, iteration)

    def _text(self, reports: LibrarySink, folder: str, value: Any, iteration: int) -> None:
        title, series = self._names.place(folder, value.tag.removesuffix("/text_summary"), "Text")
        reports.report_sample(title, series, b"\n".join(texts_of(value.tensor)), ".txt", iteration)

    def _precision_and_recall(self, reports: LibrarySink, folder: str, value: Any, iteration: int) -> None:
        rows = rows_of(value.tensor)
        title, series = self._names.place(folder, value.tag, "Precision and recall")
        line = {"type": "scatter", "mode": "lines", "x": rows[5], "y": rows[4], "name": series}
        layout = {"xaxis": {"title": {"text": "recall"}}, "yaxis": {"title": {"text": "precision"}}}
        reports.report_plot(title, series, {"data": [line], "layout": layout}, iteration)

    def _picture(self, reports: LibrarySink, folder: str, tag: str, content: bytes, iteration: int) -> None:
        title, series = self._names.place(folder, tag, "Images")
        suffix = next((suffix for begin, suffix in _PICTURES if content.startswith(begin)), ".png")
        reports.report_sample(title, series, content, suffix, iteration)

    def _sound(self, reports: LibrarySink, folder: str, tag: str, content: bytes, iteration: int) -> None:
        title, series = self._names.place(folder, tag, "Audio")
        reports.report_sample(title, series, content, ".wav", iteration)


def _bins(histogram: Any) -> list[list[float]]:
    """Left end, right end and count of each bin; the ends are no farther out than the values were."""
    limits = [min(max(limit, histogram.min), histogram.max) for limit in histogram.bucket_limit]
    return [list(each) for each in zip([histogram.min, *limits], limits, histogram.bucket, strict=False) if each[2]]


def _histogram(bins: list[list[float]]) -> dict[str, Any]:
    bars = {
        "type": "bar",
        "x": [(left + right) / 2 for left, right, _ in bins],
        "width": [right - left for left, right, _ in bins],
        "y": [count for _, _, count in bins],
    }
    return {"data": [bars], "layout": {"bargap": 0, "yaxis": {"title": {"text": "count"}}}}


def _mesh_part(tag: str) -> tuple[str, str]:
    for part in _MESH_PARTS:
        if tag.endswith(part):
            return tag.removesuffix(part), part
    if tag[-2:] in _MESH_PARTS_OF_X:
        return tag[:-2], _MESH_PARTS_OF_X[tag[-2:]]
    return tag, _VERTICES


def _mesh(parts: Mapping[str, Any]) -> dict[str, Any]:
    """A cloud of points, or a surface of triangles."""
    vertices, faces, colours = (rows_of(parts[part]) if part in parts else [] for part in _MESH_PARTS)
    x, y, z = (list(axis) for axis in zip(*vertices, strict=True)) if vertices else ([], [], [])
    shades = [f"rgb({','.join(str(int(part)) for part in colour[:3])})" for colour in colours]
    if faces:
        i, j, k = (list(corner) for corner in zip(*faces, strict=True))
        surface = {"type": "mesh3d", "x": x, "y": y, "z": z, "i": i, "j": j, "k": k}
        return {"data": [{**surface, "vertexcolor": shades} if shades else surface], "layout": {}}
    marker = {"size": 2, "color": shades} if shades else {"size": 2}
    return {"data": [{"type": "scatter3d", "mode": "markers", "x": x, "y": y, "z": z, "marker": marker}], "layout": {}}


def _report_parameters(reports: LibrarySink, content: bytes) -> None:
    """The hyperparameters of a session. The message's type belongs to the library that wrote it, which is imported."""
    for name in _PARAMETER_MESSAGES:
        if (messages := sys.modules.get(name)) is not None:
            session = messages.HParamsPluginData.FromString(content).session_start_info
            found = {name: _parameter(value) for name, value in sorted(session.hparams.items())}
            reports.report_parameters(PARAMETERS_SECTION, found)
            return


def _parameter(value: Any) -> Any:
    field = value.WhichOneof("kind")
    found = getattr(value, field) if field else None
    # Numbers have one type there.
    return int(found) if isinstance(found, float) and found.is_integer() else found
