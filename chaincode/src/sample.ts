/** `node chaincode/dist/sample.js`: prints the sample story, one transaction a line, as `replay.js` reads it. */
import process from 'node:process';
import { canonicalize } from '@maker-registry/protocol';
import { sampleStory } from './testing/sample-story';

void sampleStory().then((transactions) => {
  for (const transaction of transactions) process.stdout.write(`${canonicalize(transaction)}\n`);
});
