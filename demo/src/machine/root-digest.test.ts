import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootDigest } from './root-digest';

const digest = (data: string | Buffer): Buffer => createHash('sha256').update(data).digest();

describe('rootDigest', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'root-digest-'));
    mkdirSync(join(folder, 'a'));
    writeFileSync(join(folder, 'b.txt'), 'second');
    writeFileSync(join(folder, 'a', 'z.txt'), 'first');
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('hashes the digests of the files in the order of their paths', async () => {
    const expected = digest(Buffer.concat([digest('first'), digest('second')])).toString('hex');
    expect(await rootDigest(folder)).toBe(expected);
  });

  it('leaves out git files at the top only', async () => {
    const before = await rootDigest(folder);
    writeFileSync(join(folder, '.gitattributes'), 'x');
    expect(await rootDigest(folder)).toBe(before);
    writeFileSync(join(folder, 'a', '.gitattributes'), 'x');
    expect(await rootDigest(folder)).not.toBe(before);
  });

  it('changes with a single byte', async () => {
    const before = await rootDigest(folder);
    writeFileSync(join(folder, 'b.txt'), 'Second');
    expect(await rootDigest(folder)).not.toBe(before);
  });
});
