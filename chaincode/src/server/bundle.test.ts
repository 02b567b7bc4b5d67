import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Bundles are built and processes started; a busy machine takes its time. */
jest.setTimeout(60_000);

const ROOM = join(__dirname, '..', '..');

describe('the bundle', () => {
  let folder: string;
  let bundle: string;

  const build = (output: string, cwd: string): string => {
    execFileSync(process.execPath, [join(ROOM, 'scripts', 'bundle.mjs'), output], { cwd });
    return createHash('sha256').update(readFileSync(output)).digest('hex');
  };
  const start = (environment: Record<string, string>) =>
    spawnSync(process.execPath, [bundle], {
      cwd: folder,
      env: environment,
      encoding: 'utf8',
      timeout: 20_000,
    });

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bundle-'));
    bundle = join(folder, 'bundle.cjs');
    build(bundle, ROOM);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('has the same bytes wherever the builder stands', () => {
    const again = build(join(folder, 'again.cjs'), folder);
    expect(again).toBe(createHash('sha256').update(readFileSync(bundle)).digest('hex'));
  });

  it('names no folder of the builder', () => {
    expect(readFileSync(bundle, 'utf8')).not.toContain(join(ROOM, '..'));
  });

  it('runs without node_modules, and says which setting is missing', () => {
    const { status, stderr } = start({});
    expect(status).toBe(1);
    expect(stderr).toContain('CHAINCODE_SERVER_ADDRESS is not set');
  });

  it('does not start with a key that is none', () => {
    const file = join(folder, 'garbage.pem');
    writeFileSync(file, 'garbage');
    const { status, stderr } = start({
      CHAINCODE_SERVER_ADDRESS: '127.0.0.1:0',
      CHAINCODE_ID: 'registry:00',
      CHAINCODE_TLS_KEY_FILE: file,
      CHAINCODE_TLS_CERT_FILE: file,
      CHAINCODE_TLS_CLIENT_CACERT_FILE: file,
    });
    expect(status).toBe(1);
    expect(stderr).toContain('cannot start');
  });
});
