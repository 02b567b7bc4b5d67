import { setTimeout as pause } from 'node:timers/promises';
import { type Step, runSteps } from './run-steps';

describe('steps', () => {
  const trace: string[] = [];
  const printed: string[] = [];
  const print = (line: string): void => {
    printed.push(line);
  };
  const step = (name: string, needs: readonly string[] = [], ms = 5): Step => ({
    name,
    needs,
    run: async () => {
      trace.push(`+${name}`);
      await pause(ms);
      trace.push(`-${name}`);
      return `note of ${name}`;
    },
  });
  beforeEach(() => {
    trace.length = printed.length = 0;
  });

  it('run at once what is independent and wait for what is needed', async () => {
    await runSteps([step('a', [], 20), step('b', [], 5), step('c', ['a', 'b'])], print);
    expect(trace).toEqual(['+a', '+b', '-b', '-a', '+c', '-c']);
    expect(printed.at(-1)).toMatch(/ok c +\d+\.\d s {2}note of c/);
  });

  it('begin nothing new after a failure, but end what runs', async () => {
    const bad: Step = { name: 'bad', run: () => Promise.reject(new Error('broken')) };
    await expect(runSteps([step('slow', [], 30), bad, step('after', ['bad'])], print)).rejects.toThrow(
      'broken',
    );
    expect(trace).toEqual(['+slow', '-slow']);
    expect(printed[0]).toMatch(/bad .*failed/);
  });

  it('refuse a need that nothing before fulfils', async () => {
    await expect(runSteps([step('a', ['b']), step('b')], print)).rejects.toThrow('Step a needs b');
    expect(trace).toEqual([]);
  });
});
