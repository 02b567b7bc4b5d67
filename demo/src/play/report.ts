import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface StepReport {
  readonly number: number;
  readonly title: string;
  ok: boolean;
  seconds: number;
  readonly claims: { readonly claim: string; readonly ok: boolean }[];
  readonly facts: Record<string, unknown>;
  error?: { readonly code?: string; readonly message: string };
}

export interface TransactionReport {
  readonly step: number;
  readonly act: string;
  readonly by: string;
  readonly tx_id: string;
  readonly block: number;
}

/** `.run/demo/report.json`: what happened, for programs. */
export interface Report {
  readonly run: string;
  readonly started_at: string;
  ok: boolean;
  seconds: number;
  readonly network: { readonly genesis_hash: string; readonly gateway: string };
  readonly steps: StepReport[];
  readonly transactions: TransactionReport[];
  /** What is worth repeating at the end. */
  readonly highlights: string[];
}

/** Writes the report whole or not at all. */
export function writeReport(file: string, report: Report): void {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.tmp`;
  writeFileSync(draft, `${JSON.stringify(report, undefined, 2)}\n`);
  renameSync(draft, file);
}
