import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runRegistry } from './run-registry';

/** A temporary folder with the files that commands are given. */
export class Workplace {
  readonly folder = mkdtempSync(join(tmpdir(), 'registry-work-'));

  at(name: string): string {
    return join(this.folder, name);
  }

  /** Writes a file: text as it is, anything else as JSON. */
  file(name: string, content: unknown): string {
    const path = this.at(name);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  }

  /** Makes an actor's key file; gives the actor's id. */
  async actor(name: string): Promise<string> {
    return String((await runRegistry('keys', 'generate', '--out', this.at(name))).out['actor_id']);
  }

  /** Makes a model's key file; gives the public key. */
  async modelKey(name: string, alg = 'ed25519'): Promise<string> {
    const given = ['--attestation', '--alg', alg, '--out', this.at(name)];
    return String((await runRegistry('keys', 'generate', ...given)).out['public_key']);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
