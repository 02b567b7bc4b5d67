import { collect } from '../collect';
import { membersOf, optionalNumber } from '../given-members';
import { readCommand } from '../shapes';

const NAMES = { kind: 'kind', id: 'id', state: 'state', type: 'type', text: 'text' };

export const auditSearch = readCommand({
  name: 'audit search',
  summary: 'Find objects of the ledger, as a regulator or auditor.',
  usage: '[--kind KIND] [--id ID] [--state STATE] [--type TYPE] [--text TEXT] [--from TIME] [--to TIME]',
  about: `Prints {kind, id, state, type, created, updated}, oldest first; created and updated name the transaction, whose
receipt proves it offline (registry receipt). --text looks in names and references; --from and --to are Unix seconds. The
operator records the question, not the text.`,
  example: '--kind artifact --state revoked',
  options: { kind: 'text', id: 'text', state: 'text', type: 'text', text: 'text', from: 'text', to: 'text' },
  read: (given) => {
    const from = optionalNumber(given, 'from', Number.MAX_SAFE_INTEGER);
    const to = optionalNumber(given, 'to', Number.MAX_SAFE_INTEGER);
    const search = {
      ...membersOf(given, NAMES),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    };
    return ({ audit }) => collect(audit.search(search));
  },
});
