"""Writes libs/watermark/vectors/text-synthid: token ids and what the real libraries say of them.

transformers generates marked texts with its own SynthID processor on a tiny model of random weights, which is made here and
not fetched, and computes bits and masks; synthid-text computes the two scores. The unit tests of libs/watermark compare
against these files, so they are made anew only to add cases:

    pip install torch transformers && pip install --no-deps synthid-text jax jaxlib && pip install ml_dtypes scipy opt_einsum
    python benchmarks/watermark/peers/make_synthid_vectors.py
"""

import json
import pathlib

import numpy as np
import torch
import transformers
from synthid_text import detector_mean
from transformers import GPT2Config, GPT2LMHeadModel, SynthIDTextWatermarkingConfig

FOLDER = pathlib.Path(__file__).resolve().parents[3] / "libs/watermark/vectors/text-synthid"
# The 30 keys of the default configuration that Google DeepMind published with synthid-text.
PUBLISHED_KEYS = [
    654, 400, 836, 123, 340, 443, 597, 160, 57, 29, 590, 639, 13, 715, 468,
    990, 966, 226, 324, 585, 118, 504, 421, 521, 129, 669, 732, 225, 90, 960,
]  # fmt: skip
VOCABULARY = 4096
EOS = VOCABULARY - 1


def random_keys(seed: int, depth: int) -> list[int]:
    """Signed integers of 64 bits, negative ones among them."""
    return np.random.default_rng(seed).integers(-(2**63), 2**63, size=depth, dtype=np.int64).tolist()


def tiny_model() -> GPT2LMHeadModel:
    torch.manual_seed(20261126)
    config = GPT2Config(
        vocab_size=VOCABULARY, n_positions=1024, n_embd=32, n_layer=1, n_head=2, bos_token_id=None, eos_token_id=EOS
    )
    return GPT2LMHeadModel(config).eval()


def generated(model: GPT2LMHeadModel, config: SynthIDTextWatermarkingConfig | None, length: int, seed: int) -> list[int]:
    torch.manual_seed(seed)
    prompt = torch.tensor([[1, 2, 3]])
    out = model.generate(
        prompt,
        attention_mask=torch.ones_like(prompt),
        watermarking_config=config,
        do_sample=True,
        top_k=0,
        temperature=0.4,
        min_new_tokens=length,
        max_new_tokens=length,
        pad_token_id=EOS,
    )
    return out[0, 3:].tolist()


def vector(name: str, config: SynthIDTextWatermarkingConfig, tokens: list[int], eos: int | None) -> dict:
    processor = config.construct_processor(VOCABULARY, "cpu")
    ids = torch.tensor([tokens])
    bits = processor.compute_g_values(ids)
    contexts = processor.compute_context_repetition_mask(ids).long()
    mask = contexts
    if eos is not None:
        mask = contexts * processor.compute_eos_token_mask(ids, eos)[:, config.ngram_len - 1 :].long()
    scores = {}
    for key, function in (("mean", detector_mean.mean_score), ("weighted_mean", detector_mean.weighted_mean_score)):
        scores[key] = float(function(bits.numpy().astype(np.float32), mask.numpy().astype(np.float32))[0])
    return {
        "name": name,
        "config": {
            "ngram_len": config.ngram_len,
            "keys": [str(key) for key in config.keys],
            "context_history_size": config.context_history_size,
            "sampling_table_seed": config.sampling_table_seed,
            "sampling_table_size": config.sampling_table_size,
        },
        "eos_token_id": eos,
        "vocabulary_size": VOCABULARY,
        "tokens": tokens,
        "g_values": np.packbits(bits[0].numpy().astype(np.uint8).reshape(-1)).tobytes().hex(),
        "context_repetition_mask": "".join(map(str, contexts[0].tolist())),
        "mask": "".join(map(str, mask[0].tolist())),
        "ones": int((bits * mask[:, :, None]).sum()),
        "layer_sums": (bits * mask[:, :, None]).sum(dim=(0, 1)).tolist(),
        "scores": {key: value if value == value else None for key, value in scores.items()},
    }


def vectors() -> list[dict]:
    model = tiny_model()
    published = SynthIDTextWatermarkingConfig(ngram_len=5, keys=PUBLISHED_KEYS)
    strong = SynthIDTextWatermarkingConfig(ngram_len=5, keys=random_keys(1, 30))
    short = SynthIDTextWatermarkingConfig(
        ngram_len=3, keys=random_keys(2, 9), context_history_size=4, sampling_table_seed=7, sampling_table_size=4096
    )
    single = SynthIDTextWatermarkingConfig(ngram_len=2, keys=[-1], sampling_table_seed=2**32 + 5, sampling_table_size=256)
    marked = generated(model, strong, 200, 11)
    plain = generated(model, None, 200, 12)
    repeats = [5, 6, 7, 5, 6, 7, 5, 6, 8, 9, 1, 5, 6, 2, 2, 2, 2, 2, 2, 5, 6, 7]
    ended = marked[:60] + [EOS] + marked[60:80] + [EOS]
    return [
        vector("marked with 30 random keys", strong, marked, EOS),
        vector("marked with the published keys", published, generated(model, published, 120, 13), EOS),
        vector("not marked", strong, plain, EOS),
        vector("marked, looked at with other keys", published, marked, EOS),
        vector("repeated contexts and a short history", short, repeats, None),
        vector("marked, ended in the middle", strong, ended, EOS),
        vector("ended at once", strong, [EOS] + marked[:20], EOS),
        vector("one key, bigrams, a seed above 32 bits", single, marked[:40], None),
        vector("exactly one n-gram", strong, marked[:5], EOS),
    ]


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    document = {
        "made_with": {"transformers": transformers.__version__, "torch": torch.__version__.split("+")[0], "synthid-text": "0.2.1"},
        "vectors": vectors(),
    }
    path = FOLDER / "library.json"
    path.write_text(json.dumps(document, indent=1) + "\n")
    for each in document["vectors"]:
        print(f"{each['name']}: {len(each['tokens'])} tokens, {each['scores']}")
    print(path)


if __name__ == "__main__":
    main()
