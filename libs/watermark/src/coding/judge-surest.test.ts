import { binomialTail } from '../statistics/binomial-tail';
import { log10Of, timesHypotheses } from '../statistics/probability';
import { KeyedStream } from '../keys/keyed-stream';
import { WatermarkKey } from '../keys/watermark-key';
import { type CodeQuestion, judgeCode } from './judge-code';
import { judgeAllAndSurest } from './judge-surest';
import { frameBits } from './payload-frame';
import { PolarCode } from './polar-code';

const question: CodeQuestion = { schemeId: 'test-v1', payloadBits: 64, listSize: 8, hypotheses: 32n };
const payload = Buffer.from('0123456789abcdef', 'hex');
const word = new PolarCode(512, 80).encode(frameBits('test-v1', payload, 64));
const key = new WatermarkKey(Buffer.alloc(32, 1));
const order = new KeyedStream(key, 'places').permutation(512);

/** The mark in so many places, and coins of a small size in all others. */
function partly(count: number): Float64Array {
  const coins = new KeyedStream(key, 'coins');
  const soft = Float64Array.from({ length: 512 }, () => (coins.bit() === 0 ? 0.01 : -0.01));
  for (const place of order.subarray(0, count)) soft[place] = word[place] === 0 ? 2 : -2;
  return soft;
}

describe('judgement by all and by the surest code bits', () => {
  it('finds in the surest bits what all of them drown', () => {
    const soft = partly(200);
    const all = judgeCode(soft, question);
    const better = judgeAllAndSurest(soft, 200, question);
    expect(better).toMatchObject({ matches: 200, total: 200, payload: Uint8Array.from(payload) });
    expect(log10Of(better.probability)).toBeLessThan(log10Of(all.probability) - 5);
    expect(better.probability).toEqual(timesHypotheses(binomialTail(200, 200), 32n << 64n));
  });

  it('keeps the judgement by all where that says more', () => {
    const soft = partly(512);
    expect(judgeAllAndSurest(soft, 200, question)).toEqual(judgeCode(soft, question));
  });

  it('takes the first of equally sure bits, and as many as it was told to', () => {
    const soft = partly(512);
    for (let place = 0; place < 100; place += 1) soft[place] = -soft[place];
    expect(judgeAllAndSurest(soft, 101, question).total).toBe(512);
    for (let place = 0; place < 100; place += 1) soft[place] /= 4;
    expect(judgeAllAndSurest(soft, 412, question)).toMatchObject({ matches: 412, total: 412 });
  });

  it('says nothing more of what is no frame of this scheme', () => {
    const soft = partly(512);
    const other = { ...question, schemeId: 'other-v1' };
    expect(judgeAllAndSurest(soft, 200, other)).toEqual(judgeCode(soft, other));
    expect(judgeAllAndSurest(soft, 200, other).payload).toBeUndefined();
  });
});
