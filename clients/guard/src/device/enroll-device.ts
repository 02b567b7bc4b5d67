import { fromHex, toHex } from '@maker-registry/protocol';
import { type Trust } from '@maker-registry/sdk';
import { type Device } from '../state/device-store';
import {
  activateCredential,
  type AttestationAlgorithm,
  createDeviceKeys,
  type EndorsementAlgorithm,
  loadDeviceKeys,
  readEndorsementCertificate,
} from '../tpm/attestation-key';
import { withTpm } from '../tpm/tpm-tools';

export interface EnrollOptions {
  readonly tcti: string;
  readonly endorsementAlgorithm: EndorsementAlgorithm;
  readonly attestationAlgorithm: AttestationAlgorithm;
}

/**
 * Enrols this machine: makes an attestation key, shows the gateway both public keys (and the TPM maker's certificate, where
 * there is one), and proves with TPM2_ActivateCredential that both live in one TPM.
 *
 * @throws RegistryError EK_UNTRUSTED, DEVICE_TAKEN, ENROLLMENT_*; ClientError TPM_*
 */
export async function enrollDevice(gateway: Trust, options: EnrollOptions): Promise<Device> {
  const { endorsementAlgorithm, attestationAlgorithm } = options;
  const { keys, certificate } = await withTpm(options.tcti, async (tpm) => ({
    keys: await createDeviceKeys(tpm, endorsementAlgorithm, attestationAlgorithm),
    certificate: await readEndorsementCertificate(tpm, endorsementAlgorithm),
  }));
  const challenge = await gateway.enrollDevice({
    ...(certificate === undefined ? {} : { ek_certificate: toHex(certificate) }),
    ek_public: toHex(keys.endorsementPublic),
    ak_public: toHex(keys.attestationPublic),
  });
  const secret = await withTpm(options.tcti, async (tpm) => {
    await loadDeviceKeys(tpm, keys);
    return await activateCredential(
      tpm,
      fromHex(challenge.credential_blob),
      fromHex(challenge.encrypted_secret),
    );
  });
  const deviceId = await gateway.activateDevice(challenge.enrollment_id, toHex(secret));
  secret.fill(0);
  return { deviceId, keys };
}
