import {
  AUDIT_REPORT_PAYLOAD_TYPE,
  type AuditReport,
  encodeReport,
  NO_REPORT_BEFORE,
  RegistryError,
  ReleasesFold,
  serializeEnvelope,
  sha256Hex,
  type Signer,
  signPayload,
} from '@maker-registry/protocol';
import { type Logger } from 'pino';
import { forRequest } from '../database/database-error';
import { type HeadTracker } from '../reads/head-tracker';
import { MAX_REPORT_BLOCKS } from './limits';
import { type ExportSource } from './read-export';
import { readReleases } from './read-releases';
import { foldRange } from './statistics';

/** What reports are made of. */
export interface ReportParts {
  readonly source: ExportSource;
  readonly head: Pick<HeadTracker, 'height' | 'contradicted'>;
  readonly logger: Logger;
  /** The operator's report key in its HSM. */
  readonly signer: Signer;
  /** MSP id of the operator. */
  readonly issuer: string;
  /** Genesis hash of the network. */
  readonly network: string;
  /** Seconds between two periodic reports. */
  readonly intervalS: number;
  /** Blocks of one report at most; MAX_REPORT_BLOCKS without it. */
  readonly maxBlocks?: number;
  /** Unix seconds. */
  readonly now: () => number;
}

/** A report as a listing shows it. */
export interface ReportEntry {
  readonly number: number;
  readonly issued_at: number;
  readonly from_block: number;
  readonly to_block: number;
  readonly digest: string;
}

interface Last {
  readonly number: number;
  readonly issued_at: string;
  readonly to_block: string;
  readonly to_seq: string;
  readonly digest: string;
}

const NONE: Last = { number: 0, issued_at: '0', to_block: '-1', to_seq: '0', digest: NO_REPORT_BEFORE };

/** The operator's chain of signed reports over the ledger: each continues where the one before ended. */
export class AuditReports {
  readonly #parts: ReportParts;
  #issuing: Promise<ReportEntry | undefined> | undefined;

  constructor(parts: ReportParts) {
    this.#parts = parts;
  }

  get #maxBlocks(): number {
    return this.#parts.maxBlocks ?? MAX_REPORT_BLOCKS;
  }

  get issuer(): string {
    return this.#parts.issuer;
  }

  /**
   * Issues the next report if its time has come and there is something to report, or there is more than one can hold: a
   * busy ledger would otherwise get further ahead of its reports every day. Never throws.
   */
  async issueDue(): Promise<void> {
    const { head, logger, intervalS, now } = this.#parts;
    try {
      const last = await this.#last();
      const isDue = now() - Number(last.issued_at) >= intervalS;
      const waiting = head.height - Number(last.to_block);
      if (waiting > 0 && (isDue || waiting > this.#maxBlocks)) await this.issue();
    } catch (error) {
      logger.warn({ err: error }, 'The periodic report could not be issued');
    }
  }

  /**
   * Issues a report over what came since the last one, at most `maxBlocks`.
   *
   * @returns undefined when nothing came
   * @throws RegistryError MIRROR_CONTRADICTED, MIRROR_UNAVAILABLE; HsmError
   */
  issue(): Promise<ReportEntry | undefined> {
    this.#issuing ??= this.#issue().finally(() => {
      this.#issuing = undefined;
    });
    return this.#issuing;
  }

  async #issue(): Promise<ReportEntry | undefined> {
    const { source, head, issuer, network, now } = this.#parts;
    // An operator must not sign what its own mirror has found to be wrong.
    if (head.contradicted) {
      throw new RegistryError('MIRROR_CONTRADICTED', 'No report is signed while the mirror is contradicted.');
    }
    const last = await this.#last();
    const fromBlock = Number(last.to_block) + 1;
    const toBlock = Math.min(head.height, fromBlock + this.#maxBlocks - 1);
    if (toBlock < fromBlock) return undefined;
    const range = await foldRange(source, { fromBlock, toBlock });
    const releases = new ReleasesFold(Number(last.to_seq));
    const after = Number(last.to_seq);
    for await (const item of readReleases(source.pool, { operator: issuer, after })) releases.add(item);
    return this.#sign({
      v: 1,
      network,
      issuer,
      number: last.number + 1,
      previous: last.digest,
      issued_at: now(),
      ...range,
      releases: releases.result,
    });
  }

  async #sign(report: AuditReport): Promise<ReportEntry> {
    const payload = encodeReport(report);
    const envelope = await signPayload(AUDIT_REPORT_PAYLOAD_TYPE, payload, this.#parts.signer);
    const digest = sha256Hex(payload);
    const { number, issued_at: issuedAt, anchors, releases } = report;
    // Another gateway of the operator may have been first: its report stands, and this one was never given out.
    await forRequest(() =>
      this.#parts.source.pool.query(
        `INSERT INTO gateway.audit_reports (issuer, number, issued_at, from_block, to_block, to_seq, to_header_hash, digest,
           envelope) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
        [
          report.issuer,
          number,
          issuedAt,
          anchors.from.block,
          anchors.to.block,
          releases.to_seq,
          anchors.to.header_hash,
          digest,
          serializeEnvelope(envelope),
        ],
      ),
    );
    const [entry] = await this.list(number - 1, 1);
    if (entry === undefined) throw new RegistryError('INTERNAL', 'The report is not in the database.');
    this.#parts.logger.info({ number, to_block: entry.to_block, digest: entry.digest }, 'Report issued');
    return entry;
  }

  /** Reports with a number above `after`, oldest first. */
  async list(after: number, limit: number): Promise<ReportEntry[]> {
    const { rows } = await forRequest(() =>
      this.#parts.source.pool.query<Record<keyof ReportEntry, string | number>>({
        name: 'list_audit_reports',
        text: `SELECT number, issued_at, from_block, to_block, digest FROM gateway.audit_reports
          WHERE issuer = $1 AND number > $2 ORDER BY number LIMIT $3`,
        values: [this.issuer, after, limit],
      }),
    );
    return rows.map(({ number, issued_at: issuedAt, from_block: from, to_block: to, digest }) => ({
      number: Number(number),
      issued_at: Number(issuedAt),
      from_block: Number(from),
      to_block: Number(to),
      digest: String(digest),
    }));
  }

  /** The envelope of a report; undefined when there is none of this number. */
  async read(number: number): Promise<string | undefined> {
    const { rows } = await forRequest(() =>
      this.#parts.source.pool.query<{ envelope: string }>({
        name: 'read_audit_report',
        text: 'SELECT envelope FROM gateway.audit_reports WHERE issuer = $1 AND number = $2',
        values: [this.issuer, number],
      }),
    );
    return rows[0]?.envelope;
  }

  async #last(): Promise<Last> {
    const { rows } = await forRequest(() =>
      this.#parts.source.pool.query<Last>({
        name: 'last_audit_report',
        text: `SELECT number, issued_at, to_block, to_seq, digest FROM gateway.audit_reports
          WHERE issuer = $1 ORDER BY number DESC LIMIT 1`,
        values: [this.issuer],
      }),
    );
    return rows[0] ?? NONE;
  }
}
