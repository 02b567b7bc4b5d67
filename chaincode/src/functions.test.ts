import { ACTS, INTENT_TYPES } from '@maker-registry/protocol';
import { CONTRACTS, functionArity } from './functions';

describe('functions', () => {
  const offered = CONTRACTS.flatMap(({ name, functions }) =>
    [...functions.keys()].map((fn) => `${name}:${fn}`),
  );
  const promised = Object.values({ ...INTENT_TYPES, ...ACTS }).map(
    (entry) => `${entry.contract}:${entry.function}`,
  );
  const readOnly = [
    'actors:Get',
    'artifacts:Get',
    'certificates:Get',
    'keys:Get',
    'licenses:Get',
    'models:Get',
    'models:GetVersion',
    'parameters:Get',
    'parameters:GetProposal',
    'records:Get',
    'records:GetFirst',
    'reviews:Get',
    'revocations:Get',
    'revocations:GetHead',
    'rights:Get',
    'rights:GetSale',
    'royaltyPolicies:Get',
    'royaltyPolicies:GetVersion',
    'schemes:Get',
    'schemes:GetVersion',
    'settlements:Get',
    'settlements:GetSuspense',
    'shares:Get',
    'shares:GetHolding',
    'streams:Get',
    'streams:GetWindow',
    'vaults:Get',
    'vaults:GetWithdrawal',
  ];

  it('are what the protocol promises and what reads, and nothing else', () => {
    expect([...offered].sort()).toEqual([...promised, ...readOnly].sort());
  });

  it.each(promised)('%s takes one argument', (name) => {
    expect(functionArity(name)).toBe(1);
  });

  it.each([
    'actors:createContext',
    'actors:aroundTransaction',
    'actors:constructor',
    'actors:toString',
    'actors:__proto__',
    'actors:register',
    'Register',
    '',
    ':',
    'org.hyperledger.fabric:_setMetadata',
  ])('%j is none', (name) => {
    expect(functionArity(name)).toBeUndefined();
  });
});
