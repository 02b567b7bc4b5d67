import { eventsNamed } from './json-lines';

describe('eventsNamed', () => {
  it('picks the events of a name among other lines', () => {
    const lines = [
      'starting',
      '{"event":"loaded"}',
      '{"event":"heartbeat","count":1}',
      '[1]',
      'null',
      '{broken',
    ];
    expect(eventsNamed(lines, 'heartbeat')).toEqual([{ event: 'heartbeat', count: 1 }]);
  });

  it('gives nothing where nothing matches', () => {
    expect(eventsNamed(['', '{"event":"other"}', '7'], 'heartbeat')).toEqual([]);
  });
});
