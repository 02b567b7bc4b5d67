import { MAX_LINEAGE_DEPTH } from '@maker-registry/protocol';
import { ClientError } from '@maker-registry/sdk';
import { optional } from '@maker-registry/guard';
import { optionalNumber, RECORD_USAGE, recordKeyOf, recordOptions } from '../given-members';
import { readCommand } from '../shapes';

export const recordLineage = readCommand({
  name: 'record lineage',
  summary: 'Show what a record derives from, or what derives from it.',
  usage: `${RECORD_USAGE} [--direction up|down] [--depth N]`,
  about: 'Towards the ancestors unless --direction is down; 64 layers unless --depth is given.',
  example: '--model $MODEL --content $HASH',
  options: { ...recordOptions, direction: 'text', depth: 'text' },
  read: (given) => {
    const { model_ref: model, content_hash: content } = recordKeyOf(given);
    const direction = optional(given, 'direction') ?? 'up';
    if (direction !== 'up' && direction !== 'down') {
      throw new ClientError('USAGE', '--direction is up or down.', { subject: 'direction' });
    }
    const depth = optionalNumber(given, 'depth', MAX_LINEAGE_DEPTH, 1) ?? MAX_LINEAGE_DEPTH;
    return ({ read }) => read.provenance.lineage(model, content, { direction, depth });
  },
});
