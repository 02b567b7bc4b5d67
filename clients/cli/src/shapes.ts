import { type ActName, type LedgerIntentType } from '@maker-registry/protocol';
import { type RegistryClient } from '@maker-registry/sdk';
import { GATEWAY_HELP, gatewayOptions, type Given, type OptionTable } from '@maker-registry/guard';
import { type CliCommand } from './command';
import { ACT_HELP, actOptions, performAct } from './perform';
import { INTENT_HELP, intentOptions, submitIntent, withClient } from './submit';

/** What commands of one shape differ in, beside what they do. */
export interface Shape {
  readonly name: string;
  readonly summary: string;
  /** Its own options, as they are typed. */
  readonly usage: string;
  /** What to know of them; sentences. */
  readonly about?: string;
  /** Own options as in a call that could be made. */
  readonly example: string;
  /** Its own options. */
  readonly options?: OptionTable['options'];
  readonly takesWords?: boolean;
}

/** A command whose options become the body of an intent. */
export function intentCommand(
  shape: Shape & {
    readonly type: LedgerIntentType;
    readonly body: (given: Given) => unknown;
  },
): CliCommand {
  return {
    ...described(shape, ' --actor-key FILE', ' --actor-key me.json', INTENT_HELP),
    options: { ...intentOptions, ...shape.options },
    run: async ({ given }, context) =>
      await submitIntent(given, context, shape.type, await shape.body(given)),
  };
}

/** A command whose options become the argument of a role act. */
export function actCommand(
  shape: Shape & {
    readonly act: ActName;
    readonly argument: (given: Given) => unknown;
  },
): CliCommand {
  const identity = ' \\\n    --msp Op1MSP --identity-cert me.pem --identity-key me.key';
  return {
    ...described(shape, ' …', identity, ACT_HELP),
    options: { ...actOptions, ...shape.options },
    run: async ({ given }, context) =>
      await performAct(given, context, shape.act, await shape.argument(given)),
  };
}

/** A command that reads from a gateway. `read` takes its options before a gateway is asked. */
export function readCommand(
  shape: Shape & {
    readonly isBad?: CliCommand['isBad'];
    readonly read: (given: Given, words: readonly string[]) => (client: RegistryClient) => Promise<unknown>;
  },
): CliCommand {
  const { isBad, read } = shape;
  return {
    ...described(shape, '', '', GATEWAY_HELP),
    options: { ...gatewayOptions, ...shape.options },
    ...(isBad === undefined ? {} : { isBad }),
    run: async ({ given, rest }, context) => await withClient(given, context, read(given, rest)),
  };
}

function described(
  { name, summary, usage, about, example, takesWords }: Shape,
  who: string,
  exampleWho: string,
  help: string,
): Pick<CliCommand, 'name' | 'summary' | 'help' | 'takesWords'> {
  const sentences = about === undefined ? '' : `\n\n${about}`;
  return {
    name,
    summary,
    help: `registry ${name} ${usage}${who}${sentences}\n\nExample: registry ${name} ${example}${exampleWho}\n${help}`,
    ...(takesWords === true ? { takesWords } : {}),
  };
}
