import { ecJwk } from '../jose/jwk';
import { fromHex } from '../encoding/bytes';
import { codeOf } from '../test-support/expect-code';
import { NETWORK } from '../test-support/parameters';
import { es256Signer } from '../test-support/software-signer';
import { operatorListKeys, operatorTokenKeys, parseOperators } from './operators-document';

const jwk = (name: string, use: string) => ({
  ...ecJwk(fromHex(es256Signer(name).publicKey)),
  kid: name,
  use,
});
const DOCUMENT = {
  v: 1,
  network: NETWORK,
  operators: [
    {
      msp_id: 'Op1MSP',
      keys: [jwk('l1', 'list'), jwk('t1', 'token')],
      gateway: { url: 'https://a', ca: 'PEM' },
    },
    { msp_id: 'Op2MSP', keys: [jwk('l2', 'list')], fingerprint: 'ab'.repeat(32) },
  ],
};

describe('a document of pinned operators', () => {
  it('gives the keys by their use and their owner', () => {
    const operators = parseOperators(JSON.stringify(DOCUMENT));
    expect(operatorListKeys(operators).map(({ issuer }) => issuer)).toEqual(['Op1MSP', 'Op2MSP']);
    expect(operatorTokenKeys(operators).keys.map(({ kid }) => kid)).toEqual(['t1']);
    expect(operatorTokenKeys(operators, 'Op2MSP').keys).toEqual([]);
    expect(operators.operators[0]?.gateway).toEqual({ url: 'https://a', ca: 'PEM' });
  });

  it.each<[string, unknown]>([
    ['no object', []],
    ['another version', { ...DOCUMENT, v: 2 }],
    ['a member more', { ...DOCUMENT, more: 1 }],
    [
      'a private key',
      { ...DOCUMENT, operators: [{ msp_id: 'A', keys: [{ ...jwk('x', 'list'), d: 'AAAA' }] }] },
    ],
    [
      'a key without a name',
      { ...DOCUMENT, operators: [{ msp_id: 'A', keys: [{ ...jwk('x', 'list'), kid: undefined }] }] },
    ],
  ])('is refused with %s', (_what, document) => {
    expect(codeOf(() => parseOperators(JSON.stringify(document)))).toBe('SCHEMA_VIOLATION');
  });

  it('is refused with a point that is not on the curve', () => {
    const bad = { ...jwk('x', 'list'), y: 'A'.repeat(43) };
    const document = { ...DOCUMENT, operators: [{ msp_id: 'A', keys: [bad] }] };
    expect(codeOf(() => parseOperators(JSON.stringify(document)))).toBe('KEY_INVALID');
  });
});
