/**
 * The full export of the ledger, line by line: each block, then its transactions, each followed by what it wrote. A line is
 * one canonical JSON document and a line feed. Order is the ledger's, (block, tx_index, index), so that lines of any
 * operator are the same bytes.
 *
 * Personal data is absent by construction: no certificate, no certificate's subject and no argument of a call is in it.
 */
export type AuditItem = AuditBlock | AuditTransaction | AuditWrite;

/** Hashes are hex SHA-256. */
export interface AuditBlock {
  readonly type: 'block';
  readonly block: number;
  readonly header_hash: string;
  /** Empty for block 0. */
  readonly previous_hash: string;
  readonly data_hash: string;
  /** Binds every verdict and write since genesis; null for block 0. */
  readonly commit_hash: string | null;
  readonly transactions: number;
  readonly valid: number;
}

export interface AuditTransaction {
  readonly type: 'transaction';
  readonly block: number;
  readonly tx_index: number;
  /** '' in configuration updates. A receipt is to be had for it. */
  readonly tx_id: string;
  /** ENDORSER_TRANSACTION, CONFIG, … */
  readonly kind: string;
  /** VALID, or why peers refused it. */
  readonly validation_code: string;
  readonly creator_msp: string | null;
  readonly creator_role: string | null;
  readonly chaincode: string | null;
  /** `contract:Function` */
  readonly function: string | null;
  readonly intent_id: string | null;
  readonly intent_type: string | null;
  /** actor_id that signed the intent. Of a refused transaction, what its submitter claimed. */
  readonly actor: string | null;
  /** MSP ids, sorted. */
  readonly endorsers: readonly string[];
  /** Unix seconds, chosen by the submitter. */
  readonly ledger_time: number | null;
}

export interface AuditWrite {
  readonly type: 'write';
  readonly block: number;
  readonly tx_index: number;
  /** Place in the transaction's read-write set, from 0. */
  readonly index: number;
  readonly tx_id: string;
  readonly namespace: string;
  /** '' for public state; else key and value are hashes. */
  readonly collection: string;
  /** The registry's own keys: the kind and its parts. Others: null and the key's bytes in hex. */
  readonly kind: string | null;
  readonly id: readonly string[];
  /** 'put' | 'delete' | 'metadata' */
  readonly act: 'put' | 'delete' | 'metadata';
  /** Hex SHA-256 of the value's bytes (in a collection the ledger's own hash); null where there is none. */
  readonly value_digest: string | null;
  /** The value, where it is a document of the registry. */
  readonly document?: unknown;
}

/** One decision of an operator's release service about a content key. Not on the ledger: the operator's own record. */
export interface AuditRelease {
  readonly type: 'release';
  /** Number in the operator's record; grows, with gaps. */
  readonly seq: number;
  /** Unix seconds by the operator's clock. */
  readonly at: number;
  /** MSP id of the operator that decided. */
  readonly operator: string;
  readonly outcome: 'released' | 'refused';
  /** Error code of a refusal. */
  readonly code: string | null;
  readonly stage: string;
  readonly artifact_id: string | null;
  readonly key_version: number | null;
  readonly right_id: string;
  /** actor_id */
  readonly holder: string;
  readonly intent_id: string;
  /** Height of the mirror, versions of parameters and attestation policy, risk class: what decided. */
  readonly policy: Readonly<Record<string, unknown>>;
}
