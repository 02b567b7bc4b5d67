import { durationMs, integer, onlyKeys, slug } from './decode';

describe('durations', () => {
  it.each([
    ['200ms', 200],
    ['5s', 5000],
    ['3m0s', 180_000],
    ['1h2m3s4ms', 3_723_004],
  ])('%s is %d ms', (written, ms) => {
    expect(durationMs(written)).toBe(ms);
  });

  it.each(['', '5', '5 s', '-5s', '1.5s', 's5', '5sm', '3s2m'])('refuses %j', (written) => {
    expect(() => durationMs(written, 'file:key')).toThrow('file:key: expected a duration');
  });
});

describe('values', () => {
  it.each(['Op1', '', 'op 1', '../x', "op1'", '1op', 'x'.repeat(40)])('%j is no name', (name) => {
    expect(() => slug(name, 'f:name')).toThrow('f:name');
  });

  it.each([1.5, '1', -1, 70_000, null])('%j is no port', (value) => {
    expect(() => integer(value, 'f:port', 1024, 65_535)).toThrow(
      'f:port: expected a whole number from 1024 to 65535',
    );
  });

  it('names an unknown key', () => {
    expect(() => {
      onlyKeys({ timewindow: 1 }, 'f:peers', ['time_window']);
    }).toThrow('f:peers/timewindow: expected one of time_window');
  });
});
