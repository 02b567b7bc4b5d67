/**
 * `node chaincode/dist/replay.js < transactions.jsonl`: replays transactions on an empty state and prints what each read
 * and wrote. Used to compare Node versions; see `determinism/replay.ts` for both formats.
 */
import { createInterface } from 'node:readline';
import process from 'node:process';
import { replayLines } from './determinism/replay';

async function main(): Promise<void> {
  for await (const line of replayLines(createInterface({ input: process.stdin })))
    process.stdout.write(`${line}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(
    `Replay stopped: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exitCode = 1;
});
