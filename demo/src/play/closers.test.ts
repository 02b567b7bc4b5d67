import { closers } from './closers';

describe('closers', () => {
  it('closes the last first, once', async () => {
    const order: string[] = [];
    const open = closers();
    open.add(() => {
      order.push('first');
    });
    open.add(() => {
      order.push('second');
      return Promise.resolve();
    });
    await open.closeAll();
    await open.closeAll();
    expect(order).toEqual(['second', 'first']);
  });

  it('goes on when one of them fails, and says so at the end', async () => {
    const order: string[] = [];
    const open = closers();
    open.add(() => {
      order.push('reached');
    });
    open.add(() => Promise.reject(new Error('stuck')));
    await expect(open.closeAll()).rejects.toThrow('stuck');
    expect(order).toEqual(['reached']);
  });
});
