import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type TokenClaims } from '@maker-registry/protocol';
import { ClientError, generateActorKey, ListHolder } from '@maker-registry/sdk';
import { ListMemory } from '../state/list-memory';
import { SeenListsFile } from '../state/seen-lists-file';
import { StateDirectory } from '../state/state-directory';
import { ListOperators } from '../testing/list-operators';
import { ARTIFACT, DEVICE, NETWORK, RIGHT, TestOperator } from '../testing/operator';
import { type Clock } from './clock';
import { CombinedWatcher } from './combined-watcher';
import { ListWatcher } from './list-watcher';
import { TokenKeeper } from './token-keeper';
import { type StopReason, Watch } from './watch';

jest.setTimeout(20_000);

const holder = generateActorKey();
const operator = new TestOperator();
const wish = { rightId: RIGHT, deviceId: DEVICE, purpose: undefined };
const TWO = ['Op1MSP', 'Op2MSP'];
let directory: string;
let state: StateDirectory;
let controller: AbortController;
let watches: Watch[];

beforeEach(async () => {
  controller = new AbortController();
  watches = [];
  directory = mkdtempSync(join(tmpdir(), 'guard-combined-'));
  state = await StateDirectory.open(directory);
});
afterEach(async () => {
  controller.abort();
  // An answer under way is still written; the directory must not go from under it.
  await Promise.all(watches.map((watch) => watch.settled()));
  rmSync(directory, { recursive: true });
});

interface Setting {
  /** What the gateway answers, one after the other; the last answer stays. */
  readonly answers: readonly (Uint8Array | Error)[];
  readonly operators: ListOperators;
  readonly claims?: Partial<TokenClaims>;
  /** Seconds by which this machine's clock is ahead once the command runs. */
  readonly ahead?: number;
}

interface Running {
  readonly watch: Watch;
  readonly warnings: string[];
  readonly stopped: () => Promise<StopReason | undefined>;
}

async function start({ answers, operators, claims, ahead = 0 }: Setting): Promise<Running> {
  let late = 0;
  const clock: Clock = { now: () => Math.floor(Date.now() / 1_000) + late };
  const warnings: string[] = [];
  const tell = (event: string, fields: { code?: unknown } = {}): void => {
    if (event === 'warning') warnings.push(String(fields.code));
  };
  let next = 0;
  const combined = async (): Promise<Uint8Array> => {
    const answer = answers[Math.min(next, answers.length - 1)];
    if (next >= answers.length) await delay(20);
    next += 1;
    if (answer === undefined || answer instanceof Error) throw answer ?? new Error('no answer');
    return answer;
  };
  // The operator's own list never says anything: what stops the command are the combined lists.
  const own = { revocationList: async () => ({ envelope: await operator.list(), etag: undefined }) };
  const memory = new ListMemory(state, { keys: [operator.listKey], network: NETWORK });
  const lists = new ListWatcher(own, memory, clock, tell);
  await lists.fetchNow();
  const trust = { jwks: { keys: [operator.tokenJwk] }, network: NETWORK };
  const away = { requestToken: () => Promise.reject(new ClientError('GATEWAY_UNREACHABLE', 'away')) };
  const tokens = new TokenKeeper(away, trust, holder, clock, tell);
  tokens.take(operator.token(holder, claims));
  const believed = { keys: operators.keys, threshold: 2, network: NETWORK };
  const source = new ListHolder({ combined }, believed, new SeenListsFile(state, NETWORK));
  const watcher = new CombinedWatcher(source, clock, tell);
  await watcher.fetchNow();
  const watch = new Watch({
    tokens,
    lists,
    combined: watcher,
    clock,
    tell,
    deviceId: DEVICE,
    purpose: 'deployment',
    keyVersion: 1,
  });
  watches.push(watch);
  return {
    watch,
    warnings,
    stopped: () => {
      late = ahead;
      const limit = delay(1_500, undefined, { signal: controller.signal }).catch(() => undefined);
      return Promise.race([watch.untilForbidden(wish, controller.signal), limit]);
    },
  };
}

describe('a guard that asks for two operators', () => {
  it('goes on while two vouch, and stops at what they list though the own operator hides it', async () => {
    const operators = new ListOperators(...TWO);
    const before = await operators.lists(TWO);
    operators.restrict({ subject_type: 'artifact', subject_id: ARTIFACT, kind: 'revoke' });
    const { watch, stopped } = await start({ operators, answers: [before, await operators.lists(TWO)] });
    expect(watch.decide()).toMatchObject({ allowed: true, warnings: [] });
    expect(await stopped()).toMatchObject({ code: 'REVOKED' });
  });

  it.each<[string, Partial<TokenClaims>, object]>([
    ['does not start a class that fails closed', {}, { allowed: false, code: 'LIST_MISSING' }],
    [
      'warns in a class that does not',
      { gate: { attestation_required: true, list_max_age_s: 120, fail_closed: false } },
      { allowed: true, warnings: ['LIST_MISSING'] },
    ],
  ])('%s where only one vouches', async (_what, claims, decision) => {
    const operators = new ListOperators(...TWO);
    const { watch, warnings } = await start({
      operators,
      claims,
      answers: [await operators.lists(['Op1MSP'])],
    });
    expect(watch.decide()).toMatchObject(decision);
    expect(warnings).toEqual(['LIST_THRESHOLD']);
  });

  it('stops when only older lists are served to it: a rollback counts for nothing, and the word ages', async () => {
    const operators = new ListOperators(...TWO);
    operators.restrict({ subject_type: 'device', subject_id: 'ee'.repeat(32), kind: 'hold' });
    const newest = await operators.lists(TWO);
    const old = await operators.lists(TWO, { count: 0 });
    const { stopped, warnings } = await start({ operators, ahead: 200, answers: [newest, old] });
    expect(await stopped()).toMatchObject({ code: 'LIST_STALE' });
    expect(warnings).toContain('LIST_ROLLBACK');
  });

  it('does not start on an older list after a restart', async () => {
    const operators = new ListOperators(...TWO);
    operators.restrict({ subject_type: 'device', subject_id: 'ee'.repeat(32), kind: 'hold' });
    await start({ operators, answers: [await operators.lists(TWO)] });
    const old = await operators.lists(TWO, { count: 0 });
    await expect(start({ operators, answers: [old] })).rejects.toMatchObject({ code: 'LIST_ROLLBACK' });
  });

  it('keeps the restrictions it knows when a gateway sends a newer list without entries, or leaves one out', async () => {
    const operators = new ListOperators(...TWO);
    operators.restrict({ subject_type: 'artifact', subject_id: ARTIFACT, kind: 'revoke' });
    const first = await operators.lists(TWO);
    operators.restrict({ subject_type: 'artifact', subject_id: 'bb'.repeat(32), kind: 'revoke' });
    const newer = JSON.parse(Buffer.from(await operators.lists(TWO)).toString()) as {
      lists: { header: { scope: string } }[];
    };
    const claims = { gate: { attestation_required: true, list_max_age_s: 120, fail_closed: false } };
    const answer = (lists: object[]): Uint8Array => Buffer.from(JSON.stringify({ ...newer, lists }));
    for (const lists of [
      newer.lists.map(({ header }) => ({ header })),
      newer.lists.filter(({ header }) => header.scope !== 'artifacts'),
    ]) {
      const { watch, stopped, warnings } = await start({
        operators,
        claims,
        answers: [first, answer(lists), answer(lists)],
      });
      expect(watch.decide()).toMatchObject({ allowed: false, code: 'REVOKED' });
      expect(await stopped()).toMatchObject({ code: 'REVOKED' });
      expect(warnings).toEqual([expect.stringMatching(/LIST_(INCOMPLETE|THRESHOLD)/)]);
    }
  });

  it('drops its lists when two operators contradict what they said before', async () => {
    const operators = new ListOperators(...TWO);
    operators.restrict({ subject_type: 'artifact', subject_id: 'aa'.repeat(32), kind: 'revoke' });
    const first = await operators.lists(TWO);
    const fork = operators.withoutHistory();
    fork.restrict({ subject_type: 'artifact', subject_id: 'bb'.repeat(32), kind: 'revoke' });
    const { stopped, watch } = await start({
      operators,
      answers: [first, await fork.lists(TWO, { ageS: 1 })],
    });
    expect(watch.decide()).toMatchObject({ allowed: true });
    expect(await stopped()).toMatchObject({ code: 'LIST_MISSING' });
  });

  it('goes on while the gateway is away, as long as the class permits', async () => {
    const operators = new ListOperators(...TWO);
    const away = new ClientError('GATEWAY_UNREACHABLE', 'away');
    const { stopped } = await start({ operators, answers: [await operators.lists(TWO), away] });
    expect(await stopped()).toBeUndefined();
  });
});
