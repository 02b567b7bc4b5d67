/** A process that carries tasks out, one at a time, for worker-pool.ts. */
import { attacksOn } from '@maker-registry/watermark';
import { FALSE_POSITIVE_RATE } from '../limits';
import { type Contestant } from './contestant';
import { contestantNamed } from './contestants';
import { lookForNothing } from './look-for-nothing';
import { measureContent } from './measure-content';
import { matchesNeeded } from './statistics';
import { type Task, type TaskResult, type WorkerSettings } from './tasks';

interface Order {
  readonly number: number;
  readonly task: Task;
  readonly settings: WorkerSettings;
}

const contestants = new Map<string, Contestant>();

async function contestantOf(name: string, settings: WorkerSettings): Promise<Contestant> {
  const known = contestants.get(name);
  if (known !== undefined) return known;
  const made = await contestantNamed(name, settings);
  contestants.set(name, made);
  return made;
}

async function carryOut(task: Task, settings: WorkerSettings): Promise<TaskResult> {
  const contestant = await contestantOf(task.contestant, settings);
  if (task.kind === 'unmarked') return lookForNothing(contestant, task);
  const wanted = new Set(task.attacks);
  const attacks = attacksOn(contestant.medium).filter(({ name }) => wanted.has(name));
  return measureContent(contestant, task.content, attacks, (bits) =>
    matchesNeeded(bits, FALSE_POSITIVE_RATE),
  );
}

process.on('message', ({ number, task, settings }: Order) => {
  carryOut(task, settings).then(
    (result) => process.send?.({ number, result }),
    (error: unknown) =>
      process.send?.({ number, error: error instanceof Error ? error.stack : String(error) }),
  );
});
process.on('disconnect', () => {
  for (const contestant of contestants.values()) contestant.close();
  process.exit(0);
});
