import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { gzipStored, tar } from './archive';
import { buildPackage, bundleDigest, digestOfPackageId } from './package';

const DIGEST = bundleDigest(Buffer.from('code'));

describe('chaincode packages', () => {
  it('have one id for one bundle, on every machine', () => {
    expect(buildPackage('registry', DIGEST).packageId).toBe(buildPackage('registry', DIGEST).packageId);
    // Pinned: a change of this id means that operators with different versions of this room disagree on it.
    expect(buildPackage('registry', DIGEST).packageId).toBe(
      `registry-${DIGEST}:19b7626491c59eb38483e8d6c43ad7e3b85b9d874dde5f61053dc7a734579b5a`,
    );
  });

  it('have another id for another bundle', () => {
    const other = bundleDigest(Buffer.from('code '));
    expect(buildPackage('registry', other).packageId).not.toBe(buildPackage('registry', DIGEST).packageId);
  });

  it('can be read by tar, and name the bundle inside too', () => {
    const folder = mkdtempSync(join(tmpdir(), 'package-'));
    try {
      writeFileSync(join(folder, 'p.tar.gz'), buildPackage('registry', DIGEST).bytes);
      execFileSync('tar', ['-xzf', 'p.tar.gz'], { cwd: folder });
      execFileSync('tar', ['-xzf', 'code.tar.gz'], { cwd: folder });
      expect(JSON.parse(readFileSync(join(folder, 'metadata.json'), 'utf8'))).toEqual({
        type: 'registry-ccaas',
        label: `registry-${DIGEST}`,
      });
      expect(JSON.parse(readFileSync(join(folder, 'bundle.json'), 'utf8'))).toEqual({
        bundle_sha256: DIGEST,
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each([
    '',
    'registry',
    `registry-${DIGEST}`,
    `registry-${DIGEST}:abc`,
    `registry-${DIGEST.slice(1)}:${DIGEST}`,
    `registry_1.0:${DIGEST}`,
    `registry-${DIGEST}:${DIGEST}:x`,
  ])('are not meant by %j', (id) => {
    expect(digestOfPackageId(id)).toBeUndefined();
  });

  it('tell the digest in their id', () => {
    expect(digestOfPackageId(buildPackage('registry', DIGEST).packageId)).toBe(DIGEST);
  });
});

describe('archives', () => {
  it('are gzip to zlib', () => {
    const content = Buffer.from('some bytes');
    expect(gunzipSync(gzipStored(content))).toEqual(content);
  });

  it('hold no time and no owner', () => {
    const header = tar([{ name: 'a', content: Buffer.from('x') }]).subarray(0, 512);
    expect(header.subarray(136, 147).toString()).toBe('0'.repeat(11));
    expect(header.subarray(108, 123).toString().replaceAll('\0', '')).toBe('0'.repeat(14));
  });

  it('refuse more than a stored block holds', () => {
    expect(() => gzipStored(Buffer.alloc(65_536))).toThrow(RangeError);
  });
});
