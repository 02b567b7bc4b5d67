import { ARTIFACT_KINDS, PARENT_RELATIONS } from '../domain/artifact';
import { PURPOSES, RISK_CLASSES } from '../domain/common';
import {
  BPS_WHOLE,
  MAX_BATCH_RECORDS,
  MAX_BENEFICIARIES,
  MAX_COLLECTED_CREDITS,
  MAX_CONTEXT_HEX_LENGTH,
  MAX_COUNT,
  MAX_DOMAINS,
  MAX_KEY_VERSIONS,
  MAX_LINEAGE_DEPTH,
  MAX_MODEL_KEYS,
  MAX_MODEL_VERSION_LENGTH,
  MAX_OBLIGATIONS,
  MAX_OPERATORS,
  MAX_PARENTS,
  MAX_PAYER_REF_LENGTH,
  MAX_RECORDERS,
  MAX_RESALE_ROYALTY_BPS,
  MAX_UNIT_DIGITS,
  MAX_VERIFICATIONS_REQUIRED,
  MAX_WINDOW_S,
  MIN_KEY_THRESHOLD,
  MIN_WINDOW_S,
} from '../limits';
import { SETTLEMENT_MODES, SUSPENSE_REASONS } from '../domain/settlement';
import { SIGNATURE_ALGORITHMS } from '../signatures/algorithms';
import { ATTESTATION_ALGORITHMS } from '../signatures/attestation-signature';
import { ENVELOPE } from './envelope';
import {
  ACTIONS,
  ARTIFACT_NAME,
  closedObject,
  CODE,
  DURATION_S,
  HEX32,
  type JsonSchema,
  LIMITS,
  MONEY,
  MSP_ID,
  NAME,
  oneOf,
  PURPOSE,
  SEMVER,
  TEXT,
  uniqueList,
  UNIX_TIME,
  URI,
} from './primitives';

/** Restriction kinds that a maker may put on an artifact of its own. */
export const MAKER_RESTRICTIONS = ['hold', 'restrict', 'downgrade', 'revoke'] as const;

const PUBLIC_KEY: JsonSchema = { type: 'string', pattern: '^([0-9a-f]{64}|0[23][0-9a-f]{64})$' };
const ALG = oneOf(SIGNATURE_ALGORITHMS);
const KEY_VERSION: JsonSchema = { type: 'integer', minimum: 1, maximum: MAX_KEY_VERSIONS };
const RIGHT_ONLY = closedObject({ right_id: HEX32 });
const RIGHT_WITH_REASON = closedObject({ right_id: HEX32, reason_code: CODE });
const KEY_SHARING = closedObject({
  threshold: { type: 'integer', minimum: MIN_KEY_THRESHOLD, maximum: MAX_OPERATORS },
  shares: {
    type: 'array',
    items: closedObject({ operator: MSP_ID, commitment: HEX32 }),
    minItems: MIN_KEY_THRESHOLD,
    maxItems: MAX_OPERATORS,
  },
});
const CONTENT_KEY = closedObject(
  {
    artifact_id: HEX32,
    commitment: HEX32,
    ciphertext_digest: HEX32,
    format: oneOf(['mrg1']),
    sharing: KEY_SHARING,
  },
  ['sharing'],
);

const TRANSFER_TERMS = closedObject(
  {
    resale: { type: 'boolean' },
    gift: { type: 'boolean' },
    bequest: { type: 'boolean' },
    max_transfers: { type: 'integer', minimum: 0, maximum: MAX_COUNT },
    cooling_period_s: DURATION_S,
  },
  ['max_transfers', 'cooling_period_s'],
);

const LICENSE_TERMS = closedObject(
  {
    actions: ACTIONS,
    purposes: uniqueList(PURPOSE, 1, PURPOSES.length),
    limits: LIMITS,
    transfer: TRANSFER_TERMS,
    resale_royalty_bps: { type: 'integer', minimum: 0, maximum: MAX_RESALE_ROYALTY_BPS },
    obligations: uniqueList(CODE, 0, MAX_OBLIGATIONS),
    text_uri: URI,
    text_digest: HEX32,
  },
  ['text_uri', 'text_digest'],
  // A link without a digest is a text that its host may change after the sale.
  { dependentRequired: { text_uri: ['text_digest'] } },
);

const SIGNATURE: JsonSchema = { type: 'string', pattern: '^[0-9a-f]{128}$' };
const CURRENCY: JsonSchema = { type: 'string', pattern: '^[A-Z]{3}$' };
/** Judged by `parseSettlementAmount`, which says AMOUNT_INVALID. */
const AMOUNT: JsonSchema = { type: 'string', maxLength: 64 };
const UNITS: JsonSchema = { type: 'string', pattern: `^[1-9][0-9]{0,${MAX_UNIT_DIGITS - 1}}$` };
const MODEL_KEY_VERSION: JsonSchema = { type: 'integer', minimum: 1, maximum: MAX_MODEL_KEYS };
const MODEL_ONLY = closedObject({ model_ref: HEX32 });
const RECORD_KEY = { model_ref: HEX32, content_hash: HEX32 };
const RECORDERS = uniqueList(HEX32, 0, MAX_RECORDERS);
const MODEL_VERSION: JsonSchema = {
  type: 'string',
  pattern: '^[!-~]+$',
  maxLength: MAX_MODEL_VERSION_LENGTH,
};
const PAYER_REF: JsonSchema = {
  type: 'string',
  pattern: '^[!-~]([ -~]*[!-~])?$',
  maxLength: MAX_PAYER_REF_LENGTH,
};
const ATTESTATION_KEY = { alg: oneOf(ATTESTATION_ALGORITHMS), public_key: PUBLIC_KEY, proof: SIGNATURE };
const LINEAGE_HINT: JsonSchema = {
  type: 'array',
  items: closedObject(RECORD_KEY),
  maxItems: MAX_LINEAGE_DEPTH,
};
const REPORTS: JsonSchema = {
  type: 'array',
  items: ENVELOPE,
  minItems: 1,
  maxItems: MAX_VERIFICATIONS_REQUIRED,
};
const COLLECTION = {
  currency: CURRENCY,
  credits: uniqueList(HEX32, 0, MAX_COLLECTED_CREDITS),
};
const RECORD_CLAIM = closedObject(
  {
    schema_version: { type: 'integer', minimum: 0, maximum: 255 },
    model_ref: HEX32,
    scheme_ref: HEX32,
    content_hash: HEX32,
    parent_hash: HEX32,
    parent_model_ref: HEX32,
    timestamp: UNIX_TIME,
    nonce: HEX32,
    context_hash: HEX32,
    signature: SIGNATURE,
  },
  ['parent_model_ref', 'context_hash'],
);
/** A form only: its bounds are `assertRoyaltyTerms`, which says POLICY_INVALID and why. */
const ROYALTY_TERMS = closedObject(
  {
    beneficiaries: { type: 'array', items: { type: 'string', maxLength: 128 }, maxItems: 256 },
    shares_bps: { type: 'array', items: { type: 'integer' }, maxItems: 256 },
    derivative_royalty_bps: { type: 'integer' },
    max_depth: { type: 'integer' },
    total_royalty_cap_bps: { type: 'integer' },
    verifications_required: { type: 'integer' },
  },
  ['total_royalty_cap_bps', 'verifications_required'],
);

/** The body of each intent that chaincode takes. */
export const LEDGER_INTENT_BODIES = {
  'actor.register': closedObject({ alg: ALG, public_key: PUBLIC_KEY, name: NAME }, ['name']),
  'actor.rotate': closedObject({
    alg: ALG,
    public_key: PUBLIC_KEY,
    reason: oneOf(['rotation', 'compromise']),
  }),
  'artifact.register': closedObject({
    kind: oneOf(ARTIFACT_KINDS),
    name: ARTIFACT_NAME,
    version: SEMVER,
    root_digest: HEX32,
    parents: uniqueList(
      closedObject({ artifact_id: HEX32, relation: oneOf(PARENT_RELATIONS) }),
      0,
      MAX_PARENTS,
    ),
    license_id: HEX32,
    risk: closedObject({
      class: oneOf(RISK_CLASSES),
      domains: uniqueList(CODE, 0, MAX_DOMAINS),
      declaration: { ...TEXT, minLength: 0 },
    }),
  }),
  'artifact.revoke': closedObject(
    { artifact_id: HEX32, kind: oneOf(MAKER_RESTRICTIONS), reason_code: CODE, note: TEXT, limits: LIMITS },
    ['note', 'limits'],
  ),
  'artifact.release': closedObject({ artifact_id: HEX32 }),
  'license.define': closedObject({ name: NAME, terms: LICENSE_TERMS }),
  'right.issue': closedObject(
    {
      artifact_id: HEX32,
      license_id: HEX32,
      holder: HEX32,
      actions: ACTIONS,
      purpose: PURPOSE,
      limits: LIMITS,
      device_id: HEX32,
      not_before: UNIX_TIME,
      expires_at: UNIX_TIME,
      price: MONEY,
    },
    ['device_id', 'not_before', 'expires_at', 'price'],
  ),
  'right.transfer': closedObject({ right_id: HEX32, to: HEX32 }),
  'right.gift': closedObject({ right_id: HEX32, to: HEX32 }),
  'right.sell': closedObject({ right_id: HEX32, buyer: HEX32, price: MONEY }),
  'right.bequeath': closedObject({
    right_id: HEX32,
    beneficiary: { type: ['string', 'null'], pattern: '^[0-9a-f]{64}$' },
    waiting_period_s: DURATION_S,
  }),
  'right.claim': RIGHT_ONLY,
  'right.suspend': RIGHT_WITH_REASON,
  'right.resume': RIGHT_WITH_REASON,
  'right.revoke': RIGHT_WITH_REASON,
  'key.commit': CONTENT_KEY,
  'key.rotate': CONTENT_KEY,
  'key.revoke': closedObject({ artifact_id: HEX32, version: KEY_VERSION, reason_code: CODE }),
  'model.register': closedObject(
    {
      ...ATTESTATION_KEY,
      model_id: NAME,
      model_version: MODEL_VERSION,
      metadata_uri: URI,
      artifact_id: HEX32,
      risk_class: oneOf(RISK_CLASSES),
      updatable: { type: 'boolean' },
      recorders: RECORDERS,
    },
    ['metadata_uri', 'artifact_id'],
  ),
  'model.update': closedObject(
    {
      model_ref: HEX32,
      model_version: MODEL_VERSION,
      metadata_uri: URI,
      recorders: RECORDERS,
      updatable: { type: 'boolean', const: false },
    },
    ['model_version', 'metadata_uri', 'recorders', 'updatable'],
    { minProperties: 2 },
  ),
  'model.rotate': closedObject(
    {
      ...ATTESTATION_KEY,
      model_ref: HEX32,
      reason: oneOf(['rotation', 'compromise']),
      compromised_from: UNIX_TIME,
    },
    ['compromised_from'],
  ),
  'model.compromise': closedObject({ model_ref: HEX32, key_version: MODEL_KEY_VERSION, from: UNIX_TIME }),
  'model.freeze': MODEL_ONLY,
  'model.disable': MODEL_ONLY,
  'model.enable': MODEL_ONLY,
  'scheme.register': closedObject({
    model_ref: HEX32,
    scheme_id: NAME,
    params_uri: URI,
    scheme_commitment: HEX32,
    params_document: {},
  }),
  'scheme.mark': closedObject({ scheme_ref: HEX32, status: oneOf(['deprecated', 'revoked']) }),
  'record.register': closedObject({
    records: { type: 'array', items: RECORD_CLAIM, minItems: 1, maxItems: MAX_BATCH_RECORDS },
  }),
  'record.backfill': closedObject({
    record: RECORD_CLAIM,
    key_version: MODEL_KEY_VERSION,
    cosignature: SIGNATURE,
  }),
  'policy.set': closedObject(
    {
      ...RECORD_KEY,
      rights_owner: HEX32,
      license_uri: URI,
      license_terms: {},
      royalty_terms: ROYALTY_TERMS,
      policy_commitment: HEX32,
      context: { type: 'string', pattern: '^([0-9a-f]{2})*$', maxLength: MAX_CONTEXT_HEX_LENGTH },
    },
    ['context'],
  ),
  'policy.mark': closedObject({ ...RECORD_KEY, status: oneOf(['deprecated', 'revoked']) }),
  'policy.freeze': closedObject(RECORD_KEY),
  'settlement.settle': closedObject(
    {
      ...RECORD_KEY,
      amount: AMOUNT,
      currency: CURRENCY,
      settlement_ref: PAYER_REF,
      mode: oneOf(SETTLEMENT_MODES),
      lineage_hint: LINEAGE_HINT,
      scheme_hint: HEX32,
      max_claims_bps: { type: 'integer', minimum: 0, maximum: MAX_LINEAGE_DEPTH * BPS_WHOLE },
      verification_ref: URI,
      reports: REPORTS,
      payee_context: HEX32,
    },
    ['lineage_hint', 'scheme_hint', 'max_claims_bps', 'verification_ref', 'reports', 'payee_context'],
  ),
  'suspense.release': closedObject(
    {
      settlement_id: HEX32,
      layer: { type: 'integer', minimum: 0, maximum: MAX_LINEAGE_DEPTH },
      reason: oneOf(SUSPENSE_REASONS),
      assignments: {
        type: 'array',
        items: closedObject({ beneficiary: { type: 'string', maxLength: 128 }, to: HEX32 }),
        minItems: 1,
        maxItems: MAX_BENEFICIARIES,
      },
    },
    ['assignments'],
  ),
  'vault.collect': closedObject(COLLECTION),
  'vault.withdraw': closedObject({ ...COLLECTION, amount: AMOUNT, instruction_commitment: HEX32 }),
  'stream.open': closedObject({
    ...RECORD_KEY,
    stream_ref: PAYER_REF,
    currency: CURRENCY,
    mode: oneOf(SETTLEMENT_MODES),
    starts_at: UNIX_TIME,
    window_s: { type: 'integer', minimum: MIN_WINDOW_S, maximum: MAX_WINDOW_S },
  }),
  'stream.settle': closedObject(
    {
      stream_id: HEX32,
      window: { type: 'integer', minimum: 0, maximum: MAX_COUNT },
      amount: AMOUNT,
      usage: { type: 'string', pattern: `^(0|[1-9][0-9]{0,${MAX_UNIT_DIGITS - 1}})$` },
      lineage_hint: LINEAGE_HINT,
      reports: REPORTS,
    },
    ['usage', 'lineage_hint', 'reports'],
  ),
  'stream.close': closedObject({ stream_id: HEX32 }),
  'shares.issue': closedObject({ name: NAME, supply: UNITS }),
  'shares.transfer': closedObject({ shares_id: HEX32, to: HEX32, units: UNITS }),
  'shares.collect': closedObject({ ...COLLECTION, shares_id: HEX32 }),
  'shares.claim': closedObject({ shares_id: HEX32, currency: CURRENCY }),
} as const satisfies Readonly<Record<string, JsonSchema>>;

/** The body of each signed request that goes to a gateway and never to the ledger. */
export const REQUEST_BODIES = {
  'token.request': closedObject({ right_id: HEX32, device_id: HEX32, purpose: PURPOSE }, [
    'device_id',
    'purpose',
  ]),
  'key.deposit': closedObject({
    artifact_id: HEX32,
    version: KEY_VERSION,
    operator: MSP_ID,
    jwe: {
      type: 'string',
      pattern: '^[A-Za-z0-9_-]+\\.\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$',
      maxLength: 4096,
    },
  }),
  'key.release': closedObject(
    {
      right_id: HEX32,
      challenge_id: { type: 'string', pattern: '^[A-Za-z0-9_-]{1,128}$' },
      release_key: { type: 'string', pattern: '^([0-9a-f]{2}){1,1024}$' },
      operator: MSP_ID,
    },
    ['operator'],
  ),
} as const satisfies Readonly<Record<string, JsonSchema>>;
