import { WatermarkError } from '../errors/watermark-error';
import { ProgramRun } from './program-run';

async function failure(work: Promise<unknown>): Promise<WatermarkError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof WatermarkError) return error;
    throw error;
  }
  throw new Error('nothing failed');
}

async function drain(run: ProgramRun): Promise<string> {
  let text = '';
  for await (const chunk of run.output()) text += chunk.toString('latin1');
  return text;
}

const node = (script: string, options: ConstructorParameters<typeof ProgramRun>[2] = {}): ProgramRun =>
  new ProgramRun(process.execPath, ['-e', script], options);

describe('a run of a program', () => {
  it('gives its output and takes input', async () => {
    const run = node('process.stdin.pipe(process.stdout)', { input: true });
    await run.write(Buffer.from('abc'));
    run.end();
    expect(await drain(run)).toBe('abc');
  });

  it('sees no environment but the search path', async () => {
    process.env['FFREPORT'] = 'file=leak.log';
    expect(
      JSON.parse(await drain(node('process.stdout.write(JSON.stringify(process.env))'))),
    ).not.toHaveProperty('FFREPORT');
    delete process.env['FFREPORT'];
  });

  it('says what to install when the program is missing', async () => {
    const error = await failure(drain(new ProgramRun('ffprobe-that-is-not-there', [])));
    expect(error.code).toBe('TOOL_MISSING');
    expect(error.message).toContain('Install');
  });

  it('hands on the end of what the program complained of, without names of files', async () => {
    const script =
      'console.error("x".repeat(9000) + " file:/home/someone/secret.mp4: \\u0007broken"); process.exit(3)';
    const error = await failure(drain(node(script)));
    expect(error.code).toBe('MEDIA_UNREADABLE');
    expect(error.message.length).toBeLessThan(600);
    expect(error.message).toContain('broken');
    expect(error.message).not.toContain('secret');
  });

  it('names no file whose name has blanks or was cut off at the beginning', async () => {
    const file = `file:/home/some one/${'folder/'.repeat(60)}my secret.mp4`;
    const script = 'console.error("broken " + process.argv[1]); process.exit(3)';
    const error = await failure(drain(new ProgramRun(process.execPath, ['-e', script, file])));
    expect(error.message).toContain('broken the file');
    expect(error.message).not.toMatch(/some one|folder|secret/);
  });

  it('is over when it was stopped', async () => {
    const run = node('setInterval(() => 0, 1000)');
    await run.stopped();
    expect((await failure(run.finished())).message).toContain('-1');
  });

  it('is closed when its reader left early, though much had been written and was left unread', async () => {
    const run = node('process.stdout.write(Buffer.alloc(1 << 20))');
    for await (const chunk of run.output()) if (chunk.length > 0) break;
    await expect(run.stopped()).resolves.toBeUndefined();
  });

  it('ends what never says a word, and what runs too long', async () => {
    const silent = 'setInterval(() => 0, 1000)';
    expect((await failure(drain(node(silent, { stallSeconds: 0.05 })))).message).toContain('too long');
    expect((await failure(drain(node(silent, { runSeconds: 0.05 })))).code).toBe('MEDIA_UNREADABLE');
  });

  it('ends a program that takes no input', async () => {
    const run = node('setInterval(() => 0, 1000)', { input: true, stallSeconds: 0.2 });
    const error = await failure(
      (async (): Promise<void> => {
        for (;;) await run.write(new Uint8Array(1 << 20));
      })(),
    );
    expect(error.code).toBe('MEDIA_UNREADABLE');
  });

  it('stops for the caller, before it began and while it runs', async () => {
    const early = new AbortController();
    early.abort();
    expect((await failure(drain(node('0', { signal: early.signal })))).code).toBe('ABORTED');
    const late = new AbortController();
    const run = node('setInterval(() => process.stdout.write("x"), 5)', { signal: late.signal });
    const reading = (async (): Promise<void> => {
      for await (const chunk of run.output()) if (chunk.length > 0) late.abort();
    })();
    expect((await failure(reading)).code).toBe('ABORTED');
  });

  it('reports a program that went away while it was written to', async () => {
    const run = node('process.exit(4)', { input: true });
    const error = await failure(
      (async (): Promise<void> => {
        for (;;) await run.write(new Uint8Array(1 << 16));
      })(),
    );
    expect(error.code).toBe('MEDIA_UNREADABLE');
  });
});
