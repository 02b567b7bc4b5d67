import { type DetectorOutcome, type ParamsDocument } from '@maker-registry/protocol';

/** What a detector may know beside the content and the parameters. */
export interface DetectionContext {
  readonly modelRef: string;
  readonly schemeRef: string;
  /** As the caller or the server said; a hint, never a fact. */
  readonly mediaType?: string;
  /** Aborted when the detector has taken too long; its answer is not waited for any longer. */
  readonly signal: AbortSignal;
}

/**
 * Finds the watermark of one kind of scheme. It is looked up by the name and version of the scheme's parameter document,
 * so a new version of an algorithm is a new detector. Same bytes and parameters must give the same answer everywhere.
 */
export interface Detector {
  readonly name: string;
  readonly version: string;
  /**
   * Whether it can read a mark of this document at all: it holds the key that the document commits to. Where it says no, it is
   * not run over content in search of a payload. Absent where the document alone is enough.
   */
  canRead?(params: ParamsDocument): boolean;
  /** The answer is checked before it is used. What is thrown makes the verdict INCONCLUSIVE. */
  detect(
    content: Uint8Array,
    params: ParamsDocument,
    context: DetectionContext,
  ): DetectorOutcome | Promise<DetectorOutcome>;
}
