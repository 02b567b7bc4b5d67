import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  RegistryError,
  type RevocationList,
  type RevocationListEntry,
  type TokenClaims,
} from '@maker-registry/protocol';
import { ClientError, generateActorKey } from '@maker-registry/sdk';
import { ListMemory } from '../state/list-memory';
import { StateDirectory } from '../state/state-directory';
import { ARTIFACT, DEVICE, idOf, NETWORK, RIGHT, TestOperator } from '../testing/operator';
import { type Clock } from './clock';
import { type ListSource, ListWatcher } from './list-watcher';
import { TokenKeeper, type TokenSource } from './token-keeper';
import { isStale, type StopReason, Watch } from './watch';

jest.setTimeout(20_000);

const holder = generateActorKey();
const operator = new TestOperator();
const wish = { rightId: RIGHT, deviceId: DEVICE, purpose: undefined };
const directories: string[] = [];
const watches: Watch[] = [];
let controller: AbortController;

beforeEach(() => {
  controller = new AbortController();
});
afterEach(() => {
  controller.abort();
});
afterAll(async () => {
  // An answer under way is still written; the directories must not go from under it.
  await Promise.all(watches.map((watch) => watch.settled()));
  for (const directory of directories) rmSync(directory, { recursive: true });
});

/** A gateway's answers, one after the other; the last one stays. An error is thrown. */
function answers<T>(list: readonly (T | Error)[]): () => Promise<T> {
  let next = 0;
  return async () => {
    const answer = list[Math.min(next, list.length - 1)];
    if (next >= list.length) await delay(20);
    next += 1;
    if (answer instanceof Error) throw answer;
    return answer as T;
  };
}

interface Setting {
  /** Lists after the first one. */
  readonly lists?: readonly (Partial<RevocationList> | Error)[];
  readonly claims?: Partial<TokenClaims>;
  readonly renewals?: readonly (string | Error)[];
  readonly keyVersion?: number;
  /** Seconds by which this machine's clock is ahead once the command runs. */
  readonly ahead?: number;
}

interface Running {
  readonly watch: Watch;
  readonly stopped: Promise<StopReason | undefined>;
  readonly warnings: string[];
}

async function start(setting: Setting): Promise<Running> {
  const directory = mkdtempSync(join(tmpdir(), 'guard-watch-'));
  directories.push(directory);
  const state = await StateDirectory.open(directory);
  const memory = new ListMemory(state, { keys: [operator.listKey], network: NETWORK });
  let ahead = 0;
  const clock: Clock = { now: () => Math.floor(Date.now() / 1_000) + ahead };
  const warnings: string[] = [];
  const tell = (event: string, fields: { code?: unknown } = {}): void => {
    if (event === 'warning') warnings.push(String(fields.code));
  };
  const first = await operator.list();
  const later: (Uint8Array | Error)[] = [];
  for (const change of setting.lists ?? []) {
    later.push(change instanceof Error ? change : await operator.list({ height: 11, ...change }));
  }
  const next = answers<Uint8Array>([first, ...later]);
  const source: ListSource = { revocationList: async () => ({ envelope: await next(), etag: undefined }) };
  const renew = answers<string>(setting.renewals ?? [new ClientError('GATEWAY_UNREACHABLE', 'away')]);
  const tokenSource: TokenSource = { requestToken: () => renew() };
  const trust = { jwks: { keys: [operator.tokenJwk] }, network: NETWORK };
  const tokens = new TokenKeeper(tokenSource, trust, holder, clock, tell);
  tokens.take(operator.token(holder, setting.claims));
  const lists = new ListWatcher(source, memory, clock, tell);
  await lists.fetchNow();
  const { keyVersion = 1 } = setting;
  const parts = { tokens, lists, clock, tell, deviceId: DEVICE, purpose: 'deployment' as const, keyVersion };
  const watch = new Watch(parts);
  watches.push(watch);
  expect(watch.decide()).toMatchObject({ allowed: true });
  ahead = setting.ahead ?? 0;
  const limit = delay(800, undefined, { signal: controller.signal }).catch(() => undefined);
  return { watch, warnings, stopped: Promise.race([watch.untilForbidden(wish, controller.signal), limit]) };
}

function entry(change: Partial<RevocationListEntry>): Partial<RevocationList> {
  const whole: RevocationListEntry = {
    number: 1,
    subject_type: 'artifact',
    subject_id: ARTIFACT,
    kind: 'revoke',
    reason_code: 'maker-request',
    final: true,
    revoked_at: 1,
    ...change,
  };
  return { number: 1, previous_hash: '1'.repeat(64), entries: [whole] };
}

describe('Watch stops a running command', () => {
  it.each<[string, Partial<RevocationListEntry>, string]>([
    ['the artifact is revoked', {}, 'REVOKED'],
    ['the artifact is held', { kind: 'hold', final: false }, 'EXECUTION_HELD'],
    ['the artifact is restricted to research', { kind: 'restrict', final: false }, 'PURPOSE_NOT_PERMITTED'],
    ['the right is revoked', { subject_type: 'right', subject_id: RIGHT }, 'REVOKED'],
    ['the key version is revoked', { subject_type: 'key', key_version: 1 }, 'REVOKED'],
    ['the device is revoked', { subject_type: 'device', subject_id: DEVICE }, 'REVOKED'],
    ['the holder is banned', { subject_type: 'actor', subject_id: holder.actorId }, 'ACTOR_BANNED'],
  ])('when %s', async (_what, change, code) => {
    const { stopped } = await start({ lists: [entry(change)] });
    const reason = await stopped;
    expect(reason).toMatchObject({ code });
    expect(isStale(reason!)).toBe(false);
  });

  it('when the right has a new holder', async () => {
    const { stopped } = await start({ lists: [{ superseded: [{ right_id: RIGHT, version: 2 }] }] });
    expect(await stopped).toMatchObject({ code: 'TOKEN_SUPERSEDED' });
  });

  it('when the key version it was decrypted with is revoked, also after a renewed token names another', async () => {
    const claims = { key_version: 2 };
    const { stopped } = await start({
      claims,
      keyVersion: 1,
      lists: [entry({ subject_type: 'key', key_version: 1 })],
    });
    expect(await stopped).toMatchObject({ code: 'REVOKED' });
  });

  it('when the registry refuses to renew the token', async () => {
    const now = Math.floor(Date.now() / 1_000);
    const refusal = new RegistryError('RIGHT_NOT_ACTIVE', 'The right is suspended.');
    const { stopped } = await start({ claims: { iat: now - 500, exp: now + 100 }, renewals: [refusal] });
    expect(await stopped).toMatchObject({ code: 'RIGHT_NOT_ACTIVE' });
  });

  it('when no fresh list is to be had and its class fails closed', async () => {
    const { stopped } = await start({ ahead: 121, lists: [new ClientError('GATEWAY_UNREACHABLE', 'away')] });
    const reason = await stopped;
    expect(reason).toMatchObject({ code: 'LIST_STALE' });
    expect(isStale(reason!)).toBe(true);
  });

  it('when an operator signs two ledgers, for then no list of it counts', async () => {
    const forked = { number: 0, previous_hash: '5'.repeat(64) };
    const { stopped } = await start({ lists: [forked] });
    expect(await stopped).toMatchObject({ code: 'LIST_MISSING' });
  });
});

describe('Watch lets a command go on', () => {
  it.each<[string, Partial<RevocationList>]>([
    ['another artifact is revoked', entry({ subject_id: idOf('another') })],
    ['another key version is revoked', entry({ subject_type: 'key', key_version: 2 })],
    ['another right has a new holder', { superseded: [{ right_id: idOf('another'), version: 2 }] }],
    ['its own version of the right is listed', { superseded: [{ right_id: RIGHT, version: 1 }] }],
  ])('when %s', async (_what, change) => {
    const { stopped } = await start({ lists: [change] });
    expect(await stopped).toBeUndefined();
  });

  it('with a warning, when lists get old and its class does not fail closed', async () => {
    const { stopped, warnings } = await start({
      ahead: 121,
      claims: { gate: { attestation_required: false, list_max_age_s: 120, fail_closed: false } },
      lists: [new ClientError('GATEWAY_UNREACHABLE', 'away')],
    });
    expect(await stopped).toBeUndefined();
    expect(warnings).toContain('LIST_STALE');
  });

  it('when a list from before the newest one is shown, which counts for nothing', async () => {
    const older = { height: 9, this_update: Math.floor(Date.now() / 1_000) - 50 };
    const { stopped, warnings, watch } = await start({ lists: [older] });
    expect(await stopped).toBeUndefined();
    expect(warnings).toEqual(['LIST_ROLLBACK']);
    expect(watch.decide()).toMatchObject({ allowed: true });
  });

  it('and renews its token in time', async () => {
    const now = Math.floor(Date.now() / 1_000);
    const renewed = operator.token(holder, { exp: now + 900 });
    const { stopped, warnings } = await start({
      claims: { iat: now - 500, exp: now + 1 },
      renewals: [renewed],
    });
    expect(await stopped).toBeUndefined();
    expect(warnings).toEqual([]);
  });
});

describe('TokenKeeper', () => {
  const clock: Clock = { now: () => Math.floor(Date.now() / 1_000) };
  const keeper = (): TokenKeeper =>
    new TokenKeeper(
      { requestToken: () => Promise.reject(new Error('not asked')) },
      { jwks: { keys: [operator.tokenJwk] }, network: NETWORK },
      holder,
      clock,
      () => undefined,
    );
  const codeOf = (token: string, taken?: string): unknown => {
    const tokens = keeper();
    if (taken !== undefined) tokens.take(taken);
    try {
      tokens.take(token);
      return 'accepted';
    } catch (error) {
      return (error as { code?: unknown }).code;
    }
  };

  it('takes a token of a pinned operator for this holder', () => {
    expect(codeOf(operator.token(holder))).toBe('accepted');
  });

  it.each<[string, () => string, string]>([
    ['of an operator that is not pinned', () => new TestOperator().token(holder), 'TOKEN_SIGNATURE_INVALID'],
    ['of another holder', () => operator.token(generateActorKey()), 'TOKEN_NOT_BOUND'],
    ['that names another holder', () => operator.token(holder, { sub: idOf('x') }), 'TOKEN_NOT_BOUND'],
    ['of another network', () => operator.token(holder, { network: idOf('n') }), 'TOKEN_WRONG_NETWORK'],
    ['that has expired', () => operator.token(holder, { iat: 1, nbf: 1, exp: 2 }), 'TOKEN_EXPIRED'],
    ['that is none', () => 'a.b.c', 'TOKEN_MALFORMED'],
  ])('refuses a token %s', (_what, make, code) => {
    expect(codeOf(make())).toBe(code);
  });

  it('refuses to go over to another right', () => {
    expect(codeOf(operator.token(holder, { right_id: idOf('other') }), operator.token(holder))).toBe(
      'TOKEN_NOT_BOUND',
    );
  });
});

describe('TokenKeeper', () => {
  it('does not ask in a tight loop where this clock is ahead of the operator’s', async () => {
    let asked = 0;
    const clock: Clock = { now: () => Math.floor(Date.now() / 1_000) };
    const stale = (): string => {
      const now = clock.now();
      return operator.token(holder, { iat: now - 900, nbf: now - 900, exp: now + 100 });
    };
    const source: TokenSource = {
      requestToken: async () => {
        asked += 1;
        return await delay(1, stale());
      },
    };
    const trust = { jwks: { keys: [operator.tokenJwk] }, network: NETWORK };
    const tokens = new TokenKeeper(source, trust, holder, clock, () => undefined);
    tokens.take(stale());
    const renewing = tokens.renew(wish, controller.signal, () => undefined);
    await delay(300);
    controller.abort();
    await renewing;
    expect(asked).toBe(1);
  });
});
