import { type FileAttack } from '@maker-registry/watermark';
import { type ContentResult, type MeasuredContent } from './measure-content';

/** Mark one content, attack it, read it. */
export interface ContentTask {
  readonly kind: 'content';
  readonly contestant: string;
  readonly content: MeasuredContent;
  readonly attacks: readonly FileAttack['name'][];
}

/** Look for marks where there are none, with a key of its own for each detection. */
export interface UnmarkedTask {
  readonly kind: 'unmarked';
  readonly contestant: string;
  readonly pieces: readonly string[];
  readonly from: number;
  readonly count: number;
}

export type Task = ContentTask | UnmarkedTask;

export interface UnmarkedResult {
  readonly contestant: string;
  readonly detections: number;
  /** Falsely detected, and those in doubt. */
  readonly detected: number;
  readonly inconclusive: number;
  /** p-values at or below a hundredth, a thousandth and so on to a millionth. */
  readonly atMost: readonly number[];
  /** Pieces that the detector refused, too short for instance. */
  readonly refused: number;
  readonly seconds: number;
}

export type TaskResult = ContentResult | UnmarkedResult;

/** What a worker needs to know to set contestants up. */
export interface WorkerSettings {
  readonly codeHash: string;
  readonly peers: { readonly python: string; readonly script: string; readonly fingerprint: string };
}
