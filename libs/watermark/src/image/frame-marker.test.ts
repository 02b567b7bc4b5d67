import { codeMask } from '../coding/code-mask';
import { frameBits } from '../coding/payload-frame';
import { PolarCode } from '../coding/polar-code';
import { WatermarkKey } from '../keys/watermark-key';
import { atMost, probabilityOf } from '../statistics/probability';
import { drawnImage } from '../testing/drawn-image';
import { detectionPlane } from './detection-plane';
import { addPlane, FrameMarker } from './frame-marker';
import { lumaOf } from './luma';
import { applied } from './luma-embedder';
import { findMark, IMAGE_HYPOTHESES } from './mark-detector';
import { DATA_COUNT, layoutOf } from './mark-layout';
import { emptyPlane } from './plane';

jest.setTimeout(120_000);

const KEY = new WatermarkKey(new Uint8Array(32).fill(9));
const SIZE = { width: 240, height: 180 };
const PAYLOAD = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]);
const QUESTION = {
  schemeId: 'frames',
  payloadBits: 64,
  listSize: 8,
  hypotheses: BigInt(IMAGE_HYPOTHESES),
  satisfiedBy: '0.000001',
};

describe('the mark of many frames', () => {
  const layout = layoutOf(KEY);
  const mask = codeMask(KEY, DATA_COUNT);
  const word = new PolarCode(DATA_COUNT, 80)
    .encode(frameBits('frames', PAYLOAD, 64))
    .map((bit, index) => bit ^ mask[index]);
  const frames = [1, 2, 3, 4, 5, 6].map((seed) => lumaOf(drawnImage(SIZE.width, SIZE.height, seed)));
  const marker = new FrameMarker(SIZE, layout, word, 1.8);
  const found = (count: number, deviation: number): ReturnType<typeof findMark> => {
    const planes = frames.slice(0, count).map((luma) => {
      const marked = applied(luma, marker.delta(luma, deviation));
      return detectionPlane(marked, SIZE.width, SIZE.height);
    });
    const sum = emptyPlane(planes[0].width, planes[0].height);
    for (const plane of planes) addPlane(sum, plane);
    return findMark(sum, layout, KEY, QUESTION);
  };
  const sure = ({ judgement }: ReturnType<typeof findMark>): boolean =>
    atMost(judgement.probability, probabilityOf('0.000001'));

  it('is read from their sum where one alone says too little', () => {
    expect(sure(found(1, 0.4))).toBe(false);
    const together = found(6, 0.4);
    expect(sure(together)).toBe(true);
    expect(together.judgement.payload).toEqual(PAYLOAD);
  });

  it('is nowhere without a change', () => {
    expect(sure(found(6, 0))).toBe(false);
  });

  it('has about the deviation asked for, whole levels, and the same each time', () => {
    const delta = marker.delta(frames[0], 3);
    const square = delta.reduce((sum, change) => sum + change * change, 0) / delta.length;
    expect(Math.sqrt(square)).toBeGreaterThan(2.9);
    expect(Math.sqrt(square)).toBeLessThan(3.1);
    expect(marker.delta(frames[0], 3)).toEqual(delta);
  });

  it('needs no structure to be drawn', () => {
    expect(marker.delta(new Uint8Array(SIZE.width * SIZE.height), 2).some((change) => change !== 0)).toBe(
      true,
    );
  });
});
