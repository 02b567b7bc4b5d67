import { ClientError } from '@maker-registry/sdk';
import { type TpmSequence } from './tpm-tools';

/** Algorithm of the endorsement key: TPM makers certify RSA more often, elliptic curves are faster to re-create. */
export type EndorsementAlgorithm = 'ecc' | 'rsa';
export type AttestationAlgorithm = 'ecc' | 'rsa';

/** What is kept of a device's keys. Private parts are encrypted by the TPM and useless elsewhere. */
export interface DeviceKeys {
  readonly endorsementAlgorithm: EndorsementAlgorithm;
  /** TPM2B_PUBLIC of the endorsement key. */
  readonly endorsementPublic: Uint8Array;
  /** TPM2B_PUBLIC and TPM2B_PRIVATE of the attestation key. */
  readonly attestationPublic: Uint8Array;
  readonly attestationPrivate: Uint8Array;
}

/** NV indexes where TPM makers keep the endorsement key's certificate (TCG EK Credential Profile 2.2.1.4). */
const CERTIFICATE_INDEX: Readonly<Record<EndorsementAlgorithm, string>> = {
  rsa: '0x1c00002',
  ecc: '0x1c0000a',
};
/** tpm2-tools' own header before TPM2B_ID_OBJECT and TPM2B_ENCRYPTED_SECRET. */
const CREDENTIAL_FILE_HEADER = Buffer.from('badcc0de00000001', 'hex');

/**
 * Makes the endorsement key from its standard template and a fresh restricted signing key (AK) below it. The AK can sign
 * only what the TPM itself says (quotes, certifications).
 */
export async function createDeviceKeys(
  tpm: TpmSequence,
  endorsementAlgorithm: EndorsementAlgorithm,
  attestationAlgorithm: AttestationAlgorithm,
): Promise<DeviceKeys> {
  await createEndorsementKey(tpm, endorsementAlgorithm);
  const scheme = attestationAlgorithm === 'ecc' ? 'ecdsa' : 'rsassa';
  await tpm.run(
    'createak',
    ...['-C', 'ek.ctx', '-c', 'ak.ctx', '-G', attestationAlgorithm, '-g', 'sha256', '-s', scheme],
    ...['-u', 'ak.pub', '-r', 'ak.priv', '-n', 'ak.name'],
  );
  return {
    endorsementAlgorithm,
    endorsementPublic: await tpm.read('ek.pub'),
    attestationPublic: await tpm.read('ak.pub'),
    attestationPrivate: await tpm.read('ak.priv'),
  };
}

/** The maker's certificate of the endorsement key (DER), where the TPM holds one. */
export async function readEndorsementCertificate(
  tpm: TpmSequence,
  algorithm: EndorsementAlgorithm,
): Promise<Uint8Array | undefined> {
  try {
    await tpm.run('nvread', CERTIFICATE_INDEX[algorithm], '-C', 'o', '-o', 'ek.der');
  } catch (error) {
    // A TPM without a certificate is normal (every software TPM): the gateway's policy decides whether that will do.
    if (error instanceof ClientError && error.code === 'TPM_FAILED') return undefined;
    throw error;
  }
  return await tpm.read('ek.der');
}

/**
 * Loads the endorsement and attestation keys as `ek.ctx` and `ak.ctx`. They are loaded anew for every sequence, since a
 * saved context does not survive a reset of the TPM. Throws TPM_FAILED when the keys belong to another TPM.
 */
export async function loadDeviceKeys(tpm: TpmSequence, keys: DeviceKeys): Promise<void> {
  await createEndorsementKey(tpm, keys.endorsementAlgorithm);
  const present = await tpm.read('ek.pub');
  if (Buffer.compare(present, keys.endorsementPublic) !== 0) {
    throw new ClientError(
      'TPM_FAILED',
      'This TPM is not the one that was enrolled. Enrol again in a new state directory.',
    );
  }
  await tpm.write('ak.pub', keys.attestationPublic);
  await tpm.write('ak.priv', keys.attestationPrivate);
  await withEndorsementSession(tpm, async (session) => {
    await tpm.run('load', '-C', 'ek.ctx', '-u', 'ak.pub', '-r', 'ak.priv', '-c', 'ak.ctx', '-P', session);
  });
}

/**
 * Opens a credential made for this endorsement and attestation key (TPM2_ActivateCredential); needs `loadDeviceKeys`
 * first. Both arguments are the TPM2B structures with their sizes.
 */
export async function activateCredential(
  tpm: TpmSequence,
  credentialBlob: Uint8Array,
  encryptedSecret: Uint8Array,
): Promise<Uint8Array> {
  await tpm.write('credential', Buffer.concat([CREDENTIAL_FILE_HEADER, credentialBlob, encryptedSecret]));
  await withEndorsementSession(tpm, async (session) => {
    await tpm.run(
      'activatecredential',
      '-c',
      'ak.ctx',
      '-C',
      'ek.ctx',
      '-i',
      'credential',
      '-o',
      'secret',
      '-P',
      session,
    );
  });
  return await tpm.take('secret');
}

async function createEndorsementKey(tpm: TpmSequence, algorithm: EndorsementAlgorithm): Promise<void> {
  await tpm.run('createek', '-c', 'ek.ctx', '-G', algorithm, '-u', 'ek.pub');
}

/** The endorsement key's template allows its use only under TPM2_PolicySecret of the endorsement hierarchy. */
async function withEndorsementSession(
  tpm: TpmSequence,
  work: (session: string) => Promise<void>,
): Promise<void> {
  await tpm.run('startauthsession', '--policy-session', '-S', 'session.ctx');
  try {
    await tpm.run('policysecret', '-S', 'session.ctx', '-c', 'e');
    await work('session:session.ctx');
  } finally {
    await tpm.run('flushcontext', 'session.ctx');
  }
}
