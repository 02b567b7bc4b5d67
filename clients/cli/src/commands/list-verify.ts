import {
  checkRevocationList,
  decodeUtf8,
  type ErrorCode,
  isRegistryError,
  judgeRegistryLists,
  type ListAlarm,
  type ListCheckOutcome,
  operatorListKeys,
  type OperatorsDocument,
  RegistryError,
  type RegistryListQuestion,
  type RevocationList,
} from '@maker-registry/protocol';
import { type Given, optional, required, wholeNumber } from '@maker-registry/guard';
import { ClientError } from '@maker-registry/sdk';
import { type CliCommand } from '../command';
import { readInput } from '../input-file';
import { MAX_LIST_FILE_BYTES, MAX_SECONDS, MAX_THRESHOLD } from '../limits';
import { isOwnList, type ListState, readListState, type ReadState, writeListState } from '../list-state';
import { parseMoment } from '../moment';
import { OPERATORS_HELP, readOperators } from '../pinned-document';
import { oneWord } from '../words';

interface ListAnswer {
  readonly verdict: 'accepted' | 'refused';
  readonly code: ErrorCode | 'OK';
  readonly checks: readonly ListCheckOutcome[];
  readonly alarms: readonly ListAlarm[];
  /** By scope, what was accepted. */
  readonly lists?: Readonly<Record<string, { number: number; entries: number; partitions: string }>>;
  readonly this_update?: number;
  /** What the client has seen now; only where the list was accepted. */
  readonly state?: ListState;
}

export const listVerify: CliCommand = {
  name: 'list verify',
  summary: 'Check a revocation list against what was seen before.',
  help: `registry list verify FILE --state FILE [--write] [--base FILE] [--threshold K] [--at TIME]
    [--max-age SECONDS | --grace SECONDS] [--operators FILE]

Prints {"verdict":"accepted|refused","code","checks":[…],"alarms":[…]} without any network. FILE is a combined list
(registry list fetch) or an operator's own list. The rules: form, network, signatures, rollback, equivocation, threshold,
step (a number too far ahead), content (Merkle roots, deltas, proofs), freshness.

The state is a JSON file: {"v":1,"network":GENESIS,"operators":[…],"threshold":K,"seen":…}; operators as guard pin keeps
them, threshold 1 unless given, seen absent at first. The answer has the new state, which --write puts in the file's place; a
refused list changes nothing. An alarm says that an operator contradicts others or itself: keep its evidence.

  --base FILE       the combined list that was accepted before, where FILE holds deltas
  --threshold K     how many operators have to vouch this time; the state keeps its own where it has one
  --at TIME         Unix seconds or RFC 3339; now unless given
  --max-age SECONDS how old the operators' word may be; without it their next_update decides
  --grace SECONDS   how long after next_update a list is accepted offline; 0 unless given
${OPERATORS_HELP}; the state's own come first

Example: registry list verify lists.json --state seen.json --write`,
  options: {
    state: 'text',
    base: 'text',
    threshold: 'text',
    at: 'text',
    'max-age': 'text',
    grace: 'text',
    operators: 'text',
    write: 'switch',
  },
  takesWords: true,
  run: async ({ given, rest }, context) => {
    const file = oneWord(rest, 'file');
    const path = required(given, 'state');
    const read = await readListState(path);
    const operators = read.operators ?? (await readOperators(given, context));
    if (operators.network !== read.state.network) {
      throw new ClientError('CONFIGURATION', 'State and operators are of different networks.', {
        subject: path,
      });
    }
    const bytes = await readInput(file, MAX_LIST_FILE_BYTES);
    const answer = isOwnList(decodeText(bytes))
      ? judgeOwn(bytes, given, read, operators)
      : await judgeCombined(bytes, given, read, operators);
    if (given['write'] === true && answer.state !== undefined) await writeListState(path, answer.state);
    return answer;
  },
};

function decodeText(bytes: Uint8Array): string {
  try {
    return decodeUtf8(bytes).trimStart();
  } catch {
    return '';
  }
}

function momentOf(given: Given): number {
  const at = optional(given, 'at');
  return at === undefined ? Math.floor(Date.now() / 1_000) : parseMoment(at, 'at');
}

function seconds(given: Given, name: string): number | undefined {
  const text = optional(given, name);
  return text === undefined ? undefined : wholeNumber(text, name, { min: 0, max: MAX_SECONDS });
}

async function judgeCombined(
  bytes: Uint8Array,
  given: Given,
  { state }: ReadState,
  operators: OperatorsDocument,
): Promise<ListAnswer> {
  const threshold = wholeNumber(optional(given, 'threshold') ?? String(state.threshold ?? 1), 'threshold', {
    min: 1,
    max: MAX_THRESHOLD,
  });
  const question: RegistryListQuestion = {
    keys: operatorListKeys(operators),
    threshold,
    network: operators.network,
    seen: state.seen,
    now: momentOf(given),
    maxAgeS: seconds(given, 'max-age'),
    graceS: seconds(given, 'grace'),
  };
  const held = await heldFrom(optional(given, 'base'), question);
  const { accepted, ...judgement } = judgeRegistryLists(bytes, { ...question, held });
  if (accepted === undefined) return judgement;
  const lists = [...accepted.contents].map(([scope, { header, entries, partitions }]) => {
    const reach = `${partitions.length} of ${header.partitions.length}`;
    return [scope, { number: header.number, entries: entries.length, partitions: reach }] as const;
  });
  return {
    ...judgement,
    lists: Object.fromEntries(lists),
    this_update: accepted.thisUpdate,
    // One call may ask for less than the state does; the next one must not for that.
    state: { threshold, ...state, seen: accepted.seen },
  };
}

/** The lists that were accepted before: judged again, except for their age. Throws CONFIGURATION. */
async function heldFrom(
  path: string | undefined,
  question: RegistryListQuestion,
): Promise<RegistryListQuestion['held']> {
  if (path === undefined) return undefined;
  const bytes = await readInput(path, MAX_LIST_FILE_BYTES);
  const { accepted, code } = judgeRegistryLists(bytes, {
    ...question,
    seen: undefined,
    maxAgeS: MAX_SECONDS,
  });
  if (accepted !== undefined) return accepted.contents;
  throw new ClientError('CONFIGURATION', `${path} is no list to build on (${code}).`, { subject: path });
}

/** Without an age of the caller's own, the operator's promise of a newer list decides. Throws LIST_STALE. */
function assertInTime({ next_update: nextUpdate }: RevocationList, now: number, graceS: number): void {
  if (now <= nextUpdate + graceS) return;
  throw new RegistryError('LIST_STALE', `A newer list was due at ${nextUpdate}; it is now ${now}.`, {
    subject: String(nextUpdate),
  });
}

function judgeOwn(
  bytes: Uint8Array,
  given: Given,
  { state }: ReadState,
  operators: OperatorsDocument,
): ListAnswer {
  const maxAgeS = seconds(given, 'max-age');
  const now = momentOf(given);
  try {
    const { list, seen } = checkRevocationList(bytes, {
      keys: operatorListKeys(operators),
      network: operators.network,
      seen: state.own,
      now,
      ...(maxAgeS === undefined ? {} : { maxAgeS }),
    });
    if (maxAgeS === undefined) assertInTime(list, now, seconds(given, 'grace') ?? 0);
    return {
      verdict: 'accepted',
      code: 'OK',
      checks: [{ name: 'list', passed: true }],
      alarms: [],
      lists: { all: { number: list.number, entries: list.entries.length, partitions: '1 of 1' } },
      this_update: list.this_update,
      state: { ...state, own: seen },
    };
  } catch (error) {
    if (!isRegistryError(error)) throw error;
    const { code, message, subject } = error;
    const check = {
      name: 'list',
      passed: false,
      code,
      message,
      ...(subject === undefined ? {} : { subject }),
    };
    return { verdict: 'refused', code, checks: [check], alarms: [] };
  }
}
