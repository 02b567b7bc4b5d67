import { createHash } from 'node:crypto';
import { artifactId, licenseId, type LicenseTerms } from '@maker-registry/protocol';
import {
  LedgerActor,
  type FabricClient,
  type IntentCall,
  type RunningNetwork,
} from '@maker-registry/testbed';

export interface Call {
  readonly name: string;
  readonly args: string[];
}

/** One contestant: where its calls go, and how a round's calls are made before the clock starts. */
export interface PreparedLoad {
  readonly label: string;
  readonly chaincode: string;
  readonly contract: string;
  readonly prepare: (count: number, run: string) => Promise<Call[]>;
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

const PLAIN: PreparedLoad = {
  label: 'plain asset-create',
  chaincode: 'assets',
  contract: 'assets',
  prepare: (count, run) =>
    Promise.resolve(
      numbered(count).map((n) => ({ name: 'Create', args: [`${run}-${n}`, 'blue', '5', 'alice'] })),
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
      ...registry(network, 'artifacts', 'signed artifact.register'),
      prepare: (count, run) =>
        signed(count, (n) =>
          maker.call('artifact.register', artifactBody(`bench-${run}-${n}`, '1.0.0', license)),
        ),
    },
    {
      ...registry(network, 'rights', 'signed right.issue'),
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

function registry(network: RunningNetwork, contract: string, label: string): Omit<PreparedLoad, 'prepare'> {
  return { label, chaincode: network.file.chaincode, contract };
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

async function signed(count: number, make: (n: number) => Promise<IntentCall>): Promise<Call[]> {
  const calls = await Promise.all(numbered(count).map(make));
  return calls.map((call) => ({ name: call.function, args: [call.argument] }));
}

function numbered(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
