import { X509Certificate } from 'node:crypto';
import { testAuthority } from '../testing/certificates';
import { type Authority, issuingOrganization } from './certificate-authorities';

const DAY_MS = 86_400_000;

describe('issuingOrganization', () => {
  async function world() {
    const [one, two] = [await testAuthority('CN=ca one'), await testAuthority('CN=ca two')];
    const authorities: Authority[] = [
      { mspId: 'Op1MSP', certificate: new X509Certificate(one.pem), pem: one.pem, purpose: 'identity' },
      { mspId: 'Op2MSP', certificate: new X509Certificate(two.pem), pem: two.pem, purpose: 'identity' },
    ];
    return { one, two, authorities };
  }

  it('names the organization whose CA signed', async () => {
    const { one, two, authorities } = await world();
    const at = new Date();
    expect(issuingOrganization(new X509Certificate((await one.issue()).pem), authorities, at)).toBe('Op1MSP');
    expect(issuingOrganization(new X509Certificate((await two.issue()).pem), authorities, at)).toBe('Op2MSP');
  });

  it('is not deceived by the name of the issuer', async () => {
    const { authorities } = await world();
    const impostor = await testAuthority('CN=ca one');
    const { pem } = await impostor.issue();
    expect(issuingOrganization(new X509Certificate(pem), authorities, new Date())).toBeUndefined();
  });

  it('accepts nothing before or after its validity', async () => {
    const { one, authorities } = await world();
    const certificate = new X509Certificate((await one.issue()).pem);
    expect(issuingOrganization(certificate, authorities, new Date(Date.now() - 2 * DAY_MS))).toBeUndefined();
    expect(issuingOrganization(certificate, authorities, new Date(Date.now() + 2 * DAY_MS))).toBeUndefined();
  });

  it('does not take a CA for a member of itself by accident of names', async () => {
    const { one, authorities } = await world();
    const others = authorities.filter(({ mspId }) => mspId !== 'Op1MSP');
    expect(issuingOrganization(new X509Certificate(one.pem), others, new Date())).toBeUndefined();
  });
});
