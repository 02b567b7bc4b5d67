import { join } from 'node:path';
import type { RegistryClient } from '@maker-registry/sdk';
import {
  fabricIdentity,
  ownSite,
  ProtectedArtifact,
  registryClient,
  runGuard,
  runningNetwork,
  startOperatorSite,
  startTpmSimulator,
  type GuardExit,
  type OperatorSite,
  type TpmSimulator,
} from '@maker-registry/testbed';
import { http } from './support/http';
import { refused } from './support/refused';

const network = runningNetwork();
const SECRET = 'weights of a high-risk model';
const SHOW = ['cat', '{}'];
const REFUSED = 120;

function toldCode(exit: GuardExit): string | undefined {
  return exit.stderr
    .split('\n')
    .flatMap((line) => /"code":"([A-Z0-9_]+)"/.exec(line)?.[1] ?? [])
    .at(-1);
}

describe('a high-risk artifact runs only on an attested machine (TPM: swtpm, a simulator)', () => {
  let client: RegistryClient;
  let artifact: ProtectedArtifact;
  let holder: Awaited<ReturnType<ProtectedArtifact['holder']>>;
  let tpm: TpmSimulator;
  let otherTpm: TpmSimulator;
  /** A high class takes two operators: the network's own, and another that verifies the machine by itself. */
  let second: OperatorSite;
  const environment = (which: TpmSimulator) => ({ TPM2TOOLS_TCTI: which.tcti });

  beforeAll(async () => {
    client = registryClient(network);
    [tpm, otherTpm] = await Promise.all([startTpmSimulator(), startTpmSimulator()]);
    second = await startOperatorSite(network, 'op2', 10_823);
    artifact = await ProtectedArtifact.register(network, client, Buffer.from(SECRET), 'high');
    for (const operator of ['op1', 'op2']) {
      await client.performAct(
        'review.decide',
        { artifact_id: artifact.id, decision: 'approve' },
        fabricIdentity(network, operator, 'reviewer'),
      );
    }
    await artifact.protect([ownSite(network), second]);
    holder = await artifact.holder();
  }, 120_000);
  afterAll(async () => {
    await Promise.all([tpm.stop(), otherTpm.stop(), second.stop()]);
    artifact.dispose();
    client.close();
  }, 30_000);

  const run = (which = tpm, more: readonly string[] = [], state = artifact.state) => {
    const args = artifact.runArguments(holder, SHOW).map((one) => (one === artifact.state ? state : one));
    args.splice(args.indexOf('--json'), 0, ...more);
    return runGuard(network, args, environment(which));
  };

  it('refuses a machine that was never enrolled', async () => {
    await artifact.pin();
    const exit = await run();
    expect(exit.code).toBe(REFUSED);
    expect(exit.stdout).toBe('');
  });

  it.each(['ecc', 'rsa'])('runs on a machine whose %s keys were enrolled', async (kind) => {
    const which = kind === 'ecc' ? tpm : otherTpm;
    const state = join(artifact.folder, `state-${kind}`);
    await artifact.enroll(which.tcti, state, ['--ek', kind, '--ak', kind]);
    const exit = await run(which, [], state);
    expect([exit.stdout, toldCode(exit)]).toEqual([SECRET, undefined]);
  });

  it('refuses a quote over other PCRs than the policy asks for', async () => {
    const exit = await run(tpm, ['--pcrs', '0,1'], join(artifact.folder, 'state-ecc'));
    expect([exit.code, toldCode(exit)]).toEqual([REFUSED, 'QUOTE_PCR_SELECTION']);
  });

  it('refuses the attestation key of one machine on another', async () => {
    const exit = await run(otherTpm, [], join(artifact.folder, 'state-ecc'));
    expect(exit.code).not.toBe(0);
    expect(exit.stdout).toBe('');
  });

  it('refuses a token that is bound to no machine', async () => {
    expect(await refused(client.trust.requestToken(holder.key, holder.rightId))).toMatch(
      /TOKEN_NOT_BOUND|DEVICE_|ATTESTATION_/,
    );
  });

  it('refuses an enrolment that answers with a guessed secret, once and for all', async () => {
    const { json } = await http(network, '/v1/devices/activate', {
      body: JSON.stringify({ enrollment_id: 'ab'.repeat(16), secret: 'cd'.repeat(32) }),
    });
    expect(json['code']).toMatch(/ENROLLMENT_|CHALLENGE_|DEVICE_|NOT_FOUND|SCHEMA_VIOLATION/);
  });

  it('refuses a token for a machine that nobody enrolled', async () => {
    const wish = client.trust.requestToken(holder.key, holder.rightId, { deviceId: 'ab'.repeat(32) });
    expect(await refused(wish)).toBe('DEVICE_UNKNOWN');
  });
});
