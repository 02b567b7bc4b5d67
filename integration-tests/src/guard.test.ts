import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RegistryClient } from '@maker-registry/sdk';
import {
  fabricIdentity,
  GuardProcess,
  ProtectedArtifact,
  registryClient,
  runGuard,
  runningNetwork,
  type GuardExit,
} from '@maker-registry/testbed';
import { registeredActor } from './support/world';

const network = runningNetwork();
const SECRET = 'the weights of a model that nobody else may read';
const SHOW = ['cat', '{}'];
const ENDLESS = ['sh', '-c', 'echo running; exec sleep 600'];
/** Exit codes of the guard's own help text. */
const REFUSED = 120;
const STOPPED = 121;
/** From a revocation to the end of the process, in milliseconds. */
const REVOCATION_LIMIT_MS = 3_000;

/** The code of the last refusal or stop that the guard told of. */
function toldCode(exit: GuardExit): string | undefined {
  const events = exit.stderr.split('\n').flatMap((line) => /"code":"([A-Z0-9_]+)"/.exec(line)?.[1] ?? []);
  return events.at(-1);
}

describe('the guard on a low-risk artifact', () => {
  let client: RegistryClient;
  let artifact: ProtectedArtifact;
  let holder: Awaited<ReturnType<ProtectedArtifact['holder']>>;

  beforeAll(async () => {
    client = registryClient(network);
    artifact = await ProtectedArtifact.register(network, client, Buffer.from(SECRET));
    await artifact.protect();
    await artifact.pin();
    holder = await artifact.holder();
  });
  afterAll(() => {
    artifact.dispose();
    client.close();
  });

  const run = (command: readonly string[] = SHOW) =>
    runGuard(network, artifact.runArguments(holder, command));

  it('runs the command on the plaintext, without a TPM and without friction', async () => {
    const exit = await run();
    expect(exit.stdout).toBe(SECRET);
    expect(exit.code).toBe(0);
  });

  it('passes the command’s own exit code on', async () => {
    expect((await run(['sh', '-c', 'exit 7'])).code).toBe(7);
  });

  it('leaves no plaintext in the container, in the state folder or in its output', async () => {
    const exit = await run(['true']);
    expect(readFileSync(artifact.container).includes(SECRET)).toBe(false);
    expect(exit.stdout + exit.stderr).not.toContain(SECRET);
  });

  it.each([
    [
      'truncated',
      (bytes: Buffer) => bytes.subarray(0, bytes.length - 5),
      /CIPHERTEXT_TRUNCATED|CONTAINER_MALFORMED/,
    ],
    ['altered', (bytes: Buffer) => flip(bytes, bytes.length - 20), /CIPHERTEXT_CORRUPT/],
    [
      'given another header',
      (bytes: Buffer) => flip(bytes, 12),
      /CONTAINER_MALFORMED|JSON_|CIPHERTEXT_|CONTENT_KEY_MISMATCH|SCHEMA_VIOLATION/,
    ],
  ])('refuses a container that was %s', async (_name, alter, code) => {
    const folder = mkdtempSync(join(tmpdir(), 'altered-'));
    try {
      const container = join(folder, 'artifact.mrg');
      writeFileSync(container, alter(readFileSync(artifact.container)));
      const args = artifact
        .runArguments(holder, SHOW)
        .map((one) => (one === artifact.container ? container : one));
      const exit = await runGuard(network, args);
      expect(exit.code).toBe(REFUSED);
      expect(toldCode(exit)).toMatch(code);
      expect(exit.stdout).toBe('');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('refuses a holder who does not hold the right', async () => {
    const other = await artifact.holder();
    const exit = await runGuard(network, artifact.runArguments({ ...other, rightId: holder.rightId }, SHOW));
    expect([exit.code, toldCode(exit)]).toEqual([REFUSED, 'NOT_HOLDER']);
  });

  it('refuses without pinned keys: an operator’s word alone is not enough', async () => {
    const state = join(artifact.folder, 'unpinned');
    const args = artifact.runArguments(holder, SHOW).map((one) => (one === artifact.state ? state : one));
    const exit = await runGuard(network, args);
    expect(exit.code).not.toBe(0);
    expect(exit.stdout).toBe('');
  });

  it('refuses a token whose right has changed hands', async () => {
    const seller = await artifact.holder();
    const token = join(artifact.folder, 'old.token');
    writeFileSync(token, await client.trust.requestToken(seller.key, seller.rightId), { mode: 0o600 });
    const buyer = await registeredActor(client);
    await client.submitIntent('right.gift', { right_id: seller.rightId, to: buyer.actorId }, seller.key);
    const args = artifact.runArguments(seller, SHOW);
    args.splice(args.indexOf('--right'), 2, '--token', token);
    const exit = await runGuard(network, args);
    expect([exit.code, toldCode(exit)]).toEqual([REFUSED, 'TOKEN_SUPERSEDED']);
  });

  it.each([
    [
      'the right is revoked',
      (right: string) =>
        client.submitIntent(
          'right.revoke',
          { right_id: right, reason_code: 'license-breach' },
          artifact.maker,
        ),
    ],
    [
      'the right is suspended',
      (right: string) =>
        client.submitIntent(
          'right.suspend',
          { right_id: right, reason_code: 'payment-reversed' },
          artifact.maker,
        ),
    ],
    [
      'the holder is banned',
      (_right: string, actor: string) =>
        client.performAct(
          'revocation.issue',
          {
            entries: [
              { subject_type: 'actor', subject_id: actor, kind: 'hold', reason_code: 'investigation' },
            ],
          },
          fabricIdentity(network, 'op1', 'caadmin'),
        ),
    ],
    [
      'the artifact is held',
      () =>
        client.submitIntent(
          'artifact.revoke',
          { artifact_id: artifact.id, kind: 'hold', reason_code: 'risk-reassessed' },
          artifact.maker,
        ),
    ],
  ])('stops a running command within seconds when %s', async (_name, revoke) => {
    const victim = await artifact.holder();
    const guard = new GuardProcess(network, artifact.runArguments(victim, ENDLESS));
    try {
      await guard.printed('running');
      const sent = Date.now();
      await revoke(victim.rightId, victim.key.actorId);
      const exit = await guard.ended;
      expect(exit.code).toBe(STOPPED);
      expect(exit.at - sent).toBeLessThan(REVOCATION_LIMIT_MS);
    } finally {
      guard.kill();
    }
  });

  it('runs again once the hold is lifted', async () => {
    expect((await run()).code).toBe(REFUSED);
    await client.submitIntent('artifact.release', { artifact_id: artifact.id }, artifact.maker);
    expect((await run()).stdout).toBe(SECRET);
  });
});

function flip(bytes: Buffer, at: number): Buffer {
  const altered = Buffer.from(bytes);
  altered[at] = (altered[at] ?? 0) ^ 1;
  return altered;
}
