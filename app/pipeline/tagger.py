"""A BIO token classifier run over a text of any length: text in, probabilities per word out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from app.pipeline.detectors import DetectorUnavailable
from app.pipeline.models import Model, fingerprint, tags, verify

#: Tokens of a window, the two special ones included, and how many two windows share.
WINDOW = 160
STRIDE = 32

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Words:
    """The tokenizer's words of one text and what the network thinks of them.

    `starts` and `ends` are string indices, ascending. `entities` names the columns of `scores`,
    which holds probabilities in [0, 1], one row per word. `begins` says that a word more likely
    opens an entity than goes on with one.
    """

    starts: Integers
    ends: Integers
    entities: tuple[str, ...]
    scores: Floats
    begins: npt.NDArray[np.bool_]


class Tagger:
    """A loaded model. Stateless once built, and safe to share between threads."""

    def __init__(self, model: Model, threads: int = 1) -> None:
        """Load `model`: 0.1 to 1 s and several times its file size in memory. It computes on `threads` cores.

        Raises DetectorUnavailable when a file is missing, damaged, or not a token classifier whose
        outputs match its labels.
        """
        verify(model)
        self._name = model.name
        self._model = model
        self._tags = tags(model)
        self.entities = tuple(dict.fromkeys(entity for _, entity in self._tags if entity))
        problem = ""
        try:
            self._tokenizer = _tokenizer(model)
            empty = self._tokenizer.encode("").ids
            self._before, self._after = empty[:1], empty[1:]
            self._session = _session(model.folder / model.network, threads)
            self._inputs = {node.name for node in self._session.get_inputs()}
            self._run(np.asarray(self._tokenizer.encode("a", add_special_tokens=False).ids, np.int64))
        except DetectorUnavailable:
            raise
        except Exception as error:  # the native libraries raise bare Exception at broken files
            problem = type(error).__name__
        if problem:
            raise DetectorUnavailable(f"The model “{model.name}” cannot be loaded ({problem}). Choose another model.")

    def identity(self) -> str:
        """Tells it from every tagger that may see something else in the same text. Reads the files where need be."""
        import onnxruntime

        labels = " ".join(f"{begins:d}{entity}" for begins, entity in self._tags)
        return f"{fingerprint(self._model)} {WINDOW} {STRIDE} {onnxruntime.__version__} {labels}"

    def words(self, text: str) -> Words:
        """Read `text`, which must hold no surrogates. Linear in its length.

        Raises DetectorUnavailable when the network fails or answers with anything but numbers.
        """
        # The error is raised outside the handler: chained to it, an exception of the tokenizer could
        # carry the text along.
        problem = ""
        try:
            return self._words(text)
        except DetectorUnavailable:
            raise
        except Exception as error:  # as above; nothing may be sent then
            is_memory = isinstance(error, MemoryError) or "alloc" in str(error)
            problem = "out of memory" if is_memory else type(error).__name__
        raise DetectorUnavailable(f"The model “{self._name}” failed while reading a text ({problem}).")

    def _words(self, text: str) -> Words:
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        word_of = np.asarray([-1 if word is None else word for word in encoding.word_ids], np.int64)
        offsets = np.asarray(encoding.offsets, np.int64).reshape(-1, 2)
        tokens = self._probabilities(np.asarray(encoding.ids, np.int64))
        if not len(tokens):
            none = np.zeros(0, np.int64)
            return Words(none, none, self.entities, np.zeros((0, len(self.entities)), np.float32), none.astype(bool))
        first = np.flatnonzero(np.diff(word_of, prepend=-2))
        sizes = np.diff(first, append=len(tokens))
        scores = np.zeros((len(first), len(self.entities)), np.float32)
        for column, entity in enumerate(self.entities):
            mine = [i for i, (_, tag) in enumerate(self._tags) if tag == entity]
            scores[:, column] = np.add.reduceat(tokens[:, mine].sum(axis=1), first) / sizes
        opening = [i for i, (begins, tag) in enumerate(self._tags) if tag and begins]
        going_on = [i for i, (begins, tag) in enumerate(self._tags) if tag and not begins]
        begins = tokens[first][:, opening].sum(axis=1) > tokens[first][:, going_on].sum(axis=1)
        starts = np.minimum.reduceat(offsets[:, 0], first)
        ends = np.maximum.reduceat(offsets[:, 1], first)
        return Words(starts, ends, self.entities, scores, begins)

    def _probabilities(self, ids: Integers) -> Floats:
        """Softmax over the labels, shape (tokens, labels), from overlapping windows."""
        out = np.zeros((len(ids), len(self._tags)), np.float32)
        room = WINDOW - len(self._before) - len(self._after)
        for start in range(0, max(len(ids) - STRIDE, 1), room - STRIDE):
            window = ids[start : start + room]
            if not len(window):
                break
            # Of what two windows share, each judges the half that it sees with more context.
            skip = STRIDE // 2 if start else 0
            out[start + skip : start + len(window)] = self._run(window)[skip:]
        return out

    def _run(self, window: Integers) -> Floats:
        """Probabilities of one window, shape (tokens, labels). Exact length: there is nothing to pad."""
        ids = np.concatenate([self._before, window, self._after]).astype(np.int64)[None, :]
        feed = {"input_ids": ids}
        if "attention_mask" in self._inputs:
            feed["attention_mask"] = np.ones_like(ids)
        if "token_type_ids" in self._inputs:
            feed["token_type_ids"] = np.zeros_like(ids)
        logits = np.asarray(self._session.run(None, feed)[0], np.float32)
        if logits.shape != (1, ids.shape[1], len(self._tags)):
            raise DetectorUnavailable(f"The model “{self._name}” is not a token classifier with the labels it lists.")
        # NaN compares false with every threshold: unnoticed, it would let all text through.
        if not np.isfinite(logits).all():
            raise DetectorUnavailable(f"The model “{self._name}” gives no usable numbers on this machine.")
        powers = np.exp(logits[0] - logits[0].max(axis=1, keepdims=True))
        chances: Floats = (powers / powers.sum(axis=1, keepdims=True))[len(self._before) :]
        return chances[: len(window)]


def _session(path: Path, threads: int) -> Any:
    import onnxruntime  # 30 MB that a policy without this layer saves

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    # Spinning halves the throughput of a busy machine and keeps a core warm on an idle one.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _tokenizer(model: Model) -> Any:
    """The fast tokenizer of a model, which keeps offsets into the text it was given."""
    from tokenizers import Tokenizer

    if model.tokenizer == "json":
        tokenizer: Any = Tokenizer.from_file(str(model.folder / "tokenizer.json"))
    else:
        # transformers can build one from older formats. It takes seconds to import: only for these.
        try:
            from transformers import AutoTokenizer
        except ImportError:  # an installer leaves it out
            raise DetectorUnavailable(
                f"The model “{model.name}” has no tokenizer.json, and the library that would build it is not installed."
            ) from None

        tokenizer = AutoTokenizer.from_pretrained(str(model.folder), local_files_only=True).backend_tokenizer
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
