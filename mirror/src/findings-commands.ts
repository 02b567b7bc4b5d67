import { type MirrorConfig } from './config';
import { Session } from './database';
import { readFindings, resolveFindings, type StoredFinding } from './witness/findings';
import { readWitnesses } from './witness/witness-states';

const NOTHING_DONE = 1;

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** A finding as one line of JSON, with names as elsewhere in JSON. */
function shown(finding: StoredFinding): object {
  const { id, foundAt, txIndex, txId, resolvedAt, ...rest } = finding;
  return { finding: id, found_at: foundAt, ...rest, tx_index: txIndex, tx_id: txId, resolved_at: resolvedAt };
}

/** `findings`: every contradiction found, resolved or not, one a line. @returns 1 while one is open */
export async function findingsCommand(config: MirrorConfig): Promise<number> {
  const session = await Session.open(config.databaseUrl);
  try {
    const findings = await readFindings(session.client, false);
    for (const finding of findings) print(shown(finding));
    return findings.some(({ resolvedAt }) => resolvedAt === null) ? NOTHING_DONE : 0;
  } finally {
    await session.close();
  }
}

/** `witnesses`: how the peers of the other organizations compared last, one a line. */
export async function witnessesCommand(config: MirrorConfig): Promise<number> {
  const session = await Session.open(config.databaseUrl);
  try {
    for (const { agreedBlock, peerBlock, checkedAt, ...rest } of await readWitnesses(session.client)) {
      print({ ...rest, agreed_block: agreedBlock, peer_block: peerBlock, checked_at: checkedAt });
    }
    return 0;
  } finally {
    await session.close();
  }
}

/** What `resume` was given: which findings, and what was found out about them. */
export interface Resumption {
  readonly which: 'all' | number;
  readonly resolution: string;
}

/** @returns null when the words are not `<number|all> <what was found out>` */
export function parseResumption(words: readonly string[]): Resumption | null {
  const [which = '', ...rest] = words;
  const resolution = rest.join(' ').trim();
  if (resolution === '') return null;
  if (which === 'all') return { which, resolution };
  return /^[1-9][0-9]{0,14}$/.test(which) ? { which: Number(which), resolution } : null;
}

/**
 * `resume`: an operator's word that findings were looked into. When none is left open, the mirror goes on by itself and
 * readers are served again.
 *
 * @returns 1 when no open finding was meant
 */
export async function resumeCommand(
  config: MirrorConfig,
  { which, resolution }: Resumption,
): Promise<number> {
  const session = await Session.open(config.databaseUrl);
  try {
    const open = (await readFindings(session.client, true)).map(({ id }) => id);
    const meant = which === 'all' ? open : open.filter((id) => id === which);
    const resolved = await resolveFindings(session.client, meant, resolution);
    print({ resolved, open: open.filter((id) => !resolved.includes(id)) });
    return resolved.length > 0 ? 0 : NOTHING_DONE;
  } finally {
    await session.close();
  }
}
