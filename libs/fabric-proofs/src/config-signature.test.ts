import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  checkAdministratorSignatures,
  type ConfigSignature,
  configSignatureMessage,
  encodeConfigUpdateEnvelope,
  encodeSignatureHeader,
  encodeUpdatePayload,
} from './config-signature';
import { common } from '@hyperledger/fabric-protos';
import { organizationMsp, revocationConfigUpdate } from './revocation-update';
import { codeOf } from './testing/ledger-fixture';
import {
  configurationOf,
  signLowS,
  testAuthority,
  type TestAuthority,
  type TestCertificate,
} from './testing/test-organization';
import { type ConfigTree } from './config-tree';

const NONCE = Buffer.alloc(24, 5);

describe('signatures of a configuration update', () => {
  let ca: TestAuthority;
  let admin: TestCertificate;
  let config: ConfigTree;
  let update: Buffer;

  beforeAll(async () => {
    ca = await testAuthority('ca.op1');
    admin = await ca.issue('CN=admin, OU=admin', '05');
    config = configurationOf(readFileSync(join(__dirname, '..', 'fixtures', 'ledger.br')), ca);
    update = revocationConfigUpdate('registry', config, 'Op1MSP', [ca.crl()]);
  });

  function signed(
    { certificate, key }: TestCertificate,
    mspId = 'Op1MSP',
    message = update,
  ): ConfigSignature {
    const signatureHeader = encodeSignatureHeader({ mspId, certificate }, NONCE);
    return { signatureHeader, signature: signLowS(configSignatureMessage(signatureHeader, message), key) };
  }

  const verdict = (...signatures: ConfigSignature[]): string =>
    codeOf(() => checkAdministratorSignatures(update, signatures, organizationMsp(config, 'Op1MSP')));

  it('are taken from an administrator of the organization', () => {
    expect(verdict(signed(admin))).toBe('accepted');
  });

  it('are verified with the key of the very certificate that is judged, however many there are in the text', async () => {
    const stranger = await (await testAuthority('ca.stranger')).issue('CN=stranger, OU=admin', '07');
    const relabelled = admin.certificate.replaceAll(' CERTIFICATE', ' X509 CERTIFICATE');
    for (const certificate of [
      `${relabelled.trimEnd()}\n${stranger.certificate}`,
      `x${stranger.certificate.trimEnd()}\n${admin.certificate}`,
    ])
      expect(verdict(signed({ ...stranger, certificate }))).toBe('SIGNER_NOT_ADMINISTRATOR');
  });

  it('are written as Fabric reads them', () => {
    const signature = signed(admin);
    const envelope = common.ConfigUpdateEnvelope.deserializeBinary(
      encodeConfigUpdateEnvelope(update, [signature]),
    );
    expect(Buffer.from(envelope.getConfigUpdate_asU8()).equals(update)).toBe(true);
    const [first] = envelope.getSignaturesList();
    const header = common.SignatureHeader.deserializeBinary(
      first?.getSignatureHeader_asU8() ?? new Uint8Array(),
    );
    expect(Buffer.from(header.getNonce_asU8())).toEqual(NONCE);
    expect(Buffer.from(first?.getSignature_asU8() ?? [])).toEqual(signature.signature);
  });

  it('are needed, and not in numbers', () => {
    expect(verdict()).toBe('SIGNATURE_INVALID');
    expect(verdict(...Array.from({ length: 17 }, () => signed(admin)))).toBe('SIGNATURE_INVALID');
  });

  it('are not taken from a client, another organization, or another CA', async () => {
    expect(verdict(signed(await ca.issue('CN=caadmin, OU=client', '06')))).toBe('SIGNER_NOT_ADMINISTRATOR');
    expect(verdict(signed(await ca.issue('CN=x, OU=administrator', '07')))).toBe('SIGNER_NOT_ADMINISTRATOR');
    expect(verdict(signed(await ca.issue('CN=OU\\=admin', '08')))).toBe('SIGNER_NOT_ADMINISTRATOR');
    expect(verdict(signed(admin, 'Op2MSP'))).toBe('SIGNER_NOT_ADMINISTRATOR');
    const namesake = await testAuthority('ca.op1');
    expect(verdict(signed(await namesake.issue('CN=admin, OU=admin', '05')))).toBe(
      'SIGNER_NOT_ADMINISTRATOR',
    );
  });

  it('are not taken for another update, by another key, or in their malleable form', async () => {
    const other = revocationConfigUpdate('registry', config, 'Op1MSP', [ca.crl({ number: 9n })]);
    expect(verdict(signed(admin, 'Op1MSP', other))).toBe('SIGNATURE_INVALID');
    const thief = await ca.issue('CN=x, OU=client', '06');
    expect(verdict(signed({ certificate: admin.certificate, key: thief.key }))).toBe('SIGNATURE_INVALID');
    const good = signed(admin);
    expect(verdict({ ...good, signature: new Uint8Array(0) })).toBe('SIGNATURE_INVALID');
    expect(verdict(good, { ...good, signature: Buffer.from(good.signature).reverse() })).toBe(
      'SIGNATURE_INVALID',
    );
  });

  it('do not carry what a header should not', () => {
    const { signatureHeader, signature } = signed(admin);
    const odd = Buffer.concat([signatureHeader, Buffer.of(0x1a, 1, 0)]);
    expect(verdict({ signatureHeader: odd, signature })).toBe('WIRE_UNKNOWN_FIELD');
    expect(verdict({ signatureHeader: new Uint8Array(0), signature })).toBe('SIGNATURE_INVALID');
  });
});

describe('the transaction that carries an update', () => {
  it('is what Fabric’s own decoder reads', () => {
    const signatureHeader = encodeSignatureHeader({ mspId: 'Op1MSP', certificate: 'PEM' }, NONCE);
    const bytes = encodeUpdatePayload({
      channelId: 'registry',
      timestamp: 1_790_000_000,
      signatureHeader,
      updateEnvelope: Buffer.from('update'),
    });
    const payload = common.Payload.deserializeBinary(bytes);
    const header = common.ChannelHeader.deserializeBinary(
      payload.getHeader()?.getChannelHeader_asU8() ?? new Uint8Array(),
    );
    expect(header.toObject()).toMatchObject({
      type: 2,
      channelId: 'registry',
      timestamp: { seconds: 1_790_000_000 },
    });
    expect(Buffer.from(payload.getHeader()?.getSignatureHeader_asU8() ?? [])).toEqual(signatureHeader);
    expect(Buffer.from(payload.getData_asU8()).toString()).toBe('update');
  });
});
