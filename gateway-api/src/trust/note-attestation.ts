import { type Attestation, standingWarnings } from './attest-device';
import { type Device, type Devices } from './devices';

/**
 * Remembers the clock and the warnings of authentic evidence, whether a release follows or not: tokens for the device are
 * narrowed by the warnings from then on. Contraindicated evidence may be anybody's and changes nothing.
 */
export async function noteAttestation(
  devices: Pick<Devices, 'noteQuote'>,
  device: Pick<Device, 'deviceId' | 'previous' | 'warnings'>,
  attestation: Attestation,
): Promise<void> {
  const { verdict, clock, firmware } = attestation;
  if (verdict === 'contraindicated' || clock === undefined || firmware === undefined) return;
  await devices.noteQuote(device.deviceId, {
    clock,
    firmware,
    warnings: standingWarnings(attestation, device),
  });
}
