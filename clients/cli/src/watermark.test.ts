import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { NO_KEY_COMMITMENT, SCHEMES, WatermarkKey } from '@maker-registry/watermark';
import { type RegistryRun, runRegistry as run } from './testing/run-registry';
import { tensorFile } from './testing/tensor-file';
import { Workplace } from './testing/workplace';

const PAYLOAD = '0123456789abcdef';
const DOCS = join(__dirname, '..', '..', '..', 'docs');
const READY_MADE = 'weights-projection-v1';

const CONTENT = tensorFile('weights');

let work: Workplace;
beforeEach(async () => {
  work = new Workplace();
  await run('watermark', 'key', '--out', work.at('mark.key'));
  writeFileSync(work.at('m.safetensors'), CONTENT);
});
afterEach(() => {
  work.remove();
});

async function committed(): Promise<string> {
  const given = ['--from', READY_MADE, '--key', work.at('mark.key'), '--scheme-id', 'mine-1'];
  const { code } = await run('watermark', 'scheme', ...given, '--out', work.at('P.json'));
  expect(code).toBe(0);
  return work.at('P.json');
}

async function watermark(command: string, ...more: string[]): Promise<RegistryRun> {
  const scheme = existsSync(work.at('P.json')) ? work.at('P.json') : await committed();
  return await run('watermark', command, '--scheme', scheme, '--key', work.at('mark.key'), ...more);
}

const embed = (...more: string[]): Promise<RegistryRun> =>
  watermark('embed', '--in', work.at('m.safetensors'), '--out', work.at('g.safetensors'), ...more);
const detect = (...more: string[]): Promise<RegistryRun> =>
  watermark('detect', '--in', work.at('g.safetensors'), ...more);

describe('registry watermark key and schemes', () => {
  it('makes a key of 32 bytes that nobody else can read, and never another in its place', async () => {
    const text = readFileSync(work.at('mark.key'), 'utf8');
    expect(text).toMatch(/^[0-9a-f]{64}\n$/);
    expect(statSync(work.at('mark.key')).mode & 0o777).toBe(0o600);
    const again = await run('watermark', 'key', '--out', work.at('mark.key'));
    expect([again.code, again.error['code']]).toEqual([1, 'FILE_EXISTS']);
    expect(readFileSync(work.at('mark.key'), 'utf8')).toBe(text);
    const other = await run('watermark', 'key', '--out', work.at('other.key'));
    expect(other.out['key_commitment']).toBe(
      WatermarkKey.fromFile(readFileSync(work.at('other.key'))).commitment(),
    );
    expect(readFileSync(work.at('other.key'), 'utf8')).not.toBe(text);
  });

  it('lists a ready-made document of every scheme', async () => {
    const { out } = await run('watermark', 'schemes');
    const listed = out['schemes'] as readonly Record<string, unknown>[];
    expect(listed).toContainEqual({
      ...{ name: READY_MADE, medium: 'weights', detector: 'weights-projection', version: '1' },
      ...{ payload_bits: 64, embeds: true, robust: true },
    });
    const detectors = new Set(
      listed.map(({ detector, version }) => `${String(detector)} ${String(version)}`),
    );
    expect([...detectors].sort()).toEqual(SCHEMES.map(({ name, version }) => `${name} ${version}`).sort());
  });

  it('lists what help and documentation begin with', async () => {
    const { out } = await run('watermark', 'schemes');
    const names = (out['schemes'] as readonly { readonly name: string }[]).map(({ name }) => name);
    const pages = ['cli.md', 'guard.md'].map((name) => readFileSync(join(DOCS, name), 'utf8'));
    const texts = [(await run('watermark', 'scheme', '--help')).stdout, ...pages];
    for (const text of texts) {
      const begun = [...text.matchAll(/watermark scheme --from ([a-z0-9-]+)/g)].map(([, name]) => name);
      expect(begun).not.toEqual([]);
      expect(names).toEqual(expect.arrayContaining(begun));
    }
  });

  it('writes a document that commits to the key and shows nothing of it', async () => {
    const text = readFileSync(await committed(), 'utf8');
    expect(JSON.parse(text)).toMatchObject({
      scheme_id: 'mine-1',
      key_commitment: WatermarkKey.fromFile(readFileSync(work.at('mark.key'))).commitment(),
    });
    expect(text).not.toContain(readFileSync(work.at('mark.key'), 'utf8').trim());
    const from = ['--from', work.at('P.json'), '--key', work.at('mark.key'), '--scheme-id', 'mine-2'];
    const { out } = await run('watermark', 'scheme', ...from, '--out', work.at('Q.json'));
    expect(out).toMatchObject({ scheme_id: 'mine-2', medium: 'weights' });
  });

  it.each([
    ['a name that nobody made', ['--from', 'unheard-of'], 'USAGE'],
    ['a file that is not there', ['--from', './none.json'], 'FILE_UNREADABLE'],
    ['a key that is too short', ['--key', 'FILE:short.key'], 'KEY_MALFORMED'],
    ['a key that is a picture', ['--key', 'FILE:m.safetensors'], 'TOO_LARGE'],
    ['a document that is there', ['--out', 'FILE:mark.key'], 'FILE_EXISTS'],
    ['an id that is none', ['--scheme-id', ''], 'PARAMS_INVALID'],
  ])('refuses %s', async (_what, given, expected) => {
    work.file('short.key', 'abcdef');
    const common = ['--from', READY_MADE, '--key', work.at('mark.key'), '--scheme-id', 'x'];
    const { code, error } = await run(
      ...['watermark', 'scheme', ...common, '--out', work.at('P.json')],
      ...given.map((arg) => arg.replace(/^FILE:/, `${work.folder}/`)),
    );
    expect([code, error['code']]).toEqual([1, expected]);
    expect(existsSync(work.at('P.json'))).toBe(false);
  });
});

describe('registry watermark embed and detect', () => {
  it('finds what was embedded, with every member of the evidence', async () => {
    const { out: report } = await embed('--payload', PAYLOAD.toUpperCase());
    expect(report).toMatchObject({ payload_bits: 64, snr: expect.any(Number) as number });
    const { code, out, stderr } = await detect('--expect', PAYLOAD);
    expect([code, stderr]).toEqual([0, '']);
    expect(out).toMatchObject({
      decision: 'detected',
      payload: PAYLOAD,
      payload_expected: true,
      robust: true,
    });
    expect(Object.keys(out)).toEqual(
      expect.arrayContaining([
        ...['decision', 'payload', 'bits', 'corrected', 'p_value', 'log10_p', 'local'],
        ...['raw_matches', 'raw_total', 'hypotheses', 'threshold', 'confidence'],
      ]),
    );
  });

  it('ends with 0 where nothing is found, too: that is a decision', async () => {
    const { code, out } = await watermark('detect', '--in', work.at('m.safetensors'), '--expect', PAYLOAD);
    expect(code).toBe(0);
    expect(out).toMatchObject({ decision: 'not-detected', payload: null, payload_expected: false });
  });

  it('embeds the leading bits of a nonce', async () => {
    await embed('--nonce', PAYLOAD + 'ff'.repeat(24));
    expect((await detect()).out['payload']).toBe(PAYLOAD);
  });

  it('takes a template with any key, and a mark made so under its id only', async () => {
    const template = JSON.parse(readFileSync(await committed(), 'utf8')) as object;
    work.file('T.json', { ...template, key_commitment: NO_KEY_COMMITMENT });
    work.file('U.json', { ...template, key_commitment: NO_KEY_COMMITMENT, scheme_id: 'other-1' });
    const key = ['--key', work.at('mark.key')];
    const files = ['--in', work.at('m.safetensors'), '--out', work.at('g.safetensors')];
    await run('watermark', 'embed', '--scheme', work.at('T.json'), ...key, '--payload', PAYLOAD, ...files);
    const found = async (scheme: string): Promise<unknown> =>
      (
        await run(
          'watermark',
          'detect',
          '--scheme',
          work.at(scheme),
          ...key,
          '--in',
          work.at('g.safetensors'),
        )
      ).out['decision'];
    expect(await found('T.json')).toBe('detected');
    expect(await found('U.json')).toBe('not-detected');
  });

  it.each([
    ['no payload', [], 'USAGE'],
    ['payload and nonce', ['--payload', PAYLOAD, '--nonce', PAYLOAD.repeat(4)], 'USAGE'],
    ['too short a payload', ['--payload', '01'], 'PAYLOAD_MALFORMED'],
    ['a payload that is no hex', ['--payload', `${PAYLOAD.slice(2)}xy`], 'PAYLOAD_MALFORMED'],
    ['half a nonce', ['--nonce', PAYLOAD], 'PAYLOAD_MALFORMED'],
    ['content that is not there', ['--payload', PAYLOAD, '--in', 'none.bin'], 'FILE_UNREADABLE'],
    ['content that is a folder', ['--payload', PAYLOAD, '--in', 'FOLDER'], 'FILE_UNREADABLE'],
    ['content of another kind', ['--payload', PAYLOAD, '--in', 'FILE:mark.key'], 'MEDIA_UNREADABLE'],
    ['the content as its own output', ['--payload', PAYLOAD, '--out', 'FILE:m.safetensors'], 'USAGE'],
    [
      'a link to its own output',
      ['--payload', PAYLOAD, '--in', 'LINK', '--out', 'FILE:m.safetensors'],
      'USAGE',
    ],
    [
      'a folder that is not there',
      ['--payload', PAYLOAD, '--out', 'FILE:none/g.safetensors'],
      'FILE_UNWRITABLE',
    ],
    ['a folder as output', ['--payload', PAYLOAD, '--out', 'FOLDER'], 'FILE_UNWRITABLE'],
    [
      'a name that no file system takes',
      ['--payload', PAYLOAD, '--out', `FILE:${'g'.repeat(260)}.safetensors`],
      'FILE_UNWRITABLE',
    ],
    ['a scheme that is not there', ['--scheme', 'none.json', '--payload', PAYLOAD], 'FILE_UNREADABLE'],
    ['a scheme that is none', ['--scheme', 'FILE:none.json', '--payload', PAYLOAD], 'PARAMS_OUT_OF_RANGE'],
    ['a scheme that is no JSON', ['--scheme', 'FILE:text.txt', '--payload', PAYLOAD], 'JSON_MALFORMED'],
    ['another key', ['--key', 'FILE:other.key', '--payload', PAYLOAD], 'KEY_COMMITMENT_MISMATCH'],
  ])('refuses to embed with %s, and writes nothing', async (_what, given, expected) => {
    work.file('none.json', {});
    work.file('text.txt', 'no JSON');
    await run('watermark', 'key', '--out', work.at('other.key'));
    symlinkSync(work.at('m.safetensors'), work.at('link.safetensors'));
    const names = readdirSync(work.folder).length;
    const { code, error, stdout } = await embed(
      ...given.map((arg) =>
        arg
          .replace(/^FILE:/, `${work.folder}/`)
          .replace('FOLDER', work.folder)
          .replace('LINK', work.at('link.safetensors')),
      ),
    );
    expect([code, error['code'], stdout]).toEqual([1, expected, '']);
    expect(error['action']).toMatch(/\w/);
    expect(existsSync(work.at('g.safetensors'))).toBe(false);
    expect(readFileSync(work.at('m.safetensors')).equals(CONTENT)).toBe(true);
    expect(readdirSync(work.folder)).toHaveLength(names + 1); // P.json
  });

  it('refuses to embed where a scheme has no embedder', async () => {
    const key = ['--key', work.at('mark.key')];
    const given = ['--from', 'text-synthid-v1', '--scheme-id', 's-1', '--out', work.at('P.json')];
    await run('watermark', 'scheme', ...given, ...key);
    expect((await embed('--payload', PAYLOAD)).error['code']).toBe('SCHEME_NO_EMBEDDER');
  });

  it('says so when the key of a file others can read is used, and goes on', async () => {
    await embed('--payload', PAYLOAD);
    chmodSync(work.at('mark.key'), 0o644);
    const { code, error } = await detect();
    expect([code, error['code']]).toEqual([0, 'KEY_FILE_EXPOSED']);
  });
});

describe('registry watermark evaluate', () => {
  it('has a row for the unmarked, the marked and each attacked content', async () => {
    const given = ['--in', work.at('m.safetensors'), '--payload', PAYLOAD, '--attacks', 'compression'];
    const { code, out, stderr } = await watermark('evaluate', ...given, '--out', work.at('table.json'));
    expect(code).toBe(0);
    const rows = out['rows'] as readonly { attack: string; decision: string; payload_exact: boolean }[];
    expect(rows[0]).toMatchObject({ attack: 'unmarked', decision: 'not-detected', payload_exact: false });
    expect(rows[1]).toMatchObject({ attack: 'none', decision: 'detected', payload_exact: true });
    expect(rows.length).toBeGreaterThan(2);
    expect(JSON.parse(readFileSync(work.at('table.json'), 'utf8'))).toEqual(out);
    expect(stderr.trim().split('\n')).toHaveLength(rows.length);
    expect(JSON.parse(stderr.split('\n')[0] ?? '')).toMatchObject({ event: 'row', attack: 'unmarked' });
  });

  it.each([
    ['over another file', 'mark.key', 'FILE_EXISTS'],
    ['in a folder that is not there', 'none/table.json', 'FILE_UNWRITABLE'],
  ])('refuses a table %s before it begins', async (_what, name, code) => {
    const given = ['--in', work.at('m.safetensors'), '--out', work.at(name)];
    const { error, stderr } = await watermark('evaluate', ...given);
    expect(error['code']).toBe(code);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('names what there is where an attack has no such name', async () => {
    const { error } = await watermark('evaluate', '--in', work.at('m.safetensors'), '--attacks', 'magic');
    expect(error).toMatchObject({ code: 'USAGE', subject: 'attacks' });
    expect(error['message']).toContain('compression');
  });
});
