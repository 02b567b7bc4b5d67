import {
  ledgerKeys,
  releaseCertificates,
  revokeCertificates,
  type CertificateKey,
  type CertificateRevocation,
} from '@maker-registry/protocol';
import { runAct } from '../act-transaction';
import type { Ledger } from '../ledger/ledger';
import { certificateArgument, mspArgument, readDocument } from '../read-document';
import { RegistryContract } from '../registry-contract';
import type { RegistryContext } from '../registry-context';

/** What each organization says of the X.509 certificates of its own CAs. CRLs and OCSP answers are derived from it. */
export class CertificatesContract extends RegistryContract {
  constructor() {
    super('certificates');
  }

  async Revoke(context: RegistryContext, argument: string): Promise<string> {
    return runAct(
      context,
      'certificate.revoke',
      argument,
      async ({ argument: wanted, ledger, context: rule }) =>
        revokeCertificates(await loadCertificates(ledger, rule.caller.mspId, wanted.entries), wanted, rule),
    );
  }

  async Release(context: RegistryContext, argument: string): Promise<string> {
    return runAct(
      context,
      'certificate.release',
      argument,
      async ({ argument: wanted, ledger, context: rule }) =>
        releaseCertificates(await loadCertificates(ledger, rule.caller.mspId, wanted.entries), wanted, rule),
    );
  }

  async Get(context: RegistryContext, mspId: string, aki: string, serial: string): Promise<string> {
    const key = certificateArgument(aki, serial);
    const id = ledgerKeys['certificate-revocation'](mspArgument(mspId), key);
    return readDocument(context, 'certificate-revocation', id, 'REVOCATION_UNKNOWN');
  }
}

async function loadCertificates(
  ledger: Ledger,
  mspId: string,
  entries: readonly CertificateKey[],
): Promise<Parameters<typeof revokeCertificates>[0]> {
  const certificates: (CertificateRevocation | undefined)[] = [];
  for (const entry of entries) {
    const id = ledgerKeys['certificate-revocation'](mspId, entry);
    certificates.push(await ledger.get('certificate-revocation', id));
  }
  return { certificates };
}
