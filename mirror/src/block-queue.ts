/** What a queue asks of the stream that fills it. */
export interface Flow {
  pause(): void;
  resume(): void;
}

/** A block as received, with the moment (performance.now(), ms) it came. */
export interface ReceivedBlock {
  readonly bytes: Uint8Array;
  readonly receivedAt: number;
}

/**
 * Blocks between the stream and the writer. Holds back the stream when full, and gives the writer all that has come since
 * it last asked: alone when following live, many at a time when catching up, without any timer.
 */
export class BlockQueue {
  readonly #maxBytes: number;
  #blocks: ReceivedBlock[] = [];
  #bytes = 0;
  #flow: Flow | null = null;
  #paused = false;
  #error: Error | null = null;
  #wake: (() => void) | null = null;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Blocks waiting. */
  get length(): number {
    return this.#blocks.length;
  }

  /** Says which stream to hold back; call once it is open. */
  control(flow: Flow): void {
    this.#flow = flow;
    if (this.#paused) flow.pause();
  }

  push(block: ReceivedBlock): void {
    this.#blocks.push(block);
    this.#bytes += block.bytes.length;
    if (!this.#paused && this.#bytes >= this.#maxBytes) {
      this.#paused = true;
      this.#flow?.pause();
    }
    this.#notify();
  }

  /** Ends the queue: once what waits is taken, `take` throws this error. */
  fail(error: Error): void {
    this.#error ??= error;
    this.#notify();
  }

  /**
   * Waits for at least one block, then takes as many as fit the bytes (always one).
   * @throws the error given to `fail`
   */
  async take(maxBytes: number): Promise<ReceivedBlock[]> {
    while (this.#blocks.length === 0) {
      if (this.#error !== null) throw this.#error;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#takeNow(maxBytes);
  }

  #takeNow(maxBytes: number): ReceivedBlock[] {
    let count = 0;
    let bytes = 0;
    for (const block of this.#blocks) {
      if (count > 0 && bytes + block.bytes.length > maxBytes) break;
      bytes += block.bytes.length;
      count += 1;
    }
    const taken = this.#blocks.slice(0, count);
    this.#blocks = this.#blocks.slice(count);
    this.#bytes -= bytes;
    if (this.#paused && this.#bytes < this.#maxBytes / 2) {
      this.#paused = false;
      this.#flow?.resume();
    }
    return taken;
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}
