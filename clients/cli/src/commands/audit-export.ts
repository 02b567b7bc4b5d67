import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import {
  type AuditItem,
  type AuditRelease,
  exportLine,
  RangeFold,
  ReleasesFold,
} from '@maker-registry/protocol';
import { required } from '@maker-registry/guard';
import { fileError } from '@maker-registry/sdk';
import { optionalNumber } from '../given-members';
import { readCommand } from '../shapes';

export const auditExport = readCommand({
  name: 'audit export',
  summary: 'Write the whole ledger as lines of JSON, and say what it comes to.',
  usage: '--out FILE [--from-block N] [--to-block N] | --releases --out FILE [--after-seq N] [--to-seq N]',
  about: `Writes each block, its transactions and what they wrote to a new file, and prints {anchors, items, statistics}:
what a signed report over the same blocks has to say. A line that is left out, or out of its place, is noticed. With
--releases it writes the operator's record of content keys released and refused instead.`,
  example: '--out ledger.jsonl --from-block 0 --to-block 500',
  options: {
    out: 'text',
    releases: 'switch',
    'from-block': 'text',
    'to-block': 'text',
    'after-seq': 'text',
    'to-seq': 'text',
  },
  read: (given) => {
    const number = (name: string): number | undefined => optionalNumber(given, name, Number.MAX_SAFE_INTEGER);
    const file = required(given, 'out');
    const [fromBlock, toBlock, afterSeq, toSeq] = [
      number('from-block'),
      number('to-block'),
      number('after-seq') ?? 0,
      number('to-seq'),
    ];
    return async ({ audit }) => {
      if (given['releases'] === true) {
        const fold = new ReleasesFold(afterSeq);
        await write(file, audit.releases(afterSeq, toSeq), (item) => {
          fold.add(item);
        });
        return fold.result;
      }
      const fold = new RangeFold();
      const period = {
        ...(fromBlock === undefined ? {} : { fromBlock }),
        ...(toBlock === undefined ? {} : { toBlock }),
      };
      await write(file, audit.export(period), (item) => {
        fold.add(item);
      });
      return fold.result;
    };
  },
});

/** Writes lines to a new file, waiting for the disk where it is slower than the gateway. */
async function write<Item extends AuditItem | AuditRelease>(
  file: string,
  items: AsyncIterable<Item>,
  take: (item: Item) => void,
): Promise<void> {
  const out = createWriteStream(file, { flags: 'wx' });
  await once(out, 'open').catch((error: unknown) => {
    throw fileError(error, file, 'FILE_UNWRITABLE');
  });
  try {
    for await (const item of items) {
      take(item);
      if (!out.write(exportLine(item))) await once(out, 'drain');
    }
  } finally {
    out.end();
    await once(out, 'close');
  }
}
