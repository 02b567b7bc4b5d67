import { connect } from 'node:net';
import { join } from 'node:path';
import { CONNECT_LIMIT_MS } from '../limits';
import type { Story } from '../play/story';
import { runOrFail } from './program';

/** Stops the network and all its services, and keeps what they stored. */
export function stopNetwork(story: Story): Promise<void> {
  return command(story, 'down');
}

/** Starts it again as it was. */
export function startNetwork(story: Story): Promise<void> {
  return command(story, 'up');
}

async function command({ root, network }: Story, name: 'down' | 'up'): Promise<void> {
  await runOrFail(process.execPath, [join(root, 'network', 'dist', 'main.js'), name], {
    cwd: root,
    env: { ...process.env, PROFILE: network.profile },
  });
}

/** The network's gateway and peers that take a connection now. */
export async function listening({ network }: Story): Promise<string[]> {
  const peers = network.organizations.flatMap(({ peer }) => (peer === undefined ? [] : [peer.endpoint]));
  const endpoints = [new URL(network.gateway.url).host, ...peers];
  const answers = await Promise.all(endpoints.map(takesConnections));
  return endpoints.filter((_endpoint, index) => answers[index]);
}

function takesConnections(endpoint: string): Promise<boolean> {
  const { hostname, port } = new URL(`tcp://${endpoint}`);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), timeout: CONNECT_LIMIT_MS });
    const end = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false));
  });
}
