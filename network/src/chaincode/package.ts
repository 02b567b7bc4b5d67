import { createHash } from 'node:crypto';
import { gzipStored, tar } from './archive';

const PACKAGE_TYPE = 'registry-ccaas';
const LABEL = /^([a-z][a-z0-9-]*)-([0-9a-f]{64})$/;

/** A chaincode package that stands for one exact bundle. */
export interface ChaincodePackage {
  readonly label: string;
  readonly packageId: string;
  /** SHA-256 (hex) of the bundle the package stands for. */
  readonly bundleDigest: string;
  readonly bytes: Buffer;
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Hex SHA-256 of a bundle. */
export const bundleDigest = sha256;

/**
 * Fabric's package id of a chaincode service covers the package only, never the code behind the address. So the package
 * carries the digest of the code: in its label (hence in the id every approval names) and in its content.
 */
export function buildPackage(chaincode: string, digest: string): ChaincodePackage {
  const label = `${chaincode}-${digest}`;
  const json = (value: object): Buffer => Buffer.from(`${JSON.stringify(value)}\n`);
  const code = gzipStored(tar([{ name: 'bundle.json', content: json({ bundle_sha256: digest }) }]));
  const bytes = gzipStored(
    tar([
      { name: 'metadata.json', content: json({ type: PACKAGE_TYPE, label }) },
      { name: 'code.tar.gz', content: code },
    ]),
  );
  return { label, packageId: `${label}:${sha256(bytes)}`, bundleDigest: digest, bytes };
}

/** The bundle digest a package id carries, or undefined when it is not one of ours. */
export function digestOfPackageId(packageId: string): string | undefined {
  const [label, hash, ...rest] = packageId.split(':');
  if (label === undefined || hash === undefined || rest.length > 0 || !/^[0-9a-f]{64}$/.test(hash))
    return undefined;
  return LABEL.exec(label)?.[2];
}
