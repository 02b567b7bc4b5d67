import { judgeToken, type NamedList, type TokenJudgement } from '@maker-registry/protocol';
import { optional, readTokenFile, required, several, wholeNumber } from '@maker-registry/guard';
import { ClientError } from '@maker-registry/sdk';
import { type CliCommand } from '../command';
import { readInput } from '../input-file';
import { MAX_LIST_FILE_BYTES, MAX_THRESHOLD } from '../limits';
import { parseMoment } from '../moment';
import { OPERATORS_HELP, readOperators } from '../pinned-document';

export const verifyToken: CliCommand = {
  name: 'verify token',
  summary: 'Judge a rights token by revocation lists at hand.',
  help: `registry verify token FILE --list FILE … --at TIME [--threshold K] [--operators FILE]

Prints {"verdict","code","checks":[…]} without any network:

  valid      signed, in time, and the lists cover it and bar nothing of it, or only a part (see permits)
  invalid    not a good token, revoked for good, or its right has changed hands
  suspended  everything that it permits is barred, and something of it may be lifted
  unknown    nothing speaks against it, and too little for it: no list, too old a list, too few operators

The exit code is 0 for each of them; 1 if a file can't be read, TIME is none or no operators are pinned. A list is a combined
list (registry list fetch), an operator's own list (/v1/revocation-list) or the token's status list (registry list fetch
--token). Lists must be as fresh at TIME as the token's risk class asks. With --threshold, K operators have to vouch that
nothing restricts it: only combined lists show that. TIME is Unix seconds or RFC 3339. A file named token is judged with:
registry verify ./token
${OPERATORS_HELP}

Example: registry verify token right.jwt --list lists.json --list status.jwt --at 2026-11-26T05:00:00Z`,
  options: { list: 'texts', at: 'text', threshold: 'text', operators: 'text' },
  takesWords: true,
  run: async ({ given, rest }, context): Promise<TokenJudgement> => {
    const [file, ...more] = rest;
    if (file === undefined) throw new ClientError('USAGE', 'Name the file with the token.');
    const now = parseMoment(required(given, 'at'), 'at');
    const token = await readTokenFile(file);
    const operators = await readOperators(given, context);
    const wanted = optional(given, 'threshold') ?? String(operators.threshold ?? 1);
    const threshold = wholeNumber(wanted, 'threshold', { min: 1, max: MAX_THRESHOLD });
    // `--list a b` means both, as people write it.
    const lists = await readLists([...several(given, 'list'), ...more]);
    return judgeToken(token, { operators, lists, now, threshold });
  },
};

async function readLists(paths: readonly string[]): Promise<NamedList[]> {
  const lists: NamedList[] = [];
  for (const path of paths) lists.push({ name: path, bytes: await readInput(path, MAX_LIST_FILE_BYTES) });
  return lists;
}
