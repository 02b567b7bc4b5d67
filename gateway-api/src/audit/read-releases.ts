import { type AuditRelease } from '@maker-registry/protocol';
import { type Pool } from 'pg';
import { forRequest } from '../database/database-error';
import { EXPORT_CHUNK_ROWS, RELEASE_SETTLE_S } from './limits';

interface Row {
  readonly seq: string;
  readonly at: string;
  readonly operator: string | null;
  readonly outcome: AuditRelease['outcome'];
  readonly code: string | null;
  readonly stage: string;
  readonly artifact_id: string | null;
  readonly key_version: number | null;
  readonly right_id: string;
  readonly holder: string;
  readonly intent_id: string;
  readonly policy: Readonly<Record<string, unknown>>;
  readonly is_settled: boolean;
}

/** What to look at in an operator's record of releases. */
export interface ReleaseRange {
  /** MSP id; gateways of several operators may share a database. */
  readonly operator: string;
  readonly after: number;
  readonly to?: number;
  readonly artifactId?: string | undefined;
  readonly rightId?: string | undefined;
}

const RELEASES = `SELECT seq, floor(extract(epoch FROM at))::bigint AS at, operator, outcome, code, stage, artifact_id,
    key_version, right_id, holder, intent_id, policy, at < now() - make_interval(secs => $4) AS is_settled
  FROM gateway.releases
  WHERE seq > $1 AND seq <= $2 AND coalesce(operator, $3) = $3
    AND ($5::text IS NULL OR artifact_id = $5) AND ($6::text IS NULL OR right_id = $6)
  ORDER BY seq LIMIT $7`;

/**
 * An operator's decisions about content keys in the order of its record, some seconds after they were made.
 * @throws RegistryError MIRROR_UNAVAILABLE
 */
export async function* readReleases(pool: Pool, range: ReleaseRange): AsyncGenerator<AuditRelease> {
  const { operator, to = Number.MAX_SAFE_INTEGER, artifactId = null, rightId = null } = range;
  let { after } = range;
  for (;;) {
    const values = [after, to, operator, RELEASE_SETTLE_S, artifactId, rightId, EXPORT_CHUNK_ROWS];
    const { rows } = await forRequest(() =>
      pool.query<Row>({ name: 'read_releases', text: RELEASES, values }),
    );
    for (const { is_settled: isSettled, ...row } of rows) {
      // Numbers are given out in another order than times: to go on here would leave this one out of the reports for ever.
      if (!isSettled) return;
      after = Number(row.seq);
      yield { ...row, type: 'release', seq: after, at: Number(row.at), operator: row.operator ?? operator };
    }
    if (rows.length < EXPORT_CHUNK_ROWS) return;
  }
}
