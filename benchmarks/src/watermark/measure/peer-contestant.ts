import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { type Readable, type Writable } from 'node:stream';
import { type Contestant, type Cost, type Reading } from './contestant';

export interface PeerOptions {
  readonly python: string;
  readonly script: string;
  readonly fingerprint: string;
}

interface Answer {
  readonly bits?: string;
  readonly seconds?: number;
  readonly memory?: number;
  readonly error?: string;
}

/** Someone else's program for pictures, spoken to through peers/image_peers.py. */
export function peerContestant(peer: string, payloadBits: number, options: PeerOptions): Contestant {
  const server = new PeerServer(options);
  return {
    name: payloadBits === 32 ? peer : `${peer}-${payloadBits}`,
    ...{ medium: 'image', payloadBits, decides: false },
    fingerprint: `${options.fingerprint} ${peer} ${payloadBits}`,
    embed: async (_, bits, input, output) =>
      costOf(await server.ask({ op: 'embed', peer, bits, input, output })),
    detect: async (_, input) => {
      const answer = await server.ask({ op: 'detect', peer, length: payloadBits, input });
      return { bits: answer.bits ?? '', ...costOf(answer) } satisfies Reading;
    },
    memory: () => server.memory,
    close: () => {
      server.close();
    },
  };
}

function costOf({ seconds = 0 }: Answer): Cost {
  return { seconds, wall: seconds };
}

/** The Python process, started at the first question; one question at a time. */
class PeerServer {
  readonly #options: PeerOptions;
  #child: ChildProcessByStdio<Writable, Readable, null> | undefined;
  #lines: Interface | undefined;
  memory = 0;

  constructor(options: PeerOptions) {
    this.#options = options;
  }

  async ask(question: Readonly<Record<string, unknown>>): Promise<Answer> {
    const { child, lines } = this.#start();
    const line = new Promise<string>((done, failed) => {
      lines.once('line', done);
      child.once('exit', () => {
        failed(new Error('The peer ended before it answered.'));
      });
    });
    child.stdin.write(`${JSON.stringify(question)}\n`);
    const answer = JSON.parse(await line) as Answer;
    child.removeAllListeners('exit');
    this.memory = answer.memory ?? this.memory;
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  }

  close(): void {
    this.#child?.stdin.end();
    this.#child = undefined;
  }

  #start(): { readonly child: ChildProcessByStdio<Writable, Readable, null>; readonly lines: Interface } {
    if (this.#child === undefined || this.#lines === undefined) {
      const { python, script } = this.#options;
      // One thread each: what is compared is work, not how many cores it is spread over.
      const env = { ...process.env, OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' };
      this.#child = spawn(python, [script], { env, stdio: ['pipe', 'pipe', 'inherit'] });
      this.#lines = createInterface({ input: this.#child.stdout });
    }
    return { child: this.#child, lines: this.#lines };
  }
}
