import { type Handle } from 'pkcs11js';

/**
 * Lends each session to one operation at a time, first come first served. `exclusive` waits until every session is
 * back, so that nothing is closed under a running operation, then replaces them all.
 */
export class SessionPool {
  private idle: Handle[];
  private size: number;
  private readonly waiting: ((session: Handle) => void)[] = [];
  private draining: (() => void) | undefined;

  constructor(sessions: readonly Handle[]) {
    this.idle = [...sessions];
    this.size = sessions.length;
  }

  get sessions(): number {
    return this.size;
  }

  acquire(): Promise<Handle> {
    const session = this.draining === undefined ? this.idle.pop() : undefined;
    if (session !== undefined) return Promise.resolve(session);
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  release(session: Handle): void {
    this.idle.push(session);
    if (this.draining !== undefined) {
      if (this.idle.length === this.size) this.draining();
      return;
    }
    this.serve();
  }

  /**
   * Runs `replace` while no session is lent, then goes on with the sessions it returns. When it throws, the pool is
   * left without sessions lent out and with the old ones, whose use fails and leads back here.
   */
  async exclusive(replace: () => Handle[]): Promise<void> {
    await new Promise<void>((resolve) => {
      this.draining = resolve;
      if (this.idle.length === this.size) resolve();
    });
    try {
      this.idle = replace();
      this.size = this.idle.length;
    } finally {
      this.draining = undefined;
      this.serve();
    }
  }

  private serve(): void {
    while (this.waiting.length > 0) {
      const session = this.idle.pop();
      if (session === undefined) return;
      this.waiting.shift()?.(session);
    }
  }
}
