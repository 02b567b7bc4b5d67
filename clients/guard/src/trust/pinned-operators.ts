import {
  canonicalize,
  isPlainObject,
  keyId,
  type ListKey,
  parseStrictJson,
  type PublicJwk,
  publicKeyFromJwk,
  sha256Hex,
} from '@maker-registry/protocol';
import { ClientError } from '@maker-registry/sdk';
import { type StateDirectory } from '../state/state-directory';

/** One operator's public keys, as a person has confirmed them. */
export interface PinnedOperator {
  readonly mspId: string;
  /** Hex; see jwksFingerprint. */
  readonly fingerprint: string;
  readonly keys: readonly PublicJwk[];
  /** Where its gateway was when the keys were pinned; absent in pins from before this was kept. */
  readonly gateway?: PinnedGateway;
}

export interface PinnedGateway {
  readonly url: string;
  /** PEM of the CA that its certificate chains to; the system's where absent. */
  readonly ca?: string;
}

/** The operators whose tokens and lists this machine believes, on one network. */
export interface PinnedOperators {
  /** Genesis hash, hex. */
  readonly network: string;
  readonly operators: readonly PinnedOperator[];
  /** How many of them have to vouch that nothing restricts an execution; 1 unless chosen. */
  readonly threshold: number;
}

const FILE = 'operators.json';
/** Values of a JWK's `use` in the operators' key sets. */
export type KeyUse = 'token' | 'list' | 'wrap';

/** Parses an operator's JWKS as its gateway serves it. Throws RESPONSE_MALFORMED. */
export function parseJwks(bytes: Uint8Array): readonly PublicJwk[] {
  const value: unknown = parseStrictJson(bytes);
  const keys: unknown = isPlainObject(value) ? value['keys'] : undefined;
  if (!Array.isArray(keys) || !keys.every(isPublicJwk)) {
    throw new ClientError('RESPONSE_MALFORMED', 'The operator’s key set is not a JWKS with kid and use.');
  }
  return keys;
}

function isPublicJwk(value: unknown): value is PublicJwk {
  if (!isPlainObject(value)) return false;
  const { kty, crv, x, kid, use } = value;
  return [kty, crv, x, kid, use].every((member) => typeof member === 'string') && value['d'] === undefined;
}

/**
 * SHA-256 over the canonical JSON of the keys (kid, use and the key itself, by kid): what people compare with the value
 * that the operator publishes elsewhere. Hex.
 */
export function jwksFingerprint(keys: readonly PublicJwk[]): string {
  const essential = keys.map((key) => ({ kid: key.kid ?? '', use: key.use ?? '', ...publicKeyFromJwk(key) }));
  return sha256Hex(canonicalize(essential.sort((a, b) => (a.kid < b.kid ? -1 : 1))));
}

/** Adds an operator, or replaces its keys, and sets the threshold where one is given. Pins of another network are dropped: they say nothing about this one. */
export async function pinOperator(
  state: StateDirectory,
  network: string,
  operator: PinnedOperator,
  threshold?: number,
): Promise<void> {
  await state.exclusively(FILE, async () => {
    const pinned = await readPinned(state);
    const others =
      pinned?.network === network ? pinned.operators.filter(({ mspId }) => mspId !== operator.mspId) : [];
    const operators = [...others, operator].map(({ mspId, fingerprint, keys, gateway }) => ({
      msp_id: mspId,
      fingerprint,
      keys,
      ...(gateway === undefined ? {} : { gateway }),
    }));
    const chosen = threshold ?? (pinned?.network === network ? pinned.threshold : 1);
    await state.write(FILE, { v: 1, network, threshold: chosen, operators });
  });
}

/** What is pinned, or undefined. Throws STATE_MALFORMED, also when keys and fingerprint differ. */
export async function readPinned(state: StateDirectory): Promise<PinnedOperators | undefined> {
  const value = await state.read(FILE);
  if (value === undefined) return undefined;
  const { v, network, operators, threshold = 1 } = value;
  if (v !== 1 || typeof network !== 'string' || !Array.isArray(operators)) throw state.malformed(FILE);
  if (!Number.isSafeInteger(threshold) || Number(threshold) < 1) throw state.malformed(FILE);
  return {
    network,
    threshold: Number(threshold),
    operators: operators.map((one) => readOperator(state, one)),
  };
}

/** What is pinned. Throws KEYS_NOT_PINNED. */
export async function requirePinned(state: StateDirectory): Promise<PinnedOperators> {
  const pinned = await readPinned(state);
  if (pinned !== undefined) return pinned;
  throw new ClientError(
    'KEYS_NOT_PINNED',
    `No operators’ keys are pinned in ${state.path}. Run: guard enroll`,
    {
      subject: state.path,
    },
  );
}

function readOperator(state: StateDirectory, value: unknown): PinnedOperator {
  if (!isPlainObject(value)) throw state.malformed(FILE);
  const { msp_id: mspId, fingerprint, keys, gateway } = value;
  if (
    typeof mspId !== 'string' ||
    typeof fingerprint !== 'string' ||
    !Array.isArray(keys) ||
    !keys.every(isPublicJwk) ||
    !(gateway === undefined || isGateway(gateway))
  ) {
    throw state.malformed(FILE);
  }
  if (jwksFingerprint(keys) !== fingerprint) throw state.malformed(FILE);
  return { mspId, fingerprint, keys, ...(gateway === undefined ? {} : { gateway }) };
}

function isGateway(value: unknown): value is PinnedGateway {
  if (!isPlainObject(value)) return false;
  const { url, ca } = value;
  return typeof url === 'string' && (ca === undefined || typeof ca === 'string');
}

/** All pinned keys of one use. */
export function keysFor(pinned: PinnedOperators, use: KeyUse): readonly PublicJwk[] {
  return pinned.operators.flatMap(({ keys }) => keys.filter((key) => key.use === use));
}

/** The list keys with the operators they belong to. */
export function listKeys(pinned: PinnedOperators): readonly ListKey[] {
  return pinned.operators.flatMap(({ mspId, keys }) =>
    keys
      .filter(({ use }) => use === 'list')
      .map((key) => {
        const { alg, publicKey } = publicKeyFromJwk(key);
        return { keyid: keyId(alg, publicKey), alg, publicKey, issuer: mspId };
      }),
  );
}
