import { createHash, randomBytes } from 'node:crypto';
import type { RecordClaim, SettlementRequest } from '@maker-registry/protocol';
import type { ActingParty } from './acting-party';
import { GeneratingModel } from './generating-model';
import { DEEP_ANCESTORS, DEEP_BENEFICIARIES } from './limits';
import { benchRequest } from './provenance-workloads';

const WHOLE_BPS = 10_000;

/**
 * Records the deepest lineage with the most beneficiaries that the protocol permits: the claim that is sold, then its
 * ancestors, nearest first.
 *
 * @param distinct whether every policy names other beneficiaries
 */
export async function deepLineage(owner: ActingParty, distinct: boolean): Promise<readonly RecordClaim[]> {
  const model = await GeneratingModel.register(owner);
  const claims: RecordClaim[] = [];
  for (let generation = 0; generation <= DEEP_ANCESTORS; generation += 1) {
    const claim = await model.claim(claims[0]?.content_hash);
    await model.record(claim);
    await model.policy(claim, {
      beneficiaries: beneficiaries(distinct ? `${generation}/` : ''),
      shares_bps: shares(),
      derivative_royalty_bps: 100,
      max_depth: DEEP_ANCESTORS,
    });
    claims.unshift(claim);
  }
  return claims;
}

/** A request to settle a sale of a lineage's first claim, with all its ancestors named for fetching. */
export function deepRequest([sold, ...ancestors]: readonly RecordClaim[]): SettlementRequest {
  if (sold === undefined) throw new Error('The lineage is empty');
  const hint = ancestors.map(({ model_ref, content_hash }) => ({ model_ref, content_hash }));
  return { ...benchRequest(sold, randomBytes(8).toString('hex')), lineage_hint: hint };
}

function beneficiaries(prefix: string): string[] {
  return Array.from({ length: DEEP_BENEFICIARIES }, (_unused, n) =>
    createHash('sha256').update(`${prefix}${n}`).digest('hex'),
  );
}

/** As equal as basis points allow, the rest to the first. */
function shares(): number[] {
  const each = Math.floor(WHOLE_BPS / DEEP_BENEFICIARIES);
  return Array.from({ length: DEEP_BENEFICIARIES }, (_unused, n) =>
    n === 0 ? WHOLE_BPS - each * (DEEP_BENEFICIARIES - 1) : each,
  );
}
