import { ANONYMOUS, type Caller } from '../http/caller';
import { assertAccess } from './authorize';

const AUDITOR: Caller = { id: 'x', kind: 'certificate', mspId: 'Op1MSP', roles: ['auditor'] };

describe('assertAccess', () => {
  it('lets anyone use what is for anyone, and read where reads are public', () => {
    expect(() => {
      assertAccess(ANONYMOUS, 'anyone', false);
      assertAccess(ANONYMOUS, 'reader', true);
      assertAccess(AUDITOR, 'reader', false);
      assertAccess(AUDITOR, 'authenticated', false);
      assertAccess(AUDITOR, ['platform', 'auditor'], false);
    }).not.toThrow();
  });

  it.each([
    ['reads that are not public', ANONYMOUS, 'reader', 'UNAUTHENTICATED'],
    ['what needs an identity', ANONYMOUS, 'authenticated', 'UNAUTHENTICATED'],
    ['what needs a role, without identity', ANONYMOUS, ['auditor'], 'UNAUTHENTICATED'],
    ['what needs another role', AUDITOR, ['operator-admin'], 'FORBIDDEN'],
    ['what needs a role, without any', { ...AUDITOR, roles: [] }, ['auditor'], 'FORBIDDEN'],
  ] as const)('refuses %s', (_name, caller, access, code) => {
    expect(() => {
      assertAccess(caller, access, false);
    }).toThrow(expect.objectContaining({ code }) as Error);
  });
});
