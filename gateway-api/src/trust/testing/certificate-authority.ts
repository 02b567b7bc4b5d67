import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TemporaryToken } from '../../hsm/testing/temporary-token';

/** Makes a CA with openssl and puts its key into the token as Fabric CA would: under the SHA-256 of its point. Gives PEM. */
export function authorityInToken(token: TemporaryToken, pin: string, name: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'trust-ca-'));
  try {
    const openssl = (...args: string[]): void => {
      execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
    };
    openssl(
      ...[
        'req',
        '-x509',
        '-nodes',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-keyout',
        'key',
        '-out',
        'pem',
      ],
      ...['-subj', `/O=op1/CN=${name}`, '-days', '30', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
    );
    openssl('pkcs8', '-topk8', '-nocrypt', '-in', 'key', '-out', 'pkcs8');
    const pem = readFileSync(join(directory, 'pem'), 'utf8');
    const { x = '', y = '' } = new X509Certificate(pem).publicKey.export({ format: 'jwk' });
    const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
    const id = createHash('sha256').update(point).digest('hex');
    execFileSync(
      'softhsm2-util',
      [
        '--import',
        join(directory, 'pkcs8'),
        '--token',
        token.options.token,
        '--label',
        name,
        '--id',
        id,
        '--pin',
        pin,
      ],
      { env: { ...process.env, SOFTHSM2_CONF: token.conf }, stdio: 'pipe' },
    );
    return pem;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
