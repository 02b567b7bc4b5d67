import { CEREMONY_HELP, runCeremony } from './run-ceremony';

async function main(args: readonly string[]): Promise<void> {
  if (args[0] === undefined || args.includes('--help')) {
    process.stdout.write(CEREMONY_HELP);
    return;
  }
  process.stdout.write(`${JSON.stringify(await runCeremony(args, process.env), null, 2)}\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const { message, code } = error as { message?: string; code?: unknown };
  const named = typeof code === 'string' ? code : 'CEREMONY';
  process.stderr.write(`${JSON.stringify({ code: named, detail: message ?? String(error) })}\n`);
  process.exitCode = 1;
});
