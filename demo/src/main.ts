import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { openStory } from './play/open-story';
import { perform } from './play/perform';
import { writeReport } from './play/report';
import { summarize } from './play/summary';
import { STEPS } from './steps';
import { openScreen } from './terminal/screen';

const ROOT = resolve(__dirname, '..', '..');
const REPORT = '.run/demo/report.json';
/** Exit codes: a claim failed; the demonstration could not begin; it was interrupted (128 + SIGINT). */
const FAILED = 1;
const NOT_STARTED = 2;
const INTERRUPTED = 130;

async function main(): Promise<number> {
  const file = resolve(ROOT, REPORT);
  // A report of an earlier run must not pass for the one of a run that broke off.
  rmSync(file, { force: true });
  const screen = openScreen(process.stdout, process.env);
  const story = openStory(ROOT);
  const end = async (): Promise<void> => {
    writeReport(file, story.report);
    await story.closers.closeAll();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      screen.rest();
      void end().finally(() => process.exit(INTERRUPTED));
    });
  }
  try {
    const ok = await perform(STEPS, story, screen, story.report);
    summarize(story.report, screen, REPORT);
    return ok ? 0 : FAILED;
  } finally {
    await end();
  }
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`The demonstration could not begin: ${reason}\n`);
    process.exitCode = NOT_STARTED;
  },
);
