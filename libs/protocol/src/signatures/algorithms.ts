/** Signature algorithms of actors and lists. `es256` is what HSMs and TPMs speak. */
export const SIGNATURE_ALGORITHMS = ['ed25519', 'es256'] as const;
export type SignatureAlgorithm = (typeof SIGNATURE_ALGORITHMS)[number];

/** Bytes of a public key: Ed25519 as RFC 8032, P-256 as a compressed point (SEC 1). */
export const PUBLIC_KEY_BYTES: Readonly<Record<SignatureAlgorithm, number>> = { ed25519: 32, es256: 33 };

/** Bytes of a signature: both forms have a fixed length (r‖s for es256). */
export const SIGNATURE_BYTES = 64;
