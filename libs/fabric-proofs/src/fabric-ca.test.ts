import { CRL_REASONS, type CrlReason } from '@maker-registry/pki';
import {
  fabricCaCertificates,
  fabricCaMessage,
  fabricCaRevocation,
  fabricCaToken,
  parseFabricCaToken,
} from './fabric-ca';

const REASONS = Object.keys(CRL_REASONS) as CrlReason[];
const REVOCATION = { caName: 'ca-op1', aki: 'AB'.repeat(20), serial: '0a01', reason: undefined };

describe('requests to Fabric CA', () => {
  it('revoke by serial number and key identifier as Fabric CA keeps them', () => {
    const request = fabricCaRevocation({ ...REVOCATION, reason: 'keyCompromise' });
    expect(JSON.parse(request?.body ?? '')).toEqual({
      id: '',
      aki: 'ab'.repeat(20),
      serial: 'a01',
      reason: 'keycompromise',
      caname: 'ca-op1',
      gencrl: false,
    });
  });

  it('map each reason, for an unknown one would silently become none', () => {
    const reasons = REASONS.map((reason) => {
      const request = fabricCaRevocation({ ...REVOCATION, reason });
      return request === undefined ? undefined : (JSON.parse(request.body) as { reason: string }).reason;
    });
    expect(reasons).toEqual(
      REASONS.map((reason) => (reason === 'certificateHold' ? undefined : reason.toLowerCase())),
    );
    expect(fabricCaRevocation(REVOCATION)?.body).toContain('"reason":"unspecified"');
  });

  it('keep an enrolment id within its parameter', () => {
    expect(fabricCaCertificates('ca-op1', 'a&ca=other#/..').path).toBe(
      '/api/v1/certificates?id=a%26ca%3Dother%23%2F..&ca=ca-op1',
    );
    expect(fabricCaCertificates('ca-op1').path).toBe('/api/v1/certificates?ca=ca-op1');
  });

  it('are authorized for method, path, body and certificate', () => {
    const request = { method: 'POST', path: '/a', body: 'b' } as const;
    expect(fabricCaMessage(request, 'c')).toBe('POST.L2E=.Yg==.Yw==');
    expect(parseFabricCaToken(fabricCaToken('c', Buffer.from('sig')))).toEqual({
      certificate: 'c',
      signature: Buffer.from('sig'),
    });
  });

  it.each(['', '.', 'a', 'a.', '.b', 'a.b.c', 'a b.c', 'é.b'])('tell a token from %j', (text) => {
    expect(parseFabricCaToken(text)).toBeUndefined();
  });
});
