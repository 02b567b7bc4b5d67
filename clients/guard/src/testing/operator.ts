import { createHash, randomUUID } from 'node:crypto';
import {
  assembleToken,
  encodeRevocationList,
  jwkFromPublicKey,
  keyId,
  keyThumbprint,
  type ListKey,
  type PublicJwk,
  REVOCATION_LIST_PAYLOAD_TYPE,
  type RevocationList,
  serializeEnvelope,
  signPayload,
  type TokenClaims,
  tokenSigningInput,
} from '@maker-registry/protocol';
import { generateActorKey, type SoftwareActorKey } from '@maker-registry/sdk';

export const NETWORK = 'ab'.repeat(32);
export const ISSUER = 'Op1MSP';
export const RIGHT = '11'.repeat(32);
export const ARTIFACT = '22'.repeat(32);
export const DEVICE = '33'.repeat(32);

/** An operator's signing keys in software, and what it signs with them. */
export class TestOperator {
  readonly #tokens = generateActorKey('es256');
  readonly #lists = generateActorKey('es256');

  get tokenJwk(): PublicJwk {
    const { alg, publicKey } = this.#tokens.signer;
    return { ...jwkFromPublicKey(alg, publicKey), kid: 'token-key', use: 'token' };
  }

  get listKey(): ListKey {
    const { alg, publicKey } = this.#lists.signer;
    return { keyid: keyId(alg, publicKey), alg, publicKey, issuer: ISSUER };
  }

  /** A signed list, as a gateway serves it. */
  async list(change: Partial<RevocationList> = {}): Promise<Uint8Array> {
    const now = Math.floor(Date.now() / 1_000);
    const list: RevocationList = {
      v: 1,
      network: NETWORK,
      issuer: ISSUER,
      number: 0,
      height: 10,
      this_update: now,
      next_update: now + 600,
      previous_hash: '0'.repeat(64),
      entries: [],
      superseded: [],
      ...change,
    };
    const envelope = await signPayload(
      REVOCATION_LIST_PAYLOAD_TYPE,
      encodeRevocationList(list),
      this.#lists.signer,
    );
    return Buffer.from(serializeEnvelope(envelope));
  }

  /** A signed token for a holder; of a class that fails closed unless changed. */
  token(holder: SoftwareActorKey, change: Partial<TokenClaims> = {}): string {
    const now = Math.floor(Date.now() / 1_000);
    const claims: TokenClaims = {
      iss: ISSUER,
      sub: holder.actorId,
      jti: randomUUID(),
      iat: now,
      nbf: now,
      exp: now + 600,
      network: NETWORK,
      right_id: RIGHT,
      right_version: 1,
      artifact_id: ARTIFACT,
      root_digest: '44'.repeat(32),
      actions: ['execute'],
      limits: {},
      obligations: [],
      purpose: 'deployment',
      risk_class: 'high',
      domains: [],
      gate: { attestation_required: true, list_max_age_s: 120, fail_closed: true },
      cnf: { jkt: keyThumbprint(holder.signer.alg, holder.signer.publicKey) },
      device_id: DEVICE,
      key_version: 1,
      ...change,
    };
    const input = tokenSigningInput(claims, 'token-key');
    const signature = this.#tokens.signer.sign(Buffer.from(input));
    return assembleToken(input, signature);
  }
}

/** SHA-256 in hex, for made-up ids. */
export function idOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
