import { POLICY_STATUSES, type PolicyStatus } from '../domain/royalty-policy';
import { SETTLEMENT_MODES, type SettlementMode } from '../domain/settlement';
import { RegistryError } from '../errors/registry-error';
import { BPS_WHOLE, MAX_LINEAGE_DEPTH, MAX_NAME_LENGTH, MAX_SIMULATED_RECORDS } from '../limits';
import { ZERO_HASH } from '../provenance/attestation';
import { closedObject, type JsonSchema, oneOf } from '../schemas/primitives';
import { assertSchema } from '../schemas/validate';
import { parseSettlementAmount } from './amount';
import { type Division, divideSettlement, type PayingLayer } from './divide';
import { type LineageSummary, walkLineage } from './lineage';
import { assertRoyaltyTerms, defaultTerms, type RoyaltyTerms } from './terms';

interface CaseContent {
  /** Where two records have the same, the lineage has a cycle. Records without it differ. */
  readonly content_hash?: string;
}

/** A record of a case with a royalty policy. */
interface PolicyRecord extends CaseContent {
  readonly beneficiaries: readonly string[];
  readonly shares_bps: readonly number[];
  readonly derivative_royalty_bps: number;
  readonly max_depth?: number;
  readonly total_royalty_cap_bps?: number | null;
  readonly status?: PolicyStatus;
  readonly owner?: string;
}

/** A record of a case without one: its owner takes everything and claims nothing. */
interface OwnedRecord extends CaseContent {
  readonly owner: string;
  readonly beneficiaries?: undefined;
  readonly status?: undefined;
}

type CaseRecord = PolicyRecord | OwnedRecord;

interface SettlementCase {
  readonly amount: unknown;
  readonly currency: string;
  readonly fee_bps?: number;
  readonly mode?: SettlementMode;
  /** The current record, its parent, and so on; null is a parent that is not registered. */
  readonly records: readonly (CaseRecord | null)[];
}

/** What a settlement of the case would divide; amounts are decimal strings of minor units. */
export interface SimulationResult {
  readonly fee: string;
  readonly layers: readonly {
    readonly layer: number;
    readonly amount: string;
    /** 0 for the current record and for revoked policies. */
    readonly claim_bps: number;
    readonly status: PolicyStatus;
  }[];
  /** Beneficiary → amount, above zero. Without prototype: `__proto__` is a name like any other. */
  readonly payouts: Readonly<Record<string, string>>;
  readonly lines: readonly {
    readonly layer: number;
    readonly beneficiary: string;
    readonly amount: string;
  }[];
  readonly lineage: LineageSummary;
}

const PARTY: JsonSchema = { type: 'string', minLength: 1, maxLength: MAX_NAME_LENGTH };
/** Zeros as a parent mean that there is none. */
const CONTENT_HASH: JsonSchema = { type: 'string', pattern: '^(?!0{64})[0-9a-f]{64}$' };
const INTEGER: JsonSchema = { type: 'integer' };
const TERMS_MEMBERS = ['beneficiaries', 'shares_bps', 'derivative_royalty_bps'] as const;
const RECORD_MEMBERS: Readonly<Record<keyof PolicyRecord, JsonSchema>> = {
  beneficiaries: { type: 'array', items: PARTY },
  shares_bps: { type: 'array', items: INTEGER },
  derivative_royalty_bps: INTEGER,
  max_depth: INTEGER,
  total_royalty_cap_bps: { type: ['integer', 'null'] },
  status: oneOf(POLICY_STATUSES),
  owner: PARTY,
  content_hash: CONTENT_HASH,
};
/** Forms only. The bounds of terms are POLICY_INVALID and those of amounts AMOUNT_INVALID, as on the ledger. */
const CASE: JsonSchema = closedObject(
  {
    amount: {},
    currency: { type: 'string', pattern: '^[A-Z]{3}$' },
    fee_bps: { type: 'integer', minimum: 0, maximum: BPS_WHOLE },
    mode: oneOf(SETTLEMENT_MODES),
    records: {
      type: 'array',
      maxItems: MAX_SIMULATED_RECORDS,
      items: closedObject(RECORD_MEMBERS, Object.keys(RECORD_MEMBERS), {
        type: ['object', 'null'],
        // Terms come whole or not at all.
        dependentRequired: Object.fromEntries(
          [...TERMS_MEMBERS, 'max_depth', 'total_royalty_cap_bps', 'status'].map((member) => [
            member,
            TERMS_MEMBERS,
          ]),
        ),
      }),
    },
  },
  ['fee_bps', 'mode'],
);

/** A record as the walk sees it. */
interface CaseNode {
  readonly content_hash: string;
  readonly parent_hash: string;
  readonly layer: PayingLayer;
  readonly status: PolicyStatus;
}

/**
 * Divides a payment over a lineage that is written down in a document, by the same functions as the ledger, so that
 * anyone can tell beforehand and check afterwards who is paid what. Throws SCHEMA_VIOLATION, AMOUNT_INVALID,
 * POLICY_INVALID (terms of every record are judged, within reach or not), NOT_FOUND without a current record,
 * POLICY_REVOKED when its policy is revoked, and PARENT_NOT_FOUND in strict mode.
 */
export function simulateSettlement(caseDocument: unknown): SimulationResult {
  const { amount, fee_bps = 0, mode = 'permissive', records } = readCase(caseDocument);
  const parsed = parseSettlementAmount(amount);
  const nodes = nodesOf(records);
  const current = currentOf(nodes);
  const { max_depth, total_royalty_cap_bps = BPS_WHOLE } = current.layer.terms;
  const byHash = indexNodes(nodes);
  const { ancestors, summary } = walkLineage(current, max_depth, mode, (hash) => byHash.get(hash));
  const walked = [current, ...ancestors];
  const division = divideSettlement({
    amount: parsed,
    feeBps: fee_bps,
    capBps: total_royalty_cap_bps,
    layers: walked.map(({ layer }) => layer),
  });
  return resultOf(division, walked, summary);
}

function readCase(caseDocument: unknown): SettlementCase {
  assertSchema(CASE, caseDocument);
  const settlementCase = caseDocument as SettlementCase;
  settlementCase.records.forEach((record, index) => {
    if (record === null || record.beneficiaries !== undefined || Object.hasOwn(record, 'owner')) return;
    const subject = `/records/${index}`;
    throw new RegistryError('SCHEMA_VIOLATION', `${subject} needs royalty terms or an owner.`, { subject });
  });
  return settlementCase;
}

/** Content hash → the first record of it: the earliest of several is the parent, as on the ledger. */
function indexNodes(nodes: readonly (CaseNode | null)[]): Map<string, CaseNode> {
  const byHash = new Map<string, CaseNode>();
  for (const node of nodes) {
    if (node !== null && !byHash.has(node.content_hash)) byHash.set(node.content_hash, node);
  }
  return byHash;
}

function currentOf(nodes: readonly (CaseNode | null)[]): CaseNode {
  const current = nodes[0] ?? undefined;
  if (current === undefined) {
    throw new RegistryError('NOT_FOUND', 'Give the current record first.', { subject: '/records/0' });
  }
  if (current.status === 'revoked') {
    throw new RegistryError('POLICY_REVOKED', 'Nothing is settled under a revoked policy.', {
      subject: '/records/0/status',
    });
  }
  return current;
}

function nodesOf(records: SettlementCase['records']): (CaseNode | null)[] {
  const hashes = [...records.map(hashOf), ZERO_HASH];
  return records.map((record, index) => {
    if (record === null) return null;
    const terms = termsOf(record, `/records/${index}`);
    const status = record.status ?? 'active';
    return {
      content_hash: hashes[index] ?? ZERO_HASH,
      parent_hash: hashes[index + 1] ?? ZERO_HASH,
      // The current record pays; only its ancestors claim.
      layer: { terms, claim_bps: index === 0 || status === 'revoked' ? 0 : terms.derivative_royalty_bps },
      status,
    };
  });
}

/** A record without a hash, or one that is missing, gets a name that no hash can equal. */
function hashOf(record: CaseRecord | null, index: number): string {
  return record?.content_hash ?? `record ${index}`;
}

function termsOf(record: CaseRecord, subject: string): RoyaltyTerms {
  if (record.beneficiaries === undefined) return defaultTerms(record.owner);
  const { beneficiaries, shares_bps, derivative_royalty_bps, total_royalty_cap_bps: cap } = record;
  const terms: RoyaltyTerms = {
    beneficiaries,
    shares_bps,
    derivative_royalty_bps,
    max_depth: record.max_depth ?? MAX_LINEAGE_DEPTH,
    ...(typeof cap === 'number' ? { total_royalty_cap_bps: cap } : {}),
  };
  assertRoyaltyTerms(terms, subject);
  return terms;
}

function resultOf(
  division: Division,
  walked: readonly CaseNode[],
  lineage: LineageSummary,
): SimulationResult {
  const payouts = Object.create(null) as Record<string, string>;
  for (const [beneficiary, amount] of division.payouts) payouts[beneficiary] = String(amount);
  return {
    fee: String(division.fee),
    layers: walked.map(({ layer, status }, index) => ({
      layer: index,
      amount: String(division.layers[index]),
      claim_bps: layer.claim_bps,
      status,
    })),
    payouts,
    lines: division.lines.map((line) => ({ ...line, amount: String(line.amount) })),
    lineage,
  };
}
