import { type LedgerIntentType } from '@maker-registry/protocol';
import { readActorKeyFile } from '@maker-registry/sdk';
import { type Given, required } from '@maker-registry/guard';
import { type CliCommand } from './command';
import { collectOptions, creditsToCollect } from './open-credits';
import { type Shape } from './shapes';
import { INTENT_HELP, intentOptions, submitThrough, withClient } from './submit';

/** What a command that collects credits does beside. */
interface Collecting extends Shape {
  readonly type: LedgerIntentType;
  /** Whose credits: the actor's own unless it says another. */
  readonly beneficiary?: (given: Given) => string;
  /** Members of the body beside the credits, judged before a gateway is asked. */
  readonly more?: (given: Given, actorId: string) => object | Promise<object>;
}

/** A command that collects open credits in the intent that it submits. */
export function collectCommand(shape: Collecting): CliCommand {
  const { name, summary, usage, about = '', example, options, type, beneficiary, more } = shape;
  return {
    name,
    summary,
    help: `registry ${[name, usage, '--currency EUR'].join(' ').replace('  ', ' ')} [--credits FILE] --actor-key FILE

${about}

Example: registry ${name} ${example} --currency EUR --actor-key me.json
${INTENT_HELP}`,
    options: { ...intentOptions, ...collectOptions, ...options },
    run: async ({ given }, context) => {
      const actor = await readActorKeyFile(required(given, 'actor-key'));
      const whose = beneficiary?.(given) ?? actor.actorId;
      const members = await more?.(given, actor.actorId);
      return await withClient(given, context, async (client) => {
        const { body, moreOpen } = await creditsToCollect(client, given, whose);
        const committed = await submitThrough(client, given, actor, { type, body: { ...body, ...members } });
        return { ...committed, credits: body.credits.length, more_open: moreOpen };
      });
    },
  };
}
