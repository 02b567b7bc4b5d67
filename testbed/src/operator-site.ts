import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { RegistryClient } from '@maker-registry/sdk';
import { Client } from 'pg';
import { eventually } from './eventually';
import { startGateway, type ExtraGateway } from './extra-gateway';
import { databaseUrl, organization, type RunningNetwork } from './network-file';
import { registryClient } from './registry-client';

const MIRROR = resolve(__dirname, '..', '..', 'mirror/dist/main.js');
const CATCH_UP_LIMIT_MS = 60_000;
const DATABASE_NAME = /^[a-z0-9_]+$/;

/**
 * One operator with everything of its own: database, mirror of its own peer, HSM token, gateway. What it releases it has
 * verified by nothing that belongs to another.
 */
export interface OperatorSite {
  readonly mspId: string;
  /** The running network, with this operator's gateway in the place of its own. */
  readonly network: RunningNetwork;
  readonly client: RegistryClient;
  readonly databaseUrl: string;
  /** Ends the gateway alone: the operator is out of reach. */
  readonly stopGateway: () => Promise<void>;
  readonly startGateway: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** The operator that the running network serves itself. */
export function ownSite(network: RunningNetwork, name = 'op1'): OperatorSite {
  const client = registryClient(network);
  const notOurs = (): Promise<void> =>
    Promise.reject(new Error('The network’s own gateway is not ours to stop'));
  return {
    mspId: organization(network, name).msp_id,
    network,
    client,
    databaseUrl: databaseUrl(network),
    stopGateway: notOurs,
    startGateway: notOurs,
    stop: () => {
      client.close();
      return Promise.resolve();
    },
  };
}

/** Starts a site of an operator; its gateway listens at `port`. `settings` are environment variables of the gateway. */
export async function startOperatorSite(
  network: RunningNetwork,
  name: string,
  port: number,
  settings: Readonly<Record<string, string>> = {},
): Promise<OperatorSite> {
  const database = await freshDatabase(network, `registry_site_${name}`);
  const mirror = startMirror(network, name, database.url);
  const environment = { DATABASE_URL: database.url, DEVICE_TRUST: 'development', ...settings };
  let gateway: ExtraGateway | undefined;
  const stopGateway = async (): Promise<void> => {
    await gateway?.stop();
    gateway = undefined;
  };
  const startOwnGateway = async (): Promise<ExtraGateway> =>
    (gateway ??= await startGateway(network, name, port, environment));
  const stopAll = async (): Promise<void> => {
    await stopGateway();
    await ended(mirror);
    await database.drop();
  };
  try {
    await caughtUp(network, database.url);
    const started = await startOwnGateway();
    const client = registryClient(started.network);
    return {
      mspId: organization(network, name).msp_id,
      network: started.network,
      client,
      databaseUrl: database.url,
      stopGateway,
      startGateway: async () => {
        await startOwnGateway();
      },
      stop: async () => {
        client.close();
        await stopAll();
      },
    };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

/** Starts sites by name and port; when one of them does not start, the others end too. */
export async function startOperatorSites(
  network: RunningNetwork,
  ports: Readonly<Record<string, number>>,
): Promise<OperatorSite[]> {
  const starts = Object.entries(ports).map(([name, port]) => startOperatorSite(network, name, port));
  const outcomes = await Promise.allSettled(starts);
  const sites = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = outcomes.find((one) => one.status === 'rejected');
  if (failed === undefined) return sites;
  await Promise.all(sites.map((site) => site.stop()));
  throw failed.reason;
}

/** An empty database beside the network's own. */
async function freshDatabase(
  network: RunningNetwork,
  name: string,
): Promise<{ readonly url: string; readonly drop: () => Promise<void> }> {
  if (!DATABASE_NAME.test(name)) throw new Error(`${name} is no name for a database`);
  const url = new URL(databaseUrl(network));
  const drop = async (): Promise<void> => {
    await administer(url.href, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  };
  await drop();
  await administer(url.href, `CREATE DATABASE ${name}`);
  const own = new URL(url.href);
  own.pathname = `/${name}`;
  return { url: own.href, drop };
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new Client(url);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function startMirror(network: RunningNetwork, name: string, url: string): ChildProcess {
  mkdirSync(join(network.folder, 'logs'), { recursive: true });
  const log = openSync(join(network.folder, 'logs', `mirror-${name}.log`), 'a');
  const child = spawn(process.execPath, [MIRROR, 'follow'], {
    env: {
      ...process.env,
      DATABASE_URL: url,
      REGISTRY_NETWORK_FILE: join(network.folder, 'network.json'),
      MIRROR_ORGANIZATION: name,
      MIRROR_OPERATIONS_PORT: '0',
    },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  return child;
}

/** Waits until the site's tables are as far as the network's own. */
async function caughtUp(network: RunningNetwork, url: string): Promise<void> {
  const target = await heightIn(databaseUrl(network));
  await eventually('the mirror of the site', CATCH_UP_LIMIT_MS, async () => {
    const height = await heightIn(url).catch(() => -1);
    return height >= target ? true : undefined;
  });
}

async function heightIn(url: string): Promise<number> {
  const client = new Client(url);
  await client.connect();
  try {
    const { rows } = await client.query<{ height: string }>('SELECT height FROM registry.head');
    return Number(rows[0]?.height ?? -1);
  } finally {
    await client.end();
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((done) => {
    child.once('exit', () => {
      done();
    });
  });
  child.kill('SIGTERM');
  await gone;
}
