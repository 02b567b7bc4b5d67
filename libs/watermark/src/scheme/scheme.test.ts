import { type ParamsDocument } from '@maker-registry/protocol';
import { CERTAIN } from '../statistics/probability';
import { confidenceOf, decide, detectionOf, nothingFound } from './decide';
import { payloadParamsSchema } from './params-schema';
import { schemeDocumentOf, schemeOf } from './scheme-table';
import { type WatermarkScheme } from './watermark-scheme';

const threshold = { p_value: '0.000001', inconclusive_p_value: '0.001' };
const one = (denominator: bigint) => ({ numerator: 1n, denominator });
const document: ParamsDocument = {
  scheme_id: 'test-v1',
  detector_spec: { name: 'test', version: '1.0.0', output: '1 − p' },
  params: {
    payload_bits: 64,
    code: { type: 'polar', length: 512, check_bits: 16, list_size: 8 },
    hypotheses: 16,
    threshold,
    strength: 3,
  },
  key_commitment: '0'.repeat(64),
  compatibility: { media_types: ['image/*'], preprocessing: 'none' },
};
const scheme: WatermarkScheme = {
  name: 'test',
  version: '1.0.0',
  medium: 'image',
  robust: true,
  paramsSchema: payloadParamsSchema({ strength: { type: 'integer', minimum: 1, maximum: 9 } }),
  payloadBits: () => 64,
  detect: () => Promise.resolve(nothingFound({ threshold }, 64, 16n)),
};

describe('decision rule', () => {
  it.each([
    [1_000_000n, 'detected'],
    [999_999n, 'inconclusive'],
    [1000n, 'inconclusive'],
    [999n, 'not-detected'],
    [1n, 'not-detected'],
  ])('one in %d is %s', (denominator, decision) => {
    expect(decide(one(denominator), threshold, [])).toBe(decision);
  });

  it('doubts where only a part of the content speaks', () => {
    const weak = { place: '0s-5s', confidence: '0.9', p_value: '0.1' };
    expect(decide(one(2n), threshold, [weak])).toBe('not-detected');
    expect(decide(one(2n), threshold, [weak, { ...weak, p_value: '0.0001' }])).toBe('inconclusive');
    expect(decide(one(2n), threshold, [{ place: '0s-5s', confidence: '0.999999' }])).toBe('not-detected');
  });

  it('shows a payload only where the threshold was met', () => {
    const finding = {
      matches: 10,
      total: 12,
      hypotheses: 1n,
      payload: Uint8Array.of(0xab),
      payloadBits: 8,
      local: [],
    };
    expect(detectionOf({ ...finding, probability: one(10n ** 9n) }, { threshold })).toMatchObject({
      decision: 'detected',
      payload: 'ab',
      corrected: 2,
      threshold: { met: true },
    });
    const doubtful = detectionOf({ ...finding, probability: one(5000n) }, { threshold });
    expect(doubtful.payload).toBeUndefined();
    expect(doubtful.threshold.met).toBe(false);
  });

  it.each([
    [CERTAIN, '0'],
    [one(2n), '0.5'],
    [one(10n ** 30n), '0.999999'],
    [{ numerator: 0n, denominator: 1n }, '1'],
  ])('rounds confidence down', (probability, confidence) => {
    expect(confidenceOf(probability)).toBe(confidence);
  });
});

describe('table of schemes', () => {
  it('finds by name and version', () => {
    expect(schemeOf(schemeDocumentOf(document), [scheme])).toBe(scheme);
  });

  it.each([
    ['another name', { ...document, detector_spec: { ...document.detector_spec, name: 'other' } }],
    ['another version', { ...document, detector_spec: { ...document.detector_spec, version: '1.0.1' } }],
  ])('does not know %s', (_, changed) => {
    expect(() => schemeOf(changed, [scheme])).toThrow(
      expect.objectContaining({ code: 'SCHEME_UNKNOWN_DETECTOR' }) as Error,
    );
  });

  it.each([
    ['/params/strength', { strength: 10 }],
    ['/params/unheard', { unheard: 1 }],
    ['/params/hypotheses', { hypotheses: 0 }],
    ['/params/payload_bits', { payload_bits: 257 }],
    ['/params/code/length', { code: { type: 'polar', length: 500, check_bits: 16, list_size: 8 } }],
    ['/params/threshold/p_value', { threshold: { ...threshold, p_value: '0.00001' } }],
    ['/params/threshold/p_value', { threshold: { ...threshold, p_value: '0.0000010' } }],
    ['/params/threshold/inconclusive_p_value', { threshold: { ...threshold, inconclusive_p_value: '0.5' } }],
  ])('refuses parameters out of range: %s', (subject, params) => {
    const changed = { ...document, params: { ...document.params, ...params } };
    expect(() => schemeOf(changed, [scheme])).toThrow(
      expect.objectContaining({ code: 'PARAMS_OUT_OF_RANGE', subject }) as Error,
    );
  });

  it('refuses what is no scheme document', () => {
    for (const value of [null, 1, [], {}, { ...document, key_commitment: 'ab' }]) {
      expect(() => schemeDocumentOf(value)).toThrow(
        expect.objectContaining({ code: 'PARAMS_OUT_OF_RANGE' }) as Error,
      );
    }
  });
});
