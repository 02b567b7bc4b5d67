import { utf8 } from '@maker-registry/protocol';
import { bundleSource } from '../sources/bundle-source';
import { type Subject, type Verification } from '../verification';
import { verify } from '../verify';
import { type FixtureCase, type FixtureOptions } from './fixture-cases';
import { START } from './fixture-world';
import { TEST_DETECTOR } from './test-detector';

/** When fixtures are verified, Unix seconds. */
export const VERIFIED_AT = START + 100_000;

/** Verifies a fixture as its options say. */
export async function verifyFixture(
  content: string,
  bundle: string,
  options: FixtureOptions,
): Promise<Verification> {
  const { model, scheme, claimed, params } = options;
  return await verify(subjectOf(content, options), {
    source: bundleSource(bundle, 'bundle.json'),
    at: VERIFIED_AT,
    parents: options.parents,
    detectors: options.detector ? [TEST_DETECTOR] : [],
    ...(model === undefined ? {} : { modelRef: model }),
    ...(scheme === undefined ? {} : { schemeRef: scheme }),
    ...(claimed === undefined ? {} : { claimed }),
    ...(params === undefined ? {} : { params }),
  });
}

function subjectOf(content: string, options: FixtureOptions): Subject {
  const { claimed } = options;
  if (options.content || claimed === undefined) {
    return { kind: 'bytes', bytes: utf8(content), name: 'content.txt' };
  }
  return { kind: 'record', modelRef: claimed.model_ref, contentHash: claimed.content_hash };
}

/** The files of a fixture by name; the expected result is what this software finds, and tests say what it must be. */
export async function fixtureFiles(fixture: FixtureCase): Promise<Record<string, string>> {
  const { content, bundle, options } = fixture;
  const expected = await verifyFixture(content, JSON.stringify(bundle), options);
  return {
    'content.txt': content,
    'bundle.json': JSON.stringify(bundle),
    'options.json': JSON.stringify(options),
    'expected.json': JSON.stringify(expected),
  };
}
