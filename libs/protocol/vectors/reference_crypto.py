"""Signing for the test vectors: Ed25519 (RFC 8032), BIP-340 and ECDSA on P-256 (FIPS 186, RFC 6979).

Plain Python, affine coordinates, nothing but hashlib and hmac. Slow and not constant in time: for public test keys only.
Written from the standards; check.py verifies the results with arithmetic of its own.
"""

import hashlib
import hmac
from typing import NamedTuple, Optional


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


# --- Ed25519: the twisted Edwards curve -x² + y² = 1 + d·x²·y² ---

ED_P = 2**255 - 19
ED_L = 2**252 + 27742317777372353535851937790883648493
ED_D = -121665 * pow(121666, -1, ED_P) % ED_P
EdPoint = tuple[int, int]
ED_NEUTRAL: EdPoint = (0, 1)


def ed_add(a: EdPoint, b: EdPoint) -> EdPoint:
    (x1, y1), (x2, y2) = a, b
    t = ED_D * x1 * x2 * y1 * y2
    x = (x1 * y2 + x2 * y1) * pow(1 + t, -1, ED_P) % ED_P
    y = (y1 * y2 + x1 * x2) * pow(1 - t, -1, ED_P) % ED_P
    return x, y


def ed_multiply(k: int, point: EdPoint) -> EdPoint:
    result = ED_NEUTRAL
    while k:
        if k & 1:
            result = ed_add(result, point)
        point = ed_add(point, point)
        k >>= 1
    return result


def ed_encode(point: EdPoint) -> bytes:
    x, y = point
    return (y | (x & 1) << 255).to_bytes(32, "little")


def ed_decode(data: bytes) -> EdPoint:
    raw = int.from_bytes(data, "little")
    y = raw & (1 << 255) - 1
    x2 = (y * y - 1) * pow(ED_D * y * y + 1, -1, ED_P) % ED_P
    x = pow(x2, (ED_P + 3) // 8, ED_P)
    if (x * x - x2) % ED_P:
        x = x * pow(2, (ED_P - 1) // 4, ED_P) % ED_P
    if (x * x - x2) % ED_P:
        raise ValueError("not a point")
    return (ED_P - x if x & 1 != raw >> 255 else x), y


ED_BASE = ed_decode(bytes([0x58]) + bytes([0x66]) * 31)


def ed_challenge(r: bytes, a: bytes, message: bytes) -> int:
    return int.from_bytes(hashlib.sha512(r + a + message).digest(), "little") % ED_L


class EdKey(NamedTuple):
    scalar: int
    prefix: bytes
    public: bytes


def ed_key(seed: bytes) -> EdKey:
    digest = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(digest[:32], "little")
    scalar = scalar & ((1 << 254) - 8) | 1 << 254
    return EdKey(scalar, digest[32:], ed_encode(ed_multiply(scalar, ED_BASE)))


def ed_sign(key: EdKey, message: bytes) -> bytes:
    r = int.from_bytes(hashlib.sha512(key.prefix + message).digest(), "little") % ED_L
    commitment = ed_encode(ed_multiply(r, ED_BASE))
    s = (r + ed_challenge(commitment, key.public, message) * key.scalar) % ED_L
    return commitment + s.to_bytes(32, "little")


# --- Short Weierstrass curves y² = x³ + a·x + b; None is the point at infinity ---

Point = Optional[tuple[int, int]]


class Curve(NamedTuple):
    p: int
    a: int
    b: int
    n: int
    g: tuple[int, int]


SECP256K1 = Curve(
    p=2**256 - 2**32 - 977,
    a=0,
    b=7,
    n=0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141,
    g=(
        0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
        0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
    ),
)
P256 = Curve(
    p=2**256 - 2**224 + 2**192 + 2**96 - 1,
    a=-3,
    b=0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
    n=0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    g=(
        0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
        0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
    ),
)


def add(c: Curve, a: Point, b: Point) -> Point:
    if a is None or b is None:
        return a or b
    (x1, y1), (x2, y2) = a, b
    if x1 == x2 and (y1 + y2) % c.p == 0:
        return None
    if a == b:
        slope = (3 * x1 * x1 + c.a) * pow(2 * y1, -1, c.p)
    else:
        slope = (y2 - y1) * pow(x2 - x1, -1, c.p)
    x = (slope * slope - x1 - x2) % c.p
    return x, (slope * (x1 - x) - y1) % c.p


def multiply(c: Curve, k: int, point: Point) -> Point:
    result: Point = None
    while k:
        if k & 1:
            result = add(c, result, point)
        point = add(c, point, point)
        k >>= 1
    return result


def lift(c: Curve, x: int, odd: int) -> Point:
    """The point with this x and this parity of y, or None. Both primes are 3 mod 4."""
    y2 = (x * x * x + c.a * x + c.b) % c.p
    y = pow(y2, (c.p + 1) // 4, c.p)
    if (y * y - y2) % c.p:
        return None
    return x, (c.p - y if y & 1 != odd else y)


def i2b(value: int) -> bytes:
    return value.to_bytes(32, "big")


def compress(point: Point) -> bytes:
    assert point is not None
    x, y = point
    return bytes([2 + (y & 1)]) + i2b(x)


# --- BIP-340 ---


def tagged(tag: str, data: bytes) -> bytes:
    prefix = sha256(tag.encode())
    return sha256(prefix + prefix + data)


def bip340_public(secret: int) -> bytes:
    return compress(multiply(SECP256K1, secret, SECP256K1.g))[1:]


def bip340_sign(secret: int, message: bytes, aux: bytes = bytes(32), even_r: bool = True) -> bytes:
    """`even_r=False` leaves out the step that makes R even: the mistake that one of the vectors shows."""
    c = SECP256K1
    public = multiply(c, secret, c.g)
    assert public is not None
    d = c.n - secret if public[1] & 1 else secret
    mask = int.from_bytes(tagged("BIP0340/aux", aux), "big")
    key = i2b(public[0])
    k = int.from_bytes(tagged("BIP0340/nonce", i2b(d ^ mask) + key + message), "big") % c.n
    commitment = multiply(c, k, c.g)
    assert commitment is not None
    if (commitment[1] & 1 == 1) == even_r:
        k = c.n - k
    r = i2b(commitment[0])
    e = int.from_bytes(tagged("BIP0340/challenge", r + key + message), "big") % c.n
    return r + i2b((k + e * d) % c.n)


# --- ECDSA on P-256 over a prehash, with the nonce of RFC 6979 ---


def rfc6979(secret: int, digest: bytes, n: int) -> int:
    def mac(key: bytes, data: bytes) -> bytes:
        return hmac.new(key, data, hashlib.sha256).digest()

    seed = i2b(secret) + i2b(int.from_bytes(digest, "big") % n)
    v, k = b"\x01" * 32, b"\x00" * 32
    for step in (b"\x00", b"\x01"):
        k = mac(k, v + step + seed)
        v = mac(k, v)
    while True:
        v = mac(k, v)
        nonce = int.from_bytes(v, "big")
        if 0 < nonce < n:
            return nonce
        k = mac(k, v + b"\x00")
        v = mac(k, v)


def es256_public(secret: int) -> bytes:
    return compress(multiply(P256, secret, P256.g))


def es256_sign(secret: int, digest: bytes) -> bytes:
    """r‖s with low s."""
    c = P256
    nonce = rfc6979(secret, digest, c.n)
    point = multiply(c, nonce, c.g)
    assert point is not None
    r = point[0] % c.n
    s = (int.from_bytes(digest, "big") + r * secret) * pow(nonce, -1, c.n) % c.n
    return i2b(r) + i2b(min(s, c.n - s))
