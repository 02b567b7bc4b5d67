/** One thread of WindowPool: reads every window that it is sent, under the question that it was started with. */
import { parentPort, workerData } from 'node:worker_threads';
import { type AudioQuestion, readWindow } from './window-reading';

const question = workerData as AudioQuestion;

parentPort?.on('message', (frames: readonly Float64Array[]) => {
  parentPort?.postMessage({ finding: readWindow(frames, question) });
});
