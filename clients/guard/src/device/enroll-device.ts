import { fromHex, toHex } from '@maker-registry/protocol';
import { ClientError, type Trust } from '@maker-registry/sdk';
import { type Device } from '../state/device-store';
import {
  activateCredential,
  type AttestationAlgorithm,
  createDeviceKeys,
  type DeviceKeys,
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
  return await prove(gateway, options.tcti, keys, certificate);
}

/**
 * Shows the keys of an enrolled machine to another operator, which verifies them by itself.
 *
 * @throws RegistryError as enrollDevice; ClientError TPM_*, GATEWAY_LIED for another device id than the keys give
 */
export async function enrollKnownDevice(gateway: Trust, tcti: string, device: Device): Promise<Device> {
  const certificate = await withTpm(tcti, async (tpm) => {
    await loadDeviceKeys(tpm, device.keys);
    return await readEndorsementCertificate(tpm, device.keys.endorsementAlgorithm);
  });
  const proven = await prove(gateway, tcti, device.keys, certificate);
  if (proven.deviceId === device.deviceId) return proven;
  throw new ClientError('GATEWAY_LIED', 'The gateway enrolled these keys under another device id.', {
    subject: proven.deviceId,
  });
}

/** Shows both public keys to a gateway, and proves by opening a credential that one TPM holds them. */
async function prove(
  gateway: Trust,
  tcti: string,
  keys: DeviceKeys,
  certificate: Uint8Array | undefined,
): Promise<Device> {
  const challenge = await gateway.enrollDevice({
    ...(certificate === undefined ? {} : { ek_certificate: toHex(certificate) }),
    ek_public: toHex(keys.endorsementPublic),
    ak_public: toHex(keys.attestationPublic),
  });
  const secret = await withTpm(tcti, async (tpm) => {
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
