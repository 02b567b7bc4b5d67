import { MAX_KEPT_BYTES, MAX_KEPT_RECEIPTS } from './limits';

interface Kept {
  readonly configuration: number;
  readonly bytes: Uint8Array;
}

/**
 * Receipts by name, bounded in number and bytes; the one not used for longest goes first. Each was verified under a
 * configuration and holds under that one only: who signed may be no operator of the next, which may come while it is made.
 */
export class KeptReceipts {
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  /** @param configuration block of the configuration that the receipt is to go with */
  get(name: string, configuration: number): Uint8Array | undefined {
    const found = this.#kept.get(name);
    if (found?.configuration !== configuration) return undefined;
    this.#kept.delete(name);
    this.#kept.set(name, found);
    return found.bytes;
  }

  /** @param configuration block of the configuration under which it was verified */
  keep(name: string, configuration: number, bytes: Uint8Array): void {
    if ((this.#kept.get(name)?.configuration ?? configuration) > configuration) return;
    this.#remove(name);
    this.#kept.set(name, { configuration, bytes });
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
    this.#bytes -= this.#kept.get(name)?.bytes.length ?? 0;
    this.#kept.delete(name);
  }
}
