import { allocationsOf, type Settlement } from '@maker-registry/protocol';
import { MAX_SETTLEMENT_LINES } from '../limits';
import { type ListingDefinition } from '../reads/listing';

/** What can be exported, and how its documents become rows. */
export interface ExportKind {
  readonly listing: ListingDefinition;
  /** Members in dotted notation, in the order of the columns. */
  readonly columns: readonly string[];
  /** The rows of one ledger document; the document itself without it. */
  readonly rows?: (document: unknown) => readonly unknown[];
}

function listing(table: string, ...ids: readonly string[]): ListingDefinition {
  return {
    table: `registry.${table}`,
    order: [
      { column: 'created_block', type: 'number' },
      { column: 'created_tx_index', type: 'number' },
      ...ids.map((column) => ({ column, type: 'string' }) as const),
    ],
    filters: {},
  };
}

const SETTLEMENTS: ListingDefinition = {
  ...listing('settlements', 'settlement_id'),
  weight: { column: 'lines', page: MAX_SETTLEMENT_LINES },
};

export const EXPORT_NAMES = ['records', 'settlements', 'allocations', 'policies', 'withdrawals'] as const;
export type ExportName = (typeof EXPORT_NAMES)[number];

export const EXPORTS: Readonly<Record<ExportName, ExportKind>> = {
  records: {
    listing: listing('records', 'model_ref', 'content_hash'),
    columns: [
      'model_ref',
      'content_hash',
      'scheme_ref',
      'parent_hash',
      'parent_model_ref',
      'timestamp',
      'nonce',
      'context_hash',
      'schema_version',
      'signature',
      'payload_digest',
      'key_version',
      'scheme_commitment',
      'recorder',
      'annotations',
      'recorded.tx_id',
      'recorded.at',
    ],
  },
  settlements: {
    listing: SETTLEMENTS,
    columns: [
      'settlement_id',
      'payer',
      'settlement_ref',
      'model_ref',
      'content_hash',
      'amount',
      'currency',
      'mode',
      'risk_class',
      'fee.amount',
      'fee.bps',
      'cap_bps',
      'max_depth',
      'lineage.depth',
      'lineage.incomplete',
      'lineage.cycle',
      'lineage.missing',
      'suspended',
      'verification_ref',
      'verified_by',
      'payee_context',
      'stream_id',
      'settled.tx_id',
      'settled.at',
    ],
  },
  allocations: {
    listing: SETTLEMENTS,
    rows: (document) => allocationsOf(document as Settlement),
    columns: [
      'settlement_id',
      'layer',
      'model_ref',
      'content_hash',
      'policy_version',
      'beneficiary',
      'amount',
      'held',
      'currency',
    ],
  },
  policies: {
    listing: listing('policies', 'model_ref', 'content_hash'),
    columns: [
      'model_ref',
      'content_hash',
      'rights_owner',
      'version',
      'status',
      'frozen',
      'license_uri',
      'policy_commitment',
      'royalty_terms.beneficiaries',
      'royalty_terms.shares_bps',
      'royalty_terms.derivative_royalty_bps',
      'royalty_terms.max_depth',
      'royalty_terms.total_royalty_cap_bps',
      'royalty_terms.verifications_required',
      'dispute',
      'updated.tx_id',
      'updated.at',
    ],
  },
  withdrawals: {
    listing: listing('withdrawals', 'withdrawal_id'),
    columns: [
      'withdrawal_id',
      'beneficiary',
      'currency',
      'amount',
      'instruction_commitment',
      'status',
      'requested.tx_id',
      'requested.at',
      'reports',
    ],
  },
};
