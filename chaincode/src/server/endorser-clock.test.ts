import { isRegistryError } from '@maker-registry/protocol';
import { checkEndorserClock } from './endorser-clock';

function codeOf(act: () => void): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return isRegistryError(error) ? error.code : 'not a RegistryError';
  }
}

describe('endorser clock', () => {
  const now = 1_800_000_000;

  it.each([0, 300, -300])('accepts a time %i s away', (skew) => {
    expect(
      codeOf(() => {
        checkEndorserClock(now + skew, now, 300);
      }),
    ).toBeUndefined();
  });

  it.each([301, -301, 86_400, -now])('refuses a time %i s away', (skew) => {
    expect(
      codeOf(() => {
        checkEndorserClock(now + skew, now, 300);
      }),
    ).toBe('TX_TIME_OUT_OF_RANGE');
  });
});
