import { createHash } from 'node:crypto';
import { artifactId, licenseId, type LicenseTerms } from '@maker-registry/protocol';
import {
  LedgerActor,
  type FabricClient,
  type ContractCall,
  type RunningNetwork,
} from '@maker-registry/testbed';

/** One contestant, and how a round's calls are made before the clock starts. */
export interface PreparedLoad {
  readonly label: string;
  readonly prepare: (count: number, run: string) => Promise<ContractCall[]>;
}

/** The terms of the license that the rights of a round are issued under. */
const TERMS: LicenseTerms = {
  actions: ['execute', 'resell'],
  purposes: ['research', 'deployment'],
  limits: {},
  transfer: { resale: true, gift: true, bequest: true },
  resale_royalty_bps: 500,
  obligations: ['attribution'],
};

/** Label of the load that registers artifacts. */
export const REGISTERING = 'signed artifact.register';

const PLAIN: PreparedLoad = {
  label: 'plain asset-create',
  prepare: (count, run) =>
    Promise.resolve(
      numbered(count).map((n) => ({
        chaincode: 'assets',
        contract: 'assets',
        function: 'Create',
        args: [`${run}-${n}`, 'blue', '5', 'alice'],
      })),
    ),
};

/** Plain creation first: everything else is measured against it. */
export async function workloads(network: RunningNetwork, client: FabricClient): Promise<PreparedLoad[]> {
  const maker = new LedgerActor(network);
  await maker.register(client);
  const license = licenseId(maker.id, TERMS);
  await maker.act(client, 'license.define', { name: 'Bench license', terms: TERMS });
  const artifact = { name: `bench-${maker.id.slice(0, 8)}`, version: '1.0.0' };
  await maker.act(client, 'artifact.register', artifactBody(artifact.name, artifact.version, license));
  const target = artifactId(maker.id, artifact.name, artifact.version);
  return [
    PLAIN,
    {
      label: REGISTERING,
      prepare: (count, run) =>
        signed(count, (n) =>
          maker.call('artifact.register', artifactBody(`bench-${run}-${n}`, '1.0.0', license)),
        ),
    },
    {
      label: 'signed right.issue',
      prepare: (count) =>
        signed(count, () =>
          maker.call('right.issue', {
            artifact_id: target,
            license_id: license,
            holder: maker.id,
            actions: ['execute'],
            purpose: 'research',
            limits: {},
          }),
        ),
    },
  ];
}

function artifactBody(name: string, version: string, license: string) {
  return {
    kind: 'library' as const,
    name,
    version,
    root_digest: createHash('sha256').update(name).digest('hex'),
    parents: [],
    license_id: license,
    risk: { class: 'low' as const, domains: [], declaration: 'Made for a measurement.' },
  };
}

function signed(count: number, make: (n: number) => Promise<ContractCall>): Promise<ContractCall[]> {
  return Promise.all(numbered(count).map(make));
}

function numbered(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
