import {
  type Actor,
  type Artifact,
  type ContentKey,
  type License,
  type Parameters,
  RegistryError,
  type Revocation,
  type RevocationHead,
  type Right,
  type SupersededRight,
} from '@maker-registry/protocol';
import { type Pool } from 'pg';
import { forRequest } from '../database/database-error';
import { MirrorReads, type Stored } from '../reads/mirror-reads';

/** The revocations of the ledger at one height. */
export interface RevocationSnapshot {
  readonly height: number;
  readonly head: RevocationHead | undefined;
  readonly revocations: readonly Revocation[];
  readonly superseded: readonly SupersededRight[];
}

/** Ledger state that the trust services decide by. Absent documents throw their *_UNKNOWN code. */
export interface TrustReads {
  right(rightId: string): Promise<Right>;
  artifact(artifactId: string): Promise<Artifact>;
  license(licenseId: string): Promise<License>;
  actor(actorId: string): Promise<Actor>;
  parameters(): Promise<Parameters>;
  /** Undefined where the artifact has no content key. */
  contentKey(artifactId: string): Promise<ContentKey | undefined>;
  /** Revocations in force on a device. */
  deviceRevocations(deviceId: string): Promise<readonly Revocation[]>;
  /** Everything on the list at one height; rights whose holder changed after `since` (Unix seconds). */
  revocationSnapshot(since: number): Promise<RevocationSnapshot>;
}

interface SnapshotRow {
  readonly height: string;
  readonly head: RevocationHead | null;
  readonly revocations: readonly Revocation[] | null;
  readonly superseded: readonly SupersededRight[] | null;
}

const IN_FORCE = `NOT lifted AND kind <> 'release'`;

/** Reads from the mirror's tables. */
export class MirrorTrustReads implements TrustReads {
  readonly #pool: Pool;
  readonly #mirror: MirrorReads;

  constructor(pool: Pool, mirror: MirrorReads = new MirrorReads(pool)) {
    this.#pool = pool;
    this.#mirror = mirror;
  }

  async right(rightId: string): Promise<Right> {
    return must(await this.#mirror.right(rightId), 'RIGHT_UNKNOWN', rightId);
  }

  async artifact(artifactId: string): Promise<Artifact> {
    return must(await this.#mirror.artifact(artifactId), 'ARTIFACT_UNKNOWN', artifactId);
  }

  async license(licenseId: string): Promise<License> {
    return must(await this.#mirror.license(licenseId), 'LICENSE_UNKNOWN', licenseId);
  }

  async actor(actorId: string): Promise<Actor> {
    return must(await this.#mirror.actor(actorId), 'ACTOR_UNKNOWN', actorId);
  }

  async parameters(): Promise<Parameters> {
    return must(await this.#mirror.parameters(), 'PARAMETERS_MISSING', 'parameters');
  }

  async contentKey(artifactId: string): Promise<ContentKey | undefined> {
    return (await this.#mirror.contentKey(artifactId))?.doc;
  }

  async deviceRevocations(deviceId: string): Promise<readonly Revocation[]> {
    const { rows } = await forRequest(() =>
      this.#pool.query<{ doc: Revocation }>({
        name: 'trust_device_revocations',
        text: `SELECT doc FROM registry.revocations
               WHERE subject_type = 'device' AND subject_id = $1 AND ${IN_FORCE} ORDER BY number`,
        values: [deviceId],
      }),
    );
    return rows.map(({ doc }) => doc);
  }

  /** One statement sees one state of the mirror, and the mirror advances a whole block at a time. */
  async revocationSnapshot(since: number): Promise<RevocationSnapshot> {
    const { rows } = await forRequest(() =>
      this.#pool.query<SnapshotRow>({
        name: 'trust_revocation_snapshot',
        text: `SELECT h.height,
                 (SELECT doc FROM registry.revocation_heads LIMIT 1) AS head,
                 (SELECT jsonb_agg(doc ORDER BY number) FROM registry.revocations WHERE ${IN_FORCE}) AS revocations,
                 (SELECT jsonb_agg(jsonb_build_object('right_id', right_id, 'version', version) ORDER BY right_id)
                  FROM registry.rights WHERE version > 1 AND last_transfer_at > $1) AS superseded
               FROM registry.head AS h`,
        values: [since],
      }),
    );
    const [row] = rows;
    // A height below zero: the mirror has no block yet, so nothing is known, which is not the same as nothing revoked.
    if (row === undefined || Number(row.height) < 0) {
      throw new RegistryError('MIRROR_UNAVAILABLE', 'The mirror has no block yet; try again later.');
    }
    return {
      height: Number(row.height),
      head: row.head ?? undefined,
      revocations: row.revocations ?? [],
      superseded: row.superseded ?? [],
    };
  }
}

type UnknownCode =
  'RIGHT_UNKNOWN' | 'ARTIFACT_UNKNOWN' | 'LICENSE_UNKNOWN' | 'ACTOR_UNKNOWN' | 'PARAMETERS_MISSING';

function must<T>(stored: Stored<T> | undefined, code: UnknownCode, subject: string): T {
  if (stored !== undefined) return stored.doc;
  throw new RegistryError(code, 'The ledger has no such document, or the mirror does not have it yet.', {
    subject,
  });
}
