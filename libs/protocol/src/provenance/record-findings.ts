import { type Model } from '../domain/model';
import { type GenerationRecord } from '../domain/record';
import { type Scheme } from '../domain/scheme';
import { type DetectorOutcome } from './detector-outcome';

/** The parameter document as it was obtained, or why it was not. */
export type ParamsFinding =
  /** `note` says what a reader should know of the way it came. */
  | { readonly kind: 'text'; readonly text: string | Uint8Array; readonly note?: string }
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'unavailable'; readonly reason: string };

/** What the ledger says of the record's parent. */
export type ParentFinding =
  /** The record that parent_hash means: the one of parent_model_ref, or the first of that content. */
  | { readonly kind: 'found'; readonly record: GenerationRecord }
  | { readonly kind: 'missing' }
  /** Nobody could be asked. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** The content that was given: only its hash is needed here. */
export type ContentFinding =
  { readonly kind: 'hashed'; readonly content_hash: string } | { readonly kind: 'absent' };

/** By which a detector is named. */
export interface DetectorName {
  readonly name: string;
  readonly version: string;
}

/** What the scheme's detector said of the content, or why nobody asked it. */
export type DetectionFinding =
  | { readonly kind: 'ran'; readonly detector: DetectorName; readonly outcome: DetectorOutcome }
  /** No detector of this name and version is installed. */
  | { readonly kind: 'unsupported'; readonly detector: DetectorName }
  /** The detector threw, took too long or did not answer in the agreed form. */
  | { readonly kind: 'broken'; readonly detector: DetectorName; readonly reason: string }
  | { readonly kind: 'not-run'; readonly reason: string };

/** Everything a verifier found out before it judges. Nothing here is believed: the rule recomputes what can be. */
export interface RecordFindings {
  /** The version that the record declares. Of an unknown version nothing else can be read, so `record` is undefined. */
  readonly schema_version?: number;
  readonly record: GenerationRecord | undefined;
  /** Record keys that fit as well; the one above is the earliest. */
  readonly others: number;
  readonly model: Model | undefined;
  readonly scheme: Scheme | undefined;
  readonly params: ParamsFinding;
  readonly parent: ParentFinding;
  /** The network's rule for parents that are not registered. */
  readonly parents: 'permissive' | 'strict';
  readonly content: ContentFinding;
  readonly detection: DetectionFinding;
}
