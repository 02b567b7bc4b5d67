"""The forward pass of all-MiniLM-L6-v2 in numpy: BERT encoder, mean pooling, normalisation.

One sentence at a time, so no padding and no attention mask are needed.
"""

import numpy
from tokenizers import Tokenizer

from safetensors_file import read_tensors

LAYERS = 6
HEADS = 12
LAYER_NORM_EPSILON = 1e-12
# sentence_bert_config.json of the model: longer input is cut, as sentence-transformers does.
MAX_TOKENS = 256


class MiniLm:
    def __init__(self, weights_path, tokenizer_path):
        self._weights = read_tensors(weights_path)
        self._tokenizer = Tokenizer.from_file(tokenizer_path)
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)

    def embed(self, sentence):
        """Returns the sentence's embedding: 384 float32 of Euclidean length 1."""
        hidden = self._embeddings(numpy.array(self._tokenizer.encode(sentence).ids))
        for layer in range(LAYERS):
            hidden = self._layer(f"encoder.layer.{layer}", hidden)
        mean = hidden.mean(axis=0)
        return mean / numpy.linalg.norm(mean)

    def _embeddings(self, token_ids):
        table = "embeddings.{}_embeddings.weight".format
        hidden = (
            self._weights[table("word")][token_ids]
            + self._weights[table("position")][: len(token_ids)]
            + self._weights[table("token_type")][0]
        )
        return self._layer_norm("embeddings.LayerNorm", hidden)

    def _layer(self, name, hidden):
        attended = self._linear(f"{name}.attention.output.dense", self._attention(f"{name}.attention.self", hidden))
        hidden = self._layer_norm(f"{name}.attention.output.LayerNorm", hidden + attended)
        grown = gelu(self._linear(f"{name}.intermediate.dense", hidden))
        return self._layer_norm(f"{name}.output.LayerNorm", hidden + self._linear(f"{name}.output.dense", grown))

    def _attention(self, name, hidden):
        query, key, value = (self._heads(f"{name}.{part}", hidden) for part in ("query", "key", "value"))
        scores = query @ key.transpose(0, 2, 1) / numpy.float32(numpy.sqrt(query.shape[-1]))
        mixed = softmax(scores) @ value
        return mixed.transpose(1, 0, 2).reshape(hidden.shape)

    def _heads(self, name, hidden):
        projected = self._linear(name, hidden)
        return projected.reshape(len(hidden), HEADS, -1).transpose(1, 0, 2)

    def _linear(self, name, values):
        return values @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]

    def _layer_norm(self, name, values):
        centered = values - values.mean(axis=-1, keepdims=True)
        deviation = numpy.sqrt((centered**2).mean(axis=-1, keepdims=True) + LAYER_NORM_EPSILON)
        return centered / deviation * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]


def softmax(scores):
    weights = numpy.exp(scores - scores.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


def gelu(values):
    return values * (1 + erf(values / numpy.float32(numpy.sqrt(2)))) / 2


def erf(values):
    """Abramowitz and Stegun 7.1.26: off by at most 1.5e-7, the resolution of float32 (numpy has no erf)."""
    t = 1 / (1 + 0.3275911 * numpy.abs(values))
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return numpy.sign(values) * (1 - series * numpy.exp(-(values**2)))
