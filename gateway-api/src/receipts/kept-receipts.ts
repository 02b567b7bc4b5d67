import { MAX_KEPT_BYTES, MAX_KEPT_RECEIPTS } from './limits';

/** Answers by name, bounded in number and bytes; the one not used for longest goes first. */
export class KeptReceipts {
  readonly #kept = new Map<string, Uint8Array>();
  #bytes = 0;

  get(name: string): Uint8Array | undefined {
    const found = this.#kept.get(name);
    if (found === undefined) return undefined;
    this.#kept.delete(name);
    this.#kept.set(name, found);
    return found;
  }

  keep(name: string, bytes: Uint8Array): void {
    this.#remove(name);
    this.#kept.set(name, bytes);
    this.#bytes += bytes.length;
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MAX_KEPT_RECEIPTS && this.#bytes <= MAX_KEPT_BYTES) return;
      this.#remove(oldest);
    }
  }

  clear(): void {
    this.#kept.clear();
    this.#bytes = 0;
  }

  #remove(name: string): void {
    this.#bytes -= this.#kept.get(name)?.length ?? 0;
    this.#kept.delete(name);
  }
}
