/**
 * Prints the evidence of every published vector, one line each: name, a tab, canonical JSON. Run by the test of determinism
 * under every supported Node.
 */
import { readVectors, vectorEvidence } from './test-vectors';

async function main(): Promise<void> {
  for (const vector of readVectors()) {
    process.stdout.write(`${vector.name}\t${await vectorEvidence(vector)}\n`);
  }
}

void main();
