import { randomBytes } from 'node:crypto';
import {
  assertMayExecute,
  assertTokenBoundTo,
  type ContentKeyVersion,
  currentKey,
  type Envelope,
  executionGate,
  isRegistryError,
  type LicenseAction,
  RegistryError,
  restrictionsFromLedger,
  type RiskClass,
  sealJwe,
  serializeEnvelope,
  type TokenClaims,
  utf8,
  verifyToken,
} from '@maker-registry/protocol';
import { eccPoint, type TpmPublicKey } from '@maker-registry/tpm';
import { assertAttested, attestDevice, type Evidence } from './attest-device';
import { noteAttestation } from './note-attestation';
import { type Challenges } from './challenges';
import { type ContentKeys } from './content-keys';
import { type TrustDeps } from './deps';
import { type Device, type Devices, parseKey } from './devices';
import { ReleaseLog, type ReleaseRecord } from './release-log';
import { type SignedRequest, type SignedRequests } from './signed-request';
import { assertDeviceFree, currentVersion } from './tokens';
import { publicJwks, type TrustKeys } from './trust-keys';

export interface ReleaseRequest {
  readonly token: string;
  /** DSSE envelope of a key.release by the holder. */
  readonly request: Envelope;
  readonly quote?: Evidence['quote'];
  readonly certification?: Evidence['certification'];
}

export interface ReleaseDocument {
  readonly jwe: string;
  readonly key_version: number;
  readonly commitment: string;
}

export interface KeyReleaseParts {
  readonly deps: TrustDeps;
  readonly keys: TrustKeys;
  readonly requests: SignedRequests;
  readonly challenges: Challenges;
  readonly devices: Devices;
  readonly contentKeys: ContentKeys;
}

const SCALAR_BYTES = 32;
const IV_BYTES = 12;
/** Uses that need the plaintext; the first one that the token permits is the one that is judged. */
const USES_OF_PLAINTEXT: readonly LicenseAction[] = ['execute', 'adapt'];

type Signed = SignedRequest<'key.release'>;

/**
 * Hands a content key to whom the ledger lets have it now, on a machine that shows what the risk class asks for. Whatever
 * fails, and however, is a refusal; every outcome is on record before anything leaves.
 */
export class KeyRelease {
  readonly #parts: KeyReleaseParts;
  readonly #log: ReleaseLog;

  constructor(parts: KeyReleaseParts) {
    this.#parts = parts;
    this.#log = new ReleaseLog(parts.deps.pool);
  }

  /**
   * @throws RegistryError as SignedRequests.take; CHALLENGE_*, TOKEN_*, QUOTE_*, CERTIFY_NAME, RELEASE_KEY_ATTRIBUTES,
   *   ATTESTATION_REQUIRED, CONTENT_KEY_*, MIRROR_BEHIND, and the codes of mayExecute
   */
  async release(request: ReleaseRequest): Promise<ReleaseDocument> {
    // Through its text, so that the parser that the ledger uses judges it, not the gateway's schema alone.
    const text = utf8(serializeEnvelope(request.request));
    const signed = await this.#parts.requests.take(text, 'key.release');
    const record = newRecord(signed);
    try {
      const document = await this.#judge(request, signed, record);
      await this.#log.record(record, { outcome: 'released' });
      return document;
    } catch (error) {
      await this.#recordRefusal(record, error);
      throw error;
    }
  }

  async #recordRefusal(record: ReleaseRecord, error: unknown): Promise<void> {
    const code = isRegistryError(error) ? error.code : 'INTERNAL';
    try {
      await this.#log.record(record, { outcome: 'refused', code });
    } catch (failure) {
      this.#parts.deps.logger.error(
        { err: failure, code, right_id: record.right_id },
        'A refusal is not on record',
      );
    }
  }

  async #judge(request: ReleaseRequest, signed: Signed, record: ReleaseRecord): Promise<ReleaseDocument> {
    const { challenges, contentKeys } = this.#parts;
    this.#parts.deps.freshness.assertFresh();
    // First, so that no answer to a challenge can be tried twice, whatever is wrong with the rest.
    const nonce = await challenges.take(signed.body.challenge_id, 'key-release');
    const claims = this.#verifyToken(request.token, signed);
    record.token_jti = claims.jti;
    const releaseKey = parseKey(signed.body.release_key, 'release_key');
    const device =
      claims.device_id === undefined ? undefined : await this.#parts.devices.find(claims.device_id);
    const { contentKey, riskClass } = await this.#assertPermitted(claims, signed, device, record);
    if (device !== undefined) {
      await this.#attest(request, { signed, claims, nonce, releaseKey, device, riskClass }, record);
    }
    const key = await contentKeys.open(claims.artifact_id, contentKey);
    try {
      const jwe = seal(key, releaseKey, signed.body.challenge_id);
      return { jwe, key_version: contentKey.version, commitment: contentKey.commitment };
    } finally {
      key.fill(0);
    }
  }

  /** The token must be ours, the holder's own, and for this right. */
  #verifyToken(token: string, { body, actor, now }: Signed): TokenClaims {
    const { deps, keys } = this.#parts;
    const { claims } = verifyToken(token, { jwks: publicTokenKeys(keys), network: deps.config.network, now });
    const { alg, publicKey } = currentKey(actor);
    assertTokenBoundTo(claims, alg, publicKey);
    if (claims.sub !== actor.actor_id || claims.right_id !== body.right_id) {
      throw new RegistryError('TOKEN_NOT_BOUND', 'The token is for another holder or right.', {
        subject: claims.jti,
      });
    }
    return claims;
  }

  /** Right, artifact, holder, key and device as the ledger has them now: a token may be older than a revocation. */
  async #assertPermitted(
    claims: TokenClaims,
    { parameters, actor, now }: Signed,
    device: Device | undefined,
    record: ReleaseRecord,
  ): Promise<{ contentKey: ContentKeyVersion; riskClass: RiskClass }> {
    const { reads, head, config } = this.#parts.deps;
    record.artifact_id = claims.artifact_id;
    if (device !== undefined) record.device_id = device.deviceId;
    const [right, artifact, contentKey, deviceRevocations] = await Promise.all([
      reads.right(claims.right_id),
      reads.artifact(claims.artifact_id),
      reads.contentKey(claims.artifact_id),
      device === undefined ? [] : reads.deviceRevocations(device.deviceId),
    ]);
    const version = currentVersion(contentKey);
    record.policy = {
      height: head.height,
      parameters: parameters.version,
      attestation: config.attestation.version,
      risk_class: artifact.risk.class,
      device_trust: device?.trust ?? 'none',
    };
    if (version === undefined) {
      throw new RegistryError('CONTENT_KEY_UNKNOWN', 'The artifact has no content key.', {
        subject: claims.artifact_id,
      });
    }
    record.key_version = version.version;
    assertDeviceFree(deviceRevocations, claims);
    assertMayExecute({
      token: claims,
      right,
      restrictions: restrictionsFromLedger({ right, artifact, holder: actor, contentKey: version }),
      gate: executionGate(parameters, artifact.risk.class),
      now,
      deviceId: device?.deviceId,
      purpose: claims.purpose,
      action: USES_OF_PLAINTEXT.find((action) => claims.actions.includes(action)) ?? 'execute',
    });
    // The ledger's class, not the token's: an artifact's class may have risen since.
    return { contentKey: version, riskClass: artifact.risk.class };
  }

  async #attest(
    { quote, certification }: ReleaseRequest,
    context: {
      signed: Signed;
      claims: TokenClaims;
      nonce: Uint8Array;
      releaseKey: TpmPublicKey;
      device: Device;
      riskClass: RiskClass;
    },
    record: ReleaseRecord,
  ): Promise<void> {
    const { signed, claims, nonce, releaseKey, device, riskClass } = context;
    if (quote === undefined || certification === undefined) {
      throw new RegistryError(
        'ATTESTATION_REQUIRED',
        'The token is bound to a device: send its quote and certification.',
        {
          subject: device.deviceId,
        },
      );
    }
    const { config } = this.#parts.deps;
    const attestation = attestDevice({
      device,
      evidence: { quote, certification },
      nonce,
      rightId: signed.body.right_id,
      releaseKeyPublic: Buffer.from(signed.body.release_key, 'hex'),
      releaseKey,
      policy: config.attestation.risk_classes[riskClass],
    });
    record.checks = attestation.checks;
    record.policy = { ...record.policy, attestation_verdict: attestation.verdict };
    await noteAttestation(this.#parts.devices, device, attestation);
    assertAttested(attestation, claims);
  }
}

function newRecord({ opened, body, actor }: Signed): ReleaseRecord {
  return {
    holder: actor.actor_id,
    right_id: body.right_id,
    challenge_id: body.challenge_id,
    intent_id: opened.intentId,
    checks: [],
    policy: {},
  };
}

/** Only token keys verify tokens: a list or wrapping key must never do. */
function publicTokenKeys(keys: TrustKeys): ReturnType<typeof publicJwks> {
  return { keys: publicJwks(keys).keys.filter(({ use }) => use === keys.token.label) };
}

function seal(key: Uint8Array, releaseKey: TpmPublicKey, challengeId: string): string {
  const { area } = releaseKey;
  if (area.type !== 'ecc' || area.curve.name !== 'P-256') {
    throw new RegistryError('RELEASE_KEY_ATTRIBUTES', 'The release key must be on P-256.');
  }
  return sealJwe({
    recipientPublic: eccPoint(area),
    ephemeralPrivate: randomEphemeral(),
    iv: randomBytes(IV_BYTES),
    plaintext: key,
    // Names the exchange inside the key derivation: an answer can't be passed off as that to another challenge.
    apv: utf8(challengeId),
  });
}

/** Below the order of P-256, whose first 32 bits are all ones. */
function randomEphemeral(): Buffer {
  const bytes = randomBytes(SCALAR_BYTES);
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return bytes;
}
