import {
  attestationContext,
  CONTENT_KEY_BYTES,
  fromHex,
  openJwe,
  parseJwe,
  RegistryError,
  toHex,
  utf8,
} from '@maker-registry/protocol';
import {
  type ActorSigner,
  type AttestationEvidence,
  type QuoteEvidence,
  type ReleasedKey,
  type Trust,
} from '@maker-registry/sdk';
import { keyName, parsePublic } from '@maker-registry/tpm';
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
import { createSoftwareReleaseKey } from './software-release-key';

export interface KeyRequest {
  readonly gateway: Trust;
  readonly holder: ActorSigner;
  readonly token: string;
  readonly rightId: string;
  readonly tell: Tell;
}

export interface AttestedKeyRequest extends KeyRequest {
  readonly device: Device;
  readonly tcti: string;
  readonly pcrs: readonly number[];
}

export interface ContentKey {
  readonly key: Buffer;
  readonly version: number;
  /** What the gateway says is on the ledger, hex. */
  readonly commitment: string;
}

/**
 * Obtains the content key for an attested machine: a fresh release key in the TPM, certified by its attestation key, and a
 * quote over the gateway's nonce, the right and that release key. The answer opens only in this TPM.
 *
 * @throws RegistryError of the gateway (QUOTE_*, TOKEN_*, …), JWE_*; ClientError TPM_*
 */
export async function obtainAttestedKey(request: AttestedKeyRequest): Promise<ContentKey> {
  const { gateway, tell } = request;
  const challenge = await gateway.challenge('key-release');
  return await withTpm(request.tcti, async (tpm) => {
    await loadDeviceKeys(tpm, request.device.keys);
    const { publicArea } = await createReleaseKey(tpm);
    const certification = await certifyReleaseKey(tpm);
    const context = attestationContext({
      nonce: fromHex(challenge.nonce),
      rightId: request.rightId,
      releaseKeyName: keyName(parsePublic(publicArea)),
    });
    const quoted = await quote(tpm, request.pcrs, context);
    tell('attested', { device_id: request.device.deviceId, pcrs: request.pcrs.join(',') });
    const released = await release(request, challenge.challenge_id, publicArea, {
      quote: { ...evidence(quoted), pcrs: { sha256: quoted.pcrs } },
      certification: evidence(certification),
    });
    const { ephemeralPublic } = parseJwe(released.jwe);
    return open(released, await agreeWithReleaseKey(tpm, ephemeralPublic));
  });
}

/** Obtains the content key where the class asks for no attestation: encrypted to a key of this process. */
export async function obtainUnattestedKey(request: KeyRequest): Promise<ContentKey> {
  const challenge = await request.gateway.challenge('key-release');
  const { publicArea, privateKey } = createSoftwareReleaseKey();
  try {
    const released = await release(request, challenge.challenge_id, publicArea, {});
    return contentKey(released, openJwe({ jwe: released.jwe, privateKey }).plaintext);
  } finally {
    privateKey.fill(0);
  }
}

async function release(
  { gateway, holder, token, rightId, tell }: KeyRequest,
  challengeId: string,
  releaseKey: Uint8Array,
  attestation: { quote?: QuoteEvidence; certification?: AttestationEvidence },
): Promise<ReleasedKey> {
  const request = await gateway.buildReleaseRequest(holder, {
    right_id: rightId,
    challenge_id: challengeId,
    release_key: toHex(releaseKey),
  });
  const released = await gateway.releaseKey({ token, request, ...attestation });
  // An answer to another challenge, kept back by a hostile gateway, must not pass for this one.
  if (Buffer.compare(parseJwe(released.jwe).apv, utf8(challengeId)) !== 0) {
    throw new RegistryError('JWE_MALFORMED', 'The released key answers another challenge.', {
      subject: challengeId,
    });
  }
  tell('key-released', { key_version: released.key_version });
  return released;
}

function open(released: ReleasedKey, secret: Uint8Array): ContentKey {
  try {
    return contentKey(released, openJwe({ jwe: released.jwe, sharedSecret: secret }).plaintext);
  } finally {
    secret.fill(0);
  }
}

function contentKey(released: ReleasedKey, plaintext: Uint8Array): ContentKey {
  const key = Buffer.from(plaintext);
  plaintext.fill(0);
  if (key.length !== CONTENT_KEY_BYTES) {
    throw new RegistryError(
      'CONTENT_KEY_MISMATCH',
      `The released key has ${key.length} bytes instead of ${CONTENT_KEY_BYTES}.`,
    );
  }
  return { key, version: released.key_version, commitment: released.commitment };
}

function evidence({ attest, signature }: Attestation): AttestationEvidence {
  return { attest: toHex(attest), signature: toHex(signature) };
}
