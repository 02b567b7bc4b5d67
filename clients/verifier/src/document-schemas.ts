import {
  ATTESTATION_ALGORITHMS,
  type JsonSchema,
  RISK_CLASSES,
  SCHEME_STATUSES,
  schemas,
} from '@maker-registry/protocol';

const { hex32: HEX32 } = schemas.parts;
/** Text that is shown to people: printable ASCII, as the ledger takes it. */
const SHOWN: JsonSchema = { type: 'string', pattern: '^[ -~]{1,512}$' };
/** Text that is not. */
const TEXT: JsonSchema = { type: 'string', maxLength: 4_096 };
const HEX: JsonSchema = { type: 'string', pattern: '^([0-9a-f]{2}){0,128}$' };
const COUNT: JsonSchema = { type: 'integer', minimum: 1 };
const TIME: JsonSchema = { type: 'integer', minimum: 0 };
const FLAG: JsonSchema = { type: 'boolean' };

/** An object with at least these members, but for the optional ones: a later ledger may write more. */
function openObject(
  properties: Readonly<Record<string, JsonSchema>>,
  optional: readonly string[] = [],
): JsonSchema {
  return {
    type: 'object',
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
    properties,
  };
}

function list(items: JsonSchema, maxItems: number): JsonSchema {
  return { type: 'array', items, maxItems };
}

const LEDGER_TIME = openObject({ tx_id: SHOWN, at: TIME });

/** Of a record of whatever version: all that can be relied on. */
export const ANY_RECORD = openObject({
  schema_version: { type: 'integer', minimum: 0, maximum: 255 },
  model_ref: HEX32,
  content_hash: HEX32,
});

export const RECORD = openObject(
  {
    schema_version: { type: 'integer', const: 1 },
    model_ref: HEX32,
    scheme_ref: HEX32,
    content_hash: HEX32,
    parent_hash: HEX32,
    parent_model_ref: HEX32,
    timestamp: TIME,
    nonce: HEX32,
    context_hash: HEX32,
    signature: HEX,
    payload_digest: HEX32,
    key_version: COUNT,
    scheme_commitment: HEX32,
    recorder: HEX32,
    annotations: list(
      { type: 'string', enum: ['parent-unregistered', 'scheme-deprecated', 'backfilled'] },
      8,
    ),
    backfill: openObject({ cosigned_by: COUNT, cosignature: HEX }),
    recorded: LEDGER_TIME,
  },
  ['parent_model_ref', 'context_hash', 'backfill'],
);

const MODEL_KEY = openObject(
  {
    version: COUNT,
    alg: { type: 'string', enum: [...ATTESTATION_ALGORITHMS] },
    public_key: HEX,
    status: { type: 'string', enum: ['current', 'retired', 'compromised'] },
    since: LEDGER_TIME,
    until: LEDGER_TIME,
    compromised_from: TIME,
  },
  ['until', 'compromised_from'],
);

export const MODEL = openObject(
  {
    model_ref: HEX32,
    owner: HEX32,
    model_id: SHOWN,
    model_version: TEXT,
    risk_class: { type: 'string', enum: [...RISK_CLASSES] },
    keys: list(MODEL_KEY, 256),
    flags: openObject({ updatable: FLAG, frozen: FLAG, disabled: FLAG }),
    recorders: list(HEX32, 256),
    version: COUNT,
    registered: LEDGER_TIME,
    updated: LEDGER_TIME,
  },
  [],
);

export const SCHEME = openObject({
  scheme_ref: HEX32,
  model_ref: HEX32,
  scheme_id: SHOWN,
  params_uri: SHOWN,
  params_size: TIME,
  scheme_commitment: HEX32,
  detector: openObject({ name: SHOWN, version: SHOWN }),
  status: { type: 'string', enum: [...SCHEME_STATUSES] },
  version: COUNT,
  registered: LEDGER_TIME,
  updated: LEDGER_TIME,
});
