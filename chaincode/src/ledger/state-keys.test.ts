import { ChaincodeStub } from 'fabric-shim';
import { compositeKey } from './state-keys';

describe('composite keys', () => {
  const stub = Object.create(ChaincodeStub.prototype) as ChaincodeStub;

  it.each([
    ['actor', ['ab'.repeat(32)]],
    ['intent', ['ab'.repeat(32), '00'.repeat(16)]],
    ['revocation-head', []],
    ['sale', ['cd'.repeat(32), '1']],
  ])('lays %s out as Fabric does', (type, attributes) => {
    expect(compositeKey(type, attributes)).toBe(stub.createCompositeKey(type, attributes));
  });

  it('refuses an attribute that would forge another key', () => {
    expect(() => compositeKey('actor', ['a\u0000b'])).toThrow('U+0000');
  });
});
