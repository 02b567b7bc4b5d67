import { randomBytes } from 'node:crypto';
import { GuardProcess, ProtectedArtifact, registryClient, runningNetwork } from '@maker-registry/testbed';
import { REVOCATION_SAMPLES } from './limits';
import type { Report } from './measurements';
import { table } from './results';
import { median, percentile } from './statistics';

const CONTENT_BYTES = 1024 * 1024;
/** A command that runs until it is stopped. */
const ENDLESS = ['sh', '-c', 'echo running; exec sleep 600'];

/** Revokes rights one by one while a command runs under the guard, and takes the time until its process has ended. */
export async function revocationLatency(report: Report): Promise<string[]> {
  const network = runningNetwork();
  const client = registryClient(network);
  const artifact = await ProtectedArtifact.register(network, client, randomBytes(CONTENT_BYTES));
  const sent: number[] = [];
  const committed: number[] = [];
  try {
    await artifact.protect();
    await artifact.pin();
    for (let sample = 0; sample < REVOCATION_SAMPLES; sample += 1) {
      const holder = await artifact.holder();
      const guard = new GuardProcess(network, artifact.runArguments(holder, ENDLESS));
      await guard.printed('running');
      const revoked = Date.now();
      const commit = client
        .submitIntent(
          'right.revoke',
          { right_id: holder.rightId, reason_code: 'license-breach' },
          artifact.maker,
        )
        .then(() => Date.now());
      const [at, exit] = await Promise.all([commit, guard.ended]);
      sent.push(exit.at - revoked);
      committed.push(exit.at - at);
      report(
        `${sample + 1} of ${REVOCATION_SAMPLES}: stopped after ${exit.at - revoked} ms, exit code ${exit.code ?? 'none'}`,
      );
    }
  } finally {
    artifact.dispose();
    client.close();
  }
  const row = (what: string, samples: readonly number[]) => [
    what,
    median(samples).toFixed(0),
    percentile(samples, 0.99).toFixed(0),
  ];
  return table(
    [`${REVOCATION_SAMPLES} revocations`, 'median ms', 'p99 ms'],
    [
      row('from sending the revocation to the process being gone', sent),
      row('from the gateway saying “committed” (negative: gone before)', committed),
    ],
  );
}
