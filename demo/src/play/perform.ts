import { isClientError } from '@maker-registry/sdk';
import { RegistryError } from '@maker-registry/protocol';
import { formatSeconds } from '../terminal/format';
import type { Screen } from '../terminal/screen';
import type { Report, StepReport } from './report';
import { ClaimError, type Narrator, type Step } from './step';
import type { Story } from './story';

/** Plays the steps in order until one fails. Tells on the screen and in the report; gives whether all of it held. */
export async function perform(
  steps: readonly Step[],
  story: Story,
  screen: Screen,
  report: Report,
): Promise<boolean> {
  const started = performance.now();
  for (const [index, step] of steps.entries()) {
    const entry: StepReport = {
      number: index + 1,
      title: step.title,
      ok: false,
      seconds: 0,
      claims: [],
      facts: {},
    };
    report.steps.push(entry);
    await playStep(step, entry, steps.length, story, screen);
    report.seconds = seconds(started);
    if (!entry.ok) return false;
  }
  report.ok = true;
  return true;
}

async function playStep(
  step: Step,
  entry: StepReport,
  total: number,
  story: Story,
  screen: Screen,
): Promise<void> {
  const started = performance.now();
  screen.line('');
  screen.line(screen.style.strong(`${String(entry.number).padStart(2)}/${total}  ${step.title}`));
  screen.work(step.title);
  story.currentStep = entry.number;
  try {
    await step.run({ story, ...narrator(entry, story.report, screen) });
    entry.ok = true;
  } catch (error) {
    entry.error = describe(error);
  } finally {
    screen.rest();
  }
  entry.seconds = seconds(started);
  screen.line(screen.style.faint(`       ${formatSeconds(entry.seconds * 1000)}`));
}

function narrator(entry: StepReport, report: Report, screen: Screen): Narrator {
  return {
    tell: (text) => {
      screen.line(`       ${text}`);
    },
    check: (claim, holds, seen) => {
      entry.claims.push({ claim, ok: holds });
      const sign = holds ? screen.style.good('✓') : screen.style.bad('✗');
      screen.line(`     ${sign} ${claim}`);
      if (!holds) throw new ClaimError(claim, seen);
    },
    fact: (name, value) => {
      entry.facts[name] = value;
    },
    highlight: (text) => {
      report.highlights.push(text);
    },
  };
}

function describe(error: unknown): { code?: string; message: string } {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof RegistryError || isClientError(error) ? { code: error.code, message } : { message };
}

function seconds(started: number): number {
  return Math.round(performance.now() - started) / 1000;
}
