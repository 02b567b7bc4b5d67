import { type ChildProcess, spawn } from 'node:child_process';
import { type Readable, type Writable } from 'node:stream';
import { WatermarkError } from '../errors/watermark-error';
import { COMPLAINT_CHARACTERS, RUN_SECONDS, STALL_SECONDS } from './media-limits';

/** Which package of a distribution brings a program. */
const INSTALL: Readonly<Record<string, string>> = { ffmpeg: 'ffmpeg', ffprobe: 'ffmpeg' };
/** Characters that stay of a path or of control codes would tell of the machine or disturb a terminal. */
const UNPRINTABLE = /[^\x20-\x7e]+/g;
const FILE_NAME = /file:\S+/g;
/** What is kept of a complaint until names are taken out: a name cut in two at its beginning must not reach the message. */
const HEARD_CHARACTERS = 16_384;

export interface RunOptions {
  readonly signal?: AbortSignal | undefined;
  /** Whether bytes are written to the program. */
  readonly input?: boolean;
  readonly stallSeconds?: number;
  readonly runSeconds?: number;
}

/**
 * One run of a program of the media edge: without a shell, with no environment but the search path (a variable could
 * make ffmpeg write reports or use a proxy), ended by its own process id when the caller stops, when it takes too long
 * or when nobody reads on.
 */
export class ProgramRun {
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #signal: AbortSignal | undefined;
  readonly #closed: Promise<number>;
  readonly #stallSeconds: number;
  /** Arguments that name files, as the program writes them. */
  readonly #files: readonly string[];
  #complaint = '';
  #failure: WatermarkError | undefined;

  constructor(name: string, args: readonly string[], options: RunOptions = {}) {
    this.#name = name;
    this.#signal = options.signal;
    this.#stallSeconds = options.stallSeconds ?? STALL_SECONDS;
    this.#files = args
      .filter((argument) => argument.startsWith('file:'))
      .map((argument) => Buffer.from(argument).toString('latin1'));
    this.#child = spawn(name, [...args], {
      shell: false,
      windowsHide: true,
      env: { PATH: process.env['PATH'] ?? '' },
      stdio: [options.input === true ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    });
    // A program that ends early closes the pipe; what it says on its way out tells more than the broken pipe.
    this.#child.stdin?.on('error', () => undefined);
    this.#child.stderr?.on('data', (data: Buffer) => {
      this.#complaint = (this.#complaint + data.toString('latin1')).slice(-HEARD_CHARACTERS);
    });
    this.#closed = this.#whenClosed((options.runSeconds ?? RUN_SECONDS) * 1000);
    // Whoever waits gets the reason; nobody waiting is no crash.
    this.#closed.catch(() => undefined);
  }

  #whenClosed(runMilliseconds: number): Promise<number> {
    const abort = (): void => {
      this.#stopFor(new WatermarkError('ABORTED', 'The work was stopped.'));
    };
    const timer = setTimeout(() => {
      this.#stopFor(this.#tooSlow());
    }, runMilliseconds);
    return new Promise<number>((resolve, reject) => {
      if (this.#signal?.aborted === true) abort();
      this.#signal?.addEventListener('abort', abort, { once: true });
      const settle = (): void => {
        clearTimeout(timer);
        this.#signal?.removeEventListener('abort', abort);
      };
      this.#child.once('error', (error) => {
        settle();
        reject(this.#startFailure(error));
      });
      this.#child.once('close', (code) => {
        settle();
        resolve(code ?? -1);
      });
    });
  }

  #startFailure(cause: Error): WatermarkError {
    if (this.#failure !== undefined) return this.#failure;
    return new WatermarkError(
      'TOOL_MISSING',
      `The program ${this.#name} could not be started. Install the package ${INSTALL[this.#name] ?? this.#name}.`,
      { subject: this.#name, cause },
    );
  }

  #tooSlow(): WatermarkError {
    return new WatermarkError(
      'MEDIA_UNREADABLE',
      `${this.#name} took too long on this content and was ended.`,
    );
  }

  #stopFor(failure: WatermarkError): void {
    this.#failure ??= failure;
    this.stop();
  }

  /** Ends the program; nothing happens where it has ended. */
  stop(): void {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
  }

  /** Ends the program and waits until it has: what it writes can then be removed for good. */
  async stopped(): Promise<void> {
    this.stop();
    await this.#closed.catch(() => undefined);
  }

  get #stdout(): Readable {
    if (this.#child.stdout === null) throw new WatermarkError('TOOL_MISSING', 'The program has no output.');
    return this.#child.stdout;
  }

  get #stdin(): Writable {
    if (this.#child.stdin === null) throw new WatermarkError('TOOL_MISSING', 'The program takes no input.');
    return this.#child.stdin;
  }

  async #withinStall<T>(work: Promise<T>): Promise<T> {
    const timer = setTimeout(() => {
      this.#stopFor(this.#tooSlow());
    }, this.#stallSeconds * 1000);
    try {
      return await work;
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * What the program writes, as it comes: it waits while nobody reads. Leaving the loop early ends the program.
   *
   * @throws WatermarkError as `finished`
   */
  async *output(): AsyncGenerator<Buffer, void, undefined> {
    const chunks = this.#stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    try {
      for (;;) {
        const next = await this.#withinStall(chunks.next());
        if (next.done === true) break;
        yield next.value;
      }
      await this.finished();
    } finally {
      this.stop();
      // What is left unread would keep the pipe open: the run would never count as closed, nor its timer be cleared.
      this.#stdout.destroy();
    }
  }

  /** Hands bytes to the program and waits until it has taken them. Throws as `finished`. */
  async write(bytes: Uint8Array): Promise<void> {
    const taken = new Promise<boolean>((resolve) => {
      this.#stdin.write(bytes, (error) => {
        resolve(error === null || error === undefined);
      });
    });
    if (await this.#withinStall(taken)) return;
    await this.finished();
    throw new WatermarkError('MEDIA_UNREADABLE', `${this.#name} ended before all was written.`);
  }

  /** Tells the program that no more comes. */
  end(): void {
    this.#stdin.end();
  }

  /** For programs whose output is a file: reads over what they write beside it. Throws as `finished`. */
  async finishedWithoutOutput(): Promise<void> {
    this.#stdout.resume();
    await this.finished();
  }

  /**
   * @throws WatermarkError ABORTED when the caller stopped it, TOOL_MISSING when it is not installed, MEDIA_UNREADABLE with
   *   the program's own words when it failed or took too long
   */
  async finished(): Promise<void> {
    const code = await this.#closed;
    if (this.#failure !== undefined) throw this.#failure;
    if (code === 0) return;
    throw new WatermarkError(
      'MEDIA_UNREADABLE',
      `${this.#name} could not work on this content: ${this.complaint() || `it ended with code ${code}`}`,
    );
  }

  /** The end of what the program complained of, without names of files. */
  complaint(): string {
    let said = this.#complaint;
    for (const file of this.#files) said = said.replaceAll(file, 'the file');
    said = said.replace(FILE_NAME, 'the file').replace(UNPRINTABLE, ' ');
    return said.slice(-COMPLAINT_CHARACTERS).trim();
  }
}
