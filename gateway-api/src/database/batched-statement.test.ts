import { MAX_BATCH_BYTES, MAX_BATCH_ROWS } from '../limits';
import { BatchedStatement } from './batched-statement';

/** A database that answers when it is told to. */
function manual(sizeOf?: (row: number) => number): {
  batches: number[][];
  answer: (fail?: Error) => void;
  statement: BatchedStatement<number, string>;
} {
  const batches: number[][] = [];
  const answers: ((fail?: Error) => void)[] = [];
  const statement = new BatchedStatement<number, string>((rows) => {
    batches.push([...rows]);
    return new Promise((resolve, reject) => {
      answers.push((fail) => {
        if (fail === undefined) resolve(rows.map((row) => `row ${row}`));
        else reject(fail);
      });
    });
  }, sizeOf);
  return { batches, answer: (fail) => answers.shift()?.(fail), statement };
}

describe('BatchedStatement', () => {
  it('writes a lone row at once and collects what comes meanwhile', async () => {
    const { batches, answer, statement } = manual();
    const first = statement.run(1);
    const others = [statement.run(2), statement.run(3)];
    expect(batches).toEqual([[1]]);
    answer();
    await expect(first).resolves.toBe('row 1');
    await new Promise(setImmediate);
    expect(batches).toEqual([[1], [2, 3]]);
    answer();
    await expect(Promise.all(others)).resolves.toEqual(['row 2', 'row 3']);
  });

  it('fails the rows of one batch only', async () => {
    const { answer, statement } = manual();
    const first = statement.run(1);
    const second = statement.run(2);
    answer(new Error('away'));
    await expect(first).rejects.toThrow('away');
    await new Promise(setImmediate);
    answer();
    await expect(second).resolves.toBe('row 2');
  });

  it('keeps batches bounded', async () => {
    const { batches, answer, statement } = manual();
    const all = Array.from({ length: MAX_BATCH_ROWS + 2 }, (_, n) => statement.run(n));
    for (let n = 0; n < 3; n += 1) {
      answer();
      await new Promise(setImmediate);
    }
    await Promise.all(all);
    expect(batches.map((batch) => batch.length)).toEqual([1, MAX_BATCH_ROWS, 1]);
  });

  it('keeps batches of large rows bounded by their size, and takes one that alone is larger', async () => {
    const { batches, answer, statement } = manual((row) => row * (MAX_BATCH_BYTES / 4));
    const all = [1, 1, 2, 2, 9, 1, 1].map((row) => statement.run(row));
    for (let n = 0; n < 5; n += 1) {
      answer();
      await new Promise(setImmediate);
    }
    await Promise.all(all);
    expect(batches).toEqual([[1], [1, 2], [2], [9], [1, 1]]);
  });

  it('does not leave a caller waiting when a result is missing', async () => {
    const statement = new BatchedStatement<number, string>(() => Promise.resolve([]));
    await expect(statement.run(1)).rejects.toThrow('fewer results');
  });
});
