"""Reads a safetensors file from a path or an inherited descriptor.

The layout (a u64 little-endian length, a JSON header, then the tensors' bytes) is the format of
https://github.com/huggingface/safetensors. The reader goes forward only, so that it works on a regular file, on
/proc/self/fd/N of a file that has no name any more, and on a pipe.
"""

import json
import math
import struct

import numpy

# The reference reader's own bound: a hostile length must not make us allocate the machine's memory.
HEADER_LIMIT_BYTES = 100_000_000
READ_STEP_BYTES = 1 << 20

ELEMENT_TYPES = {"F32": numpy.dtype("<f4"), "F16": numpy.dtype("<f2"), "I64": numpy.dtype("<i8")}


class SafetensorsError(ValueError):
    """The file is not a well-formed safetensors file; the message says where it stops being one."""


def read_tensors(path):
    """Returns {name: array} of a safetensors file; the arrays are views of one buffer."""
    with open(path, "rb", buffering=0) as stream:
        (header_size,) = struct.unpack("<Q", _read_exactly(stream, 8))
        if header_size > HEADER_LIMIT_BYTES:
            raise SafetensorsError(f"header of {header_size} bytes exceeds {HEADER_LIMIT_BYTES}")
        header = json.loads(bytes(_read_exactly(stream, header_size)))
        header.pop("__metadata__", None)
        size = max((entry["data_offsets"][1] for entry in header.values()), default=0)
        data = _read_exactly(stream, size)
    return {name: _tensor(name, entry, data) for name, entry in header.items()}


def _tensor(name, entry, data):
    begin, end = entry["data_offsets"]
    element = ELEMENT_TYPES.get(entry["dtype"])
    if element is None:
        raise SafetensorsError(f"{name}: element type {entry['dtype']} is not supported")
    count = math.prod(entry["shape"])
    if begin < 0 or end - begin != count * element.itemsize:
        raise SafetensorsError(f"{name}: {end - begin} bytes do not hold shape {entry['shape']}")
    return numpy.frombuffer(data, element, count, begin).reshape(entry["shape"])


def _read_exactly(stream, size):
    buffer = bytearray(size)
    view = memoryview(buffer)
    filled = 0
    while filled < size:
        count = stream.readinto(view[filled : filled + READ_STEP_BYTES])
        if not count:
            raise SafetensorsError(f"ended after {filled} of {size} bytes")
        filled += count
    return buffer
