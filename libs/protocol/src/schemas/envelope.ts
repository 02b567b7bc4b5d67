import { MAX_ENVELOPE_SIGNATURES } from '../limits';
import { closedObject, HEX32, type JsonSchema } from './primitives';

/** The form of a DSSE envelope inside another document; `parseEnvelope` judges one that stands alone. */
export const ENVELOPE: JsonSchema = closedObject({
  payload: { type: 'string', pattern: '^[A-Za-z0-9+/]*={0,2}$', maxLength: 65_536 },
  payloadType: { type: 'string', maxLength: 128 },
  signatures: {
    type: 'array',
    minItems: 1,
    maxItems: MAX_ENVELOPE_SIGNATURES,
    items: closedObject({ keyid: HEX32, sig: { type: 'string', pattern: '^[A-Za-z0-9+/]{86}==$' } }),
  },
});
