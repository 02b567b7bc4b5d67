import { errorOf } from './parameters';

const failed = (stderr: string): ReturnType<typeof errorOf> => errorOf({ ok: false, stdout: '', stderr });

describe('the registry’s error in what the peer command prints', () => {
  it('is found through the escapes', () => {
    const said =
      'Error: endorsement failure during query. response: status:500 message:"{\\"code\\":\\"PROPOSAL_EXISTS\\",\\"message\\":\\"m\\",\\"subject\\":\\"ab12\\"}"';
    expect(failed(said)).toEqual({ code: 'PROPOSAL_EXISTS', subject: 'ab12' });
  });

  it.each(['', 'Error: connection refused', 'code: PROPOSAL_EXISTS'])('is not seen in %j', (said) => {
    expect(failed(said)).toBeUndefined();
  });

  it('is not looked for in a success', () => {
    expect(errorOf({ ok: true, stdout: '', stderr: '{"code":"OLD"}' })).toBeUndefined();
  });
});
