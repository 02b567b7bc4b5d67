import { HsmError } from './hsm-error';
import { MAX_KEY_VERSIONS } from './limits';
import { type KeyDescription, type KeyUsage } from './messages';

/** One version of a role's key in the token. */
export interface KeyVersion {
  readonly version: number;
  readonly label: string;
  /** Uncompressed point, hex. */
  readonly point: string;
}

/** Label of a version: the role's name, from the second on with its number. */
export function labelOf(role: string, version: number): string {
  return version === 1 ? role : `${role}.${version}`;
}

/**
 * The versions of a role's key, oldest first. Throws HSM_KEY_AMBIGUOUS where two keys have one label, HSM_KEY_UNSAFE where
 * one may leave the token or does not do what the role is for.
 */
export function keyVersions(
  keys: readonly KeyDescription[],
  role: string,
  usage: KeyUsage,
): readonly KeyVersion[] {
  const versions: KeyVersion[] = [];
  for (let version = 1; version <= MAX_KEY_VERSIONS; version += 1) {
    const label = labelOf(role, version);
    const [key, ...others] = keys.filter((one) => one.label === label);
    if (others.length > 0) {
      throw new HsmError(
        'HSM_KEY_AMBIGUOUS',
        `the token has ${others.length + 1} keys with label "${label}"; remove all but one`,
      );
    }
    if (key !== undefined) versions.push({ version, label, point: checkedPoint(key, usage) });
  }
  return versions;
}

function checkedPoint(key: KeyDescription, usage: KeyUsage): string {
  const faults = shortcomings(key, usage);
  if (faults.length > 0) {
    throw new HsmError('HSM_KEY_UNSAFE', `key "${key.label}" ${faults.join(', ')}; replace it in a ceremony`);
  }
  return key.point ?? '';
}

/** What a key lacks of what its role asks; empty when nothing. */
export function shortcomings(key: KeyDescription, usage: KeyUsage): readonly string[] {
  const faults: [boolean, string][] = [
    [!key.sensitive, 'can be read in the clear (CKA_SENSITIVE is false)'],
    [key.extractable, 'can leave the token (CKA_EXTRACTABLE is true)'],
    [usage === 'sign' ? !key.signs : !key.derives, `may not be used to ${usage}`],
    [usage === 'sign' ? key.derives : key.signs, 'may be used for something else as well'],
    [key.point === undefined, 'has not exactly one public part in the token'],
  ];
  return faults.filter(([holds]) => holds).map(([, words]) => words);
}
