import { testAuthority } from '../testing/certificates';
import { certificateRole } from './certificate-roles';

describe('certificateRole', () => {
  const role = async (attributes?: string): Promise<string | undefined> => {
    const authority = await testAuthority();
    const { der } = await authority.issue(attributes === undefined ? {} : { attributes });
    return certificateRole(der);
  };

  it('reads the attribute as Fabric CA writes it', async () => {
    await expect(role('{"attrs":{"hf.Affiliation":"","registry.role":"safety-reviewer"}}')).resolves.toBe(
      'safety-reviewer',
    );
  });

  it.each([
    ['no extension', undefined],
    ['no JSON', 'registry.role=auditor'],
    ['no attrs', '{"registry.role":"auditor"}'],
    ['another attribute', '{"attrs":{"role":"auditor"}}'],
    ['a role that is no text', '{"attrs":{"registry.role":["auditor"]}}'],
    ['an empty role', '{"attrs":{"registry.role":""}}'],
    ['null', '{"attrs":null}'],
  ])('finds none with %s', async (_name, attributes) => {
    await expect(role(attributes)).resolves.toBeUndefined();
  });
});
