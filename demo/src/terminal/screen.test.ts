import { PassThrough } from 'node:stream';
import { plainScreen } from './screen';
import { wantsColor } from './style';

describe('plainScreen', () => {
  it('writes whole lines without escape sequences', () => {
    const stream = new PassThrough();
    const screen = plainScreen(stream);
    screen.line(screen.style.strong('hello'));
    expect(String(stream.read())).toBe('hello\n');
  });

  it('breaks a long silence', () => {
    jest.useFakeTimers();
    try {
      const stream = new PassThrough();
      const screen = plainScreen(stream);
      screen.work('building');
      jest.advanceTimersByTime(10_500);
      screen.rest();
      jest.advanceTimersByTime(60_000);
      expect(String(stream.read())).toMatch(/^ {6}still at it: building, \d+\.\d s\n$/);
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('wantsColor', () => {
  it.each([
    ['a terminal', { isTTY: true }, {}, true],
    ['a pipe', {}, {}, false],
    ['NO_COLOR', { isTTY: true }, { NO_COLOR: '1' }, false],
    ['an empty NO_COLOR', { isTTY: true }, { NO_COLOR: '' }, true],
    ['a dumb terminal', { isTTY: true }, { TERM: 'dumb' }, false],
  ])('knows %s', (_name, stream, environment, expected) => {
    expect(wantsColor(stream, environment)).toBe(expected);
  });
});
