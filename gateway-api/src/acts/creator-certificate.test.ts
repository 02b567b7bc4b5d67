import { authorityOf } from '../auth/certificate-authorities';
import { testAuthority } from '../testing/certificates';
import { readCreator } from './creator-certificate';

describe('readCreator', () => {
  async function world() {
    const [identity, tls] = [await testAuthority('CN=ca'), await testAuthority('CN=tlsca')];
    return {
      identity,
      tls,
      authorities: [authorityOf('Op1MSP', identity.pem, 'identity'), authorityOf('Op1MSP', tls.pem, 'tls')],
    };
  }

  it('reads organization and role', async () => {
    const { identity, authorities } = await world();
    const { pem } = await identity.issue({ attributes: '{"attrs":{"registry.role":"safety-reviewer"}}' });
    expect(readCreator('Op1MSP', pem, authorities, new Date())).toMatchObject({
      mspId: 'Op1MSP',
      role: 'safety-reviewer',
    });
  });

  it('keeps only the certificate of a text', async () => {
    const { identity, authorities } = await world();
    const { pem } = await identity.issue();
    const creator = readCreator('Op1MSP', `${pem}\nsomething else\n`, authorities, new Date());
    expect(creator.certificate).not.toContain('something');
  });

  it.each(['', 'nonsense', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'])(
    'refuses what is no certificate: %#',
    async (pem) => {
      const { authorities } = await world();
      expect(() => readCreator('Op1MSP', pem, authorities, new Date())).toThrow(
        expect.objectContaining({ code: 'CERTIFICATE_MALFORMED' }) as Error,
      );
    },
  );

  it('refuses TLS certificates, strangers, other organizations and the past', async () => {
    const { identity, tls, authorities } = await world();
    const good = await identity.issue();
    const refused = (mspId: string, pem: string): void => {
      expect(() => readCreator(mspId, pem, authorities, new Date())).toThrow(
        expect.objectContaining({ code: 'CERTIFICATE_INVALID' }) as Error,
      );
    };
    refused('Op1MSP', (await tls.issue()).pem);
    refused('Op1MSP', (await (await testAuthority('CN=ca')).issue()).pem);
    refused('Op2MSP', good.pem);
    refused('Op1MSP', (await identity.issue({ notBefore: new Date(0), notAfter: new Date(1) })).pem);
  });
});
