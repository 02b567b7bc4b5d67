import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { RegistryClient } from '@maker-registry/sdk';
import { GATEWAY_START_MS } from '../limits';
import type { OrganizationEntry } from '../play/network';
import type { OperatorDesk, Story } from '../play/story';
import { stopProcess } from './program';
import { until } from './until';

/** Ports of the further gateways, beside those of the network. */
const FIRST_PORT = 10_830;
const POLL_MS = 100;

/**
 * Starts the gateway of another operator with its own key store, for the time of the demonstration. On one machine it
 * reads the first operator's mirror; an operator in service runs its own.
 */
export async function startOperatorGateway(
  story: Story,
  operator: OrganizationEntry,
  index: number,
): Promise<OperatorDesk> {
  const { network, root, folder } = story;
  const port = FIRST_PORT + index;
  mkdirSync(folder, { recursive: true });
  const log = openSync(join(folder, `gateway-${operator.name}.log`), 'a');
  const child = spawn(process.execPath, [join(root, 'gateway-api', 'dist', 'main.js')], {
    env: {
      ...process.env,
      DATABASE_URL: process.env['DATABASE_URL'] ?? network.postgres.url,
      REGISTRY_NETWORK_FILE: join(root, '.run', 'network.json'),
      GATEWAY_ORGANIZATION: operator.name,
      GATEWAY_PORT: String(port),
      DEVICE_TRUST: 'development',
      SOFTHSM2_CONF: resolve(root, network.hsm.conf),
      HSM_MODULE: network.hsm.module,
      HSM_PIN_FILE: resolve(root, network.hsm.pin_file),
    },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  story.closers.add(() => stopProcess(child));
  let isUp = false;
  const knocking = setInterval(() => {
    const socket = connect(port, '127.0.0.1');
    socket
      .once('error', () => undefined)
      .once('connect', () => {
        isUp = true;
        socket.destroy();
      });
  }, POLL_MS);
  try {
    await until(`the start of ${operator.name}'s gateway`, GATEWAY_START_MS, () => {
      if (child.exitCode !== null)
        throw new Error(`The gateway of ${operator.name} ended; see its log in ${folder}`);
      return isUp ? true : undefined;
    });
  } finally {
    clearInterval(knocking);
  }
  return openDesk(story, operator.msp_id, `https://127.0.0.1:${port}`, operator.tls_ca_cert);
}

/** The desk of an operator whose gateway runs. */
export function openDesk(story: Story, mspId: string, url: string, caFile: string): OperatorDesk {
  const ca = resolve(story.root, caFile);
  const client = new RegistryClient({
    baseUrl: url,
    ca: readFileSync(ca),
    network: story.network.genesis_hash,
  });
  story.closers.add(() => {
    client.close();
  });
  return { mspId, url, ca, client };
}
