import { type GenerationRecord, sha256Hex, utf8, type DetectorOutcome } from '@maker-registry/protocol';
import { type Detector } from './detector';
import { MAX_CANDIDATE_SCHEMES, MAX_CONSIDERED_SCHEMES, MAX_MATCHES } from './limits';
import { type FoundRecord, type RecordSource, type RecoveredPayload } from './record-source';
import { readRecord } from './read-documents';
import { bundleSource } from './sources/bundle-source';
import {
  fixtureBundle,
  fixtureModel,
  fixtureRecord,
  fixtureScheme,
  marked,
  NETWORK,
  PARAMS,
  START,
} from './testing/fixture-world';
import { TEST_DETECTOR } from './testing/test-detector';
import { type Subject, type VerifyOptions } from './verification';
import { verify } from './verify';
import { isVerifierError, type VerifierErrorCode } from './verifier-error';

const MODEL = fixtureModel();
const SCHEME = fixtureScheme(MODEL);
const CONTENT = marked('cat');
const RECORD = fixtureRecord('cat', CONTENT, SCHEME);
const OTHER = fixtureRecord('dog', marked('dog'), SCHEME);
const SUBJECT: Subject = { kind: 'bytes', bytes: utf8(CONTENT) };
const REENCODED: Subject = { kind: 'bytes', bytes: utf8(`Re-encoded.\n${CONTENT}`) };

const BUNDLE = bundleSource(
  JSON.stringify(
    fixtureBundle({
      records: [RECORD, OTHER],
      models: [MODEL],
      schemes: [SCHEME],
      params: { [SCHEME.scheme_commitment]: PARAMS },
    }),
  ),
);

function source(changes: Partial<RecordSource> = {}): RecordSource {
  return { ...BUNDLE, ...changes };
}

function options(changes: Partial<VerifyOptions> = {}): VerifyOptions {
  return { source: BUNDLE, at: START, detectors: [TEST_DETECTOR], ...changes };
}

async function codeOf(act: Promise<unknown>): Promise<VerifierErrorCode | 'none'> {
  try {
    await act;
  } catch (error) {
    if (isVerifierError(error)) return error.code;
    throw error;
  }
  return 'none';
}

const found = (record: GenerationRecord): FoundRecord => readRecord(record);
const detector = (detect: Detector['detect']): Detector => ({ ...TEST_DETECTOR, detect });

describe('a source that lies', () => {
  it.each<[what: string, changes: Partial<RecordSource>, given: Partial<VerifyOptions>]>([
    ['another content', { recordsOf: () => Promise.resolve([found(OTHER)]) }, {}],
    [
      'one right and one wrong content',
      { recordsOf: () => Promise.resolve([found(RECORD), found(OTHER)]) },
      {},
    ],
    ['another record', { record: () => Promise.resolve(found(OTHER)) }, { modelRef: MODEL.model_ref }],
    [
      'another claimed record',
      { record: () => Promise.resolve(found(OTHER)) },
      { claimed: { model_ref: MODEL.model_ref, content_hash: RECORD.content_hash } },
    ],
  ])('is caught with %s', async (_what, changes, given) => {
    expect(await codeOf(verify(SUBJECT, options({ source: source(changes), ...given })))).toBe('SOURCE_LIED');
  });

  it('is caught with another parent', async () => {
    const child = fixtureRecord('cat', CONTENT, SCHEME, { parent_hash: OTHER.content_hash });
    const lying = source({ recordsOf: () => Promise.resolve([found(child)]) });
    expect(await codeOf(verify(SUBJECT, options({ source: lying })))).toBe('SOURCE_LIED');
  });

  it('cannot pass off a record whose payload is another', async () => {
    const lying = source({ recordsWith: () => Promise.resolve([found(OTHER)]) });
    expect((await verify(REENCODED, options({ source: lying }))).status).toBe('INCONCLUSIVE');
  });

  it('cannot pass off another model’s keys, nor another document', async () => {
    const thief = { ...MODEL, owner: sha256Hex('thief') };
    const keys = source({ model: () => Promise.resolve(thief) });
    expect((await verify(SUBJECT, options({ source: keys }))).status).toBe('MODEL_UNKNOWN');
    const document = source({ params: () => Promise.resolve({ ...PARAMS, params: {} }) });
    expect((await verify(SUBJECT, options({ source: document }))).status).toBe('SCHEME_MISMATCH');
  });

  it('that fails is not taken for one that knows nothing', async () => {
    const failing = source({ recordsOf: () => Promise.reject(new Error('down')) });
    await expect(verify(SUBJECT, options({ source: failing }))).rejects.toThrow('down');
  });
});

describe('finding the record', () => {
  it('reads no more matches than a person can look at', async () => {
    const many = Array.from({ length: MAX_MATCHES + 50 }, () => found(RECORD));
    const { others } = await verify(
      SUBJECT,
      options({ source: source({ recordsOf: () => Promise.resolve(many) }) }),
    );
    expect(others).toHaveLength(MAX_MATCHES - 1);
  });

  it('asks for the payload that was recovered, under its scheme', async () => {
    const asked: [string, RecoveredPayload][] = [];
    const watching = source({
      recordsWith: async (scheme, payload) => {
        asked.push([scheme, payload]);
        return await BUNDLE.recordsWith(scheme, payload);
      },
    });
    const { status, found_by: by } = await verify(REENCODED, options({ source: watching }));
    expect([status, by]).toEqual(['VALID', 'payload']);
    expect(asked).toEqual([[SCHEME.scheme_ref, { payload: RECORD.nonce.slice(0, 16), payload_bits: 64 }]]);
  });

  it('runs no detector twice on the way', async () => {
    let runs = 0;
    const counting = detector((...given) => {
      runs += 1;
      return TEST_DETECTOR.detect(...given);
    });
    await verify(REENCODED, options({ detectors: [counting] }));
    expect(runs).toBe(1);
  });

  it('tries a bounded number of schemes, and only those whose detector is installed', async () => {
    let runs = 0;
    const nothing = detector(() => {
      runs += 1;
      return { decision: 'not-detected', confidence: '0' };
    });
    const schemes = Array.from({ length: MAX_CANDIDATE_SCHEMES + 4 }, () => SCHEME);
    const foreign = { ...SCHEME, detector: { name: 'test-mark', version: '2.0.0' } };
    const crowded = source({ schemes: () => Promise.resolve([foreign, foreign, ...schemes]) });
    const { status } = await verify(REENCODED, options({ source: crowded, detectors: [nothing] }));
    expect([status, runs]).toEqual(['NOT_FOUND', MAX_CANDIDATE_SCHEMES]);
  });

  it('spends no run on schemes of keys that its detector does not hold', async () => {
    let runs = 0;
    let asked = 0;
    const keyless = {
      ...detector(() => {
        runs += 1;
        return { decision: 'not-detected', confidence: '0' };
      }),
      // The own scheme stands behind more of others than may be run.
      canRead: () => {
        asked += 1;
        return asked > MAX_CANDIDATE_SCHEMES + 4;
      },
    };
    const schemes = Array.from({ length: MAX_CANDIDATE_SCHEMES + 6 }, () => SCHEME);
    const crowded = source({ schemes: () => Promise.resolve(schemes) });
    const { status } = await verify(REENCODED, options({ source: crowded, detectors: [keyless] }));
    expect([status, runs]).toEqual(['NOT_FOUND', 2]);
  });

  it('looks at the documents of a bounded number of schemes', async () => {
    let asked = 0;
    const keyless = {
      ...TEST_DETECTOR,
      canRead: () => {
        asked += 1;
        return false;
      },
    };
    const schemes = Array.from({ length: MAX_CONSIDERED_SCHEMES + 6 }, () => SCHEME);
    const crowded = source({ schemes: () => Promise.resolve(schemes) });
    const { status } = await verify(REENCODED, options({ source: crowded, detectors: [keyless] }));
    expect([status, asked]).toEqual(['NOT_FOUND', MAX_CONSIDERED_SCHEMES]);
  });

  it('asks for no schemes when no detector is installed', async () => {
    const silent = source({ schemes: () => Promise.reject(new Error('asked')) });
    const { status } = await verify(REENCODED, options({ source: silent, detectors: [] }));
    expect(status).toBe('NOT_FOUND');
  });

  it.each<[what: string, given: Partial<VerifyOptions>]>([
    ['the payload is of another model', { modelRef: fixtureModel('sculptor').model_ref }],
    ['the scheme is unknown', { schemeRef: sha256Hex('unknown scheme') }],
    [
      'the claimed record is not there',
      { claimed: { model_ref: MODEL.model_ref, content_hash: SCHEME.scheme_ref } },
    ],
    ['the document cannot be had', { source: source({ params: () => Promise.resolve(undefined) }) }],
    ['the document is another', { source: source({ params: () => Promise.resolve({}) }) }],
  ])('finds nothing where %s', async (_what, given) => {
    expect((await verify(REENCODED, options(given))).status).toBe('NOT_FOUND');
  });

  it('names every record that a short payload fits', async () => {
    const twin = fixtureRecord('twin', marked('twin'), SCHEME, {
      nonce: RECORD.nonce,
      timestamp: START + 90,
    });
    const crowded = source({ recordsWith: () => Promise.resolve([found(RECORD), found(twin)]) });
    const { others, checks } = await verify(REENCODED, options({ source: crowded }));
    expect(others).toEqual([{ model_ref: MODEL.model_ref, content_hash: twin.content_hash }]);
    expect(checks.map(({ code }) => code)).toContain('record.ambiguous');
  });

  it('leaves a parent of an unknown version open', async () => {
    const child = fixtureRecord('cat', CONTENT, SCHEME, { parent_hash: OTHER.content_hash });
    const parent = found({ ...OTHER, schema_version: 2 });
    const newer = source({
      recordsOf: (hash) => Promise.resolve(hash === OTHER.content_hash ? [parent] : [found(child)]),
    });
    const { status, checks } = await verify(SUBJECT, options({ source: newer, parents: 'strict' }));
    expect(status).toBe('INCONCLUSIVE');
    expect(checks.map(({ code }) => code)).toContain('lineage.unchecked');
  });
});

describe('the parameter document', () => {
  const without = source({ params: () => Promise.resolve(undefined) });
  const fetched = (text: string, note?: string): Partial<VerifyOptions> => ({
    source: without,
    fetchParams: () => Promise.resolve({ bytes: utf8(text), ...(note === undefined ? {} : { note }) }),
  });

  it('is fetched where the source does not carry it', async () => {
    const { status, checks } = await verify(
      SUBJECT,
      options(fetched(JSON.stringify(PARAMS), 'It came by post.')),
    );
    expect(status).toBe('VALID');
    expect(checks.find(({ code }) => code === 'definition.match')?.explanation).toMatch(/It came by post\.$/);
  });

  it.each([
    ['SCHEME_MISMATCH', fetched('{}')],
    ['SCHEME_MISMATCH', fetched('')],
    ['INCONCLUSIVE', { source: without }],
    ['INCONCLUSIVE', { source: without, fetchParams: () => Promise.reject(new Error('no way')) }],
  ] as const)('makes it %s otherwise', async (status, given) => {
    expect((await verify(SUBJECT, options(given))).status).toBe(status);
  });

  it('of the caller is preferred, and held against the commitment all the same', async () => {
    const silent = source({ params: () => Promise.reject(new Error('asked')) });
    const given = { source: silent, params: JSON.stringify(PARAMS) };
    expect((await verify(SUBJECT, options(given))).status).toBe('VALID');
    expect((await verify(SUBJECT, options({ ...given, params: 'null' }))).status).toBe('SCHEME_MISMATCH');
  });

  it('that somebody else committed to starts no detector', async () => {
    let runs = 0;
    const counting = detector(() => {
      runs += 1;
      return { decision: 'detected', confidence: '1' };
    });
    await verify(SUBJECT, options({ params: '{}', detectors: [counting] }));
    expect(runs).toBe(0);
  });
});

describe('a detector', () => {
  const whatComesOf = async (detect: Detector['detect'], timeout = 1_000): Promise<string> => {
    const { status, checks } = await verify(
      SUBJECT,
      options({ detectors: [detector(detect)], detectorTimeoutMs: timeout }),
    );
    return `${status} ${checks.at(-1)?.code ?? ''}`;
  };

  it.each<[what: string, detect: Detector['detect']]>([
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken'))],
    ['answers nothing', () => undefined as unknown as DetectorOutcome],
    ['answers a float', () => ({ decision: 'detected', confidence: 0.9 }) as unknown as DetectorOutcome],
    ['answers beyond its form', () => ({ decision: 'detected', confidence: '2' })],
    ['invents members', () => ({ decision: 'detected', confidence: '1', valid: true }) as DetectorOutcome],
  ])('that %s does not decide', async (_what, detect) => {
    expect(await whatComesOf(detect)).toBe('INCONCLUSIVE detection.broken');
  });

  it('that never answers is left behind, and told so', async () => {
    let aborted = false;
    const hanging: Detector['detect'] = (_content, _params, { signal }) =>
      new Promise(() => {
        signal.addEventListener('abort', () => {
          aborted = true;
        });
      });
    expect(await whatComesOf(hanging, 20)).toBe('INCONCLUSIVE detection.broken');
    expect(aborted).toBe(true);
  });

  it('of another version is not used', async () => {
    const newer = { ...TEST_DETECTOR, version: '1.0.1' };
    const { status, checks } = await verify(SUBJECT, options({ detectors: [newer] }));
    expect([status, checks.at(-1)?.code]).toEqual(['INCONCLUSIVE', 'detection.unsupported']);
  });

  it('gets the committed parameters and what is known of the content', async () => {
    const seen: unknown[] = [];
    const watching = detector((content, params, { modelRef, schemeRef, mediaType }) => {
      seen.push(content.length, params, modelRef, schemeRef, mediaType);
      return { decision: 'detected', confidence: '1' };
    });
    await verify({ ...SUBJECT, mediaType: 'text/plain' }, options({ detectors: [watching] }));
    expect(seen).toEqual([CONTENT.length, PARAMS, MODEL.model_ref, SCHEME.scheme_ref, 'text/plain']);
  });
});

describe('the result', () => {
  it('says what it relied on', async () => {
    const result = await verify({ ...SUBJECT, name: 'a\u202Eb\u0007.txt' }, options());
    expect(result.content).toEqual({
      name: 'a\uFFFDb\uFFFD.txt',
      bytes: CONTENT.length,
      sha256: RECORD.content_hash,
    });
    expect(result.source).toEqual({ kind: 'bundle', subject: 'bundle', network: NETWORK, height: 42 });
    expect(result.verified_at).toBe(START);
    expect(result.detection).toMatchObject({ name: 'test-mark', version: '1.0.0', decision: 'detected' });
  });
});
