import { type Parameters, type ProvenanceParameters } from '../domain/parameters';

/** What operators decided about records and settlements, with the defaults in place; `payers` undefined means everybody. */
export type ProvenanceRules = Required<Omit<ProvenanceParameters, 'payers'>> &
  Pick<ProvenanceParameters, 'payers'>;

/** A month: how long a verifier's finding, and the wait for an unregistered parent, are taken to last. */
const MONTH_S = 2_592_000;

/** A fifth: enough to pay a typical derivative royalty when the parent turns up, and most of the money moves at once. */
const DEFAULT_HOLD_BPS = 2_000;

const DEFAULTS: ProvenanceRules = {
  parents: 'permissive',
  verifiers: [],
  report_max_age_s: MONTH_S,
  pending_hold_bps: DEFAULT_HOLD_BPS,
  pending_hold_s: MONTH_S,
};

/** The rules of records and settlements under these parameters. */
export function provenanceRules({ provenance }: Pick<Parameters, 'provenance'>): ProvenanceRules {
  return { ...DEFAULTS, ...provenance };
}
