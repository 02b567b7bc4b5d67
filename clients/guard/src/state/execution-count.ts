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

  /** Counts one more; before the command starts, so that a crash costs an execution and does not give one away. */
  async add(rightId: string): Promise<void> {
    await this.#state.exclusively(FILE, async () => {
      const counts = await this.#read();
      await this.#state.write(FILE, {
        v: 1,
        executions: { ...counts, [rightId]: (counts[rightId] ?? 0) + 1 },
      });
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
