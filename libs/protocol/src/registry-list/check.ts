import { isRegistryError, RegistryError } from '../errors/registry-error';
import { type ErrorCode } from '../errors/error-codes';
import { MAX_LIST_NUMBER, MAX_LIST_STEP } from '../limits';
import { type ListKey } from '../revocation-list/list-key';
import { assertHeader, readContent, type ScopeContent } from './content';
import { type ListDocument, parseRegistryLists, type RegistryListDocument } from './document';
import { type ListScope } from './scopes';
import { type SeenList, type SeenRegistryLists, stillBinding } from './seen';
import { openListStatement, type OpenedStatement } from './statement';
import { countable, type ListAlarm, newestPerOperator, seenOf, vouching, type Vouching } from './vouching';

export type ScopeContents = ReadonlyMap<ListScope, ScopeContent>;

/** What a client believes, has seen and wants to know. */
export interface RegistryListQuestion {
  /** List keys of the operators that the client has pinned. */
  readonly keys: readonly ListKey[];
  /** How many operators have to vouch for a list. */
  readonly threshold: number;
  /** Genesis hash of the client's network. */
  readonly network: string;
  /** From the last accepted check; undefined the first time only. */
  readonly seen?: SeenRegistryLists | undefined;
  /** What the last accepted check gave, for deltas and for lists that did not change. */
  readonly held?: ScopeContents | undefined;
  /** Unix seconds. */
  readonly now: number;
  /** Seconds that the word of the operators may be old; without it, their own next_update and `graceS` decide. */
  readonly maxAgeS?: number | undefined;
  /** Seconds past next_update that are accepted offline. None unless given. */
  readonly graceS?: number | undefined;
  /** A block that the client knows of: statements made below it rest on a stale ledger and do not count. */
  readonly minHeight?: number | undefined;
}

export interface AcceptedRegistryLists {
  readonly contents: ScopeContents;
  /** Unix seconds: the time of the oldest word that had to be counted; freshness is judged by it. */
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  /** The greatest height at which enough operators stood. */
  readonly height: number;
  /** To keep for the next check. */
  readonly seen: SeenRegistryLists;
  readonly alarms: readonly ListAlarm[];
}

/** One rule and how it came out. */
export interface ListCheckOutcome {
  readonly name: string;
  readonly passed: boolean;
  readonly code?: ErrorCode;
  readonly message?: string;
  readonly subject?: string;
}

export interface ListJudgement {
  readonly verdict: 'accepted' | 'refused';
  /** OK, or the code of the rule that refused. */
  readonly code: ErrorCode | 'OK';
  readonly checks: readonly ListCheckOutcome[];
  readonly alarms: readonly ListAlarm[];
  readonly accepted?: AcceptedRegistryLists;
}

/**
 * Accepts a combined list, or throws the rule that refuses it.
 *
 * @throws RegistryError LIST_MALFORMED, LIST_CRITICAL_UNKNOWN, LIST_WRONG_NETWORK, LIST_SIGNATURE_INVALID, LIST_THRESHOLD,
 *   LIST_EQUIVOCATION, LIST_ROLLBACK, LIST_FAST_FORWARD, LIST_ROOT_MISMATCH, LIST_DELTA_BASE, LIST_CHAIN_BROKEN or LIST_STALE
 */
export function checkRegistryLists(
  input: string | Uint8Array,
  question: RegistryListQuestion,
): AcceptedRegistryLists {
  const { accepted, checks } = judgeRegistryLists(input, question);
  if (accepted !== undefined) return accepted;
  const failed = checks.find(({ passed }) => !passed);
  const subject = failed?.subject;
  throw new RegistryError(
    failed?.code ?? 'LIST_MALFORMED',
    failed?.message ?? 'The lists were refused.',
    subject === undefined ? {} : { subject },
  );
}

/** As checkRegistryLists, telling each rule; the rules after one that refuses are not looked at. Never throws RegistryError. */
export function judgeRegistryLists(
  input: string | Uint8Array,
  question: RegistryListQuestion,
): ListJudgement {
  const judgement = new Judgement(question);
  try {
    const accepted = judgement.run(input);
    return { verdict: 'accepted', code: 'OK', checks: judgement.checks, alarms: accepted.alarms, accepted };
  } catch (error) {
    if (!isRegistryError(error)) throw error;
    return { verdict: 'refused', code: error.code, checks: judgement.checks, alarms: judgement.alarms };
  }
}

interface VouchedList {
  readonly document: ListDocument;
  readonly vouching: Vouching;
}

class Judgement {
  readonly checks: ListCheckOutcome[] = [];
  alarms: readonly ListAlarm[] = [];
  readonly #question: RegistryListQuestion;

  constructor(question: RegistryListQuestion) {
    this.#question = question;
  }

  run(input: string | Uint8Array): AcceptedRegistryLists {
    const question = this.#question;
    const document = this.#check('form', () => readForm(input));
    this.#check('network', () => {
      assertNetwork(document, question);
    });
    const statements = this.#check('signatures', () => openStatements(document, question));
    const seen = this.#check('state', () => bindingState(question));
    const { counted, alarms } = countable(statements, seen, question.now);
    this.alarms = alarms;
    const usable = newestPerOperator(
      counted.filter(({ statement }) => statement.height >= (question.minHeight ?? 0)),
    );
    const judged = [...document.lists, ...leftOut(document, question.held)];
    const lists = judged.map((one) => ({ document: one, vouching: vouching(one.header, usable) }));
    this.#check('rollback', () => {
      for (const list of lists) assertNoRollback(list, seen?.scopes[list.vouching.scope], question);
    });
    this.#check('equivocation', () => {
      for (const list of lists) this.#assertUncontradicted(list);
    });
    this.#check('threshold', () => {
      assertThreshold(lists, question);
    });
    this.#check('step', () => {
      for (const list of lists) assertStep(list, seen?.scopes[list.vouching.scope]);
    });
    const contents = this.#check('content', () => readContents(lists, question.held));
    const times = this.#check('freshness', () => assertFresh(lists, question));
    const next = nextSeen(question, seen, lists, usable);
    return { contents, ...times, seen: next, alarms: this.alarms };
  }

  #check<T>(name: string, rule: () => T): T {
    try {
      const result = rule();
      this.checks.push({ name, passed: true });
      return result;
    } catch (error) {
      if (isRegistryError(error)) {
        const { code, message, subject } = error;
        this.checks.push({
          name,
          passed: false,
          code,
          message,
          ...(subject === undefined ? {} : { subject }),
        });
      }
      throw error;
    }
  }

  /**
   * One operator that contradicts the others is reported and does not stop them: a single liar must not be able to. Two lists
   * that would each be believed alone are worthless; one that too few vouch for falls to the threshold.
   */
  #assertUncontradicted({ document, vouching: { statements, contradicting } }: VouchedList): void {
    const [other] = contradicting;
    // A list that nobody vouches for is its server's invention: it accuses no operator.
    if (other === undefined || statements.length === 0) return;
    const { scope, number } = document.header;
    const alarms = contradicting.map((one): ListAlarm => ({
      code: 'LIST_EQUIVOCATION',
      message: `${one.statement.issuer} vouches for another list ${number} of ${scope}.`,
      subject: one.statement.issuer,
      evidence: [one.envelope, ...statements.slice(0, 1).map(({ envelope }) => envelope)],
    }));
    this.alarms = [...this.alarms, ...alarms];
    const { threshold } = this.#question;
    if (contradicting.length < threshold || statements.length < threshold) return;
    throw new RegistryError('LIST_EQUIVOCATION', `Operators vouch for two lists ${number} of ${scope}.`, {
      subject: other.statement.issuer,
    });
  }
}

function readForm(input: string | Uint8Array): RegistryListDocument {
  const document = parseRegistryLists(input);
  for (const { header } of document.lists) assertHeader(header);
  return document;
}

/**
 * The lists held of scopes that the document leaves out: they have to be vouched for like those in it. Else a server could hide a
 * new restriction for ever, by leaving out the list that has it beside fresh statements on the others.
 */
function leftOut({ lists }: RegistryListDocument, held: ScopeContents | undefined): ListDocument[] {
  const scopes = new Set(lists.map(({ header }) => header.scope));
  return [...(held ?? [])].flatMap(([scope, { header }]) => (scopes.has(scope) ? [] : [{ header }]));
}

function assertNetwork({ lists }: RegistryListDocument, { network }: RegistryListQuestion): void {
  const stranger = lists.find(({ header }) => header.network !== network);
  if (stranger === undefined) return;
  throw new RegistryError('LIST_WRONG_NETWORK', 'The list is for another network or channel.', {
    subject: stranger.header.network,
  });
}

function openStatements(
  { statements }: RegistryListDocument,
  question: RegistryListQuestion,
): OpenedStatement[] {
  const opened = statements.flatMap((envelope) => openListStatement(envelope, question.keys) ?? []);
  const stranger = opened.find(({ statement }) => statement.network !== question.network);
  if (stranger === undefined) return opened;
  throw new RegistryError('LIST_WRONG_NETWORK', 'A statement is for another network or channel.', {
    subject: stranger.statement.issuer,
  });
}

/** The part of the state that still binds. A state of another network says nothing about this one. */
function bindingState({ seen, keys, network }: RegistryListQuestion): SeenRegistryLists | undefined {
  return seen?.network === network ? stillBinding(seen, keys).seen : undefined;
}

/**
 * A list that too few vouch for contradicts nothing: it falls to the threshold. Else any server could make clients believe that
 * operators contradict themselves, and drop the lists they have.
 */
function assertNoRollback(
  { document: { header }, vouching: { digest, statements } }: VouchedList,
  seen: SeenList | undefined,
  { threshold }: RegistryListQuestion,
): void {
  if (seen === undefined) return;
  const { scope, number } = header;
  if (number < seen.number) {
    throw new RegistryError(
      'LIST_ROLLBACK',
      `The list of ${scope} has number ${number}; ${seen.number} was seen before.`,
      {
        subject: scope,
      },
    );
  }
  if (number === seen.number && digest !== seen.digest && statements.length >= threshold) {
    throw new RegistryError('LIST_EQUIVOCATION', `Another list ${number} of ${scope} was accepted before.`, {
      subject: scope,
    });
  }
}

function assertThreshold(lists: readonly VouchedList[], { threshold, keys }: RegistryListQuestion): void {
  const operators = new Set(keys.map(({ issuer }) => issuer)).size;
  if (!Number.isSafeInteger(threshold) || threshold < 1 || threshold > operators) {
    throw new RegistryError(
      'LIST_THRESHOLD',
      `${threshold} of ${operators} pinned operators can not be asked for.`,
    );
  }
  const short = lists.find(({ vouching: { statements } }) => statements.length < threshold);
  if (short === undefined) return;
  const { scope, statements } = short.vouching;
  throw new RegistryError(
    'LIST_THRESHOLD',
    `${statements.length} of ${operators} operators vouch for the list of ${scope}; ${threshold} must.`,
    { subject: scope },
  );
}

function assertStep({ document: { header } }: VouchedList, seen: SeenList | undefined): void {
  const bound = seen === undefined ? MAX_LIST_NUMBER : Math.min(MAX_LIST_NUMBER, seen.number + MAX_LIST_STEP);
  if (header.number <= bound) return;
  throw new RegistryError(
    'LIST_FAST_FORWARD',
    `The list of ${header.scope} has number ${header.number}; at most ${bound} is believed.`,
    {
      subject: header.scope,
    },
  );
}

function readContents(lists: readonly VouchedList[], held: ScopeContents | undefined): ScopeContents {
  return new Map(
    lists.map(({ document }) => {
      const { scope } = document.header;
      return [scope, readContent(document, held?.get(scope))] as const;
    }),
  );
}

interface Times {
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  readonly height: number;
}

/** Enough operators must have spoken recently: the word that completes the threshold decides. */
function assertFresh(lists: readonly VouchedList[], question: RegistryListQuestion): Times {
  const { now, maxAgeS, graceS = 0, threshold } = question;
  const deciding = lists.map(({ vouching: { statements } }) => decidingTimes(statements, threshold));
  const least = (pick: (times: Times) => number): number =>
    deciding.reduce((value, times) => Math.min(value, pick(times)), Number.MAX_SAFE_INTEGER);
  const times = {
    thisUpdate: least((one) => one.thisUpdate),
    nextUpdate: least((one) => one.nextUpdate),
    height: least((one) => one.height),
  };
  if (lists.length === 0) throw new RegistryError('LIST_INCOMPLETE', 'The document holds no list.');
  const isStale = maxAgeS === undefined ? now > times.nextUpdate + graceS : now - times.thisUpdate > maxAgeS;
  if (isStale) {
    throw new RegistryError('LIST_STALE', `The operators' word is ${now - times.thisUpdate} s old.`, {
      subject: String(times.thisUpdate),
    });
  }
  return times;
}

/** Of each time the k-th newest among the statements. */
function decidingTimes(statements: readonly OpenedStatement[], threshold: number): Times {
  const kth = (pick: (statement: OpenedStatement['statement']) => number): number =>
    statements.map(({ statement }) => pick(statement)).sort((a, b) => b - a)[threshold - 1] ?? 0;
  return {
    thisUpdate: kth(({ this_update }) => this_update),
    nextUpdate: kth(({ next_update }) => next_update),
    height: kth(({ height }) => height),
  };
}

function nextSeen(
  { network, threshold }: RegistryListQuestion,
  seen: SeenRegistryLists | undefined,
  lists: readonly VouchedList[],
  usable: readonly OpenedStatement[],
): SeenRegistryLists {
  const scopes = lists.map(({ document: { header }, vouching: { scope, digest, statements } }) => {
    const signers = statements.map(({ keyid }) => keyid).sort();
    return [scope, { number: header.number, digest, chain: header.chain, signers, threshold }] as const;
  });
  const issuers = usable.flatMap(({ statement: { issuer, height, this_update }, keyid, digest }) => {
    const before = seenOf(seen, issuer);
    const isNews = before === undefined || this_update >= before.this_update;
    return isNews ? [[issuer, { keyid, height, this_update, digest }] as const] : [];
  });
  return {
    v: 1,
    network,
    scopes: { ...seen?.scopes, ...Object.fromEntries(scopes) },
    issuers: { ...seen?.issuers, ...Object.fromEntries(issuers) },
  };
}
