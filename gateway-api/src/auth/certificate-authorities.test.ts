import { X509Certificate } from 'node:crypto';
import { testAuthority } from '../testing/certificates';
import { authorityOf, issuingAuthority } from './certificate-authorities';

const DAY_MS = 86_400_000;

describe('issuingAuthority', () => {
  async function world() {
    const [one, two] = [await testAuthority('CN=ca one'), await testAuthority('CN=ca two')];
    const authorities = [
      authorityOf('Op1MSP', one.pem, 'identity'),
      authorityOf('Op2MSP', two.pem, 'identity'),
    ];
    return { one, two, authorities };
  }

  it('names the organization whose CA signed', async () => {
    const { one, two, authorities } = await world();
    const at = new Date();
    expect(issuingAuthority(new X509Certificate((await one.issue()).pem), authorities, at)).toHaveProperty(
      'mspId',
      'Op1MSP',
    );
    expect(issuingAuthority(new X509Certificate((await two.issue()).pem), authorities, at)).toHaveProperty(
      'mspId',
      'Op2MSP',
    );
  });

  it('is not deceived by the name of the issuer', async () => {
    const { authorities } = await world();
    const impostor = await testAuthority('CN=ca one');
    const { pem } = await impostor.issue();
    expect(issuingAuthority(new X509Certificate(pem), authorities, new Date())).toBeUndefined();
  });

  it('accepts nothing before or after its validity', async () => {
    const { one, authorities } = await world();
    const certificate = new X509Certificate((await one.issue()).pem);
    expect(issuingAuthority(certificate, authorities, new Date(Date.now() - 2 * DAY_MS))).toBeUndefined();
    expect(issuingAuthority(certificate, authorities, new Date(Date.now() + 2 * DAY_MS))).toBeUndefined();
  });

  it('does not take a CA for a member of itself by accident of names', async () => {
    const { one, authorities } = await world();
    const others = authorities.filter(({ mspId }) => mspId !== 'Op1MSP');
    expect(issuingAuthority(new X509Certificate(one.pem), others, new Date())).toBeUndefined();
  });
});
