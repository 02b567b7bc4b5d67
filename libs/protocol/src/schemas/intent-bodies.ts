import { ARTIFACT_KINDS, PARENT_RELATIONS } from '../domain/artifact';
import { PURPOSES, RISK_CLASSES } from '../domain/common';
import {
  MAX_COUNT,
  MAX_DOMAINS,
  MAX_KEY_VERSIONS,
  MAX_OBLIGATIONS,
  MAX_PARENTS,
  MAX_RESALE_ROYALTY_BPS,
} from '../limits';
import { SIGNATURE_ALGORITHMS } from '../signatures/algorithms';
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
const CONTENT_KEY = closedObject({
  artifact_id: HEX32,
  commitment: HEX32,
  ciphertext_digest: HEX32,
  format: oneOf(['mrg1']),
});

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
  'key.release': closedObject({
    right_id: HEX32,
    challenge_id: { type: 'string', pattern: '^[A-Za-z0-9_-]{1,128}$' },
    release_key: { type: 'string', pattern: '^([0-9a-f]{2}){1,1024}$' },
  }),
} as const satisfies Readonly<Record<string, JsonSchema>>;
