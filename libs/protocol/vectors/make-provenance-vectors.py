"""Makes valid/ and invalid/ of the provenance protocol from the text of the specification, without the TypeScript code.

Needs Python 3.11 and nothing else. Run it from anywhere; it writes beside itself. One file shows one rule. Files that
start with `settlement-` are another program's. Canonical JSON of odd values is written out by hand below, so that no
encoder vouches for itself.
"""

import json
import pathlib
from typing import Any

import reference_crypto as rc
from reference_crypto import sha256

HERE = pathlib.Path(__file__).parent
WIDTH = 110
Json = dict[str, Any]


# --- Files ---


def layout(value: Any, indent: str = "", used: int = 0) -> str:
    """JSON as the project's formatter leaves it: objects over several lines, arrays on one line where they fit."""
    if isinstance(value, dict) and value:
        inner = indent + "  "
        members = (f"{inner}{json.dumps(k)}: {layout(v, inner, len(inner) + len(json.dumps(k)) + 3)}" for k, v in value.items())
        return "{\n" + ",\n".join(members) + f"\n{indent}}}"
    if isinstance(value, list) and value:
        line = "[" + ", ".join(json.dumps(item) for item in value) + "]"
        if used + len(line) > WIDTH:
            raise ValueError("an array does not fit on a line")
        return line
    return json.dumps(value)


def write(folder: str, name: str, content: Json) -> None:
    path = HERE / folder / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(layout(content) + "\n", encoding="utf-8")


def valid(name: str, rule: str, kind: str, given: Json, output: Json) -> None:
    write("valid", name, {"rule": rule, "kind": kind, "input": given, "output": output})


def invalid(name: str, rule: str, kind: str, given: Json, code: str) -> None:
    write("invalid", name, {"rule": rule, "kind": kind, "input": given, "code": code})


# --- The protocol ---


def lp8(data: bytes) -> bytes:
    return len(data).to_bytes(1, "big") + data


def lp16(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


def ref(data: bytes, kind: int = 0) -> Json:
    return {"ref_type": kind, "ref_bytes": data.hex()}


def encode_ref(value: Json) -> bytes:
    return bytes([value["ref_type"]]) + lp16(bytes.fromhex(value["ref_bytes"]))


def encode(claim: Json) -> bytes:
    context = claim.get("context_hash")
    return b"".join(
        [
            lp8(b"WM_PROV_V1"),
            bytes([claim["schema_version"]]),
            encode_ref(claim["model_ref"]),
            encode_ref(claim["scheme_ref"]),
            bytes.fromhex(claim["content_hash"]),
            bytes.fromhex(claim["parent_hash"]),
            int(claim["timestamp"]).to_bytes(8, "big"),
            bytes.fromhex(claim["nonce"]),
            b"\x00" if context is None else b"\x01" + bytes.fromhex(context),
        ]
    )


def simple_jcs(value: Any) -> bytes:
    """RFC 8785 for the values used here: ASCII keys, whole numbers."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


ZEROS = "00" * 32
OWNER = rc.ed_key(sha256(b"provenance test vector: owner"))
ACTOR = sha256(lp8(b"registry:actor") + lp16(b"ed25519") + lp16(OWNER.public))


def model_ref(model_id: str) -> bytes:
    return sha256(lp8(b"wm:model") + ACTOR + lp16(model_id.encode()))


def scheme_ref(model: bytes, scheme_id: str) -> bytes:
    return sha256(lp8(b"wm:scheme") + model + lp16(scheme_id.encode()))


MODEL = model_ref("aurora-image-1")
SCHEME = scheme_ref(MODEL, "dct-qim-v1")
CLAIM: Json = {
    "schema_version": 1,
    "model_ref": ref(MODEL),
    "scheme_ref": ref(SCHEME),
    "content_hash": sha256(b"content").hex(),
    "parent_hash": ZEROS,
    "timestamp": "1790000000",
    "nonce": sha256(b"nonce").hex(),
}
CONTEXT = sha256(b"context").hex()
PAYLOAD = encode(CLAIM)
WITH_CONTEXT = encode({**CLAIM, "context_hash": CONTEXT})
# Where the members of a message without a context begin.
AT_VERSION, AT_MODEL, AT_SCHEME, AT_CONTENT, AT_TIME, AT_NONCE, AT_PRESENT = 11, 12, 47, 82, 146, 154, 186


def patched(payload: bytes, at: int, data: bytes) -> str:
    return (payload[:at] + data + payload[at + len(data) :]).hex()


# --- Identifiers and references ---


def identifiers() -> None:
    key = rc.es256_public(7)
    actor = sha256(lp8(b"registry:actor") + lp16(b"es256") + lp16(key))
    given = {"alg": "ed25519", "public_key": OWNER.public.hex()}
    valid("id-actor-ed25519", "An actor's id is the hash of its algorithm and first key.", "id", given, {"actor_id": ACTOR.hex()})
    given = {"alg": "es256", "public_key": key.hex()}
    valid("id-actor-es256", "A P-256 key enters an actor's id in compressed form.", "id", given, {"actor_id": actor.hex()})
    for name, model_id, rule in (
        ("id-model", "aurora-image-1", "A model's id follows from its owner and its model_id."),
        ("id-model-other-name", "aurora-image-2", "Another model_id of the same owner is another model."),
    ):
        given = {"actor_id": ACTOR.hex(), "model_id": model_id}
        valid(name, rule, "id", given, {"model_ref": model_ref(model_id).hex()})
    for name, scheme_id, rule in (
        ("id-scheme", "dct-qim-v1", "A scheme's id follows from its model and its scheme_id."),
        ("id-scheme-a", "a", "scheme_id a."),
        ("id-scheme-ab", "ab", "scheme_id ab is another scheme than a."),
    ):
        given = {"model_ref": MODEL.hex(), "scheme_id": scheme_id}
        valid(name, rule, "id", given, {"scheme_ref": scheme_ref(MODEL, scheme_id).hex()})
    for name, actor_id, rule in (
        ("id-actor-short", ACTOR.hex()[2:], "An actor id of 31 bytes is refused."),
        ("id-actor-upper-case", ACTOR.hex().upper(), "Hex is lower case."),
        ("id-actor-prefixed", "0x" + ACTOR.hex(), "Hex has no prefix."),
    ):
        invalid(name, rule, "id", {"actor_id": actor_id, "model_id": "a"}, "ID_MALFORMED")
    given = {"model_ref": MODEL.hex() + "00", "scheme_id": "a"}
    invalid("id-scheme-model-33-bytes", "A model_ref of 33 bytes is refused.", "id", given, "ID_MALFORMED")


def references() -> None:
    for name, kind, rule in (
        ("reference-id", 0, "Type 0 is an id of the registry."),
        ("reference-key", 1, "Type 1 is a public key of 32 bytes."),
        ("reference-uri", 2, "Type 2 is the SHA-256 of a URI."),
    ):
        valid(name, rule, "reference", ref(MODEL, kind), {"encoded": encode_ref(ref(MODEL, kind)).hex()})
    for name, given, rule in (
        ("reference-type-3", ref(MODEL, 3), "Type 3 is not known."),
        ("reference-type-255", ref(MODEL, 255), "Type 255 is not known."),
        ("reference-type-negative", ref(MODEL, -1), "A type is 0, 1 or 2."),
        ("reference-length-0", ref(b""), "A reference of 0 bytes is refused."),
        ("reference-length-31", ref(MODEL[1:]), "A reference of 31 bytes is refused."),
        ("reference-length-33", ref(MODEL + b"\0"), "A reference of 33 bytes is refused."),
        ("reference-key-compressed-point", ref(b"\x02" + MODEL, 1), "Type 1 has 32 bytes too: a compressed point is refused."),
        ("reference-upper-case", {"ref_type": 0, "ref_bytes": MODEL.hex().upper()}, "Hex is lower case."),
        ("reference-half-byte", {"ref_type": 0, "ref_bytes": MODEL.hex()[1:]}, "Hex has two digits for each byte."),
    ):
        invalid(name, rule, "reference", given, "REFERENCE_MALFORMED")


# --- Messages ---


def attestations() -> None:
    for name, change, rule in (
        ("no-parent", {}, "Without a parent, parent_hash is 32 zero bytes."),
        ("parent", {"parent_hash": sha256(b"parent").hex()}, "A parent is named by its content hash."),
        ("context-absent", {}, "Without a context the message ends with the presence byte 0."),
        ("context-all-zeros", {"context_hash": ZEROS}, "A context of 32 zero bytes is not an absent context."),
        ("context-present", {"context_hash": CONTEXT}, "A context follows the presence byte 1."),
        ("model-by-key", {"model_ref": ref(OWNER.public, 1)}, "A model may be named by a key (type 1)."),
        (
            "model-by-uri",
            {"model_ref": ref(sha256(b"https://example.org/model"), 2)},
            "A model may be named by the hash of a URI (type 2).",
        ),
        ("scheme-by-key", {"scheme_ref": ref(SCHEME, 1)}, "The same 32 bytes under another type are another message."),
        ("scheme-by-uri", {"scheme_ref": ref(SCHEME, 2)}, "A scheme may be named by the hash of a URI (type 2)."),
        ("timestamp-zero", {"timestamp": "0"}, "The lowest timestamp is 0."),
        ("timestamp-one", {"timestamp": "1"}, "A timestamp is big-endian."),
        ("timestamp-beyond-double", {"timestamp": str(2**53 + 1)}, "A timestamp is not a double."),
        ("timestamp-max", {"timestamp": str(2**64 - 1)}, "The highest timestamp is 2^64-1."),
        (
            "all-zeros",
            {"content_hash": ZEROS, "nonce": ZEROS},
            "The encoding gives zeros no meaning; the rules of the ledger do.",
        ),
    ):
        claim = {**CLAIM, **change}
        output = {"payload": encode(claim).hex(), "digest": sha256(encode(claim)).hex()}
        valid(f"attestation-{name}", rule, "attestation", claim, output)
    short = CLAIM["content_hash"][2:]
    for name, change, code, rule in (
        ("version-0", {"schema_version": 0}, "UNSUPPORTED_SCHEMA_VERSION", "Version 0 is not known."),
        ("version-2", {"schema_version": 2}, "UNSUPPORTED_SCHEMA_VERSION", "Version 2 is not known."),
        ("version-257", {"schema_version": 257}, "UNSUPPORTED_SCHEMA_VERSION", "Version 257 must not wrap to 1."),
        ("content-31-bytes", {"content_hash": short}, "ATTESTATION_MALFORMED", "A content hash has 32 bytes."),
        ("content-33-bytes", {"content_hash": short + "0000"}, "ATTESTATION_MALFORMED", "A content hash has 32 bytes."),
        ("content-upper-case", {"content_hash": CLAIM["content_hash"].upper()}, "ATTESTATION_MALFORMED", "Hex is lower case."),
        ("parent-empty", {"parent_hash": ""}, "ATTESTATION_MALFORMED", "No parent is 32 zero bytes, not nothing."),
        ("nonce-16-bytes", {"nonce": "00" * 16}, "ATTESTATION_MALFORMED", "A nonce has 32 bytes."),
        ("context-empty", {"context_hash": ""}, "ATTESTATION_MALFORMED", "A context is 32 bytes or absent."),
        ("timestamp-negative", {"timestamp": "-1"}, "ATTESTATION_MALFORMED", "A timestamp is not negative."),
        (
            "timestamp-above-max",
            {"timestamp": str(2**64)},
            "ATTESTATION_MALFORMED",
            "A timestamp fits in 64 bits; it must not wrap.",
        ),
        ("model-33-bytes", {"model_ref": ref(MODEL + b"\0")}, "REFERENCE_MALFORMED", "A reference in a claim has 32 bytes."),
        ("scheme-type-3", {"scheme_ref": ref(SCHEME, 3)}, "REFERENCE_MALFORMED", "A reference in a claim is of a known type."),
    ):
        invalid(f"attestation-{name}", rule, "attestation", {**CLAIM, **change}, code)


def decoding() -> None:
    for name, payload, claim, rule in (
        ("decode-without-context", PAYLOAD, CLAIM, "187 bytes without a context."),
        ("decode-with-context", WITH_CONTEXT, {**CLAIM, "context_hash": CONTEXT}, "219 bytes with a context."),
    ):
        valid(name, rule, "decode", {"payload": payload.hex()}, claim)
    malformed = (
        ("trailing-byte", (PAYLOAD + b"\0").hex(), "A byte after the message is refused."),
        ("trailing-byte-after-context", (WITH_CONTEXT + b"\0").hex(), "A byte after the context is refused."),
        ("trailing-context", (PAYLOAD + bytes(32)).hex(), "32 bytes after the presence byte 0 are trailing bytes."),
        ("presence-2", patched(WITH_CONTEXT, AT_PRESENT, b"\x02"), "The presence byte is 0 or 1."),
        ("presence-255", patched(PAYLOAD, AT_PRESENT, b"\xff"), "The presence byte is 0 or 1."),
        ("context-missing", patched(PAYLOAD, AT_PRESENT, b"\x01"), "After the presence byte 1 a context must follow."),
        ("context-truncated", WITH_CONTEXT[:-1].hex(), "A context has 32 bytes."),
        ("presence-missing", PAYLOAD[:-1].hex(), "The presence byte must be there."),
        ("truncated-in-nonce", PAYLOAD[: AT_NONCE + 5].hex(), "A truncated nonce is refused."),
        ("truncated-in-timestamp", PAYLOAD[: AT_TIME + 5].hex(), "A truncated timestamp is refused."),
        ("truncated-in-content", PAYLOAD[: AT_CONTENT + 5].hex(), "A truncated content hash is refused."),
        ("truncated-in-reference", PAYLOAD[: AT_MODEL + 5].hex(), "A truncated reference is refused."),
        ("truncated-in-domain", PAYLOAD[:5].hex(), "A truncated domain tag is refused."),
        ("version-missing", PAYLOAD[:AT_VERSION].hex(), "The version must be there."),
        ("empty", "", "No bytes are no message."),
        ("domain-other", patched(PAYLOAD, 10, b"2"), "Another domain tag is refused, even with a known version."),
        ("domain-lower-case", patched(PAYLOAD, 1, b"wm_prov_v1"), "The domain tag is compared byte by byte."),
        ("domain-length-9", patched(PAYLOAD, 0, b"\x09"), "The length of the domain tag is part of it."),
        ("domain-length-255", (b"\xff" + b"W" * 255 + PAYLOAD[AT_VERSION:]).hex(), "A domain tag of 255 bytes is another one."),
        ("without-domain", PAYLOAD[AT_VERSION:].hex(), "The domain tag must be there."),
    )
    for name, payload, rule in malformed:
        invalid(f"decode-{name}", rule, "decode", {"payload": payload}, "ATTESTATION_MALFORMED")
    for version in (0, 2, 255):
        given = {"payload": patched(PAYLOAD, AT_VERSION, bytes([version]))}
        invalid(f"decode-version-{version}", f"Version {version} is not known.", "decode", given, "UNSUPPORTED_SCHEMA_VERSION")
    given = {"payload": (PAYLOAD[:AT_VERSION] + b"\x02").hex()}
    rule = "The version is judged before anything that follows it: another version may have another layout."
    invalid("decode-version-2-truncated", rule, "decode", given, "UNSUPPORTED_SCHEMA_VERSION")
    for name, at, data, rule in (
        ("model-type-3", AT_MODEL, b"\x03", "A model_ref of an unknown type is refused."),
        ("scheme-type-255", AT_SCHEME, b"\xff", "A scheme_ref of an unknown type is refused."),
        ("model-length-0", AT_MODEL + 1, b"\x00\x00", "A ref_len of 0 is refused."),
        ("model-length-31", AT_MODEL + 1, b"\x00\x1f", "A ref_len of 31 is refused."),
        ("model-length-33", AT_MODEL + 1, b"\x00\x21", "A ref_len of 33 is refused."),
        ("model-length-65535", AT_MODEL + 1, b"\xff\xff", "A ref_len of 65535 is refused."),
        ("scheme-length-little-endian", AT_SCHEME + 1, b"\x20\x00", "A ref_len is big-endian: 0x2000 is 8192."),
    ):
        invalid(f"decode-{name}", rule, "decode", {"payload": patched(PAYLOAD, at, data)}, "REFERENCE_MALFORMED")
    whole = PAYLOAD[:AT_MODEL] + encode_ref(ref(MODEL + b"\0")) + PAYLOAD[AT_SCHEME:]
    rule = "A reference of 33 bytes is refused although every length agrees."
    invalid("decode-model-33-bytes", rule, "decode", {"payload": whole.hex()}, "REFERENCE_MALFORMED")


# --- Commitments ---

PARAMS: Json = {
    "scheme_id": "dct-qim-v1",
    "detector_spec": {"name": "dct-qim", "version": "1.0.0", "output": "bits and a binomial p-value"},
    "params": {"step": 24, "bits": 64, "threshold": "1e-6"},
    "key_commitment": sha256(b"detector key").hex(),
    "compatibility": {"media_types": ["image/png", "image/jpeg"], "preprocessing": "luma, long side 1024"},
}
PARAMS_TEXT = json.dumps(PARAMS)
TERMS: Json = {
    "license_terms": {"uri": "https://example.org/license", "commercial": True},
    "royalty_terms": {"beneficiaries": [ACTOR.hex()], "shares_bps": [10000], "derivative_royalty_bps": 500},
}


def scheme_commitment(model: Json, scheme_id: str, canonical: bytes) -> str:
    return sha256(lp8(b"WM_SCHEME_V1") + encode_ref(model) + lp16(scheme_id.encode()) + canonical).hex()


def policy_commitment(model: Json, content_hash: str, canonical: bytes) -> str:
    return sha256(lp8(b"WM_POLICY_V1") + encode_ref(model) + bytes.fromhex(content_hash) + canonical).hex()


def commitments() -> None:
    canonical = simple_jcs(PARAMS)
    reordered = json.dumps(dict(reversed(PARAMS.items())), indent=1)
    for name, model, scheme_id, text, jcs, rule in (
        (
            "document",
            ref(MODEL),
            "dct-qim-v1",
            PARAMS_TEXT,
            canonical,
            "A scheme's commitment is over model, scheme_id and canonical document.",
        ),
        ("other-order", ref(MODEL), "dct-qim-v1", reordered, canonical, "Order of members and whitespace do not matter."),
        (
            "other-model",
            ref(sha256(b"other")),
            "dct-qim-v1",
            PARAMS_TEXT,
            canonical,
            "The same document of another model has another commitment.",
        ),
        ("model-by-key", ref(MODEL, 1), "dct-qim-v1", PARAMS_TEXT, canonical, "The type of the reference is committed to."),
        ("scheme-a", ref(MODEL), "a", "{}", b"{}", "scheme_id a."),
        ("scheme-ab", ref(MODEL), "ab", "{}", b"{}", "scheme_id ab has another commitment than a."),
        (
            "length-prefix-a-11",
            ref(MODEL),
            "a",
            "11",
            b"11",
            "Without a length prefix this would be the same bytes as scheme_id a1 and document 1.",
        ),
        (
            "length-prefix-a1-1",
            ref(MODEL),
            "a1",
            "1",
            b"1",
            "Without a length prefix this would be the same bytes as scheme_id a and document 11.",
        ),
        (
            "unicode",
            ref(MODEL),
            "dct-qim-v1",
            '{"\\u00e9":"e\\u0301"}',
            '{"é":"e\u0301"}'.encode(),
            "Text is hashed as UTF-8, without Unicode normalization.",
        ),
        ("fraction", ref(MODEL), "dct-qim-v1", '{"alpha":0.10}', b'{"alpha":0.1}', "Numbers are hashed in their shortest form."),
    ):
        given = {"model_ref": model, "scheme_id": scheme_id, "params_text": text}
        output = {"commitment": scheme_commitment(model, scheme_id, jcs)}
        valid(f"scheme-commitment-{name}", rule, "scheme-commitment", given, output)
    for name, model, text, code, rule in (
        (
            "duplicate-key",
            ref(MODEL),
            '{"a":1,"a":1}',
            "JSON_DUPLICATE_KEY",
            "A document with a duplicate key has no commitment, even if the values agree.",
        ),
        (
            "number-beyond-double",
            ref(MODEL),
            '{"a":9007199254740993}',
            "JSON_NUMBER_OUT_OF_RANGE",
            "A document with a number beyond 2^53-1 has no commitment.",
        ),
        (
            "lone-surrogate",
            ref(MODEL),
            '{"a":"\\ud800"}',
            "JSON_LONE_SURROGATE",
            "A document with a lone surrogate has no commitment.",
        ),
        ("model-type-3", ref(MODEL, 3), "{}", "REFERENCE_MALFORMED", "The model's reference must be well-formed."),
    ):
        given = {"model_ref": model, "scheme_id": "a", "params_text": text}
        invalid(f"scheme-commitment-{name}", rule, "scheme-commitment", given, code)

    content = CLAIM["content_hash"]
    swapped = {"license_terms": TERMS["royalty_terms"], "royalty_terms": TERMS["license_terms"]}
    for name, content_hash, terms, rule in (
        ("terms", content, TERMS, "A policy's commitment is over model, content and both terms."),
        ("other-content", sha256(b"other").hex(), TERMS, "The same terms for another content have another commitment."),
        ("swapped-terms", content, swapped, "Which half a term stands in is committed to."),
        ("empty-terms", content, {"license_terms": {}, "royalty_terms": {}}, "Empty terms have a commitment."),
        ("null-terms", content, {"license_terms": None, "royalty_terms": None}, "null is not the same as empty."),
    ):
        given = {"model_ref": ref(MODEL), "content_hash": content_hash, "terms_text": json.dumps(terms)}
        output = {"commitment": policy_commitment(ref(MODEL), content_hash, simple_jcs(terms))}
        valid(f"policy-commitment-{name}", rule, "policy-commitment", given, output)
    text = json.dumps(TERMS)
    for name, model, content_hash, terms_text, code, rule in (
        ("content-31-bytes", ref(MODEL), content[2:], text, "ID_MALFORMED", "A content hash has 32 bytes."),
        (
            "model-33-bytes",
            ref(MODEL + b"\0"),
            content,
            text,
            "REFERENCE_MALFORMED",
            "The model's reference must be well-formed.",
        ),
        (
            "duplicate-key",
            ref(MODEL),
            content,
            '{"license_terms":{},"royalty_terms":{},"license_terms":{}}',
            "JSON_DUPLICATE_KEY",
            "Terms with a duplicate key have no commitment.",
        ),
    ):
        given = {"model_ref": model, "content_hash": content_hash, "terms_text": terms_text}
        invalid(f"policy-commitment-{name}", rule, "policy-commitment", given, code)

    policy = policy_commitment(ref(MODEL), content, simple_jcs(TERMS))
    for name, context, rule in (
        ("absent", None, "An absent context counts as one of length 0."),
        ("empty", b"", "An empty context is the same as none."),
        ("zero-byte", b"\0", "A context of one zero byte is not the same as none."),
        ("bytes", "prompt: a lighthouse, seed 7 é".encode(), "A context is bytes; text counts as UTF-8."),
    ):
        given = {"policy_commitment": policy} | ({} if context is None else {"context": context.hex()})
        output = {"context_hash": sha256(lp8(b"WM_CONTEXT_V1") + bytes.fromhex(policy) + lp16(context or b"")).hex()}
        valid(f"context-hash-{name}", rule, "context-hash", given, output)
    for name, given, rule in (
        ("policy-31-bytes", {"policy_commitment": policy[2:]}, "A policy commitment has 32 bytes."),
        ("policy-upper-case", {"policy_commitment": policy.upper()}, "Hex is lower case."),
    ):
        invalid(f"context-hash-{name}", rule, "context-hash", given, "ID_MALFORMED")


# --- Canonical JSON: text in, canonical text out, both by hand ---


def canonical_json() -> None:
    for name, text, canonical, rule in (
        ("key-order", '{"b":1,"a":2,"A":3,"":4,"aa":5}', '{"":4,"A":3,"a":2,"aa":5,"b":1}', "Members are sorted by key."),
        (
            "key-order-utf16",
            '{"\\u20ac":1,"\\r":2,"\\ufb33":3,"1":4,"\\ud83d\\ude00":5,"\\u0080":6,"\\u00f6":7}',
            '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}',
            "Keys are compared by UTF-16 code units: U+1F600 (D83D DE00) sorts before U+FB33, unlike in UTF-8.",
        ),
        ("key-order-digits", '{"10":1,"9":2,"1":3}', '{"1":3,"10":1,"9":2}', "Keys that look like numbers are text."),
        ("key-proto", '{"__proto__":{"a":1},"a":2}', '{"__proto__":{"a":1},"a":2}', "__proto__ is a key like any other."),
        ("key-escaped", '{"\\u0061":1}', '{"a":1}', "Keys are unescaped."),
        (
            "escapes",
            '"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/"',
            '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"',
            "Only what must be escaped is, in the shortest form; \\u escapes are lower case.",
        ),
        (
            "escapes-control",
            '"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f\\u007f"',
            '"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f\u007f"',
            "Five control characters have short escapes; DEL stands for itself.",
        ),
        ("escapes-line-separators", '"\\u2028\\u2029"', '"\u2028\u2029"', "U+2028 and U+2029 stand for themselves."),
        ("surrogate-pair", '"\\ud83d\\ude00"', '"😀"', "A surrogate pair is one character."),
        (
            "unicode-not-normalized",
            '["\\u00e9","e\\u0301"]',
            '["é","e\u0301"]',
            "Unicode is not normalized: both stay as they are.",
        ),
        (
            "numbers-integers",
            "[0,1,-1,1.0,100,1e2,9007199254740991,-9007199254740991]",
            "[0,1,-1,1,100,100,9007199254740991,-9007199254740991]",
            "A whole number has no point and no exponent.",
        ),
        (
            "numbers-fractions",
            "[4.50,2e-3,0.1,333333333.33333329,0.000001,123456.789,-1.5]",
            "[4.5,0.002,0.1,333333333.3333333,0.000001,123456.789,-1.5]",
            "A fraction is the shortest text that reads back as the same double.",
        ),
        (
            "numbers-exponents",
            "[1e-7,0.000000000000000000000000001,1.5E-8,5e-324]",
            "[1e-7,1e-27,1.5e-8,5e-324]",
            "Below 1e-6 a number has an exponent.",
        ),
        ("literals", "[true,false,null]", "[true,false,null]", "Literals stay."),
        ("whitespace", ' \t\r\n{ "a" : [ 1 , 2 ] } ', '{"a":[1,2]}', "Whitespace vanishes."),
        (
            "nested",
            '{"b":{"d":[{"z":1,"y":[]}],"c":{}},"a":[[]]}',
            '{"a":[[]],"b":{"c":{},"d":[{"y":[],"z":1}]}}',
            "Members are sorted at every level; arrays keep their order.",
        ),
        ("empty-object", "{}", "{}", "An empty object."),
        ("string-alone", '"a"', '"a"', "A text may be a string alone."),
        ("depth-32", "[" * 32 + "]" * 32, "[" * 32 + "]" * 32, "32 levels are accepted."),
    ):
        valid(f"canonical-json-{name}", rule, "canonical-json", {"text": text}, {"canonical": canonical})
    for name, text, code, rule in (
        ("duplicate-key", '{"a":1,"b":2,"a":1}', "JSON_DUPLICATE_KEY", "A duplicate key is refused."),
        ("duplicate-key-escaped", '{"a":1,"\\u0061":2}', "JSON_DUPLICATE_KEY", "Keys are compared after unescaping."),
        ("duplicate-key-nested", '[{"a":{"b":1,"b":1}}]', "JSON_DUPLICATE_KEY", "A duplicate key is refused at every level."),
        ("lone-high-surrogate", '"\\ud83d"', "JSON_LONE_SURROGATE", "A high surrogate alone is refused."),
        ("lone-low-surrogate", '"\\ude00"', "JSON_LONE_SURROGATE", "A low surrogate alone is refused."),
        ("reversed-surrogates", '"\\ude00\\ud83d"', "JSON_LONE_SURROGATE", "A pair in the wrong order is refused."),
        ("lone-surrogate-in-key", '{"\\ud800":1}', "JSON_LONE_SURROGATE", "A lone surrogate in a key is refused."),
        ("number-2-53", "9007199254740992", "JSON_NUMBER_OUT_OF_RANGE", "2^53 is refused."),
        ("number-minus-2-53", "-9007199254740992", "JSON_NUMBER_OUT_OF_RANGE", "-2^53 is refused."),
        ("number-1e30", "[1E30]", "JSON_NUMBER_OUT_OF_RANGE", "A number beyond 2^53-1 is refused in every form."),
        ("number-overflow", "1e400", "JSON_NUMBER_OUT_OF_RANGE", "A number that no double holds is refused."),
        ("number-underflow", "1e-400", "JSON_NUMBER_OUT_OF_RANGE", "A number that would become 0 is refused."),
        ("number-minus-zero", "-0", "JSON_NUMBER_OUT_OF_RANGE", "-0 is refused: it would be written as 0."),
        ("number-minus-zero-fraction", "[-0.0e5]", "JSON_NUMBER_OUT_OF_RANGE", "-0 is refused in every form."),
        ("number-leading-zero", "01", "JSON_MALFORMED", "A leading zero is not JSON."),
        ("number-plus", "+1", "JSON_MALFORMED", "A plus sign is not JSON."),
        ("number-no-fraction", "1.", "JSON_MALFORMED", "A point needs digits after it."),
        ("number-nan", "NaN", "JSON_MALFORMED", "NaN is not JSON."),
        ("number-infinity", "-Infinity", "JSON_MALFORMED", "Infinity is not JSON."),
        ("depth-33", "[" * 33 + "]" * 33, "JSON_TOO_DEEP", "33 levels are refused."),
        ("trailing-text", "{}{}", "JSON_MALFORMED", "Text after the value is refused."),
        ("trailing-comma", "[1,]", "JSON_MALFORMED", "A trailing comma is not JSON."),
        ("comment", "[1/*a*/]", "JSON_MALFORMED", "A comment is not JSON."),
        ("single-quotes", "'a'", "JSON_MALFORMED", "Strings stand in double quotes."),
        ("control-character", '"a\nb"', "JSON_MALFORMED", "A control character must be escaped."),
        ("bad-escape", '"\\x41"', "JSON_MALFORMED", "An unknown escape is refused."),
        ("no-break-space", "\u00a0{}", "JSON_MALFORMED", "Only space, tab, CR and LF are whitespace."),
        ("byte-order-mark", "\ufeff{}", "JSON_MALFORMED", "A byte order mark is refused."),
        ("empty", "", "JSON_MALFORMED", "No text is no value."),
        ("unfinished", '{"a":', "JSON_MALFORMED", "An unfinished text is refused."),
    ):
        invalid(f"canonical-json-{name}", rule, "canonical-json", {"text": text}, code)
    for name, data, rule in (
        ("not-utf-8", b'"\xff"', "Bytes that are not UTF-8 are refused, not replaced."),
        ("overlong-utf-8", b'"\xc0\xaf"', "An overlong form is not UTF-8."),
        ("surrogate-in-utf-8", b'"\xed\xa0\x80"', "A surrogate encoded in UTF-8 is not UTF-8."),
    ):
        invalid(f"canonical-json-{name}", rule, "canonical-json", {"text_hex": data.hex()}, "JSON_MALFORMED")


# --- Keys and signatures ---

BIP340_SECRET = int.from_bytes(sha256(b"provenance test vector: bip340"), "big") % rc.SECP256K1.n
ES256_SECRET = int.from_bytes(sha256(b"provenance test vector: es256"), "big") % rc.P256.n
BIP340_KEY = rc.bip340_public(BIP340_SECRET)
ES256_KEY = rc.es256_public(ES256_SECRET)
DIGEST = sha256(PAYLOAD)
TORSION = rc.ed_decode(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"))
IDENTITY = (1).to_bytes(32, "little")
IDENTITY_NOT_CANONICAL = (rc.ED_P + 1).to_bytes(32, "little")


def signature(alg: str, key: bytes, data: bytes, sig: bytes, digest_only: bool = False) -> Json:
    message = {"digest": data.hex()} if digest_only else {"payload": data.hex()}
    return {"alg": alg, "public_key": key.hex(), **message, "signature": sig.hex()}


def good_signature(name: str, rule: str, given: Json) -> None:
    valid(f"signature-{name}", rule, "signature", given, {"valid": True})


def bad_signature(name: str, rule: str, given: Json) -> None:
    invalid(f"signature-{name}", rule, "signature", given, "INVALID_SIG")


def payload_with(test: Any) -> bytes:
    """A message for which the challenge has the wanted form: an attacker tries nonces."""
    counter = 0
    while True:
        payload = encode({**CLAIM, "nonce": sha256(b"try %d" % counter).hex()})
        if test(sha256(payload)):
            return payload
        counter += 1


def crafted(key: bytes, scalar: int, r: bytes, r_scalar: int, residue: int) -> tuple[bytes, bytes]:
    """Payload and signature under a key scalar·B + torsion, where the challenge is `residue` modulo 8."""
    payload = payload_with(lambda digest: rc.ed_challenge(r, key, digest) % 8 == residue)
    s = (r_scalar + rc.ed_challenge(r, key, sha256(payload)) * scalar) % rc.ED_L
    return payload, r + s.to_bytes(32, "little")


def ed25519_signatures() -> None:
    key, secret = OWNER.public, OWNER.scalar
    sig = rc.ed_sign(OWNER, DIGEST)
    r, s = sig[:32], int.from_bytes(sig[32:], "little")
    good_signature("ed25519", "Ed25519 over the digest.", signature("ed25519", key, PAYLOAD, sig))
    context = rc.ed_sign(OWNER, sha256(WITH_CONTEXT))
    good_signature(
        "ed25519-with-context",
        "Ed25519 over the digest of a message with a context.",
        signature("ed25519", key, WITH_CONTEXT, context),
    )
    commitment = rc.ed_encode(rc.ed_multiply(77, rc.ED_BASE))
    mixed = rc.ed_encode(rc.ed_add(rc.ed_multiply(secret, rc.ED_BASE), TORSION))
    payload, both = crafted(mixed, secret, commitment, 77, 0)
    good_signature(
        "ed25519-mixed-order-key",
        "A key of mixed order is accepted where the equation holds without cofactor.",
        signature("ed25519", mixed, payload, both),
    )
    payload, cofactored = crafted(mixed, secret, commitment, 77, 1)
    bad_signature(
        "ed25519-cofactored-only", "The equation is the one without cofactor.", signature("ed25519", mixed, payload, cofactored)
    )

    small = rc.ed_encode(TORSION)
    payload, forged = crafted(small, 0, commitment, 77, 0)
    bad_signature(
        "ed25519-small-order-key",
        "A key of small order is refused: one signature would fit many messages.",
        signature("ed25519", small, payload, forged),
    )
    payload, forged = crafted(IDENTITY_NOT_CANONICAL, 0, commitment, 77, 0)
    bad_signature(
        "ed25519-key-not-canonical",
        "A key with y not below p is refused.",
        signature("ed25519", IDENTITY_NOT_CANONICAL, payload, forged),
    )
    payload, forged = crafted(key, secret, IDENTITY, 0, 0)
    bad_signature("ed25519-small-order-r", "An R of small order is refused.", signature("ed25519", key, payload, forged))
    payload, forged = crafted(key, secret, IDENTITY_NOT_CANONICAL, 0, 0)
    bad_signature("ed25519-r-not-canonical", "An R with y not below p is refused.", signature("ed25519", key, payload, forged))
    high = r + (s + rc.ED_L).to_bytes(32, "little")
    bad_signature(
        "ed25519-s-not-below-l",
        "S must be below L, or a signature would have two forms.",
        signature("ed25519", key, PAYLOAD, high),
    )
    bad_signature("ed25519-s-is-l", "S = L is refused.", signature("ed25519", key, PAYLOAD, r + rc.ED_L.to_bytes(32, "little")))
    bad_signature("ed25519-all-zeros", "64 zero bytes are no signature.", signature("ed25519", key, PAYLOAD, bytes(64)))
    bad_signature(
        "ed25519-zero-key-zero-signature",
        "Zero key and zero signature are refused.",
        signature("ed25519", bytes(32), PAYLOAD, bytes(64)),
    )
    bad_signature(
        "ed25519-over-payload",
        "The signature is over the digest, not the payload.",
        signature("ed25519", key, PAYLOAD, rc.ed_sign(OWNER, PAYLOAD)),
    )
    bad_signature(
        "ed25519-over-hex",
        "The signature is over the digest's bytes, not its hex.",
        signature("ed25519", key, PAYLOAD, rc.ed_sign(OWNER, DIGEST.hex().encode())),
    )
    bad_signature("ed25519-other-payload", "The signature is over this message.", signature("ed25519", key, WITH_CONTEXT, sig))
    other = rc.ed_key(sha256(b"other"))
    bad_signature("ed25519-other-key", "The signature is by this key.", signature("ed25519", other.public, PAYLOAD, sig))
    bad_signature("ed25519-63-bytes", "A signature has 64 bytes.", signature("ed25519", key, PAYLOAD, sig[:-1]))
    bad_signature("ed25519-65-bytes", "A signature has 64 bytes.", signature("ed25519", key, PAYLOAD, sig + b"\0"))
    bad_signature("ed25519-key-33-bytes", "A key has 32 bytes.", signature("ed25519", b"\0" + key, PAYLOAD, sig))
    off_curve = (2).to_bytes(32, "little")
    bad_signature("ed25519-key-off-curve", "A key must be a point of the curve.", signature("ed25519", off_curve, PAYLOAD, sig))
    given = {**signature("ed25519", key, PAYLOAD, sig), "public_key": key.hex().upper()}
    bad_signature("ed25519-key-upper-case", "Keys are given in lower-case hex.", given)
    bad_signature("algorithm-unknown", "Another algorithm is refused.", signature("rsa", key, PAYLOAD, sig))
    bad_signature(
        "algorithm-upper-case", "Names of algorithms are compared as they are.", signature("Ed25519", key, PAYLOAD, sig)
    )


def bip340_signatures() -> None:
    c = rc.SECP256K1
    key = BIP340_KEY
    sig = rc.bip340_sign(BIP340_SECRET, DIGEST)
    good_signature("bip340", "BIP-340 with the digest as message.", signature("bip340", key, PAYLOAD, sig))
    odd = next(k for k in range(2, 50) if rc.multiply(c, k, c.g)[1] & 1)  # type: ignore[index]
    good_signature(
        "bip340-odd-secret",
        "A signer whose point has an odd y signs with the negated secret.",
        signature("bip340", rc.bip340_public(odd), PAYLOAD, rc.bip340_sign(odd, DIGEST)),
    )
    uneven = rc.bip340_sign(BIP340_SECRET, DIGEST, even_r=False)
    bad_signature("bip340-odd-r", "R must have an even y.", signature("bip340", key, PAYLOAD, uneven))
    negated = sig[:32] + rc.i2b(c.n - int.from_bytes(sig[32:], "big"))
    bad_signature("bip340-s-negated", "n - s is not another form of the signature.", signature("bip340", key, PAYLOAD, negated))
    bad_signature("bip340-s-is-n", "s must be below n.", signature("bip340", key, PAYLOAD, sig[:32] + rc.i2b(c.n)))
    bad_signature("bip340-r-is-p", "R's x must be below p.", signature("bip340", key, PAYLOAD, rc.i2b(c.p) + sig[32:]))
    off = next(x for x in range(1, 50) if rc.lift(c, x, 0) is None)
    bad_signature(
        "bip340-r-off-curve", "R must be a point of the curve.", signature("bip340", key, PAYLOAD, rc.i2b(off) + sig[32:])
    )
    bad_signature("bip340-key-off-curve", "The key must be the x of a point.", signature("bip340", rc.i2b(off), PAYLOAD, sig))
    on = next(x for x in range(1, 50) if rc.lift(c, x, 0) is not None)
    bad_signature("bip340-key-not-below-p", "The key's x must be below p.", signature("bip340", rc.i2b(c.p + on), PAYLOAD, sig))
    bad_signature(
        "bip340-over-payload",
        "The message is the digest, not the payload.",
        signature("bip340", key, PAYLOAD, rc.bip340_sign(BIP340_SECRET, PAYLOAD)),
    )
    bad_signature("bip340-other-payload", "The signature is over this message.", signature("bip340", key, WITH_CONTEXT, sig))
    bad_signature(
        "bip340-key-33-bytes", "The key is x alone, without a parity byte.", signature("bip340", b"\x02" + key, PAYLOAD, sig)
    )
    bad_signature("bip340-65-bytes", "A signature has 64 bytes.", signature("bip340", key, PAYLOAD, sig + b"\x01"))
    bad_signature("bip340-all-zeros", "64 zero bytes are no signature.", signature("bip340", key, PAYLOAD, bytes(64)))
    bad_signature(
        "bip340-as-ed25519",
        "The algorithm is the one the model declares, not the one that fits.",
        signature("ed25519", key, PAYLOAD, sig),
    )


def small_x_key() -> tuple[int, bytes, bytes, bytes]:
    """x and parity byte of a point of P-256 with a tiny x, and digest and signature that verify under it.

    Nobody knows the secret; the digest is what follows from a chosen signature. It needs a verifier that is given
    digests, and shows what such a verifier must refuse."""
    c = rc.P256
    x = next(x for x in range(1, 50) if rc.lift(c, x, 0) is not None)
    u1, u2 = 5, 7
    while True:
        point = rc.add(c, rc.multiply(c, u1, c.g), rc.multiply(c, u2, rc.lift(c, x, 0)))
        assert point is not None
        r = point[0] % c.n
        s = r * pow(u2, -1, c.n) % c.n
        if s <= c.n // 2:
            return x, b"\x02", rc.i2b(u1 * s % c.n), rc.i2b(r) + rc.i2b(s)
        u2 += 1


def der(sig: bytes) -> bytes:
    """r‖s as an ASN.1 SEQUENCE of two INTEGERs."""
    parts = b""
    for half in (sig[:32], sig[32:]):
        number = half.lstrip(b"\0")
        number = b"\0" + number if number[0] & 0x80 else number
        parts += b"\x02" + lp8(number)
    return b"\x30" + lp8(parts)


def es256_signatures() -> None:
    c = rc.P256
    key = ES256_KEY
    sig = rc.es256_sign(ES256_SECRET, DIGEST)
    r, s = sig[:32], int.from_bytes(sig[32:], "big")
    good_signature("es256", "ECDSA on P-256 with the digest as prehash and low s.", signature("es256", key, PAYLOAD, sig))
    bad_signature(
        "es256-high-s",
        "s above n/2 is refused, or a signature would have two forms.",
        signature("es256", key, PAYLOAD, r + rc.i2b(c.n - s)),
    )
    bad_signature("es256-s-zero", "s = 0 is refused.", signature("es256", key, PAYLOAD, r + bytes(32)))
    bad_signature("es256-s-is-n", "s = n is refused.", signature("es256", key, PAYLOAD, r + rc.i2b(c.n)))
    bad_signature("es256-r-zero", "r = 0 is refused.", signature("es256", key, PAYLOAD, bytes(32) + sig[32:]))
    bad_signature("es256-r-is-n", "r = n is refused.", signature("es256", key, PAYLOAD, rc.i2b(c.n) + sig[32:]))
    bad_signature("es256-all-zeros", "64 zero bytes are no signature.", signature("es256", key, PAYLOAD, bytes(64)))
    bad_signature("es256-der", "A signature is r and s of 32 bytes each, not DER.", signature("es256", key, PAYLOAD, der(sig)))
    bad_signature(
        "es256-hashed-twice",
        "The digest is the prehash: it is not hashed again.",
        signature("es256", key, PAYLOAD, rc.es256_sign(ES256_SECRET, sha256(DIGEST))),
    )
    bad_signature("es256-other-payload", "The signature is over this message.", signature("es256", key, WITH_CONTEXT, sig))
    bad_signature(
        "es256-other-parity",
        "The parity byte is part of the key.",
        signature("es256", bytes([key[0] ^ 1]) + key[1:], PAYLOAD, sig),
    )
    bad_signature("es256-key-32-bytes", "A key has 33 bytes.", signature("es256", key[1:], PAYLOAD, sig))
    bad_signature(
        "es256-key-uncompressed-prefix", "A key is a compressed point.", signature("es256", b"\x04" + key[1:], PAYLOAD, sig)
    )
    off = next(x for x in range(1, 50) if rc.lift(c, x, 0) is None)
    bad_signature(
        "es256-key-off-curve", "A key must be a point of the curve.", signature("es256", b"\x02" + rc.i2b(off), PAYLOAD, sig)
    )
    x, parity, digest, crafted_sig = small_x_key()
    good_signature(
        "es256-key-small-x",
        "A key with a tiny x is a key like any other.",
        signature("es256", parity + rc.i2b(x), digest, crafted_sig, True),
    )
    bad_signature(
        "es256-key-x-not-below-p",
        "The same point with x written as x + p is refused.",
        signature("es256", parity + rc.i2b(c.p + x), digest, crafted_sig, True),
    )
    bad_signature("es256-digest-31-bytes", "A digest has 32 bytes.", signature("es256", key, DIGEST[1:], sig, True))
    bad_signature(
        "es256-digest-33-bytes", "A digest has 32 bytes; it is not cut.", signature("es256", key, DIGEST + b"\0", sig, True)
    )


def keys() -> None:
    for alg, key in (("ed25519", OWNER.public), ("bip340", BIP340_KEY), ("es256", ES256_KEY)):
        given = {"alg": alg, "public_key": key.hex()}
        valid(f"key-{alg}", f"A key for {alg} that a model may register.", "key", given, {"acceptable": True})
    off_secp = next(x for x in range(1, 50) if rc.lift(rc.SECP256K1, x, 0) is None)
    on_secp = next(x for x in range(1, 50) if rc.lift(rc.SECP256K1, x, 0) is not None)
    off_p256 = next(x for x in range(1, 50) if rc.lift(rc.P256, x, 0) is None)
    on_p256 = next(x for x in range(1, 50) if rc.lift(rc.P256, x, 0) is not None)
    for order in range(8):
        point = rc.ed_encode(rc.ed_multiply(order, TORSION))
        given = {"alg": "ed25519", "public_key": point.hex()}
        invalid(
            f"key-ed25519-small-order-{order}",
            f"Point {order} of the eight of small order is refused.",
            "key",
            given,
            "KEY_INVALID",
        )
    for name, alg, key, rule in (
        ("ed25519-y-is-p", "ed25519", rc.ED_P.to_bytes(32, "little"), "y = p is not canonical."),
        (
            "ed25519-y-is-p-plus-3",
            "ed25519",
            (rc.ED_P + 3).to_bytes(32, "little"),
            "y = p + 3 is not canonical: the point has another encoding.",
        ),
        ("ed25519-all-ones", "ed25519", b"\xff" * 32, "y = 2^255 - 1 is not canonical."),
        ("ed25519-minus-zero", "ed25519", (1 | 1 << 255).to_bytes(32, "little"), "x = 0 with the sign bit set is not canonical."),
        ("ed25519-off-curve", "ed25519", (2).to_bytes(32, "little"), "y = 2 is no point."),
        ("ed25519-31-bytes", "ed25519", OWNER.public[1:], "A key has 32 bytes."),
        ("bip340-off-curve", "bip340", rc.i2b(off_secp), "The key must be the x of a point."),
        ("bip340-zero", "bip340", bytes(32), "x = 0 is no point of secp256k1."),
        ("bip340-x-not-below-p", "bip340", rc.i2b(rc.SECP256K1.p + on_secp), "x must be below p."),
        ("bip340-33-bytes", "bip340", b"\x02" + BIP340_KEY, "The key is x alone."),
        ("es256-off-curve", "es256", b"\x02" + rc.i2b(off_p256), "A key must be a point of the curve."),
        ("es256-x-not-below-p", "es256", b"\x02" + rc.i2b(rc.P256.p + on_p256), "x must be below p."),
        ("es256-uncompressed-prefix", "es256", b"\x04" + ES256_KEY[1:], "A key is a compressed point."),
        ("es256-infinity", "es256", bytes(33), "The point at infinity is no key."),
        ("es256-32-bytes", "es256", ES256_KEY[1:], "A key has 33 bytes."),
        ("algorithm-unknown", "secp256k1", BIP340_KEY, "Another algorithm is refused."),
        ("algorithm-mismatch", "es256", OWNER.public, "The length must match the declared algorithm."),
    ):
        invalid(f"key-{name}", rule, "key", {"alg": alg, "public_key": key.hex()}, "KEY_INVALID")
    for name, alg, key in (("bip340", "bip340", BIP340_KEY), ("es256", "es256", ES256_KEY), ("ed25519", "ed25519", OWNER.public)):
        given = {"alg": alg, "public_key": key.hex().upper()}
        invalid(f"key-{name}-upper-case", "Keys are given in lower-case hex.", "key", given, "KEY_INVALID")


# --- Documents ---

DOCUMENT: Json = {"domain_tag": "WM_PROV_V1", **CLAIM, "timestamp": 1790000000, "context_hash_present": False}


def without(document: Json, member: str) -> Json:
    return {name: value for name, value in document.items() if name != member}


def claim_documents() -> None:
    present = {"context_hash_present": True, "context_hash": CONTEXT}
    with_context = {**CLAIM, "context_hash": CONTEXT}
    for name, change, claim, rule in (
        ("context-missing", {}, CLAIM, "An absent context needs no member."),
        ("context-null", {"context_hash": None}, CLAIM, "null may stand for an absent context."),
        ("context-empty", {"context_hash": ""}, CLAIM, "An empty text may stand for an absent context."),
        ("context-placeholder", {"context_hash": ZEROS}, CLAIM, "Zeros may stand in the place of an absent context."),
        ("context-absent-as-0", {"context_hash_present": 0}, CLAIM, "0 means absent."),
        ("context-present", present, with_context, "A present context is 32 bytes."),
        ("context-present-as-1", {**present, "context_hash_present": 1}, with_context, "1 means present."),
        (
            "context-zeros-present",
            {**present, "context_hash": ZEROS},
            {**CLAIM, "context_hash": ZEROS},
            "Zeros that are present are a context.",
        ),
        ("timestamp-text", {"timestamp": "1790000000"}, CLAIM, "A timestamp may be a decimal text."),
        ("timestamp-zero", {"timestamp": 0}, {**CLAIM, "timestamp": "0"}, "The lowest timestamp is 0."),
        (
            "timestamp-max",
            {"timestamp": str(2**64 - 1)},
            {**CLAIM, "timestamp": str(2**64 - 1)},
            "The highest timestamp needs the text form.",
        ),
        (
            "reference-types",
            {"model_ref": ref(OWNER.public, 1), "scheme_ref": ref(SCHEME, 2)},
            {**CLAIM, "model_ref": ref(OWNER.public, 1), "scheme_ref": ref(SCHEME, 2)},
            "References may be of every type.",
        ),
    ):
        given = {"text": json.dumps({**DOCUMENT, **change})}
        valid(f"claim-document-{name}", rule, "claim-document", given, claim)
    content = DOCUMENT["content_hash"]
    for name, document, rule in (
        ("domain-other", {**DOCUMENT, "domain_tag": "WM_PROV_V2"}, "The domain tag is WM_PROV_V1."),
        ("domain-missing", without(DOCUMENT, "domain_tag"), "The domain tag must be there."),
        ("version-text", {**DOCUMENT, "schema_version": "1"}, "The version is a number."),
        ("version-fraction", {**DOCUMENT, "schema_version": 1.5}, "The version is a whole number."),
        ("version-missing", without(DOCUMENT, "schema_version"), "The version must be there."),
        ("unknown-member", {**DOCUMENT, "signature": "00"}, "A member that is not known is refused."),
        ("nonce-missing", without(DOCUMENT, "nonce"), "The nonce must be there."),
        ("content-upper-case", {**DOCUMENT, "content_hash": content.upper()}, "Hex is lower case."),
        ("content-prefixed", {**DOCUMENT, "content_hash": "0x" + content[2:]}, "Hex has no prefix."),
        ("content-31-bytes", {**DOCUMENT, "content_hash": content[2:]}, "A content hash has 32 bytes."),
        ("parent-null", {**DOCUMENT, "parent_hash": None}, "No parent is written as zeros."),
        ("parent-missing", without(DOCUMENT, "parent_hash"), "No parent is written as zeros."),
        ("model-text", {**DOCUMENT, "model_ref": MODEL.hex()}, "A reference is an object."),
        ("model-unknown-member", {**DOCUMENT, "model_ref": {**ref(MODEL), "ref_len": 32}}, "A reference has two members."),
        ("model-type-text", {**DOCUMENT, "model_ref": {**ref(MODEL), "ref_type": "0"}}, "ref_type is a number."),
        ("model-type-3", {**DOCUMENT, "model_ref": ref(MODEL, 3)}, "ref_type is 0, 1 or 2."),
        ("scheme-33-bytes", {**DOCUMENT, "scheme_ref": ref(SCHEME + b"\0")}, "ref_bytes has 32 bytes."),
        ("scheme-missing", without(DOCUMENT, "scheme_ref"), "The scheme must be named."),
        ("timestamp-leading-zero", {**DOCUMENT, "timestamp": "01790000000"}, "A timestamp has one text only."),
        ("timestamp-plus", {**DOCUMENT, "timestamp": "+1790000000"}, "A timestamp has no sign."),
        ("timestamp-minus", {**DOCUMENT, "timestamp": -1}, "A timestamp is not negative."),
        ("timestamp-exponent", {**DOCUMENT, "timestamp": "1e9"}, "A timestamp has no exponent."),
        ("timestamp-hex", {**DOCUMENT, "timestamp": "0x10"}, "A timestamp is decimal."),
        ("timestamp-space", {**DOCUMENT, "timestamp": " 1790000000"}, "A timestamp has no space."),
        ("timestamp-empty", {**DOCUMENT, "timestamp": ""}, "A timestamp is not empty."),
        ("timestamp-fraction", {**DOCUMENT, "timestamp": 1790000000.5}, "A timestamp is whole seconds."),
        ("timestamp-above-max", {**DOCUMENT, "timestamp": str(2**64)}, "A timestamp fits in 64 bits."),
        ("timestamp-null", {**DOCUMENT, "timestamp": None}, "A timestamp must be there."),
        ("presence-missing", without(DOCUMENT, "context_hash_present"), "Whether there is a context must be said."),
        ("presence-text", {**DOCUMENT, "context_hash_present": "false"}, "Presence is a boolean, 0 or 1."),
        ("presence-2", {**DOCUMENT, "context_hash_present": 2}, "Presence is a boolean, 0 or 1."),
        ("context-contradicts", {**DOCUMENT, "context_hash": CONTEXT}, "A context that is said to be absent is refused."),
        ("context-absent-short-zeros", {**DOCUMENT, "context_hash": "00"}, "The placeholder is 32 bytes."),
        ("context-present-missing", {**DOCUMENT, "context_hash_present": True}, "A present context must be there."),
        ("context-present-empty", {**DOCUMENT, **present, "context_hash": ""}, "A present context is 32 bytes."),
        ("context-present-null", {**DOCUMENT, **present, "context_hash": None}, "A present context is 32 bytes."),
        ("not-an-object", [], "A claim is an object."),
    ):
        invalid(f"claim-document-{name}", rule, "claim-document", {"text": json.dumps(document)}, "ATTESTATION_MALFORMED")
    text = json.dumps(DOCUMENT)
    twice = text[:-1] + ', "nonce": "' + CLAIM["nonce"] + '"}'
    for name, given, code, rule in (
        ("version-2", json.dumps({**DOCUMENT, "schema_version": 2}), "UNSUPPORTED_SCHEMA_VERSION", "Version 2 is not known."),
        (
            "version-2-other-members",
            json.dumps({**DOCUMENT, "schema_version": 2, "added": 1}),
            "UNSUPPORTED_SCHEMA_VERSION",
            "The version is judged before the members: another version may have others.",
        ),
        ("duplicate-key", twice, "JSON_DUPLICATE_KEY", "The same member twice is refused, even with equal values."),
        (
            "timestamp-beyond-double",
            text.replace("1790000000", "9007199254740993"),
            "JSON_NUMBER_OUT_OF_RANGE",
            "A number beyond 2^53-1 must be a text.",
        ),
        ("trailing-text", text + "x", "JSON_MALFORMED", "Text after the claim is refused."),
    ):
        invalid(f"claim-document-{name}", rule, "claim-document", {"text": given}, code)


def params_documents() -> None:
    extra = {**PARAMS, "compatibility": {**PARAMS["compatibility"], "color_spaces": ["srgb"]}}
    for name, document, rule in (
        ("complete", PARAMS, "A parameter document of a scheme."),
        ("extra-members", extra, "params and compatibility may have more members."),
        ("params-empty", {**PARAMS, "params": {}}, "params may be empty."),
        (
            "media-type-range",
            {**PARAMS, "compatibility": {"media_types": ["image/*", "text"], "preprocessing": "none"}},
            "A media type may be a range or a bare word.",
        ),
    ):
        given = {"text": json.dumps(document), "scheme_id": PARAMS["scheme_id"]}
        valid(f"params-document-{name}", rule, "params-document", given, {"canonical": simple_jcs(document).decode()})
    spec, compatibility = PARAMS["detector_spec"], PARAMS["compatibility"]
    for name, document, rule in (
        ("scheme-id-other", {**PARAMS, "scheme_id": "dct-qim-v2"}, "scheme_id is that of the scheme."),
        ("scheme-id-missing", without(PARAMS, "scheme_id"), "scheme_id must be there."),
        ("unknown-member", {**PARAMS, "note": "x"}, "A member that is not known is refused."),
        ("detector-missing", without(PARAMS, "detector_spec"), "The detector must be named."),
        ("detector-unknown-member", {**PARAMS, "detector_spec": {**spec, "url": "x"}}, "detector_spec has three members."),
        ("detector-version-number", {**PARAMS, "detector_spec": {**spec, "version": 1}}, "A version is a text."),
        ("params-array", {**PARAMS, "params": []}, "params is an object."),
        ("key-commitment-31-bytes", {**PARAMS, "key_commitment": PARAMS["key_commitment"][2:]}, "key_commitment has 32 bytes."),
        ("key-commitment-null", {**PARAMS, "key_commitment": None}, "key_commitment must be there."),
        (
            "media-types-empty",
            {**PARAMS, "compatibility": {**compatibility, "media_types": []}},
            "At least one media type is named.",
        ),
        (
            "media-types-repeated",
            {**PARAMS, "compatibility": {**compatibility, "media_types": ["text", "text"]}},
            "A media type is named once.",
        ),
        (
            "media-type-upper-case",
            {**PARAMS, "compatibility": {**compatibility, "media_types": ["Image/PNG"]}},
            "Media types are lower case.",
        ),
        (
            "preprocessing-missing",
            {**PARAMS, "compatibility": without(compatibility, "preprocessing")},
            "Preprocessing must be described.",
        ),
        ("not-an-object", None, "A document is an object."),
    ):
        given = {"text": json.dumps(document), "scheme_id": PARAMS["scheme_id"]}
        invalid(f"params-document-{name}", rule, "params-document", given, "PARAMS_INVALID")
    given = {"text": PARAMS_TEXT[:-1] + ', "params": {}}', "scheme_id": PARAMS["scheme_id"]}
    invalid("params-document-duplicate-key", "The same member twice is refused.", "params-document", given, "JSON_DUPLICATE_KEY")


for section in (
    identifiers,
    references,
    attestations,
    decoding,
    commitments,
    canonical_json,
    ed25519_signatures,
    bip340_signatures,
    es256_signatures,
    keys,
    claim_documents,
    params_documents,
):
    section()
