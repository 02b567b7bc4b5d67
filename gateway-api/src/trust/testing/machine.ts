import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Evidence } from '../attest-device';

const CREDENTIAL_HEADER = Buffer.from('badcc0de00000001', 'hex');
const PCRS = [0, 1, 2, 3, 4, 5, 6, 7];
const DIGEST_BYTES = 32;
const POINT_BYTES = 65;
const COORDINATE_BYTES = 32;
const TRIES = 100;
const PAUSE_MS = 20;

/** A machine with a software TPM, driven with tpm2-tools. */
export class Machine {
  readonly #directory: string;
  readonly #tpm: ChildProcess;

  private constructor(directory: string, tpm: ChildProcess) {
    this.#directory = directory;
    this.#tpm = tpm;
  }

  static async start(): Promise<Machine> {
    const directory = mkdtempSync(join(tmpdir(), 'trust-tpm-'));
    mkdirSync(join(directory, 'state'));
    const sockets = [
      `type=unixio,path=${directory}/sock`,
      `type=unixio,path=${directory}/sock.ctrl`,
    ] as const;
    const state = ['--tpmstate', `dir=${directory}/state`, '--flags', 'not-need-init,startup-clear'];
    const tpm = spawn('swtpm', ['socket', '--tpm2', ...state, '--server', sockets[0], '--ctrl', sockets[1]], {
      stdio: 'ignore',
    });
    const ready = (): boolean => ['sock', 'sock.ctrl'].every((name) => existsSync(join(directory, name)));
    for (let i = 0; i < TRIES && !ready(); i += 1) await delay(PAUSE_MS);
    return new Machine(directory, tpm);
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#tpm.once('exit', resolve));
    this.#tpm.kill();
    await ended;
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** Makes endorsement and attestation key; gives TPM2B_PUBLIC of both in hex. */
  createKeys(): { ek_public: string; ak_public: string } {
    this.#tool('createek', '-c', 'ek.ctx', '-G', 'ecc', '-u', 'ek.pub');
    this.#tool(
      'createak',
      '-C',
      'ek.ctx',
      '-c',
      'ak.ctx',
      '-G',
      'ecc',
      '-g',
      'sha256',
      '-s',
      'ecdsa',
      '-u',
      'ak.pub',
    );
    return { ek_public: this.#hex('ek.pub'), ak_public: this.#hex('ak.pub') };
  }

  /** Opens a credential; throws when it is not for this TPM. */
  activate({
    credential_blob,
    encrypted_secret,
  }: {
    credential_blob: string;
    encrypted_secret: string;
  }): Buffer {
    const credential = Buffer.from(credential_blob + encrypted_secret, 'hex');
    writeFileSync(join(this.#directory, 'credential'), Buffer.concat([CREDENTIAL_HEADER, credential]));
    this.#tool('startauthsession', '--policy-session', '-S', 'session');
    this.#tool('policysecret', '-S', 'session', '-c', 'e');
    try {
      this.#tool(
        'activatecredential',
        '-c',
        'ak.ctx',
        '-C',
        'ek.ctx',
        '-i',
        'credential',
        '-o',
        'secret',
        '-P',
        'session:session',
      );
      return this.#file('secret');
    } finally {
      this.#tool('flushcontext', 'session');
      this.#tool('flushcontext', '-l');
    }
  }

  /** Makes a release key in the TPM; gives its TPM2B_PUBLIC. */
  createReleaseKey(attributes = 'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|decrypt'): Buffer {
    this.#tool('createprimary', '-C', 'o', '-G', 'ecc256', '-c', 'primary.ctx');
    this.#tool(
      'create',
      '-C',
      'primary.ctx',
      '-G',
      'ecc256',
      '-a',
      attributes,
      '-u',
      'release.pub',
      '-r',
      'release.priv',
    );
    this.#tool('load', '-C', 'primary.ctx', '-u', 'release.pub', '-r', 'release.priv', '-c', 'release.ctx');
    return this.#file('release.pub');
  }

  /** Quote over `context`, and the certification of the release key. */
  attest(context: Uint8Array, pcrs: readonly number[] = PCRS): Evidence {
    this.#tool('flushcontext', '-l');
    const qualification = Buffer.from(context).toString('hex');
    this.#tool(
      'certify',
      '-c',
      'release.ctx',
      '-C',
      'ak.ctx',
      '-g',
      'sha256',
      '-o',
      'certify.attest',
      '-s',
      'certify.sig',
    );
    const over = ['-l', `sha256:${pcrs.join(',')}`, '-q', qualification, '-g', 'sha256'];
    const out = ['-m', 'quote.attest', '-s', 'quote.sig', '-o', 'quote.pcrs', '-F', 'values'];
    this.#tool('quote', '-c', 'ak.ctx', ...over, ...out);
    const values = this.#file('quote.pcrs');
    const value = (i: number): string => values.toString('hex', i * DIGEST_BYTES, (i + 1) * DIGEST_BYTES);
    return {
      quote: {
        attest: this.#hex('quote.attest'),
        signature: this.#hex('quote.sig'),
        pcrs: { sha256: Object.fromEntries(pcrs.map((pcr, i) => [String(pcr), value(i)])) },
      },
      certification: { attest: this.#hex('certify.attest'), signature: this.#hex('certify.sig') },
    };
  }

  /** ECDH of the release key with a 65-byte point → 32 bytes. */
  agree(point: Uint8Array): Buffer {
    const bytes = Buffer.from(point);
    if (bytes.length !== POINT_BYTES) throw new Error('not an uncompressed point');
    const sized = (part: Buffer): Buffer =>
      Buffer.concat([Buffer.of(part.length >> 8, part.length & 0xff), part]);
    const [x, y] = [bytes.subarray(1, 1 + COORDINATE_BYTES), bytes.subarray(1 + COORDINATE_BYTES)];
    writeFileSync(join(this.#directory, 'peer'), sized(Buffer.concat([sized(x), sized(y)])));
    this.#tool('ecdhzgen', '-c', 'release.ctx', '-u', 'peer', '-o', 'shared');
    const shared = this.#file('shared');
    return shared.subarray(4, 4 + COORDINATE_BYTES);
  }

  #tool(name: string, ...args: readonly string[]): void {
    const env = { ...process.env, TPM2TOOLS_TCTI: `swtpm:path=${this.#directory}/sock` };
    execFileSync(`tpm2_${name}`, [...args], { cwd: this.#directory, env, stdio: 'pipe' });
    // A TPM without a resource manager has three slots for objects and as many for sessions.
    if (name !== 'flushcontext') execFileSync('tpm2_flushcontext', ['-t'], { env, stdio: 'pipe' });
  }

  #file(name: string): Buffer {
    return readFileSync(join(this.#directory, name));
  }

  #hex(name: string): string {
    return this.#file(name).toString('hex');
  }
}
