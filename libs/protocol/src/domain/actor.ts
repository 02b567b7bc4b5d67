import { type SignatureAlgorithm } from '../signatures/algorithms';
import { type LedgerTime } from './common';
import { type RestrictionKind, type RestrictionScope } from './revocation';

export type ActorKeyStatus = 'current' | 'retired' | 'compromised';

export interface ActorKey {
  /** From 1, in the order of rotation. */
  readonly version: number;
  readonly alg: SignatureAlgorithm;
  readonly public_key: string;
  readonly keyid: string;
  readonly status: ActorKeyStatus;
  readonly since: LedgerTime;
  /** When it stopped being current. */
  readonly until?: LedgerTime;
}

/** A ban in force: the revocation that issued it, and what it bars (everything, without a scope). */
export interface Ban {
  readonly number: number;
  readonly kind: RestrictionKind;
  readonly reason_code: string;
  readonly scope?: RestrictionScope;
}

export interface Actor {
  readonly actor_id: string;
  readonly name?: string;
  readonly keys: readonly ActorKey[];
  /** `banned` when some ban in force has no scope. */
  readonly status: 'active' | 'banned';
  readonly bans: readonly Ban[];
  readonly registered: LedgerTime;
}
