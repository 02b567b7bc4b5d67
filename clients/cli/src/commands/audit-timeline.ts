import { required } from '@maker-registry/guard';
import { collect } from '../collect';
import { readCommand } from '../shapes';

export const auditTimeline = readCommand({
  name: 'audit timeline',
  summary: 'Show what happened to a subject, in ledger order, as a regulator or auditor.',
  usage: '--type TYPE --id ID',
  about: `TYPE is artifact, actor, right, key, license, device, model, scheme, record, settlement, withdrawal, stream, shares,
proposal or parameters; a key goes by its artifact's id. Each entry names its transaction and where its receipt is.`,
  example: '--type right --id 5d3c…',
  options: { type: 'text', id: 'text' },
  read: (given) => {
    const [type, id] = [required(given, 'type'), required(given, 'id')];
    return ({ audit }) => collect(audit.timeline(type, id));
  },
});
