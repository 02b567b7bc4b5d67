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
  const screen = openScreen(process.stdout, process.env);
  const story = openStory(ROOT);
  process.once('SIGINT', () => {
    void story.closers.closeAll().then(() => process.exit(INTERRUPTED));
  });
  try {
    const ok = await perform(STEPS, story, screen, story.report);
    summarize(story.report, screen, REPORT);
    return ok ? 0 : FAILED;
  } finally {
    writeReport(resolve(ROOT, REPORT), story.report);
    await story.closers.closeAll();
  }
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(
      `The demonstration could not begin: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    process.exitCode = NOT_STARTED;
  },
);
