import { MAX_COUNT } from '@maker-registry/protocol';
import { required } from '@maker-registry/guard';
import { optionalNumber } from '../given-members';
import { readCommand } from '../shapes';

export const streamShow = readCommand({
  name: 'stream show',
  summary: 'Show a stream and its settled windows.',
  usage: '--stream ID [--from N] [--to N]',
  about: 'sum is of the windows shown, cumulative of all up to the last one shown.',
  example: '--stream $STREAM',
  options: { stream: 'text', from: 'text', to: 'text' },
  read: (given) => {
    const id = required(given, 'stream');
    const [from, to] = [optionalNumber(given, 'from', MAX_COUNT), optionalNumber(given, 'to', MAX_COUNT)];
    const range = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
    return async ({ read: { royalties } }) => {
      const { items, sum, cumulative } = await royalties.streamWindows(id, range);
      return { ...(await royalties.stream(id)), windows: items, sum, cumulative };
    };
  },
});
