import { ANONYMOUS, type Caller } from '../http/caller';
import { assertAccess } from './authorize';

const AUDITOR: Caller = { id: 'x', kind: 'certificate', mspId: 'Op1MSP', roles: ['auditor'] };
const FOREIGN: Caller = { ...AUDITOR, mspId: 'Op2MSP' };
const TOKEN: Caller = { id: 'y', kind: 'token', mspId: undefined, roles: ['auditor'] };
const REGULATOR: Caller = { ...AUDITOR, mspId: 'RegulatorMSP', roles: ['regulator'] };
const CLOSED = { mspId: 'Op1MSP', publicReads: false, regulators: ['RegulatorMSP'] };

describe('assertAccess', () => {
  it('lets anyone use what is for anyone, and read where reads are public', () => {
    expect(() => {
      assertAccess(ANONYMOUS, 'anyone', CLOSED);
      assertAccess(ANONYMOUS, 'reader', { ...CLOSED, publicReads: true });
    }).not.toThrow();
  });

  it('lets those of any operator read, and those with the role of this one, or a regulator, act', () => {
    expect(() => {
      assertAccess(FOREIGN, 'reader', CLOSED);
      assertAccess(FOREIGN, 'authenticated', CLOSED);
      assertAccess(AUDITOR, ['platform', 'auditor'], CLOSED);
      assertAccess(TOKEN, ['auditor'], CLOSED);
      assertAccess(REGULATOR, ['auditor', 'regulator'], CLOSED);
      assertAccess({ ...REGULATOR, mspId: 'Op1MSP' }, ['regulator'], CLOSED);
    }).not.toThrow();
  });

  it.each([
    ['reads that are not public', ANONYMOUS, 'reader', 'UNAUTHENTICATED'],
    ['what needs an identity', ANONYMOUS, 'authenticated', 'UNAUTHENTICATED'],
    ['what needs a role, without identity', ANONYMOUS, ['auditor'], 'UNAUTHENTICATED'],
    ['what needs another role', AUDITOR, ['operator-admin'], 'FORBIDDEN'],
    ['what needs a role, without any', { ...AUDITOR, roles: [] }, ['auditor'], 'FORBIDDEN'],
    ['what needs a role, to one of another operator', FOREIGN, ['auditor'], 'FORBIDDEN'],
    ['a regulator of another operator', { ...REGULATOR, mspId: 'Op2MSP' }, ['regulator'], 'FORBIDDEN'],
    ['a regulator where regulators have no part', REGULATOR, ['auditor'], 'FORBIDDEN'],
    ['an auditor of a regulator', { ...REGULATOR, roles: ['auditor'] }, ['auditor'], 'FORBIDDEN'],
    ['a regulator without an organization', { ...REGULATOR, mspId: undefined }, ['regulator'], 'FORBIDDEN'],
    ['what needs a role, to a token without it', { ...TOKEN, roles: [] }, ['auditor'], 'FORBIDDEN'],
  ] as const)('refuses %s', (_name, caller, access, code) => {
    expect(() => {
      assertAccess(caller, access, CLOSED);
    }).toThrow(expect.objectContaining({ code }) as Error);
  });
});
