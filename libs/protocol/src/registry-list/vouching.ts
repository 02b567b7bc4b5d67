import { MAX_CLOCK_SKEW_S } from '../limits';
import { type ListHeader, listDigest } from './list-header';
import { type ListScope } from './scopes';
import { type SeenRegistryLists, type SeenStatement } from './seen';
import { type OpenedStatement } from './statement';

/** Something is wrong that does not make the lists worthless: keep the evidence and report it. */
export interface ListAlarm {
  readonly code: 'LIST_EQUIVOCATION' | 'LIST_ROLLBACK' | 'LIST_STALE';
  readonly message: string;
  /** MSP id of the operator concerned. */
  readonly subject: string;
  /** The signed statements that contradict each other, where it is about two. */
  readonly evidence: readonly OpenedStatement['envelope'][];
}

/** The operators behind one list. */
export interface Vouching {
  readonly scope: ListScope;
  readonly digest: string;
  /** One statement for each operator that vouches for the list, the newest first. */
  readonly statements: readonly OpenedStatement[];
  /** Statements that name another list of the same number: one of the two sides lies. */
  readonly contradicting: readonly OpenedStatement[];
}

/** The newest statement of each operator: two signatures of one operator count once. */
export function newestPerOperator(statements: readonly OpenedStatement[]): OpenedStatement[] {
  const newest = new Map<string, OpenedStatement>();
  for (const one of statements) {
    const known = newest.get(one.statement.issuer);
    if (known === undefined || one.statement.this_update > known.statement.this_update) {
      newest.set(one.statement.issuer, one);
    }
  }
  return [...newest.values()].sort((a, b) => b.statement.this_update - a.statement.this_update);
}

/** Who vouches for a list, and who contradicts it. */
export function vouching(header: ListHeader, statements: readonly OpenedStatement[]): Vouching {
  const { scope, number } = header;
  const digest = listDigest(header);
  const ofNumber = statements.filter(({ statement }) => statement.lists[scope].number === number);
  const agrees = ({ statement }: OpenedStatement): boolean => statement.lists[scope].digest === digest;
  return {
    scope,
    digest,
    statements: ofNumber.filter(agrees),
    contradicting: ofNumber.filter((one) => !agrees(one)),
  };
}

export interface Countable {
  readonly counted: readonly OpenedStatement[];
  readonly alarms: readonly ListAlarm[];
}

/**
 * The statements that count: not from the future, and not contradicting what the same operator stated before. A statement made
 * later that knows fewer blocks rests on a stale or rolled-back ledger, whatever its date says.
 */
export function countable(
  statements: readonly OpenedStatement[],
  seen: SeenRegistryLists | undefined,
  now: number,
): Countable {
  const alarms: ListAlarm[] = [];
  const counted = statements.filter((one) => {
    const alarm = alarmOf(one, statements, seen, now);
    if (alarm !== undefined) alarms.push(alarm);
    return alarm === undefined;
  });
  return { counted, alarms };
}

function alarmOf(
  one: OpenedStatement,
  all: readonly OpenedStatement[],
  seen: SeenRegistryLists | undefined,
  now: number,
): ListAlarm | undefined {
  const { statement, envelope } = one;
  const { issuer, height, this_update } = statement;
  const alarm = (code: ListAlarm['code'], message: string, ...others: OpenedStatement[]): ListAlarm => ({
    code,
    message: `${issuer} ${message}`,
    subject: issuer,
    evidence: [envelope, ...others.map((other) => other.envelope)],
  });
  if (this_update > now + MAX_CLOCK_SKEW_S) return alarm('LIST_STALE', 'signed a statement from the future.');
  const twin = all.find((other) => isOtherWord(other, one));
  if (twin !== undefined)
    return alarm('LIST_EQUIVOCATION', 'signed two statements of one height and time.', twin);
  const before = seenOf(seen, issuer);
  if (before === undefined) return undefined;
  if (before.height === height && before.this_update === this_update && before.digest !== one.digest) {
    return alarm('LIST_EQUIVOCATION', 'signed another statement of this height and time before.');
  }
  const isOnOlderLedger = this_update > before.this_update && height < before.height;
  return isOnOlderLedger ? alarm('LIST_ROLLBACK', 'made a later statement at a lower height.') : undefined;
}

/** The newest statement of an operator that was accepted before. */
export function seenOf(seen: SeenRegistryLists | undefined, issuer: string): SeenStatement | undefined {
  return seen !== undefined && Object.hasOwn(seen.issuers, issuer) ? seen.issuers[issuer] : undefined;
}

function isOtherWord(other: OpenedStatement, { statement, digest }: OpenedStatement): boolean {
  const { issuer, height, this_update } = other.statement;
  const isSame =
    issuer === statement.issuer && height === statement.height && this_update === statement.this_update;
  return isSame && other.digest !== digest;
}
