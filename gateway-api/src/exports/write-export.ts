import { isPlainObject } from '@maker-registry/protocol';
import { csvLine } from './csv';
import { type ExportKind } from './export-kinds';

export const EXPORT_FORMATS = ['jsonl', 'csv'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface WrittenExport {
  readonly contentType: string;
  readonly text: string;
}

/**
 * A page of ledger documents as lines. CSV names its columns on the first page only, so that pages put one after the
 * other are one file.
 */
export function writeExport(
  { columns, rows }: ExportKind,
  format: ExportFormat,
  documents: readonly unknown[],
  isFirst: boolean,
): WrittenExport {
  const all = rows === undefined ? documents : documents.flatMap(rows);
  if (format === 'jsonl') {
    const text = all.map((row) => `${JSON.stringify(row)}\n`).join('');
    return { contentType: 'application/x-ndjson; charset=utf-8', text };
  }
  const header = isFirst ? csvLine(columns.map((column) => column.replaceAll('.', '_'))) : '';
  const lines = all.map((row) => csvLine(columns.map((column) => memberOf(row, column))));
  const contentType = `text/csv; charset=utf-8; header=${isFirst ? 'present' : 'absent'}`;
  return { contentType, text: header + lines.join('') };
}

function memberOf(row: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, name) => (isPlainObject(value) ? value[name] : undefined), row);
}
