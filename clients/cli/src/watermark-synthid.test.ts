import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runRegistry as run } from './testing/run-registry';

const VECTORS = join(
  __dirname,
  '..',
  '..',
  '..',
  'libs',
  'watermark',
  'vectors',
  'text-synthid',
  'library.json',
);
interface Library {
  readonly vectors: readonly {
    readonly config: { readonly keys: readonly string[] };
    readonly tokens: readonly number[];
  }[];
}
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'registry-synthid-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function file(name: string, content?: string): string {
  const path = join(folder, name);
  if (content !== undefined) writeFileSync(path, content);
  return path;
}

async function committed(key: string): Promise<string> {
  const scheme = file('P.json');
  const arguments_ = ['--from', 'text-synthid-v1', '--key', key, '--scheme-id', 'mine-1', '--out', scheme];
  expect((await run('watermark', 'scheme', ...arguments_)).code).toBe(0);
  return scheme;
}

describe('registry watermark synthid', () => {
  it('writes the settings of transformers to a secret file', async () => {
    const key = file('mark.key', '00'.repeat(32));
    const scheme = await committed(key);
    const out = file('config.json');
    const { code, out: answer } = await run(
      'watermark',
      'synthid',
      '--scheme',
      scheme,
      '--key',
      key,
      '--out',
      out,
    );
    expect([code, answer]).toEqual([0, { depth: 30, ngram_len: 5, file: out }]);
    const config = JSON.parse(readFileSync(out, 'utf8')) as { keys: number[] };
    expect(Object.keys(config).sort()).toEqual(
      ['context_history_size', 'keys', 'ngram_len', 'sampling_table_seed', 'sampling_table_size'].sort(),
    );
    expect(new Set(config.keys).size).toBe(30);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    const again = await run('watermark', 'synthid', '--scheme', scheme, '--key', key, '--out', out);
    expect(again.error).toMatchObject({ code: 'FILE_EXISTS' });
  });

  it('is refused with another key, and where the keys are a list already', async () => {
    const scheme = await committed(file('mark.key', '00'.repeat(32)));
    const other = file('other.key', '01'.repeat(32));
    const refused = await run(
      'watermark',
      'synthid',
      '--scheme',
      scheme,
      '--key',
      other,
      '--out',
      file('c.json'),
    );
    expect(refused.error).toMatchObject({ code: 'KEY_COMMITMENT_MISMATCH' });
    writeFileSync(
      scheme,
      readFileSync(scheme, 'utf8')
        .replace('"derived"', '"list"')
        .replace(/[0-9a-f]{64}/, '0'.repeat(64)),
    );
    const listed = await run(
      'watermark',
      'synthid',
      '--scheme',
      scheme,
      '--key',
      other,
      '--out',
      file('c.json'),
    );
    expect(listed.error).toMatchObject({ code: 'PARAMS_OUT_OF_RANGE', subject: '/params/keys' });
  });
});

describe('registry watermark detect of text-synthid', () => {
  const library = JSON.parse(readFileSync(VECTORS, 'utf8')) as Library;
  const [marked = { config: { keys: [] }, tokens: [] }] = library.vectors;
  const tokens = JSON.stringify(marked.tokens);

  async function detect(key: string, content: string) {
    const scheme = await committed(key);
    writeFileSync(scheme, readFileSync(scheme, 'utf8').replace('"derived"', '"list"'));
    return await run(
      'watermark',
      'detect',
      '--scheme',
      scheme,
      '--key',
      key,
      '--in',
      file('tokens.json', content),
    );
  }

  it('finds what transformers marked with a list of keys', async () => {
    const key = file('keys.json', `[${marked.config.keys.join(', ')}]\n`);
    const { code, out } = await detect(key, tokens);
    expect(code).toBe(0);
    expect(out).toMatchObject({ decision: 'detected', bits: 0, corrected: 0 });
    expect(Number(out['p_value'])).toBeLessThan(1e-30);
  });

  it('says what is wrong with keys and tokens, and does not mark', async () => {
    const equal = file('keys.json', `[${new Array(30).fill(5).join(',')}]`);
    expect((await detect(equal, tokens)).error).toMatchObject({ code: 'KEY_MALFORMED' });
    rmSync(file('P.json'));
    const keys = file('keys.json', `[${marked.config.keys.join(',')}]`);
    expect((await detect(keys, '["a"]')).error).toMatchObject({ code: 'MEDIA_UNREADABLE' });
    const out = file('out.json');
    const paths = ['--scheme', file('P.json'), '--key', keys, '--in', file('tokens.json'), '--out', out];
    expect((await run('watermark', 'embed', ...paths)).error).toMatchObject({ code: 'SCHEME_NO_EMBEDDER' });
  });
});
