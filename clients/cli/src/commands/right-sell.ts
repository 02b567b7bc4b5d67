import { assertSchema, INTENT_TYPES, intentId, serializeEnvelope } from '@maker-registry/protocol';
import { readActorKeyFile } from '@maker-registry/sdk';
import { GATEWAY_HELP, gatewayOptions, optional, required, wholeNumber } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { MAX_OFFER_LIFETIME_S, OFFER_LIFETIME_S } from '../limits';
import { writeNewFile } from '../new-file';
import { withClient } from '../submit';

export const rightSell: CliCommand = {
  name: 'right sell',
  summary: 'Make an offer to sell a right to a named buyer.',
  help: `registry right sell --right ID --buyer ACTOR_ID --amount MINOR_UNITS --currency EUR --out FILE --actor-key FILE
    [--valid SECONDS]

Signs the sale and writes it to FILE; nothing is submitted. The buyer signs the same bytes and submits them:
registry right accept. Whoever has FILE can do nothing with it without the buyer's key.
${GATEWAY_HELP}`,
  options: {
    ...gatewayOptions,
    'actor-key': 'text',
    right: 'text',
    buyer: 'text',
    amount: 'text',
    currency: 'text',
    valid: 'text',
    out: 'text',
  },
  run: async ({ given }, context) => {
    const valid = optional(given, 'valid');
    const lifetimeS =
      valid === undefined
        ? OFFER_LIFETIME_S
        : wholeNumber(valid, 'valid', { min: 1, max: MAX_OFFER_LIFETIME_S });
    const body = {
      right_id: required(given, 'right'),
      buyer: required(given, 'buyer'),
      price: { amount: required(given, 'amount'), currency: required(given, 'currency') },
    };
    assertSchema(INTENT_TYPES['right.sell'].schema, body);
    const seller = await readActorKeyFile(required(given, 'actor-key'));
    const file = required(given, 'out');
    return await withClient(given, context, async (client) => {
      const offer = await client.buildIntent('right.sell', body, seller, { lifetimeS });
      await writeNewFile(file, `${serializeEnvelope(offer)}\n`);
      return { file, intent_id: intentId(offer), ...body };
    });
  },
};
