import { type Actor } from './actor';
import { type Artifact } from './artifact';
import { type CertificateKey, type CertificateRevocation } from './certificate-revocation';
import { type ContentKey } from './content-key';
import { type License } from './license';
import { type Model } from './model';
import { type Parameters, type Proposal } from './parameters';
import { type ContentIndex, type GenerationRecord, type NonceMark } from './record';
import { type Revocation, type RevocationHead } from './revocation';
import { type Right, type Sale } from './right';
import { type RoyaltyPolicy, type RoyaltyPolicyVersion } from './royalty-policy';
import { type ShareHolding, type ShareIssue } from './royalty-shares';
import { type Scheme } from './scheme';
import {
  type CollectedMark,
  type Credit,
  type Settlement,
  type Suspense,
  type SuspenseReason,
} from './settlement';
import { type Stream, type StreamWindow } from './stream';
import { type Vault, type Withdrawal } from './vault';

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
  readonly model: Model;
  /** Every version of a model's entry, the newest one too. */
  readonly 'model-version': Model;
  readonly scheme: Scheme;
  readonly 'scheme-version': Scheme;
  readonly record: GenerationRecord;
  readonly content: ContentIndex;
  readonly nonce: NonceMark;
  readonly policy: RoyaltyPolicy;
  readonly 'policy-version': RoyaltyPolicyVersion;
  readonly settlement: Settlement;
  readonly suspense: Suspense;
  readonly credit: Credit;
  readonly collected: CollectedMark;
  readonly vault: Vault;
  readonly withdrawal: Withdrawal;
  readonly stream: Stream;
  readonly 'stream-window': StreamWindow;
  readonly shares: ShareIssue;
  readonly holding: ShareHolding;
  readonly 'certificate-revocation': CertificateRevocation;
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
  /** Of a batch: how many things it made. */
  readonly count?: number;
}

/** Decimal digits of a revocation's number in its key, so that key order is number order. */
const REVOCATION_KEY_DIGITS = 12;

/** The same for versions, layers and windows. */
const COUNTER_KEY_DIGITS = 9;

function counter(value: number): string {
  return String(value).padStart(COUNTER_KEY_DIGITS, '0');
}

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
  model: (modelRef: string): string[] => [modelRef],
  'model-version': (modelRef: string, version: number): string[] => [modelRef, counter(version)],
  scheme: (schemeRef: string): string[] => [schemeRef],
  'scheme-version': (schemeRef: string, version: number): string[] => [schemeRef, counter(version)],
  record: (modelRef: string, contentHash: string): string[] => [modelRef, contentHash],
  content: (contentHash: string): string[] => [contentHash],
  nonce: (modelRef: string, nonce: string): string[] => [modelRef, nonce],
  policy: (modelRef: string, contentHash: string): string[] => [modelRef, contentHash],
  'policy-version': (modelRef: string, contentHash: string, version: number): string[] => [
    modelRef,
    contentHash,
    counter(version),
  ],
  settlement: (settlementId: string): string[] => [settlementId],
  suspense: (settlementId: string, layer: number, reason: SuspenseReason): string[] => [
    settlementId,
    counter(layer),
    reason,
  ],
  credit: (beneficiary: string, currency: string, source: string): string[] => [
    beneficiary,
    currency,
    source,
  ],
  collected: (beneficiary: string, currency: string, source: string): string[] => [
    beneficiary,
    currency,
    source,
  ],
  vault: (beneficiary: string, currency: string): string[] => [beneficiary, currency],
  withdrawal: (withdrawalId: string): string[] => [withdrawalId],
  stream: (streamId: string): string[] => [streamId],
  'stream-window': (streamId: string, window: number): string[] => [streamId, counter(window)],
  shares: (sharesId: string): string[] => [sharesId],
  holding: (sharesId: string, holder: string): string[] => [sharesId, holder],
  // By the organisation that says it, so that nobody writes what another one says of its CAs.
  'certificate-revocation': (mspId: string, { aki, serial }: CertificateKey): string[] => [
    mspId,
    aki,
    serial,
  ],
} as const;
