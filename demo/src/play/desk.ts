import {
  isRegistryError,
  type ActArguments,
  type ActName,
  type IntentBodies,
  type LedgerIntentType,
} from '@maker-registry/protocol';
import { isClientError, type CommittedOperation, type IntentOptions } from '@maker-registry/sdk';
import { formatSeconds, shortId } from '../terminal/format';
import { readIdentity } from './network';
import type { Scene } from './step';
import type { Party } from './story';

/** Sends an actor's intent through the gateway, waits until it is on the ledger, and notes its place there. */
export async function submit<Type extends LedgerIntentType>(
  scene: Scene,
  party: Party,
  type: Type,
  body: IntentBodies[Type],
  options: IntentOptions = {},
): Promise<CommittedOperation> {
  const started = performance.now();
  const operation = await scene.story.registry.submitIntent(type, body, party.key, options);
  note(scene, operation, { act: type, by: party.name, started });
  return operation;
}

/** A role act: prepared by the gateway, checked and signed here with a key that the gateway never sees. */
export async function act<Name extends ActName>(
  scene: Scene,
  person: { readonly organization: string; readonly identity: string },
  name: Name,
  argument: ActArguments[Name],
): Promise<CommittedOperation> {
  const started = performance.now();
  const identity = readIdentity(scene.story.root, scene.story.network, person.organization, person.identity);
  const operation = await scene.story.registry.performAct(name, argument, identity);
  note(scene, operation, { act: name, by: `${person.organization} ${person.identity}`, started });
  return operation;
}

/** Notes a committed operation for the timeline, and tells of it. */
function note(
  scene: Scene,
  operation: CommittedOperation,
  what: { readonly act: string; readonly by: string; readonly started: number },
): void {
  const { act: name, by, started } = what;
  const { story } = scene;
  story.report.transactions.push({
    step: story.currentStep,
    act: name,
    by,
    tx_id: operation.tx_id,
    block: operation.block,
  });
  const took = formatSeconds(performance.now() - started);
  scene.tell(
    `${name} by ${by}: transaction ${shortId(operation.tx_id)} in block ${operation.block} (${took})`,
  );
}

/** The code with which a request is refused; undefined when it is not. */
export async function refusalOf(request: Promise<unknown>): Promise<string | undefined> {
  try {
    await request;
    return undefined;
  } catch (error) {
    if (isRegistryError(error) || isClientError(error)) return error.code;
    throw error;
  }
}
