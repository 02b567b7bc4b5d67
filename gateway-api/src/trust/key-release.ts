import { randomBytes, timingSafeEqual } from 'node:crypto';
import {
  type Actor,
  assertKeyShared,
  assertMayExecute,
  assertTokenBoundTo,
  type ContentKeyVersion,
  currentKey,
  type Envelope,
  executionGate,
  isRegistryError,
  type LicenseAction,
  type Parameters,
  RegistryError,
  restrictionsFromLedger,
  type RiskClass,
  sealJwe,
  serializeEnvelope,
  type TokenClaims,
  utf8,
  verifyToken,
} from '@maker-registry/protocol';
import { type Check, eccPoint, type TpmPublicKey } from '@maker-registry/tpm';
import { assertAttested, type Attestation, attestDevice, type Evidence } from './attest-device';
import { noteAttestation } from './note-attestation';
import { type ChallengePurpose, type Challenges } from './challenges';
import { unixNow } from './clock';
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

/** How a request came, beyond what it says. */
export interface Arrival {
  readonly purpose: ChallengePurpose;
  /** In a session: its own challenge, that challenge's nonce as the client repeats it, and the key it wants to be answered to. */
  readonly session?: {
    readonly challengeId: string;
    readonly nonce: Uint8Array;
    /** P-256 point, 65 bytes. */
    readonly teeKey: Uint8Array;
  };
}

/** What evidence has admitted to: kept as JSON from the evidence to the handing over. Nothing in it is secret. */
export interface Admission {
  readonly token: string;
  readonly holder: string;
  readonly right_id: string;
  readonly artifact_id: string;
  readonly key_version: number;
  readonly challenge_id: string;
  readonly intent_id: string;
  /** TPM2B_PUBLIC, hex. */
  readonly release_key: string;
  readonly risk_class: RiskClass;
  readonly checks: readonly Check[];
  /** What the evidence amounted to; `none` where the class asks for none. */
  readonly verdict: Attestation['verdict'] | 'none';
}

export interface ReleaseDocument {
  readonly jwe: string;
  readonly key_version: number;
  readonly commitment: string;
  /** Present where this is one operator's share, of which so many are needed. */
  readonly share?: { readonly operator: string; readonly threshold: number };
}

/** What a resource's path names. */
export interface ResourceName {
  readonly right_id: string;
  readonly artifact_id: string;
  readonly version: number;
}

/** Whether the agreed key encrypts the content key, or a key that it wraps (ECDH-ES or ECDH-ES+A256KW). */
export type Sealing = 'direct' | 'wrapped';

export interface KeyReleaseParts {
  readonly deps: TrustDeps;
  readonly keys: TrustKeys;
  readonly requests: SignedRequests;
  readonly challenges: Challenges;
  readonly devices: Devices;
  readonly contentKeys: ContentKeys;
}

const KEY_BYTES = 32;
const IV_BYTES = 12;
/** Uses that need the plaintext; the first one that the token permits is the one that is judged. */
const USES_OF_PLAINTEXT: readonly LicenseAction[] = ['execute', 'adapt'];

type Signed = SignedRequest<'key.release'>;

/** Who asks, judged by what the ledger says at `now`. */
interface Claimant {
  readonly actor: Actor;
  readonly parameters: Parameters;
  readonly rightId: string;
  /** Unix seconds. */
  readonly now: number;
}

/**
 * Hands a content key, or this operator's share of it, to whom the ledger lets have it now, on a machine that shows what
 * the risk class asks for. Whatever fails, and however, is a refusal; every outcome is on record before anything leaves.
 * The one judgement has two steps, so that a session can lie between them: the evidence, and the handing over, at which
 * the ledger is asked once more.
 */
export class KeyRelease {
  readonly #parts: KeyReleaseParts;
  readonly #log: ReleaseLog;

  constructor(parts: KeyReleaseParts) {
    this.#parts = parts;
    this.#log = new ReleaseLog(parts.deps.pool);
  }

  /** Both steps at once. Throws as they do. */
  async release(request: ReleaseRequest): Promise<ReleaseDocument> {
    return await this.handOver(await this.admit(request, { purpose: 'key-release' }), 'direct');
  }

  /**
   * Judges token, request, ledger and evidence.
   *
   * @throws RegistryError as SignedRequests.take; CHALLENGE_*, TOKEN_*, QUOTE_*, CERTIFY_NAME, RELEASE_KEY_ATTRIBUTES,
   *   TEE_KEY_MISMATCH, ATTESTATION_REQUIRED, NOT_OPERATOR, CONTENT_KEY_UNKNOWN, KEY_SHARING_REQUIRED, MIRROR_BEHIND, and the
   *   codes of mayExecute
   */
  async admit(request: ReleaseRequest, arrival: Arrival): Promise<Admission> {
    // Through its text, so that the parser that the ledger uses judges it, not the gateway's schema alone.
    const text = utf8(serializeEnvelope(request.request));
    const signed = await this.#parts.requests.take(text, 'key.release');
    const record: ReleaseRecord = {
      holder: signed.actor.actor_id,
      right_id: signed.body.right_id,
      challenge_id: signed.body.challenge_id,
      intent_id: signed.opened.intentId,
      operator: this.#parts.deps.config.mspId,
      stage: 'attest',
      checks: [],
      policy: {},
    };
    return await this.#refusing(record, () => this.#judge(request, arrival, signed, record));
  }

  /**
   * Seals the key to the admitted release key, if the ledger still permits it. `asked` is what the caller names, where it
   * names anything.
   *
   * @throws RegistryError RESOURCE_NOT_ADMITTED, TOKEN_*, CONTENT_KEY_*, KEY_SHARE_MISMATCH, KEY_SHARING_REQUIRED, MIRROR_BEHIND, and the codes of mayExecute
   */
  async handOver(admission: Admission, sealing: Sealing, asked?: ResourceName): Promise<ReleaseDocument> {
    const { holder, right_id, challenge_id, intent_id, checks } = admission;
    const record: ReleaseRecord = {
      ...{ holder, right_id, challenge_id, intent_id, checks },
      operator: this.#parts.deps.config.mspId,
      stage: 'release',
      policy: {},
    };
    return await this.#refusing(record, async () => {
      if (asked !== undefined) assertAdmitted(asked, admission);
      const document = await this.#seal(admission, sealing, record);
      await this.#log.record(record, { outcome: 'released' });
      return document;
    });
  }

  async #refusing<T>(record: ReleaseRecord, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
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

  async #judge(
    request: ReleaseRequest,
    { purpose, session }: Arrival,
    signed: Signed,
    record: ReleaseRecord,
  ): Promise<Admission> {
    const { body, opened, actor, parameters, now } = signed;
    const { challenges, deps } = this.#parts;
    deps.freshness.assertFresh();
    // First, so that no answer to a challenge can be tried twice, whatever is wrong with the rest.
    const nonce = await challenges.take(session?.challengeId ?? body.challenge_id, purpose);
    this.#assertForUs(signed, nonce, session);
    const claims = this.#verifyToken(request.token, { actor, parameters, rightId: body.right_id, now });
    record.token_jti = claims.jti;
    const releaseKey = parseKey(body.release_key, 'release_key');
    if (session !== undefined) assertSameKey(releaseKey, session.teeKey);
    const device = await this.#deviceOf(claims);
    const { contentKey, riskClass } = await this.#assertPermitted(claims, signed, device, record);
    if (device === undefined && session !== undefined) {
      throw new RegistryError('TOKEN_NOT_BOUND', 'A session takes a token that is bound to a device.', {
        subject: claims.jti,
      });
    }
    const verdict =
      device === undefined
        ? 'none'
        : await this.#attest(request, { signed, claims, nonce, releaseKey, device, riskClass }, record);
    return {
      token: request.token,
      holder: actor.actor_id,
      right_id: claims.right_id,
      artifact_id: claims.artifact_id,
      key_version: contentKey.version,
      challenge_id: body.challenge_id,
      intent_id: opened.intentId,
      release_key: body.release_key,
      risk_class: riskClass,
      checks: record.checks,
      verdict,
    };
  }

  /** A request made for another operator, challenge or session must not be carried here. */
  #assertForUs({ body }: Signed, nonce: Uint8Array, session: Arrival['session']): void {
    const { mspId } = this.#parts.deps.config;
    // Outside of sessions a request need not say whom it is for; in one, any operator could carry such a request on.
    const operator = body.operator ?? (session === undefined ? mspId : 'nobody by name');
    if (operator !== mspId) {
      throw new RegistryError('NOT_OPERATOR', `The request is for ${operator}; this is ${mspId}.`, {
        subject: operator,
      });
    }
    if (session === undefined) return;
    const isOurs =
      body.challenge_id === session.challengeId &&
      nonce.length === session.nonce.length &&
      timingSafeEqual(nonce, session.nonce);
    if (!isOurs) {
      throw new RegistryError(
        'CHALLENGE_UNKNOWN',
        'The answer is to another challenge than this session has.',
      );
    }
  }

  async #seal(admission: Admission, sealing: Sealing, record: ReleaseRecord): Promise<ReleaseDocument> {
    const { deps, contentKeys } = this.#parts;
    deps.freshness.assertFresh();
    const [actor, parameters] = await Promise.all([
      deps.reads.actor(admission.holder),
      deps.reads.parameters(),
    ]);
    const claimant = { actor, parameters, rightId: admission.right_id, now: unixNow() };
    const claims = this.#verifyToken(admission.token, claimant);
    record.token_jti = claims.jti;
    const device = await this.#deviceOf(claims);
    const { contentKey, riskClass } = await this.#assertPermitted(claims, claimant, device, record);
    record.policy = { ...record.policy, attestation_verdict: admission.verdict };
    // What was shown was judged by the class as it then was, and the key may have been rotated.
    if (contentKey.version !== admission.key_version || riskClass !== admission.risk_class) {
      throw new RegistryError(
        'RESOURCE_NOT_ADMITTED',
        'The key or the risk class has changed; begin again.',
        {
          subject: claims.artifact_id,
        },
      );
    }
    const key = await contentKeys.open(claims.artifact_id, contentKey);
    try {
      const { version, commitment, sharing } = contentKey;
      return {
        jwe: seal(key, parseKey(admission.release_key, 'release_key'), admission.challenge_id, sealing),
        key_version: version,
        commitment,
        ...(sharing === undefined
          ? {}
          : { share: { operator: deps.config.mspId, threshold: sharing.threshold } }),
      };
    } finally {
      key.fill(0);
    }
  }

  async #deviceOf({ device_id: id }: TokenClaims): Promise<Device | undefined> {
    return id === undefined ? undefined : await this.#parts.devices.find(id);
  }

  /** The token must be ours, the holder's own, and for this right. */
  #verifyToken(token: string, { actor, rightId, now }: Claimant): TokenClaims {
    const { deps, keys } = this.#parts;
    const { claims } = verifyToken(token, { jwks: publicTokenKeys(keys), network: deps.config.network, now });
    const { alg, publicKey } = currentKey(actor);
    assertTokenBoundTo(claims, alg, publicKey);
    if (claims.sub !== actor.actor_id || claims.right_id !== rightId) {
      throw new RegistryError('TOKEN_NOT_BOUND', 'The token is for another holder or right.', {
        subject: claims.jti,
      });
    }
    return claims;
  }

  /** Right, artifact, holder, key and device as the ledger has them now: a token may be older than a revocation. */
  async #assertPermitted(
    claims: TokenClaims,
    { parameters, actor, now }: Pick<Claimant, 'parameters' | 'actor' | 'now'>,
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
    record.policy = { ...record.policy, key_threshold: version.sharing?.threshold ?? 1 };
    assertKeyShared(version, parameters, artifact.risk.class);
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
  ): Promise<Attestation['verdict']> {
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
    return attestation.verdict;
  }
}

/** The key that the session names must be the one that the request names, the quote covers and the TPM certified. */
function assertSameKey({ area }: TpmPublicKey, teeKey: Uint8Array): void {
  if (area.type === 'ecc' && area.curve.name === 'P-256' && Buffer.compare(eccPoint(area), teeKey) === 0)
    return;
  throw new RegistryError('TEE_KEY_MISMATCH', 'The TEE key is not the release key of the signed request.');
}

function assertAdmitted(asked: ResourceName, admission: Admission): void {
  const isAdmitted =
    asked.right_id === admission.right_id &&
    asked.artifact_id === admission.artifact_id &&
    asked.version === admission.key_version;
  if (isAdmitted) return;
  throw new RegistryError('RESOURCE_NOT_ADMITTED', 'The session was attested for another resource.', {
    subject: asked.artifact_id,
  });
}

/** Only token keys verify tokens: a list or wrapping key must never do. */
function publicTokenKeys(keys: TrustKeys): ReturnType<typeof publicJwks> {
  return { keys: publicJwks(keys).keys.filter(({ use }) => use === keys.token.role) };
}

function seal(key: Uint8Array, releaseKey: TpmPublicKey, challengeId: string, sealing: Sealing): string {
  const { area } = releaseKey;
  if (area.type !== 'ecc' || area.curve.name !== 'P-256') {
    throw new RegistryError('RELEASE_KEY_ATTRIBUTES', 'The release key must be on P-256.');
  }
  // Whoever has either of these opens the answer without the TPM.
  const ephemeralPrivate = randomEphemeral();
  const contentEncryptionKey = sealing === 'direct' ? undefined : randomBytes(KEY_BYTES);
  try {
    return sealJwe({
      recipientPublic: eccPoint(area),
      ephemeralPrivate,
      iv: randomBytes(IV_BYTES),
      plaintext: key,
      // Names the exchange inside the key derivation: an answer can't be passed off as that to another challenge.
      apv: utf8(challengeId),
      ...(contentEncryptionKey === undefined ? {} : { contentEncryptionKey }),
    });
  } finally {
    ephemeralPrivate.fill(0);
    contentEncryptionKey?.fill(0);
  }
}

/** Below the order of P-256, whose first 32 bits are all ones. */
function randomEphemeral(): Buffer {
  const bytes = randomBytes(KEY_BYTES);
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return bytes;
}
