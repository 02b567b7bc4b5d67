import {
  CERTIFICATE_REASONS,
  type CertificateReason,
  decodeUtf8,
  isPlainObject,
  parseStrictJson,
} from '@maker-registry/protocol';
import { readInput } from '../input-file';
import { MAX_BULK_BYTES, MAX_BULK_LINES } from '../limits';
import {
  certificateKey,
  type CertificateTarget,
  instant,
  type TargetDefaults,
  usage,
} from './certificate-target';

const COLUMNS = ['serial', 'aki', 'reason', 'invalidity_date', 'expires_at', 'ticket'] as const;
type Column = (typeof COLUMNS)[number];
type Fields = Readonly<Partial<Record<Column, string>>>;

/**
 * Certificates of a file: JSON lines, or CSV whose first line names its columns. Serial and aki are needed; reason,
 * invalidity_date, expires_at and ticket are taken from the options where a line has none. All of it is read and checked
 * before anything is sent.
 *
 * @throws ClientError USAGE with the line, FILE_UNREADABLE; RegistryError TOO_LARGE
 */
export async function readBulkFile(
  file: string,
  defaults: TargetDefaults,
): Promise<readonly CertificateTarget[]> {
  const text = decodeUtf8(await readInput(file, MAX_BULK_BYTES));
  const lines = text.split(/\r?\n/);
  if (lines.length > MAX_BULK_LINES) throw usage(`${file} has more than ${MAX_BULK_LINES} lines.`);
  const rows = text.trimStart().startsWith('{') ? jsonRows(lines, file) : csvRows(lines, file);
  const targets = rows.map(({ fields, where }) => targetOf(fields, where, defaults));
  if (targets.length === 0) throw usage(`${file} names no certificate.`);
  return targets;
}

interface Row {
  readonly fields: Fields;
  readonly where: string;
}

function jsonRows(lines: readonly string[], file: string): Row[] {
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const where = `${file}:${index + 1}`;
    let value: unknown;
    try {
      value = parseStrictJson(line);
    } catch (error) {
      throw usage(`${where}: ${error instanceof Error ? error.message : 'no JSON'}`);
    }
    if (!isPlainObject(value)) throw usage(`${where}: is no object.`);
    const fields = Object.entries(value).map(([name, content]) => {
      if (typeof content !== 'string' && typeof content !== 'number')
        throw usage(`${where}: ${name} is neither text nor number.`);
      return [assertColumn(name, where), String(content)] as const;
    });
    return [{ fields: Object.fromEntries(fields), where }];
  });
}

/** No quoting: no field needs a comma, and what needs guessing is refused. */
function csvRows(lines: readonly string[], file: string): Row[] {
  const [head = '', ...body] = lines;
  const columns = head.split(',').map((name) => assertColumn(name.trim(), `${file}:1`));
  if (new Set(columns).size !== columns.length) throw usage(`${file}:1: a column is named twice.`);
  return body.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const where = `${file}:${index + 2}`;
    const cells = line.split(',').map((cell) => cell.trim());
    if (cells.length !== columns.length || line.includes('"')) {
      throw usage(
        `${where}: has ${cells.length} fields, the first line names ${columns.length} (no quotes).`,
      );
    }
    const fields = columns.flatMap((name, at) => {
      const cell = cells[at] ?? '';
      return cell === '' ? [] : [[name, cell] as const];
    });
    return [{ fields: Object.fromEntries(fields), where }];
  });
}

function assertColumn(name: string, where: string): Column {
  const found = COLUMNS.find((column) => column === name);
  if (found !== undefined) return found;
  throw usage(`${where}: "${name}" is none of ${COLUMNS.join(', ')}.`);
}

function targetOf(fields: Fields, where: string, defaults: TargetDefaults): CertificateTarget {
  const { serial, aki, reason, invalidity_date: since, expires_at: expires, ticket } = fields;
  if (serial === undefined || aki === undefined) throw usage(`${where}: serial and aki are needed.`);
  return {
    ...certificateKey(serial, aki, where),
    ...defaults,
    ...(reason === undefined ? {} : { reason: assertReason(reason, where) }),
    ...(since === undefined ? {} : { invalidity_date: instant(since, where) }),
    ...(expires === undefined ? {} : { expires_at: instant(expires, where) }),
    ...(ticket === undefined ? {} : { ticket }),
  };
}

/** Throws USAGE. */
export function assertReason(text: string, where: string): CertificateReason {
  const found = CERTIFICATE_REASONS.find((reason) => reason === text);
  if (found !== undefined) return found;
  throw usage(`${where}: "${text}" is none of ${CERTIFICATE_REASONS.join(', ')}.`);
}
