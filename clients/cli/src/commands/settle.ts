import {
  assertSchema,
  BPS_WHOLE,
  INTENT_TYPES,
  MAX_LINEAGE_DEPTH,
  type SettlementRequest,
} from '@maker-registry/protocol';
import { readActorKeyFile } from '@maker-registry/sdk';
import { type Given, optional, required } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import {
  membersOf,
  optionalNumber,
  RECORD_USAGE,
  recordKeyOf,
  recordOptions,
  requiredMembersOf,
} from '../given-members';
import { readReports } from '../read-reports';
import { lineageHint } from '../lineage-hint';
import { INTENT_HELP, intentOptions, submitThrough, withClient } from '../submit';

export const settle: CliCommand = {
  name: 'settle',
  summary: 'Divide a payment for a record among everybody it is owed to.',
  help: `registry settle ${RECORD_USAGE} --amount MINOR_UNITS --currency EUR --ref TEXT
    [--mode permissive|strict] [--max-claims-bps N] [--reports FILE] [--verification-uri URI] [--payee-context HEX]
    --actor-key FILE

--ref is your own reference: the same settlement again under it is the first one, another one is refused. It records what
is owed; money moves by payouts. --mode permissive (unless given) pays a lineage as far as it is registered, strict refuses
a gap. --max-claims-bps refuses it when the ancestors together claim more than N basis points of the payment, so that a
policy changed at the last moment takes no more than you reckoned with. --reports names a file with one signed verification
report or a list of them, where the policy asks for some (registry verify --report). Try it first: registry settle simulate

Example: registry settle --model $MODEL --content $HASH --amount 10000 --currency EUR --ref invoice-7 --actor-key me.json
${INTENT_HELP}`,
  options: {
    ...intentOptions,
    ...recordOptions,
    amount: 'text',
    currency: 'text',
    ref: 'text',
    mode: 'text',
    'max-claims-bps': 'text',
    reports: 'text',
    'verification-uri': 'text',
    'payee-context': 'text',
  },
  run: async ({ given }, context) => {
    const request = await requestOf(given);
    assertSchema(INTENT_TYPES['settlement.settle'].schema, request);
    const actor = await readActorKeyFile(required(given, 'actor-key'));
    return await withClient(given, context, async (client) => {
      const body = { ...request, ...(await lineageHint(client, request as SettlementRequest)) };
      return await submitThrough(client, given, actor, { type: 'settlement.settle', body });
    });
  },
};

async function requestOf(given: Given): Promise<object> {
  const maxClaims = optionalNumber(given, 'max-claims-bps', MAX_LINEAGE_DEPTH * BPS_WHOLE);
  return {
    ...recordKeyOf(given),
    ...requiredMembersOf(given, { amount: 'amount', currency: 'currency', settlement_ref: 'ref' }),
    mode: optional(given, 'mode') ?? 'permissive',
    ...membersOf(given, { verification_ref: 'verification-uri', payee_context: 'payee-context' }),
    ...(maxClaims === undefined ? {} : { max_claims_bps: maxClaims }),
    ...(await readReports(given)),
  };
}
