import { createHash } from 'node:crypto';
import { artifactId, type IntentBodies, licenseId, type LicenseTerms } from '@maker-registry/protocol';
import type { RegistryClient } from '@maker-registry/sdk';
import {
  intentCall,
  LedgerActor,
  submit,
  type FabricClient,
  type RunningNetwork,
} from '@maker-registry/testbed';

/** Submits one prepared transaction and waits until it is committed. */
export type Job = () => Promise<void>;

/** One contestant, and how a round's transactions are made and signed before the clock starts. */
export interface PreparedLoad {
  readonly label: string;
  readonly prepare: (count: number, run: string) => Promise<Job[]>;
  /** Transactions of a round, where a transaction is so large that fewer do. */
  readonly transactions?: number;
}

/** The ways to the ledger that are measured: straight to a peer, and through the REST gateway. */
export interface Ways {
  readonly client: FabricClient;
  /** Several, for one client keeps only so many connections. */
  readonly registries: readonly RegistryClient[];
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

const VERSION = '1.0.0';

/** Label of the load that registers artifacts. */
export const REGISTERING = 'signed artifact.register';

/** Plain creation first: everything else is measured against it. */
export async function workloads(network: RunningNetwork, ways: Ways): Promise<PreparedLoad[]> {
  const { client, registries } = ways;
  const maker = new LedgerActor(network);
  await maker.register(client);
  const license = licenseId(maker.id, TERMS);
  await maker.act(client, 'license.define', { name: 'Bench license', terms: TERMS });
  const first = `bench-${maker.id.slice(0, 8)}`;
  await maker.act(client, 'artifact.register', artifactBody(first, license));
  const right = rightBody(artifactId(maker.id, first, VERSION), license, maker.id);
  const registering = (run: string, n: number) =>
    maker.intent('artifact.register', artifactBody(`bench-${run}-${n}`, license));
  return [
    {
      label: 'plain asset-create',
      prepare: (count, run) => jobs(count, (n) => plainCreate(client, `${run}-${n}`)),
    },
    {
      label: REGISTERING,
      prepare: (count, run) =>
        jobs(count, async (n) => {
          const call = intentCall(network, 'artifact.register', await registering(`direct-${run}`, n));
          return () => submit(client, call);
        }),
    },
    {
      label: 'signed right.issue',
      prepare: (count) =>
        jobs(count, async () => {
          const call = await maker.call('right.issue', right);
          return () => submit(client, call);
        }),
    },
    {
      label: 'signed artifact.register through REST',
      prepare: (count, run) =>
        jobs(count, async (n) => {
          const envelope = await registering(`rest-${run}`, n);
          return async () => {
            await registries[n % registries.length]?.submitEnvelope(envelope);
          };
        }),
    },
  ];
}

/** Prepares a round's transactions, all signed before the clock starts. */
export function jobs(count: number, make: (n: number) => Promise<Job>): Promise<Job[]> {
  return Promise.all(Array.from({ length: count }, (_, n) => make(n)));
}

/** The least that a registry could do: read one key, write one key. */
export function plainCreate(client: FabricClient, id: string): Promise<Job> {
  const call = {
    chaincode: 'assets',
    contract: 'assets',
    function: 'Create',
    args: [id, 'blue', '5', 'alice'],
  };
  return Promise.resolve(() => submit(client, call));
}

function rightBody(artifact: string, license: string, holder: string): IntentBodies['right.issue'] {
  return {
    artifact_id: artifact,
    license_id: license,
    holder,
    actions: ['execute'],
    purpose: 'research',
    limits: {},
  };
}

function artifactBody(name: string, license: string): IntentBodies['artifact.register'] {
  return {
    kind: 'library',
    name,
    version: VERSION,
    root_digest: createHash('sha256').update(name).digest('hex'),
    parents: [],
    license_id: license,
    risk: { class: 'low', domains: [], declaration: 'Made for a measurement.' },
  };
}
