import { errorFromWire, RegistryError } from '@maker-registry/protocol';
import { wireError } from './wire-error';

describe('wire error', () => {
  it('carries a refusal as canonical JSON', () => {
    const error = wireError(
      new RegistryError('NOT_MAKER', 'Only the maker.', { subject: 'ab', details: { tries: 1 } }),
    );
    expect(error.message).toBe('{"code":"NOT_MAKER","message":"Only the maker.","subject":"ab"}');
  });

  it.each([new TypeError('secret.property is undefined'), new Error('peer gone'), 'thrown text', undefined])(
    'tells nothing of a fault of ours: %s',
    (fault) => {
      const error = wireError(fault);
      expect(errorFromWire(error.message)?.code).toBe('INTERNAL');
      expect(error.message).not.toMatch(/secret|peer gone|thrown/);
      expect(error.cause).toBe(fault);
    },
  );

  it('is read again by whoever receives it through the peer', () => {
    const { message } = wireError(new RegistryError('ACTOR_BANNED', 'Barred.'));
    expect(errorFromWire(`chaincode response 500, ${message}`)?.code).toBe('ACTOR_BANNED');
  });
});
