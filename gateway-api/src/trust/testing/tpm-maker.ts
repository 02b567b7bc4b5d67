import 'reflect-metadata';
import { type KeyObject, randomBytes, webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PublicKey,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

const EC = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const MONTH_MS = 2_592_000_000;
const SERIAL_BYTES = 8;
const EK_PURPOSE = '2.23.133.8.1';
const TPM_MODEL = [{ '2.23.133.2.1': ['id:00001014'] }, { '2.23.133.2.2': ['model'] }];

/** What a certificate says beside its key; each has the value of a good endorsement certificate unless given. */
export interface Statement {
  readonly usage?: KeyUsageFlags | undefined;
  readonly purpose?: string | undefined;
  readonly isCa?: boolean;
  readonly from?: Date;
  readonly until?: Date;
  readonly hash?: 'SHA-1' | 'SHA-256';
}

interface Authority {
  readonly name: string;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly pem: string;
}

/** The end that makers write for "none" (RFC 5280 §4.1.2.5). */
const NO_END = new Date('9999-12-31T23:59:59Z');
const LONG_AGO = new Date('2020-01-01T00:00:00Z');
const GOOD = { usage: KeyUsageFlags.keyAgreement, purpose: EK_PURPOSE, isCa: false } as const;

/** A maker of TPMs: a root, an intermediate below it, and a certificate of the root that signs without being an authority. */
export class TpmMaker {
  readonly root: Authority;
  readonly intermediate: Authority;
  readonly impostor: Authority;

  private constructor(root: Authority, intermediate: Authority, impostor: Authority) {
    this.root = root;
    this.intermediate = intermediate;
    this.impostor = impostor;
  }

  static async open(): Promise<TpmMaker> {
    const root = await authority('maker root', undefined, true);
    return new TpmMaker(
      root,
      await authority('maker intermediate', root, true),
      await authority('maker impostor', root, false),
    );
  }

  /** An endorsement certificate (DER) for a public key. */
  async issue(key: KeyObject, statement: Statement = {}, by: Authority = this.intermediate): Promise<Buffer> {
    const { usage, purpose, isCa, from, until, hash = 'SHA-256' } = { ...GOOD, ...statement };
    const extensions: Extension[] = [
      new BasicConstraintsExtension(isCa, undefined, true),
      // Critical, and of names that no generic reader understands.
      new SubjectAlternativeNameExtension([{ type: 'dn', value: JSON.stringify(TPM_MODEL) }], true),
    ];
    if (usage !== undefined) extensions.push(new KeyUsagesExtension(usage, true));
    if (purpose !== undefined) extensions.push(new ExtendedKeyUsageExtension([purpose]));
    const certificate = await X509CertificateGenerator.create({
      serialNumber: randomBytes(SERIAL_BYTES).toString('hex'),
      subject: '',
      issuer: `CN=${by.name}`,
      notBefore: from ?? LONG_AGO,
      notAfter: until ?? NO_END,
      publicKey: new PublicKey(key.export({ format: 'der', type: 'spki' })),
      signingKey: by.keys.privateKey,
      signingAlgorithm: { ...EC, hash },
      extensions,
    });
    return Buffer.from(certificate.rawData);
  }
}

async function authority(name: string, by: Authority | undefined, isCa: boolean): Promise<Authority> {
  const keys = await webcrypto.subtle.generateKey(EC, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: randomBytes(SERIAL_BYTES).toString('hex'),
    subject: `CN=${name}`,
    issuer: `CN=${by?.name ?? name}`,
    notBefore: LONG_AGO,
    notAfter: new Date(Date.now() + MONTH_MS),
    publicKey: keys.publicKey,
    signingKey: (by?.keys ?? keys).privateKey,
    signingAlgorithm: { ...EC, hash: 'SHA-256' },
    extensions: [
      new BasicConstraintsExtension(isCa, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  return { name, keys, pem: certificate.toString('pem') };
}
