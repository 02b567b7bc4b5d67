import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseCertificate, parseCrl } from '@maker-registry/pki';
import {
  eventually,
  fabricIdentity,
  organization,
  registryClient,
  runningNetwork,
} from '@maker-registry/testbed';
import { PUBLICATION_LIMIT_MS, PUBLICATION_SAMPLES } from './limits';
import type { Report } from './measurements';
import { table } from './results';
import { median, percentile } from './statistics';

const SERIAL_BYTES = 15;
const OPERATOR = 'op1';

/** Revokes certificates one by one and takes the time until the operator's delta CRL lists each. */
export async function crlPublication(report: Report): Promise<string[]> {
  const network = runningNetwork();
  const client = registryClient(network);
  const admin = fabricIdentity(network, OPERATOR, 'caadmin');
  const own = readFileSync(network.path(organization(network, OPERATOR).identities['caadmin']?.cert ?? ''));
  const der = Buffer.from(own.toString('latin1').replace(/-----[^-]+-----|\s/g, ''), 'base64');
  const aki = parseCertificate(der).authorityKeyIdentifier?.toString('hex') ?? '';
  const published: number[] = [];
  try {
    for (let sample = 0; sample < PUBLICATION_SAMPLES; sample += 1) {
      // No certificate has it: only the way of the news is measured.
      const serial = `7f${randomBytes(SERIAL_BYTES).toString('hex')}`;
      await client.performAct(
        'certificate.revoke',
        { entries: [{ aki, serial, reason: 'superseded' }] },
        admin,
      );
      const committed = performance.now();
      await eventually('the delta', PUBLICATION_LIMIT_MS, async () =>
        parseCrl(await client.trust.crl({ delta: true })).find(serial),
      );
      published.push(performance.now() - committed);
      report(
        `${sample + 1} of ${PUBLICATION_SAMPLES}: published after ${published.at(-1)?.toFixed(0) ?? ''} ms`,
      );
    }
  } finally {
    client.close();
  }
  return table(
    [`${PUBLICATION_SAMPLES} certificates`, 'median ms', 'p99 ms'],
    [
      [
        'from the gateway saying “committed” to the published delta CRL',
        median(published).toFixed(0),
        percentile(published, 0.99).toFixed(0),
      ],
    ],
  );
}
