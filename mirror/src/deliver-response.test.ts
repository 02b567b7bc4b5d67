import { ProofError } from '@maker-registry/fabric-proofs';
import { parseChainHeight, parseDeliverResponse } from './deliver-response';

const bytes = (text: string): Buffer => Buffer.from(text, 'hex');

describe('parseDeliverResponse', () => {
  it('tells a block from a status', () => {
    expect(parseDeliverResponse(bytes('1203616263'))).toEqual({ block: bytes('616263'), status: 0 });
    expect(parseDeliverResponse(bytes('089403'))).toEqual({ block: null, status: 404 });
    expect(parseDeliverResponse(bytes(''))).toEqual({ block: null, status: 0 });
  });

  it.each(['12', '1205', '0aff', '08', '10'])('refuses %s', (text) => {
    expect(() => parseDeliverResponse(bytes(text))).toThrow(ProofError);
  });
});

describe('parseChainHeight', () => {
  it('reads the height', () => {
    expect(parseChainHeight(bytes('08ac021201aa'))).toBe(300);
  });
});
