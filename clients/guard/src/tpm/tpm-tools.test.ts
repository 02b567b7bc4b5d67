import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ABANDONED_AFTER_MS } from '../limits';
import { memoryDirectory } from '../memory-directory';
import { type TpmSequence, withTpm } from './tpm-tools';

/** A TPM that is not there: what is tested needs none. */
const NO_TPM = 'device:/nonexistent/tpmrm0';
/** Above the largest process number that Linux gives. */
const NOBODY = 4_194_305;
const made: string[] = [];

afterAll(() => {
  for (const path of made) rmSync(path, { recursive: true, force: true });
});

async function leftBehind(pid: number, ageMs: number): Promise<string> {
  const path = mkdtempSync(join(await memoryDirectory(), `guard-tpm-${pid}-`));
  made.push(path);
  writeFileSync(join(path, 'shared'), 'secret');
  const then = new Date(Date.now() - ageMs);
  utimesSync(path, then, then);
  return path;
}

describe('withTpm', () => {
  it('removes what a killed guard has left, and nothing else', async () => {
    const old = 2 * ABANDONED_AFTER_MS;
    const abandoned = await leftBehind(NOBODY, old);
    const fresh = await leftBehind(NOBODY, 0);
    const running = await leftBehind(process.pid, old);
    await withTpm(NO_TPM, () => Promise.resolve());
    expect([abandoned, fresh, running].map((path) => existsSync(path))).toEqual([false, true, true]);
  });

  it('leaves no file when the work fails', async () => {
    let seen: TpmSequence | undefined;
    const failing = withTpm(NO_TPM, async (tpm) => {
      seen = tpm;
      await tpm.write('secret', Buffer.from('x'));
      throw new Error('broken');
    });
    await expect(failing).rejects.toThrow('broken');
    expect(existsSync(seen?.path('secret') ?? '')).toBe(false);
  });

  it('removes a secret when it is taken', async () => {
    await withTpm(NO_TPM, async (tpm) => {
      await tpm.write('secret', Buffer.from('x'));
      expect(String(await tpm.take('secret'))).toBe('x');
      expect(existsSync(tpm.path('secret'))).toBe(false);
    });
  });
});
