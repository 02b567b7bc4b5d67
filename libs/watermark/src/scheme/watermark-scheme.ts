import { type DetectorDecision, type JsonSchema, type ParamsDocument } from '@maker-registry/protocol';
import { type WatermarkKey } from '../keys/watermark-key';

export const MEDIA = ['image', 'audio', 'video', 'text', 'weights'] as const;
export type Medium = (typeof MEDIA)[number];

/** Content comes as a file, which long media are streamed from, or as bytes. */
export type ContentSource =
  { readonly path: string } | { readonly bytes: Uint8Array; readonly mediaType?: string };

/** What every embedding and detection is given. */
export interface WatermarkTask {
  readonly document: ParamsDocument;
  readonly key: WatermarkKey;
  readonly content: ContentSource;
  readonly signal?: AbortSignal;
  /** 0 to 1, never falling; called at most a few times a second's work. */
  readonly onProgress?: (part: number) => void;
}

export interface EmbedTask extends WatermarkTask {
  /** The leading bits of the record's nonce, spare bits of the last byte zero. */
  readonly payload: Uint8Array;
  /** Where the marked content is written; its ending names the format. An existing file is replaced when all succeeded. */
  readonly output: string;
}

/** Figures of an embedding: `payload_bits`, and what says how far the content changed (dB to two places, or a ratio). */
export interface EmbedReport {
  readonly payload_bits: number;
  readonly [figure: string]: number | string;
}

/** Evidence in one place: a region, a time span or a range of tokens (P-10, P-12). */
export interface LocalEvidence {
  /** Words: `0s-12s`, `128,64 256x256`, `tokens 40-220`. */
  readonly place: string;
  /** Canonical decimal from 0 to 1. */
  readonly confidence: string;
  /** Chance of such a finding in this place without the watermark, corrected for what was searched there. */
  readonly p_value?: string;
}

/** What a detection found. All decimals are strings but `log10_p`, which has two places. */
export interface Detection {
  readonly decision: DetectorDecision;
  /** Recovered payload in hex; only where the decision is `detected`. */
  readonly payload?: string;
  /** Bits of the payload that the scheme carries; 0 for marks without one. */
  readonly bits: number;
  /** Code bits that error correction put right; 0 without a payload. */
  readonly corrected: number;
  /** Positions that agree with the mark found, of `raw_total` that were compared: what the p-value is of. */
  readonly raw_matches: number;
  readonly raw_total: number;
  /** Offsets, scales, keys, windows and payloads that the p-value is corrected for: a decimal integer. */
  readonly hypotheses: string;
  /** Chance of a finding as good in content without the mark, over a random key. Canonical decimal, rounded up. */
  readonly p_value: string;
  /** Decimal logarithm of the unrounded p-value, rounded up to two places. */
  readonly log10_p: number;
  readonly threshold: { readonly p_value: string; readonly met: boolean };
  readonly confidence: string;
  readonly local: readonly LocalEvidence[];
}

/** Embedder and detector of one kind of scheme. A new version of an algorithm is a new entry. */
export interface WatermarkScheme {
  /** As in the document's `detector_spec`. */
  readonly name: string;
  readonly version: string;
  readonly medium: Medium;
  /** False for metadata, which any cleaner removes: it never counts as robust evidence. */
  readonly robust: boolean;
  /** Of the document's `params`. */
  readonly paramsSchema: JsonSchema;
  /** Bits of payload that a document of this scheme carries. */
  payloadBits(document: ParamsDocument): number;
  /**
   * Places that a detection looks at, at most, where `local` lists the telling ones only; 0 where `local` holds scores of the
   * whole content. Absent where `local` lists every place, or its p-values are corrected for all of them.
   */
  placesSearched?(document: ParamsDocument): number;
  /** Absent where a mark is made by others (SynthID-Text). */
  readonly embed?: (task: EmbedTask) => Promise<EmbedReport>;
  detect(task: WatermarkTask): Promise<Detection>;
}
