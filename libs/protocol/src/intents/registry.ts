import { type ActName, type Role } from '../domain/act-arguments';
import { type IntentType, type LedgerIntentType } from '../domain/intent-bodies';
import { type BanAction } from '../domain/revocation';
import { DEFAULT_MAX_INTENT_BYTES, MAX_INTENT_BYTES } from '../limits';
import { ACT_ARGUMENTS } from '../schemas/act-arguments';
import { LEDGER_INTENT_BODIES, REQUEST_BODIES } from '../schemas/intent-bodies';
import { type JsonSchema } from '../schemas/primitives';

/** Which chaincode function takes an intent, and what else admission needs to know of it. */
export interface IntentTypeEntry {
  readonly contract: string;
  readonly function: string;
  /** Schema of `body`. */
  readonly schema: JsonSchema;
  /**
   * What a scoped ban must bar to refuse it. Null where only a ban without scope does: an act that makes things safer
   * must stay possible.
   */
  readonly ban_action: BanAction | null;
  /** Bytes of the payload, at most. */
  readonly max_bytes: number;
  /**
   * Whether a mark under the intent's nonce refuses a replay. False where the same wish twice is one by its own key, so
   * that a busy payer's transactions write one key and not two.
   */
  readonly marked: boolean;
}

const type = (
  contract: string,
  fn: string,
  schema: JsonSchema,
  ban_action: BanAction | null,
  max_bytes = DEFAULT_MAX_INTENT_BYTES,
): IntentTypeEntry => ({ contract, function: fn, schema, ban_action, max_bytes, marked: true });

const bodies = LEDGER_INTENT_BODIES;

/** Every intent that chaincode takes: one table for chaincode, gateway, SDK and documentation. */
export const INTENT_TYPES: Readonly<Record<LedgerIntentType, IntentTypeEntry>> = {
  'actor.register': type('actors', 'Register', bodies['actor.register'], null),
  'actor.rotate': type('actors', 'Rotate', bodies['actor.rotate'], null),
  'artifact.register': type('artifacts', 'Register', bodies['artifact.register'], 'register'),
  'artifact.revoke': type('artifacts', 'Revoke', bodies['artifact.revoke'], null),
  'artifact.release': type('artifacts', 'Release', bodies['artifact.release'], 'register'),
  'license.define': type('licenses', 'Define', bodies['license.define'], 'license'),
  'right.issue': type('rights', 'Issue', bodies['right.issue'], 'issue'),
  'right.transfer': type('rights', 'Transfer', bodies['right.transfer'], 'transfer'),
  'right.gift': type('rights', 'Gift', bodies['right.gift'], 'transfer'),
  'right.sell': type('rights', 'Sell', bodies['right.sell'], 'transfer'),
  'right.bequeath': type('rights', 'Bequeath', bodies['right.bequeath'], 'transfer'),
  'right.claim': type('rights', 'Claim', bodies['right.claim'], 'receive'),
  'right.suspend': type('rights', 'Suspend', bodies['right.suspend'], null),
  'right.resume': type('rights', 'Resume', bodies['right.resume'], 'issue'),
  'right.revoke': type('rights', 'Revoke', bodies['right.revoke'], null),
  'key.commit': type('keys', 'Commit', bodies['key.commit'], 'register'),
  'key.rotate': type('keys', 'Rotate', bodies['key.rotate'], null),
  'key.revoke': type('keys', 'Revoke', bodies['key.revoke'], null),
  'model.register': type('models', 'Register', bodies['model.register'], 'register'),
  'model.update': type('models', 'Update', bodies['model.update'], 'register'),
  'model.rotate': type('models', 'Rotate', bodies['model.rotate'], null),
  'model.compromise': type('models', 'Compromise', bodies['model.compromise'], null),
  'model.freeze': type('models', 'Freeze', bodies['model.freeze'], null),
  'model.disable': type('models', 'Disable', bodies['model.disable'], null),
  'model.enable': type('models', 'Enable', bodies['model.enable'], 'register'),
  'scheme.register': type('schemes', 'Register', bodies['scheme.register'], 'register', MAX_INTENT_BYTES),
  'scheme.mark': type('schemes', 'Mark', bodies['scheme.mark'], null),
  // The marks of its records' nonces name the intent.
  'record.register': {
    ...type('records', 'Register', bodies['record.register'], 'register', MAX_INTENT_BYTES),
    marked: false,
  },
  'record.backfill': type('records', 'Backfill', bodies['record.backfill'], 'register'),
  'policy.set': type('royaltyPolicies', 'Set', bodies['policy.set'], 'license'),
  'policy.mark': type('royaltyPolicies', 'Mark', bodies['policy.mark'], null),
  'policy.freeze': type('royaltyPolicies', 'Freeze', bodies['policy.freeze'], null),
  // The payer's settlement_ref makes it one: repeated, it answers as the first time.
  'settlement.settle': {
    ...type('settlements', 'Settle', bodies['settlement.settle'], null, MAX_INTENT_BYTES),
    marked: false,
  },
  'suspense.release': type('settlements', 'Release', bodies['suspense.release'], null),
  'vault.collect': type('vaults', 'Collect', bodies['vault.collect'], null),
  'vault.withdraw': type('vaults', 'Withdraw', bodies['vault.withdraw'], null),
  'stream.open': type('streams', 'Open', bodies['stream.open'], null),
  'stream.settle': type('streams', 'Settle', bodies['stream.settle'], null),
  'stream.close': type('streams', 'Close', bodies['stream.close'], null),
  'shares.issue': type('shares', 'Issue', bodies['shares.issue'], 'issue'),
  'shares.transfer': type('shares', 'Transfer', bodies['shares.transfer'], 'transfer'),
  'shares.collect': type('shares', 'Collect', bodies['shares.collect'], null),
  'shares.claim': type('shares', 'Claim', bodies['shares.claim'], null),
};

/** Signed requests to a gateway: same envelope, never on the ledger. */
export const REQUEST_TYPES: Readonly<Record<keyof typeof REQUEST_BODIES, { readonly schema: JsonSchema }>> = {
  'token.request': { schema: REQUEST_BODIES['token.request'] },
  'key.deposit': { schema: REQUEST_BODIES['key.deposit'] },
  'key.release': { schema: REQUEST_BODIES['key.release'] },
};

/** Which chaincode function performs a role act, and which roles may call it. */
export interface ActEntry {
  readonly contract: string;
  readonly function: string;
  readonly roles: readonly Role[];
  /** Schema of the argument. */
  readonly schema: JsonSchema;
}

/** Every act that a Fabric identity performs by its role. */
export const ACTS: Readonly<Record<ActName, ActEntry>> = {
  'review.decide': {
    contract: 'reviews',
    function: 'Decide',
    roles: ['safety-reviewer'],
    schema: ACT_ARGUMENTS['review.decide'],
  },
  'revocation.issue': {
    contract: 'revocations',
    function: 'Issue',
    roles: ['ca-admin', 'safety-reviewer', 'operator-admin', 'regulator'],
    schema: ACT_ARGUMENTS['revocation.issue'],
  },
  'revocation.release': {
    contract: 'revocations',
    function: 'Release',
    roles: ['ca-admin', 'safety-reviewer', 'operator-admin', 'regulator'],
    schema: ACT_ARGUMENTS['revocation.release'],
  },
  'parameters.propose': {
    contract: 'parameters',
    function: 'Propose',
    roles: ['operator-admin'],
    schema: ACT_ARGUMENTS['parameters.propose'],
  },
  'parameters.approve': {
    contract: 'parameters',
    function: 'Approve',
    roles: ['operator-admin'],
    schema: ACT_ARGUMENTS['parameters.approve'],
  },
  'policy.dispute': {
    contract: 'royaltyPolicies',
    function: 'Dispute',
    roles: ['operator-admin', 'regulator'],
    schema: ACT_ARGUMENTS['policy.dispute'],
  },
  'policy.settle-dispute': {
    contract: 'royaltyPolicies',
    function: 'SettleDispute',
    roles: ['operator-admin', 'regulator'],
    schema: ACT_ARGUMENTS['policy.settle-dispute'],
  },
  'payout.report': {
    contract: 'vaults',
    function: 'Report',
    roles: ['operator-admin'],
    schema: ACT_ARGUMENTS['payout.report'],
  },
  'certificate.revoke': {
    contract: 'certificates',
    function: 'Revoke',
    roles: ['ca-admin'],
    schema: ACT_ARGUMENTS['certificate.revoke'],
  },
  'certificate.release': {
    contract: 'certificates',
    function: 'Release',
    roles: ['ca-admin'],
    schema: ACT_ARGUMENTS['certificate.release'],
  },
};

/** Whether `text` names an intent that chaincode takes. */
export function isLedgerIntentType(text: string): text is LedgerIntentType {
  return Object.hasOwn(INTENT_TYPES, text);
}

/** Whether `text` names an intent or a signed request. */
export function isIntentType(text: string): text is IntentType {
  return isLedgerIntentType(text) || Object.hasOwn(REQUEST_TYPES, text);
}

/** Whether `text` names a role act. */
export function isActName(text: string): text is ActName {
  return Object.hasOwn(ACTS, text);
}

/** Schema of the body of an intent or a signed request. */
export function bodySchema(intentType: IntentType): JsonSchema {
  return isLedgerIntentType(intentType) ? INTENT_TYPES[intentType].schema : REQUEST_TYPES[intentType].schema;
}

/** Bytes that the payload of an intent or a signed request may have. */
export function maxIntentBytes(intentType: IntentType): number {
  return isLedgerIntentType(intentType) ? INTENT_TYPES[intentType].max_bytes : DEFAULT_MAX_INTENT_BYTES;
}
