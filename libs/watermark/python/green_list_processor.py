"""Logits processors for Hugging Face transformers that write the registry's own text marks.

    from green_list_processor import processor_for

    marked = processor_for("P.json", "mark.key")                              # text-green-list
    marked = processor_for("P.json", "mark.key", payload="0011223344556677")  # text-green-multibit
    model.generate(**inputs, do_sample=True, logits_processor=[marked])

P.json is the scheme document, mark.key the key file of `registry watermark key`. The marks are found with
`registry watermark detect`. Needs torch and nothing else; works on every device, because a token's colour is SipHash-2-4 of
integers and not a framework's random permutation (docs/specification/watermark-text.md).

    python green_list_processor.py ../vectors/text-green/python.json

compares every function with the values that the TypeScript package computed, and exits with 1 where one differs.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
import pathlib
import re
import sys

import torch

try:
    from transformers import LogitsProcessor
except ImportError:  # The functions work without; only `generate` wants its own base class.
    LogitsProcessor = object

NO_KEY_COMMITMENT = "0" * 64
HEX_KEY = re.compile(r"([0-9a-fA-F]{2}){16,1024}")
INTEGER_LIST = re.compile(r"\[\s*-?[0-9]+(\s*,\s*-?[0-9]+)*\s*\]")
CHECK_BITS = 16
# Tokens hashed at once: five arrays of 256 KiB.
PIECE = 32_768
COLOUR = "text/green-list/colour"
MULTIBIT_COLOUR = "text/green-multibit/colour"
MULTIBIT_POSITION = "text/green-multibit/position"
# Of both schemes: another version may mean other colours, and its detector would find nothing.
VERSION = "1.0.0"


# Keys (docs/specification/watermark-common.md)


def key_of_file(content: bytes) -> bytes:
    """The key of a key file's bytes: hex text, white space around it allowed, a list of integers, or the bytes."""
    text = content.decode("latin-1").strip()
    if HEX_KEY.fullmatch(text):
        key = bytes.fromhex(text)
    elif re.fullmatch(r"[0-9a-fA-F]+", text):
        raise ValueError(f"the key file holds {len(text)} hex digits; a key has 32 to 2048, two for each byte")
    elif INTEGER_LIST.fullmatch(text):
        key = json.dumps(json.loads(text), separators=(",", ":")).encode()
    else:
        key = content
    if not 16 <= len(key) <= 1024:
        raise ValueError(f"a watermark key has 16 to 1024 bytes, this one {len(key)}")
    return key


def _lp8(text: str) -> bytes:
    return len(text).to_bytes(1, "big") + text.encode()


def _lp16(content: bytes) -> bytes:
    return len(content).to_bytes(2, "big") + content


def key_commitment(key: bytes) -> str:
    return hashlib.sha256(_lp8("WM_KEY_V1") + _lp16(key)).hexdigest()


def subkey(key: bytes, label: str) -> bytes:
    return hmac.digest(key, _lp8("WM_SUBKEY_V1") + _lp16(label.encode()), "sha256")


# SipHash-2-4 of 64-bit words. Integers of torch are signed, but addition and left shift are the same modulo 2^64.


def _signed(value: int) -> int:
    value &= 0xFFFFFFFFFFFFFFFF
    return value - (1 << 64) if value >> 63 else value


def _rotate(x: torch.Tensor, bits: int, scratch: torch.Tensor) -> None:
    """In place. The right shift copies the sign; the mask takes the copies away."""
    torch.bitwise_right_shift(x, 64 - bits, out=scratch)
    scratch &= (1 << bits) - 1
    x <<= bits
    x |= scratch


def _round(v: list[torch.Tensor], scratch: torch.Tensor) -> None:
    v0, v1, v2, v3 = v
    v0 += v1
    _rotate(v1, 13, scratch)
    v1 ^= v0
    _rotate(v0, 32, scratch)
    v2 += v3
    _rotate(v3, 16, scratch)
    v3 ^= v2
    v0 += v3
    _rotate(v3, 21, scratch)
    v3 ^= v0
    v2 += v1
    _rotate(v1, 17, scratch)
    v1 ^= v2
    _rotate(v2, 32, scratch)


def _blocks(parts: list[torch.Tensor]) -> list[torch.Tensor]:
    """Blocks of two 32-bit numbers, lower one first, the last one closed by the length in bytes."""
    closing = parts + [torch.zeros_like(parts[0])] * (1 if len(parts) % 2 else 2)
    blocks = [closing[i] | (closing[i + 1] << 32) for i in range(0, len(closing), 2)]
    blocks[-1] = blocks[-1] | _signed((4 * len(parts) & 0xFF) << 56)
    return blocks


def siphash(key16: bytes, parts: list[torch.Tensor]) -> torch.Tensor:
    """Hash of 32-bit numbers, each little-endian: int64 tensors, first scalars and then, perhaps, one of one dimension."""
    k0, k1 = (int.from_bytes(key16[i : i + 8], "little") for i in (0, 8))
    start = (k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D, k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573)
    v = [torch.tensor(_signed(value), dtype=torch.int64, device=parts[-1].device) for value in start]
    for block in _blocks(parts):
        if block.shape != v[0].shape:
            # Numbers before this block are the same for all tokens, and were hashed once.
            v = [word.expand(block.shape).clone() if word.dim() == 0 else word for word in v]
        scratch = torch.empty_like(v[0])
        v[3] ^= block
        _round(v, scratch)
        _round(v, scratch)
        v[0] ^= block
    v[2] ^= 0xFF
    for _ in range(4):
        _round(v, scratch)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def upper_half(value: torch.Tensor) -> torch.Tensor:
    return (value >> 32) & 0xFFFFFFFF


def token_values(key16: bytes, context: torch.Tensor, vocabulary_size: int) -> torch.Tensor:
    """Values of every token after one context, in pieces that fit in a processor's cache."""
    scalars = list(context.to(torch.int64).unbind(0))
    tokens = torch.arange(vocabulary_size, dtype=torch.int64, device=context.device)
    return torch.cat([siphash(key16, [*scalars, piece]) for piece in tokens.split(PIECE)])


# Payload: frame and polar code (docs/specification/watermark-common.md)


def _crc16(content: bytes) -> int:
    register = 0xFFFF
    for byte in content:
        register ^= byte << 8
        for _ in range(8):
            register = ((register << 1) ^ 0x1021 if register & 0x8000 else register << 1) & 0xFFFF
    return register


def frame_bits(scheme_id: str, payload: bytes, payload_bits: int) -> list[int]:
    """Payload bits and 16 check bits that name the scheme."""
    if len(payload) != (payload_bits + 7) // 8:
        raise ValueError(f"the payload has {payload_bits} bits, not {8 * len(payload)}")
    if payload_bits % 8 and payload[-1] & ((1 << (8 - payload_bits % 8)) - 1):
        raise ValueError("unused bits of the payload's last byte must be zero")
    header = hashlib.sha256(_lp8("WM_HEADER_V1") + _lp16(scheme_id.encode())).digest()
    check = _crc16(payload) ^ int.from_bytes(header[:2], "big")
    bits = [payload[i >> 3] >> (7 - (i & 7)) & 1 for i in range(payload_bits)]
    return bits + [check >> (15 - i) & 1 for i in range(CHECK_BITS)]


def polar_word(message: list[int], length: int) -> list[int]:
    """The code word of a message: the most reliable inputs carry it, in rising order."""
    beta = math.sqrt(math.sqrt(2.0))
    weights = []
    for index in range(length):
        weight, power, rest = 0.0, 1.0, index
        while rest:
            weight += power if rest & 1 else 0.0
            power *= beta
            rest >>= 1
        weights.append(weight)
    order = sorted(range(length), key=lambda index: (weights[index], index))
    word = [0] * length
    for index, bit in zip(sorted(order[length - len(message) :]), message):
        word[index] = bit
    half = 1
    while half < length:
        for low in range(length):
            if low & half == 0:
                word[low] ^= word[low + half]
        half *= 2
    return word


# Processors


class GreenListProcessor(LogitsProcessor):
    """Raises the logits of tokens that are green after their context by delta."""

    def __init__(self, params: dict, key: bytes):
        self.key16 = subkey(key, COLOUR)[:16]
        self.width = params["context_width"]
        self.delta = float(params["bias"]["delta"])
        self.vocabulary_size = params["tokenizer"]["vocabulary_size"]
        self.limit = params["gamma"]["numerator"] * 2**32 // params["gamma"]["denominator"]

    def favoured(self, context: torch.Tensor, vocabulary_size: int) -> torch.Tensor:
        """Whether each token is green after the context: the last `width` tokens, oldest first."""
        return upper_half(token_values(self.key16, context, vocabulary_size)) < self.limit

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor) -> torch.FloatTensor:
        if input_ids.shape[-1] < self.width:
            return scores
        raised = scores.clone()
        # Scores behind the vocabulary are padding of the model's last layer, and of no token.
        size = min(scores.shape[-1], self.vocabulary_size)
        for row, ids in enumerate(input_ids):
            raised[row, :size] += self.delta * self.favoured(ids[-self.width :], size).to(scores.dtype)
        return raised


class GreenMultibitProcessor(GreenListProcessor):
    """Favours, after each context, the colour that the payload's code word has at the context's position."""

    def __init__(self, params: dict, key: bytes, scheme_id: str, payload: bytes):
        self.colour16 = subkey(key, MULTIBIT_COLOUR)[:16]
        self.position16 = subkey(key, MULTIBIT_POSITION)[:16]
        self.width = params["context_width"]
        self.delta = float(params["bias"]["delta"])
        self.vocabulary_size = params["tokenizer"]["vocabulary_size"]
        self.bits_each = 2 if params["gamma"]["denominator"] == 4 else 1
        length = params["code"]["length"]
        word = polar_word(frame_bits(scheme_id, payload, params["payload_bits"]), length)
        each = self.bits_each
        self.symbols = [int("".join(map(str, word[i : i + each])), 2) for i in range(0, length, each)]

    def position(self, context: torch.Tensor) -> int:
        value = siphash(self.position16, list(context.to(torch.int64).unbind(0)))
        return int(value.item()) & 0xFFFFFFFF & (len(self.symbols) - 1)

    def colours(self, context: torch.Tensor, vocabulary_size: int) -> torch.Tensor:
        return upper_half(token_values(self.colour16, context, vocabulary_size)) >> (32 - self.bits_each)

    def favoured(self, context: torch.Tensor, vocabulary_size: int) -> torch.Tensor:
        return self.colours(context, vocabulary_size) == self.symbols[self.position(context)]


def processor_of(document: dict, key: bytes, payload: str | None = None) -> GreenListProcessor:
    """The processor of a scheme document. Raises ValueError for another scheme, key or payload than the document's."""
    if document["key_commitment"] not in (NO_KEY_COMMITMENT, key_commitment(key)):
        raise ValueError("the scheme document commits to another key")
    name, version = (document["detector_spec"][member] for member in ("name", "version"))
    if version != VERSION:
        raise ValueError(f"{name} {version} is not marked here, only version {VERSION}")
    if name == "text-green-list" and payload is None:
        return GreenListProcessor(document["params"], key)
    if name == "text-green-multibit" and payload is not None:
        return GreenMultibitProcessor(document["params"], key, document["scheme_id"], bytes.fromhex(payload))
    raise ValueError(f"{name} is no scheme that is marked here, or it needs a payload, or takes none")


def processor_for(document_file: str, key_file: str, payload: str | None = None) -> GreenListProcessor:
    """The processor of a scheme document's file and a key file; `payload` in hex for a scheme that carries one."""
    document = json.loads(pathlib.Path(document_file).read_text("utf-8"))
    return processor_of(document, key_of_file(pathlib.Path(key_file).read_bytes()), payload)


# Self-test


def _differences(case: dict) -> list[str]:
    key = bytes.fromhex(case["key"])
    processor = processor_of(case["document"], key, case.get("payload"))
    size = case["tokens"]
    found = []
    if "symbols" in case and list(processor.symbols) != case["symbols"]:
        found.append("symbols of the payload")
    for row in case["rows"]:
        context = torch.tensor(row["context"])
        favoured = processor.favoured(context, size)
        if "".join("1" if bit else "0" for bit in favoured.tolist()) != row["favoured"]:
            found.append(f"favoured tokens after {row['context']}")
        if "position" in row and processor.position(context) != row["position"]:
            found.append(f"position of {row['context']}")
    return [f"{case['name']}: {what}" for what in found]


def _call_differences(case: dict) -> list[str]:
    """What `generate` is given: raised scores of favoured tokens, and nothing else; no mark for a document of another version."""
    document, key, size = case["document"], bytes.fromhex(case["key"]), case["tokens"]
    tokenizer = {"name": "token_ids", "vocabulary_size": size}
    small = {**document, "params": {**document["params"], "tokenizer": tokenizer}}
    processor = processor_of(small, key, case.get("payload"))
    found = []
    for row in case["rows"]:
        raised = processor(torch.tensor([row["context"]]), torch.zeros(1, size + 3))
        expected = [processor.delta * int(digit) for digit in row["favoured"]] + [0.0] * 3
        if raised.tolist() != [expected]:
            found.append(f"{case['name']}: scores after {row['context']}")
    newer = {**document, "detector_spec": {**document["detector_spec"], "version": "9.0.0"}}
    try:
        processor_of(newer, key, case.get("payload"))
        found.append(f"{case['name']}: another version was not refused")
    except ValueError:
        pass
    return found


def _siphash_differences() -> list[str]:
    # Appendix A of the SipHash paper has 15 bytes; of the reference's list this is the one of 8 bytes 00 … 07, key 00 … 0f.
    parts = [torch.tensor(0x03020100), torch.tensor(0x07060504)]
    value = siphash(bytes(range(16)), parts).item() & 0xFFFFFFFFFFFFFFFF
    return [] if value == 0x93F5F5799A932462 else ["SipHash-2-4 of 00 … 07"]


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print(__doc__)
        return 2
    cases = json.loads(pathlib.Path(arguments[0]).read_text("utf-8"))["cases"]
    differences = _siphash_differences()
    for case in cases:
        differences += _differences(case) + _call_differences(case)
    for line in differences:
        print(f"differs: {line}")
    print(f"{len(cases)} cases, {len(differences)} differences")
    return 1 if differences or not cases else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
