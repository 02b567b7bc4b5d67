import { readSync, writeSync } from 'node:fs';

/*
 * Synchronous on purpose: while a container is encrypted or decrypted the process has nothing else to do, and handing each
 * half megabyte to a thread and back costs more processor time than AES does. Long work lets the event loop run in between.
 */

/** Fills `target` from `position`; gives how many bytes were there before the file ended. */
export function readFully(descriptor: number, target: Uint8Array, position: number): number {
  let done = 0;
  while (done < target.length) {
    const bytes = readSync(descriptor, target, done, target.length - done, position + done);
    if (bytes === 0) break;
    done += bytes;
  }
  return done;
}

/** Writes all of `data` at `position`. */
export function writeFully(descriptor: number, data: Uint8Array, position: number): void {
  let done = 0;
  while (done < data.length) {
    done += writeSync(descriptor, data, done, data.length - done, position + done);
  }
}
