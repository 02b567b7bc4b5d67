import 'reflect-metadata';
import { createPrivateKey, type KeyObject, sign, webcrypto } from 'node:crypto';
import { common } from '@hyperledger/fabric-protos';
import { assembleCrl, buildTbsCrl, type CrlContent, parseCertificate } from '@maker-registry/pki';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { parseBlock } from '../block';
import { configBytesOf } from '../channel-config';
import { type ConfigElement, type ConfigGroup, type ConfigTree, parseConfigTree } from '../config-tree';
import { isLowS } from '../der';
import { encodeMspConfig, parseMspConfig } from '../msp-config';
import { unpackBlocks } from './ledger-fixture';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const NOT_BEFORE = new Date('2026-01-01T00:00:00Z');
const NOT_AFTER = new Date('2036-01-01T00:00:00Z');

/** Unix seconds at which the CRLs made here are current. */
export const NOW = 1_790_000_100;

export interface TestCertificate {
  readonly certificate: string;
  readonly key: KeyObject;
}

/** A CA in software that issues certificates and CRLs. */
export interface TestAuthority extends TestCertificate {
  readonly keyId: string;
  issue(name: string, serial: string): Promise<TestCertificate>;
  crl(change?: Partial<CrlContent>): Buffer;
  tbs(change?: Partial<CrlContent>): Uint8Array;
  /** Signs any list, however it was put together. */
  signed(tbs: Uint8Array): Buffer;
}

async function newKeys(): Promise<{ keys: webcrypto.CryptoKeyPair; key: KeyObject }> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  return { keys, key: createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }) };
}

/** Makes a CA. Two of one name differ in their keys. */
export async function testAuthority(name: string): Promise<TestAuthority> {
  const { keys, key } = await newKeys();
  const ski = await SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto);
  const ca = await X509CertificateGenerator.createSelfSigned(
    {
      name: `CN=${name}`,
      serialNumber: '01',
      notBefore: NOT_BEFORE,
      notAfter: NOT_AFTER,
      keys,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.cRLSign | KeyUsageFlags.keyCertSign, true),
        ski,
      ],
    },
    webcrypto,
  );
  const fields = parseCertificate(Buffer.from(ca.rawData));
  const signed = (tbs: Uint8Array): Buffer => Buffer.from(assembleCrl(tbs, sign('sha256', tbs, key)));
  const tbs = (change: Partial<CrlContent> = {}): Uint8Array =>
    buildTbsCrl({
      issuer: fields.subject,
      authorityKeyIdentifier: Buffer.from(ski.keyId, 'hex'),
      thisUpdate: NOW - 100,
      nextUpdate: NOW + 86_300,
      number: 7n,
      revoked: [{ serial: '0a01', revokedAt: NOW - 200, reason: 'keyCompromise' }],
      ...change,
    });
  return {
    certificate: ca.toString('pem'),
    key,
    keyId: ski.keyId,
    issue: (subject, serial) => issue({ ca, keys }, subject, serial),
    signed,
    tbs,
    crl: (change = {}) => signed(tbs(change)),
  };
}

async function issue(
  { ca, keys }: { ca: X509Certificate; keys: webcrypto.CryptoKeyPair },
  subject: string,
  serialNumber: string,
): Promise<TestCertificate> {
  const own = await newKeys();
  const certificate = await X509CertificateGenerator.create(
    {
      subject,
      issuer: ca.subject,
      serialNumber,
      notBefore: NOT_BEFORE,
      notAfter: NOT_AFTER,
      publicKey: own.keys.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: ALGORITHM,
      extensions: [await AuthorityKeyIdentifierExtension.create(ca, false, webcrypto)],
    },
    webcrypto,
  );
  return { certificate: certificate.toString('pem'), key: own.key };
}

export function signLowS(message: Uint8Array, key: KeyObject): Buffer {
  for (;;) {
    const signature = sign('sha256', message, key);
    if (isLowS(signature)) return signature;
  }
}

/** Changes the value at a path; undefined takes it away. */
export function edited(
  tree: ConfigTree,
  path: readonly string[],
  change: (element: ConfigElement) => ConfigElement | undefined,
): ConfigTree {
  return { ...tree, channel: editedGroup(tree.channel, path, change) };
}

function editedGroup(
  group: ConfigGroup,
  [name = '', ...rest]: readonly string[],
  change: (element: ConfigElement) => ConfigElement | undefined,
): ConfigGroup {
  if (rest.length > 0) {
    const below = group.groups.get(name);
    if (below === undefined) throw new Error(`the fixture has no group ${name}`);
    return { ...group, groups: new Map(group.groups).set(name, editedGroup(below, rest, change)) };
  }
  const before = group.values.get(name);
  if (before === undefined) throw new Error(`the fixture has no value ${name}`);
  const after = change(before);
  const values = new Map(group.values);
  if (after === undefined) values.delete(name);
  else values.set(name, after);
  return { ...group, values };
}

/** The paths at which Op1MSP is defined in the fixture's configuration. */
export const OP1 = [
  ['Application', 'Op1MSP', 'MSP'],
  ['Orderer', 'Op1MSP', 'MSP'],
] as const;

const ROOT_CERTIFICATES = 2;

/** A network's real configuration (fixtures/ledger.br) with Op1MSP's CA replaced by one whose key is at hand. */
export function configurationOf(
  ledger: Uint8Array,
  authority: TestAuthority,
  revocationList: readonly Uint8Array[] = [],
): ConfigTree {
  const [genesis] = unpackBlocks(ledger);
  const bytes = configBytesOf(parseBlock(genesis ?? new Uint8Array(0)));
  const real = parseConfigTree(bytes ?? new Uint8Array(0));
  return OP1.reduce(
    (tree, path) =>
      edited(tree, path, (element) => {
        const msp = parseMspConfig(element.content);
        const others = msp.others.map(([field, value]) =>
          field === ROOT_CERTIFICATES
            ? ([field, Buffer.from(authority.certificate)] as const)
            : ([field, value] as const),
        );
        return { ...element, content: encodeMspConfig({ ...msp, others }, revocationList) };
      }),
    real,
  );
}

/** The configuration with another identity for Op1MSP's orderer. */
export function withOrderer(tree: ConfigTree, certificate: string): ConfigTree {
  return edited(tree, ['Orderer', 'Orderers'], (element) => {
    const orderers = common.Orderers.deserializeBinary(element.content);
    for (const consenter of orderers.getConsenterMappingList()) {
      if (consenter.getMspId() === 'Op1MSP') consenter.setIdentity(Buffer.from(certificate));
    }
    return { ...element, content: orderers.serializeBinary() };
  });
}
