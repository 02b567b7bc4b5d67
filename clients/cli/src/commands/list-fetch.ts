import { decodeToken, LIST_SCOPES, parseRegistryLists } from '@maker-registry/protocol';
import {
  GATEWAY_HELP,
  gatewayOptions,
  type Given,
  optional,
  readTokenFile,
  required,
  wholeNumber,
} from '@maker-registry/guard';
import { ClientError, type RegistryClient } from '@maker-registry/sdk';
import { type CliCommand } from '../command';
import { MAX_KEY_VERSION } from '../limits';
import { writeNewFile } from '../new-file';
import { withClient } from '../submit';

export const listFetch: CliCommand = {
  name: 'list fetch',
  summary: 'Fetch revocation lists, a proof about one subject, or a token’s status list.',
  help: `registry list fetch --out FILE [--scope SCOPE --subject ID [--key-version N] | --token FILE]

Writes what the gateway answers to the new file FILE, unverified: registry list verify and registry verify token judge it.
By default the lists of all scopes with the statements of several operators. With --scope (keys, artifacts, actors, rights,
devices) and --subject a proof of what the list says of that subject: a few kilobytes, however long the list. With --token
the status list that the rights token in that file names, asked of this gateway whatever address the token has.
${GATEWAY_HELP}

Example: registry list fetch --out lists.json`,
  options: {
    ...gatewayOptions,
    out: 'text',
    scope: 'text',
    subject: 'text',
    'key-version': 'text',
    token: 'text',
  },
  run: async ({ given }, context) => {
    const out = required(given, 'out');
    const fetch = await request(given);
    return await withClient(given, context, async ({ lists }) => {
      const { bytes, about } = await fetch(lists);
      await writeNewFile(out, Buffer.from(bytes).toString('utf8'));
      return { file: out, bytes: bytes.length, ...about };
    });
  },
};

interface Fetched {
  readonly bytes: Uint8Array;
  readonly about: object;
}

async function request(given: Given): Promise<(lists: RegistryClient['lists']) => Promise<Fetched>> {
  const token = optional(given, 'token');
  if (token !== undefined) {
    const uri = decodeToken(await readTokenFile(token)).claims.status?.status_list.uri;
    if (uri === undefined)
      throw new ClientError('USAGE', 'The token names no status list.', { subject: token });
    return async (lists) => ({ bytes: await lists.statusList(uri), about: { uri } });
  }
  const subject = optional(given, 'subject');
  if (subject !== undefined) return proofOf(given, subject);
  // The whole lists in place of the proof that was meant would look like an answer to the question.
  for (const name of ['scope', 'key-version']) {
    if (optional(given, name) === undefined) continue;
    throw new ClientError('USAGE', `--${name} goes with --subject.`, { subject: name });
  }
  return async (lists) => {
    const bytes = await lists.combined();
    const { lists: listed, statements } = parseRegistryLists(bytes);
    const numbers = listed.map(({ header }) => [header.scope, header.number] as const);
    return { bytes, about: { operators: statements.length, numbers: Object.fromEntries(numbers) } };
  };
}

function proofOf(given: Given, subjectId: string): (lists: RegistryClient['lists']) => Promise<Fetched> {
  const wanted = required(given, 'scope');
  const scope = LIST_SCOPES.find((one) => one === wanted);
  if (scope === undefined) {
    throw new ClientError('USAGE', `--scope is one of ${LIST_SCOPES.join(', ')}.`, { subject: 'scope' });
  }
  const text = optional(given, 'key-version');
  const version =
    text === undefined ? undefined : wholeNumber(text, 'key-version', { min: 1, max: MAX_KEY_VERSION });
  return async (lists) => ({
    bytes: await lists.proof(scope, { subject_id: subjectId, key_version: version }),
    about: { scope, subject: subjectId },
  });
}
