import { spawn } from 'node:child_process';
import { mkdirSync, openSync, closeSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { eventually } from './eventually';
import { databaseUrl, type RunningNetwork } from './network-file';

const GATEWAY = resolve(__dirname, '..', '..', 'gateway-api/dist/main.js');
/** Three may start at once, on two cores that have a network to run. */
const START_LIMIT_MS = 90_000;

/** Another gateway beside the network's own, of whichever operator. */
export interface ExtraGateway {
  /** The running network, with this gateway in the place of its own. */
  readonly network: RunningNetwork;
  readonly stop: () => Promise<void>;
}

/** Starts a gateway of an operator on a port of its own; `settings` are environment variables of the gateway. */
export async function startGateway(
  network: RunningNetwork,
  operator: string,
  port: number,
  settings: Readonly<Record<string, string>> = {},
): Promise<ExtraGateway> {
  mkdirSync(join(network.folder, 'logs'), { recursive: true });
  const log = openSync(join(network.folder, 'logs', `gateway-${operator}-${port}.log`), 'a');
  const { hsm } = network.file;
  const child = spawn(process.execPath, [GATEWAY], {
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl(network),
      REGISTRY_NETWORK_FILE: join(network.folder, 'network.json'),
      GATEWAY_ORGANIZATION: operator,
      GATEWAY_PORT: String(port),
      SOFTHSM2_CONF: network.path(hsm.conf),
      HSM_MODULE: hsm.module,
      HSM_PIN_FILE: network.path(hsm.pin_file),
      ...settings,
    },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  let ended = false;
  const gone = new Promise<void>((done) => {
    child.once('exit', () => {
      ended = true;
      done();
    });
  });
  const url = `https://127.0.0.1:${port}`;
  await eventually(`the gateway of ${operator} on port ${port}`, START_LIMIT_MS, async () => {
    if (ended) throw new Error('It ended while starting; read its log');
    return (await listens(port)) ? true : undefined;
  });
  const own = network.file.organizations.find(({ name }) => name === operator);
  return {
    network: {
      ...network,
      file: { ...network.file, gateway: { url, tls_ca_cert: own?.peer?.tls_ca_cert ?? '' } },
    },
    stop: async () => {
      child.kill('SIGTERM');
      await gone;
    },
  };
}

function listens(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => {
      done(false);
    });
  });
}
