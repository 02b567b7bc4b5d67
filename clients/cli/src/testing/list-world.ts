import { createHash } from 'node:crypto';
import {
  appendRevocation,
  assembleToken,
  buildRevocationList,
  deriveLists,
  encodeListStatement,
  encodeRevocationList,
  jwkFromPublicKey,
  LIST_SCOPES,
  LIST_STATEMENT_PAYLOAD_TYPE,
  listDigest,
  type ListReference,
  type ListScope,
  type Revocation,
  REVOCATION_LIST_PAYLOAD_TYPE,
  type RevocationHead,
  serializeEnvelope,
  signPayload,
  type Signer,
  type TokenClaims,
  tokenSigningInput,
  utf8,
} from '@maker-registry/protocol';
import { generateActorKey } from '@maker-registry/sdk';

export const NETWORK = 'ab'.repeat(32);
export const LIST_TIME = 1_800_000_000;
const ID = (name: string): string => createHash('sha256').update(name).digest('hex');
export const ARTIFACT = ID('artifact');

export const CLAIMS: TokenClaims = {
  iss: 'Op1MSP',
  sub: ID('holder'),
  jti: 'token-1',
  iat: LIST_TIME,
  nbf: LIST_TIME,
  exp: LIST_TIME + 3_600,
  network: NETWORK,
  right_id: ID('right'),
  right_version: 1,
  artifact_id: ARTIFACT,
  root_digest: ID('root'),
  actions: ['execute'],
  limits: {},
  obligations: [],
  purpose: 'deployment',
  risk_class: 'high',
  domains: [],
  gate: { attestation_required: true, list_max_age_s: 120, fail_closed: true },
  cnf: { jkt: 'A'.repeat(43) },
};

/** Operators with software keys over a chain of revocations. */
export class ListWorld {
  readonly entries: Revocation[] = [];
  readonly #signers = new Map<string, { list: Signer; token: Signer }>();
  #head: RevocationHead | undefined;

  constructor(...mspIds: readonly string[]) {
    for (const mspId of mspIds) {
      this.#signers.set(mspId, {
        list: generateActorKey('es256').signer,
        token: generateActorKey('es256').signer,
      });
    }
  }

  /** Revokes an artifact for good. */
  revoke(artifact = ARTIFACT): void {
    const { entry, head } = appendRevocation(
      this.#head,
      {
        subject_type: 'artifact',
        subject_id: artifact,
        kind: 'revoke',
        reason_code: 'key-compromise',
        by: { msp_id: 'Op1MSP', role: 'ca-admin' },
        final: true,
      },
      { txId: ID(`tx ${this.entries.length}`), at: LIST_TIME - 100 },
    );
    this.entries.push(entry);
    this.#head = head;
  }

  /** The document of pinned operators. */
  operators(): { v: 1; network: string; operators: object[] } {
    const operators = [...this.#signers].map(([mspId, { list, token }]) => ({
      msp_id: mspId,
      keys: [
        { ...jwkFromPublicKey(token.alg, token.publicKey), kid: `${mspId}-token`, use: 'token' },
        { ...jwkFromPublicKey(list.alg, list.publicKey), kid: `${mspId}-list`, use: 'list' },
      ],
    }));
    return { v: 1, network: NETWORK, operators };
  }

  /** A combined list vouched for by these operators, at the first `count` entries of the chain. */
  async lists(issuers: readonly string[], count = this.entries.length, at = LIST_TIME): Promise<object> {
    const derived = deriveLists(NETWORK, this.entries.slice(0, count));
    const references = LIST_SCOPES.map((scope): [ListScope, ListReference] => {
      const header = derived.get(scope)?.header;
      if (header === undefined) throw new Error(scope);
      return [scope, { number: header.number, digest: listDigest(header) }];
    });
    const statements = issuers.map(async (issuer) => {
      const statement = {
        v: 1 as const,
        network: NETWORK,
        issuer,
        number: count,
        hash: ID('head'),
        height: 100 + count,
        block_hash: ID('block'),
        this_update: at,
        next_update: at + 60,
        lists: Object.fromEntries(references) as Record<ListScope, ListReference>,
      };
      const envelope = await signPayload(
        LIST_STATEMENT_PAYLOAD_TYPE,
        encodeListStatement(statement),
        this.#signer(issuer).list,
      );
      return JSON.parse(serializeEnvelope(envelope)) as object;
    });
    const lists = [...derived.values()].map(({ header, entries }) => ({
      header,
      partitions: [{ index: 0, entries }],
    }));
    return { v: 1, statements: await Promise.all(statements), lists };
  }

  /** An operator's own list at the chain's end, good for a minute. */
  async ownList(issuer: string): Promise<string> {
    const list = buildRevocationList({
      network: NETWORK,
      issuer,
      head: this.#head,
      height: 100 + this.entries.length,
      thisUpdate: LIST_TIME,
      nextUpdate: LIST_TIME + 60,
      revocations: this.entries,
      superseded: [],
    });
    const { list: signer } = this.#signer(issuer);
    return serializeEnvelope(
      await signPayload(REVOCATION_LIST_PAYLOAD_TYPE, encodeRevocationList(list), signer),
    );
  }

  async token(change: Partial<TokenClaims> = {}): Promise<string> {
    const claims = { ...CLAIMS, ...change };
    const { token } = this.#signer(claims.iss);
    const input = tokenSigningInput(claims, `${claims.iss}-token`);
    return assembleToken(input, await token.sign(utf8(input)));
  }

  #signer(mspId: string): { list: Signer; token: Signer } {
    const found = this.#signers.get(mspId);
    if (found === undefined) throw new Error(`no operator ${mspId}`);
    return found;
  }
}
