/** A real network on a busy machine: nothing here should take a minute, and what does has failed. */
const TEST_LIMIT_MS = 60_000;

jest.setTimeout(TEST_LIMIT_MS);
