import { type RestrictionKind } from '@maker-registry/protocol';
import { type Given, optional, required } from '@maker-registry/guard';
import { type CliContext } from '../command';
import { type Committed } from '../submit';
import { performAct } from '../perform';
import { targetOptions } from './targets';
import { usage } from './certificate-target';

/** Whether the options name a device instead of certificates. Throws USAGE for both. */
export function isDevice(given: Given): boolean {
  if (optional(given, 'device') === undefined) return false;
  const other = Object.keys(targetOptions).find((name) => optional(given, name) !== undefined);
  if (other === undefined) return true;
  throw usage(`--device and --${other} are two ways of naming; give one.`);
}

/**
 * Devices show keys of their TPM, not certificates of ours: what is revoked is the device on the registry's own list, which
 * ends its tokens and key releases.
 */
export async function revokeDevice(
  given: Given,
  context: CliContext,
  kind: Extract<RestrictionKind, 'revoke' | 'hold'>,
): Promise<Committed> {
  const note = optional(given, 'note');
  const entry = {
    subject_type: 'device',
    subject_id: required(given, 'device'),
    kind,
    reason_code: required(given, 'reason-code'),
    ...(note === undefined ? {} : { note }),
  };
  return await performAct(given, context, 'revocation.issue', { entries: [entry] });
}
