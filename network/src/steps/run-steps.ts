import { STILL_RUNNING_MS } from '../limits';
import { NetworkError } from '../network-error';

/** One step of a plan: starts when all it needs are done. The returned sentence is shown beside its name. */
export interface Step {
  readonly name: string;
  readonly needs?: readonly string[];
  readonly run: () => Promise<string | undefined>;
}

export type Print = (line: string) => void;

const seconds = (since: number): string => `${((Date.now() - since) / 1000).toFixed(1).padStart(6)} s`;

/**
 * Runs steps in parallel as far as their needs allow, printing each with its time. After a failure no new step starts;
 * the running ones end first, then the first failure is thrown.
 */
export async function runSteps(steps: readonly Step[], print: Print): Promise<void> {
  checkNeeds(steps);
  const done = new Set<string>();
  const running = new Map<string, Promise<void>>();
  const waiting = [...steps];
  const failures: unknown[] = [];
  const begin = (step: Step): void => {
    const finished = runOne(step, print).then(
      () => {
        done.add(step.name);
      },
      (error: unknown) => {
        failures.push(error);
      },
    );
    running.set(
      step.name,
      finished.finally(() => running.delete(step.name)),
    );
  };
  while (failures.length === 0 && waiting.length > 0) {
    const able = waiting.filter((step) => (step.needs ?? []).every((need) => done.has(need)));
    for (const step of able) {
      waiting.splice(waiting.indexOf(step), 1);
      begin(step);
    }
    await Promise.race(running.values());
  }
  await Promise.all(running.values());
  if (failures.length > 0) throw failures[0];
}

async function runOne(step: Step, print: Print): Promise<void> {
  const since = Date.now();
  const reminder = setInterval(() => {
    print(`  …  ${step.name.padEnd(26)}${seconds(since)}  still running`);
  }, STILL_RUNNING_MS);
  try {
    const note = await step.run();
    print(`  ok ${step.name.padEnd(26)}${seconds(since)}  ${note ?? ''}`.trimEnd());
  } catch (error) {
    print(`  ✗  ${step.name.padEnd(26)}${seconds(since)}  failed`);
    throw error;
  } finally {
    clearInterval(reminder);
  }
}

function checkNeeds(steps: readonly Step[]): void {
  const earlier = new Set<string>();
  for (const step of steps) {
    const missing = (step.needs ?? []).find((need) => !earlier.has(need));
    if (missing !== undefined)
      throw new NetworkError(
        `Step ${step.name} needs ${missing}, which does not stand before it.`,
        'Report this.',
      );
    earlier.add(step.name);
  }
}
