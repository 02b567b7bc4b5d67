/** How objects of one kind are searched: columns of the mirror's table, each public by the ledger's own rules. */
export interface SearchKind {
  readonly table: string;
  /** Columns that name an object, in order; shown joined by '/'. */
  readonly id: readonly string[];
  /** Expression for its state; null where it has none. */
  readonly state: string | null;
  /** Expression for its type within the kind, e.g. an artifact's; null where it has none. */
  readonly type: string | null;
  /** Columns in which a text is looked for. Never notes, reasons or terms: what people write freely may name people. */
  readonly text: readonly string[];
}

const SEARCHED = {
  actor: { table: 'actors', id: ['actor_id'], state: 'status', type: null, text: ['current_keyid'] },
  artifact: {
    table: 'artifacts',
    id: ['artifact_id'],
    state: 'state',
    type: 'kind',
    text: ['name', 'version', 'root_digest'],
  },
  license: { table: 'licenses', id: ['license_id'], state: null, type: null, text: ['name'] },
  right: { table: 'rights', id: ['right_id'], state: 'status', type: 'purpose', text: [] },
  key: { table: 'content_keys', id: ['artifact_id'], state: null, type: null, text: [] },
  revocation: {
    table: 'revocations',
    id: ['number::text'],
    state: "CASE WHEN lifted THEN 'lifted' ELSE 'in-force' END",
    type: 'kind',
    text: ['subject_id', 'reason_code'],
  },
  proposal: { table: 'proposals', id: ['proposal_id'], state: 'status', type: null, text: [] },
  parameters: { table: 'parameters', id: ['version::text'], state: null, type: null, text: [] },
  model: { table: 'models', id: ['model_ref'], state: null, type: null, text: ['model_id'] },
  scheme: { table: 'schemes', id: ['scheme_ref'], state: 'status', type: null, text: ['scheme_id'] },
  record: { table: 'records', id: ['model_ref', 'content_hash'], state: null, type: null, text: [] },
  policy: { table: 'policies', id: ['model_ref', 'content_hash'], state: 'status', type: null, text: [] },
  settlement: {
    table: 'settlements',
    id: ['settlement_id'],
    state: null,
    type: 'currency',
    text: ['settlement_ref'],
  },
  withdrawal: { table: 'withdrawals', id: ['withdrawal_id'], state: 'status', type: 'currency', text: [] },
  stream: { table: 'streams', id: ['stream_id'], state: 'status', type: 'currency', text: ['stream_ref'] },
  shares: { table: 'shares', id: ['shares_id'], state: null, type: null, text: ['name'] },
} as const satisfies Readonly<Record<string, SearchKind>>;

export type SearchKindName = keyof typeof SEARCHED;

export const SEARCH_KINDS: Readonly<Record<SearchKindName, SearchKind>> = SEARCHED;
export const SEARCH_KIND_NAMES = Object.keys(SEARCHED) as SearchKindName[];
