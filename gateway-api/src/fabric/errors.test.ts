import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { EndorseError, GatewayError, StatusCode } from '@hyperledger/fabric-gateway';
import { RegistryError, toWire } from '@maker-registry/protocol';
import { HsmError } from '../hsm';
import { judgeEndorseError, judgeValidationCode, validationCodeName } from './errors';

const OWN = 'Op1MSP';

function endorseError(
  code: status,
  message: string,
  details: readonly (readonly [string, string])[] = [],
): EndorseError {
  const cause: ServiceError = Object.assign(new Error(message), {
    code,
    details: message,
    metadata: new Metadata(),
  });
  const gatewayError = new GatewayError({
    code,
    message,
    cause,
    details: details.map(([mspId, text]) => ({ mspId, message: text, address: 'peer:7051' })),
  });
  return new EndorseError(Object.assign(gatewayError, { transactionId: 'tx' }));
}

const WIRE = toWire(new RegistryError('ARTIFACT_EXISTS', 'It is there.', { subject: 'abc' }));

describe('judgeEndorseError', () => {
  it('takes the contract’s own code when the own peer refused', () => {
    const verdict = judgeEndorseError(
      endorseError(status.ABORTED, 'x', [[OWN, `chaincode response 500, ${WIRE}`]]),
      OWN,
    );
    expect(verdict.kind).toBe('refused');
    expect(verdict.error).toMatchObject({ code: 'ARTIFACT_EXISTS', subject: 'abc', message: 'It is there.' });
  });

  it('finds it also behind a prefix, and under another gRPC code', () => {
    const text = `failed to endorse: chaincode response 500, ${WIRE}`;
    expect(judgeEndorseError(endorseError(status.UNKNOWN, 'x', [[OWN, text]]), OWN)).toMatchObject({
      kind: 'refused',
    });
  });

  it('prefers the own peer’s refusal to another one', () => {
    const other = toWire(new RegistryError('ACTOR_UNKNOWN', 'Who?'));
    const error = endorseError(status.ABORTED, 'x', [
      ['Op2MSP', `chaincode response 500, ${other}`],
      [OWN, `chaincode response 500, ${WIRE}`],
    ]);
    expect(judgeEndorseError(error, OWN).error.code).toBe('ARTIFACT_EXISTS');
  });

  it('calls it a disagreement when only another operator refused: its peer may be behind', () => {
    const error = endorseError(status.ABORTED, 'x', [['Op2MSP', `chaincode response 500, ${WIRE}`]]);
    expect(judgeEndorseError(error, OWN)).toMatchObject({
      kind: 'disagreement',
      error: { code: 'ARTIFACT_EXISTS' },
    });
  });

  it('does not invent a code for a contract that gives none', () => {
    const error = endorseError(status.ABORTED, 'x', [[OWN, 'chaincode response 500, TypeError: boom']]);
    const verdict = judgeEndorseError(error, OWN);
    expect(verdict).toMatchObject({ kind: 'refused', error: { code: 'ENDORSEMENT_FAILED' } });
    expect(verdict.error.message).toContain('boom');
  });

  it.each([
    ['UNAVAILABLE', endorseError(status.UNAVAILABLE, '14 UNAVAILABLE: no connection')],
    ['DEADLINE_EXCEEDED', endorseError(status.DEADLINE_EXCEEDED, '4 DEADLINE_EXCEEDED')],
    ['RESOURCE_EXHAUSTED', endorseError(status.RESOURCE_EXHAUSTED, '8 RESOURCE_EXHAUSTED')],
    ['CANCELLED', endorseError(status.CANCELLED, '1 CANCELLED')],
    [
      'the limiter, which says UNKNOWN',
      endorseError(
        status.UNKNOWN,
        '2 UNKNOWN: too many requests for /gateway.Gateway, exceeding concurrency limit (500)',
      ),
    ],
  ])('backs off on %s', (_name, error) => {
    expect(judgeEndorseError(error, OWN)).toMatchObject({
      kind: 'transient',
      error: { code: 'LEDGER_UNAVAILABLE' },
    });
  });

  it.each([
    [
      'no endorsers in sight',
      status.FAILED_PRECONDITION,
      'no combination of peers can be derived which satisfy the endorsement policy',
      [],
    ],
    [
      'a broken stream',
      status.ABORTED,
      'see details',
      [[OWN, 'error in simulation: chaincode stream terminated']],
    ],
    [
      'a chaincode service that is away',
      status.ABORTED,
      'x',
      [[OWN, 'could not launch chaincode registry-c7e0']],
    ],
    ['an endorser that is away', status.ABORTED, 'x', [['Op3MSP', 'rpc error: code = Unavailable desc = x']]],
  ] as const)('backs off on %s', (_name, code, message, details) => {
    const verdict = judgeEndorseError(endorseError(code, message, details), OWN);
    expect(verdict).toMatchObject({ kind: 'transient', error: { code: 'LEDGER_UNAVAILABLE' } });
  });

  it.each([
    ['too few endorsers', []],
    ['payloads that differ', [['Op3MSP', 'ProposalResponsePayloads do not match']]],
  ] as const)('calls ABORTED by %s a fault of a node', (_name, details) => {
    const verdict = judgeEndorseError(endorseError(status.ABORTED, 'failed to collect enough', details), OWN);
    expect(verdict).toMatchObject({ kind: 'node-fault', error: { code: 'ENDORSEMENT_FAILED' } });
  });

  it('does not repeat a wrong call', () => {
    const error = endorseError(status.FAILED_PRECONDITION, 'requires exactly one organization');
    expect(judgeEndorseError(error, OWN)).toMatchObject({
      kind: 'fault',
      error: { code: 'ENDORSEMENT_FAILED' },
    });
  });

  it('backs off while the HSM is away, not on a missing key', () => {
    expect(judgeEndorseError(new HsmError('HSM_TIMEOUT', 'slow'), OWN)).toMatchObject({
      kind: 'transient',
      error: { code: 'HSM_UNAVAILABLE' },
    });
    expect(judgeEndorseError(new HsmError('HSM_KEY_MISSING', 'none'), OWN).kind).toBe('fault');
  });

  it('calls anything else a fault of the gateway', () => {
    expect(judgeEndorseError(new TypeError('bug'), OWN)).toMatchObject({
      kind: 'fault',
      error: { code: 'INTERNAL' },
    });
  });
});

describe('judgeValidationCode', () => {
  it.each([
    [StatusCode.VALID, 'valid'],
    [StatusCode.MVCC_READ_CONFLICT, 'conflict'],
    [StatusCode.PHANTOM_READ_CONFLICT, 'conflict'],
    [StatusCode.ENDORSEMENT_POLICY_FAILURE, 'policy'],
    [StatusCode.EXPIRED_CHAINCODE, 'policy'],
    [StatusCode.CHAINCODE_VERSION_CONFLICT, 'policy'],
    [StatusCode.BAD_CREATOR_SIGNATURE, 'invalid'],
    [StatusCode.INVALID_OTHER_REASON, 'invalid'],
    [77, 'invalid'],
  ])('%i is %s', (code, verdict) => {
    expect(judgeValidationCode(code)).toBe(verdict);
  });

  it('names codes, unknown ones too', () => {
    expect(validationCodeName(StatusCode.MVCC_READ_CONFLICT)).toBe('MVCC_READ_CONFLICT');
    expect(validationCodeName(77)).toBe('UNKNOWN_77');
  });
});
