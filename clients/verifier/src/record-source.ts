import { type GenerationRecord, type Model, type RecordKey, type Scheme } from '@maker-registry/protocol';

/** A record as a source holds it. */
export interface FoundRecord {
  readonly key: RecordKey;
  readonly schema_version: number;
  /** Absent where the version is unknown: nothing else can be read then. */
  readonly record?: GenerationRecord;
}

/** A payload that a detector recovered. */
export interface RecoveredPayload {
  /** Hex, most significant bit first, spare bits zero. */
  readonly payload: string;
  readonly payload_bits: number;
}

/** Where the ledger's facts come from; named in the result, so that a reader knows whom the verdict relied on. */
export interface SourceDescription {
  readonly kind: 'gateway' | 'mirror' | 'bundle';
  /** The gateway's address, the database's name, the bundle's file name. */
  readonly subject: string;
  /** The channel's genesis hash, hex. */
  readonly network: string;
  /** Ledger height that the facts are at least as new as; null where the source does not say. */
  readonly height: number | null;
}

/**
 * Reads of the provenance registries, whoever answers them. Absent things are undefined or an empty list; everything
 * else that goes wrong throws. Lists are in ledger order, the earliest first.
 */
export interface RecordSource {
  describe(): Promise<SourceDescription>;
  record(key: RecordKey): Promise<FoundRecord | undefined>;
  /** Records of one content, of whichever models. */
  recordsOf(contentHash: string): Promise<readonly FoundRecord[]>;
  /** Records under a scheme whose nonce begins with the payload's bits. */
  recordsWith(schemeRef: string, payload: RecoveredPayload): Promise<readonly FoundRecord[]>;
  model(modelRef: string): Promise<Model | undefined>;
  scheme(schemeRef: string): Promise<Scheme | undefined>;
  /** Schemes to try on content whose hash nobody registered: of one model, or of all. */
  schemes(modelRef?: string): Promise<readonly Scheme[]>;
  /** The parameter document of a commitment, where the source carries it. */
  params(schemeCommitment: string): Promise<unknown>;
}
