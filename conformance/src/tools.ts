import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const CURRENT = join(__dirname, '..', '..', '.cache', 'conformance', 'current');

/** Path of something that scripts/build-conformance fetched. A missing tool fails the test: it is never skipped. */
export function conformanceFile(...parts: readonly string[]): string {
  const path = join(CURRENT, ...parts);
  if (existsSync(path)) return path;
  throw new Error(`${parts.join('/')} is not there. Run: scripts/bootstrap tests`);
}

/** A certificate or list of NIST's suite, by the name without its ending. */
export function pkitsFile(folder: 'certs' | 'crls', name: string): Buffer {
  return readFileSync(conformanceFile('pkits', folder, `${name}.${folder === 'certs' ? 'crt' : 'crl'}`));
}

const run = promisify(execFile);

/** One finding of a linter. */
export interface LinterFinding {
  readonly lint: string;
  readonly severity: string;
}

interface PkilintResult {
  readonly results: readonly {
    readonly finding_descriptions: readonly { readonly code: string; readonly severity: string }[];
  }[];
}

const GOOD_PKILINT = new Set(['INFO', 'DEBUG']);

/** Findings of pkilint from notices up. `command` is one of its programs, e.g. lint_crl. */
export async function pkilint(command: string, ...args: readonly string[]): Promise<LinterFinding[]> {
  const { stdout } = await tolerant(conformanceFile('pkilint', 'bin', command), [
    ...['lint', '-s', 'NOTICE', '-f', 'JSON'],
    ...args,
  ]);
  const { results } = JSON.parse(stdout) as PkilintResult;
  return results
    .flatMap(({ finding_descriptions }) => finding_descriptions)
    .map(({ code, severity }) => ({ lint: code, severity }))
    .filter(({ severity }) => !GOOD_PKILINT.has(severity));
}

const GOOD_ZLINT = new Set(['pass', 'NA', 'NE']);

/** Rules of the web's CAs, which forbid holds and advise against deltas: not for all of our lists. */
export const WEB_RULES = 'CABF_BR';

/** What zlint has against a CRL, with the number of lints that passed: a linter that ran none would find nothing. */
export async function zlint(
  file: string,
  excludedSources: readonly string[] = [],
): Promise<{ findings: LinterFinding[]; passed: number }> {
  const excluded = excludedSources.length === 0 ? [] : ['-excludeSources', excludedSources.join()];
  const { stdout } = await tolerant(conformanceFile('bin', 'zlint'), ['-format', 'der', ...excluded, file]);
  const lints = Object.entries(JSON.parse(stdout) as Record<string, { result: string }>);
  const findings = lints
    .filter(([, { result }]) => !GOOD_ZLINT.has(result))
    .map(([lint, { result }]) => ({ lint, severity: result }));
  return { findings, passed: lints.filter(([, { result }]) => result === 'pass').length };
}

interface Failed {
  readonly stdout?: string;
  readonly stderr?: string;
}

/** Linters end with the number of findings as exit code: what they print is the answer. */
async function tolerant(program: string, args: readonly string[]): Promise<{ stdout: string }> {
  try {
    return await run(program, [...args], { maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as Failed;
    if (stdout.startsWith('{')) return { stdout };
    throw new Error(`${program} failed: ${stderr}`, { cause: error });
  }
}
