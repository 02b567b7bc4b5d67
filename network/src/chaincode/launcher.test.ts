import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch } from './launcher';
import { buildPackage, bundleDigest } from './package';

describe('the launcher', () => {
  const folder = mkdtempSync(join(tmpdir(), 'launcher-'));
  const bundle = join(folder, 'bundle.cjs');
  const status = join(folder, 'status.json');
  const mark = join(folder, 'ran');
  const code = Buffer.from(`require('node:fs').writeFileSync(${JSON.stringify(mark)}, __filename);\n`);
  const packageId = buildPackage('registry', bundleDigest(code)).packageId;
  const statusNow = (): { refused: boolean; bundle_sha256: string; pid: number } =>
    JSON.parse(readFileSync(status, 'utf8')) as { refused: boolean; bundle_sha256: string; pid: number };
  beforeEach(() => {
    rmSync(mark, { force: true });
    writeFileSync(bundle, code);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('runs the bundle of its package', () => {
    launch(bundle, status, packageId);
    expect(readFileSync(mark, 'utf8')).toBe(bundle);
    expect(statusNow()).toMatchObject({
      refused: false,
      bundle_sha256: bundleDigest(code),
      pid: process.pid,
    });
  });

  it('refuses a bundle with one byte more, runs nothing of it and says which it is', () => {
    const altered = Buffer.concat([code, Buffer.from(' ')]);
    writeFileSync(bundle, altered);
    expect(() => {
      launch(bundle, status, packageId);
    }).toThrow('the package asks for');
    expect(() => readFileSync(mark)).toThrow('ENOENT');
    expect(statusNow()).toMatchObject({ refused: true, bundle_sha256: bundleDigest(altered) });
  });

  it.each(['registry_1.0:abc', '', `registry-${'0'.repeat(64)}`])('refuses to serve the package %j', (id) => {
    expect(() => {
      launch(bundle, status, id);
    }).toThrow('the package asks for none');
    expect(() => readFileSync(mark)).toThrow('ENOENT');
  });
});
