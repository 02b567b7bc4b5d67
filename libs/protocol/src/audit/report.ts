import { decodeUtf8, utf8 } from '../encoding/bytes';
import { canonicalize } from '../encoding/canonical-json';
import { sha256Hex } from '../encoding/hash';
import { parseStrictJson } from '../encoding/strict-json';
import { isRegistryError, RegistryError } from '../errors/registry-error';
import {
  type Envelope,
  parseEnvelope,
  payloadBytes,
  verifyEnvelope,
  type VerificationKey,
} from '../intents/envelope';
import { AUDIT_REPORT_PAYLOAD_TYPE } from '../intents/pae';
import { MAX_REPORT_BYTES } from '../limits';
import { closedObject, HEX32, type JsonSchema, MSP_ID, UNIX_TIME } from '../schemas/primitives';
import { assertSchema } from '../schemas/validate';
import { type RangeSummary, type ReleasesSummary } from './export-fold';

/** Of the first report, which has none before it. */
export const NO_REPORT_BEFORE = '0'.repeat(64);

/** An operator's signed statement of what happened over some blocks. Whoever has their export can recompute it. */
export interface AuditReport extends RangeSummary {
  readonly v: 1;
  /** Genesis hash of the network. */
  readonly network: string;
  /** MSP id of the operator that signs. */
  readonly issuer: string;
  /** From 1, without a gap. */
  readonly number: number;
  /** Hex SHA-256 of the payload of the report before: none can be left out or replaced later. */
  readonly previous: string;
  /** Unix seconds by the operator's clock. */
  readonly issued_at: number;
  /** The operator's own record, which is not on the ledger. */
  readonly releases: ReleasesSummary;
}

const COUNTER: JsonSchema = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
const COUNTS: JsonSchema = { type: 'object', additionalProperties: COUNTER };
const AMOUNT: JsonSchema = { type: 'string', pattern: '^(0|[1-9][0-9]{0,60})$' };

const FEES: JsonSchema = closedObject({
  settlements: COUNTER,
  sales: COUNTER,
  charged: AMOUNT,
  collected: AMOUNT,
  withdrawn: AMOUNT,
  returned: AMOUNT,
});

const STATISTICS: JsonSchema = closedObject({
  blocks: COUNTER,
  transactions: closedObject({ total: COUNTER, valid: COUNTER, refused: COUNTER, refused_by_code: COUNTS }),
  acts: COUNTS,
  approvals: closedObject({
    reviews_approved: COUNTER,
    reviews_rejected: COUNTER,
    artifacts_approved: COUNTER,
    parameters_in_force: COUNTER,
  }),
  revocations: closedObject({
    entries: COUNTER,
    by_kind: COUNTS,
    by_reason: COUNTS,
    by_subject: COUNTS,
    final: COUNTER,
  }),
  fees: { type: 'object', additionalProperties: FEES },
});

/** Schema of the report's payload. */
export const AUDIT_REPORT: JsonSchema = closedObject({
  v: { type: 'integer', const: 1 },
  network: HEX32,
  issuer: MSP_ID,
  number: { ...COUNTER, minimum: 1 },
  previous: HEX32,
  issued_at: UNIX_TIME,
  anchors: closedObject({
    from: closedObject({
      block: COUNTER,
      previous_hash: { type: 'string', pattern: '^([0-9a-f]{64})?$' },
      header_hash: HEX32,
    }),
    to: closedObject({
      block: COUNTER,
      header_hash: HEX32,
      commit_hash: { type: ['string', 'null'], pattern: '^[0-9a-f]{64}$' },
    }),
  }),
  items: closedObject({ count: COUNTER, digest: HEX32 }),
  statistics: STATISTICS,
  releases: closedObject({
    after_seq: COUNTER,
    to_seq: COUNTER,
    count: COUNTER,
    digest: HEX32,
    released: COUNTER,
    refused: COUNTER,
    refused_by_code: COUNTS,
  }),
});

/** The bytes that are signed. */
export function encodeReport(report: AuditReport): Uint8Array {
  assertSchema(AUDIT_REPORT, report);
  return utf8(canonicalize(report));
}

/** A report that was opened, with the digest that the next one names. */
export interface OpenedReport {
  readonly report: AuditReport;
  /** Hex SHA-256 of the payload. */
  readonly digest: string;
  readonly envelope: Envelope;
}

/**
 * Reads a report without judging its signature.
 * @throws RegistryError REPORT_MALFORMED
 */
export function openReport(input: string | Uint8Array): OpenedReport {
  try {
    const envelope = parseEnvelope(input, { maxBytes: MAX_REPORT_BYTES });
    if (envelope.payloadType !== AUDIT_REPORT_PAYLOAD_TYPE) throw malformed('its payload is of another type');
    const payload = payloadBytes(envelope);
    const report = parseStrictJson(payload, { maxBytes: MAX_REPORT_BYTES }) as unknown as AuditReport;
    assertSchema(AUDIT_REPORT, report);
    if (canonicalize(report) !== decodeUtf8(payload)) throw malformed('its payload is not in canonical form');
    return { report, digest: sha256Hex(payload), envelope };
  } catch (error) {
    if (isRegistryError(error) && error.code !== 'REPORT_MALFORMED') throw malformed(error.message, error);
    throw error;
  }
}

/** What a report is checked against; what is not given is not checked, and `checkReport` says which were. */
export interface ReportQuestion {
  readonly network: string;
  /** The report keys of the operator. */
  readonly keys: readonly VerificationKey[];
  /** The report before, already accepted. */
  readonly previous?: OpenedReport | undefined;
  /** What the export of the same blocks comes to. */
  readonly range?: RangeSummary | undefined;
  /** What the operator's records of the same releases come to. */
  readonly releases?: ReleasesSummary | undefined;
}

export type ReportCheck = 'signature' | 'network' | 'chain' | 'export' | 'releases';

/**
 * Accepts a report, or says why not.
 *
 * @returns the checks that were made
 * @throws RegistryError REPORT_SIGNATURE_INVALID, REPORT_WRONG_NETWORK, REPORT_OUT_OF_ORDER or REPORT_DIFFERS
 */
export function checkReport(opened: OpenedReport, question: ReportQuestion): ReportCheck[] {
  const { report } = opened;
  assertSigned(opened, question.keys);
  if (report.network !== question.network) {
    throw new RegistryError('REPORT_WRONG_NETWORK', 'The report is about another network.', {
      subject: report.network,
    });
  }
  assertBegins(report);
  const checks: ReportCheck[] = ['signature', 'network'];
  if (question.previous !== undefined) {
    assertFollows(report, question.previous);
    checks.push('chain');
  }
  const { range, releases } = question;
  if (range !== undefined) {
    assertEqual('anchors', report.anchors, range.anchors);
    assertEqual('items', report.items, range.items);
    assertEqual('statistics', report.statistics, range.statistics);
    checks.push('export');
  }
  if (releases !== undefined) {
    assertEqual('releases', report.releases, releases);
    checks.push('releases');
  }
  return checks;
}

/** One signature, by a key of the operator. */
function assertSigned({ envelope }: OpenedReport, keys: readonly VerificationKey[]): void {
  const [signature] = envelope.signatures;
  const key = keys.find(({ keyid }) => keyid === signature?.keyid);
  if (key === undefined || envelope.signatures.length !== 1) {
    throw new RegistryError(
      'REPORT_SIGNATURE_INVALID',
      'The report is not signed by a report key of the operator.',
      {
        subject: signature?.keyid ?? '',
      },
    );
  }
  try {
    verifyEnvelope(envelope, [key]);
  } catch (error) {
    if (!isRegistryError(error)) throw error;
    throw new RegistryError('REPORT_SIGNATURE_INVALID', error.message, { subject: key.keyid, cause: error });
  }
}

/** The first report begins with the ledger, and only it has none before it: else an operator could leave out the beginning. */
function assertBegins({ number, previous, anchors, releases }: AuditReport): void {
  const isFirst = number === 1;
  const begins = !isFirst || (anchors.from.block === 0 && releases.after_seq === 0);
  if (begins && isFirst === (previous === NO_REPORT_BEFORE)) return;
  throw new RegistryError(
    'REPORT_OUT_OF_ORDER',
    'Report 1, and no other, begins with block 0 and names no report before it.',
    { subject: String(number) },
  );
}

function assertFollows(report: AuditReport, { report: previous, digest }: OpenedReport): void {
  const follows =
    report.issuer === previous.issuer &&
    report.number === previous.number + 1 &&
    report.previous === digest &&
    report.anchors.from.block === previous.anchors.to.block + 1 &&
    report.anchors.from.previous_hash === previous.anchors.to.header_hash &&
    report.releases.after_seq === previous.releases.to_seq;
  if (follows) return;
  throw new RegistryError(
    'REPORT_OUT_OF_ORDER',
    'The report does not continue the one given as the report before it.',
    {
      subject: String(report.number),
    },
  );
}

function assertEqual(subject: string, said: unknown, recomputed: unknown): void {
  if (canonicalize(said) === canonicalize(recomputed)) return;
  throw new RegistryError(
    'REPORT_DIFFERS',
    `The report's ${subject} are not what the lines come to: they come to ${canonicalize(recomputed)}.`,
    { subject },
  );
}

function malformed(reason: string, cause?: Error): RegistryError {
  return new RegistryError('REPORT_MALFORMED', `The report does not parse: ${reason}`, { cause });
}
