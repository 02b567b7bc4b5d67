import { type ClientBase } from 'pg';
import { type Logger } from 'pino';
import { pause } from '../backoff';
import { type MirrorConfig, type WitnessSource } from '../config';
import { Session } from '../database';
import { type MirrorMetrics } from '../metrics';
import { type ConnectPeer, type LedgerPeer } from '../peer';
import { comparePeer, type OwnSide } from './compare-peer';
import { ContradictionError, type Finding, isJudged, readFindings, recordFinding } from './findings';
import { readConfigAt, readRecordedBlock } from './recorded-blocks';
import { type WitnessState, writeWitness } from './witness-states';

/** What a watch is made of. */
export interface WatchParts {
  readonly config: Pick<MirrorConfig, 'source' | 'witnesses' | 'watchIntervalMs' | 'databaseUrl'>;
  readonly connect: ConnectPeer;
  readonly metrics: Pick<MirrorMetrics, 'witnessed'>;
  readonly log: Logger;
}

/** One peer under comparison, connected once and then reconnected by gRPC. */
class Witness {
  readonly source: WitnessSource;
  readonly #connect: ConnectPeer;
  #peer: LedgerPeer | null = null;
  /** Greatest number known to agree. */
  agreed = -1;
  /** What an operator has looked at and let pass: until the peer agrees again it is not searched for anew. */
  isJudged = false;

  constructor(source: WitnessSource, connect: ConnectPeer) {
    this.source = source;
    this.#connect = connect;
  }

  async peer(): Promise<LedgerPeer> {
    this.#peer ??= await this.#connect(this.source.source);
    return this.#peer;
  }

  close(): void {
    this.#peer?.close();
    this.#peer = null;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Compares, at a steady pace, what the mirror recomputed with what other organizations' peers have. The orderers do not
 * sign verdicts and commit hashes, so only this shows that the followed peer lies, or another one, or that the tables were
 * changed. Peers that are away or behind are reported and are no contradiction.
 */
export class Watch {
  readonly #parts: WatchParts;
  readonly #witnesses: readonly Witness[];

  constructor(parts: WatchParts) {
    this.#parts = parts;
    this.#witnesses = parts.config.witnesses.map((source) => new Witness(source, parts.connect));
  }

  /**
   * Watches until the signal.
   * @throws ContradictionError as soon as something contradicts, or an open finding is in the tables
   */
  async run(signal: AbortSignal): Promise<void> {
    const { config, connect } = this.#parts;
    const own = await connect(config.source);
    try {
      while (!signal.aborted) await this.#attempt(own, signal);
    } finally {
      own.close();
      for (const witness of this.#witnesses) witness.close();
    }
  }

  async #attempt(own: LedgerPeer, signal: AbortSignal): Promise<void> {
    const { config, log } = this.#parts;
    try {
      await this.#watch(own, signal);
    } catch (error) {
      if (error instanceof ContradictionError) throw error;
      log.warn({ reason: reasonOf(error) }, 'comparing with other peers was interrupted');
      await pause(config.watchIntervalMs, signal);
    }
  }

  /** Rounds over one session with PostgreSQL, until it is lost. */
  async #watch(own: LedgerPeer, signal: AbortSignal): Promise<void> {
    const { databaseUrl, watchIntervalMs } = this.#parts.config;
    const session = await Session.open(databaseUrl, undefined, 'registry-mirror-watch');
    try {
      while (!signal.aborted) {
        if (session.lost !== null) throw session.lost;
        await this.round(session.client, own);
        await pause(watchIntervalMs, signal);
      }
    } finally {
      await session.close();
    }
  }

  /** Looks at everything once. @throws ContradictionError */
  async round(client: ClientBase, peer: LedgerPeer): Promise<void> {
    const [open] = await readFindings(client, true);
    if (open !== undefined) throw new ContradictionError(open, true);
    const own: OwnSide = {
      block: (number) => readRecordedBlock(client, number),
      configAt: (number) => readConfigAt(client, number),
      peer,
    };
    const results = await Promise.allSettled(
      this.#witnesses.map((witness) => this.#compare(client, own, witness)),
    );
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  async #compare(client: ClientBase, own: OwnSide, witness: Witness): Promise<void> {
    const { organization, source } = witness.source;
    const report = async (
      state: WitnessState['state'],
      peerBlock: number | null,
      reason?: string,
    ): Promise<void> => {
      const agreedBlock = witness.agreed < 0 ? null : witness.agreed;
      this.#parts.metrics.witnessed(organization, state, agreedBlock);
      await writeWitness(client, {
        organization,
        endpoint: source.endpoint,
        state,
        agreedBlock,
        peerBlock,
        reason: reason ?? null,
      });
    };
    const seen = await this.#look(client, own, witness).catch((error: unknown) => reasonOf(error));
    if (typeof seen === 'string') return report('away', null, seen);
    const { finding, peerBlock } = seen;
    if (finding === null) return report(witness.isJudged ? 'disagrees' : 'agrees', peerBlock);
    await report('disagrees', peerBlock, finding.message);
    // Only another peer's word may be let pass: tables that differ stop the mirror until they are right again.
    if (finding.source === 'other-peer' && (await isJudged(client, finding))) {
      witness.isJudged = true;
      return;
    }
    await recordFinding(client, finding);
    throw new ContradictionError(finding, true);
  }

  /** Compares at the newest block that both have. */
  async #look(
    client: ClientBase,
    own: OwnSide,
    witness: Witness,
  ): Promise<{ finding: Finding | null; peerBlock: number }> {
    const peer = await witness.peer();
    const peerBlock = (await peer.height()) - 1;
    const { rows } = await client.query<{ height: string }>('SELECT height FROM head');
    const at = Math.min(peerBlock, Number(rows[0]?.height ?? -1));
    if (at <= witness.agreed) return { finding: null, peerBlock };
    const agreed = witness.isJudged ? at - 1 : witness.agreed;
    const other = { organization: witness.source.organization, peer };
    const finding = await comparePeer(at, agreed, own, other);
    if (witness.isJudged && finding?.source === 'other-peer') return { finding: null, peerBlock };
    if (finding === null) {
      witness.agreed = at;
      witness.isJudged = false;
    }
    return { finding, peerBlock };
  }
}
