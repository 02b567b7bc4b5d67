import * as fc from 'fast-check';
import { payloadOfNonce, toHex, utf8 } from '@maker-registry/protocol';
import { WATERMARK_ERROR_ACTIONS } from '../errors/error-actions';
import { WATERMARK_ERROR_CODES } from '../errors/watermark-error';
import { NO_KEY_COMMITMENT, WatermarkKey } from '../keys/watermark-key';
import { LOWEST_BIT_DOCUMENT, LOWEST_BIT_SCHEME } from '../testing/lowest-bit-scheme';
import { committedTo } from './commit-document';
import { payloadFromHex, payloadFromNonce } from './payload-bytes';
import { readSchemeDocument } from './read-scheme-document';
import { readyMadeSchemes } from './ready-made';

const KEY = new WatermarkKey(new Uint8Array(32).fill(7));
const withCode = (code: string): Error => expect.objectContaining({ code }) as Error;
const read = (text: string): unknown => readSchemeDocument(utf8(text), [LOWEST_BIT_SCHEME]);

describe('reading a scheme document', () => {
  it('gives document and scheme', () => {
    expect(read(JSON.stringify(LOWEST_BIT_DOCUMENT))).toEqual({
      document: LOWEST_BIT_DOCUMENT,
      scheme: LOWEST_BIT_SCHEME,
    });
  });

  it.each([
    ['JSON_MALFORMED', '{'],
    ['PARAMS_OUT_OF_RANGE', '{}'],
    ['PARAMS_INVALID', `"${'x'.repeat(70_000)}"`],
    ['SCHEME_UNKNOWN_DETECTOR', JSON.stringify(LOWEST_BIT_DOCUMENT).replace('lowest-bit"', 'unheard-of"')],
    ['PARAMS_OUT_OF_RANGE', JSON.stringify(LOWEST_BIT_DOCUMENT).replace('"hypotheses":1', '"hypotheses":0')],
  ])('refuses with %s what is none', (code, text) => {
    expect(() => read(text)).toThrow(withCode(code));
  });
});

describe('committing a document to a key', () => {
  it('changes id and commitment, and nothing else', () => {
    const mine = committedTo(LOWEST_BIT_DOCUMENT, 'mine-1', KEY);
    expect(mine).toEqual({
      ...LOWEST_BIT_DOCUMENT,
      scheme_id: 'mine-1',
      key_commitment: KEY.commitment(),
    });
    expect(LOWEST_BIT_DOCUMENT.key_commitment).toBe(NO_KEY_COMMITMENT);
  });

  it.each(['', 'two\nlines', 'x'.repeat(300)])('refuses the id "%s"', (id) => {
    expect(() => committedTo(LOWEST_BIT_DOCUMENT, id, KEY)).toThrow(withCode('PARAMS_INVALID'));
  });
});

describe('payloads', () => {
  it('come from hex or from the leading bits of a nonce', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.integer({ min: 1, max: 256 }),
        (nonce, bits) => {
          const payload = payloadFromNonce(toHex(nonce).toUpperCase(), bits);
          expect(toHex(payload)).toBe(payloadOfNonce(toHex(nonce), bits));
          expect(payloadFromHex(toHex(payload), bits)).toEqual(payload);
        },
      ),
    );
  });

  it.each(['', '0', 'ab', '0123456789abcdef00', '0123456789abcdeg', '0123456789abcdef\n'])(
    'are not "%s"',
    (hex) => {
      expect(() => payloadFromHex(hex, 64)).toThrow(withCode('PAYLOAD_MALFORMED'));
    },
  );

  it('are left out where a scheme carries none', () => {
    expect(() => payloadFromHex('00', 0)).toThrow('no payload');
    expect(payloadFromNonce('ab'.repeat(32), 0)).toHaveLength(0);
  });

  it('have zeros in bits beyond the last', () => {
    expect(payloadFromHex('fff0', 12)).toEqual(Uint8Array.of(0xff, 0xf0));
    expect(() => payloadFromHex('fff8', 12)).toThrow(withCode('PAYLOAD_MALFORMED'));
  });

  it.each(['', 'ab', 'g'.repeat(64), 'ab'.repeat(33)])('do not come from the nonce "%s"', (nonce) => {
    expect(() => payloadFromNonce(nonce, 64)).toThrow(withCode('PAYLOAD_MALFORMED'));
  });
});

describe('ready-made documents', () => {
  it('are templates of installed schemes, under names of their own', async () => {
    const found = await readyMadeSchemes();
    for (const { name, document } of found) {
      expect(name).toMatch(/^[a-z0-9][a-z0-9-]*$/);
      expect(document.key_commitment).toBe(NO_KEY_COMMITMENT);
    }
    const ids = found.map(({ document }) => document.scheme_id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

it('says of every error what to do', () => {
  expect(Object.keys(WATERMARK_ERROR_ACTIONS).sort()).toEqual(Object.keys(WATERMARK_ERROR_CODES).sort());
});
