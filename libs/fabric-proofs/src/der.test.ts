import { generateKeyPairSync, sign } from 'node:crypto';
import { encodeDerInteger, isLowS, readDer } from './der';
import { codeOf } from './testing/ledger-fixture';

const bytes = (text: string): Buffer => Buffer.from(text, 'hex');

describe('DER', () => {
  it.each([
    [0, '020100'],
    [1, '020101'],
    [127, '02017f'],
    [128, '02020080'],
    [255, '020200ff'],
    [256, '02020100'],
    [2 ** 31, '02050080000000'],
    [2 ** 40, '0206010000000000'],
  ])('encodes %i in the fewest bytes', (value, expected) => {
    expect(encodeDerInteger(value).toString('hex')).toBe(expected);
  });

  it.each([['', '02', '0205', '30820', '028100', '0280', '0285010203040500', '04810161']].flat())(
    'refuses %s',
    (text) => {
      expect(codeOf(() => readDer(bytes(text), 0))).toBe('DER_MALFORMED');
    },
  );
});

describe('isLowS', () => {
  const half = '7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8';
  const above = '7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a9';
  const order = '00ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551';
  const signature = (r: string, s: string): Buffer => {
    const part = (value: string): string => `02${(value.length / 2).toString(16).padStart(2, '0')}${value}`;
    const body = part(r) + part(s);
    return bytes(`30${(body.length / 2).toString(16).padStart(2, '0')}${body}`);
  };

  it('draws the line at half the order', () => {
    expect(isLowS(signature('01', half))).toBe(true);
    expect(isLowS(signature('01', above))).toBe(false);
  });

  it.each([
    ['r of zero', signature('00', '01')],
    ['s of zero', signature('01', '00')],
    ['r beyond the order', signature(order, '01')],
    ['a negative r', signature('80', '01')],
    ['padded r', signature('0001', '01')],
    ['an empty r', signature('', '01')],
    ['trailing bytes', Buffer.concat([signature('01', '01'), bytes('00')])],
    ['three numbers', bytes('3009020101020101020101')],
    ['an overlong scalar', signature(`00${'ff'.repeat(33)}`, '01')],
    ['nothing', Buffer.alloc(0)],
    ['no sequence', bytes('020101')],
  ])('refuses %s', (_what, value) => {
    expect(isLowS(value)).toBe(false);
  });

  it('accepts about half of the signatures that node:crypto makes', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const low = Array.from({ length: 64 }, (_unused, index) =>
      sign('sha256', Buffer.from([index]), privateKey),
    ).filter(isLowS);
    expect(low.length).toBeGreaterThan(8);
    expect(low.length).toBeLessThan(56);
  });
});
