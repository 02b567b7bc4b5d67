import { createHash, randomInt } from 'node:crypto';
import {
  assembleStatusList,
  LIST_SCOPES,
  ListIndex,
  packStatuses,
  RegistryError,
  restrictionsFromIndex,
  type ScopeContent,
  type ListScope,
  STATUS_LIST_INDICES,
  type StatusBits,
  statusListSigningInput,
  TOKEN_STATUS,
  type TokenClaims,
  tokenStatus,
  type TokenStatusReference,
} from '@maker-registry/protocol';
import { type Pool } from 'pg';
import { forRequest } from '../../database/database-error';
import { unixNow } from '../clock';
import { type TrustDeps } from '../deps';
import { LIST_LIFETIME_S, LIST_REFRESH_S, PURGE_ROWS } from '../limits';
import { type TrustKeys } from '../trust-keys';
import { type DerivedLists, type ListsAt, withLists } from './derived-lists';
import { type SnapshotSource } from './ledger-snapshot';
import {
  MAX_STATUS_LISTS_PER_SPAN,
  STATUS_CACHE_ENTRIES,
  STATUS_DRAWS,
  STATUS_LIST_SPAN_S,
  STATUS_TTL_S,
} from './limits';

const BITS: StatusBits = 2;

/** A status list token as served. */
export interface ServedStatusList {
  readonly token: string;
  readonly etag: string;
  readonly issuedAt: number;
}

interface Row {
  readonly idx: number;
  readonly right_id: string;
  readonly right_version: string;
  readonly artifact_id: string;
  readonly holder: string;
  readonly key_version: number | null;
  readonly device_id: string | null;
  readonly actions: TokenClaims['actions'];
  readonly purpose: TokenClaims['purpose'];
  readonly domains: readonly string[];
}

interface Parts {
  readonly deps: Pick<TrustDeps, 'hsm' | 'pool' | 'freshness' | 'head'>;
  readonly keys: TrustKeys;
  readonly snapshots: SnapshotSource;
  readonly derived: DerivedLists;
  /** Address under which clients find the lists. */
  readonly publicUrl: string;
}

/**
 * The statuses of this operator's tokens as Token Status Lists. Each token has a place in the list of its hour, drawn at
 * random; what stands there follows from the ledger's state, which is read in the same snapshot as the lists of the scopes.
 */
export class StatusLists {
  readonly #parts: Parts;
  readonly #served = new Map<string, ServedStatusList & { readonly height: number }>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Gives a token its place. Throws RATE_LIMITED when this hour's lists are full. */
  async assign(claims: TokenClaims): Promise<TokenStatusReference> {
    const hour = Math.floor(claims.iat / STATUS_LIST_SPAN_S);
    for (let part = 0; part < MAX_STATUS_LISTS_PER_SPAN; part += 1) {
      const list = `${hour}-${part}`;
      const idx = await this.#draw(list, claims);
      if (idx !== undefined) return { status_list: { idx, uri: this.#uri(list) } };
    }
    throw new RegistryError('RATE_LIMITED', 'This operator has issued too many tokens in this hour.');
  }

  /**
   * A status list, at most LIST_REFRESH_S old and of every block that the mirror announced.
   *
   * @throws RegistryError STATUS_LIST_UNKNOWN
   */
  async list(name: string): Promise<ServedStatusList> {
    const known = this.#served.get(name);
    const isYoung = known !== undefined && unixNow() - known.issuedAt < LIST_REFRESH_S;
    if (isYoung && known.height >= this.#parts.deps.head.height) return known;
    const served = await this.#sign(name);
    this.#served.delete(name);
    this.#served.set(name, served);
    const [oldest] = this.#served.keys();
    if (this.#served.size > STATUS_CACHE_ENTRIES && oldest !== undefined) this.#served.delete(oldest);
    return served;
  }

  #uri(list: string): string {
    return `${this.#parts.publicUrl}/v1/status-lists/${list}`;
  }

  async #draw(list: string, claims: TokenClaims): Promise<number | undefined> {
    const { pool } = this.#parts.deps;
    for (let draw = 0; draw < STATUS_DRAWS; draw += 1) {
      const idx = randomInt(STATUS_LIST_INDICES);
      if (await insert(pool, list, idx, claims)) return idx;
    }
    return undefined;
  }

  async #sign(name: string): Promise<ServedStatusList & { readonly height: number }> {
    const { deps, keys, snapshots, derived } = this.#parts;
    const currentAt = deps.freshness.currentAt();
    if (currentAt === 0) deps.freshness.assertFresh();
    const rows = await rowsOf(deps.pool, name);
    if (rows.length === 0 && !isOfNow(name)) {
      throw new RegistryError('STATUS_LIST_UNKNOWN', 'No token that may still be valid names this list.', {
        subject: name,
      });
    }
    const rightIds = [...new Set(rows.map(({ right_id }) => right_id))];
    const { at, versions } = await withLists(snapshots, derived, async (lists, snapshot) => ({
      at: lists,
      versions: await snapshot.rightVersions(rightIds),
    }));
    const statuses = statusesOf(rows, indexOf(at), versions);
    const iat = Math.min(unixNow(), currentAt);
    const claims = { sub: this.#uri(name), iat, exp: iat + LIST_LIFETIME_S, ttl: STATUS_TTL_S };
    const input = statusListSigningInput(claims, { bits: BITS, statuses }, keys.token.kid);
    const digest = createHash('sha256').update(input).digest();
    const token = assembleStatusList(input, await deps.hsm.sign(keys.token.label, digest));
    return { token, etag: `"${digest.toString('hex')}"`, issuedAt: iat, height: at.position.height };
  }
}

/** Lists of the hour that runs may still be empty. */
function isOfNow(name: string): boolean {
  return name === `${Math.floor(unixNow() / STATUS_LIST_SPAN_S)}-0`;
}

async function insert(pool: Pool, list: string, idx: number, claims: TokenClaims): Promise<boolean> {
  const { rowCount } = await forRequest(() =>
    pool.query({
      name: 'trust_assign_status',
      // Expired rows go with each token that comes, so that nothing else has to sweep.
      text: `WITH expired AS (
               DELETE FROM gateway.token_statuses WHERE (list, idx) IN (
                 SELECT list, idx FROM gateway.token_statuses WHERE expires_at < $14 LIMIT ${PURGE_ROWS}))
             INSERT INTO gateway.token_statuses (list, idx, jti, right_id, right_version, artifact_id, holder, key_version,
               device_id, actions, purpose, domains, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
             ON CONFLICT DO NOTHING`,
      values: [
        list,
        idx,
        claims.jti,
        claims.right_id,
        claims.right_version,
        claims.artifact_id,
        claims.sub,
        claims.key_version ?? null,
        claims.device_id ?? null,
        claims.actions,
        claims.purpose,
        claims.domains,
        claims.exp,
        claims.iat - LIST_LIFETIME_S,
      ],
    }),
  );
  return rowCount === 1;
}

async function rowsOf(pool: Pool, list: string): Promise<readonly Row[]> {
  const { rows } = await forRequest(() =>
    pool.query<Row>({
      name: 'trust_status_rows',
      text: `SELECT idx, right_id, right_version, artifact_id, holder, key_version, device_id, actions, purpose, domains
             FROM gateway.token_statuses WHERE list = $1`,
      values: [list],
    }),
  );
  return rows;
}

const indexes = new WeakMap<ListsAt['lists'], ListIndex>();

/** The lists as clients index them: token statuses are decided by the same look-ups. */
function indexOf({ lists }: ListsAt): ListIndex {
  const known = indexes.get(lists);
  if (known !== undefined) return known;
  const contents = LIST_SCOPES.flatMap((scope): [ListScope, ScopeContent][] => {
    const list = lists.get(scope);
    if (list === undefined) return [];
    const partitions = list.header.partitions.map((_one, index) => index);
    return [[scope, { header: list.header, entries: list.entries, partitions, proven: [] }]];
  });
  const index = new ListIndex(new Map(contents));
  indexes.set(lists, index);
  return index;
}

function statusesOf(
  rows: readonly Row[],
  index: ListIndex,
  versions: ReadonlyMap<string, number>,
): Uint8Array {
  const statuses = rows.map((row): [number, number] => {
    const {
      idx,
      right_id,
      right_version,
      artifact_id,
      holder,
      key_version,
      device_id,
      actions,
      purpose,
      domains,
    } = row;
    const names = { right_id, artifact_id, sub: holder, ...(key_version === null ? {} : { key_version }) };
    const { restrictions } = restrictionsFromIndex(index, names, device_id ?? undefined);
    const token = { right_version: Number(right_version), actions, purpose, domains };
    return [idx, TOKEN_STATUS[tokenStatus(token, versions.get(right_id) ?? 0, restrictions)]];
  });
  return packStatuses(statuses, STATUS_LIST_INDICES, BITS);
}
