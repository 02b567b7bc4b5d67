import {
  type AuditItem,
  type AuditRelease,
  type AuditStatistics,
  parseExportLine,
  type RangeSummary,
  type ReleaseStatistics,
} from '@maker-registry/protocol';
import { type HttpResponse } from '../http/transport';
import { MAX_PAGES } from '../limits';
import { type ReadOptions } from './documents';
import { type GatewayConnection } from './gateway-connection';
import { endless, MirrorReader, pathOf, type Query } from './mirror-reader';

/** What a search narrows by; times are Unix seconds. */
export interface AuditSearch {
  readonly kind?: string;
  readonly id?: string;
  readonly state?: string;
  readonly type?: string;
  readonly text?: string;
  readonly from?: number;
  readonly to?: number;
}

/** A period by blocks or by time; open ends reach to the ledger's. */
export interface AuditPeriod {
  readonly fromBlock?: number;
  readonly toBlock?: number;
  /** Unix seconds. */
  readonly from?: number;
  readonly to?: number;
}

/** Counts over a period, with what binds them to the ledger. */
export interface AuditCounts extends RangeSummary {
  readonly statistics: AuditStatistics;
  /** MSP id of the operator whose own record `releases` is. */
  readonly operator: string;
  readonly releases: ReleaseStatistics;
}

const NEXT = 'registry-next-cursor';
const MORE = 'registry-more';

/** What regulators and auditors ask. Answers name their transactions; a receipt proves each without the gateway. */
export class Audit {
  readonly #gateway: GatewayConnection;
  readonly #mirror: MirrorReader;

  constructor(gateway: GatewayConnection) {
    this.#gateway = gateway;
    this.#mirror = new MirrorReader(gateway);
  }

  /** Objects that match, oldest first. */
  search(search: AuditSearch = {}, options?: ReadOptions): AsyncGenerator<Record<string, unknown>> {
    return this.#mirror.list('/v1/audit/search', { ...search }, options);
  }

  /** What happened to a subject, in ledger order. A key goes by its artifact's id. */
  timeline(type: string, id: string, options?: ReadOptions): AsyncGenerator<Record<string, unknown>> {
    return this.#mirror.list(pathOf('v1', 'audit', 'timelines', type, id), {}, options);
  }

  async statistics(
    { fromBlock, toBlock, from, to }: AuditPeriod = {},
    options?: ReadOptions,
  ): Promise<AuditCounts> {
    const query = { from_block: fromBlock, to_block: toBlock, from, to };
    return await this.#mirror.document('/v1/audit/statistics', options, query);
  }

  /** What was asked of this gateway. */
  queries(options?: ReadOptions): AsyncGenerator<Record<string, unknown>> {
    return this.#mirror.list('/v1/audit/queries', {}, options);
  }

  /**
   * Every line of the ledger between two blocks, in its order, each read strictly.
   * @throws RegistryError EXPORT_MALFORMED
   */
  async *export({ fromBlock, toBlock }: AuditPeriod = {}, options?: ReadOptions): AsyncGenerator<AuditItem> {
    for await (const item of this.#lines(
      '/v1/audit/export',
      { from_block: fromBlock, to_block: toBlock },
      options,
    ))
      if (item.type !== 'release') yield item;
  }

  /** The operator's record of content keys released and refused, with numbers above `after` up to `to`. */
  async *releases(after = 0, to?: number, options?: ReadOptions): AsyncGenerator<AuditRelease> {
    for await (const item of this.#lines('/v1/audit/releases', { after_seq: after, to_seq: to }, options))
      if (item.type === 'release') yield item;
  }

  /** The operator's signed reports with a number above `after`. */
  async reports(after = 0, options?: ReadOptions): Promise<readonly Record<string, unknown>[]> {
    return (await this.#mirror.page<Record<string, unknown>>('/v1/audit/reports', { after }, options)).items;
  }

  /** A signed report as it was issued: to be checked with `checkReport` before anything in it is believed. */
  async report(number: number, options?: ReadOptions): Promise<string> {
    return (await this.#gateway.read(pathOf('v1', 'audit', 'reports', number), options)).body.toString(
      'utf8',
    );
  }

  /** Has the next report issued now; nothing when no block came since the last. */
  async issueReport(): Promise<Record<string, unknown>> {
    return await this.#gateway.post('/v1/audit/reports', '');
  }

  async *#lines(path: string, query: Query, options?: ReadOptions): AsyncGenerator<AuditItem | AuditRelease> {
    let cursor: string | undefined;
    for (let pages = 0; pages < MAX_PAGES; pages += 1) {
      const response = await this.#gateway.read(path, options, { ...query, cursor });
      yield* linesOf(response);
      const next = response.headers[NEXT];
      if (response.headers[MORE] !== 'true' || typeof next !== 'string') return;
      // A cursor that stands still would loop for ever.
      if (next === cursor) throw endless(path);
      cursor = next;
    }
    throw endless(path);
  }
}

function* linesOf({ body }: HttpResponse): Generator<AuditItem | AuditRelease> {
  for (const line of body.toString('utf8').split('\n')) if (line !== '') yield parseExportLine(line);
}
