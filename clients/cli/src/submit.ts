import {
  type IntentBodies,
  type LedgerIntentType,
  assertSchema,
  INTENT_TYPES,
  type Signer,
} from '@maker-registry/protocol';
import {
  type ActorSigner,
  type CommittedOperation,
  readActorKeyFile,
  type RegistryClient,
} from '@maker-registry/sdk';
import {
  GATEWAY_HELP,
  gatewayOptions,
  type Given,
  openClient,
  optional,
  type OptionTable,
  required,
  wholeNumber,
} from '@maker-registry/guard';
import { type CliContext } from './command';
import { DEFAULT_WAIT_S, MAX_WAIT_S } from './limits';

/** Options of every command that submits an actor's intent. */
export const intentOptions: OptionTable['options'] = { ...gatewayOptions, 'actor-key': 'text', wait: 'text' };

export const INTENT_HELP = `
  --actor-key FILE  key file of the actor who wants this (registry keys generate)
  --wait SECONDS    how long to wait for the ledger, 30 unless given
${GATEWAY_HELP}`;

/** Where a committed act is in the ledger. */
export interface Committed {
  readonly operation_id: string;
  readonly tx_id: string;
  readonly block: number;
  readonly result: object;
}

export function committedDocument({ operation_id, tx_id, block, result }: CommittedOperation): Committed {
  return { operation_id, tx_id, block, result };
}

/** Opens a client for the time of `work`. */
export async function withClient<T>(
  given: Given,
  { environment }: CliContext,
  work: (client: RegistryClient) => Promise<T>,
): Promise<T> {
  const client = await openClient(given, environment);
  try {
    return await work(client);
  } finally {
    client.close();
  }
}

/** Seconds to wait for the ledger. */
export function waitSeconds(given: Given): number {
  const value = optional(given, 'wait');
  return value === undefined ? DEFAULT_WAIT_S : wholeNumber(value, 'wait', { min: 0, max: MAX_WAIT_S });
}

/** Signs and submits an intent of the actor in --actor-key. The body's schema is checked before the key is touched. */
export async function submitIntent(
  given: Given,
  context: CliContext,
  type: LedgerIntentType,
  body: unknown,
  countersigners: readonly Signer[] = [],
): Promise<Committed> {
  assertSchema(INTENT_TYPES[type].schema, body);
  const actor = await readActorKeyFile(required(given, 'actor-key'));
  return await withClient(given, context, (client) =>
    submitThrough(client, given, actor, { type, body, countersigners }),
  );
}

/** What is to be signed and submitted. */
export interface Submission {
  readonly type: LedgerIntentType;
  readonly body: unknown;
  readonly countersigners?: readonly Signer[];
}

/** Signs and submits through a client that is open already, for commands that also read. */
export async function submitThrough(
  client: RegistryClient,
  given: Given,
  actor: ActorSigner,
  { type, body, countersigners = [] }: Submission,
): Promise<Committed> {
  assertSchema(INTENT_TYPES[type].schema, body);
  const options = { wait: waitSeconds(given), countersigners };
  return committedDocument(
    await client.submitIntent(type, body as IntentBodies[LedgerIntentType], actor, options),
  );
}
