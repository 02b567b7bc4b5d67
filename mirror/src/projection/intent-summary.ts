import { createHash } from 'node:crypto';
import { encodePae } from '@maker-registry/protocol';
import { isDocument, text } from './document-fields';

/** What an argument says about who wants what, as far as it can be read. */
export interface IntentSummary {
  readonly intentId: string | null;
  readonly type: string | null;
  readonly actor: string | null;
}

const NOTHING: IntentSummary = { intentId: null, type: null, actor: null };
const HEX_ID = /^[0-9a-f]{64}$/;
const NAME = /^[a-z][a-z.-]{0,63}$/;

function parse(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return null;
  }
}

/**
 * Reads a DSSE envelope leniently: chaincode has judged it already, and an invalid transaction may carry anything.
 * Of a valid transaction the summary is right; of an invalid one it says what the submitter claimed.
 */
export function summarizeIntent(argument: string): IntentSummary {
  if (!argument.includes('"payloadType"')) return NOTHING;
  const envelope = parse(argument);
  if (!isDocument(envelope)) return NOTHING;
  const payloadText = text(envelope, 'payload');
  const payloadType = text(envelope, 'payloadType');
  if (payloadText === null || payloadType === null) return NOTHING;
  const payload = Buffer.from(payloadText, 'base64');
  const intent = parse(payload.toString('utf8'));
  if (!isDocument(intent)) return NOTHING;
  const actor = text(intent, 'actor') ?? '';
  const type = text(intent, 'type') ?? '';
  return {
    intentId: createHash('sha256').update(encodePae(payloadType, payload)).digest('hex'),
    type: NAME.test(type) ? type : null,
    actor: HEX_ID.test(actor) ? actor : null,
  };
}
