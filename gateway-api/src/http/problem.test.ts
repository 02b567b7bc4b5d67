import { ERROR_CODES, type ErrorCode, RegistryError } from '@maker-registry/protocol';
import { HsmError } from '../hsm';
import { problemOf, problemOfUnknown } from './problem';

describe('problemOf', () => {
  it.each(Object.keys(ERROR_CODES))('has status, title and action of %s', (code) => {
    const problem = problemOf({ code: code as ErrorCode, message: 'Because.' });
    expect(problem).toEqual({
      type: `urn:maker-registry:error:${code}`,
      title: ERROR_CODES[code as ErrorCode].title,
      status: ERROR_CODES[code as ErrorCode].http_status,
      detail: 'Because.',
      code,
      action: ERROR_CODES[code as ErrorCode].action,
    });
    expect(problem.status).toBeGreaterThanOrEqual(400);
  });

  it('names subject and request where they are known', () => {
    expect(problemOf(new RegistryError('NOT_FOUND', 'No.', { subject: 'x' }), 'id')).toMatchObject({
      subject: 'x',
      instance: 'urn:uuid:id',
    });
  });
});

describe('problemOfUnknown', () => {
  it.each([
    [new RegistryError('ACTOR_BANNED', 'No.'), 'ACTOR_BANNED'],
    [new HsmError('HSM_PIN_REFUSED', 'pin 1234'), 'HSM_UNAVAILABLE'],
    [Object.assign(new Error('bad'), { status: 400 }), 'JSON_MALFORMED'],
    [Object.assign(new Error('large'), { status: 413 }), 'TOO_LARGE'],
    [Object.assign(new Error('bad path'), { status: 404 }), 'NOT_FOUND'],
    [new Error('secret detail'), 'INTERNAL'],
    ['text', 'INTERNAL'],
    [undefined, 'INTERNAL'],
  ])('%# has its code', (error, code) => {
    expect(problemOfUnknown(error).code).toBe(code);
  });

  it('says nothing of the inside', () => {
    expect(JSON.stringify(problemOfUnknown(new Error('secret detail')))).not.toContain('secret');
    expect(JSON.stringify(problemOfUnknown(new HsmError('HSM_PIN_REFUSED', 'pin 1234')))).not.toContain(
      '1234',
    );
  });
});
