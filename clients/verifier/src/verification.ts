import { type DetectorOutcome, type RecordKey, type RecordVerdict } from '@maker-registry/protocol';
import { type Detector } from './detector';
import { type RecordSource, type SourceDescription } from './record-source';

export const VERIFICATION_FORMAT = 'maker-registry-verification/v1';

/** How a record was found. */
export type FoundBy = 'record-key' | 'content-hash' | 'payload';

/** The content that was looked at. */
export interface ContentSummary {
  /** File name or URL without credentials and query; null for bytes without a name. */
  readonly name: string | null;
  readonly bytes: number;
  /** SHA-256 of the bytes, hex. */
  readonly sha256: string;
}

/** The detector that answered, and its answer. */
export interface DetectionSummary extends DetectorOutcome {
  readonly name: string;
  readonly version: string;
}

/** A verification as a file: the verdict, and what it relied on. Member order is fixed. */
export interface Verification extends RecordVerdict {
  readonly format: typeof VERIFICATION_FORMAT;
  readonly content: ContentSummary | null;
  readonly detection: DetectionSummary | null;
  readonly found_by: FoundBy | null;
  /** Other records that fit, in ledger order; the verdict is about the earliest. */
  readonly others: readonly RecordKey[];
  readonly source: SourceDescription;
  /** Unix seconds by the verifier's clock. */
  readonly verified_at: number;
}

/** A parameter document as it was fetched. */
export interface FetchedParams {
  readonly bytes: Uint8Array;
  /** What a reader should know of the way it came. */
  readonly note?: string;
}

/** Gets the parameter document from where the scheme's params_uri points; throws when it cannot. */
export type ParamsFetcher = (uri: string) => Promise<FetchedParams>;

/** What is to be verified: bytes, or a record alone. */
export type Subject =
  | {
      readonly kind: 'bytes';
      readonly bytes: Uint8Array;
      readonly name?: string;
      /** A hint for detectors. */
      readonly mediaType?: string;
    }
  | { readonly kind: 'record'; readonly modelRef: string; readonly contentHash: string };

export interface VerifyOptions {
  readonly source: RecordSource;
  /** Unix seconds; a clock is the caller's. */
  readonly at: number;
  /** Only records of this model. */
  readonly modelRef?: string;
  /** The record that the content is said to be of, whatever became of its bytes. */
  readonly claimed?: RecordKey;
  /** The one scheme to look for when the content's hash is not registered. */
  readonly schemeRef?: string;
  /** Installed detectors; none by default. */
  readonly detectors?: readonly Detector[];
  /** The parameter document, where the caller has it: neither the source nor the network is asked then. */
  readonly params?: string | Uint8Array;
  /** Without it, documents that the source does not carry count as unavailable. */
  readonly fetchParams?: ParamsFetcher;
  /** The network's rule for parents that are not registered; `permissive` by default. */
  readonly parents?: 'permissive' | 'strict';
  /** Milliseconds for one run of a detector. */
  readonly detectorTimeoutMs?: number;
}
