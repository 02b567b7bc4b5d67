import { optional, required } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { ACT_HELP, actOptions, performAct } from '../perform';

export const reviewDecide: CliCommand = {
  name: 'review decide',
  summary: 'Approve or reject an artifact as a safety reviewer.',
  help: `registry review decide --artifact ID --decision approve|reject [--reason TEXT] [--evidence HEX] …

A rejection needs a reason. The latest decision of each operator counts.
${ACT_HELP}`,
  options: {
    ...actOptions,
    artifact: 'text',
    decision: 'text',
    reason: 'text',
    evidence: 'text',
  },
  run: async ({ given }, context) => {
    const reason = optional(given, 'reason');
    const evidence = optional(given, 'evidence');
    return await performAct(given, context, 'review.decide', {
      artifact_id: required(given, 'artifact'),
      decision: required(given, 'decision'),
      ...(reason === undefined ? {} : { reason }),
      ...(evidence === undefined ? {} : { evidence_digest: evidence }),
    });
  },
};
