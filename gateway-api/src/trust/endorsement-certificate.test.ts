import 'reflect-metadata';
import { generateKeyPairSync } from 'node:crypto';
import { certificateBytes, type CertificateFields, parseCertificate } from '@maker-registry/pki';
import { parsePublic, toKeyObject } from '@maker-registry/tpm';
import { KeyUsageFlags } from '@peculiar/x509';
import { assertCertified, assertOfKey, type EndorsementPolicy } from './endorsement-certificate';
import { type Statement, TpmMaker } from './testing/tpm-maker';

/** TPM2B_PUBLIC of an endorsement key that a software TPM made, on P-256. */
const EK = parsePublic(
  Buffer.from(
    '007a0023000b000300b20020837197674484b3f81a90cc8d46a5d724fd52d76e06520b64f2a1da1b331469aa00060080004300100003' +
      '00100020ba5fa40af5f025a4c1a68fcb9bb830e0040490411c64979b0124aa34859b33300020c48bafc81fe0a2ad609cbbc68a3bfd' +
      '92e55eb37535545830c4a85d80095df020',
    'hex',
  ),
);
const EK_KEY = toKeyObject(EK.area);
const NOW = Math.floor(Date.now() / 1_000);
const DECADE_S = 315_360_000;
const PAST = new Date('2025-01-01T00:00:00Z');
const FUTURE = new Date('2060-01-01T00:00:00Z');
let maker: TpmMaker;
let other: TpmMaker;
let policy: EndorsementPolicy;

beforeAll(async () => {
  [maker, other] = await Promise.all([TpmMaker.open(), TpmMaker.open()]);
  policy = { authorities: [maker.root.pem, maker.intermediate.pem].map(fields), expired: 'refused' };
});

function fields(pem: string): CertificateFields {
  return parseCertificate(certificateBytes(Buffer.from(pem)));
}

function accepted(der: Uint8Array, change: Partial<EndorsementPolicy> = {}, now = NOW): boolean {
  try {
    assertCertified(der, EK, { ...policy, ...change }, now);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'EK_UNTRUSTED' });
    return false;
  }
}

const issue = (statement: Statement = {}): Promise<Buffer> => maker.issue(EK_KEY, statement);

describe('endorsement certificates', () => {
  it('vouch for their key: directly below the root, below an intermediate, with no end, and with filling behind', async () => {
    expect(accepted(await issue())).toBe(true);
    expect(accepted(await maker.issue(EK_KEY, {}, maker.root))).toBe(true);
    expect(accepted(Buffer.concat([await issue(), Buffer.alloc(7, 0xff), Buffer.alloc(3)]))).toBe(true);
  });

  it.each<[string, () => Promise<Buffer>]>([
    [
      'of another key, though the maker’s',
      () => maker.issue(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey),
    ],
    ['of another maker', () => other.issue(EK_KEY)],
    ['of another maker with the same names', () => other.issue(EK_KEY, {}, other.root)],
    ['that ended', () => issue({ until: PAST })],
    ['that is not valid yet', () => issue({ from: FUTURE })],
    ['for another purpose', () => issue({ purpose: '1.3.6.1.5.5.7.3.2' })],
    ['for no purpose', () => issue({ purpose: undefined })],
    ['for signing', () => issue({ usage: KeyUsageFlags.digitalSignature })],
    ['for the usage of RSA keys', () => issue({ usage: KeyUsageFlags.keyEncipherment })],
    ['for no usage', () => issue({ usage: undefined })],
    ['of an authority', () => issue({ isCa: true })],
    ['signed over SHA-1', () => issue({ hash: 'SHA-1' })],
    ['of something that is no authority', () => maker.issue(EK_KEY, {}, maker.impostor)],
    ['with other bytes behind', async () => Buffer.concat([await issue(), Buffer.of(1)])],
    ['cut short', async () => (await issue()).subarray(0, -1)],
    ['of no bytes', () => Promise.resolve(Buffer.alloc(0))],
    ['that is the root itself', () => Promise.resolve(certificateBytes(Buffer.from(maker.root.pem)))],
  ])('vouch for nothing: one %s', async (_name, make) => {
    const authorities = [...policy.authorities, fields(maker.impostor.pem)];
    expect(accepted(await make(), { authorities })).toBe(false);
  });

  it('vouch for nothing without their whole chain', async () => {
    const der = await issue();
    for (const authorities of [[], [fields(maker.root.pem)], [fields(maker.intermediate.pem)]]) {
      expect(accepted(der, { authorities })).toBe(false);
    }
  });

  it('that signed themselves vouch for nothing, even when pinned', async () => {
    const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const self = await TpmMaker.open();
    const der = await self.issue(keys.publicKey, {}, self.root);
    expect(accepted(der, { authorities: [parseCertificate(der)] })).toBe(false);
  });

  it('may outlive their validity where the policy says so, but not their authorities', async () => {
    const ended = await issue({ until: PAST });
    expect(accepted(ended, { expired: 'accepted' })).toBe(true);
    expect(accepted(ended, { expired: 'accepted' }, NOW + DECADE_S)).toBe(false);
    expect(accepted(await issue({ from: FUTURE }), { expired: 'accepted' })).toBe(false);
  });

  it('that are changed in any byte vouch for nothing', async () => {
    const good = await issue();
    for (let at = 0; at < good.length; at += 1) {
      const changed = Buffer.from(good);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(accepted(changed)).toBe(false);
    }
  });

  it('presented in development need to be of the key, whoever signed them', async () => {
    assertOfKey(await other.issue(EK_KEY), EK);
    const stranger = await maker.issue(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey);
    for (const der of [stranger, Buffer.of(0x30, 0)]) {
      expect(() => {
        assertOfKey(der, EK);
      }).toThrow(expect.objectContaining({ code: 'EK_UNTRUSTED' }) as Error);
    }
  });
});
