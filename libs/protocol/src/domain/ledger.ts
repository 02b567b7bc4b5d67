import { type Actor } from './actor';
import { type Artifact } from './artifact';
import { type ContentKey } from './content-key';
import { type License } from './license';
import { type Parameters, type Proposal } from './parameters';
import { type Revocation, type RevocationHead } from './revocation';
import { type Right, type Sale } from './right';

/** Committed together with the effect of an intent: its presence refuses a replay. */
export interface IntentMark {
  readonly intent_id: string;
}

/** Each kind of ledger value by the name that starts its composite key. */
export interface LedgerDocuments {
  readonly actor: Actor;
  readonly artifact: Artifact;
  readonly license: License;
  readonly right: Right;
  readonly key: ContentKey;
  readonly sale: Sale;
  readonly revocation: Revocation;
  readonly 'revocation-head': RevocationHead;
  readonly parameters: Parameters;
  readonly proposal: Proposal;
  readonly intent: IntentMark;
}

export type LedgerKind = keyof LedgerDocuments;

/** One put: composite key `kind` + `id`, value as canonical JSON. */
export type LedgerWrite = {
  [Kind in LedgerKind]: {
    readonly kind: Kind;
    readonly id: readonly string[];
    readonly value: LedgerDocuments[Kind];
  };
}[LedgerKind];

/** What a rule decides: the puts, and what the transaction answers. */
export interface RuleOutcome {
  readonly writes: readonly LedgerWrite[];
  readonly result: RuleResult;
}

export interface RuleResult {
  readonly id: string;
  readonly type: string;
  /** For revocations: the first and last number written. */
  readonly first_number?: number;
  readonly last_number?: number;
  /** State of the subject after the act. */
  readonly state?: string;
}

/** Decimal digits of a revocation's number in its key, so that key order is number order. */
const REVOCATION_KEY_DIGITS = 12;

/** The composite-key parts that follow the kind, for each kind of ledger value. */
export const ledgerKeys = {
  actor: (actorId: string): string[] => [actorId],
  artifact: (artifactId: string): string[] => [artifactId],
  license: (licenseId: string): string[] => [licenseId],
  right: (rightId: string): string[] => [rightId],
  key: (artifactId: string): string[] => [artifactId],
  sale: (rightId: string, version: number): string[] => [rightId, String(version)],
  revocation: (number: number): string[] => [String(number).padStart(REVOCATION_KEY_DIGITS, '0')],
  'revocation-head': (): string[] => [],
  parameters: (): string[] => [],
  proposal: (proposalId: string): string[] => [proposalId],
  intent: (actorId: string, nonce: string): string[] => [actorId, nonce],
} as const;
