import { type Medium } from '../scheme/watermark-scheme';

export const ATTACK_GROUPS = [
  'none',
  'compression',
  'geometric',
  'valuemetric',
  'temporal',
  'editing',
  'combined',
] as const;
export type AttackGroup = (typeof ATTACK_GROUPS)[number];

/** Something that happens to marked content on its way, meant or not. Deterministic: noise comes from a fixed seed. */
export interface FileAttack {
  /** With its parameter, as in OmniSeal Bench where that has it: `jpeg-75`, `crop-keep-50`. */
  readonly name: string;
  readonly medium: Medium;
  readonly group: AttackGroup;
  /** Reads one file and writes another; the ending of `output` names the format unless the attack is a format. */
  apply(input: string, output: string, signal?: AbortSignal): Promise<void>;
}
