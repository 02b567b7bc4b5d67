import { ACT_ARGUMENTS, PARAMETERS } from './act-arguments';
import { LEDGER_INTENT_BODIES, REQUEST_BODIES } from './intent-bodies';
import { prepareSchema } from './validate';
import {
  ACTIONS,
  CERTIFICATE_SERIAL,
  closedObject,
  HEX32,
  type JsonSchema,
  KEY_IDENTIFIER,
  LIMITS,
  MONEY,
  MSP_ID,
  SCOPE,
} from './primitives';

const ENVELOPE_SCHEMA = closedObject({
  payload: { type: 'string', contentEncoding: 'base64' },
  payloadType: { type: 'string' },
  signatures: {
    type: 'array',
    minItems: 1,
    items: closedObject({ keyid: HEX32, sig: { type: 'string', contentEncoding: 'base64' } }),
  },
});

/** The protocol's JSON Schemas (draft 2020-12), as plain objects for validators and API descriptions. */
export const schemas: {
  readonly intentBodies: Readonly<Record<keyof typeof LEDGER_INTENT_BODIES, JsonSchema>>;
  readonly requestBodies: Readonly<Record<keyof typeof REQUEST_BODIES, JsonSchema>>;
  readonly actArguments: Readonly<Record<keyof typeof ACT_ARGUMENTS, JsonSchema>>;
  readonly parameters: JsonSchema;
  /** For descriptions only; `parseEnvelope` is the judge. */
  readonly envelope: JsonSchema;
  readonly parts: Readonly<
    Record<
      'hex32' | 'money' | 'limits' | 'scope' | 'actions' | 'mspId' | 'keyIdentifier' | 'certificateSerial',
      JsonSchema
    >
  >;
} = {
  intentBodies: LEDGER_INTENT_BODIES,
  requestBodies: REQUEST_BODIES,
  actArguments: ACT_ARGUMENTS,
  parameters: PARAMETERS,
  envelope: ENVELOPE_SCHEMA,
  parts: {
    hex32: HEX32,
    money: MONEY,
    limits: LIMITS,
    scope: SCOPE,
    actions: ACTIONS,
    mspId: MSP_ID,
    keyIdentifier: KEY_IDENTIFIER,
    certificateSerial: CERTIFICATE_SERIAL,
  },
};

/**
 * Compiles every schema that chaincode uses. To be called once at start (about 150 ms): the first transaction of each
 * kind would otherwise wait for it. A validation itself takes some 5 µs.
 */
export function prepareLedgerSchemas(): void {
  for (const schema of [...Object.values(LEDGER_INTENT_BODIES), ...Object.values(ACT_ARGUMENTS)])
    prepareSchema(schema);
}
