import { MAX_CERTIFICATE_ENTRIES, type CertificateRevocation } from '@maker-registry/protocol';
import { documentOf, refusalCode, refusalSubject, resultOf } from '../testing/expectations';
import { callerOf } from '../testing/scenario';
import { World } from '../testing/world';

const AKI = 'a1'.repeat(32);

describe('certificates', () => {
  const admin = callerOf('Op1MSP', 'ca-admin');
  let world: World;

  beforeEach(async () => {
    world = await World.begin();
  });

  const document = (serial: string, mspId = 'Op1MSP'): CertificateRevocation =>
    documentOf(world, 'certificate-revocation', [mspId, AKI, serial]);

  it('are revoked, held and released by the CA admin of their organization', async () => {
    const entries = [
      { aki: AKI, serial: '01', reason: 'keyCompromise' as const },
      { aki: AKI, serial: '02', reason: 'certificateHold' as const },
    ];
    resultOf(await world.act('certificate.revoke', admin, { entries, ticket: 'INC-1' }));
    expect(document('01')).toMatchObject({ state: 'revoked', ticket: 'INC-1' });
    const lifted = { entries: [{ aki: AKI, serial: '02' }] };
    resultOf(await world.act('certificate.release', admin, lifted));
    expect(document('02').state).toBe('released');
    const read = await world.call('certificates:Get', ['Op1MSP', AKI, '01']);
    expect(JSON.parse(read.result ?? '')).toEqual(document('01'));
  });

  it('are another organization’s business under its own name', async () => {
    resultOf(await world.act('certificate.revoke', admin, { entries: [{ aki: AKI, serial: '01' }] }));
    const other = callerOf('Op2MSP', 'ca-admin');
    const held = { entries: [{ aki: AKI, serial: '01', reason: 'certificateHold' as const }] };
    resultOf(await world.act('certificate.revoke', other, held));
    resultOf(await world.act('certificate.release', other, { entries: [{ aki: AKI, serial: '01' }] }));
    expect(document('01').state).toBe('revoked');
    expect(document('01', 'Op2MSP').state).toBe('released');
  });

  it('are written as a whole or not at all', async () => {
    resultOf(await world.act('certificate.revoke', admin, { entries: [{ aki: AKI, serial: '02' }] }));
    const outcome = await world.act('certificate.revoke', admin, {
      entries: [
        { aki: AKI, serial: '01' },
        { aki: AKI, serial: '02', reason: 'certificateHold' },
      ],
    });
    expect(refusalCode(outcome)).toBe('REVOCATION_FINAL');
    expect(refusalSubject(outcome)).toBe('/entries/1');
    expect(outcome.writes).toEqual([]);
  });

  it('take two round trips for as many as one act may name, and no key that others write', async () => {
    const entries = Array.from({ length: MAX_CERTIFICATE_ENTRIES }, (_, index) => ({
      aki: AKI,
      serial: `aa${index.toString(16).padStart(4, '0')}`,
    }));
    const outcome = await world.act('certificate.revoke', admin, { entries });
    expect(resultOf(outcome).count).toBe(MAX_CERTIFICATE_ENTRIES);
    expect(outcome.round_trips).toBe(2);
    expect(outcome.writes).toHaveLength(MAX_CERTIFICATE_ENTRIES);
  });

  it.each([
    ['another role', callerOf('Op1MSP', 'operator-admin'), 'ROLE_MISSING'],
    ['no role', callerOf('Op1MSP'), 'ROLE_MISSING'],
    ['a stranger', callerOf('Op9MSP', 'ca-admin'), 'NOT_OPERATOR'],
  ])('are not for %s', async (_who, caller, code) => {
    const entries = [{ aki: AKI, serial: '01' }];
    expect(refusalCode(await world.act('certificate.revoke', caller, { entries }))).toBe(code);
    expect(refusalCode(await world.act('certificate.release', caller, { entries }))).toBe(code);
  });

  it.each([
    ['Op1MSP', AKI, '0001'],
    ['Op1MSP', AKI.toUpperCase(), '01'],
    ['', AKI, '01'],
  ])('are not read under the malformed key %s %s %s', async (...key) => {
    expect(refusalCode(await world.call('certificates:Get', key))).toBe('ID_MALFORMED');
  });

  it('are not read where nobody has revoked anything', async () => {
    expect(refusalCode(await world.call('certificates:Get', ['Op1MSP', AKI, '01']))).toBe(
      'REVOCATION_UNKNOWN',
    );
  });
});
