import fc from 'fast-check';
import { codeOf, subjectOf } from '../test-support/expect-code';
import { sha256Hex } from '../encoding/hash';
import { readDetectorOutcome } from './detector-outcome';
import { isPayloadOf, payloadOfNonce, spareBitsAreZero } from './watermark-payload';

const FOUND = { decision: 'detected', confidence: '0.98', payload: 'ab80', payload_bits: 9 };

describe('a detector’s answer', () => {
  it.each([
    FOUND,
    { decision: 'not-detected', confidence: '0' },
    { decision: 'inconclusive', confidence: '1', p_value: '0.0000000001' },
    { ...FOUND, local: [{ place: '0s-2s', confidence: '0.5' }] },
    { ...FOUND, payload: 'ff'.repeat(32), payload_bits: 256 },
  ])('is taken: %j', (answer) => {
    expect(readDetectorOutcome(answer)).toEqual(answer);
  });

  it.each<[subject: string, answer: unknown]>([
    ['', undefined],
    ['', null],
    ['', 'detected'],
    ['', []],
    ['/decision', { confidence: '0.5' }],
    ['/decision', { ...FOUND, decision: 'yes' }],
    ['/confidence', { decision: 'detected' }],
    ['/confidence', { ...FOUND, confidence: 0.98 }],
    ['/confidence', { ...FOUND, confidence: '0.980' }],
    ['/confidence', { ...FOUND, confidence: '.98' }],
    ['/confidence', { ...FOUND, confidence: '1.0' }],
    ['/confidence', { ...FOUND, confidence: '1.5' }],
    ['/confidence', { ...FOUND, confidence: '-0.5' }],
    ['/confidence', { ...FOUND, confidence: '9e-1' }],
    ['/confidence', { ...FOUND, confidence: '98%' }],
    ['/confidence', { ...FOUND, confidence: `0.${'1'.repeat(41)}` }],
    ['/p_value', { ...FOUND, p_value: '1e-9' }],
    ['/payload', { ...FOUND, payload: 'AB80' }],
    ['/payload', { ...FOUND, payload: 'a' }],
    ['/payload', { ...FOUND, payload: '' }],
    ['/payload', { ...FOUND, payload: 'ab81' }],
    ['/payload', { ...FOUND, payload: 'ab' }],
    ['/payload', { ...FOUND, payload: 'ab8000' }],
    ['/payload', { ...FOUND, payload: 'ff'.repeat(33), payload_bits: 256 }],
    ['/payload_bits', { ...FOUND, payload_bits: 0 }],
    ['/payload_bits', { ...FOUND, payload_bits: 257 }],
    ['/payload_bits', { ...FOUND, payload_bits: 8.5 }],
    ['/payload_bits', { decision: 'detected', confidence: '0.5', payload: 'ab' }],
    ['/payload_bits', { decision: 'detected', confidence: '0.5', payload_bits: 8 }],
    ['/local/0/place', { ...FOUND, local: [{ confidence: '0.5' }] }],
    ['/local/0/place', { ...FOUND, local: [{ place: 'a\u202Eb', confidence: '0.5' }] }],
    ['/local/0/confidence', { ...FOUND, local: [{ place: 'x', confidence: 'high' }] }],
    ['/score', { ...FOUND, score: 1 }],
  ])('is refused about %j: %j', (subject, answer) => {
    expect(codeOf(() => readDetectorOutcome(answer))).toBe('SCHEMA_VIOLATION');
    expect(subjectOf(() => readDetectorOutcome(answer)) ?? '').toBe(subject);
  });
});

describe('the payload of a nonce', () => {
  const nonce = sha256Hex('nonce');

  it('is its leading bits and then zeros', () => {
    expect(payloadOfNonce('ff'.repeat(32), 9)).toBe('ff80');
    expect(payloadOfNonce('ff'.repeat(32), 1)).toBe('80');
    expect(payloadOfNonce('ff'.repeat(32), 256)).toBe('ff'.repeat(32));
    expect(payloadOfNonce(`7f${'00'.repeat(31)}`, 1)).toBe('00');
  });

  it('names the nonce for every length, and no other nonce', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 256 }), (bits) => {
        const payload = payloadOfNonce(nonce, bits);
        expect(spareBitsAreZero(payload, bits)).toBe(true);
        expect(isPayloadOf(nonce, payload, bits)).toBe(true);
        const first = Number.parseInt(nonce.slice(0, 2), 16) ^ 0x80;
        expect(isPayloadOf(first.toString(16).padStart(2, '0') + nonce.slice(2), payload, bits)).toBe(false);
      }),
    );
  });

  it.each(['', 'ab', nonce.toUpperCase(), `${nonce}00`, 'zz'.repeat(32)])('is none of %j', (text) => {
    expect(isPayloadOf(text, '00', 1)).toBe(false);
  });
});
