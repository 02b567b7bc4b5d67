import { type HsmErrorCode } from './hsm-error';

/** Where the token is and how it is opened. The PIN itself never travels: the worker reads it from the file. */
export interface TokenConfig {
  /** Absolute path of the PKCS#11 module. */
  readonly module: string;
  /** Label of the token (the organisation's name, e.g. "op1"). */
  readonly token: string;
  /** File that holds the user PIN; surrounding white space is ignored. */
  readonly pinFile: string;
  /** Sessions of the pool. */
  readonly sessions: number;
}

/** A key of the token by label, or by CKA_ID in lower-case hex (Fabric: SKI = SHA-256 of the EC point). */
export type KeyReference = { readonly label: string } | { readonly id: string };

/** What a key may do; fixed when it is generated. */
export type KeyUsage = 'sign' | 'derive';

/** One operation sent to the worker; binary values travel as lower-case hex. */
export type HsmRequest =
  | { readonly op: 'sign'; readonly key: KeyReference; readonly digest: string; readonly lowS: boolean }
  | { readonly op: 'ecdh'; readonly key: KeyReference; readonly peer: string }
  | { readonly op: 'public'; readonly key: KeyReference }
  | { readonly op: 'generate'; readonly label: string; readonly usage: KeyUsage }
  | { readonly op: 'inspect' }
  | { readonly op: 'destroy'; readonly label: string }
  | { readonly op: 'counters' };

/** A key pair as the token itself describes it. */
export interface KeyDescription {
  readonly label: string;
  /** CKA_ID, hex. */
  readonly id: string;
  /** Uncompressed point, hex; absent where the token has not exactly one public part. */
  readonly point?: string;
  readonly sensitive: boolean;
  readonly extractable: boolean;
  /** Whether it was so from its making on. */
  readonly always_sensitive: boolean;
  readonly never_extractable: boolean;
  /** Whether the token made it itself. */
  readonly local: boolean;
  readonly signs: boolean;
  readonly derives: boolean;
}

/** Counters of the worker since it started. */
export interface WorkerCounters {
  readonly signatures: number;
  readonly derivations: number;
  readonly failures: number;
  readonly reopened: number;
  readonly reinitialized: number;
  readonly sessions: number;
}

export type HsmResult = string | WorkerCounters | readonly KeyDescription[];

export type ToWorker =
  | { readonly type: 'open'; readonly config: TokenConfig }
  | { readonly type: 'requests'; readonly items: readonly NumberedRequest[] }
  | { readonly type: 'close' };

export interface NumberedRequest {
  readonly n: number;
  readonly request: HsmRequest;
}

export interface WireHsmError {
  readonly code: HsmErrorCode;
  readonly message: string;
  readonly ckr?: number;
}

export type NumberedReply =
  { readonly n: number; readonly result: HsmResult } | { readonly n: number; readonly error: WireHsmError };

export type FromWorker =
  | { readonly type: 'opened' }
  | { readonly type: 'open-failed'; readonly error: WireHsmError }
  | { readonly type: 'replies'; readonly items: readonly NumberedReply[] };
