import { submission } from './measure-submission';

/** Reports progress while a measurement runs. */
export type Report = (line: string) => void;

export interface Measurement {
  readonly name: string;
  readonly title: string;
  /** Measures and returns Markdown lines. */
  readonly run: (report: Report) => Promise<string[]>;
}

export const MEASUREMENTS: readonly Measurement[] = [
  { name: 'submit', title: 'A signed submit against plain asset-create', run: submission },
];
