import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { type Task, type TaskResult, type WorkerSettings } from './tasks';

interface Answer {
  readonly number: number;
  readonly result?: TaskResult;
  readonly error?: string;
}

/**
 * Carries tasks out in as many processes as given, each task by the next free one. Fresh processes for each call, so that the
 * peak memory of one medium is not that of another.
 *
 * @param keepOn asked before each task; false leaves the rest out
 * @throws Error of a worker that failed or died
 */
export async function carryOutAll(
  tasks: readonly Task[],
  workers: number,
  settings: WorkerSettings,
  onResult: (task: Task, result: TaskResult) => Promise<void>,
  keepOn: () => boolean = () => true,
): Promise<void> {
  const queue = tasks.map((task, number) => ({ task, number }));
  const children: ChildProcess[] = [];
  const serve = async (): Promise<void> => {
    const child = fork(join(__dirname, 'worker.js'));
    children.push(child);
    for (let next = queue.shift(); next !== undefined && keepOn(); next = queue.shift()) {
      child.send({ ...next, settings });
      await onResult(next.task, await answerOf(child));
    }
    child.disconnect();
  };
  try {
    await Promise.all(Array.from({ length: Math.min(workers, tasks.length) }, serve));
  } catch (error) {
    for (const child of children) child.kill();
    throw error;
  }
}

function answerOf(child: ChildProcess): Promise<TaskResult> {
  return new Promise((done, failed) => {
    const died = (): void => {
      failed(new Error('A worker ended in the middle of a task.'));
    };
    child.once('exit', died);
    child.once('message', (answer: Answer) => {
      child.off('exit', died);
      if (answer.result === undefined) failed(new Error(answer.error ?? 'A worker failed.'));
      else done(answer.result);
    });
  });
}
