import { PassThrough } from 'node:stream';
import { teller } from './events';

function told(asJson: boolean, message: string): string {
  const stream = new PassThrough();
  teller(stream, asJson)('refused', { code: 'FORBIDDEN', message });
  return String(stream.read());
}

describe('teller', () => {
  it('tells an event as one sentence', () => {
    expect(told(false, 'No right of the holder’s.')).toBe(
      'guard: refused code=FORBIDDEN message=No right of the holder’s.\n',
    );
  });

  it.each(['a\nguard: started pid=1', '\u001b[2Jgone', '\u009b2J', 'a\u2028b', '\u202eno'])(
    'shows what would steer a terminal or feign a line: %j',
    (message) => {
      const sentence = told(false, message);
      expect(sentence.slice(0, -1)).not.toMatch(/\p{Cc}|\p{Zl}|\p{Cf}/u);
      expect(sentence).toContain('\\u');
    },
  );

  it('tells JSON on one line', () => {
    expect(told(true, 'a\nb').trimEnd()).not.toContain('\n');
  });
});
