import { ACTS, type ActArguments, type ActName, assertSchema } from '@maker-registry/protocol';
import { GATEWAY_HELP, gatewayOptions, type Given, type OptionTable } from '@maker-registry/guard';
import { type CliContext } from './command';
import { fabricIdentityOf } from './fabric-identity';
import { type Committed, committedDocument, waitSeconds, withClient } from './submit';

/** Options of every command that performs a role act. */
export const actOptions: OptionTable['options'] = {
  ...gatewayOptions,
  msp: 'text',
  'identity-cert': 'text',
  'identity-key': 'text',
  wait: 'text',
};

export const ACT_HELP = `
  --msp ID               your organization's MSP id, e.g. Op1MSP
  --identity-cert FILE   your Fabric certificate (PEM), with the role for this act
  --identity-key FILE    its private key (PEM); it signs here and goes nowhere
  --wait SECONDS         how long to wait for the ledger, 30 unless given
${GATEWAY_HELP}`;

/** Performs a role act: what the gateway prepares is decoded and compared with the argument before it is signed. */
export async function performAct(
  given: Given,
  context: CliContext,
  act: ActName,
  argument: unknown,
): Promise<Committed> {
  assertSchema(ACTS[act].schema, argument);
  const identity = await fabricIdentityOf(given);
  return await withClient(given, context, async (client) => {
    const wait = waitSeconds(given);
    return committedDocument(
      await client.performAct(act, argument as ActArguments[ActName], identity, { wait }),
    );
  });
}
