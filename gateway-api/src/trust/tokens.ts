import { createHash, randomUUID } from 'node:crypto';
import {
  assembleToken,
  type ContentKey,
  type ContentKeyVersion,
  findBar,
  RegistryError,
  type Revocation,
  type TokenClaims,
  tokenClaims,
  tokenSigningInput,
} from '@maker-registry/protocol';
import { narrowingForToken } from './attestation-policy';
import { type TrustDeps } from './deps';
import { type Devices } from './devices';
import { type StatusLists } from './lists/status-lists';
import { type SignedRequests } from './signed-request';
import { type TrustKeys } from './trust-keys';

/** Issues rights tokens: short-lived views of rights, signed in the HSM. */
export class Tokens {
  readonly #deps: Pick<TrustDeps, 'hsm' | 'reads' | 'config' | 'freshness'>;
  readonly #keys: TrustKeys;
  readonly #requests: SignedRequests;
  readonly #devices: Devices;
  readonly #statuses: Pick<StatusLists, 'assign'> | undefined;

  constructor(
    deps: Pick<TrustDeps, 'hsm' | 'reads' | 'config' | 'freshness'>,
    keys: TrustKeys,
    requests: SignedRequests,
    devices: Devices,
    statuses?: Pick<StatusLists, 'assign'>,
  ) {
    this.#deps = deps;
    this.#keys = keys;
    this.#requests = requests;
    this.#devices = devices;
    this.#statuses = statuses;
  }

  /**
   * A token for the right as the ledger has it now.
   *
   * @throws RegistryError as SignedRequests.take and tokenClaims; RIGHT_UNKNOWN, DEVICE_UNKNOWN, REVOKED (device),
   *   MIRROR_BEHIND
   */
  async issue(envelope: Uint8Array): Promise<{ token: string }> {
    this.#deps.freshness.assertFresh();
    const { body, actor, parameters, now } = await this.#requests.take(envelope, 'token.request');
    const { reads, config, hsm } = this.#deps;
    const right = await reads.right(body.right_id);
    const [artifact, license, contentKey] = await Promise.all([
      reads.artifact(right.artifact_id),
      reads.license(right.license_id),
      reads.contentKey(right.artifact_id),
    ]);
    const device = body.device_id === undefined ? undefined : await this.#devices.find(body.device_id);
    const claims = tokenClaims({
      right,
      artifact,
      license,
      holder: actor,
      parameters,
      contentKey: currentVersion(contentKey),
      issuer: config.mspId,
      jti: randomUUID(),
      now,
      purpose: body.purpose,
      deviceId: device?.deviceId,
      deviceRestrictions: narrowingForToken(
        device?.warnings ?? [],
        config.attestation.risk_classes[artifact.risk.class],
      ),
    });
    if (device !== undefined) assertDeviceFree(await reads.deviceRevocations(device.deviceId), claims);
    const { kid, label } = this.#keys.token;
    const status = await this.#statuses?.assign(claims);
    const input = tokenSigningInput(status === undefined ? claims : { ...claims, status }, kid);
    return {
      token: assembleToken(input, await hsm.sign(label, createHash('sha256').update(input).digest())),
    };
  }
}

/** The version that releases use now. */
export function currentVersion(contentKey: ContentKey | undefined): ContentKeyVersion | undefined {
  return contentKey?.versions.find(({ version }) => version === contentKey.current);
}

/** Asserts that no revocation of the device bars what the token permits. Throws its code, e.g. REVOKED. */
export function assertDeviceFree(
  revocations: readonly Revocation[],
  { actions, purpose, domains }: Pick<TokenClaims, 'actions' | 'purpose' | 'domains'>,
): void {
  const restrictions = revocations.flatMap((entry) =>
    entry.kind === 'release' ? [] : [{ ...entry, kind: entry.kind }],
  );
  for (const action of actions) {
    const bar = findBar(restrictions, { action, purpose, domains });
    if (bar !== undefined) {
      throw new RegistryError(bar.code, `Revocation ${bar.number} bars this device.`, {
        subject: String(bar.number),
      });
    }
  }
}
