/**
 * A failure of the network's machinery. `action` is a sentence that says what to do about it; `log` names the file
 * that tells more.
 */
export class NetworkError extends Error {
  readonly action: string;
  readonly log: string | undefined;

  constructor(message: string, action: string, options: { log?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'NetworkError';
    this.action = action;
    this.log = options.log;
  }
}
