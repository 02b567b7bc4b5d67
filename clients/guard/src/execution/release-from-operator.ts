import {
  attestationContext,
  isRegistryError,
  openJwe,
  parseJwe,
  RegistryError,
  toHex,
  utf8,
} from '@maker-registry/protocol';
import { type ActorSigner, type AttestationEvidence, ClientError } from '@maker-registry/sdk';
import { eccPoint, keyName, parsePublic } from '@maker-registry/tpm';
import { type Tell } from '../events';
import { type Device } from '../state/device-store';
import { loadDeviceKeys } from '../tpm/attestation-key';
import { quote } from '../tpm/quote';
import {
  agreeWithReleaseKey,
  type Attestation,
  certifyReleaseKey,
  createReleaseKey,
} from '../tpm/release-key';
import { withTpm } from '../tpm/tpm-tools';
import { type OperatorGateway } from '../trust/operator-gateways';
import { createSoftwareReleaseKey } from './software-release-key';

/** What every release takes, whichever operator is asked. */
export interface ReleaseContext {
  readonly holder: ActorSigner;
  readonly rightId: string;
  readonly artifactId: string;
  readonly keyVersion: number;
  /** Absent where neither the right nor the risk class asks for a machine. */
  readonly device: Device | undefined;
  readonly tcti: string;
  readonly pcrs: readonly number[];
  /** A token that this operator issued; `fresh` where the one at hand was refused. */
  readonly tokenFor: (gateway: OperatorGateway, fresh: boolean) => Promise<string>;
  readonly tell: Tell;
}

/**
 * What one operator releases to this machine. Attested: a fresh release key in the TPM, certified by its attestation key, and
 * a quote over the operator's nonce, the right and that release key; the answer opens only in this TPM.
 *
 * @throws RegistryError of the gateway (QUOTE_*, TOKEN_*, …), JWE_*; ClientError TPM_*
 */
export async function releaseFromOperator(
  context: ReleaseContext,
  gateway: OperatorGateway,
): Promise<Uint8Array> {
  const attempt = async (fresh: boolean): Promise<Uint8Array> => {
    const token = await context.tokenFor(gateway, fresh);
    const { device } = context;
    return device === undefined
      ? await releaseUnattested(context, gateway, token)
      : await releaseAttested({ ...context, device }, gateway, token);
  };
  try {
    return await attempt(false);
  } catch (error) {
    // The operator has seen this machine's shortcomings now: a new token permits what such a machine may.
    if (isRegistryError(error) && error.code === 'ATTESTATION_NARROWED') return await attempt(true);
    throw error;
  }
}

async function releaseAttested(
  context: ReleaseContext & { readonly device: Device },
  { client, mspId }: OperatorGateway,
  token: string,
): Promise<Uint8Array> {
  const { holder, rightId, artifactId, keyVersion, device, pcrs, tell } = context;
  const session = await client.keyBroker.auth();
  // A gateway must not have us answer another operator's challenge.
  if (mspId !== undefined && session.operator !== mspId) {
    throw new ClientError('GATEWAY_LIED', `The gateway of ${mspId} says that it is ${session.operator}.`, {
      subject: mspId,
    });
  }
  return await withTpm(context.tcti, async (tpm) => {
    await loadDeviceKeys(tpm, device.keys);
    const { publicArea } = await createReleaseKey(tpm);
    const certification = await certifyReleaseKey(tpm);
    const releaseKey = parsePublic(publicArea);
    const quoted = await quote(
      tpm,
      pcrs,
      attestationContext({ nonce: session.nonce, rightId, releaseKeyName: keyName(releaseKey) }),
    );
    const request = await client.trust.buildReleaseRequest(holder, {
      right_id: rightId,
      challenge_id: session.challengeId,
      release_key: toHex(publicArea),
      operator: session.operator,
    });
    if (releaseKey.area.type !== 'ecc')
      throw new ClientError('TPM_FAILED', 'The TPM made another kind of key.');
    await client.keyBroker.attest(session, {
      token,
      request,
      releaseKeyPoint: eccPoint(releaseKey.area),
      quote: { ...evidence(quoted), pcrs: { sha256: quoted.pcrs } },
      certification: evidence(certification),
    });
    tell('attested', { device_id: device.deviceId, pcrs: pcrs.join(','), operator: session.operator });
    const jwe = await client.keyBroker.resource(session, { rightId, artifactId, keyVersion });
    assertAnswers(jwe, session.challengeId);
    tell('key-released', { key_version: keyVersion, operator: session.operator });
    const secret = await agreeWithReleaseKey(tpm, parseJwe(jwe).ephemeralPublic);
    try {
      return openJwe({ jwe, sharedSecret: secret }).plaintext;
    } finally {
      secret.fill(0);
    }
  });
}

/** Where the class asks for no attestation: encrypted to a key of this process. */
async function releaseUnattested(
  { holder, rightId, artifactId, keyVersion, tell }: ReleaseContext,
  { client, mspId }: OperatorGateway,
  token: string,
): Promise<Uint8Array> {
  const challenge = await client.trust.challenge('key-release');
  const { publicArea, privateKey } = createSoftwareReleaseKey();
  try {
    const request = await client.trust.buildReleaseRequest(holder, {
      right_id: rightId,
      challenge_id: challenge.challenge_id,
      release_key: toHex(publicArea),
      ...(mspId === undefined ? {} : { operator: mspId }),
    });
    const released = await client.trust.releaseKey({ token, request });
    assertAnswers(released.jwe, challenge.challenge_id);
    if (released.key_version !== keyVersion) {
      throw new RegistryError(
        'CONTENT_KEY_MISMATCH',
        'The released key is not of the version this container needs.',
        {
          subject: artifactId,
        },
      );
    }
    tell('key-released', { key_version: released.key_version, operator: mspId });
    return openJwe({ jwe: released.jwe, privateKey }).plaintext;
  } finally {
    privateKey.fill(0);
  }
}

/** An answer to another challenge, kept back by a hostile gateway, must not pass for this one. */
function assertAnswers(jwe: string, challengeId: string): void {
  if (Buffer.compare(parseJwe(jwe).apv, utf8(challengeId)) === 0) return;
  throw new RegistryError('JWE_MALFORMED', 'The released key answers another challenge.', {
    subject: challengeId,
  });
}

function evidence({ attest, signature }: Attestation): AttestationEvidence {
  return { attest: toHex(attest), signature: toHex(signature) };
}
