import { type ChildProcess, fork } from 'node:child_process';
import { rmSync } from 'node:fs';
import * as pkcs11 from 'pkcs11js';
import { type TokenConfig } from './messages';
import { bundle, type TemporaryToken, temporaryToken } from './testing/temporary-token';

// Real processes on a busy machine.
jest.setTimeout(30_000);

interface Outcome {
  readonly code?: string;
  readonly ckr?: number;
  readonly counters?: { reopened: number; reinitialized: number; failures: number; sessions: number };
}

describe('RecoveringToken on SoftHSM', () => {
  let program: string;
  let temporary: TemporaryToken;
  let child: ChildProcess;

  const ask = (message: { config?: TokenConfig; scenario?: string }): Promise<Outcome> =>
    new Promise((resolve, reject) => {
      const crashed = (): void => {
        reject(new Error('the module crashed'));
      };
      child.once('exit', crashed);
      child.once('message', (outcome) => {
        child.off('exit', crashed);
        resolve(outcome as Outcome);
      });
      child.send(message);
    });
  const counters = async (): Promise<NonNullable<Outcome['counters']>> =>
    (await ask({ scenario: 'usable' })).counters!;

  beforeAll(async () => {
    program = bundle('testing/recovery-scenarios.ts');
    temporary = temporaryToken(program);
    const { module, pinFile, environment } = temporary.options;
    child = fork(program, { env: { ...process.env, ...environment }, execArgv: [] });
    expect((await ask({ config: { module, pinFile, token: 'op1', sessions: 3 } })).code).toBeUndefined();
  });

  afterAll(async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.disconnect();
    await ended;
    temporary.remove();
    rmSync(program);
  });

  it.each([
    ['sessionsClosed', 1, 0],
    ['loggedOut', 1, 0],
    ['failTogether', 1, 0],
    ['abandoned', 0, 0],
  ])(
    'survives %s with %i reopenings and %i re-initialisations',
    async (scenario, reopened, reinitialized) => {
      const before = await counters();
      expect((await ask({ scenario })).code).toBeUndefined();
      const now = await counters();
      expect(now.reopened - before.reopened).toBe(reopened);
      expect(now.reinitialized - before.reinitialized).toBe(reinitialized);
      expect(now.sessions).toBe(3);
    },
  );

  it('re-initialises after the module was finalized', async () => {
    const before = await counters();
    expect((await ask({ scenario: 'finalized' })).code).toBeUndefined();
    expect((await counters()).reinitialized).toBe(before.reinitialized + 1);
  });

  it('gives up after both remedies, with the return value, and stays usable', async () => {
    expect(await ask({ scenario: 'hopeless' })).toMatchObject({
      code: 'HSM_UNAVAILABLE',
      ckr: pkcs11.CKR_DEVICE_ERROR,
    });
    expect((await ask({ scenario: 'usable' })).code).toBeUndefined();
  });

  it('refuses two keys of one label instead of choosing', async () => {
    expect(await ask({ scenario: 'twins' })).toMatchObject({ code: 'HSM_KEY_AMBIGUOUS' });
  });
});
