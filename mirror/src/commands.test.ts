import { runCommand } from './commands';

describe('runCommand', () => {
  const written: string[] = [];
  beforeEach(() => {
    written.length = 0;
    const keep = (text: unknown): boolean => written.push(String(text)) > 0;
    jest.spyOn(process.stdout, 'write').mockImplementation(keep);
    jest.spyOn(process.stderr, 'write').mockImplementation(keep);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it.each(['help', '--help', '-h'])('explains itself (%s)', async (name) => {
    expect(await runCommand([name], {})).toBe(0);
    expect(written.join('')).toContain('rebuild');
  });

  it.each([[['erase']], [['hash', 'extra']], [['constructor']]])('refuses %j with the help', async (args) => {
    expect(await runCommand(args, {})).toBe(2);
    expect(written.join('')).toContain('unknown command');
  });

  it('names a missing variable', async () => {
    expect(await runCommand(['hash'], {})).toBe(2);
    expect(written.join('')).toContain('REGISTRY_NETWORK_FILE is not set');
  });
});
