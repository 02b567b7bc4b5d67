import { deepSettlement } from './measure-deep-settlement';
import { crlCost } from './measure-crl';
import { crlPublication } from './measure-crl-publication';
import { guardDecrypt } from './measure-decrypt';
import { hsmSigning } from './measure-hsm';
import { revocationLists } from './measure-lists';
import { lineageQueries } from './measure-lineage';
import { provenanceCost } from './measure-provenance';
import { quoteVerification } from './measure-quotes';
import { mirrorReplay } from './measure-replay';
import { receiptVerification } from './measure-receipts';
import { revocationLatency } from './measure-revocation';
import { submission } from './measure-submission';
import { offlineVerification } from './measure-verify';

/** Reports progress while a measurement runs. */
export type Report = (line: string) => void;

export interface Measurement {
  readonly name: string;
  readonly title: string;
  /** Measures and returns Markdown lines. */
  readonly run: (report: Report) => Promise<string[]>;
}

export const MEASUREMENTS: readonly Measurement[] = [
  { name: 'submit', title: 'A signed submit against plain asset-create', run: submission },
  { name: 'provenance', title: 'Records and settlements against plain asset-create', run: provenanceCost },
  { name: 'deep', title: 'A settlement over the deepest lineage', run: deepSettlement },
  { name: 'verify', title: 'Offline verification against the signature check', run: offlineVerification },
  { name: 'lineage', title: 'The mirror: lineage queries', run: lineageQueries },
  { name: 'replay', title: 'The mirror: replay rate and lag', run: mirrorReplay },
  { name: 'decrypt', title: 'The guard’s decryption against OpenSSL', run: guardDecrypt },
  { name: 'lists', title: 'Revocation lists: deriving, verifying, looking up', run: revocationLists },
  { name: 'revocation', title: 'From revocation to stopped process', run: revocationLatency },
  {
    name: 'publication',
    title: 'From a revoked certificate to the published delta CRL',
    run: crlPublication,
  },
  { name: 'receipts', title: 'Receipts and blocks against a bare signature', run: receiptVerification },
  { name: 'quotes', title: 'A TPM’s quote against its bare signature', run: quoteVerification },
  { name: 'hsm', title: 'The gateway’s HSM client against a bare signing loop', run: hsmSigning },
  { name: 'crl', title: 'CRLs of a million entries', run: crlCost },
];
