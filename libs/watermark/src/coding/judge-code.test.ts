import { randomBytes } from 'node:crypto';
import { WatermarkKey } from '../keys/watermark-key';
import { KeyedStream } from '../keys/keyed-stream';
import { log10Of } from '../statistics/probability';
import { codeMask, unmask } from './code-mask';
import { betterJudgement, type CodeQuestion, judgeCode } from './judge-code';
import { assertPayload, frameBits, payloadOfFrame } from './payload-frame';
import { PolarCode } from './polar-code';

const question: CodeQuestion = { schemeId: 'test-v1', payloadBits: 64, listSize: 8, hypotheses: 16n };
const payload = Buffer.from('0123456789abcdef', 'hex');

function marked(schemeId = question.schemeId): Float64Array {
  const word = new PolarCode(512, 80).encode(frameBits(schemeId, payload, 64));
  return Float64Array.from(word, (bit) => (bit === 0 ? 2 : -2));
}

describe('payload frame', () => {
  it('gives the payload back to its own scheme only', () => {
    const frame = frameBits('a-v1', payload, 64);
    expect(payloadOfFrame('a-v1', frame)).toEqual(Uint8Array.from(payload));
    expect(payloadOfFrame('b-v1', frame)).toBeUndefined();
  });

  it('notices every single changed bit', () => {
    const frame = frameBits('a-v1', payload, 64);
    for (let bit = 0; bit < frame.length; bit += 1) {
      const changed = Uint8Array.from(frame);
      changed[bit] ^= 1;
      expect(payloadOfFrame('a-v1', changed)).toBeUndefined();
    }
  });

  it('carries numbers of bits that fill no byte', () => {
    const frame = frameBits('a-v1', Uint8Array.of(0xff, 0xe0), 11);
    expect(frame).toHaveLength(27);
    expect(payloadOfFrame('a-v1', frame)).toEqual(Uint8Array.of(0xff, 0xe0));
  });

  it.each([
    ['too short', Uint8Array.of(1), 11],
    ['too long', Uint8Array.of(1, 0, 0), 11],
    ['with a spare bit set', Uint8Array.of(0xff, 0xf0), 11],
    ['empty', new Uint8Array(0), 8],
  ])('refuses a payload %s', (_, bytes, count) => {
    expect(() => {
      assertPayload(bytes, count);
    }).toThrow(expect.objectContaining({ code: 'PAYLOAD_MALFORMED' }) as Error);
  });
});

describe('judgement of code bits', () => {
  it('finds the payload and corrects what is wrong', () => {
    const soft = marked();
    const order = new KeyedStream(new WatermarkKey(Buffer.alloc(32, 1)), 'errors').permutation(512);
    for (const index of order.subarray(0, 60)) soft[index] *= -0.5;
    const judgement = judgeCode(soft, question);
    expect(judgement.payload).toEqual(Uint8Array.from(payload));
    expect(judgement).toMatchObject({ matches: 452, total: 512 });
    expect(log10Of(judgement.probability)).toBeLessThan(-30);
  });

  it('is exact: all of 512 bits right, 2^64 payloads and 16 readings', () => {
    const { probability } = judgeCode(marked(), question);
    expect(probability.denominator / probability.numerator).toBe(2n ** (512n - 64n - 4n));
  });

  it('takes the code of another scheme for nothing', () => {
    const judgement = judgeCode(marked('other-v1'), question);
    expect(judgement.payload).toBeUndefined();
    expect(judgement.probability).toEqual({ numerator: 1n, denominator: 1n });
  });

  it('counts a soft value of zero as no agreement', () => {
    const soft = marked();
    soft[3] = 0;
    expect(judgeCode(soft, question).matches).toBe(511);
    expect(judgeCode(new Float64Array(512), question).probability.numerator).toBe(1n);
  });

  it('never finds anything in unmarked soft values under 300 keys', () => {
    const stream = new KeyedStream(new WatermarkKey(Buffer.alloc(32, 9)), 'content');
    const content = Float64Array.from({ length: 512 }, () => stream.below(2001) - 1000.5);
    for (let trial = 0; trial < 300; trial += 1) {
      const mask = codeMask(new WatermarkKey(Buffer.alloc(32, `k${trial}`)), 512);
      expect(judgeCode(unmask(content, mask), question).probability.numerator).toBe(1n);
    }
  });

  it('keeps the better reading, the first of two equal ones', () => {
    const good = judgeCode(marked(), question);
    const bad = judgeCode(marked('other-v1'), question);
    expect(betterJudgement(bad, good)).toBe(good);
    expect(betterJudgement(good, bad)).toBe(good);
    const again = judgeCode(marked(), question);
    expect(betterJudgement(good, again)).toBe(good);
  });

  it('masks with bits that the key alone gives', () => {
    const bytes = randomBytes(32);
    const mask = codeMask(new WatermarkKey(bytes), 256);
    expect(codeMask(new WatermarkKey(bytes), 256)).toEqual(mask);
    expect(codeMask(new WatermarkKey(bytes), 256, 'another')).not.toEqual(mask);
    const soft = Float64Array.from({ length: 256 }, (_, index) => index + 1);
    expect(unmask(unmask(soft, mask), mask)).toEqual(soft);
  });
});
