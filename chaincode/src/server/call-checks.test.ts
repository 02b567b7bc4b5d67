import { isRegistryError } from '@maker-registry/protocol';
import { MAX_ARGUMENT_BYTES } from '../limits';
import { checkCall } from './call-checks';

function codeOf(name: string, parameters: readonly string[]): string | undefined {
  try {
    checkCall(name, parameters);
    return undefined;
  } catch (error) {
    return isRegistryError(error) ? error.code : 'not a RegistryError';
  }
}

describe('checks of a call', () => {
  it.each([
    ['actors:Register', ['{}']],
    ['rights:GetSale', ['a', '2']],
    ['parameters:Get', []],
  ])('let %s pass', (name, parameters) => {
    expect(codeOf(name, parameters)).toBeUndefined();
  });

  it.each([
    '',
    'Register',
    'actors',
    'actors:',
    ':Register',
    'actors:Register ',
    'actors:createContext',
    'x'.repeat(9_999),
  ])('refuse the function %j', (name) => {
    expect(codeOf(name, ['{}'])).toBe('NOT_FOUND');
  });

  it.each([
    ['actors:Register', []],
    ['actors:Register', ['{}', '{}']],
    ['parameters:Get', ['']],
  ])('refuse %s with %j', (name, parameters) => {
    expect(codeOf(name, parameters)).toBe('SCHEMA_VIOLATION');
  });

  it('count bytes, not characters', () => {
    expect(codeOf('actors:Register', ['a'.repeat(MAX_ARGUMENT_BYTES)])).toBeUndefined();
    expect(codeOf('actors:Register', ['ä'.repeat(MAX_ARGUMENT_BYTES / 2 + 1)])).toBe('TOO_LARGE');
  });
});
