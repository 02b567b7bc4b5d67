import { type ListedRestriction } from '../execution/combined-lists';
import { findBar } from '../execution/restrictions';
import { type TokenClaims } from '../tokens/claims';

/** Status values of the draft's registry, in two bits. */
export const TOKEN_STATUS = { valid: 0, invalid: 1, suspended: 2 } as const;
export type TokenStatus = keyof typeof TOKEN_STATUS;

/** What of a token decides its status. */
export type StatusSubject = Pick<TokenClaims, 'right_version' | 'actions' | 'purpose' | 'domains'>;

/**
 * The status of a token: `invalid` when its right has changed hands, or restrictions that nothing lifts bar everything that it
 * permits; `suspended` when all is barred and something of it may be lifted. A token that is only narrowed is `valid`: two
 * bits can't tell how, the lists do.
 */
export function tokenStatus(
  token: StatusSubject,
  rightVersion: number,
  restrictions: readonly ListedRestriction[],
): TokenStatus {
  if (rightVersion > token.right_version) return 'invalid';
  if (!barsAll(token, restrictions)) return 'valid';
  const final = restrictions.filter((one) => one.final);
  return barsAll(token, final) ? 'invalid' : 'suspended';
}

function barsAll(
  { actions, purpose, domains }: StatusSubject,
  restrictions: readonly ListedRestriction[],
): boolean {
  if (restrictions.length === 0) return false;
  // What permits nothing is barred by whatever stops an execution.
  const asked = actions.length === 0 ? (['execute'] as const) : actions;
  return asked.every((action) => findBar(restrictions, { action, purpose, domains }) !== undefined);
}

/** The name of a status value; `invalid` for those that we do not use: what is not said to be good is not. */
export function statusName(value: number): TokenStatus {
  if (value === TOKEN_STATUS.valid) return 'valid';
  return value === TOKEN_STATUS.suspended ? 'suspended' : 'invalid';
}
