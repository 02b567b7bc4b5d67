import { countersign, expectIntentType, openIntent } from '@maker-registry/protocol';
import { ClientError, readActorKeyFile } from '@maker-registry/sdk';
import { readTextFile, required } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { committedDocument, INTENT_HELP, intentOptions, waitSeconds, withClient } from '../submit';

export const rightAccept: CliCommand = {
  name: 'right accept',
  summary: 'Accept an offer: sign it as the buyer and submit it.',
  help: `registry right accept --offer FILE --right ID --price AMOUNT --currency EUR --actor-key FILE

--right, --price and --currency say what you believe to buy and to pay; an offer over anything else is not signed.
${INTENT_HELP}`,
  options: { ...intentOptions, offer: 'text', right: 'text', price: 'text', currency: 'text' },
  run: async ({ given }, context) => {
    const buyer = await readActorKeyFile(required(given, 'actor-key'));
    const text = (await readTextFile(required(given, 'offer'))).trim();
    const { envelope, intent } = expectIntentType(openIntent(text), 'right.sell');
    const { right_id: right, price, buyer: named } = intent.body;
    if (right !== required(given, 'right')) throw mismatch(`it is for right ${right}`, 'right');
    if (price.amount !== required(given, 'price') || price.currency !== required(given, 'currency')) {
      throw mismatch(`it is over ${price.amount} ${price.currency}`, 'price');
    }
    if (named !== buyer.actorId) throw mismatch('it names another buyer', 'buyer');
    return await withClient(given, context, async (client) => {
      if (intent.network !== client.network) throw mismatch('it is for another network', 'network');
      const signed = await countersign(envelope, buyer.signer);
      return committedDocument(await client.submitEnvelope(signed, { wait: waitSeconds(given) }));
    });
  },
};

function mismatch(what: string, subject: string): ClientError {
  return new ClientError('OFFER_MISMATCH', `The offer was not signed: ${what}.`, { subject });
}
