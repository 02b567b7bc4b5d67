import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { HsmError } from './hsm-error';
import {
  CLOSE_GRACE_MS,
  DEFAULT_SESSIONS,
  DEFAULT_TIMEOUT_MS,
  MAX_PENDING,
  MAX_RESTART_DELAY_MS,
  OPEN_TIMEOUT_MS,
  RESTART_DELAY_MS,
} from './limits';
import {
  type FromWorker,
  type HsmRequest,
  type HsmResult,
  type KeyDescription,
  type KeyReference,
  type KeyUsage,
  type NumberedReply,
  type NumberedRequest,
  type ToWorker,
  type WireHsmError,
  type WorkerCounters,
} from './messages';

export interface HsmOptions {
  /** Absolute path of the PKCS#11 module, e.g. /usr/lib/softhsm/libsofthsm2.so. */
  readonly module: string;
  /** Label of the token: the organisation's name. */
  readonly token: string;
  /** File with the user PIN. */
  readonly pinFile: string;
  /** Environment the module needs, e.g. { SOFTHSM2_CONF: path }. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly sessions?: number;
  /** Milliseconds one operation may take. */
  readonly timeoutMs?: number;
  /** The worker's program; tests give their own build of it. */
  readonly workerPath?: string;
}

export interface SignOptions {
  /** Bring s into the lower half of the group (default): Fabric and ES256 intents demand it, no verifier refuses it. */
  readonly lowS?: boolean;
}

/** Counters for metrics: those of the running worker and those of this client. */
export interface HsmCounters extends WorkerCounters {
  readonly restarts: number;
  readonly timeouts: number;
  readonly pending: number;
}

interface Pending {
  readonly resolve: (result: HsmResult) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** Failures that another start can't cure; repeating the login would lock the token. */
const FATAL = new Set(['HSM_PIN_REFUSED', 'HSM_MECHANISM_MISSING']);

function outOfTurn(): HsmError {
  return new HsmError('HSM_UNAVAILABLE', 'the worker answered out of turn');
}

function isKeyList(result: HsmResult): result is readonly KeyDescription[] {
  return Array.isArray(result);
}

function fromWire(error: WireHsmError): HsmError {
  return new HsmError(error.code, error.message, error.ckr);
}

/**
 * The gateway's way to its HSM: promises over a dedicated child process that owns PKCS#11. The process is replaced
 * when it dies or hangs; operations it had taken fail with HSM_UNAVAILABLE or HSM_TIMEOUT and may be repeated by the
 * caller (every one of them is idempotent but `generateKey`, which refuses a second key of one label).
 */
export class HsmClient {
  private readonly options: HsmOptions;
  private readonly pending = new Map<number, Pending>();
  private outbox: NumberedRequest[] = [];
  private worker: ChildProcess | undefined;
  private starting: Promise<ChildProcess> | undefined;
  private fatal: HsmError | undefined;
  private closed = false;
  private next = 1;
  private restarts = 0;
  private timeouts = 0;

  private constructor(options: HsmOptions) {
    this.options = options;
  }

  /** Starts the worker and logs in; fails with a HsmError that says what to correct. */
  static async open(options: HsmOptions): Promise<HsmClient> {
    const client = new HsmClient(options);
    await client.start();
    return client;
  }

  /** ECDSA P-256 over a SHA-256 digest by the key of this label → r‖s, 64 bytes. */
  sign(label: string, digest: Uint8Array, options: SignOptions = {}): Promise<Uint8Array> {
    return this.signBy({ label }, digest, options);
  }

  /** The same by CKA_ID (hex), as Fabric CA clients store keys: id = SKI = SHA-256 of the public point. */
  signById(id: string, digest: Uint8Array, options: SignOptions = {}): Promise<Uint8Array> {
    return this.signBy({ id: id.toLowerCase() }, digest, options);
  }

  /** ECDH: the key of this label with a 65-byte P-256 point → Z, 32 bytes. The caller derives and forgets it. */
  ecdh(label: string, peerPublic: Uint8Array): Promise<Uint8Array> {
    return this.bytes({ op: 'ecdh', key: { label }, peer: Buffer.from(peerPublic).toString('hex') });
  }

  /** Uncompressed point (65 bytes) of the key of this label. */
  publicKey(label: string): Promise<Uint8Array> {
    return this.bytes({ op: 'public', key: { label } });
  }

  publicKeyById(id: string): Promise<Uint8Array> {
    return this.bytes({ op: 'public', key: { id: id.toLowerCase() } });
  }

  /** Makes a non-extractable P-256 pair and returns its point; HSM_KEY_EXISTS when the label is taken. */
  generateKey(label: string, options: { readonly usage: KeyUsage }): Promise<Uint8Array> {
    return this.bytes({ op: 'generate', label, usage: options.usage });
  }

  /** Every private EC key of the token, with its attributes as the token gives them. */
  async inspect(): Promise<readonly KeyDescription[]> {
    const keys = await this.request({ op: 'inspect' });
    if (!isKeyList(keys)) throw outOfTurn();
    return keys;
  }

  /** Removes both parts of a key pair, for good. Throws HSM_KEY_MISSING, HSM_KEY_AMBIGUOUS. */
  async destroyKey(label: string): Promise<void> {
    await this.request({ op: 'destroy', label });
  }

  async counters(): Promise<HsmCounters> {
    const worker = await this.request({ op: 'counters' });
    if (typeof worker === 'string' || isKeyList(worker)) throw outOfTurn();
    return { ...worker, restarts: this.restarts, timeouts: this.timeouts, pending: this.pending.size };
  }

  /** True while a worker is up: for readiness, without asking the token. */
  get available(): boolean {
    return this.worker !== undefined;
  }

  /** Refuses further operations, lets the worker log out, and kills it when it does not. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.failAll(new HsmError('HSM_CLOSED', 'the HSM client was closed'));
    const worker = this.worker ?? (await this.starting?.catch(() => undefined));
    if (worker?.exitCode !== null || worker.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => worker.kill('SIGKILL'), CLOSE_GRACE_MS);
      worker.once('exit', () => {
        clearTimeout(timer);
        resolve();
      });
      this.post(worker, { type: 'close' });
    });
  }

  private signBy(key: KeyReference, digest: Uint8Array, options: SignOptions): Promise<Uint8Array> {
    const lowS = options.lowS ?? true;
    return this.bytes({ op: 'sign', key, digest: Buffer.from(digest).toString('hex'), lowS });
  }

  private async bytes(request: HsmRequest): Promise<Uint8Array> {
    const result = await this.request(request);
    if (typeof result !== 'string') throw outOfTurn();
    return Buffer.from(result, 'hex');
  }

  private async request(request: HsmRequest): Promise<HsmResult> {
    if (this.closed) throw new HsmError('HSM_CLOSED', 'the HSM client was closed');
    if (this.fatal !== undefined) throw this.fatal;
    if (this.pending.size >= MAX_PENDING)
      throw new HsmError('HSM_UNAVAILABLE', 'too many operations wait for the HSM');
    if (this.worker === undefined) await this.start();
    return new Promise((resolve, reject) => {
      const n = this.next++;
      const timer = setTimeout(() => {
        this.timedOut(n);
      }, this.options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
      this.pending.set(n, { resolve, reject, timer });
      this.enqueue({ n, request });
    });
  }

  /** Requests of one turn of the event loop travel in one message. */
  private enqueue(item: NumberedRequest): void {
    this.outbox.push(item);
    if (this.outbox.length > 1) return;
    setImmediate(() => {
      const items = this.outbox;
      this.outbox = [];
      // Without a worker these were failed already by its exit.
      if (this.worker !== undefined) this.post(this.worker, { type: 'requests', items });
    });
  }

  private post(worker: ChildProcess, message: ToWorker): void {
    // A failed write means that the worker is dying: its exit settles what is pending.
    worker.send(message, () => undefined);
  }

  private start(): Promise<ChildProcess> {
    this.starting ??= this.spawn().finally(() => {
      this.starting = undefined;
    });
    return this.starting;
  }

  private spawn(): Promise<ChildProcess> {
    const worker = fork(this.options.workerPath ?? join(__dirname, 'hsm-worker.js'), [], {
      env: { ...process.env, ...this.options.environment },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        refuse(new HsmError('HSM_TIMEOUT', 'the HSM did not open in time'));
      }, OPEN_TIMEOUT_MS);
      const refuse = (error: HsmError): void => {
        clearTimeout(timer);
        if (FATAL.has(error.code)) this.fatal = error;
        worker.kill('SIGKILL');
        reject(error);
      };
      worker.on('message', (message: FromWorker) => {
        if (message.type === 'replies') {
          message.items.forEach((item) => {
            this.settle(item);
          });
        } else if (message.type === 'open-failed') {
          refuse(fromWire(message.error));
        } else {
          clearTimeout(timer);
          this.worker = worker;
          resolve(worker);
        }
      });
      worker.on('error', (error) => {
        refuse(new HsmError('HSM_UNAVAILABLE', `the HSM worker failed: ${error.message}`));
      });
      worker.on('exit', () => {
        refuse(new HsmError('HSM_UNAVAILABLE', 'the HSM worker ended'));
        this.exited(worker);
      });
      const { module, token, pinFile } = this.options;
      const sessions = this.options.sessions ?? DEFAULT_SESSIONS;
      this.post(worker, { type: 'open', config: { module, token, pinFile, sessions } });
    });
  }

  private settle(item: NumberedReply): void {
    const pending = this.pending.get(item.n);
    if (pending === undefined) return;
    this.pending.delete(item.n);
    clearTimeout(pending.timer);
    if ('error' in item) pending.reject(fromWire(item.error));
    else pending.resolve(item.result);
  }

  private timedOut(n: number): void {
    this.timeouts += 1;
    this.settle({ n, error: { code: 'HSM_TIMEOUT', message: 'the HSM did not answer in time' } });
    // Nothing can interrupt a call inside the module, so a hung worker is ended; its exit starts the next one.
    this.worker?.kill('SIGKILL');
  }

  private exited(worker: ChildProcess): void {
    if (this.worker !== worker) return;
    this.worker = undefined;
    this.failAll(new HsmError('HSM_UNAVAILABLE', 'the HSM worker ended; the operation may be repeated'));
    if (this.closed) return;
    this.restarts += 1;
    this.revive(RESTART_DELAY_MS);
  }

  /**
   * Starts a worker again until one runs. Not left to the next operation, which reports why it fails: a gateway without
   * a worker is not ready, so nobody sends it any.
   */
  private revive(delayMs: number): void {
    setTimeout(() => {
      const needed = this.worker === undefined && !this.closed && this.fatal === undefined;
      if (!needed) return;
      this.start().catch(() => {
        this.revive(Math.min(2 * delayMs, MAX_RESTART_DELAY_MS));
      });
    }, delayMs).unref();
  }

  private failAll(error: HsmError): void {
    const all = [...this.pending.values()];
    this.pending.clear();
    for (const { reject, timer } of all) {
      clearTimeout(timer);
      reject(error);
    }
  }
}
