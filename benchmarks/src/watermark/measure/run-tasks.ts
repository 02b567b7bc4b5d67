import { type ContentResult, isLasting } from './measure-content';
import { type ResultStore } from './result-store';
import {
  type ContentTask,
  type TaskResult,
  type UnmarkedResult,
  type UnmarkedTask,
  type WorkerSettings,
} from './tasks';
import { carryOutAll } from './worker-pool';

export interface RunContext {
  readonly settings: WorkerSettings;
  readonly store: ResultStore;
  /** None: only what is kept from before is taken. */
  readonly workers: number;
  /** Names the code and parameters of a contestant. */
  readonly fingerprintOf: (contestant: string) => string;
  readonly report: (line: string) => void;
}

/** Lines of progress: one for each of so many tasks. */
const REPORT_EVERY = 5;

/** Results of all content tasks, kept ones first; the rest is measured and kept. */
export async function runContentTasks(
  tasks: readonly ContentTask[],
  context: RunContext,
): Promise<readonly ContentResult[]> {
  const keyOf = (task: ContentTask): string =>
    [
      'content',
      context.fingerprintOf(task.contestant),
      task.content.id,
      task.content.sha256,
      ...task.attacks,
    ].join('|');
  return runKept<ContentTask, ContentResult>(tasks, keyOf, context);
}

/** Results of looking for nothing; when the time is over, the rest of the tasks is left out. */
export async function runUnmarkedTasks(
  tasks: readonly UnmarkedTask[],
  context: RunContext,
  seconds: number,
): Promise<readonly UnmarkedResult[]> {
  const until = performance.now() + seconds * 1000;
  const keyOf = ({ contestant, pieces, from, count }: UnmarkedTask): string =>
    ['unmarked', context.fingerprintOf(contestant), from, count, ...pieces].join('|');
  return runKept<UnmarkedTask, UnmarkedResult>(tasks, keyOf, context, () => performance.now() < until);
}

async function runKept<Task extends ContentTask | UnmarkedTask, Result extends TaskResult>(
  tasks: readonly Task[],
  keyOf: (task: Task) => string,
  context: RunContext,
  keepOn?: () => boolean,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const missing: Task[] = [];
  for (const task of tasks) {
    const kept = await context.store.get<Result>(keyOf(task));
    if (kept === undefined) missing.push(task);
    else results.push(kept);
  }
  if (results.length > 0) context.report(`${results.length} of ${tasks.length} results are kept from before`);
  let done = 0;
  const take = async (task: Task, result: Result): Promise<void> => {
    if (!('rows' in result) || isLasting(result)) await context.store.put(keyOf(task), result);
    results.push(result);
    done += 1;
    if (done % REPORT_EVERY === 0 || done === missing.length) {
      context.report(`${done} of ${missing.length}: ${task.contestant}`);
    }
  };
  if (missing.length > 0 && context.workers > 0) {
    const onResult = (task: unknown, result: unknown): Promise<void> => take(task as Task, result as Result);
    await carryOutAll(missing, context.workers, context.settings, onResult, keepOn);
  }
  return results;
}
