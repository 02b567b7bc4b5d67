import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { type DetectorDecision, type ParamsDocument, toHex } from '@maker-registry/protocol';
import { type FileAttack } from '../attacks/file-attack';
import { WatermarkError } from '../errors/watermark-error';
import { type WatermarkKey } from '../keys/watermark-key';
import { embedderOf } from '../scheme/embedder';
import { type OpenedScheme } from '../scheme/read-scheme-document';
import { type Detection, type EmbedReport, type WatermarkTask } from '../scheme/watermark-scheme';

/** What is to be tried. */
export interface Evaluation extends OpenedScheme {
  readonly key: WatermarkKey;
  /** Unmarked content, a file. */
  readonly input: string;
  readonly payload: Uint8Array;
  /** Of the scheme's medium, in the order of the table. */
  readonly attacks: readonly FileAttack[];
  readonly signal?: AbortSignal;
  /** 0 to 1, never falling. */
  readonly onProgress?: (part: number) => void;
  /** Each row once it is known. */
  readonly onRow?: (row: EvaluationRow) => void;
}

/** What became of the mark under one attack. */
export interface EvaluationRow {
  /** `none` for the marked content itself, `unmarked` for the content before. */
  readonly attack: string;
  /** `error` where the attack or the detector refused; `error` then says why. */
  readonly decision: DetectorDecision | 'error';
  /** Whether the payload came back, every bit; of a scheme that carries none, whether the mark was found. */
  readonly payload_exact: boolean;
  readonly corrected?: number;
  readonly raw_matches?: number;
  readonly raw_total?: number;
  readonly log10_p?: number;
  readonly error?: string;
}

/** The table of one content. */
export interface EvaluationTable {
  readonly scheme_id: string;
  readonly detector: { readonly name: string; readonly version: string };
  readonly payload: string;
  readonly embedding: EmbedReport;
  readonly rows: readonly EvaluationRow[];
  readonly summary: { readonly attacks: number; readonly exact: number; readonly false_alarm: boolean };
}

/**
 * Marks a content, attacks the marked file in every given way and looks for the mark again; looks for it in the unmarked
 * content as well. An attack that fails is a row, not an error. Files in between lie in a folder of their own that is
 * removed whatever happens.
 *
 * @throws WatermarkError of the embedding; SCHEME_NO_EMBEDDER; ABORTED
 */
export async function evaluateScheme(evaluation: Evaluation): Promise<EvaluationTable> {
  const folder = await mkdtemp(join(tmpdir(), 'watermark-evaluate-'));
  try {
    return await new Run(evaluation, folder).run();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

class Run {
  readonly #evaluation: Evaluation;
  readonly #folder: string;
  readonly #payload: string;
  readonly #rows: EvaluationRow[] = [];
  #stepsDone = 0;

  constructor(evaluation: Evaluation, folder: string) {
    this.#evaluation = evaluation;
    this.#folder = folder;
    this.#payload = toHex(evaluation.payload);
  }

  async run(): Promise<EvaluationTable> {
    const { document, scheme, input, attacks } = this.#evaluation;
    const marked = join(this.#folder, `marked${extname(input)}`);
    const embedding = await this.#embed(marked);
    await this.#row('unmarked', () => Promise.resolve(input));
    await this.#row('none', () => Promise.resolve(marked));
    for (const [index, attack] of attacks.entries()) {
      const attacked = join(this.#folder, `attacked-${index}${extname(input)}`);
      await this.#row(attack.name, async (signal) => {
        await attack.apply(marked, attacked, signal);
        return attacked;
      });
      await rm(attacked, { force: true });
    }
    const [unmarked, , ...attacked] = this.#rows;
    return {
      scheme_id: document.scheme_id,
      detector: { name: scheme.name, version: scheme.version },
      payload: this.#payload,
      embedding,
      rows: this.#rows,
      summary: {
        attacks: attacked.length,
        exact: attacked.filter((row) => row.payload_exact).length,
        false_alarm: unmarked.decision === 'detected',
      },
    };
  }

  async #embed(output: string): Promise<EmbedReport> {
    const { scheme, payload } = this.#evaluation;
    const report = await embedderOf(scheme)({ ...this.#task(this.#evaluation.input), payload, output });
    this.#stepDone();
    return report;
  }

  async #row(attack: string, make: (signal?: AbortSignal) => Promise<string>): Promise<void> {
    const { scheme, signal, onRow } = this.#evaluation;
    let row: EvaluationRow;
    try {
      row = this.#rowOf(attack, await scheme.detect(this.#task(await make(signal))));
    } catch (error) {
      if (signal?.aborted === true) throw aborted(error);
      row = { attack, decision: 'error', payload_exact: false, error: reasonOf(error) };
    }
    if (signal?.aborted === true) throw aborted();
    this.#rows.push(row);
    onRow?.(row);
    this.#stepDone();
  }

  #rowOf(attack: string, detection: Detection): EvaluationRow {
    const { decision, payload, corrected, raw_matches, raw_total, log10_p, bits } = detection;
    const isExact = decision === 'detected' && (bits === 0 || payload === this.#payload);
    return { attack, decision, payload_exact: isExact, corrected, raw_matches, raw_total, log10_p };
  }

  #task(path: string): WatermarkTask & { readonly document: ParamsDocument } {
    const { document, key, signal, onProgress } = this.#evaluation;
    return {
      document,
      key,
      content: { path },
      ...(signal === undefined ? {} : { signal }),
      ...(onProgress === undefined
        ? {}
        : {
            onProgress: (part) => {
              this.#tell(part);
            },
          }),
    };
  }

  #stepDone(): void {
    this.#stepsDone += 1;
    this.#tell(0);
  }

  #tell(partOfStep: number): void {
    const steps = this.#evaluation.attacks.length + FIXED_STEPS;
    this.#evaluation.onProgress?.(Math.min(1, (this.#stepsDone + partOfStep) / steps));
  }
}

/** Embedding, the unmarked content, the marked content. */
const FIXED_STEPS = 3;

function aborted(cause?: unknown): WatermarkError {
  return new WatermarkError('ABORTED', 'The evaluation was stopped.', { cause });
}

function reasonOf(error: unknown): string {
  if (error instanceof WatermarkError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : 'unknown';
}
