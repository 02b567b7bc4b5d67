import { once } from 'node:events';
import { type Response } from 'express';
import { canonicalize, exportLine } from '@maker-registry/protocol';
import { type HeadTracker } from '../reads/head-tracker';
import { within } from '../timing/within';
import { encodePlace, type ExportPlace, type ExportSource, readExport } from './read-export';
import { STREAM_DRAIN_MS, STREAM_HEARTBEAT_MS, STREAM_LIFETIME_MS } from './limits';

/** What a stream came to. */
export interface StreamResult {
  /** 'complete' when its time was over, else why it ended. */
  readonly outcome: 'complete' | 'gone' | 'slow' | 'contradicted';
  readonly items: number;
  readonly bytes: number;
}

export interface StreamParts {
  readonly source: ExportSource;
  readonly head: Pick<HeadTracker, 'height' | 'waitFor' | 'contradicted'>;
  /** The client went away, or the gateway stops. */
  readonly ending: readonly AbortSignal[];
  readonly lifetimeMs?: number;
  readonly heartbeatMs?: number;
  readonly drainMs?: number;
}

/**
 * Sends lines of the export as blocks come, each batch followed by a line with the cursor after it. A client that does not
 * read what it was sent is cut off, so that it can't hold memory; it comes again with the last cursor it has.
 */
export class ExportStream {
  readonly #parts: StreamParts;
  readonly #response: Response;
  readonly #deadline: number;
  #place: ExportPlace;
  #items = 0;
  #bytes = 0;

  constructor(parts: StreamParts, response: Response, after: ExportPlace) {
    this.#parts = parts;
    this.#response = response;
    this.#place = after;
    this.#deadline = performance.now() + (parts.lifetimeMs ?? STREAM_LIFETIME_MS);
  }

  /** Serves until the time is over or the client is. @throws what reading throws; the connection is then cut */
  async serve(): Promise<StreamResult> {
    for (;;) {
      const ended = (await this.#batch()) ?? (await this.#wait());
      if (ended === null) continue;
      if (ended === 'complete' || ended === 'contradicted') this.#response.end();
      else this.#response.destroy();
      return { outcome: ended, items: this.#items, bytes: this.#bytes };
    }
  }

  #hasEnded(): boolean {
    return this.#response.destroyed || this.#parts.ending.some(({ aborted }) => aborted);
  }

  /** Everything up to the mirror's height, then the cursor. */
  async #batch(): Promise<StreamResult['outcome'] | null> {
    const { source, head } = this.#parts;
    const before = this.#items;
    for await (const { item, place } of readExport(source, this.#place, head.height)) {
      // What was found to be contradictory while it is being sent goes no further.
      if (head.contradicted) return 'contradicted';
      if (!(await this.#send(exportLine(item)))) return this.#hasEnded() ? 'gone' : 'slow';
      this.#place = place;
      this.#items += 1;
    }
    return this.#items === before ? null : this.#tell();
  }

  async #tell(): Promise<StreamResult['outcome'] | null> {
    const line = { type: 'cursor', cursor: encodePlace(this.#place), height: this.#parts.head.height };
    return (await this.#send(`${canonicalize(line)}\n`)) ? null : this.#hasEnded() ? 'gone' : 'slow';
  }

  /** Until a block comes; without one, the heartbeat. */
  async #wait(): Promise<StreamResult['outcome'] | null> {
    if (this.#hasEnded()) return 'gone';
    const { head, heartbeatMs = STREAM_HEARTBEAT_MS } = this.#parts;
    if (head.contradicted) return 'contradicted';
    const left = this.#deadline - performance.now();
    if (left <= 0) return 'complete';
    const seen = Math.max(head.height, this.#place[0]);
    // Refused or timed out is no news, and must not become a loop without pause.
    const came = head.waitFor(seen + 1, Math.min(left, heartbeatMs)).then(
      () => true,
      () => new Promise<boolean>(() => undefined),
    );
    const news = await within(came, Math.min(left, heartbeatMs), this.#parts.ending);
    if (this.#hasEnded()) return 'gone';
    return news === true ? null : this.#tell();
  }

  /** @returns whether the client took it */
  async #send(text: string): Promise<boolean> {
    if (this.#hasEnded()) return false;
    this.#bytes += Buffer.byteLength(text);
    if (this.#response.write(text)) return true;
    const drained = once(this.#response, 'drain').then(
      () => true,
      () => false,
    );
    return (await within(drained, this.#parts.drainMs ?? STREAM_DRAIN_MS, this.#parts.ending)) === true;
  }
}
