import { type Revocation } from '../domain/revocation';
import { canonicalize } from '../encoding/canonical-json';
import { parseStrictJson } from '../encoding/strict-json';
import { isRegistryError, RegistryError } from '../errors/registry-error';
import { type Envelope, parseEnvelope } from '../intents/envelope';
import {
  MAX_AUDIT_PATH,
  MAX_DELTA_EVENTS,
  MAX_LIST_NUMBER,
  MAX_LIST_PARTITIONS,
  MAX_OPERATORS,
  MAX_REVOCATION_LIST_BYTES,
  MAX_REVOCATION_LIST_VALUES,
} from '../limits';
import { closedObject, HEX32, type JsonSchema } from '../schemas/primitives';
import { assertSchema } from '../schemas/validate';
import { SCOPE_ENTRY, type ScopeEntry } from './list-entry';
import { LIST_HEADER, type ListHeader } from './list-header';
import { LIST_SCOPES } from './scopes';

/** Entries of one partition, sorted. */
export interface PartitionBody {
  readonly index: number;
  readonly entries: readonly ScopeEntry[];
}

/** What was added to the ledger since a list. */
export interface DeltaBody {
  readonly base_number: number;
  /** `chain` of the list that the delta rests on. */
  readonly base_chain: string;
  /** The ledger's entries of this scope after `base_number`, releases too, without their `lifted`. */
  readonly events: readonly Revocation[];
}

/** An entry with its place in its partition's tree. */
export interface EntryProof {
  readonly entry: ScopeEntry;
  readonly index: number;
  /** Hashes from the bottom, hex. */
  readonly path: readonly string[];
}

/**
 * All entries of one subject, and the neighbours that show there are no others: what lies next to them in the order of the list.
 * Without an entry of the subject this proves that nothing restricts it.
 */
export interface ProofBody {
  readonly subject_id: string;
  readonly key_version?: number;
  /** Consecutive in the tree: the neighbour before, the subject's entries, the neighbour after. */
  readonly proofs: readonly EntryProof[];
}

/** One list of a document: its header, and as much of its content as was asked for. */
export interface ListDocument {
  readonly header: ListHeader;
  readonly partitions?: readonly PartitionBody[];
  readonly delta?: DeltaBody;
  readonly proof?: ProofBody;
}

/** A combined list as it travels: lists of scopes and the statements of operators that vouch for them. */
export interface RegistryListDocument {
  readonly v: 1;
  readonly statements: readonly Envelope[];
  readonly lists: readonly ListDocument[];
}

const COUNTER: JsonSchema = { type: 'integer', minimum: 0, maximum: MAX_LIST_NUMBER };
const ANY_OBJECT: JsonSchema = { type: 'object' };
/** Fifteen values and some for each of a subject's restrictions and two neighbours. */
const MAX_PROOFS = 1_024;

const LIST: JsonSchema = closedObject(
  {
    header: LIST_HEADER,
    partitions: {
      type: 'array',
      maxItems: MAX_LIST_PARTITIONS,
      items: closedObject({ index: COUNTER, entries: { type: 'array', items: SCOPE_ENTRY } }),
    },
    delta: closedObject({
      base_number: COUNTER,
      base_chain: HEX32,
      events: { type: 'array', maxItems: MAX_DELTA_EVENTS, items: ANY_OBJECT },
    }),
    proof: closedObject(
      {
        subject_id: HEX32,
        key_version: { ...COUNTER, minimum: 1 },
        proofs: {
          type: 'array',
          maxItems: MAX_PROOFS,
          items: closedObject({
            entry: SCOPE_ENTRY,
            index: COUNTER,
            path: { type: 'array', maxItems: MAX_AUDIT_PATH, items: HEX32 },
          }),
        },
      },
      ['key_version'],
    ),
  },
  ['partitions', 'delta', 'proof'],
);

const DOCUMENT: JsonSchema = closedObject({
  v: { type: 'integer', const: 1 },
  statements: { type: 'array', maxItems: MAX_OPERATORS, items: ANY_OBJECT },
  lists: { type: 'array', maxItems: LIST_SCOPES.length, items: LIST },
});

/**
 * Parses a combined list strictly. Nothing in it is believed yet.
 *
 * @throws RegistryError LIST_MALFORMED
 */
export function parseRegistryLists(input: string | Uint8Array): RegistryListDocument {
  try {
    const value = parseStrictJson(input, {
      maxBytes: MAX_REVOCATION_LIST_BYTES,
      maxValues: MAX_REVOCATION_LIST_VALUES,
    });
    assertSchema(DOCUMENT, value);
    const document = value as unknown as RegistryListDocument;
    const scopes = new Set(document.lists.map(({ header }) => header.scope));
    if (scopes.size !== document.lists.length) throw malformed('a scope occurs twice');
    return { ...document, statements: document.statements.map((one) => parseEnvelope(canonicalize(one))) };
  } catch (cause) {
    if (isRegistryError(cause) && cause.code === 'LIST_MALFORMED') throw cause;
    throw malformed(cause instanceof Error ? cause.message : 'unknown', cause);
  }
}

/** The text of a combined list. */
export function serializeRegistryLists(document: RegistryListDocument): string {
  return canonicalize(document);
}

function malformed(what: string, cause?: unknown): RegistryError {
  return new RegistryError('LIST_MALFORMED', `The lists do not parse: ${what}.`, { cause });
}
