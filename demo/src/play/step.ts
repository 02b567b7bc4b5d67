import type { Story } from './story';

/** What a step says and claims while it runs. */
export interface Narrator {
  /** One line of what happens. */
  readonly tell: (text: string) => void;
  /** A claim of the demonstration: shown when it holds, ends the run when it does not. */
  readonly check: (claim: string, holds: boolean, seen?: unknown) => void;
  /** A figure for the report. */
  readonly fact: (name: string, value: unknown) => void;
  /** A sentence worth repeating at the end. */
  readonly highlight: (text: string) => void;
}

/** A step's view of the story, and its voice. */
export interface Scene extends Narrator {
  readonly story: Story;
}

export interface Step {
  readonly title: string;
  readonly run: (scene: Scene) => Promise<void>;
}

/** A claim that did not hold. */
export class ClaimError extends Error {
  constructor(claim: string, seen: unknown) {
    super(seen === undefined ? `Not so: ${claim}` : `Not so: ${claim} (seen: ${JSON.stringify(seen)})`);
    this.name = 'ClaimError';
  }
}
