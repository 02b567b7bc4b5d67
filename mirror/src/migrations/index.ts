import { LEDGER } from './0001-ledger';
import { DOCUMENTS } from './0002-documents';
import { PROVENANCE } from './0003-provenance';
import { CERTIFICATE_REVOCATIONS } from './0004-certificate-revocations';
import { FINDINGS } from './0006-findings';
import { type Migration } from './migration';

/** In the order of their numbers; never edited once released, only added to. */
export const MIGRATIONS: readonly Migration[] = [
  LEDGER,
  DOCUMENTS,
  PROVENANCE,
  CERTIFICATE_REVOCATIONS,
  FINDINGS,
];

export type { Migration } from './migration';
