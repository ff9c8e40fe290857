"""``tf.summary``, whose writers are no Python: what is given to them, in eager code and in graphs (sdk-surface §4.10).

Keras' ``TensorBoard`` callback writes with it, too. The first version's ``FileWriter`` is seen as other event files
are.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Final
from weakref import WeakKeyDictionary

from pellucid.hooks.guard import guarded
from pellucid.hooks.sink import LibrarySinkOfTheDay
from pellucid.hooks.tensorboard_summaries import RunSummaries
from pellucid.hooks.wrapping import Undo, all_of, wrap

_NAME: Final = "tensorboard"


def patch(library: Any, sink: LibrarySinkOfTheDay) -> Undo:
    """Observe writers, and all that ``tf.summary.write`` is given, which the other functions end in.

    Args:
        library: the imported ``tensorflow``.
        sink: whom to report to.
    """
    summaries = _Summaries(library, sink)

    def create_file_writer(original: Callable[..., Any], logdir: Any, *args: Any, **kwargs: Any) -> Any:
        writer = original(logdir, *args, **kwargs)
        with guarded(_NAME):
            summaries.folders[writer] = str(logdir)
        return writer

    def write(
        original: Callable[..., Any], tag: Any, tensor: Any, step: Any = None, metadata: Any = None, name: Any = None
    ) -> Any:
        def given() -> Any:
            """Called if it is recorded at all, and in a graph as a part of it."""
            value = tensor() if callable(tensor) else library.identity(tensor)
            with guarded(_NAME):
                summaries.see(value, step, lambda found: [summaries.value(tag, found, metadata)])
            return value

        return original(tag, given if sink() is not None else tensor, step=step, metadata=metadata, name=name)

    def write_raw(original: Callable[..., Any], tensor: Any, step: Any = None, name: Any = None) -> Any:
        result = original(tensor, step=step, name=name)
        with guarded(_NAME):
            summaries.see(library.convert_to_tensor(tensor), step, summaries.values)
        return result

    places = (library.summary, library.compat.v2.summary)
    return all_of(
        *(wrap(place, "create_file_writer", create_file_writer) for place in places),
        *(wrap(place, "write", write) for place in places),
        *(wrap(place.experimental, "write_raw_pb", write_raw) for place in places),
    )


class _Summaries:
    """Reports tensors.

    Attributes:
        folders: of writers.
    """

    def __init__(self, library: Any, sink: LibrarySinkOfTheDay) -> None:
        self.folders: WeakKeyDictionary[Any, str] = WeakKeyDictionary()
        self._library = library
        self._sink = sink
        self._runs = RunSummaries()

    def see(self, tensor: Any, step: Any, values: Callable[[Any], Any]) -> None:
        """Report a tensor; one of a graph, whenever that runs.

        Args:
            tensor: what is written.
            step: as it was given, if it was.
            values: makes ``Summary.Value`` messages of what is in the tensor.
        """
        state = sys.modules["tensorflow.python.ops.summary_ops_v2"]._summary_state
        if state.writer is None or self._sink() is None:
            return
        folder = self.folders.get(state.writer, "")
        step = self._library.summary.experimental.get_step() if step is None else step

        def report(found: Any, step: Any) -> None:
            with guarded(_NAME):
                receiver = self._sink()
                if receiver is not None:
                    self._runs.of(receiver).report(receiver, folder, values(found), int(step))

        if hasattr(tensor, "numpy"):
            report(tensor.numpy(), step)
        else:
            self._library.numpy_function(report, [tensor, step], [])

    def value(self, tag: str, found: Any, metadata: Any) -> Any:
        """A message of a tensor's content."""
        messages = sys.modules["tensorflow.core.framework.summary_pb2"]
        # It may be TensorBoard's copy of the message, or encoded already.
        encoded = metadata if isinstance(metadata, bytes | None) else metadata.SerializeToString()
        metadata = None if encoded is None else messages.SummaryMetadata.FromString(encoded)
        tensor = self._library.make_tensor_proto(found)
        return messages.Summary.Value(tag=tag, tensor=tensor, metadata=metadata)

    def values(self, found: bytes) -> Any:
        """The messages in an encoded one."""
        return sys.modules["tensorflow.core.framework.summary_pb2"].Summary.FromString(found).value
