import { join } from 'node:path';
import { certificateBytes, type CertificateFields, parseCertificate } from '@maker-registry/pki';
import { ConfigError } from '../config/config-error';
import { type Environment, EnvironmentReader, readSettingFile } from '../config/environment';
import { type NetworkFile, type OrganizationEntry } from '../config/network-file';
import { type AuthorityName, type CrlConfig, readCrlConfig } from '../crl';
import { type PeerOperator, readPeerOperators } from './lists/peer-operators';
import { type AttestationPolicy, readAttestationPolicy } from './attestation-policy';

/** Whose endorsement keys are believed. */
export type DeviceTrust =
  /** Any endorsement key: for simulated TPMs. The device's record says so for ever. */
  | { readonly mode: 'development' }
  /** Endorsement keys certified by these roots and intermediates of TPM makers. */
  | { readonly mode: 'certified'; readonly authorities: readonly string[] };

/** What the trust services are told at start. */
export interface TrustConfig {
  readonly mspId: string;
  /** Genesis hash of the channel, hex. */
  readonly network: string;
  /** Certificates (PEM) of the organization's CAs, by the name under which their CRLs are served. */
  readonly certificateAuthorities: Readonly<Record<AuthorityName, string>>;
  readonly crl: CrlConfig;
  readonly deviceTrust: DeviceTrust;
  readonly attestation: AttestationPolicy;
  /** Address under which clients reach this gateway; tokens name their status list by it. */
  readonly publicUrl?: string;
  /** The other operators whose statements on the lists this gateway passes on. */
  readonly operators?: readonly PeerOperator[];
}

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * Reads OPERATORS_FILE (document of pinned operators), GATEWAY_PUBLIC_URL, DEVICE_TRUST (development | certified), DEVICE_ROOTS_FILE (PEM bundle) and ATTESTATION_POLICY_FILE. Without
 * a word from the operator only certified devices enrol.
 *
 * @throws ConfigError naming the variable that is missing or wrong
 */
export function readTrustConfig(
  environment: Environment,
  network: NetworkFile,
  organization: OrganizationEntry,
): TrustConfig {
  const env = new EnvironmentReader(environment);
  const policyFile = env.text(
    'ATTESTATION_POLICY_FILE',
    join(__dirname, '../../../policies/attestation.json'),
  );
  const msp = network.path(organization.msp_dir);
  return {
    mspId: organization.msp_id,
    network: network.entry.genesis_hash,
    certificateAuthorities: {
      ca: readPem('REGISTRY_NETWORK_FILE', join(msp, 'cacerts/ca.pem')),
      tlsca: readPem('REGISTRY_NETWORK_FILE', join(msp, 'tlscacerts/tlsca.pem')),
    },
    crl: readCrlConfig(env, readPublicUrl(env)),
    deviceTrust: readDeviceTrust(env),
    attestation: readAttestationPolicy('ATTESTATION_POLICY_FILE', policyFile),
    publicUrl: readPublicUrl(env),
    operators: readOperators(env, organization.msp_id, network.entry.genesis_hash),
  };
}

/** GATEWAY_PUBLIC_URL; by default where the gateway listens. */
function readPublicUrl(env: EnvironmentReader): string {
  const listens = `https://${env.text('GATEWAY_HOST', '127.0.0.1')}:${env.text('GATEWAY_PORT', '443')}`;
  return env.url('GATEWAY_PUBLIC_URL', ['https:'], listens).href.replace(/\/$/, '');
}

function readOperators(env: EnvironmentReader, mspId: string, network: string): readonly PeerOperator[] {
  const file = env.optional('OPERATORS_FILE');
  return file === undefined ? [] : readPeerOperators('OPERATORS_FILE', file, { mspId, network });
}

function readPem(setting: string, file: string): string {
  return readSettingFile(setting, file).toString('utf8');
}

function readDeviceTrust(env: EnvironmentReader): DeviceTrust {
  const mode = env.choice('DEVICE_TRUST', ['certified', 'development'], 'certified');
  if (mode === 'development') return { mode };
  const file = env.optional('DEVICE_ROOTS_FILE');
  if (file === undefined) return { mode, authorities: [] };
  const authorities = readPem('DEVICE_ROOTS_FILE', file).match(PEM_CERTIFICATE) ?? [];
  authorities.forEach(assertAuthority);
  return { mode, authorities };
}

/** As swtpm names the authorities it makes for itself. */
const SIMULATOR = 'swtpm';

/** A simulator's authority vouches for keys that anyone can copy; a certificate that signs none was pinned by mistake. */
function assertAuthority(pem: string, index: number): void {
  const { isCa, subject } = readAuthority(pem, index);
  const which = `certificate ${index + 1} of the file`;
  if (!isCa) throw new ConfigError('DEVICE_ROOTS_FILE', `${which} is not of an authority`);
  if (subject.includes(SIMULATOR)) {
    const reason = `${which} is of a TPM simulator; set DEVICE_TRUST to development to take simulated TPMs`;
    throw new ConfigError('DEVICE_ROOTS_FILE', reason);
  }
}

function readAuthority(pem: string, index: number): CertificateFields {
  try {
    return parseCertificate(certificateBytes(Buffer.from(pem)));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError('DEVICE_ROOTS_FILE', `certificate ${index + 1} does not parse: ${reason}`, {
      cause,
    });
  }
}
