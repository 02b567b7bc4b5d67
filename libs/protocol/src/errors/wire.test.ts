import { errorFromWire, toWire } from './wire';
import { ERROR_CODES, isErrorCode } from './error-codes';
import { isRegistryError, RegistryError } from './registry-error';

describe('the wire form of errors', () => {
  it('is canonical and survives what Fabric wraps around it', () => {
    const error = new RegistryError('NOT_HOLDER', 'Only the "holder" may.', {
      subject: 'ab',
      details: { secret: 1 },
    });
    expect(toWire(error)).toBe('{"code":"NOT_HOLDER","message":"Only the \\"holder\\" may.","subject":"ab"}');
    const back = errorFromWire(`10 ABORTED: chaincode response 500, ${toWire(error)}`);
    expect(back).toMatchObject({ code: 'NOT_HOLDER', message: error.message, subject: 'ab' });
    expect(isRegistryError(back)).toBe(true);
    const braces = new RegistryError('NOT_HOLDER', 'Not {this} one.');
    expect(errorFromWire(`x ${toWire(braces)}, details: {}`)).toMatchObject({ message: 'Not {this} one.' });
  });

  it.each([
    '',
    'chaincode response 500, failed',
    '{"code":"NO_SUCH_CODE","message":"x"}',
    '{"code":"toString","message":"x"}',
    '{"code":"NOT_HOLDER"}',
    '{"code":"NOT_HOLDER","message":1}',
    '{"code":"NOT_HOLDER","message":"x"',
    '{"code":"NOT_HOLDER","code":"REVOKED","message":"x"}',
    `{"code":"NOT_HOLDER","message":"${'x'.repeat(9000)}"}`,
  ])('is not read from %j', (text) => {
    expect(errorFromWire(text)).toBeUndefined();
  });

  it('knows every code and says what to do', () => {
    for (const [code, { title, action, http_status }] of Object.entries(ERROR_CODES)) {
      expect(isErrorCode(code)).toBe(true);
      expect(title.length * action.length).toBeGreaterThan(0);
      expect(http_status).toBeGreaterThanOrEqual(400);
    }
  });
});
