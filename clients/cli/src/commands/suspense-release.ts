import { MAX_LINEAGE_DEPTH } from '@maker-registry/protocol';
import { optional } from '@maker-registry/guard';
import { requiredMembersOf, requiredNumber } from '../given-members';
import { readJsonFile } from '../json-file';
import { intentCommand } from '../shapes';

export const suspenseRelease = intentCommand({
  name: 'suspense release',
  summary: 'Credit what waited, when its waiting has ended.',
  usage: `--settlement ID --layer N --reason disputed|payee-unknown|lineage-incomplete
    [--assignments FILE]`,
  about: `For payee-unknown the rights owner names every payee: --assignments is a JSON list of {"beneficiary","to"}. For the
other reasons anybody may ask: the ledger knows whether the dispute is settled, or the parent is registered.`,
  example: '--settlement $SETTLEMENT --layer 0 --reason disputed',
  options: { settlement: 'text', layer: 'text', reason: 'text', assignments: 'text' },
  type: 'suspense.release',
  body: async (given) => {
    const assignments = optional(given, 'assignments');
    return {
      ...requiredMembersOf(given, { settlement_id: 'settlement', reason: 'reason' }),
      layer: requiredNumber(given, 'layer', MAX_LINEAGE_DEPTH),
      ...(assignments === undefined ? {} : { assignments: await readJsonFile(assignments) }),
    };
  },
});
