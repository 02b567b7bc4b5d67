/** The keys of this ledger's identities: ECDSA over P-256 with SHA-256, or Ed25519. With any other no signature holds. */
export type KeyKind = 'p256' | 'ed25519' | 'other';
