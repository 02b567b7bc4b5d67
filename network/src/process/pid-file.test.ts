import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PidRecord, parsePidRecord, readPidFile, removePidFile, writePidFile } from './pid-file';

const RECORD: PidRecord = {
  name: 'a',
  pid: 99,
  startTicks: '1',
  bootId: 'b',
  program: 'p',
  fingerprint: 'f',
  startedAt: 't',
};

describe('pid files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pid-file-'));
  const file = join(folder, 'pids/a.json');
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('gives back what was written, and nothing after removal', () => {
    writePidFile(file, RECORD);
    expect(readPidFile(file)).toEqual(RECORD);
    removePidFile(file);
    expect(readPidFile(file)).toBeUndefined();
  });

  it('treats a torn file as none', () => {
    writeFileSync(file, '{"pid": 12');
    expect(readPidFile(file)).toBeUndefined();
  });

  // A number of 0, 1 or below would reach every process of the user, or init.
  it.each([0, 1, -1, 1.5, '99', null, undefined])('refuses the number %j', (pid) => {
    expect(parsePidRecord(JSON.stringify({ ...RECORD, pid }))).toBeUndefined();
  });

  it.each(['name', 'program', 'startTicks', 'bootId'])('refuses a record without %s', (key) => {
    expect(parsePidRecord(JSON.stringify({ ...RECORD, [key]: undefined }))).toBeUndefined();
  });
});
