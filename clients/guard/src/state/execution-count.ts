import { isPlainObject } from '@maker-registry/protocol';
import { type StateDirectory } from './state-directory';

const FILE = 'executions.json';

/** How often each right was used on this machine, for rights that limit their executions. */
export class ExecutionCount {
  readonly #state: StateDirectory;

  constructor(state: StateDirectory) {
    this.#state = state;
  }

  /** Executions of a right so far. */
  async of(rightId: string): Promise<number> {
    const counts = await this.#read();
    return counts[rightId] ?? 0;
  }

  /**
   * Counts one more and gives how many there were before; before the command starts, so that a crash costs an execution
   * and does not give one away.
   */
  async add(rightId: string): Promise<number> {
    return await this.#state.exclusively(FILE, async () => {
      const counts = await this.#read();
      const before = counts[rightId] ?? 0;
      await this.#state.write(FILE, { v: 1, executions: { ...counts, [rightId]: before + 1 } });
      return before;
    });
  }

  async #read(): Promise<Record<string, number>> {
    const value = await this.#state.read(FILE);
    if (value === undefined) return {};
    const { v, executions } = value;
    if (v !== 1 || !isPlainObject(executions)) throw this.#state.malformed(FILE);
    if (!Object.values(executions).every((count) => Number.isSafeInteger(count)))
      throw this.#state.malformed(FILE);
    return executions as Record<string, number>;
  }
}
