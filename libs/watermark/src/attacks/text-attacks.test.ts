import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WatermarkKey } from '../keys/watermark-key';
import { readSchemeDocument } from '../scheme/read-scheme-document';
import { attacksOn } from './attack-table';
import { TEXT_ATTACKS } from './text-attacks';

const SCHEME = join(__dirname, '..', '..', 'schemes', 'text-green-list-v1.json');
const LICENSE = join(__dirname, '..', '..', '..', '..', 'LICENSE');
const KEY = new WatermarkKey(new Uint8Array(32).fill(5));

let folder: string;
let marked: string;
const attacked = async (
  name: string,
  input: string,
  output = join(folder, 'attacked.txt'),
): Promise<string> => {
  await TEXT_ATTACKS.find((attack) => attack.name === name)!.apply(input, output);
  return await readFile(output, 'utf8');
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'text-attacks-'));
  marked = join(folder, 'marked.txt');
  const { document, scheme } = readSchemeDocument(await readFile(SCHEME));
  const task = { document, key: KEY, content: { path: LICENSE }, payload: new Uint8Array(0) };
  await scheme.embed!({ ...task, output: marked });
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('attacks on text', () => {
  it('have names of their own and are in the table', () => {
    expect(new Set(TEXT_ATTACKS.map(({ name }) => name)).size).toBe(TEXT_ATTACKS.length);
    expect(attacksOn('text')).toEqual(TEXT_ATTACKS);
  });

  it.each(TEXT_ATTACKS.map(({ name }) => name))(
    '%s changes the text, and in the same way each time',
    async (name) => {
      const original = await readFile(marked, 'utf8');
      const once = await attacked(name, marked);
      expect(await attacked(name, marked)).toBe(once);
      expect(once).not.toBe(original);
      expect(once.length).toBeGreaterThan(0);
    },
  );

  it.each([
    'substitute-10',
    'delete-10',
    'truncate-50',
    'crlf',
    'wrap-72',
    'double-spaces',
    'no-break-spaces',
    'homoglyphs-all',
    'zero-width-10',
  ])('%s leaves the mark', async (name) => {
    const { document, scheme } = readSchemeDocument(await readFile(SCHEME));
    const content = { bytes: Buffer.from(await attacked(name, marked)) };
    expect(await scheme.detect({ document, key: KEY, content })).toMatchObject({ decision: 'detected' });
  });

  it('leave empty text empty, and refuse what is no text', async () => {
    const input = join(folder, 'input.txt');
    await writeFile(input, '');
    expect(await attacked('substitute-30', input)).toBe('');
    await writeFile(input, Uint8Array.of(0xff, 0xfe));
    await expect(attacked('lower-case', input, join(folder, 'none.txt'))).rejects.toMatchObject({
      code: 'MEDIA_UNREADABLE',
    });
    await expect(attacked('lower-case', join(folder, 'missing.txt'))).rejects.toMatchObject({
      code: 'MEDIA_UNREADABLE',
    });
  });
});
