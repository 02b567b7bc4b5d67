import { type Medium } from '@maker-registry/watermark';

/** What a detector said of one file. */
export interface Reading {
  /** Of the payload's bits, one character each; empty where nothing was read. */
  readonly bits: string;
  /** The contestant's own decision, or the one by matched bits for those that decide nothing (see Tally). */
  readonly decision?: 'detected' | 'not-detected' | 'inconclusive';
  readonly log10_p?: number;
  /** Of a film that carries a mark in its sound as well: whether the sound alone says so at the false-positive rate compared. */
  readonly isSoundFound?: boolean;
  /** CPU seconds, and seconds by the clock. */
  readonly seconds: number;
  readonly wall: number;
}

/** A marking program under test. */
export interface Contestant {
  readonly name: string;
  readonly medium: Medium;
  readonly payloadBits: number;
  /** Names the code, its parameters and its version: results are kept under it. */
  readonly fingerprint: string;
  /** Whether its detector knows on its own that there is a mark; others are told which bits to expect. */
  readonly decides: boolean;
  embed(id: string, bits: string, input: string, output: string): Promise<Cost>;
  detect(id: string, input: string): Promise<Reading>;
  /** Peak memory in MiB of the process that does the work, so far. */
  memory(): number;
  close(): void;
}

export interface Cost {
  readonly seconds: number;
  readonly wall: number;
}
