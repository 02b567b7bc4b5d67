import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AUDIO_ATTACKS } from '../attacks/audio-attacks';
import { WatermarkKey } from '../keys/watermark-key';
import { schemeDocumentOf, schemeOf } from '../scheme/scheme-table';
import { drawnSound, waveFile } from '../testing/drawn-sound';
import { sampleFolder } from '../testing/sample-media';
import { AUDIO_SCHEME } from './audio-scheme';

const FOLDER = join(__dirname, '..', '..', 'schemes');
const TEMPLATE = JSON.parse(readFileSync(join(FOLDER, 'audio-patchwork-v1.json'), 'utf8')) as {
  params: Record<string, unknown>;
};
const document = schemeDocumentOf(TEMPLATE);
const key = new WatermarkKey(Buffer.alloc(32, 7));
const payload = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
const files = sampleFolder();
// Programs are started, and machines may be busy.
jest.setTimeout(60_000);
afterAll(files.remove);

function written(name: string, bytes: Uint8Array): string {
  const path = files.path(name);
  writeFileSync(path, bytes);
  return path;
}

async function embedded(input: string, output: string): ReturnType<NonNullable<typeof AUDIO_SCHEME.embed>> {
  return await AUDIO_SCHEME.embed!({ document, key, payload, content: { path: input }, output });
}

function detected(path: string, by = key): ReturnType<typeof AUDIO_SCHEME.detect> {
  return AUDIO_SCHEME.detect({ document, key: by, content: { path } });
}

describe('the audio scheme', () => {
  const plain = written('plain.wav', waveFile(drawnSound(15, 22_050, 2), 22_050));
  const marked = files.path('marked.wav');
  let report: Awaited<ReturnType<typeof embedded>>;

  beforeAll(async () => {
    report = await embedded(plain, marked);
  });

  it('is the scheme of its ready-made document', () => {
    expect(schemeOf(document)).toBe(AUDIO_SCHEME);
    expect(AUDIO_SCHEME.payloadBits(document)).toBe(128);
  });

  it('changes the sound by 30 dB less than it is, and neither its rate nor its length', () => {
    expect(report.payload_bits).toBe(128);
    expect(report['segmental_snr']).toBeGreaterThan(29.9);
    expect(readFileSync(marked).length - readFileSync(plain).length).toBeLessThan(100);
  });

  it('reads the payload again with a p-value far below the threshold', async () => {
    const found = await detected(marked);
    expect(found).toMatchObject({
      decision: 'detected',
      payload: '00112233445566778899aabbccddeeff',
      bits: 128,
    });
    expect(found.log10_p).toBeLessThan(-60);
    expect(found.local.map(({ place }) => place)).toEqual(['0.0s-15.0s']);
  });

  it('finds nothing in unmarked sound and nothing under another key', async () => {
    expect(await detected(plain)).toMatchObject({ decision: 'not-detected', p_value: '1', local: [] });
    const other = await detected(marked, new WatermarkKey(Buffer.alloc(32, 8)));
    expect(other.decision).toBe('not-detected');
    expect(other).not.toHaveProperty('payload');
  });

  it.each(['mp3-64', 'aac-64', 'crop-start-30', 'speed-1.05', 'duck-10'])('survives %s', async (name) => {
    const attacked = files.path(`${name}.wav`);
    await AUDIO_ATTACKS.find((attack) => attack.name === name)!.apply(marked, attacked);
    expect(await detected(attacked)).toMatchObject({ payload: '00112233445566778899aabbccddeeff' });
  });

  it('writes the same bytes again', async () => {
    const again = files.path('again.wav');
    await embedded(plain, again);
    expect(readFileSync(again).equals(readFileSync(marked))).toBe(true);
  });
});

describe('content that carries no payload', () => {
  const silence = [new Float64Array(22_050 * 6)];

  it.each([
    ['silence', waveFile(silence, 22_050)],
    ['three seconds', waveFile(drawnSound(3, 22_050, 1), 22_050)],
    ['one sample a second', waveFile([new Float64Array(3600).fill(0.5)], 1)],
    ['one sample', waveFile([new Float64Array(1).fill(0.5)], 22_050)],
  ])('is refused when embedding: %s', async (name, bytes) => {
    const output = files.path(`refused ${name}.wav`);
    await expect(embedded(written(`${name}.wav`, bytes), output)).rejects.toMatchObject({
      code: 'MEDIA_TOO_SMALL',
    });
    expect(existsSync(output)).toBe(false);
  });

  it.each([
    ['silence', waveFile(silence, 22_050)],
    ['one sample', waveFile([new Float64Array(1).fill(0.5)], 22_050)],
    ['one sample a second', waveFile([new Float64Array(3600).fill(0.5)], 1)],
  ])('is not detected in: %s', async (name, bytes) => {
    expect(await detected(written(`${name} unmarked.wav`, bytes))).toMatchObject({
      decision: 'not-detected',
      p_value: '1',
    });
  });

  it.each([
    ['nothing at all', Buffer.alloc(0), 'MEDIA_UNREADABLE'],
    ['text', Buffer.from('this is no sound at all, whatever it is called'), 'MEDIA_UNSUPPORTED'],
    ['a header without samples', waveFile([new Float64Array(0)], 22_050), 'MEDIA_UNREADABLE'],
  ])('is refused: %s', async (name, bytes, code) => {
    const path = written(`${name}.wav`, bytes);
    await expect(detected(path)).rejects.toMatchObject({ code });
    await expect(embedded(path, files.path('never.wav'))).rejects.toMatchObject({ code });
    expect(existsSync(files.path('never.wav'))).toBe(false);
  });
});

describe('a document out of range', () => {
  function changed(part: string, values: Record<string, unknown>): unknown {
    const before = TEMPLATE.params[part] as Record<string, unknown>;
    return { ...TEMPLATE, params: { ...TEMPLATE.params, [part]: { ...before, ...values } } };
  }

  it.each([
    ['layout', { bands: 0 }],
    ['layout', { slots: 100_000 }],
    ['embedding', { max_change: -1 }],
    ['analysis', { frame: 500 }],
    ['search', { window_s: 0 }],
    ['search', { stages: [] }],
    ['code', { length: 1000 }],
  ])('is refused: %s %j', (part, values) => {
    expect(() => schemeOf(schemeDocumentOf(changed(part, values)))).toThrow(
      expect.objectContaining({ code: 'PARAMS_OUT_OF_RANGE' }) as Error,
    );
  });

  it.each([
    ['layout', { pilots: 8192, slots: 16 }],
    ['layout', { bands: 128 }],
    ['analysis', { hop: 1024 }],
    ['analysis', { steps_per_slot: 4 }],
    ['code', { length: 128 }],
    ['code', { length: 512 }],
    [
      'search',
      { stages: [{ speeds: [{ from_ppm: 1_100_000, to_ppm: 1_000_000, step_ppm: 100 }], readings: 4 }] },
    ],
    [
      'search',
      { stages: [{ speeds: [{ from_ppm: 500_000, to_ppm: 2_000_000, step_ppm: 100 }], readings: 4 }] },
    ],
  ])('is refused where its members do not go together: %s %j', async (part, values) => {
    const bent = schemeDocumentOf(changed(part, values));
    const content = { path: files.path('plain.wav') };
    await expect(AUDIO_SCHEME.detect({ document: bent, key, content })).rejects.toMatchObject({
      code: 'PARAMS_OUT_OF_RANGE',
    });
  });

  it.each([
    ['/params/layout/first_hz', { analysis: { frame: 256, sample_rate: 48_000 }, layout: { first_hz: 50 } }],
    ['/params/search/window_s', { analysis: { frame: 2048, hop: 64 }, search: { window_s: 120 } }],
    [
      '/params/search/window_s',
      {
        analysis: { fine_steps_per_slot: 32 },
        search: { window_s: 120 },
        layout: { slot_us: 16_000 },
      },
    ],
  ])('is refused where it asks for lines that are not there, or for much memory: %s', (pointer, parts) => {
    const before = TEMPLATE.params as Record<string, Record<string, unknown>>;
    const bent = Object.entries(parts).map(
      ([part, values]) => [part, { ...before[part], ...values }] as const,
    );
    const params = { ...TEMPLATE.params, ...Object.fromEntries(bent) };
    expect(() => AUDIO_SCHEME.payloadBits(schemeDocumentOf({ ...TEMPLATE, params }))).toThrow(
      expect.objectContaining({ code: 'PARAMS_OUT_OF_RANGE', subject: pointer }) as Error,
    );
  });

  it('refuses a payload of another length and a key that is not committed to', async () => {
    const input = files.path('plain.wav');
    const output = files.path('never.wav');
    const task = { document, key, content: { path: input }, output };
    await expect(AUDIO_SCHEME.embed!({ ...task, payload: Buffer.alloc(8) })).rejects.toMatchObject({
      code: 'PAYLOAD_MALFORMED',
    });
    const committed = { ...document, key_commitment: '11'.repeat(32) };
    await expect(
      AUDIO_SCHEME.detect({ document: committed, key, content: { path: input } }),
    ).rejects.toMatchObject({ code: 'KEY_COMMITMENT_MISMATCH' });
  });
});
