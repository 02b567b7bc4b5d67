import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { certificateBytes, type CertificateFields, parseCertificate } from '@maker-registry/pki';
import { deviceId, RegistryError } from '@maker-registry/protocol';
import {
  type ClockInfo,
  isAttestationKey,
  isEndorsementKey,
  keyName,
  makeCredential,
  parsePublic,
  TpmFormatError,
  type TpmPublicKey,
} from '@maker-registry/tpm';
import { type Pool } from 'pg';
import { type AttestationPolicy } from './attestation-policy';
import { unixNow } from './clock';
import { assertCertified, assertOfKey, type EndorsementPolicy } from './endorsement-certificate';
import { ENROLLMENT_LIFETIME_S, NONCE_BYTES } from './limits';
import { purge, query } from './trust-database';
import { type DeviceTrust } from './trust-config';

/** A device whose endorsement and attestation keys were shown to live in one TPM. */
export interface Device {
  readonly deviceId: string;
  /** TPM2B_PUBLIC. */
  readonly ekPublic: Buffer;
  readonly akPublic: Buffer;
  readonly akName: Buffer;
  readonly trust: DeviceTrust['mode'];
  /** Clock of the newest accepted quote. */
  readonly previous: Pick<ClockInfo, 'clock' | 'resetCount' | 'restartCount'> | undefined;
  /** Checks of the newest quote that only warned; they narrow tokens. */
  readonly warnings: readonly string[];
}

export interface EnrollRequest {
  /** Hex. */
  readonly ek_certificate?: string;
  readonly ek_public: string;
  readonly ak_public: string;
}

export interface EnrollmentDocument {
  readonly enrollment_id: string;
  readonly credential_blob: string;
  readonly encrypted_secret: string;
}

interface DeviceRow {
  readonly device_id: string;
  readonly ek_public: Buffer;
  readonly ak_public: Buffer;
  readonly ak_name: Buffer;
  readonly trust: DeviceTrust['mode'];
  readonly clock: string | null;
  readonly reset_count: string | null;
  readonly restart_count: string | null;
  readonly warnings: readonly string[];
}

interface EnrollmentRow extends DeviceRow {
  readonly ek_certificate: Buffer | null;
  readonly secret_digest: Buffer;
  readonly lapsed: boolean;
}

/**
 * Enrolled devices. A device's id is made of its endorsement key, so nobody can enrol under another's id; a new attestation
 * key replaces the old one only when the same TPM has shown, by opening a credential, that it holds both.
 */
export class Devices {
  readonly #pool: Pool;
  readonly #trust: DeviceTrust;
  readonly #endorsement: EndorsementPolicy;

  constructor(pool: Pool, trust: DeviceTrust, { endorsement }: Pick<AttestationPolicy, 'endorsement'>) {
    this.#pool = pool;
    this.#trust = trust;
    const pinned = trust.mode === 'certified' ? trust.authorities : [];
    this.#endorsement = { authorities: pinned.map(authority), expired: endorsement.expired };
  }

  /**
   * Answers with a credential that only the TPM with both keys can open.
   *
   * @throws RegistryError TPM_STRUCTURE_MALFORMED, EK_UNTRUSTED, QUOTE_AK_ATTRIBUTES
   */
  async enroll(request: EnrollRequest): Promise<EnrollmentDocument> {
    const endorsementKey = parseKey(request.ek_public, 'ek_public');
    const attestationKey = parseKey(request.ak_public, 'ak_public');
    const certificate =
      request.ek_certificate === undefined ? null : Buffer.from(request.ek_certificate, 'hex');
    this.#assertTrusted(endorsementKey, certificate);
    if (!isAttestationKey(attestationKey.area)) {
      throw new RegistryError(
        'QUOTE_AK_ATTRIBUTES',
        'The attestation key must be a restricted signing key that is bound to its TPM.',
      );
    }
    await purge(this.#pool, 'enrollments');
    const enrollmentId = randomUUID();
    const secret = randomBytes(NONCE_BYTES);
    const { credentialBlob, encryptedSecret } = credentialFor(endorsementKey, attestationKey, secret);
    const secretDigest = createHash('sha256').update(secret).digest();
    secret.fill(0);
    await query(
      this.#pool,
      `INSERT INTO gateway.enrollments (enrollment_id, device_id, ek_public, ak_public, ak_name, trust, ek_certificate,
         secret_digest, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now() + make_interval(secs => $9))`,
      [
        enrollmentId,
        deviceId(endorsementKey.bytes),
        Buffer.from(request.ek_public, 'hex'),
        Buffer.from(request.ak_public, 'hex'),
        keyName(attestationKey),
        this.#trust.mode,
        certificate,
        secretDigest,
        ENROLLMENT_LIFETIME_S,
      ],
    );
    return {
      enrollment_id: enrollmentId,
      credential_blob: Buffer.from(credentialBlob).toString('hex'),
      encrypted_secret: Buffer.from(encryptedSecret).toString('hex'),
    };
  }

  /**
   * Completes an enrolment. One try: the record goes whatever the answer is, so that a secret can't be guessed at.
   *
   * @throws RegistryError ENROLLMENT_UNKNOWN, ENROLLMENT_SECRET
   */
  async activate(enrollmentId: string, secret: Uint8Array): Promise<{ device_id: string; trust: string }> {
    const [row] = await query<EnrollmentRow>(
      this.#pool,
      `DELETE FROM gateway.enrollments WHERE enrollment_id = $1 RETURNING *, expires_at < now() AS lapsed`,
      [enrollmentId],
    );
    if (row === undefined || row.lapsed) {
      throw new RegistryError(
        'ENROLLMENT_UNKNOWN',
        'The enrolment does not exist or has lapsed; enrol again.',
      );
    }
    if (!timingSafeEqual(createHash('sha256').update(secret).digest(), row.secret_digest)) {
      throw new RegistryError(
        'ENROLLMENT_SECRET',
        'The secret is not the one of this enrolment; enrol again.',
      );
    }
    await query(
      this.#pool,
      `INSERT INTO gateway.devices (device_id, ek_public, ak_public, ak_name, trust, ek_certificate)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (device_id) DO UPDATE SET ak_public = excluded.ak_public, ak_name = excluded.ak_name,
         trust = excluded.trust, ek_certificate = excluded.ek_certificate, ak_since = now()`,
      [row.device_id, row.ek_public, row.ak_public, row.ak_name, row.trust, row.ek_certificate],
    );
    return { device_id: row.device_id, trust: row.trust };
  }

  /** Throws RegistryError DEVICE_UNKNOWN, or EK_UNTRUSTED for one that enrolled when simulated TPMs were welcome. */
  async find(id: string): Promise<Device> {
    const [row] = await query<DeviceRow>(this.#pool, 'SELECT * FROM gateway.devices WHERE device_id = $1', [
      id,
    ]);
    if (row === undefined) {
      throw new RegistryError('DEVICE_UNKNOWN', 'This operator has not enrolled the device.', {
        subject: id,
      });
    }
    if (this.#trust.mode === 'certified' && row.trust !== 'certified') {
      throw new RegistryError(
        'EK_UNTRUSTED',
        'The device enrolled without a certificate; enrol again with one.',
        {
          subject: id,
        },
      );
    }
    return {
      deviceId: row.device_id,
      ekPublic: row.ek_public,
      akPublic: row.ak_public,
      akName: row.ak_name,
      trust: row.trust,
      previous: previousClock(row),
      warnings: row.warnings,
    };
  }

  /** Remembers an authentic quote: its clock and its warnings. Of two quotes at once the later one stays. */
  async noteQuote(
    id: string,
    { clock, firmware, warnings }: { clock: ClockInfo; firmware: string; warnings: readonly string[] },
  ): Promise<void> {
    await query(
      this.#pool,
      `UPDATE gateway.devices SET clock = $2, reset_count = $3, restart_count = $4, firmware = $5, warnings = $6,
         attested_at = now()
       WHERE device_id = $1
         AND (reset_count IS NULL OR (reset_count, restart_count, clock) <= ($3::bigint, $4::bigint, $2::bigint))`,
      [id, clock.clock.toString(), clock.resetCount, clock.restartCount, firmware, JSON.stringify(warnings)],
    );
  }

  #assertTrusted(endorsementKey: TpmPublicKey, certificate: Buffer | null): void {
    if (!isEndorsementKey(endorsementKey.area)) {
      throw new RegistryError('EK_UNTRUSTED', 'The endorsement key is not of an endorsement template.');
    }
    if (this.#trust.mode === 'development') {
      if (certificate !== null) assertOfKey(certificate, endorsementKey);
      return;
    }
    assertCertified(certificate ?? Buffer.alloc(0), endorsementKey, this.#endorsement, unixNow());
  }
}

function authority(pem: string): CertificateFields {
  return parseCertificate(certificateBytes(Buffer.from(pem)));
}

function previousClock(row: DeviceRow): Device['previous'] {
  if (row.clock === null) return undefined;
  return {
    clock: BigInt(row.clock),
    resetCount: Number(row.reset_count),
    restartCount: Number(row.restart_count),
  };
}

/** Parses TPM2B_PUBLIC from hex. Throws RegistryError TPM_STRUCTURE_MALFORMED. */
export function parseKey(hex: string, name: string): TpmPublicKey {
  try {
    return parsePublic(Buffer.from(hex, 'hex'));
  } catch (error) {
    if (!(error instanceof TpmFormatError)) throw error;
    throw new RegistryError('TPM_STRUCTURE_MALFORMED', `${name} is not a public area: ${error.message}.`, {
      subject: `/${name}`,
    });
  }
}

function credentialFor(
  endorsementKey: TpmPublicKey,
  attestationKey: TpmPublicKey,
  credential: Uint8Array,
): ReturnType<typeof makeCredential> {
  const { area } = endorsementKey;
  const size = area.nameAlgorithm.size;
  const scalar = area.type === 'ecc' ? area.curve.size : size;
  return makeCredential({
    endorsementKey,
    attestationKey,
    credential,
    randomness: {
      seed: randomBytes(size),
      oaepSeed: randomBytes(size),
      ephemeralPrivate: randomScalar(scalar),
    },
  });
}

/** Random bytes below the order of P-256 and P-384, whose first 32 bits are all ones: a clear first bit is enough. */
function randomScalar(size: number): Buffer {
  const bytes = randomBytes(size);
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return bytes;
}
