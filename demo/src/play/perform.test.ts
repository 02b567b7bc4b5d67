import { PassThrough } from 'node:stream';
import { RegistryError } from '@maker-registry/protocol';
import { plainScreen } from '../terminal/screen';
import { closers } from './closers';
import { perform } from './perform';
import type { Report } from './report';
import type { Step } from './step';
import type { Story } from './story';

function emptyReport(): Report {
  return {
    run: 'test',
    started_at: '2026-01-01T00:00:00.000Z',
    ok: false,
    seconds: 0,
    network: { genesis_hash: '00', gateway: 'https://127.0.0.1:1' },
    steps: [],
    transactions: [],
    highlights: [],
  };
}

async function play(steps: readonly Step[]): Promise<{ ok: boolean; report: Report; text: string }> {
  const stream = new PassThrough();
  const report = emptyReport();
  const story = { report, made: {}, closers: closers(), currentStep: 0 } as unknown as Story;
  const ok = await perform(steps, story, plainScreen(stream), report);
  const text: unknown = stream.read();
  return { ok, report, text: String(text) };
}

const step = (title: string, run: Step['run']): Step => ({ title, run });
const fine = step('Fine', (scene) => {
  scene.fact('answer', 42);
  scene.check('it holds', true);
  return Promise.resolve();
});

describe('perform', () => {
  it('reports every step, claim and fact', async () => {
    const { ok, report, text } = await play([fine, fine]);
    expect(ok).toBe(true);
    expect(report.ok).toBe(true);
    expect(report.steps.map((one) => one.number)).toEqual([1, 2]);
    expect(report.steps[0]).toMatchObject({
      ok: true,
      facts: { answer: 42 },
      claims: [{ claim: 'it holds', ok: true }],
    });
    expect(text).toContain('✓ it holds');
  });

  it('stops at a claim that does not hold, and says what was seen', async () => {
    const broken = step('Broken', (scene) => {
      scene.check('it is one', false, { seen: 2 });
      return Promise.resolve();
    });
    const { ok, report } = await play([fine, broken, fine]);
    expect(ok).toBe(false);
    expect(report.ok).toBe(false);
    expect(report.steps).toHaveLength(2);
    expect(report.steps[1]?.error?.message).toContain('{"seen":2}');
    expect(report.steps[1]?.claims).toEqual([{ claim: 'it is one', ok: false }]);
  });

  it('keeps the code of a refusal', async () => {
    const refused = step('Refused', () =>
      Promise.reject(new RegistryError('RIGHT_UNKNOWN', 'No such right.')),
    );
    const { report } = await play([refused]);
    expect(report.steps[0]?.error).toEqual({ code: 'RIGHT_UNKNOWN', message: 'No such right.' });
  });

  it('counts a step that throws anything as failed', async () => {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what a careless library does
    const { ok, report } = await play([step('Odd', () => Promise.reject('text'))]);
    expect(ok).toBe(false);
    expect(report.steps[0]?.error?.message).toBe('text');
  });
});
