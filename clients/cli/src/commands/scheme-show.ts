import { required } from '@maker-registry/guard';
import { readCommand } from '../shapes';

export const schemeShow = readCommand({
  name: 'scheme show',
  summary: 'Show a watermark scheme.',
  usage: '--scheme REF',
  example: '--scheme $SCHEME',
  options: { scheme: 'text' },
  read: (given) => {
    const ref = required(given, 'scheme');
    return ({ read }) => read.provenance.scheme(ref);
  },
});
