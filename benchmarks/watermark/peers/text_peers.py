"""Marks texts with Hugging Face transformers' own processors, damages them, and asks transformers' own detectors.

    python text_peers.py job.json results.json

A job (every member may be left out but `texts`):

    {"texts": 50, "tokens": 200, "vocabulary": 4096, "entropy_bits": 5.0, "seed": 1,
     "marks": ["none", "kgw", "synthid"], "attacks": ["none", "substitute-20"],
     "kgw": {…WatermarkingConfig…}, "synthid": {…SynthIDTextWatermarkingConfig…},
     "green": {"document": {…scheme document…}, "key": "hex", "payload": "hex"}, "keep_tokens": true}

The sampler stands for a language model: after every token the logits are those of a Zipf law, whose exponent gives the stated
entropy, dealt to the vocabulary in an order that the token before decides. The mark `green` is written by the processor of
libs/watermark/python from the document, so that the same sampler serves both sides. `results` has, for each mark and attack,
what transformers' detectors of this mark say (rates at a one-sided false-positive rate of 1e-6 by their own normal approximation), and with
`keep_tokens` the tokens, for detectors of other languages. Needs torch and transformers; fetches nothing.
"""

import json
import math
import pathlib
import sys
import time
import types

import numpy as np
import torch
import transformers
from transformers import (
    SynthIDTextWatermarkingConfig,
    WatermarkDetector,
    WatermarkingConfig,
    WatermarkLogitsProcessor,
)

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "libs/watermark/python"))
import green_list_processor  # noqa: E402

# One-sided 1e-6 of the normal distribution.
Z_1E6 = 4.753424
# Texts written together.
GROUP = 5
MULTIPLIER, STEP = 2_654_435_761, 40_503
DEFAULTS = {
    "tokens": 200,
    "vocabulary": 4096,
    "entropy_bits": 5.0,
    "seed": 1,
    "marks": ["none", "kgw", "synthid"],
    "attacks": ["none", "substitute-10", "substitute-20", "substitute-40", "delete-20", "insert-20", "keep-half", "paste-25"],
    "kgw": {"greenlist_ratio": 0.25, "bias": 2.0, "seeding_scheme": "lefthash", "context_width": 1},
    "synthid": {"ngram_len": 5, "keys": None},
    "green": None,
    "keep_tokens": False,
}


class Sampler:
    """Logits after a token, of a stated entropy."""

    def __init__(self, vocabulary: int, entropy_bits: float):
        low, high = 0.0, 20.0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if self._entropy(vocabulary, middle) > entropy_bits else (low, middle)
        self.vocabulary = vocabulary
        self.entropy_bits = self._entropy(vocabulary, low)
        self.base = -low * torch.log(torch.arange(1, vocabulary + 1, dtype=torch.float32))
        self.places = torch.arange(vocabulary) * MULTIPLIER % vocabulary

    @staticmethod
    def _entropy(vocabulary: int, exponent: float) -> float:
        weights = np.arange(1, vocabulary + 1, dtype=np.float64) ** -exponent
        chances = weights / weights.sum()
        return float(-(chances * np.log2(chances)).sum())

    def logits(self, last: torch.Tensor) -> torch.Tensor:
        return self.base[(self.places[None, :] + last[:, None] * STEP) % self.vocabulary]

    def texts(self, count: int, tokens: int, processor, seed: int) -> np.ndarray:
        """count × tokens ids, written after one token that is no part of the text."""
        generator = torch.Generator().manual_seed(seed)
        ids = torch.randint(0, self.vocabulary, (count, 1), generator=generator)
        for _ in range(tokens):
            scores = self.logits(ids[:, -1])
            if processor is not None:
                scores = processor(ids, scores)
            chosen = torch.multinomial(torch.softmax(scores, dim=-1), 1, generator=generator)
            ids = torch.cat([ids, chosen], dim=1)
        return ids[:, 1:].numpy()


def attacked(ids: np.ndarray, attack: str, vocabulary: int, seed: int) -> list[list[int]]:
    """`none`, `substitute-P`, `delete-P`, `insert-P` (P percent of the tokens), `keep-half`, `paste-P` (P percent of the result)."""
    random = np.random.default_rng(seed)
    name, _, number = attack.partition("-")
    part = int(number) / 100 if number.isdigit() else 0.5
    return [_attacked_text(row, name, part, vocabulary, random) for row in ids]


def _attacked_text(row: np.ndarray, name: str, part: float, vocabulary: int, random: np.random.Generator) -> list[int]:
    places = np.sort(random.choice(len(row), round(part * len(row)), replace=False))
    if name == "none":
        changed = row
    elif name == "substitute":
        changed = row.copy()
        changed[places] = random.integers(0, vocabulary, len(places))
    elif name == "delete":
        changed = np.delete(row, places)
    elif name == "insert":
        changed = np.insert(row, places, random.integers(0, vocabulary, len(places)))
    elif name == "keep":
        start = int(random.integers(0, len(row) // 2 + 1))
        changed = row[start : start + len(row) // 2]
    elif name == "paste":
        around = random.integers(0, vocabulary, round(len(row) / part) - len(row))
        changed = np.insert(around, int(random.integers(0, len(around) + 1)), row)
    else:
        raise ValueError(f"unknown attack {name}")
    return [int(token) for token in changed]


def kgw_findings(texts: list[list[int]], config: dict, vocabulary: int) -> list[dict]:
    # The detector asks a model's configuration for these three; no text has the start token.
    model = types.SimpleNamespace(vocab_size=vocabulary, bos_token_id=-1, is_encoder_decoder=False)
    detector = WatermarkDetector(model, "cpu", WatermarkingConfig(**config), ignore_repeated_ngrams=True)
    found = []
    for text in texts:
        out = detector(torch.tensor([text]), return_dict=True)
        green, total = int(out.num_green_tokens[0]), int(out.num_tokens_scored[0])
        p_exact = binomial_tail(total, green, config.get("greenlist_ratio", 0.25))
        found.append({"z": float(out.z_score[0]), "green": green, "total": total, "p_exact": p_exact})
    return found


def binomial_tail(total: int, hits: int, chance: float) -> float:
    """P(X ≥ hits), by integers where the chance is a fraction of 2^20."""
    parts = round(chance * 2**20)
    terms = (math.comb(total, k) * parts**k * (2**20 - parts) ** (total - k) for k in range(hits, total + 1))
    numerator, shift = sum(terms), 20 * total
    return float(numerator * 10**60 >> shift) / 1e60


def synthid_findings(texts: list[list[int]], config: dict, vocabulary: int) -> list[dict]:
    settings = SynthIDTextWatermarkingConfig(**config)
    processor = settings.construct_processor(vocabulary, "cpu")
    depth = len(settings.keys)
    weights = np.linspace(10, 1, depth)
    found = []
    for text in texts:
        ids = torch.tensor([text])
        bits = processor.compute_g_values(ids)[0].numpy().astype(np.float64)
        mask = processor.compute_context_repetition_mask(ids)[0].numpy()
        means = bits[mask].mean(axis=0)
        scored = int(mask.sum())
        weighted = float((means * weights).sum() / weights.sum())
        spread = 0.5 * math.sqrt(float((weights**2).sum()) / scored) / float(weights.sum())
        mean = float(means.mean())
        found.append(
            {
                "mean": mean,
                "z_mean": (mean - 0.5) / (0.5 / math.sqrt(scored * depth)),
                "weighted_mean": weighted,
                "z_weighted_mean": (weighted - 0.5) / spread,
                "scored": scored,
            }
        )
    return found


def processor_of(mark: str, job: dict):
    if mark == "none":
        return None
    if mark == "kgw":
        return WatermarkLogitsProcessor(vocab_size=job["vocabulary"], device="cpu", **job["kgw"])
    if mark == "synthid":
        return SynthIDTextWatermarkingConfig(**job["synthid"]).construct_processor(job["vocabulary"], "cpu")
    if mark == "green" and job["green"] is not None:
        given = job["green"]
        return green_list_processor.processor_of(given["document"], bytes.fromhex(given["key"]), given.get("payload"))
    raise ValueError(f"unknown mark {mark}, or its settings are missing")


def rate(findings: list[dict], member: str, limit: float, below: bool = False) -> float:
    met = [(each[member] <= limit) if below else (each[member] >= limit) for each in findings]
    return round(sum(met) / len(met), 4)


def kgw_rates(findings: list[dict]) -> dict:
    return {"kgw_z": rate(findings, "z", Z_1E6), "kgw_exact": rate(findings, "p_exact", 1e-6, below=True)}


def synthid_rates(findings: list[dict]) -> dict:
    return {
        "synthid_mean": rate(findings, "z_mean", Z_1E6),
        "synthid_weighted_mean": rate(findings, "z_weighted_mean", Z_1E6),
    }


# Detectors of transformers are asked about their own mark and about none; that they do not see other marks is no news.
DETECTORS = {"kgw": (kgw_findings, kgw_rates), "synthid": (synthid_findings, synthid_rates)}


def row_of(mark: str, attack: str, texts: list[list[int]], job: dict) -> dict:
    row = {"mark": mark, "attack": attack, "texts": len(texts), "rates": {}}
    for name, (findings_of, rates_of) in DETECTORS.items():
        if mark in ("none", name):
            row["rates"].update(rates_of(findings_of(texts, job[name], job["vocabulary"])))
    if job["keep_tokens"]:
        row["tokens"] = texts
    return row


def marked_texts(sampler: Sampler, mark: str, job: dict) -> np.ndarray:
    """A few texts at a time, which a processor's cache holds; each group has a processor, because SynthID's remembers."""
    groups = [
        sampler.texts(min(GROUP, job["texts"] - start), job["tokens"], processor_of(mark, job), job["seed"] + start)
        for start in range(0, job["texts"], GROUP)
    ]
    return np.concatenate(groups)


def run(job: dict) -> dict:
    job = {**DEFAULTS, **job}
    if job["synthid"].get("keys") is None:
        keys = np.random.default_rng(job["seed"]).integers(0, 2**31, 30).tolist()
        job["synthid"] = {**job["synthid"], "keys": keys}
    sampler = Sampler(job["vocabulary"], job["entropy_bits"])
    rows = []
    for mark in job["marks"]:
        ids = marked_texts(sampler, mark, job)
        for number, attack in enumerate(job["attacks"]):
            texts = attacked(ids, attack, job["vocabulary"], job["seed"] + number)
            rows.append(row_of(mark, attack, texts, job))
        print(f"{mark}: {time.process_time():.0f} s of CPU so far", file=sys.stderr, flush=True)
    return {
        "versions": {"transformers": transformers.__version__, "torch": torch.__version__},
        "sampler": {"vocabulary": job["vocabulary"], "entropy_bits": round(sampler.entropy_bits, 4), "tokens": job["tokens"]},
        "kgw": job["kgw"],
        "synthid": job["synthid"],
        "rows": rows,
    }


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        print(__doc__)
        return 2
    # Small tensors: a second thread only waits.
    torch.set_num_threads(1)
    job = json.loads(pathlib.Path(arguments[0]).read_text("utf-8"))
    pathlib.Path(arguments[1]).write_text(json.dumps(run(job)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
