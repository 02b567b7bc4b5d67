"""Makes registry.json from the text of the specification alone, without the TypeScript code.

Needs Python 3.11 and the package `cryptography`. Run it from anywhere; it writes beside itself. The unit tests compare
the protocol library with the result, so two independent readings of the specification have to agree.
"""

import base64
import hashlib
import hmac
import json
import pathlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def h(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def lp8(data: bytes) -> bytes:
    return len(data).to_bytes(1, "big") + data


def lp16(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


def jcs(value: object) -> bytes:
    """RFC 8785 for the values used here: ASCII keys, integers, no floats."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def pae(payload_type: str, payload: bytes) -> bytes:
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def hkdf(key: bytes, salt: bytes, info: bytes) -> bytes:
    extracted = hmac.new(salt, key, hashlib.sha256).digest()
    return hmac.new(extracted, info + b"\x01", hashlib.sha256).digest()


seed = h(b"maker registry test vector")
signer = Ed25519PrivateKey.from_private_bytes(seed)
public = signer.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
network = h(b"test network")

actor = h(lp8(b"registry:actor") + lp16(b"ed25519") + lp16(public))
keyid = h(lp16(b"ed25519") + lp16(public))
artifact = h(lp8(b"registry:artifact") + actor + lp16(b"models/minilm") + lp16(b"1.0.0"))
terms = {
    "actions": ["execute"],
    "purposes": ["research"],
    "limits": {"max_executions": 10},
    "transfer": {"resale": True, "gift": True, "bequest": False},
    "resale_royalty_bps": 500,
    "obligations": ["attribution"],
}
license_id = h(lp8(b"registry:license") + actor + jcs(terms))

intent = {
    "v": 1,
    "network": network.hex(),
    "type": "license.define",
    "actor": actor.hex(),
    "nonce": "00112233445566778899aabbccddeeff",
    "expires_at": 1800000600,
    "body": {"name": "Research only", "terms": terms},
}
payload = jcs(intent)
message = pae("application/vnd.maker-registry.intent+json", payload)
intent_id = h(message)
envelope = {
    "payload": base64.b64encode(payload).decode(),
    "payloadType": "application/vnd.maker-registry.intent+json",
    "signatures": [{"keyid": keyid.hex(), "sig": base64.b64encode(signer.sign(message)).decode()}],
}
right = h(lp8(b"registry:right") + intent_id)

content_key = h(b"content key")
commitment = h(lp8(b"registry:content-key") + artifact + content_key)
plaintext = bytes((7 * i) % 256 for i in range(10000))
header = {
    "v": 1,
    "artifact_id": artifact.hex(),
    "key_version": 1,
    "chunk_size": 4096,
    "plaintext_size": len(plaintext),
    "ranges": [[100, 9000]],
    "nonce_prefix": "0123456789abcdef",
}
header_bytes = jcs(header)
header_hash = h(header_bytes)
chunk_key = hkdf(content_key, header_hash, b"mrg1")
body = plaintext[:100]
starts = list(range(100, 9000, 4096))
for index, start in enumerate(starts):
    final = index == len(starts) - 1
    nonce = bytes.fromhex(header["nonce_prefix"]) + index.to_bytes(4, "big")
    aad = header_hash + index.to_bytes(4, "big") + bytes([final])
    body += AESGCM(chunk_key).encrypt(nonce, plaintext[start : min(start + 4096, 9000)], aad)
body += plaintext[9000:]
container = b"MRG1" + len(header_bytes).to_bytes(4, "big") + header_bytes + body

revocation = {
    "number": 1,
    "previous": "0" * 64,
    "subject_type": "artifact",
    "subject_id": artifact.hex(),
    "kind": "hold",
    "reason_code": "investigation",
    "by": {"msp_id": "Op1MSP", "role": "safety-reviewer"},
    "final": False,
    "tx_id": "tx-1",
    "at": 1800000000,
}

ek_public_area = bytes.fromhex("0001000b")
vectors = {
    "network": network.hex(),
    "seed": seed.hex(),
    "public_key": public.hex(),
    "actor_id": actor.hex(),
    "keyid": keyid.hex(),
    "artifact": {"name": "models/minilm", "version": "1.0.0", "artifact_id": artifact.hex()},
    "license": {"terms": terms, "license_id": license_id.hex()},
    "intent": {"value": intent, "payload": payload.decode(), "intent_id": intent_id.hex(), "envelope": envelope},
    "right_id": right.hex(),
    "proposal": {"value": {"version": 1}, "proposal_id": h(lp8(b"registry:proposal") + jcs({"version": 1})).hex()},
    "device": {
        "ek_public_area": ek_public_area.hex(),
        "device_id": h(lp8(b"registry:device") + ek_public_area).hex(),
    },
    "revocation": {"entry": revocation, "hash": h(jcs(revocation)).hex()},
    "container": {
        "content_key": content_key.hex(),
        "commitment": commitment.hex(),
        "header": header,
        "header_hash": header_hash.hex(),
        "chunk_key": chunk_key.hex(),
        "plaintext": "byte i is 7·i mod 256, 10000 bytes",
        "file_size": len(container),
        "file_sha256": h(container).hex(),
    },
}
target = pathlib.Path(__file__).with_name("registry.json")
target.write_text(json.dumps(vectors, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
