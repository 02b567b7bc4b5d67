import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type AudioQuestion, type WindowFinding } from './window-reading';

/** Each thread takes some 80 MB, most of it the window of spectra and its maps. */
const MOST_THREADS = 4;
/** Missing where the sources run without a build. */
const WORKER_FILE = join(__dirname, 'window-worker.js');

export interface Threads {
  /** Windows that are read at once; with one, the caller's own thread reads them. */
  readonly count: number;
  readonly workerFile: string;
}

/** As many threads as there are processors, within bounds. */
export function usualThreads(): Threads {
  const count = existsSync(WORKER_FILE) ? Math.min(MOST_THREADS, availableParallelism()) : 1;
  return { count, workerFile: WORKER_FILE };
}

/** Threads that read windows of one content. What a window says does not depend on the thread that reads it. */
export class WindowPool {
  readonly #question: AudioQuestion;
  readonly #workerFile: string;
  readonly #all: Worker[] = [];
  readonly #idle: Worker[] = [];
  #isClosed = false;

  constructor(question: AudioQuestion, workerFile: string) {
    this.#question = question;
    this.#workerFile = workerFile;
  }

  /** Reads a window in a thread that is idle, else in a new one. The frames are handed over: they are empty afterwards. */
  async read(frames: readonly Float64Array[]): Promise<WindowFinding | undefined> {
    if (this.#isClosed) throw new Error('The threads that read windows have ended.');
    const worker = this.#idle.pop() ?? this.#started();
    const finding = await answer(worker, frames);
    this.#idle.push(worker);
    return finding;
  }

  #started(): Worker {
    const worker = new Worker(this.#workerFile, { workerData: this.#question });
    this.#all.push(worker);
    return worker;
  }

  /** Ends all threads, whatever they are doing. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#all.map((worker) => worker.terminate()));
  }
}

function answer(worker: Worker, frames: readonly Float64Array[]): Promise<WindowFinding | undefined> {
  return new Promise((resolve, reject) => {
    const ended = (): void => {
      settle(() => {
        reject(new Error('The thread that read a window has ended.'));
      });
    };
    const failed = (error: Error): void => {
      settle(() => {
        reject(error);
      });
    };
    const answered = ({ finding }: { readonly finding: WindowFinding | undefined }): void => {
      settle(() => {
        resolve(finding);
      });
    };
    const settle = (then: () => void): void => {
      worker.off('exit', ended).off('error', failed).off('message', answered);
      then();
    };
    worker.on('exit', ended).on('error', failed).on('message', answered);
    worker.postMessage(
      frames,
      frames.map(({ buffer }) => buffer as ArrayBuffer),
    );
  });
}
