import { RECORD_USAGE, recordKeyOf, recordOptions } from '../given-members';
import { readCommand } from '../shapes';

export const recordShow = readCommand({
  name: 'record show',
  summary: 'Show a generation record and what weighs on it now.',
  usage: RECORD_USAGE,
  example: '--model $MODEL --content $HASH',
  options: recordOptions,
  read: (given) => {
    const { model_ref: model, content_hash: content } = recordKeyOf(given);
    return async ({ read: { provenance } }) => {
      const record = await provenance.record(model, content);
      const { risks } = await provenance.risks(model, content);
      return { ...record, risks };
    };
  },
});
