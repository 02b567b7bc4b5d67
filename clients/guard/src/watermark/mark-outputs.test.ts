import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ParamsDocument, toHex } from '@maker-registry/protocol';
import {
  NO_KEY_COMMITMENT,
  readyMadeSchemes,
  WatermarkError,
  WatermarkKey,
  type WatermarkScheme,
} from '@maker-registry/watermark';
import { type EventFields, type EventName } from '../events';
import { givenOutputs } from './given-outputs';
import { assertNoOutputs, markOutputs, type WatermarkedOutputs } from './mark-outputs';
import { watermarkOutput } from './watermark-output';

const BITS = 64;
const DOCUMENT: ParamsDocument = {
  scheme_id: 'appended-1',
  detector_spec: { name: 'appended', version: '1.0.0', output: '1' },
  params: {},
  key_commitment: NO_KEY_COMMITMENT,
  compatibility: { media_types: ['text/plain'], preprocessing: 'none' },
};
/** Appends the payload to a text; a file without text it cannot mark. */
const SCHEME: WatermarkScheme = {
  ...{ name: 'appended', version: '1.0.0', medium: 'text', robust: true, paramsSchema: {} },
  payloadBits: () => BITS,
  embed: async ({ content, payload, output }) => {
    if (!('path' in content)) throw new Error('no path');
    const text = await readFile(content.path, 'utf8');
    if (text === '') throw new WatermarkError('MEDIA_TOO_SMALL', 'There is no text.');
    await writeFile(output, `${text}${toHex(payload)}`);
    return { payload_bits: BITS };
  },
  detect: () => Promise.reject(new Error('not asked for')),
};
const KEY = new WatermarkKey(new Uint8Array(32).fill(7));

let folder: string;
let events: { event: EventName; fields: EventFields }[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guard-outputs-'));
  events = [];
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const at = (name: string): string => join(folder, name);
const outputs = (): WatermarkedOutputs => ({ document: DOCUMENT, scheme: SCHEME, key: KEY, folder });
const mark = (signal?: AbortSignal, onEvent = (): void => undefined): Promise<boolean> =>
  markOutputs(
    outputs(),
    (event, fields = {}) => {
      events.push({ event, fields });
      onEvent();
    },
    signal,
  );
const withCode = (code: string): Error => expect.objectContaining({ code }) as Error;

describe('outputs of an execution', () => {
  it('carry the leading bits of a nonce of their own each', async () => {
    writeFileSync(at('a.txt'), 'first');
    writeFileSync(at('b.txt'), 'second');
    expect(await mark()).toBe(true);
    const nonces = events.map(({ fields }) => String(fields['nonce']));
    expect(new Set(nonces).size).toBe(2);
    for (const [index, [name, text]] of [
      ['a.txt', 'first'] as const,
      ['b.txt', 'second'] as const,
    ].entries()) {
      const content = readFileSync(at(name), 'utf8');
      expect(content).toBe(`${text}${nonces[index]?.slice(0, BITS / 4)}`);
      expect(events[index]).toMatchObject({
        event: 'output',
        fields: { file: at(name), content_hash: createHash('sha256').update(content).digest('hex') },
      });
    }
    expect(readdirSync(folder)).toEqual(['a.txt', 'b.txt']);
  });

  it('stay as they are where they cannot be marked, which is told of', async () => {
    writeFileSync(at('a.txt'), '');
    writeFileSync(at('b.txt'), 'second');
    expect(await mark()).toBe(false);
    expect(events.map(({ event }) => event)).toEqual(['warning', 'output']);
    expect(events[0]?.fields).toMatchObject({ code: 'MEDIA_TOO_SMALL', subject: at('a.txt') });
    expect(readFileSync(at('a.txt'), 'utf8')).toBe('');
    expect(readdirSync(folder)).toEqual(['a.txt', 'b.txt']);
  });

  it('that there is no space for are told of in words about files', async () => {
    const full = Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC', syscall: 'write' });
    const scheme: WatermarkScheme = { ...SCHEME, embed: () => Promise.reject(full) };
    writeFileSync(at('a.txt'), 'first');
    const told: EventFields[] = [];
    const isMarked = await markOutputs({ ...outputs(), scheme }, (_, fields = {}) => {
      told.push(fields);
    });
    expect(isMarked).toBe(false);
    expect(told).toMatchObject([{ code: 'FILE_UNWRITABLE', subject: at('a.txt') }]);
  });

  it('that a signal leaves no time for stay as they are, with nothing half-done beside them', async () => {
    for (const name of ['a.txt', 'b.txt', 'c.txt']) writeFileSync(at(name), name);
    const controller = new AbortController();
    const isMarked = await mark(controller.signal, () => {
      controller.abort();
    });
    expect(isMarked).toBe(false);
    expect(events.map(({ event, fields }) => [event, fields['code']])).toEqual([
      ['output', undefined],
      ['warning', 'ABORTED'],
      ['warning', 'ABORTED'],
    ]);
    expect(readFileSync(at('b.txt'), 'utf8')).toBe('b.txt');
    expect(readdirSync(folder)).toEqual(['a.txt', 'b.txt', 'c.txt']);
  });

  it('are missed where the command took the folder away', async () => {
    const gone = { ...outputs(), folder: at('gone') };
    await expect(markOutputs(gone, () => undefined)).rejects.toThrow(withCode('FILE_UNREADABLE'));
  });

  it.each([
    ['there are files in it', 'USAGE', ''],
    ['it is not there', 'FILE_UNREADABLE', 'gone'],
    ['it is a file', 'FILE_UNREADABLE', 'a.txt'],
  ])('have a folder that is refused where %s', async (_what, code, name) => {
    writeFileSync(at('a.txt'), 'first');
    await expect(assertNoOutputs(at(name))).rejects.toThrow(withCode(code));
  });

  it('may have a folder without files', async () => {
    await expect(assertNoOutputs(folder)).resolves.toBeUndefined();
  });

  it('are plain files: a link could lead to what the command did not make', async () => {
    const elsewhere = join(mkdtempSync(join(tmpdir(), 'guard-elsewhere-')), 'secret.txt');
    writeFileSync(elsewhere, 'secret');
    symlinkSync(elsewhere, at('link.txt'));
    mkdirSync(at('folder'));
    expect(await mark()).toBe(true);
    expect(events).toEqual([]);
    expect(readFileSync(elsewhere, 'utf8')).toBe('secret');
    rmSync(join(elsewhere, '..'), { recursive: true });
  });

  it('cannot be marked by a scheme without an embedder', async () => {
    const scheme = { ...SCHEME, embed: undefined } as unknown as WatermarkScheme;
    writeFileSync(at('a.txt'), 'first');
    await expect(
      watermarkOutput({ document: DOCUMENT, scheme, key: KEY }, at('a.txt'), at('b.txt')),
    ).rejects.toThrow(expect.objectContaining({ code: 'SCHEME_NO_EMBEDDER' }) as Error);
  });
});

describe('options for outputs', () => {
  const ignore = (): void => undefined;

  it('tell of a key that others can read, and go on', async () => {
    const [key, scheme] = [at('mark.key'), at('P.json')];
    const readyMade = (await readyMadeSchemes()).find(({ scheme: { embed } }) => embed !== undefined);
    const outs = at('outs');
    mkdirSync(outs);
    writeFileSync(scheme, JSON.stringify(readyMade?.document));
    const given = { 'watermark-outputs': outs, 'watermark-scheme': scheme, 'watermark-key': key };
    const told: string[] = [];
    const tell = (event: EventName, fields: EventFields = {}): void => {
      told.push(`${event} ${String(fields['code'])}`);
    };
    writeFileSync(key, '07'.repeat(32), { mode: 0o600 });
    expect((await givenOutputs(given, tell))?.folder).toBe(outs);
    expect(told).toEqual([]);
    chmodSync(key, 0o640);
    expect((await givenOutputs(given, tell))?.folder).toBe(outs);
    expect(told).toEqual(['warning KEY_FILE_EXPOSED']);
  });

  it('are left out together', async () => {
    expect(await givenOutputs({}, ignore)).toBeUndefined();
    await expect(givenOutputs({ 'watermark-key': 'x' }, ignore)).rejects.toThrow('goes with');
    await expect(givenOutputs({ 'watermark-outputs': folder }, ignore)).rejects.toThrow('watermark-scheme');
  });

  it('name a document of an installed scheme', async () => {
    writeFileSync(at('P.json'), JSON.stringify(DOCUMENT));
    const given = {
      'watermark-outputs': folder,
      'watermark-scheme': at('P.json'),
      'watermark-key': at('P.json'),
    };
    await expect(givenOutputs(given, ignore)).rejects.toThrow(
      expect.objectContaining({ code: 'SCHEME_UNKNOWN_DETECTOR' }) as Error,
    );
    await expect(givenOutputs({ ...given, 'watermark-scheme': at('none') }, ignore)).rejects.toThrow(
      expect.objectContaining({ code: 'FILE_UNREADABLE' }) as Error,
    );
  });
});
