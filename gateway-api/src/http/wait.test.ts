import { MAX_WAIT_S } from '../limits';
import { preferredWait } from './wait';

describe('preferredWait', () => {
  it.each([
    ['wait=5', 5],
    ['respond-async, wait=10', 10],
    ['Wait = "7"', 7],
    ['wait=3; foo=bar', 3],
    ['wait=0', 0],
    ['wait=99999', MAX_WAIT_S],
  ])('reads %s', (header, seconds) => {
    expect(preferredWait(header)).toBe(seconds);
  });

  it.each([undefined, '', 'respond-async', 'wait', 'wait=', 'wait=-1', 'wait=1.5', 'wait=abc', 'await=5'])(
    'ignores %s',
    (header) => {
      expect(preferredWait(header)).toBeUndefined();
    },
  );
});
