import {
  certificateBytes,
  type CertificateFields,
  parseCertificate,
  PkiFormatError,
} from '@maker-registry/pki';
import { type Given, optional, required } from '@maker-registry/guard';
import { type CaKind, type FabricIdentity, type RegistryClient } from '@maker-registry/sdk';
import { readInput } from '../input-file';
import { MAX_CERTIFICATE_FILE_BYTES } from '../limits';
import { readBulkFile } from './bulk-file';
import { certificateKey, type CertificateTarget, type TargetDefaults, usage } from './certificate-target';

/** Options that name certificates; exactly one of them is given (serial with aki). */
export const targetOptions = {
  serial: 'text',
  aki: 'text',
  certificate: 'text',
  'enrollment-id': 'text',
  file: 'text',
} as const;

export const TARGET_HELP = `
  --serial HEX --aki HEX   the certificate by its serial number and its CA’s key identifier
  --certificate FILE       the certificate itself, PEM or DER
  --enrollment-id ID       every certificate of this enrolment id that has not expired, asked of your Fabric CA;
                           the id goes nowhere else
  --file FILE              many: JSON lines, or CSV with a first line such as serial,aki,reason,invalidity_date,ticket`;

/** The CA admin’s identities: of the CA of identities, and of that of TLS certificates where there is one. */
export interface CaIdentities {
  readonly ca: FabricIdentity;
  readonly tlsca: FabricIdentity | undefined;
}

const WAYS = ['serial', 'certificate', 'enrollment-id', 'file'] as const;
const MS_PER_SECOND = 1_000;

/** The certificates that the options name. Throws USAGE, and what reading or asking throws. */
export async function readTargets(
  given: Given,
  defaults: TargetDefaults,
  client: RegistryClient,
  identities: CaIdentities,
): Promise<readonly CertificateTarget[]> {
  const [way, second] = WAYS.filter((name) => optional(given, name) !== undefined);
  if (way === undefined || second !== undefined) {
    throw usage(
      'Name certificates in one way: --serial with --aki, --certificate, --enrollment-id or --file.',
    );
  }
  const value = required(given, way);
  if (way === 'serial')
    return [{ ...certificateKey(value, required(given, 'aki'), '--serial'), ...defaults }];
  if (optional(given, 'aki') !== undefined) throw usage('--aki goes with --serial.');
  if (way === 'file') return await readBulkFile(value, defaults);
  if (way === 'certificate') {
    const bytes = certificateBytes(await readInput(value, MAX_CERTIFICATE_FILE_BYTES));
    return [fromCertificate(parsed(bytes, value), defaults)];
  }
  return await ofEnrollmentId(value, defaults, client, identities);
}

async function ofEnrollmentId(
  id: string,
  defaults: TargetDefaults,
  client: RegistryClient,
  identities: CaIdentities,
): Promise<readonly CertificateTarget[]> {
  const now = Math.floor(Date.now() / MS_PER_SECOND);
  const kinds = (['ca', 'tlsca'] as const).flatMap((kind): [CaKind, FabricIdentity][] => {
    const identity = identities[kind];
    return identity === undefined ? [] : [[kind, identity]];
  });
  const found: CertificateTarget[] = [];
  for (const [kind, identity] of kinds) {
    for (const pem of await client.fabricCa.certificates(kind, identity, id)) {
      const fields = parsed(certificateBytes(Buffer.from(pem)), 'The Fabric CA');
      if (fields.notAfter > now) found.push(fromCertificate(fields, defaults));
    }
  }
  if (found.length === 0)
    throw usage('Your Fabric CA knows no certificate of this enrolment id that is still valid.');
  return found;
}

function parsed(der: Uint8Array, where: string): CertificateFields {
  try {
    return parseCertificate(der);
  } catch (error) {
    if (!(error instanceof PkiFormatError)) throw error;
    throw usage(`${where}: ${error.message}.`);
  }
}

function fromCertificate(
  { serial, authorityKeyIdentifier, notAfter }: CertificateFields,
  defaults: TargetDefaults,
): CertificateTarget {
  if (authorityKeyIdentifier === undefined) throw usage('The certificate does not name the key of its CA.');
  return { aki: authorityKeyIdentifier.toString('hex'), serial, expires_at: notAfter, ...defaults };
}
