import { fill } from './node-service';

describe('values of a service’s environment', () => {
  it('are filled in', () => {
    expect(fill('{run}/network.json', { run: '/state' })).toBe('/state/network.json');
  });

  it('are not filled in twice', () => {
    expect(fill('{a}', { a: '{b}', b: 'x' })).toBe('{b}');
  });

  it('may not name what there is not', () => {
    expect(() => fill('{rnu}', { run: '/state' })).toThrow('Unknown template {rnu}');
  });
});
