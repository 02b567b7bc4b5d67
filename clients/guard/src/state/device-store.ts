import { fromHex, toHex } from '@maker-registry/protocol';
import { ClientError } from '@maker-registry/sdk';
import { type DeviceKeys } from '../tpm/attestation-key';
import { type StateDirectory } from './state-directory';

/** This machine as a gateway knows it. */
export interface Device {
  /** Hex. */
  readonly deviceId: string;
  readonly keys: DeviceKeys;
}

const FILE = 'device.json';

/** Stores an enrolled device; private parts in it are encrypted by its TPM. */
export async function writeDevice(state: StateDirectory, device: Device): Promise<void> {
  const { deviceId, keys } = device;
  await state.write(FILE, {
    v: 1,
    device_id: deviceId,
    ek_algorithm: keys.endorsementAlgorithm,
    ek_public: toHex(keys.endorsementPublic),
    ak_public: toHex(keys.attestationPublic),
    ak_private: toHex(keys.attestationPrivate),
  });
}

/** The enrolled device, or undefined. Throws STATE_MALFORMED. */
export async function readDevice(state: StateDirectory): Promise<Device | undefined> {
  const value = await state.read(FILE);
  if (value === undefined) return undefined;
  const { ek_algorithm: algorithm } = value;
  if (value['v'] !== 1 || (algorithm !== 'ecc' && algorithm !== 'rsa')) throw state.malformed(FILE);
  const bytes = (member: string): Uint8Array => {
    const text = value[member];
    if (typeof text !== 'string') throw state.malformed(FILE);
    return fromHex(text);
  };
  try {
    return {
      deviceId: toHex(bytes('device_id')),
      keys: {
        endorsementAlgorithm: algorithm,
        endorsementPublic: bytes('ek_public'),
        attestationPublic: bytes('ak_public'),
        attestationPrivate: bytes('ak_private'),
      },
    };
  } catch (error) {
    throw state.malformed(FILE, error);
  }
}

/** The enrolled device. Throws DEVICE_NOT_ENROLLED. */
export async function requireDevice(state: StateDirectory): Promise<Device> {
  const device = await readDevice(state);
  if (device !== undefined) return device;
  throw new ClientError('DEVICE_NOT_ENROLLED', `No device is enrolled in ${state.path}. Run: guard enroll`, {
    subject: state.path,
  });
}
