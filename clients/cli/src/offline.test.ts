import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256Hex } from '@maker-registry/protocol';
import { MAX_INPUT_BYTES } from './limits';
import { type RegistryRun, runRegistry as run } from './testing/run-registry';

/** A published vector; see libs/protocol/vectors/README.md. */
interface Vector {
  readonly kind: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly output?: Readonly<Record<string, unknown>>;
  readonly code?: string;
}

const VECTORS = join(__dirname, '..', '..', '..', 'libs', 'protocol', 'vectors');
const HEX = 'ab'.repeat(32);
const ZERO = '00'.repeat(32);
const ID_REF = { ref_type: 0, ref_bytes: HEX };
/** Hex as text is lower case; the command line alone takes capitals, from people who paste published vectors. */
const LENIENT: ReadonlySet<string> = new Set(['signature-ed25519-key-upper-case.json']);
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'registry-offline-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

function load(folder: 'valid' | 'invalid'): [string, Vector][] {
  return readdirSync(join(VECTORS, folder))
    .sort()
    .map((name): [string, Vector] => [
      name,
      JSON.parse(readFileSync(join(VECTORS, folder, name), 'utf8')) as Vector,
    ])
    .filter(([name, { kind }]) => Object.hasOwn(COMMANDS, kind) && !LENIENT.has(name));
}

function file(name: string, content: unknown): string {
  const path = join(directory, name);
  writeFileSync(
    path,
    typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content),
  );
  return path;
}

/** A vector's claim as a claim file. */
function claimFile(input: Vector['input']): string {
  const present = input['context_hash'] !== undefined;
  return file('claim.json', { domain_tag: 'WM_PROV_V1', context_hash_present: present, ...input });
}

function idKind(input: Vector['input']): string {
  if (Object.hasOwn(input, 'public_key')) return 'actor';
  return Object.hasOwn(input, 'model_id') ? 'model' : 'scheme';
}

function digestOf({ payload, digest }: Vector['input']): string {
  return typeof payload === 'string' ? sha256Hex(Buffer.from(payload, 'hex')) : String(digest);
}

/** How each kind of vector is asked of the command line. */
const COMMANDS: Readonly<Record<string, (input: Vector['input']) => Promise<RegistryRun>>> = {
  attestation: (input) => run('encode', 'attestation', '--in', claimFile(input)),
  'claim-document': ({ text }) => run('encode', 'attestation', '--in', file('claim.json', text)),
  id: (input) => run('encode', 'id', '--kind', idKind(input), '--in', file('x.json', input)),
  'scheme-commitment': ({ params_text: text, ...rest }) =>
    run('commit', 'scheme', '--in', file('x.json', rest), '--document', file('params.json', text)),
  'policy-commitment': ({ terms_text: text, ...rest }) =>
    run('commit', 'policy', '--in', file('x.json', rest), '--document', file('terms.json', text)),
  signature: (input) =>
    run(
      ...['verify', 'signature', '--alg', String(input['alg']), '--key', String(input['public_key'])],
      ...['--digest', digestOf(input), '--sig', String(input['signature'])],
    ),
  settlement: (input) => run('settle', 'simulate', '--in', file('case.json', input)),
};

/** What the command prints for a vector's output. */
const PRINTED: Readonly<Record<string, (output: Readonly<Record<string, unknown>>) => unknown>> = {
  attestation: ({ payload, digest }) => ({ payload_bytes_hex: payload, digest_hex: digest }),
  id: (output) => ({ id: Object.values(output)[0] }),
  signature: () => ({ valid: true, reason: 'verified' }),
  // The claim is what went in; its encoding is checked by the kind attestation.
  'claim-document': () => ({
    payload_bytes_hex: expect.stringMatching(/^0a574d5f50524f565f5631[0-9a-f]+$/) as unknown,
    digest_hex: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
  }),
};

describe('the published vectors, asked of the command line', () => {
  const valid = load('valid');
  const invalid = load('invalid');

  it.each(valid)('valid/%s', async (_name, { kind, input, output }) => {
    const { code, out, stderr } = await COMMANDS[kind]!(input);
    expect([code, stderr]).toEqual([0, '']);
    expect(out).toEqual(PRINTED[kind]?.(output ?? {}) ?? output);
  });

  it.each(invalid)('invalid/%s', async (_name, { kind, input, code: expected }) => {
    const { code, out, error, stdout } = await COMMANDS[kind]!(input);
    if (kind === 'signature') {
      expect(code).toBe(0);
      expect(out).toEqual({ valid: false, reason: expect.stringMatching(/^[a-z-]+$/) as unknown });
      return;
    }
    // A claim file says of every wrong member that the attestation is malformed, and which one it is.
    const inFile =
      kind === 'attestation' && expected === 'REFERENCE_MALFORMED' ? 'ATTESTATION_MALFORMED' : expected;
    expect([code, stdout, error['code']]).toEqual([1, '', inFile]);
    expect(error['action']).toMatch(/[.]$/);
  });

  it('cover every kind, and more refusals than acceptances', () => {
    const kinds = (vectors: [string, Vector][]): string[] =>
      [...new Set(vectors.map(([, { kind }]) => kind))].sort();
    expect(kinds(valid)).toEqual(Object.keys(COMMANDS).sort());
    expect(kinds(invalid).length).toBeGreaterThanOrEqual(Object.keys(COMMANDS).length - 1);
    expect(invalid.length).toBeGreaterThan(valid.length);
  });
});

describe('registry commit', () => {
  it('takes the document in either place, and gives one commitment', async () => {
    const parts = { model_ref: HEX, scheme_id: 'a' };
    const params = { b: 1, a: [null, 'x'] };
    const apart = await run(
      ...['commit', 'scheme', '--in', file('x.json', parts)],
      ...['--document', file('params.json', '{ "a":[null,"x"], "b":1.0 }')],
    );
    const inside = await run(
      'commit',
      'scheme',
      '--in',
      file('y.json', { ...parts, model_ref: ID_REF, params }),
    );
    expect(apart.out['commitment']).toMatch(/^[0-9a-f]{64}$/);
    expect(inside.out).toEqual(apart.out);
    const policy = { model_ref: HEX, content_hash: ZERO };
    const terms = { license_terms: { uri: 'x' }, royalty_terms: {} };
    const [one, other] = [
      await run('commit', 'policy', '--in', file('p.json', policy), '--document', file('t.json', terms)),
      await run('commit', 'policy', '--in', file('q.json', { ...policy, ...terms })),
    ];
    expect(one.out['commitment']).toMatch(/^[0-9a-f]{64}$/);
    expect(other.out).toEqual(one.out);
  });

  it.each([
    ['scheme', { model_ref: HEX, scheme_id: 'a', params: {} }, {}],
    [
      'policy',
      { model_ref: HEX, content_hash: ZERO, license_terms: {} },
      { license_terms: {}, royalty_terms: {} },
    ],
  ])('refuses the document of a %s in both places', async (what, input, document) => {
    const given = ['--in', file('x.json', input), '--document', file('d.json', document)];
    const { code, error } = await run('commit', what, ...given);
    expect([code, error['code'], error['subject']]).toEqual([1, 'USAGE', 'document']);
  });

  it.each([
    ['scheme', 'without params', { model_ref: HEX, scheme_id: 'a' }, 'SCHEMA_VIOLATION'],
    [
      'scheme',
      'with a stray member',
      { model_ref: HEX, scheme_id: 'a', params: 1, x: 1 },
      'SCHEMA_VIOLATION',
    ],
    [
      'scheme',
      'whose scheme_id is a number',
      { model_ref: HEX, scheme_id: 1, params: 1 },
      'SCHEMA_VIOLATION',
    ],
    ['scheme', 'of a short model_ref', { model_ref: 'ab', scheme_id: 'a', params: 1 }, 'REFERENCE_MALFORMED'],
    ['scheme', 'of a null model_ref', { model_ref: null, scheme_id: 'a', params: 1 }, 'REFERENCE_MALFORMED'],
    [
      'scheme',
      'of a reference with a stray member',
      { model_ref: { ...ID_REF, x: 1 }, scheme_id: 'a', params: 1 },
      'REFERENCE_MALFORMED',
    ],
    [
      'scheme',
      'with params above 64 KiB',
      { model_ref: HEX, scheme_id: 'a', params: 'x'.repeat(65_536) },
      'PARAMS_INVALID',
    ],
    [
      'scheme',
      'with a long scheme_id',
      { model_ref: HEX, scheme_id: 'a'.repeat(65_536), params: 1 },
      'TOO_LARGE',
    ],
    ['policy', 'without terms', { model_ref: HEX, content_hash: ZERO }, 'SCHEMA_VIOLATION'],
    [
      'policy',
      'of a hash in capitals',
      { model_ref: HEX, content_hash: 'AB'.repeat(32), license_terms: 1, royalty_terms: 1 },
      'ID_MALFORMED',
    ],
    ['policy', 'that is a list', [], 'SCHEMA_VIOLATION'],
    ['policy', 'that is null', 'null', 'SCHEMA_VIOLATION'],
  ])('refuses a %s %s', async (what, _why, input, expected) => {
    const { code, error, stdout } = await run('commit', what, '--in', file('x.json', input));
    expect([code, error['code'], stdout]).toEqual([1, expected, '']);
  });

  it('refuses documents of another form', async () => {
    const scheme = [
      'commit',
      'scheme',
      '--in',
      file('x.json', { model_ref: HEX, scheme_id: 'a' }),
      '--document',
    ];
    const policy = [
      'commit',
      'policy',
      '--in',
      file('y.json', { model_ref: HEX, content_hash: ZERO }),
      '--document',
    ];
    const code = async (command: string[], document: unknown): Promise<unknown> =>
      (await run(...command, file('d.json', document))).error['code'];
    expect(await code(scheme, `"${'x'.repeat(65_536)}"`)).toBe('PARAMS_INVALID');
    expect(await code(scheme, '')).toBe('JSON_MALFORMED');
    expect(await code(scheme, '{"a":-0}')).toBe('JSON_NUMBER_OUT_OF_RANGE');
    expect(await code(policy, [])).toBe('SCHEMA_VIOLATION');
    expect(await code(policy, { license_terms: 1 })).toBe('SCHEMA_VIOLATION');
    expect(await code(policy, { license_terms: 1, royalty_terms: 1, more: 1 })).toBe('SCHEMA_VIOLATION');
  });
});

describe('registry encode id', () => {
  it('takes keys of every algorithm, and a model by its reference', async () => {
    const id = async (kind: string, input: unknown): Promise<unknown> =>
      (await run('encode', 'id', '--kind', kind, '--in', file('x.json', input))).out['id'];
    const ids = [
      await id('actor', { alg: 'ed25519', public_key: HEX }),
      await id('actor', { alg: 'es256', public_key: `02${HEX}` }),
      await id('actor', { alg: 'bip340', public_key: HEX }),
    ];
    expect(new Set(ids).size).toBe(3);
    const scheme = await id('scheme', { model_ref: HEX, scheme_id: 'a' });
    expect(await id('scheme', { model_ref: ID_REF, scheme_id: 'a' })).toBe(scheme);
  });

  it.each([
    ['actor', { alg: 'rsa', public_key: HEX }, 'SCHEMA_VIOLATION'],
    ['actor', { alg: '__proto__', public_key: HEX }, 'SCHEMA_VIOLATION'],
    ['actor', { alg: 'ed25519', public_key: `02${HEX}` }, 'ID_MALFORMED'],
    ['actor', { alg: 'es256', public_key: HEX }, 'ID_MALFORMED'],
    ['actor', { alg: 'bip340', public_key: HEX.toUpperCase() }, 'ID_MALFORMED'],
    ['actor', { alg: 'ed25519' }, 'SCHEMA_VIOLATION'],
    ['actor', { actor_id: HEX, model_id: 'a' }, 'SCHEMA_VIOLATION'],
    ['model', { actor_id: HEX, model_id: 7 }, 'SCHEMA_VIOLATION'],
    ['model', { actor_id: `0x${HEX.slice(2)}`, model_id: 'a' }, 'ID_MALFORMED'],
    ['scheme', { model_ref: { ref_type: 3, ref_bytes: HEX }, scheme_id: 'a' }, 'REFERENCE_MALFORMED'],
    ['scheme', { model_ref: 7, scheme_id: 'a' }, 'REFERENCE_MALFORMED'],
    ['license', {}, 'USAGE'],
    ['toString', {}, 'USAGE'],
  ])('refuses %s of %j', async (kind, input, expected) => {
    const { code, error, stdout } = await run('encode', 'id', '--kind', kind, '--in', file('x.json', input));
    expect([code, error['code'], stdout]).toEqual([1, expected, '']);
  });
});

describe('registry verify signature', () => {
  const good = { alg: 'ed25519', key: HEX, digest: HEX, sig: 'ab'.repeat(64) };

  it.each([
    ['another algorithm', { alg: 'rsa' }, 'algorithm'],
    ['no algorithm', { alg: '' }, 'algorithm'],
    ['an algorithm of the prototype', { alg: 'constructor' }, 'algorithm'],
    ['a digest that is no hex', { digest: 'xy'.repeat(32) }, 'digest-form'],
    ['half a byte', { digest: 'a' }, 'digest-form'],
    ['a short digest', { digest: 'ab' }, 'digest-length'],
    ['no digest', { digest: '' }, 'digest-length'],
    ['a signature that is no hex', { sig: '0x' }, 'signature-form'],
    ['no signature', { sig: '' }, 'signature-length'],
    ['a long signature', { sig: 'ab'.repeat(65) }, 'signature-length'],
    ['a key that is no hex', { key: 'zz'.repeat(32) }, 'key-form'],
    ['no key', { key: '' }, 'key-form'],
    ['a key of small order', { key: ZERO }, 'weak-key'],
  ])('answers no to %s', async (_what, change, reason) => {
    const { alg, key, digest, sig } = { ...good, ...change };
    const given = ['--alg', alg, '--key', key, '--digest', digest, '--sig', sig];
    const { code, out, stderr } = await run('verify', 'signature', ...given);
    expect({ code, out, stderr }).toEqual({ code: 0, out: { valid: false, reason }, stderr: '' });
  });

  it('takes capitals, as published vectors have them', async () => {
    const text = readFileSync(join(VECTORS, 'valid', 'signature-bip340.json'), 'utf8');
    const { input } = JSON.parse(text) as Vector;
    const upper = (value: unknown): string => String(value).toUpperCase();
    const given = [
      '--alg',
      'bip340',
      '--key',
      upper(input['public_key']),
      '--digest',
      upper(digestOf(input)),
    ];
    const { out } = await run('verify', 'signature', ...given, '--sig', upper(input['signature']));
    expect(out).toEqual({ valid: true, reason: 'verified' });
  });

  it.each(['alg', 'key', 'digest', 'sig'])('needs --%s', async (missing) => {
    const given = Object.entries(good).flatMap(([name, text]) =>
      name === missing ? [] : [`--${name}`, text],
    );
    const { code, error } = await run('verify', 'signature', ...given);
    expect([code, error['code'], error['subject']]).toEqual([1, 'USAGE', missing]);
  });
});

describe('offline commands', () => {
  const commands = [
    ['encode', 'attestation'],
    ['encode', 'id', '--kind', 'actor'],
    ['commit', 'scheme'],
    ['commit', 'policy'],
    ['settle', 'simulate'],
  ];

  it.each(commands)('registry %s %s refuses what is no input', async (...command) => {
    mkdirSync(join(directory, 'folder'));
    const code = async (...given: string[]): Promise<unknown> => {
      const { code: exit, error, stdout } = await run(...command, ...given);
      expect([exit, stdout]).toEqual([1, '']);
      expect(error).toEqual({
        code: expect.any(String) as unknown,
        message: expect.any(String) as unknown,
        action: expect.any(String) as unknown,
        ...('subject' in error ? { subject: expect.any(String) as unknown } : {}),
      });
      return error['code'];
    };
    expect(await code()).toBe('USAGE');
    expect(await code('--in', file('x', '{}'), 'stray')).toBe('USAGE');
    expect(await code('--in', file('x', '{}'), '--gateway', 'https://127.0.0.1:9')).toBe('USAGE');
    expect(await code('--in', join(directory, 'none'))).toBe('FILE_UNREADABLE');
    expect(await code('--in', join(directory, 'folder'))).toBe('FILE_UNREADABLE');
    expect(await code('--in', file('x', ''))).toBe('JSON_MALFORMED');
    expect(await code('--in', file('x', '{"a":1} x'))).toBe('JSON_MALFORMED');
    expect(await code('--in', file('x', '\uFEFF{}'))).toBe('JSON_MALFORMED');
    expect(await code('--in', file('x', Buffer.from('7b2261223a22ff227d', 'hex')))).toBe('JSON_MALFORMED');
    expect(await code('--in', file('x', '{"a":1,"a":1}'))).toBe('JSON_DUPLICATE_KEY');
    expect(await code('--in', file('x', `${'['.repeat(40)}${']'.repeat(40)}`))).toBe('JSON_TOO_DEEP');
    expect(await code('--in', file('x', `"${'x'.repeat(MAX_INPUT_BYTES)}"`))).toBe('TOO_LARGE');
    expect(await code('--in', '/dev/zero')).toBe('TOO_LARGE');
  });

  it('prints a claim beyond 2^53 as it was written', async () => {
    const claim = {
      ...{ domain_tag: 'WM_PROV_V1', schema_version: 1, model_ref: ID_REF, scheme_ref: ID_REF },
      ...{ content_hash: HEX, parent_hash: ZERO, timestamp: '18446744073709551615', nonce: HEX },
      context_hash_present: 0,
    };
    const { out } = await run('encode', 'attestation', '--in', file('claim.json', claim));
    expect(Object.keys(out)).toEqual(['payload_bytes_hex', 'digest_hex']);
    expect(out['payload_bytes_hex']).toContain('ff'.repeat(8));
    expect(out['digest_hex']).toBe(sha256Hex(Buffer.from(String(out['payload_bytes_hex']), 'hex')));
  });
});
