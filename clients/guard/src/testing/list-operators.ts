import {
  appendRevocation,
  deriveLists,
  encodeListStatement,
  keyId,
  LIST_SCOPES,
  LIST_STATEMENT_PAYLOAD_TYPE,
  listDigest,
  type ListKey,
  type ListReference,
  type ListScope,
  type Revocation,
  type RevocationFields,
  type RevocationHead,
  serializeRegistryLists,
  signPayload,
  type Signer,
} from '@maker-registry/protocol';
import { generateActorKey } from '@maker-registry/sdk';
import { NETWORK } from './operator';

/** Several operators' list keys over a chain of revocations, and the combined lists that their gateways serve. */
export class ListOperators {
  readonly #signers: readonly (readonly [string, Signer])[];
  readonly #entries: Revocation[] = [];
  #head: RevocationHead | undefined;

  constructor(...mspIds: readonly string[]);
  constructor(...signers: readonly (readonly [string, Signer])[]);
  constructor(...operators: readonly (string | readonly [string, Signer])[]) {
    this.#signers = operators.map((one) =>
      typeof one === 'string' ? [one, generateActorKey('es256').signer] : one,
    );
  }

  /** The same keys over another, empty ledger. */
  withoutHistory(): ListOperators {
    return new ListOperators(...this.#signers);
  }

  get keys(): readonly ListKey[] {
    return this.#signers.map(([issuer, { alg, publicKey }]) => ({
      keyid: keyId(alg, publicKey),
      alg,
      publicKey,
      issuer,
    }));
  }

  restrict(fields: Pick<RevocationFields, 'subject_type' | 'subject_id' | 'kind'>): void {
    const { entry, head } = appendRevocation(
      this.#head,
      {
        reason_code: 'key-compromise',
        by: { msp_id: 'Op1MSP', role: 'ca-admin' },
        final: fields.kind !== 'hold',
        ...fields,
      },
      { txId: `tx ${this.#entries.length}`, at: 1_700_000_000 },
    );
    this.#entries.push(entry);
    this.#head = head;
  }

  /** A combined list of these operators at the first `count` entries, signed `ageS` seconds ago. */
  async lists(
    issuers: readonly string[],
    { count = this.#entries.length, ageS = 0 } = {},
  ): Promise<Uint8Array> {
    const derived = deriveLists(NETWORK, this.#entries.slice(0, count));
    const now = Math.floor(Date.now() / 1_000) - ageS;
    const references = [...derived].map(([scope, { header }]): [ListScope, ListReference] => [
      scope,
      { number: header.number, digest: listDigest(header) },
    ]);
    const chosen = this.#signers.filter(([mspId]) => issuers.includes(mspId));
    const statements = chosen.map(async ([issuer, signer]) => {
      const payload = encodeListStatement({
        v: 1,
        network: NETWORK,
        issuer,
        number: count,
        hash: 'cc'.repeat(32),
        height: 100 + count,
        block_hash: 'dd'.repeat(32),
        this_update: now,
        next_update: now + 60,
        lists: Object.fromEntries(references) as Record<ListScope, ListReference>,
      });
      return await signPayload(LIST_STATEMENT_PAYLOAD_TYPE, payload, signer);
    });
    const lists = LIST_SCOPES.flatMap((scope) => derived.get(scope) ?? []).map(({ header, entries }) => ({
      header,
      partitions: [{ index: 0, entries }],
    }));
    return Buffer.from(serializeRegistryLists({ v: 1, statements: await Promise.all(statements), lists }));
  }
}
