import { RegistryError } from '@maker-registry/protocol';
import { ClientError, type RegistryClient } from '@maker-registry/sdk';
import { gatewaysOf, isAway, OperatorGateways } from './operator-gateways';
import { type PinnedOperators } from './pinned-operators';

const client = (name: string): RegistryClient =>
  ({ name, close: () => undefined }) as unknown as RegistryClient;
const nameOf = (one: RegistryClient): string => (one as unknown as { name: string }).name;
const away = (): ClientError => new ClientError('GATEWAY_UNREACHABLE', 'Nobody there.');

describe('the gateways of several operators', () => {
  const three = (): OperatorGateways =>
    new OperatorGateways(['a', 'b', 'c'].map((name) => ({ mspId: name, client: client(name) })));

  it('are asked in turn until one answers, and that one first from then on', async () => {
    const gateways = three();
    const asked: string[] = [];
    const ask = (down: readonly string[]): Promise<string> =>
      gateways.any((one) => {
        const name = nameOf(one);
        asked.push(name);
        return down.includes(name) ? Promise.reject(away()) : Promise.resolve(name);
      });
    expect(await ask(['a'])).toBe('b');
    expect(await ask([])).toBe('b');
    expect(await ask(['b', 'c'])).toBe('a');
    expect(asked).toEqual(['a', 'b', 'b', 'b', 'c', 'a']);
  });

  it('take a refusal for an answer: no operator is asked to overrule another', async () => {
    const asked: string[] = [];
    const work = three().any((one) => {
      asked.push(nameOf(one));
      return Promise.reject(new RegistryError('REVOKED', 'No.'));
    });
    await expect(work).rejects.toMatchObject({ code: 'REVOKED' });
    expect(asked).toEqual(['a']);
  });

  it('fail as the first one did when all are away', async () => {
    let n = 0;
    const work = three().any(() => Promise.reject(new ClientError('GATEWAY_TIMEOUT', `call ${(n += 1)}`)));
    await expect(work).rejects.toMatchObject({ code: 'GATEWAY_TIMEOUT', message: 'call 1' });
  });

  it.each<[unknown, boolean]>([
    [away(), true],
    [new ClientError('RESPONSE_MALFORMED', ''), true],
    [new RegistryError('MIRROR_UNAVAILABLE', ''), true],
    [new RegistryError('QUOTE_NONCE', ''), false],
    [new ClientError('TPM_FAILED', ''), false],
    [new Error('a bug'), false],
  ])('are away or not: %s', (error, expected) => {
    expect(isAway(error)).toBe(expected);
  });
});

describe('the gateways that a guard asks', () => {
  const pinned: PinnedOperators = {
    network: 'ab'.repeat(32),
    threshold: 1,
    operators: [
      { mspId: 'Op1MSP', fingerprint: '', keys: [], gateway: { url: 'https://op1.example:10800' } },
      { mspId: 'Op2MSP', fingerprint: '', keys: [], gateway: { url: 'https://op2.example' } },
      { mspId: 'Op3MSP', fingerprint: '', keys: [] },
    ],
  };
  const names = (gateways: OperatorGateways): unknown[] => {
    gateways.close();
    return gateways.all.map(({ mspId }) => mspId);
  };

  it('are the named one first, under its operator’s name, and the other pinned ones', () => {
    const named = { url: 'https://op2.example:443/', client: client('named') };
    const gateways = gatewaysOf(pinned, named);
    expect(names(gateways)).toEqual(['Op2MSP', 'Op1MSP']);
    expect(gateways.all[0]?.client).toBe(named.client);
  });

  it('are the pinned ones where none is named, and a named stranger keeps no operator’s name', () => {
    expect(names(gatewaysOf(pinned, undefined))).toEqual(['Op1MSP', 'Op2MSP']);
    const stranger = { url: 'https://elsewhere.example', client: client('x') };
    expect(names(gatewaysOf(pinned, stranger))).toEqual([undefined, 'Op1MSP', 'Op2MSP']);
  });
});
