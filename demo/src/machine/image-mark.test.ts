import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watermarkOutput } from '@maker-registry/guard';
import { detectorsFor, WatermarkKey } from '@maker-registry/watermark';
import { newImageMark, repost } from './image-mark';
import { painting } from './painting';

const CONTEXT = { signal: new AbortController().signal };

describe('the demonstration’s picture', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'demo-picture-'));
    writeFileSync(join(folder, 'unmarked.png'), painting('test'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const at = (name: string): string => join(folder, name);

  it('follows from its name', () => {
    expect(painting('test', 64).equals(painting('test', 64))).toBe(true);
    expect(painting('another', 64).equals(painting('test', 64))).toBe(false);
  });

  it('carries the leading bits of a nonce, also after it was reposted', async () => {
    const mark = await newImageMark('demo-marks-1');
    const { nonce, payload } = await watermarkOutput(mark, at('unmarked.png'), at('marked.png'));
    await repost(at('marked.png'), at('reposted.jpg'));
    const detector = detectorsFor([mark.key]).find(({ name }) => name === mark.scheme.name);
    for (const file of ['marked.png', 'reposted.jpg']) {
      const outcome = await detector?.detect(readFileSync(at(file)), mark.document, CONTEXT);
      expect(outcome).toMatchObject({ decision: 'detected', payload, payload_bits: 64 });
    }
    expect(nonce.startsWith(payload)).toBe(true);
    const unmarked = await detector?.detect(readFileSync(at('unmarked.png')), mark.document, CONTEXT);
    expect(unmarked?.decision).toBe('not-detected');
  }, 60_000);

  it('has a key that nobody else has', async () => {
    const [first, second] = [await newImageMark('demo-marks-1'), await newImageMark('demo-marks-1')];
    expect(first.document.key_commitment).not.toBe(second.document.key_commitment);
    expect(first.document.key_commitment).not.toBe(new WatermarkKey(new Uint8Array(32)).commitment());
  });
});
