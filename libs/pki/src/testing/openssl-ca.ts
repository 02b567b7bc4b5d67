import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Authority, authority, pemToDer } from './authority';

const EC = ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
const CA_EXTENSIONS = [
  'basicConstraints=critical,CA:TRUE',
  'keyUsage=critical,keyCertSign,cRLSign',
  'subjectKeyIdentifier=hash',
];

export interface RootOptions {
  readonly usage?: string;
  /** Arguments after -newkey. */
  readonly algorithm?: readonly string[];
}

export interface IssueOptions {
  readonly serial?: string;
  readonly subject?: string;
  /** Lines of an OpenSSL extension section. */
  readonly extensions?: readonly string[];
}

/** A folder in which OpenSSL makes keys and certificates for a test: `name.pem` and `name.key`. */
export class OpensslCa {
  readonly directory = mkdtempSync(join(tmpdir(), 'openssl-ca-'));

  openssl(...args: readonly string[]): string {
    return execFileSync('openssl', args, {
      cwd: this.directory,
      stdio: ['ignore', 'pipe', 'pipe'],
    }).toString();
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  read(name: string): Buffer {
    return readFileSync(this.path(name));
  }

  write(name: string, bytes: Uint8Array | string): void {
    writeFileSync(this.path(name), bytes);
  }

  /** A self-signed CA. */
  root(
    name: string,
    subject: string,
    { usage = 'keyCertSign,cRLSign', algorithm = EC }: RootOptions = {},
  ): Authority {
    this.openssl(
      ...['req', '-x509', '-nodes', '-newkey', ...algorithm, '-keyout', `${name}.key`, '-out', `${name}.pem`],
      ...['-subj', subject, '-days', '3650', '-addext', `keyUsage=critical,${usage}`],
    );
    return this.#load(name);
  }

  /** A certificate signed by `by`, in DER. */
  issue(name: string, by: string, options: IssueOptions = {}): Buffer {
    const { serial = '0x1001', subject = `/CN=${name}`, extensions = [] } = options;
    this.write(`${name}.ext`, ['[e]', 'authorityKeyIdentifier=keyid', ...extensions, ''].join('\n'));
    this.openssl(
      ...['req', '-new', '-nodes', '-newkey', ...EC, '-keyout', `${name}.key`, '-out', `${name}.csr`],
      ...['-subj', subject],
    );
    this.openssl(
      ...[
        'x509',
        '-req',
        '-in',
        `${name}.csr`,
        '-CA',
        `${by}.pem`,
        '-CAkey',
        `${by}.key`,
        '-out',
        `${name}.pem`,
      ],
      ...['-set_serial', serial, '-days', '3650', '-extfile', `${name}.ext`, '-extensions', 'e'],
    );
    return pemToDer(this.read(`${name}.pem`).toString());
  }

  /** A key with a certificate signed by `by`: an intermediate CA unless other extensions are given. */
  authority(name: string, by: string, options: IssueOptions = {}): Authority {
    this.issue(name, by, { extensions: CA_EXTENSIONS, ...options });
    return this.#load(name);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  #load(name: string): Authority {
    return authority(this.read(`${name}.pem`).toString(), this.read(`${name}.key`).toString());
  }
}
