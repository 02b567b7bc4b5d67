import {
  fabricCaMessage,
  type FabricCaRequest,
  fabricCaCertificates,
  fabricCaRevocation,
  fabricCaToken,
} from '@maker-registry/fabric-proofs';
import { type CertificateReason, type CertificateRevocation, RegistryError } from '@maker-registry/protocol';
import { createPrivateKey, sign } from 'node:crypto';
import { type Pool } from 'pg';
import { type Authority, authorityOf } from '../auth/certificate-authorities';
import { lowSDer } from '../fabric/der-signature';
import { type IssuedCertificate, testAuthority, type TestAuthority } from '../testing/certificates';
import { type FabricCa } from './fabric-ca';
import { FabricCaRequests } from './fabric-ca-requests';

const AKI = 'ab'.repeat(20);
const TLS_AKI = 'cd'.repeat(20);
const KEY = { aki: AKI, serial: '0a01' };
const TIME = { at: 1_790_000_000, tx_id: 'ee'.repeat(32) };
const NAMES = { ca: 'ca-op1', tlsca: 'tlsca-op1' };
const CA_ADMIN = '{"attrs":{"registry.role":"ca-admin"}}';

function tokenOf(request: FabricCaRequest, { pem, keyPem }: IssuedCertificate): string {
  const message = Buffer.from(fabricCaMessage(request, pem));
  const raw = sign('sha256', message, { key: createPrivateKey(keyPem), dsaEncoding: 'ieee-p1363' });
  return fabricCaToken(pem, lowSDer(raw));
}

describe('requests of a CA admin to the Fabric CA', () => {
  let ca: TestAuthority;
  let admin: IssuedCertificate;
  let authorities: Authority[];
  let sent: FabricCaRequest[];
  let recorded: unknown[];
  let answer: Readonly<Record<string, unknown>> | undefined;
  let revoked: boolean;
  let revocation: CertificateRevocation | undefined;
  let requests: FabricCaRequests;

  beforeAll(async () => {
    ca = await testAuthority('CN=ca');
    admin = await ca.issue({ attributes: CA_ADMIN });
    const [tls, other] = [await testAuthority('CN=tlsca'), await testAuthority('CN=ca of op2')];
    authorities = [
      { ...authorityOf('Op1MSP', ca.pem, 'identity'), keyId: AKI },
      { ...authorityOf('Op1MSP', tls.pem, 'tls'), keyId: TLS_AKI },
      { ...authorityOf('Op2MSP', other.pem, 'identity'), keyId: 'ef'.repeat(20) },
    ];
  });

  beforeEach(() => {
    [sent, recorded, answer, revoked] = [[], [], {}, false];
    revocation = said('revoked', 'keyCompromise');
    requests = new FabricCaRequests({
      pool: {
        query: (_text: string, values: unknown) => Promise.resolve(recorded.push(values)),
      } as unknown as Pool,
      fabricCa: {
        names: NAMES,
        send: (request: FabricCaRequest) => Promise.resolve(void sent.push(request)).then(() => answer),
      } as unknown as FabricCa,
      mspId: 'Op1MSP',
      authorities,
      assertNotRevoked: () =>
        revoked
          ? Promise.reject(new RegistryError('CERTIFICATE_REVOKED', 'The certificate is revoked.'))
          : Promise.resolve(),
      revocation: () => Promise.resolve(revocation),
    });
  });

  function said(state: CertificateRevocation['state'], reason?: CertificateReason): CertificateRevocation {
    return {
      ...{ ...KEY, msp_id: 'Op1MSP', state, revoked: TIME, updated: TIME, version: 1 },
      ...(reason === undefined ? {} : { reason }),
    };
  }

  const revocationRequest = (reason?: CertificateReason): FabricCaRequest =>
    fabricCaRevocation({ caName: NAMES.ca, ...KEY, reason })!;

  async function verdict(token: string, key = KEY): Promise<string> {
    try {
      await requests.revoke(key, token);
      return 'sent';
    } catch (error) {
      if (error instanceof RegistryError) return error.code;
      throw error;
    }
  }

  it('are sent as the ledger has them, and remembered', async () => {
    expect(await verdict(tokenOf(revocationRequest('keyCompromise'), admin))).toBe('sent');
    expect(sent).toMatchObject([revocationRequest('keyCompromise')]);
    expect(recorded).toEqual([[AKI, '0a01']]);
  });

  it('are remembered too when it was revoked there already', async () => {
    answer = undefined;
    const token = tokenOf(revocationRequest('keyCompromise'), admin);
    expect(await requests.revoke(KEY, token)).toEqual({ already: true });
    expect(recorded).toHaveLength(1);
  });

  it.each<[string, () => CertificateRevocation | undefined, string]>([
    ['the ledger does not revoke it', () => undefined, 'REVOCATION_UNKNOWN'],
    ['it is on hold', () => said('held', 'certificateHold'), 'ILLEGAL_TRANSITION'],
    ['its hold was lifted', () => said('released', 'certificateHold'), 'ILLEGAL_TRANSITION'],
    [
      'the ledger gives another reason than was signed',
      () => said('revoked', 'superseded'),
      'SIGNATURE_INVALID',
    ],
  ])('are not sent when %s', async (_what, state, expected) => {
    revocation = state();
    expect(await verdict(tokenOf(revocationRequest('keyCompromise'), admin))).toBe(expected);
    expect([sent, recorded]).toEqual([[], []]);
  });

  it('are not sent for a certificate of another CA', async () => {
    const key = { aki: 'ef'.repeat(20), serial: '0a01' };
    expect(await verdict(tokenOf(revocationRequest('keyCompromise'), admin), key)).toBe(
      'CERTIFICATE_INVALID',
    );
  });

  it('are not sent for whoever is no CA admin of this organization', async () => {
    const request = revocationRequest('keyCompromise');
    const platform = await ca.issue({ attributes: '{"attrs":{"registry.role":"platform"}}' });
    expect(await verdict(tokenOf(request, platform))).toBe('ROLE_MISSING');
    expect(await verdict(tokenOf(request, await ca.issue()))).toBe('ROLE_MISSING');
    const stranger = await (await testAuthority('CN=ca')).issue({ attributes: CA_ADMIN });
    expect(await verdict(tokenOf(request, stranger))).toBe('CERTIFICATE_INVALID');
    const expired = await ca.issue({ attributes: CA_ADMIN, notAfter: new Date(Date.now() - 1_000) });
    expect(await verdict(tokenOf(request, expired))).toBe('CERTIFICATE_INVALID');
    revoked = true;
    expect(await verdict(tokenOf(request, admin))).toBe('CERTIFICATE_REVOKED');
    expect(sent).toEqual([]);
  });

  it('are not sent with a token for another request, by another key, or with none', async () => {
    const other = fabricCaRevocation({ caName: NAMES.tlsca, ...KEY, reason: 'keyCompromise' })!;
    expect(await verdict(tokenOf(other, admin))).toBe('SIGNATURE_INVALID');
    const thief = await ca.issue();
    const borrowed = { ...admin, keyPem: thief.keyPem };
    expect(await verdict(tokenOf(revocationRequest('keyCompromise'), borrowed))).toBe('SIGNATURE_INVALID');
    for (const token of ['', 'a.b', 'Basic YTpi', `${Buffer.from(admin.pem).toString('base64')}.AAAA`]) {
      expect(['CERTIFICATE_INVALID', 'SIGNATURE_INVALID']).toContain(await verdict(token));
    }
    expect(sent).toEqual([]);
  });

  it('list certificates of the CA that the token is for', async () => {
    answer = { certs: [{ PEM: 'one' }, { PEM: 7 }, 'x'] };
    const token = tokenOf(fabricCaCertificates(NAMES.ca, 'alice'), admin);
    expect(await requests.certificates('ca', 'alice', token)).toEqual(['one']);
    await expect(requests.certificates('ca', 'bob', token)).rejects.toMatchObject({
      code: 'SIGNATURE_INVALID',
    });
    await expect(requests.certificates('ca', undefined, token)).rejects.toMatchObject({
      code: 'SIGNATURE_INVALID',
    });
    await expect(requests.certificates('tlsca', 'alice', token)).rejects.toMatchObject({
      code: 'CERTIFICATE_INVALID',
    });
  });
});
