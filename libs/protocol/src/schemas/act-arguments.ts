import { CERTIFICATE_REASONS } from '../domain/certificate-revocation';
import { RISK_CLASSES } from '../domain/common';
import { REASON_AUTHORS } from '../domain/parameters';
import { RESTRICTION_KINDS, SUBJECT_TYPES } from '../domain/revocation';
import {
  BPS_WHOLE,
  MAX_ADMITTED_ACTORS,
  MAX_CERTIFICATE_ENTRIES,
  MAX_CODES,
  MAX_DURATION_S,
  MAX_FEE_BPS,
  MAX_KEY_VERSIONS,
  MAX_OPERATORS,
  MAX_REVOCATION_ENTRIES,
  MIN_KEY_THRESHOLD,
} from '../limits';
import {
  CERTIFICATE_SERIAL,
  closedObject,
  CODE,
  HEX32,
  type JsonSchema,
  KEY_IDENTIFIER,
  LIMITS,
  MSP_ID,
  NAME,
  oneOf,
  SCOPE,
  TEXT,
  uniqueList,
  UNIX_TIME,
} from './primitives';

const POSITIVE_SECONDS: JsonSchema = { type: 'integer', minimum: 1, maximum: MAX_DURATION_S };
const NUMBER: JsonSchema = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER };

const RISK_GATE = closedObject(
  {
    approvals_required: { type: 'integer', minimum: 0, maximum: MAX_OPERATORS },
    attestation_required: { type: 'boolean' },
    token_ttl_s: POSITIVE_SECONDS,
    list_max_age_s: POSITIVE_SECONDS,
    fail_closed: { type: 'boolean' },
    fee_bps: { type: 'integer', minimum: 0, maximum: MAX_FEE_BPS },
    key_threshold: { type: 'integer', minimum: MIN_KEY_THRESHOLD, maximum: MAX_OPERATORS },
  },
  ['key_threshold'],
);

const REASON_CODE = closedObject({
  code: CODE,
  title: NAME,
  kinds: uniqueList(oneOf(RESTRICTION_KINDS), 1, RESTRICTION_KINDS.length),
  who: uniqueList(oneOf(REASON_AUTHORS), 1, REASON_AUTHORS.length),
});

const ACTORS = uniqueList(HEX32, 0, MAX_ADMITTED_ACTORS);

const PROVENANCE = closedObject(
  {
    parents: oneOf(['permissive', 'strict']),
    payers: ACTORS,
    verifiers: ACTORS,
    report_max_age_s: POSITIVE_SECONDS,
    pending_hold_bps: { type: 'integer', minimum: 0, maximum: BPS_WHOLE },
    pending_hold_s: POSITIVE_SECONDS,
  },
  ['parents', 'payers', 'verifiers', 'report_max_age_s', 'pending_hold_bps', 'pending_hold_s'],
);

/** The parameters document. */
export const PARAMETERS = closedObject(
  {
    version: NUMBER,
    network: HEX32,
    operators: uniqueList(MSP_ID, 1, MAX_OPERATORS),
    regulators: uniqueList(MSP_ID, 0, MAX_OPERATORS),
    risk_classes: closedObject(Object.fromEntries(RISK_CLASSES.map((name) => [name, RISK_GATE]))),
    domains: uniqueList(CODE, 0, MAX_CODES),
    reason_codes: uniqueList(REASON_CODE, 1, MAX_CODES),
    bequest_min_waiting_s: { type: 'integer', minimum: 0, maximum: MAX_DURATION_S },
    intent_max_lifetime_s: POSITIVE_SECONDS,
    provenance: PROVENANCE,
  },
  ['provenance'],
);

const REVOCATION_ENTRY = closedObject(
  {
    subject_type: oneOf(SUBJECT_TYPES),
    subject_id: HEX32,
    key_version: { type: 'integer', minimum: 1, maximum: MAX_KEY_VERSIONS },
    kind: oneOf(RESTRICTION_KINDS),
    reason_code: CODE,
    scope: SCOPE,
    limits: LIMITS,
    note: TEXT,
  },
  ['key_version', 'scope', 'limits', 'note'],
);

const DISPUTED = closedObject({ model_ref: HEX32, content_hash: HEX32, note: TEXT }, ['note']);

const CERTIFICATE_KEY = { aki: KEY_IDENTIFIER, serial: CERTIFICATE_SERIAL };

const CERTIFICATE_ENTRY = closedObject(
  {
    ...CERTIFICATE_KEY,
    reason: oneOf(CERTIFICATE_REASONS),
    invalidity_date: UNIX_TIME,
    expires_at: UNIX_TIME,
  },
  ['reason', 'invalidity_date', 'expires_at'],
);

const certificates = (items: JsonSchema): JsonSchema =>
  closedObject(
    {
      entries: { type: 'array', items, minItems: 1, maxItems: MAX_CERTIFICATE_ENTRIES },
      ticket: NAME,
      note: TEXT,
    },
    ['ticket', 'note'],
  );

/** The argument of each role act. */
export const ACT_ARGUMENTS = {
  'review.decide': closedObject(
    { artifact_id: HEX32, decision: oneOf(['approve', 'reject']), reason: TEXT, evidence_digest: HEX32 },
    ['reason', 'evidence_digest'],
  ),
  'revocation.issue': closedObject({
    entries: { type: 'array', items: REVOCATION_ENTRY, minItems: 1, maxItems: MAX_REVOCATION_ENTRIES },
  }),
  'revocation.release': closedObject({ number: NUMBER, note: TEXT }, ['note']),
  'parameters.propose': closedObject({ parameters: PARAMETERS }),
  'parameters.approve': closedObject({ proposal_id: HEX32 }),
  'policy.dispute': DISPUTED,
  'policy.settle-dispute': DISPUTED,
  'payout.report': closedObject({
    withdrawal_id: HEX32,
    status: oneOf(['sent', 'paid', 'returned']),
    evidence_digest: HEX32,
  }),
  'certificate.revoke': certificates(CERTIFICATE_ENTRY),
  'certificate.release': certificates(closedObject(CERTIFICATE_KEY)),
} as const satisfies Readonly<Record<string, JsonSchema>>;
