import { type DocumentTable, type TypedTable } from './document-table';
import { certificateRevocations } from './tables/certificates';
import { intents, parameters, proposals, revocationHeads, revocations } from './tables/governance';
import { holdings, shares, streams, streamWindows, vaults, withdrawals } from './tables/payouts';
import { contents, models, modelVersions, records, schemes, schemeVersions } from './tables/provenance';
import { actors, artifacts, contentKeys, licenses, rights, sales } from './tables/rights';
import { collected, credits, policies, policyVersions, settlements, suspense } from './tables/royalties';

/** By the type of the composite key. */
const BY_TYPE: Readonly<Record<string, DocumentTable>> = {
  actor: actors,
  artifact: artifacts,
  license: licenses,
  right: rights,
  key: contentKeys,
  sale: sales,
  revocation: revocations,
  'revocation-head': revocationHeads,
  parameters,
  proposal: proposals,
  intent: intents,
  model: models,
  'model-version': modelVersions,
  scheme: schemes,
  'scheme-version': schemeVersions,
  record: records,
  content: contents,
  policy: policies,
  'policy-version': policyVersions,
  settlement: settlements,
  suspense,
  credit: credits,
  collected,
  vault: vaults,
  withdrawal: withdrawals,
  stream: streams,
  'stream-window': streamWindows,
  shares,
  holding: holdings,
  'certificate-revocation': certificateRevocations,
};

/** Every typed table, in a fixed order: parts after what they are parts of. */
export const DOCUMENT_TABLES: readonly TypedTable[] = Object.values(BY_TYPE).flatMap((table) =>
  table.parts === undefined ? [table] : [table, table.parts],
);

/** The table for a kind of ledger key; null for kinds this mirror has no table for. */
export function documentTable(type: string): DocumentTable | null {
  return Object.hasOwn(BY_TYPE, type) ? (BY_TYPE[type] ?? null) : null;
}
