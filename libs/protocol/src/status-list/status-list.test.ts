import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { fromBase64Url, fromHex, toBase64Url, toHex, utf8 } from '../encoding/bytes';
import { codeOf } from '../test-support/expect-code';
import { OPERATOR, OPERATOR_JWK, tokenOf } from '../test-support/token';
import { es256Signer } from '../test-support/software-signer';
import {
  compressStatuses,
  inflateStatuses,
  packStatuses,
  STATUS_BITS,
  statusAt,
  type StatusBits,
} from './status-array';
import { assembleStatusList, openStatusList, statusListSigningInput } from './status-list-token';

interface Vectors {
  readonly short: readonly { readonly bits: StatusBits; readonly bytes: string; readonly lst: string }[];
  readonly long: readonly {
    readonly bits: StatusBits;
    readonly size: number;
    readonly statuses: readonly (readonly [number, number])[];
    readonly lst: string;
  }[];
}
const VECTORS = JSON.parse(
  readFileSync(join(__dirname, '../../vectors/status-lists.json'), 'utf8'),
) as Vectors;
const bytesOf = (text: string): Uint8Array => fromBase64Url(text) ?? new Uint8Array();

describe('the published vectors of the Token Status List draft', () => {
  it.each(VECTORS.short)('$bits bits, short: both ways', ({ bits, bytes, lst }) => {
    expect(toHex(inflateStatuses(bytesOf(lst)))).toBe(bytes);
    expect(toBase64Url(compressStatuses(fromHex(bytes)))).toBe(lst);
    expect(statusAt(fromHex(bytes), bits, 0)).toBe(1);
  });

  it.each(VECTORS.long)('$bits bits, 2^20 entries', ({ bits, size, statuses, lst }) => {
    const inflated = inflateStatuses(bytesOf(lst));
    const packed = packStatuses(statuses, size, bits);
    expect(Buffer.from(inflated).equals(packed)).toBe(true);
    expect(statuses.map(([index]) => statusAt(inflated, bits, index))).toEqual(
      statuses.map(([, status]) => status),
    );
    expect(statusAt(inflated, bits, 1)).toBe(0);
  });
});

describe('packed statuses', () => {
  it('are read as they were written, and nothing else changes', () => {
    const status = fc.constantFrom(...STATUS_BITS).chain((bits) =>
      fc.tuple(
        fc.constant(bits),
        fc.uniqueArray(fc.tuple(fc.nat(499), fc.nat(2 ** bits - 1)), {
          selector: ([index]) => index,
          size: 'max',
          maxLength: 100,
        }),
      ),
    );
    fc.assert(
      fc.property(status, ([bits, statuses]) => {
        const packed = inflateStatuses(compressStatuses(packStatuses(statuses, 500, bits)));
        const expected = new Map(statuses);
        for (let index = 0; index < 500; index += 1) {
          expect(statusAt(packed, bits, index)).toBe(expected.get(index) ?? 0);
        }
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    [-1, 0],
    [8, 0],
    [0.5, 0],
    [0, 4],
    [0, -1],
  ])('take no index %s with status %s', (index, status) => {
    expect(codeOf(() => packStatuses([[index, status]], 8, 2))).toBe('STATUS_LIST_MALFORMED');
  });

  it.each([-1, 16, 1e9, 0.5, Number.NaN])('say nothing of index %s of 16', (index) => {
    expect(codeOf(() => statusAt(new Uint8Array(4), 2, index))).toBe('STATUS_LIST_MALFORMED');
  });

  it.each<[string, Uint8Array]>([
    ['a bomb', deflateSync(Buffer.alloc(64 * 1024 * 1024))],
    ['another format', gzipSync('x')],
    ['nothing', new Uint8Array()],
    ['half a stream', deflateSync(Buffer.alloc(1000, 7)).subarray(0, 8)],
  ])('do not inflate from %s', (_what, bytes) => {
    expect(codeOf(() => inflateStatuses(bytes))).toBe('STATUS_LIST_MALFORMED');
  });
});

const URI = 'https://op1.example/v1/status-lists/1';
const NOW = 1_800_000_000;
const CLAIMS = { sub: URI, iat: NOW, exp: NOW + 600, ttl: 30 };
const PACKED = {
  bits: 2 as const,
  statuses: packStatuses(
    [
      [1, 1],
      [2, 2],
    ],
    100,
    2,
  ),
};
const CHECK = { jwks: { keys: [OPERATOR_JWK] }, uri: URI, now: NOW };

async function sign(input: string, signer = OPERATOR): Promise<string> {
  return assembleStatusList(input, await signer.sign(utf8(input)));
}
const listToken = (claims = CLAIMS, kid = 'op1-token', signer = OPERATOR): Promise<string> =>
  sign(statusListSigningInput(claims, PACKED, kid), signer);

/** A token with header and claims as they come. */
async function crafted(header: object, claims: object): Promise<string> {
  const part = (value: object) => toBase64Url(utf8(JSON.stringify(value)));
  return await sign(`${part(header)}.${part(claims)}`);
}

describe('a status list token', () => {
  it('tells the statuses of its tokens', async () => {
    const list = openStatusList(await listToken(), CHECK);
    expect([0, 1, 2, 99].map(list.statusAt)).toEqual([0, 1, 2, 0]);
    expect(codeOf(() => list.statusAt(100))).toBe('STATUS_LIST_MALFORMED');
    expect(list.claims.sub).toBe(URI);
  });

  it.each<[string, () => Promise<string>, Partial<typeof CHECK & { maxAgeS: number }>, string]>([
    ['at another address', listToken, { uri: `${URI}0` }, 'STATUS_LIST_UNTRUSTED'],
    ['by a key that is not the issuer’s', () => listToken(CLAIMS, 'op9'), {}, 'STATUS_LIST_UNTRUSTED'],
    [
      'by another key under its name',
      () => listToken(CLAIMS, 'op1-token', es256Signer('x')),
      {},
      'STATUS_LIST_UNTRUSTED',
    ],
    ['after exp', listToken, { now: NOW + 600 }, 'STATUS_LIST_EXPIRED'],
    ['from the future', listToken, { now: NOW - 61 }, 'STATUS_LIST_EXPIRED'],
    ['older than the caller accepts', listToken, { now: NOW + 31, maxAgeS: 30 }, 'STATUS_LIST_EXPIRED'],
    ['that is a rights token', () => tokenOf(), {}, 'STATUS_LIST_MALFORMED'],
    ['in two parts', () => Promise.resolve('a.b'), {}, 'STATUS_LIST_MALFORMED'],
    ['too long', () => Promise.resolve('a'.repeat(3_000_000)), {}, 'STATUS_LIST_MALFORMED'],
  ])('%s is refused', async (_what, make, change, code) => {
    const token = await make();
    expect(codeOf(() => openStatusList(token, { ...CHECK, ...change }))).toBe(code);
  });

  const header = { alg: 'ES256', kid: 'op1-token', typ: 'statuslist+jwt' };
  const lst = toBase64Url(compressStatuses(PACKED.statuses));
  const claims = { ...CLAIMS, status_list: { bits: 2, lst } };
  it.each<[string, object, object]>([
    ['algorithm none', { ...header, alg: 'none' }, claims],
    ['another type', { ...header, typ: 'JWT' }, claims],
    ['something critical', { ...header, crit: ['x'] }, claims],
    ['no sub', header, { ...claims, sub: undefined }],
    ['no iat', header, { ...claims, iat: undefined }],
    ['a ttl of 0', header, { ...claims, ttl: 0 }],
    ['3 bits', header, { ...claims, status_list: { bits: 3, lst } }],
    ['no list', header, { ...claims, status_list: { bits: 2 } }],
    ['a list that is not base64url', header, { ...claims, status_list: { bits: 2, lst: '!' } }],
    ['a list that does not inflate', header, { ...claims, status_list: { bits: 2, lst: 'AAAA' } }],
  ])('with %s is refused', async (_what, first, second) => {
    const token = await crafted(first, second);
    expect(codeOf(() => openStatusList(token, CHECK))).toBe('STATUS_LIST_MALFORMED');
  });

  it('may have other claims and no exp', async () => {
    const token = await crafted(header, { ...claims, iss: 'x', exp: undefined });
    expect(openStatusList(token, { ...CHECK, now: NOW + 1_000_000 }).statusAt(2)).toBe(2);
  });
});
