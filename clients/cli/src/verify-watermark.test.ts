import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { type ParamsDocument } from '@maker-registry/protocol';
import { MODEL, recordedContent } from './testing/recorded-content';
import { type RegistryRun, runRegistry as run } from './testing/run-registry';
import { tensorFile } from './testing/tensor-file';
import { Workplace } from './testing/workplace';

const NONCE = '0123456789abcdef'.repeat(4);

let work: Workplace;
let bundle: string;

/** A model's weights, marked and recorded. */
beforeAll(async () => {
  work = new Workplace();
  writeFileSync(work.at('plain.safetensors'), tensorFile('weights'));
  for (const key of ['mark.key', 'other.key']) await run('watermark', 'key', '--out', work.at(key));
  const key = ['--key', work.at('mark.key')];
  const from = ['--from', 'weights-projection-v1', '--scheme-id', 'mine-1', '--out', work.at('P.json')];
  await run('watermark', 'scheme', ...from, ...key);
  const files = ['--in', work.at('plain.safetensors'), '--out', work.at('marked.safetensors')];
  await run('watermark', 'embed', '--scheme', work.at('P.json'), ...key, '--nonce', NONCE, ...files);
  const document = JSON.parse(readFileSync(work.at('P.json'), 'utf8')) as ParamsDocument;
  bundle = await recordedContent(work, { file: work.at('marked.safetensors'), document, nonce: NONCE });
});
afterAll(() => {
  work.remove();
});

const verify = (file: string, ...more: string[]): Promise<RegistryRun> =>
  run('verify', work.at(file), '--bundle', bundle, ...more);
const withKey = (name = 'mark.key'): string[] => ['--watermark-key', work.at(name)];

/** The marked file with every weight changed a little: no hash is left, the mark is. */
function changed(): string {
  const bytes = Buffer.from(readFileSync(work.at('marked.safetensors')));
  for (let at = 136; at < bytes.length; at += 4) bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  writeFileSync(work.at('changed.safetensors'), bytes);
  return 'changed.safetensors';
}

describe('registry verify with a watermark key', () => {
  it('is VALID for the recorded bytes, whichever of several keys is the one', async () => {
    for (const keys of [withKey(), [...withKey('other.key'), ...withKey()]]) {
      const { code, out } = await verify('marked.safetensors', ...keys);
      expect([code, out['status'], out['found_by']]).toEqual([0, 'VALID', 'content-hash']);
      expect(out['detection']).toMatchObject({ decision: 'detected', payload: NONCE.slice(0, 16) });
    }
  });

  it('finds the record of changed bytes by the payload', async () => {
    const { out } = await verify(changed(), ...withKey());
    expect([out['status'], out['found_by']]).toEqual(['VALID', 'payload']);
    const codes = (out['checks'] as readonly { code: string }[]).map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(['content.differs', 'detection.found']));
  });

  it.each([
    ['no key', [], 'detection.unsupported'],
    ['another key', ['other.key'], 'detection.broken'],
  ])('is INCONCLUSIVE with %s', async (_what, keys, check) => {
    const { code, out } = await verify('marked.safetensors', ...keys.flatMap((name) => withKey(name)));
    expect([code, out['status']]).toEqual([1, 'INCONCLUSIVE']);
    expect(out['checks']).toContainEqual(expect.objectContaining({ code: check }));
  });

  it('is INCONCLUSIVE where content is said to be a record’s and carries no mark', async () => {
    const hash = createHash('sha256')
      .update(readFileSync(work.at('marked.safetensors')))
      .digest('hex');
    const claimed = ['--model', MODEL, '--content', hash];
    const { out } = await verify('plain.safetensors', ...claimed, ...withKey());
    expect(out['status']).toBe('INCONCLUSIVE');
    expect(out['checks']).toContainEqual(expect.objectContaining({ code: 'detection.below-threshold' }));
  });

  it('does not find content without a mark', async () => {
    expect((await verify('plain.safetensors', ...withKey())).out['status']).toBe('NOT_FOUND');
  });

  it('refuses a key that is none', async () => {
    work.file('short.key', 'abc');
    expect((await verify('marked.safetensors', ...withKey('short.key'))).error['code']).toBe('KEY_MALFORMED');
  });
});

describe('registry verify of a film whose pictures were replaced', () => {
  const ffmpeg = (...args: readonly string[]): Buffer =>
    execFileSync('ffmpeg', ['-v', 'error', '-y', '-bitexact', ...args]);
  const short = ['-t', '20', '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];

  it('is TAMPER_SUSPECT, since its sound still carries the mark', async () => {
    const place = new Workplace();
    try {
      const sound = 'anoisesrc=color=pink:seed=1:sample_rate=44100:amplitude=0.5';
      const pictures = (seed: number): string =>
        `testsrc2=size=480x360:rate=4,noise=alls=30:all_seed=${seed}`;
      const both = ['-f', 'lavfi', '-i', pictures(1), '-f', 'lavfi', '-i', sound];
      ffmpeg(...both, ...short, '-c:a', 'aac', '-b:a', '192k', place.at('plain.mp4'));
      const key = ['--key', work.at('mark.key')];
      const from = ['--from', 'video-fourier-audio-v1', '--scheme-id', 'film-1', '--out', place.at('F.json')];
      await run('watermark', 'scheme', ...from, ...key);
      const files = ['--in', place.at('plain.mp4'), '--out', place.at('marked.mp4')];
      await run('watermark', 'embed', '--scheme', place.at('F.json'), ...key, '--nonce', NONCE, ...files);
      const document = JSON.parse(readFileSync(place.at('F.json'), 'utf8')) as ParamsDocument;
      const file = place.at('marked.mp4');
      const own = ['--bundle', await recordedContent(place, { file, document, nonce: NONCE }), ...withKey()];
      expect((await run('verify', file, ...own)).out['status']).toBe('VALID');

      const streams = ['-map', '1:v', '-map', '0:a', '-c:a', 'copy'];
      ffmpeg('-i', file, '-f', 'lavfi', '-i', pictures(2), ...streams, ...short, place.at('other.mp4'));
      const hash = createHash('sha256').update(readFileSync(file)).digest('hex');
      const claimed = ['--model', MODEL, '--content', hash, ...own];
      const { code, out } = await run('verify', place.at('other.mp4'), ...claimed);
      expect([code, out['status']]).toEqual([1, 'TAMPER_SUSPECT']);
      expect(JSON.stringify(out['checks'])).toContain('Found at: audio');
    } finally {
      place.remove();
    }
  }, 60_000);
});

describe('registry verify of a mark that is no evidence', () => {
  it('is INCONCLUSIVE for a template, for which anybody could have made the mark', async () => {
    const key = ['--key', work.at('mark.key')];
    const template = {
      ...(JSON.parse(readFileSync(work.at('P.json'), 'utf8')) as ParamsDocument),
      key_commitment: '0'.repeat(64),
    };
    work.file('T.json', template);
    const files = ['--in', work.at('plain.safetensors'), '--out', work.at('template.safetensors')];
    await run('watermark', 'embed', '--scheme', work.at('T.json'), ...key, '--nonce', NONCE, ...files);
    const other = new Workplace();
    try {
      const file = work.at('template.safetensors');
      const own = await recordedContent(other, { file, document: template, nonce: NONCE });
      const { out } = await run('verify', file, '--bundle', own, ...withKey());
      expect(out['status']).toBe('INCONCLUSIVE');
      expect(JSON.stringify(out['checks'])).toContain('commits to no key');
    } finally {
      other.remove();
    }
  });

  it('is INCONCLUSIVE for a metadata layer, also over the very bytes that were recorded', async () => {
    const place = new Workplace();
    try {
      place.file('text.txt', 'A short text, as somebody wrote it.\n');
      const key = ['--key', work.at('mark.key')];
      const from = [
        '--from',
        'text-unicode-metadata-v1',
        '--scheme-id',
        'layer-1',
        '--out',
        place.at('U.json'),
      ];
      await run('watermark', 'scheme', ...from, ...key);
      const scheme = ['--scheme', place.at('U.json'), ...key];
      const [file, copy] = [place.at('layered.txt'), place.at('copy.txt')];
      await run(
        'watermark',
        'embed',
        ...scheme,
        '--nonce',
        NONCE,
        '--in',
        place.at('text.txt'),
        '--out',
        file,
      );
      const detected = await run('watermark', 'detect', ...scheme, '--in', file);
      expect(detected.out).toMatchObject({ decision: 'detected', robust: false });
      const document = JSON.parse(readFileSync(place.at('U.json'), 'utf8')) as ParamsDocument;
      const own = ['--bundle', await recordedContent(place, { file, document, nonce: NONCE }), ...withKey()];
      const { out } = await run('verify', file, ...own);
      expect([out['status'], out['detection']]).toEqual(['INCONCLUSIVE', null]);
      expect(JSON.stringify(out['checks'])).toContain('metadata layer');
      // Whoever copies the layer into another text leads nobody to the record.
      writeFileSync(copy, `Something else altogether. ${readFileSync(file, 'utf8')}`);
      expect((await run('verify', copy, ...own)).out).toMatchObject({ status: 'NOT_FOUND', found_by: null });
    } finally {
      place.remove();
    }
  });
});
