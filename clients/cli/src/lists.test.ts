import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LIST_TIME, ListWorld, NETWORK } from './testing/list-world';
import { runRegistry as run } from './testing/run-registry';

const AT = String(LIST_TIME + 10);
let directory: string;
let world: ListWorld;
let operators: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'registry-lists-'));
  world = new ListWorld('Op1MSP', 'Op2MSP', 'Op3MSP');
  operators = file('operators.json', world.operators());
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

function file(name: string, content: unknown): string {
  const path = join(directory, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const namesOf = (out: Record<string, unknown>): unknown =>
  (out['checks'] as { name: string; passed: boolean }[]).map(({ name, passed }) => `${name}:${passed}`);

describe('registry list verify', () => {
  const state = (more: object = {}) =>
    file('state.json', {
      v: 1,
      network: NETWORK,
      operators: world.operators().operators,
      threshold: 2,
      ...more,
    });

  it('accepts a combined list and keeps what was seen only with --write', async () => {
    world.revoke();
    const lists = file('lists.json', await world.lists(['Op1MSP', 'Op2MSP']));
    const path = state();
    const before = readFileSync(path, 'utf8');
    const read = await run('list', 'verify', lists, '--state', path, '--at', AT);
    expect([read.code, read.out['verdict'], read.out['code'], read.out['alarms']]).toEqual([
      0,
      'accepted',
      'OK',
      [],
    ]);
    expect(namesOf(read.out)).toContain('threshold:true');
    expect(read.out['lists']).toMatchObject({ artifacts: { number: 1, entries: 1, partitions: '1 of 1' } });
    expect(readFileSync(path, 'utf8')).toBe(before);
    await run('list', 'verify', lists, '--state', path, '--at', AT, '--write');
    const kept = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    expect(kept['seen']).toMatchObject({ scopes: { artifacts: { number: 1 } } });
  });

  it('refuses a rollback against the state, and leaves it as it was', async () => {
    world.revoke();
    world.revoke('cd'.repeat(32));
    const path = state();
    const newest = file('new.json', await world.lists(['Op1MSP', 'Op2MSP']));
    await run('list', 'verify', newest, '--state', path, '--at', AT, '--write');
    const before = readFileSync(path, 'utf8');
    const old = file('old.json', await world.lists(['Op1MSP', 'Op2MSP', 'Op3MSP'], 1, LIST_TIME + 1));
    const refused = await run('list', 'verify', old, '--state', path, '--at', AT, '--write');
    expect([refused.code, refused.out['verdict'], refused.out['code']]).toEqual([
      0,
      'refused',
      'LIST_ROLLBACK',
    ]);
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  it.each<[string, string[], string]>([
    ['one operator where two are asked for', [], 'LIST_THRESHOLD'],
    ['one operator where one is asked for', ['--threshold', '1'], 'OK'],
    ['a list past its time', ['--threshold', '1', '--at', String(LIST_TIME + 61)], 'LIST_STALE'],
    ['a list within a grace', ['--threshold', '1', '--at', String(LIST_TIME + 61), '--grace', '60'], 'OK'],
    ['a list older than asked', ['--threshold', '1', '--max-age', '9'], 'LIST_STALE'],
  ])('judges %s', async (_what, options, code) => {
    const lists = file('lists.json', await world.lists(['Op1MSP']));
    const given = options.includes('--at') ? options : ['--at', AT, ...options];
    expect((await run('list', 'verify', lists, '--state', state(), ...given)).out['code']).toBe(code);
  });

  it.each<[string, string[], string]>([
    ['in its time', ['--at', String(LIST_TIME + 60)], 'OK'],
    ['past its time', ['--at', String(LIST_TIME + 61)], 'LIST_STALE'],
    ['within a grace', ['--at', String(LIST_TIME + 61), '--grace', '1'], 'OK'],
    ['as old as asked', ['--at', String(LIST_TIME + 90), '--max-age', '90'], 'OK'],
    ['older than asked', ['--at', String(LIST_TIME + 10), '--max-age', '9'], 'LIST_STALE'],
  ])(
    'judges an operator’s own list %s, and keeps it only when it is accepted',
    async (_what, options, code) => {
      const path = state();
      const before = readFileSync(path, 'utf8');
      const own = file('own.json', await world.ownList('Op1MSP'));
      const { out } = await run('list', 'verify', own, '--state', path, '--write', ...options);
      expect(out['code']).toBe(code);
      expect(readFileSync(path, 'utf8') === before).toBe(code !== 'OK');
    },
  );

  it('keeps the threshold of the state, leaves no other file behind and follows no link when it writes', async () => {
    const lists = file('lists.json', await world.lists(['Op1MSP']));
    const path = state();
    const names = readdirSync(directory);
    await run('list', 'verify', lists, '--state', path, '--at', AT, '--threshold', '1', '--write');
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
      threshold: 2,
      seen: { scopes: { keys: { threshold: 1 } } },
    });
    expect(readdirSync(directory)).toEqual(names);
    const victim = file('victim', 'untouched');
    symlinkSync(victim, `${path}.${process.pid}.new`);
    const refused = await run(
      ...['list', 'verify', lists, '--state', path, '--at', AT, '--threshold', '1', '--write'],
    );
    expect([refused.code, readFileSync(victim, 'utf8')]).toEqual([1, 'untouched']);
  });

  it('builds on the list that was accepted before', async () => {
    world.revoke();
    const base = file('base.json', await world.lists(['Op1MSP', 'Op2MSP']));
    world.revoke('cd'.repeat(32));
    const whole = (await world.lists(['Op1MSP', 'Op2MSP'])) as { lists: { header: { scope: string } }[] };
    const { lists: old } = JSON.parse(readFileSync(base, 'utf8')) as {
      lists: { header: { chain: string } }[];
    };
    const lists = whole.lists.map(({ header }) =>
      header.scope === 'artifacts'
        ? {
            header,
            delta: { base_number: 1, base_chain: old[1]?.header.chain, events: world.entries.slice(1) },
          }
        : { header },
    );
    const delta = file('delta.json', { ...whole, lists });
    const path = state();
    expect((await run('list', 'verify', delta, '--state', path, '--at', AT)).out['code']).toBe(
      'LIST_DELTA_BASE',
    );
    const built = await run('list', 'verify', delta, '--state', path, '--at', AT, '--base', base);
    expect(built.out['lists']).toMatchObject({ artifacts: { number: 2, entries: 2 } });
  });

  it.each<[string, unknown]>([
    ['is not JSON', '{'],
    ['has another form', { v: 1 }],
    ['has no version', { network: NETWORK }],
    ['holds a malformed memory', { v: 1, network: NETWORK, seen: {} }],
  ])('fails when the state %s', async (_what, content) => {
    const lists = file('lists.json', await world.lists(['Op1MSP']));
    const result = await run(
      'list',
      'verify',
      lists,
      '--state',
      file('state.json', content),
      '--operators',
      operators,
    );
    expect([result.code, result.error['code'], result.stdout]).toEqual([1, 'CONFIGURATION', '']);
  });

  it('fails without operators, without a state and without a file', async () => {
    const lists = file('lists.json', await world.lists(['Op1MSP']));
    const bare = file('state.json', { v: 1, network: NETWORK });
    const missing = join(directory, 'nobody.json');
    expect((await run('list', 'verify', lists, '--state', bare, '--operators', missing)).code).toBe(1);
    expect((await run('list', 'verify', lists)).error['code']).toBe('USAGE');
    expect((await run('list', 'verify', '--state', bare)).error['code']).toBe('USAGE');
    expect((await run('list', 'verify', missing, '--state', state())).error['code']).toBe('FILE_UNREADABLE');
    const foreign = file('foreign.json', { v: 1, network: 'f'.repeat(64) });
    expect(
      (await run('list', 'verify', lists, '--state', foreign, '--operators', operators)).error['code'],
    ).toBe('CONFIGURATION');
  });

  it('answers about anything that is no list', async () => {
    for (const content of ['', '{}', '[]', '{"payloadType":1}', 'x'.repeat(1000)]) {
      const result = await run('list', 'verify', file('x', content), '--state', state(), '--at', AT);
      expect([result.code, result.out['verdict'], result.out['code']]).toEqual([
        0,
        'refused',
        'LIST_MALFORMED',
      ]);
    }
  });
});

describe('registry list fetch', () => {
  it.each(['--scope=artifacts', '--key-version=1'])('with %s asks for a subject', async (option) => {
    const out = join(directory, 'out.json');
    const result = await run('list', 'fetch', '--out', out, ...option.split('='));
    expect([result.code, result.error['code']]).toEqual([1, 'USAGE']);
    expect(result.stderr).toContain('goes with --subject');
    expect(readdirSync(directory)).not.toContain('out.json');
  });
});

describe('registry verify token', () => {
  const judge = async (token: string, lists: readonly string[], ...more: string[]) =>
    run(
      'verify',
      'token',
      file('t.jwt', token),
      ...lists.flatMap((list) => ['--list', list]),
      '--at',
      AT,
      '--operators',
      operators,
      ...more,
    );

  it('says unknown, with the exit code 0, where no list says who holds the right', async () => {
    const lists = file('lists.json', await world.lists(['Op1MSP', 'Op2MSP']));
    const result = await judge(await world.token(), [lists], '--threshold', '2');
    expect([result.code, result.out['verdict'], result.out['code']]).toEqual([0, 'unknown', 'LIST_MISSING']);
    expect(namesOf(result.out)).toEqual([
      'token:true',
      `${lists}:true`,
      'restrictions:true',
      'coverage:false',
    ]);
  });

  it('says invalid where a list names the artifact; several lists after one --list count too', async () => {
    const before = file('before.json', await world.lists(['Op1MSP']));
    world.revoke();
    const after = file('after.json', await world.lists(['Op1MSP']));
    const token = file('t.jwt', await world.token());
    const result = await run(
      'verify',
      'token',
      token,
      '--list',
      before,
      after,
      '--at',
      AT,
      '--operators',
      operators,
    );
    expect([result.out['verdict'], result.out['code']]).toEqual(['invalid', 'REVOKED']);
  });

  it('says invalid of a token that is none, expired or signed by a stranger', async () => {
    expect((await judge('a.b.c', [])).out).toMatchObject({ verdict: 'invalid', code: 'TOKEN_MALFORMED' });
    const expired = await world.token({ exp: LIST_TIME - 100, nbf: LIST_TIME - 200, iat: LIST_TIME - 200 });
    expect((await judge(expired, [])).out).toMatchObject({ verdict: 'invalid', code: 'TOKEN_EXPIRED' });
    const stranger = await new ListWorld('Op1MSP').token();
    expect((await judge(stranger, [])).out).toMatchObject({
      verdict: 'invalid',
      code: 'TOKEN_SIGNATURE_INVALID',
    });
  });

  it('fails without a time, without operators and without files', async () => {
    const token = file('t.jwt', await world.token());
    expect((await run('verify', 'token', token, '--operators', operators)).error['code']).toBe('USAGE');
    expect(
      (await run('verify', 'token', token, '--at', 'noon', '--operators', operators)).error['code'],
    ).toBe('USAGE');
    const result = await run('verify', 'token', token, '--at', AT, '--operators', join(directory, 'none'));
    expect([result.code, result.stdout]).toEqual([1, '']);
    expect((await judge(await world.token(), [join(directory, 'none')])).error['code']).toBe(
      'FILE_UNREADABLE',
    );
  });
});
