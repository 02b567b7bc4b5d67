"""Checks valid/ and invalid/ of the provenance protocol, and the published sets, without other code of this project.

Needs Python 3.11 and nothing else. Written from the text of the specification as a second reading of it: JSON, encodings
and point arithmetic are its own. Prints a line for each failure and a closing count; exits with 1 on any failure. Files
that start with `settlement-` are another check's.
"""

import hashlib
import json
import pathlib
import re
import sys
from decimal import Decimal
from typing import Any, Callable, Optional

HERE = pathlib.Path(__file__).parent


class Refused(Exception):
    """A refusal; its text is the code."""


def need(condition: object, code: str) -> None:
    if not condition:
        raise Refused(code)


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def lp8(data: bytes) -> bytes:
    return bytes([len(data)]) + data


def lp16(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


def hex32(text: Any, code: str) -> bytes:
    need(isinstance(text, str) and re.fullmatch(r"[0-9a-f]{64}", text), code)
    return bytes.fromhex(text)


# --- Strict JSON and its canonical form ---

MAX_DEPTH = 32
MAX_INTEGER = 2**53 - 1


def parse_number(text: str) -> float:
    value = float(text)
    zero_lost = value == 0 and (text.startswith("-") or re.match(r"[0.]*[1-9]", text))
    need(not zero_lost and abs(value) <= MAX_INTEGER, "JSON_NUMBER_OUT_OF_RANGE")
    return value


def parse_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    need(len({key for key, _ in pairs}) == len(pairs), "JSON_DUPLICATE_KEY")
    return dict(pairs)


def refuse_constant(_: str) -> None:
    raise Refused("JSON_MALFORMED")


def parse(data: str | bytes) -> Any:
    """The value of a text. Numbers become floats, which is what every JSON number is in this protocol."""
    try:
        text = data if isinstance(data, str) else data.decode("utf-8")
        value = json.loads(
            text,
            object_pairs_hook=parse_object,
            parse_int=parse_number,
            parse_float=parse_number,
            parse_constant=refuse_constant,
        )
    except ValueError as error:
        raise Refused("JSON_MALFORMED") from error
    examine(value, 0)
    return value


def examine(value: Any, depth: int) -> None:
    if isinstance(value, str):
        need(not re.search("[\ud800-\udfff]", value), "JSON_LONE_SURROGATE")
    elif isinstance(value, (list, dict)):
        need(depth < MAX_DEPTH, "JSON_TOO_DEEP")
        for item in value:
            examine(item, depth + 1)
            if isinstance(value, dict):
                examine(value[item], depth + 1)


ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def write_string(text: str) -> str:
    return '"' + "".join(ESCAPES.get(c) or (f"\\u{ord(c):04x}" if c < " " else c) for c in text) + '"'


def write_number(value: float) -> str:
    """As ECMAScript does: Python finds the same shortest digits and only sets them out differently."""
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    text, exponent = "".join(map(str, digits)), int(exponent)
    point = len(text) + exponent  # where the decimal point stands, counted from the first digit
    if exponent >= 0 and point <= 21:
        text += "0" * exponent
    elif 0 < point <= 21:
        text = text[:point] + "." + text[point:]
    elif -6 < point <= 0:
        text = "0." + "0" * -point + text
    else:
        text = text[0] + ("." + text[1:] if text[1:] else "") + f"e{point - 1:+d}"
    return ("-" if sign else "") + text


def jcs(value: Any) -> str:
    if isinstance(value, dict):
        members = sorted(value.items(), key=lambda member: member[0].encode("utf-16-be"))
        return "{" + ",".join(write_string(k) + ":" + jcs(v) for k, v in members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(jcs, value)) + "]"
    if isinstance(value, str):
        return write_string(value)
    if isinstance(value, float):
        return write_number(value)
    return {None: "null", True: "true", False: "false"}[value]


# --- References, messages, commitments ---


def encode_ref(ref: dict[str, Any]) -> bytes:
    need(ref["ref_type"] in (0, 1, 2), "REFERENCE_MALFORMED")
    return bytes([ref["ref_type"]]) + lp16(hex32(ref["ref_bytes"], "REFERENCE_MALFORMED"))


def encode(claim: dict[str, Any]) -> bytes:
    malformed = "ATTESTATION_MALFORMED"
    need(claim["schema_version"] == 1, "UNSUPPORTED_SCHEMA_VERSION")
    timestamp = int(claim["timestamp"])
    need(0 <= timestamp < 2**64, malformed)
    message = lp8(b"WM_PROV_V1") + b"\x01" + encode_ref(claim["model_ref"]) + encode_ref(claim["scheme_ref"])
    message += hex32(claim["content_hash"], malformed) + hex32(claim["parent_hash"], malformed)
    message += timestamp.to_bytes(8, "big") + hex32(claim["nonce"], malformed)
    if "context_hash" not in claim:
        return message + b"\x00"
    return message + b"\x01" + hex32(claim["context_hash"], malformed)


def decode(message: bytes) -> dict[str, Any]:
    position = 0

    def take(length: int) -> bytes:
        nonlocal position
        need(position + length <= len(message), "ATTESTATION_MALFORMED")
        position += length
        return message[position - length : position]

    def take_ref() -> dict[str, Any]:
        part = take(35)
        need(part[0] <= 2 and part[1:3] == b"\x00\x20", "REFERENCE_MALFORMED")
        return {"ref_type": part[0], "ref_bytes": part[3:].hex()}

    need(take(11) == b"\x0aWM_PROV_V1", "ATTESTATION_MALFORMED")
    need(take(1) == b"\x01", "UNSUPPORTED_SCHEMA_VERSION")
    claim: dict[str, Any] = {"schema_version": 1, "model_ref": take_ref(), "scheme_ref": take_ref()}
    claim |= {"content_hash": take(32).hex(), "parent_hash": take(32).hex()}
    claim |= {"timestamp": str(int.from_bytes(take(8), "big")), "nonce": take(32).hex()}
    present = take(1)
    need(present in (b"\x00", b"\x01"), "ATTESTATION_MALFORMED")
    if present == b"\x01":
        claim["context_hash"] = take(32).hex()
    need(position == len(message), "ATTESTATION_MALFORMED")
    return claim


def identifier(given: dict[str, Any]) -> dict[str, str]:
    if "public_key" in given:
        key = bytes.fromhex(given["public_key"])
        return {"actor_id": sha256(lp8(b"registry:actor") + lp16(given["alg"].encode()) + lp16(key)).hex()}
    if "model_id" in given:
        owner = hex32(given["actor_id"], "ID_MALFORMED")
        return {"model_ref": sha256(lp8(b"wm:model") + owner + lp16(given["model_id"].encode())).hex()}
    model = hex32(given["model_ref"], "ID_MALFORMED")
    return {"scheme_ref": sha256(lp8(b"wm:scheme") + model + lp16(given["scheme_id"].encode())).hex()}


def scheme_commitment(given: dict[str, Any]) -> dict[str, str]:
    document = jcs(parse(given["params_text"])).encode()
    scheme = lp16(given["scheme_id"].encode())
    return {
        "commitment": sha256(lp8(b"WM_SCHEME_V1") + encode_ref(given["model_ref"]) + scheme + document).hex()
    }


def policy_commitment(given: dict[str, Any]) -> dict[str, str]:
    terms = jcs(parse(given["terms_text"])).encode()
    content = hex32(given["content_hash"], "ID_MALFORMED")
    return {
        "commitment": sha256(lp8(b"WM_POLICY_V1") + encode_ref(given["model_ref"]) + content + terms).hex()
    }


def context_hash(given: dict[str, Any]) -> dict[str, str]:
    policy = hex32(given["policy_commitment"], "ID_MALFORMED")
    context = bytes.fromhex(given.get("context", ""))
    return {"context_hash": sha256(lp8(b"WM_CONTEXT_V1") + policy + lp16(context)).hex()}


# --- Claim files and parameter documents ---

CLAIM_MEMBERS = "domain_tag schema_version model_ref scheme_ref content_hash parent_hash timestamp nonce"
CLAIM_MEMBERS += " context_hash_present context_hash"


def claim_reference(value: Any) -> dict[str, Any]:
    code = "ATTESTATION_MALFORMED"
    need(isinstance(value, dict) and value.keys() == {"ref_type", "ref_bytes"}, code)
    need(isinstance(value["ref_type"], float) and value["ref_type"] in (0, 1, 2), code)
    return {"ref_type": int(value["ref_type"]), "ref_bytes": hex32(value["ref_bytes"], code).hex()}


def claim_time(value: Any) -> str:
    if isinstance(value, float) and value >= 0 and value == int(value):
        return str(int(value))
    need(isinstance(value, str) and re.fullmatch(r"0|[1-9][0-9]*", value), "ATTESTATION_MALFORMED")
    need(int(value) < 2**64, "ATTESTATION_MALFORMED")
    return str(value)


def claim_document(given: dict[str, Any]) -> dict[str, Any]:
    code = "ATTESTATION_MALFORMED"
    file = parse(given["text"])
    need(isinstance(file, dict) and file.get("domain_tag") == "WM_PROV_V1", code)
    version = file.get("schema_version")
    need(isinstance(version, float) and version == int(version), code)
    need(version == 1, "UNSUPPORTED_SCHEMA_VERSION")
    need(file.keys() <= set(CLAIM_MEMBERS.split()), code)
    claim: dict[str, Any] = {"schema_version": 1}
    claim |= {name: claim_reference(file.get(name)) for name in ("model_ref", "scheme_ref")}
    claim |= {name: hex32(file.get(name), code).hex() for name in ("content_hash", "parent_hash", "nonce")}
    claim["timestamp"] = claim_time(file.get("timestamp"))
    present = file.get("context_hash_present")
    need(isinstance(present, (bool, float)) and present in (0, 1), code)
    if present:
        claim["context_hash"] = hex32(file.get("context_hash"), code).hex()
    else:
        need(file.get("context_hash") in (None, "", "00" * 32), code)
    return claim


NAME = r"[!-~]([ -~]{0,126}[!-~])?"
MEDIA_TYPE = r"[a-z0-9][a-z0-9!#$&^_.+-]*(/([a-z0-9][a-z0-9!#$&^_.+-]*|\*))?"


def params_document(given: dict[str, Any]) -> dict[str, str]:
    def check(condition: object) -> None:
        need(condition, "PARAMS_INVALID")

    def is_text(value: Any, pattern: str) -> bool:
        return isinstance(value, str) and re.fullmatch(pattern, value, re.DOTALL) is not None

    check(len(given["text"].encode()) <= 65536)
    document = parse(given["text"])
    members = {"scheme_id", "detector_spec", "params", "key_commitment", "compatibility"}
    check(isinstance(document, dict) and document.keys() == members)
    check(is_text(document["scheme_id"], NAME) and document["scheme_id"] == given["scheme_id"])
    spec, media = document["detector_spec"], document["compatibility"]
    check(isinstance(spec, dict) and spec.keys() == {"name", "version", "output"})
    check(
        is_text(spec["name"], NAME)
        and is_text(spec["version"], NAME)
        and is_text(spec["output"], ".{1,2000}")
    )
    check(isinstance(document["params"], dict))
    hex32(document["key_commitment"], "PARAMS_INVALID")
    check(isinstance(media, dict) and is_text(media.get("preprocessing"), ".{1,2000}"))
    types = media.get("media_types")
    check(isinstance(types, list) and 1 <= len(types) <= 64)
    check(
        all(is_text(item, MEDIA_TYPE) and len(item) <= 127 for item in types)
        and len(set(types)) == len(types)
    )
    canonical = jcs(document)
    check(len(canonical.encode()) <= 65536)
    return {"canonical": canonical}


# --- Ed25519: extended coordinates (X : Y : Z : T), a = -1 ---

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Extended = tuple[int, int, int, int]


def ed_add(a: Extended, b: Extended) -> Extended:
    (x1, y1, z1, t1), (x2, y2, z2, t2) = a, b
    e1, e2 = (y1 - x1) * (y2 - x2), (y1 + x1) * (y2 + x2)
    c, d = 2 * D * t1 * t2, 2 * z1 * z2
    e, f, g, h = e2 - e1, d - c, d + c, e2 + e1
    return e * f % P, g * h % P, f * g % P, e * h % P


def ed_times(k: int, point: Extended) -> Extended:
    result: Extended = (0, 1, 1, 0)
    for bit in bin(k)[2:]:
        result = ed_add(result, result)
        if bit == "1":
            result = ed_add(result, point)
    return result


def ed_point(data: bytes) -> Optional[Extended]:
    """The point of a canonical encoding: y below p, and no minus zero."""
    sign, y = data[31] >> 7, int.from_bytes(data, "little") % 2**255
    if y >= P:
        return None
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P == P - u:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (v * x * x - u) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def ed_is_small(point: Extended) -> bool:
    x, y, z, _ = ed_times(8, point)
    return x == 0 and y == z


ED_BASE = ed_point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def ed25519_key(key: bytes) -> bool:
    point = ed_point(key) if len(key) == 32 else None
    return point is not None and not ed_is_small(point)


def ed25519(key: bytes, digest: bytes, signature: bytes) -> bool:
    if not ed25519_key(key):
        return False
    a, r = ed_point(key), ed_point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or ED_BASE is None or ed_is_small(r) or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + digest).digest(), "little") % L
    x1, y1, z1, _ = ed_times(s, ED_BASE)
    x2, y2, z2, _ = ed_add(r, ed_times(k, a))
    return (x1 * z2 - x2 * z1) % P == 0 and (y1 * z2 - y2 * z1) % P == 0


# --- Short Weierstrass curves in Jacobian coordinates; z = 0 is infinity ---

Jacobian = tuple[int, int, int]


class Curve:
    def __init__(self, p: int, a: int, b: int, n: int, gx: int, gy: int) -> None:
        self.p, self.a, self.b, self.n, self.base = p, a, b, n, (gx, gy, 1)

    def double(self, point: Jacobian) -> Jacobian:
        x, y, z = point
        s, m = 4 * x * y * y, 3 * x * x + self.a * z**4
        t = (m * m - 2 * s) % self.p
        return t, (m * (s - t) - 8 * y**4) % self.p, 2 * y * z % self.p

    def add(self, one: Jacobian, other: Jacobian) -> Jacobian:
        if one[2] == 0 or other[2] == 0:
            return one if other[2] == 0 else other
        (x1, y1, z1), (x2, y2, z2) = one, other
        u1, u2 = x1 * z2 * z2 % self.p, x2 * z1 * z1 % self.p
        s1, s2 = y1 * z2**3 % self.p, y2 * z1**3 % self.p
        if u1 == u2:
            return self.double(one) if s1 == s2 else (1, 1, 0)
        h, r = u2 - u1, s2 - s1
        x = (r * r - h**3 - 2 * u1 * h * h) % self.p
        return x, (r * (u1 * h * h - x) - s1 * h**3) % self.p, h * z1 * z2 % self.p

    def times(self, k: int, point: Jacobian) -> Jacobian:
        result: Jacobian = (1, 1, 0)
        for bit in bin(k % self.n)[2:]:
            result = self.double(result)
            if bit == "1":
                result = self.add(result, point)
        return result

    def affine(self, point: Jacobian) -> Optional[tuple[int, int]]:
        x, y, z = point
        if z == 0:
            return None
        inverse = pow(z, -1, self.p)
        return x * inverse**2 % self.p, y * inverse**3 % self.p

    def lift(self, data: bytes, parity: int) -> Optional[Jacobian]:
        """The point with this x, below p, and this parity of y."""
        x = int.from_bytes(data, "big")
        square = (x**3 + self.a * x + self.b) % self.p
        y = pow(square, (self.p + 1) // 4, self.p)
        if x >= self.p or (y * y - square) % self.p:
            return None
        return x, (y if y & 1 == parity else self.p - y), 1


SECP256K1 = Curve(
    2**256 - 2**32 - 977,
    0,
    7,
    0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141,
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)
P256 = Curve(
    2**256 - 2**224 + 2**192 + 2**96 - 1,
    -3,
    0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
    0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)


def bip340_key(key: bytes) -> bool:
    return len(key) == 32 and SECP256K1.lift(key, 0) is not None


def bip340(key: bytes, message: bytes, signature: bytes) -> bool:
    curve = SECP256K1
    point = curve.lift(key, 0) if len(key) == 32 else None
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if point is None or r >= curve.p or s >= curve.n:
        return False
    tag = sha256(b"BIP0340/challenge")
    e = int.from_bytes(sha256(tag + tag + signature[:32] + key + message), "big") % curve.n
    result = curve.affine(curve.add(curve.times(s, curve.base), curve.times(curve.n - e, point)))
    return result is not None and result[0] == r and result[1] % 2 == 0


def es256_key(key: bytes) -> bool:
    return len(key) == 33 and key[0] in (2, 3) and P256.lift(key[1:], key[0] & 1) is not None


def es256(key: bytes, digest: bytes, signature: bytes) -> bool:
    curve = P256
    if not es256_key(key):
        return False
    point = curve.lift(key[1:], key[0] & 1)
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if point is None or not (0 < r < curve.n and 0 < s <= curve.n // 2):
        return False
    w = pow(s, -1, curve.n)
    z = int.from_bytes(digest, "big")
    result = curve.affine(curve.add(curve.times(z * w, curve.base), curve.times(r * w, point)))
    return result is not None and result[0] % curve.n == r


VERIFIERS = {"ed25519": ed25519, "bip340": bip340, "es256": es256}
KEY_CHECKS = {"ed25519": ed25519_key, "bip340": bip340_key, "es256": es256_key}


def key_bytes(text: str, code: str) -> bytes:
    need(re.fullmatch(r"([0-9a-f]{2})*", text), code)
    return bytes.fromhex(text)


def key(given: dict[str, Any]) -> dict[str, bool]:
    data = key_bytes(given["public_key"], "KEY_INVALID")
    need(given["alg"] in KEY_CHECKS and KEY_CHECKS[given["alg"]](data), "KEY_INVALID")
    return {"acceptable": True}


def signature(given: dict[str, Any]) -> dict[str, bool]:
    data = key_bytes(given["public_key"], "INVALID_SIG")
    sig = bytes.fromhex(given["signature"])
    digest = bytes.fromhex(given["digest"]) if "digest" in given else sha256(bytes.fromhex(given["payload"]))
    need(len(sig) == 64 and len(digest) == 32 and given["alg"] in VERIFIERS, "INVALID_SIG")
    need(VERIFIERS[given["alg"]](data, digest, sig), "INVALID_SIG")
    return {"valid": True}


# --- The run ---


def attestation(given: dict[str, Any]) -> dict[str, str]:
    message = encode(given)
    need(decode(message) == given, "NO_ROUND_TRIP")
    return {"payload": message.hex(), "digest": sha256(message).hex()}


def decoded(given: dict[str, Any]) -> dict[str, Any]:
    claim = decode(bytes.fromhex(given["payload"]))
    need(encode(claim).hex() == given["payload"], "NO_ROUND_TRIP")
    return claim


def canonical_json(given: dict[str, Any]) -> dict[str, str]:
    return {"canonical": jcs(parse(given["text"] if "text" in given else bytes.fromhex(given["text_hex"])))}


KINDS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "attestation": attestation,
    "decode": decoded,
    "reference": lambda given: {"encoded": encode_ref(given).hex()},
    "id": identifier,
    "scheme-commitment": scheme_commitment,
    "policy-commitment": policy_commitment,
    "context-hash": context_hash,
    "canonical-json": canonical_json,
    "signature": signature,
    "key": key,
    "claim-document": claim_document,
    "params-document": params_document,
}


def outcome(vector: dict[str, Any]) -> Any:
    """The output, or the code of the refusal."""
    try:
        return KINDS[vector["kind"]](vector["input"])
    except Refused as refusal:
        return str(refusal)


def check_files(folder: str, member: str) -> tuple[int, list[str]]:
    files = sorted(path for path in (HERE / folder).glob("*.json") if not path.name.startswith("settlement-"))
    failures = []
    for path in files:
        vector = json.loads(path.read_text(encoding="utf-8"))
        actual = outcome(vector)
        if actual != vector[member]:
            failures.append(f"{folder}/{path.name}: expected {vector[member]}, got {actual}")
    return len(files), failures


def check_set(name: str) -> tuple[int, list[str]]:
    """A published set. Ed25519's and BIP-340's are over messages of any length, which the equations take as they are.

    Wycheproof's P-256 set is over the SHA-256 of the message, and allows the high s that this protocol refuses.
    """
    content = json.loads((HERE / name).read_text(encoding="utf-8"))
    alg, failures = content["alg"], []
    for test in content["tests"]:
        data, message, sig = (bytes.fromhex(test[member]) for member in ("key", "msg", "sig"))
        high = alg == "es256" and int.from_bytes(sig[32:], "big") > P256.n // 2
        expected = test["result"] == "valid" and not high
        signed = sha256(message) if alg == "es256" else message
        if (len(sig) == 64 and VERIFIERS[alg](data, signed, sig)) != expected:
            failures.append(f"{name}: test {test['id']} must be {'accepted' if expected else 'refused'}")
    return len(content["tests"]), failures


SETS = ("bip340.json", "speccheck-ed25519.json", "wycheproof-ed25519.json", "wycheproof-es256.json")


def main() -> int:
    results = [check_files("valid", "output"), check_files("invalid", "code"), *map(check_set, SETS)]
    failures = [line for _, lines in results for line in lines]
    for line in failures:
        print(line)
    valid, invalid, *sets = (count for count, _ in results)
    print(f"{valid} valid, {invalid} invalid, {sum(sets)} of published sets: {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
