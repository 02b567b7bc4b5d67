import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Parameters } from '@maker-registry/protocol';
import { documentOf, refusalCode, refusalSubject, resultOf } from '../testing/expectations';
import { SAMPLE_NETWORK, SAMPLE_PARAMETERS } from '../testing/sample-parameters';
import { callerOf, Scenario } from '../testing/scenario';

const admin = (mspId: string) => callerOf(mspId, 'operator-admin');

describe('parameters', () => {
  let scenario: Scenario;

  beforeEach(() => {
    scenario = new Scenario();
  });

  const propose = async (mspId: string, parameters: Parameters) =>
    scenario.act('parameters.propose', admin(mspId), { parameters });
  const approve = async (mspId: string, proposalId: string) =>
    scenario.act('parameters.approve', admin(mspId), { proposal_id: proposalId });

  it('come into force with a majority of the operators that they name', async () => {
    const { id, state } = resultOf(await propose('Op1MSP', SAMPLE_PARAMETERS));
    expect(state).toBe('open');
    expect(refusalCode(await scenario.call('parameters:Get', []))).toBe('PARAMETERS_MISSING');
    expect(resultOf(await approve('Op3MSP', id)).state).toBe('applied');
    expect(documentOf(scenario, 'parameters', [])).toEqual(SAMPLE_PARAMETERS);
    const { result } = await scenario.call('parameters:GetProposal', [id]);
    expect(JSON.parse(result ?? '')).toMatchObject({ status: 'applied', approvals: [{}, {}] });
  });

  it('of the policies folder are acceptable', async () => {
    const file = join(__dirname, '..', '..', '..', 'policies', 'parameters.json');
    const policy = { ...(JSON.parse(readFileSync(file, 'utf8')) as Parameters), network: SAMPLE_NETWORK };
    const { id } = resultOf(await propose(policy.operators[0]!, policy));
    for (const mspId of policy.operators.slice(1, Math.floor(policy.operators.length / 2) + 1)) {
      resultOf(await approve(mspId, id));
    }
    expect(documentOf(scenario, 'parameters', [])).toEqual(policy);
  });

  it('change by a majority of the operators in force, not of the proposed ones', async () => {
    await scenario.govern();
    const coup = { ...SAMPLE_PARAMETERS, version: 2, operators: ['Op1MSP'] };
    const { id, state } = resultOf(await propose('Op1MSP', coup));
    expect(state).toBe('open');
    expect(documentOf(scenario, 'parameters', [])).toEqual(SAMPLE_PARAMETERS);
    resultOf(await approve('Op2MSP', id));
    expect(refusalCode(await propose('Op2MSP', { ...coup, version: 3 }))).toBe('NOT_OPERATOR');
  });

  it('refuse an operator’s second approval', async () => {
    const { id } = resultOf(await propose('Op1MSP', SAMPLE_PARAMETERS));
    expect(refusalCode(await approve('Op1MSP', id))).toBe('ALREADY_APPROVED');
  });

  it('refuse the same proposal twice, an applied and an unknown one', async () => {
    const { id } = resultOf(await propose('Op1MSP', SAMPLE_PARAMETERS));
    const again = await propose('Op2MSP', SAMPLE_PARAMETERS);
    expect(refusalCode(again)).toBe('PROPOSAL_EXISTS');
    expect(refusalSubject(again)).toBe(id);
    resultOf(await approve('Op2MSP', id));
    expect(refusalCode(await approve('Op3MSP', id))).toBe('PROPOSAL_APPLIED');
    expect(refusalCode(await approve('Op3MSP', '99'.repeat(32)))).toBe('PROPOSAL_UNKNOWN');
  });

  it('refuse a proposal that another one has overtaken', async () => {
    await scenario.govern();
    const slow = resultOf(await propose('Op1MSP', { ...SAMPLE_PARAMETERS, version: 2, domains: [] }));
    const fast = resultOf(await propose('Op1MSP', { ...SAMPLE_PARAMETERS, version: 2, regulators: [] }));
    resultOf(await approve('Op2MSP', fast.id));
    expect(refusalCode(await approve('Op2MSP', slow.id))).toBe('PROPOSAL_STALE');
    expect(refusalCode(await propose('Op1MSP', SAMPLE_PARAMETERS))).toBe('PROPOSAL_EXISTS');
  });

  it.each([
    ['another network', { network: 'ef'.repeat(32) }, 'PARAMETERS_INVALID'],
    ['an organization in both roles', { regulators: ['Op1MSP'] }, 'PARAMETERS_INVALID'],
    ['a version out of turn', { version: 3 }, 'PROPOSAL_STALE'],
    ['no operators', { operators: [] }, 'SCHEMA_VIOLATION'],
    ['no reason codes', { reason_codes: [] }, 'SCHEMA_VIOLATION'],
    [
      'a reason code twice',
      {
        reason_codes: [
          ...SAMPLE_PARAMETERS.reason_codes,
          { ...SAMPLE_PARAMETERS.reason_codes[0]!, title: 'Again' },
        ],
      },
      'PARAMETERS_INVALID',
    ],
    ['an unknown member', { tip_jar: true }, 'SCHEMA_VIOLATION'],
  ])('refuse %s', async (_what, change, code) => {
    await scenario.govern();
    const outcome = await propose('Op1MSP', { ...SAMPLE_PARAMETERS, version: 2, ...change });
    expect(refusalCode(outcome)).toBe(code);
  });

  it('refuse rents: a fee beyond the protocol’s bound', async () => {
    const greedy = { ...SAMPLE_PARAMETERS.risk_classes.low, fee_bps: 1_001 };
    const outcome = await propose('Op1MSP', {
      ...SAMPLE_PARAMETERS,
      risk_classes: { ...SAMPLE_PARAMETERS.risk_classes, low: greedy },
    });
    expect(refusalSubject(outcome)).toBe('/parameters/risk_classes/low/fee_bps');
  });

  it.each(['gateway', 'safety-reviewer', 'regulator', undefined])('refuse the role %s', async (role) => {
    const outcome = await scenario.act('parameters.propose', callerOf('Op1MSP', role), {
      parameters: SAMPLE_PARAMETERS,
    });
    expect(refusalCode(outcome)).toBe('ROLE_MISSING');
  });

  it('refuse an admin of another organization', async () => {
    expect(refusalCode(await propose('RegulatorMSP', SAMPLE_PARAMETERS))).toBe('NOT_OPERATOR');
    const { id } = resultOf(await propose('Op1MSP', SAMPLE_PARAMETERS));
    expect(refusalCode(await approve('Op9MSP', id))).toBe('NOT_OPERATOR');
  });
});
