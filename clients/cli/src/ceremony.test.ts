import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canonicalize, CEREMONY_FORMAT, withCeremonyStep } from '@maker-registry/protocol';
import { runRegistry as run } from './testing/run-registry';

const ATTRIBUTES = {
  sensitive: true,
  extractable: false,
  always_sensitive: true,
  never_extractable: true,
  local: true,
  signs: true,
  derives: false,
};
const KEY = {
  label: 'token',
  role: 'token',
  kid: 'k'.repeat(43),
  public_key: `02${'ab'.repeat(32)}`,
  attributes: ATTRIBUTES,
};
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'registry-ceremony-'));
  const empty = { format: CEREMONY_FORMAT, operator: 'Op1MSP', token: 'op1', steps: [] } as const;
  const begun = withCeremonyStep(empty, { at: 1, action: 'begin', text: 'two vaults' });
  const made = withCeremonyStep(begun, { at: 2, action: 'generate', keys: [KEY] });
  writeFileSync(at('transcript'), canonicalize(made));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const at = (name: string): string => join(directory, name);

/** A person's key file; gives the public part as a witness is named. */
async function person(name: string): Promise<string> {
  await run('keys', 'generate', '--out', at(name));
  const { out } = await run('keys', 'show', '--key', at(name));
  return `${String(out['alg'])}:${String(out['public_key'])}`;
}

const sign = (input: string, who: string, out: string): ReturnType<typeof run> =>
  run('ceremony', 'sign', '--in', at(input), '--key', at(who), '--out', at(out));
const verify = (input: string, ...witnesses: readonly string[]): ReturnType<typeof run> =>
  run('ceremony', 'verify', '--in', at(input), ...witnesses.flatMap((one) => ['--witness', one]));

describe('registry ceremony', () => {
  it('has two people sign, and anyone check', async () => {
    const [ann, ben] = [await person('ann'), await person('ben')];
    expect((await sign('transcript', 'ann', 'one')).code).toBe(0);
    expect((await sign('one', 'ben', 'two')).out['signatures']).toHaveLength(2);
    const { code, out } = await verify('two', ann, ben);
    expect(code).toBe(0);
    expect(out).toMatchObject({ operator: 'Op1MSP', token: 'op1', keys: [KEY] });
    expect((await verify('one', ann, ben)).error).toMatchObject({ code: 'SIGNATURE_MISSING' });
    expect((await verify('two', ann)).error).toMatchObject({ code: 'CEREMONY_WITNESSES' });
    expect((await verify('two', ann, await person('eve'))).error).toMatchObject({ code: 'KEY_NOT_CURRENT' });
    expect((await verify('two', ann, 'ben')).error).toMatchObject({ code: 'USAGE' });
  });

  it('lets nobody sign under another type than a ceremony’s', async () => {
    await person('ann');
    await person('ben');
    await sign('transcript', 'ann', 'one');
    const envelope = JSON.parse(readFileSync(at('one'), 'utf8')) as object;
    writeFileSync(at('other'), JSON.stringify({ ...envelope, payloadType: 'application/json' }));
    expect((await sign('other', 'ben', 'two')).error).toMatchObject({ code: 'CEREMONY_MALFORMED' });
  });

  it('lets nobody sign twice, over another file, or what is broken', async () => {
    await person('ann');
    await sign('transcript', 'ann', 'one');
    expect((await sign('one', 'ann', 'two')).error).toMatchObject({ code: 'ENVELOPE_MALFORMED' });
    expect((await sign('transcript', 'ann', 'one')).error).toMatchObject({ code: 'FILE_EXISTS' });
    writeFileSync(at('transcript'), '{}');
    expect((await sign('transcript', 'ann', 'three')).error).toMatchObject({ code: 'SCHEMA_VIOLATION' });
  });
});
