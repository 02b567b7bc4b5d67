import { readFileSync, writeFileSync } from 'node:fs';
import { type ParamsDocument } from '@maker-registry/protocol';
import { attacksOn } from '@maker-registry/watermark';
import { pictureFile } from './testing/picture-file';
import { recordedContent } from './testing/recorded-content';
import { runRegistry as run } from './testing/run-registry';
import { Workplace } from './testing/workplace';

const NONCE = 'fedcba9876543210'.repeat(4);
/** A machine that is busy with other tests takes its time. */
const PATIENCE_MS = 60_000;

let work: Workplace;
beforeAll(() => {
  work = new Workplace();
  writeFileSync(work.at('picture.png'), pictureFile('seascape'));
});
afterAll(() => {
  work.remove();
});

describe('a picture that somebody posted', () => {
  it(
    'leads to its record when it comes back as a JPEG that is smaller',
    async () => {
      await run('watermark', 'key', '--out', work.at('mark.key'));
      const key = ['--key', work.at('mark.key')];
      const scheme = ['--from', 'image-fourier-1', '--scheme-id', 'mine-1', '--out', work.at('P.json')];
      await run('watermark', 'scheme', ...scheme, ...key);
      const files = ['--in', work.at('picture.png'), '--out', work.at('marked.png')];
      const marked = await run(
        'watermark',
        'embed',
        '--scheme',
        work.at('P.json'),
        ...key,
        '--nonce',
        NONCE,
        ...files,
      );
      expect(marked.out['psnr']).toBeGreaterThan(38);
      const document = JSON.parse(readFileSync(work.at('P.json'), 'utf8')) as ParamsDocument;
      const bundle = await recordedContent(work, { file: work.at('marked.png'), document, nonce: NONCE });
      const post = attacksOn('image').find(({ name }) => name === 'jpeg-75-resize-75');
      await post?.apply(work.at('marked.png'), work.at('posted.jpg'));
      const given = ['--bundle', bundle, '--watermark-key', work.at('mark.key')];
      const { code, out } = await run('verify', work.at('posted.jpg'), ...given);
      expect([code, out['status'], out['found_by']]).toEqual([0, 'VALID', 'payload']);
      expect(out['detection']).toMatchObject({ payload: NONCE.slice(0, 16), payload_bits: 64 });
    },
    PATIENCE_MS,
  );
});
