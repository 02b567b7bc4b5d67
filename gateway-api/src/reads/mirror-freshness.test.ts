import { MirrorFreshness } from './mirror-freshness';

const START = 1_700_000_000_000;

function setting() {
  const peer = { height: 10, connected: true };
  const mirror = { height: 10, contradicted: false };
  const clock = { now: START };
  const freshness = new MirrorFreshness(peer, mirror, () => clock.now);
  const later = (seconds: number) => {
    clock.now += seconds * 1_000;
    return freshness.currentAt() - START / 1_000;
  };
  return { peer, mirror, freshness, later };
}

describe('up to when the mirror is known to be current', () => {
  it('is now while it has every block of the peer', () => {
    expect(setting().later(5)).toBe(5);
  });

  it('stands still while the mirror does', () => {
    const { peer, later } = setting();
    later(1);
    peer.height = 11;
    expect(later(20)).toBe(1);
  });

  it('stands still while the stream of the peer is down: nobody tells what is new', () => {
    const { peer, later } = setting();
    later(1);
    peer.connected = false;
    expect(later(60)).toBe(1);
  });

  it('stands still, and is not fresh, while the mirror is contradicted', () => {
    const { mirror, freshness, later } = setting();
    later(1);
    mirror.contradicted = true;
    expect(freshness.isFresh()).toBe(false);
    expect(() => {
      freshness.assertFresh();
    }).toThrow('ask another one');
    expect(later(5)).toBe(1);
    mirror.contradicted = false;
    expect(later(1)).toBe(7);
    expect(freshness.isFresh()).toBe(true);
  });

  it('follows a mirror that is always a block behind under load', () => {
    const { peer, mirror, later } = setting();
    for (let n = 1; n <= 30; n += 1) {
      peer.height += 1;
      later(1);
      mirror.height = peer.height - 1;
    }
    expect(later(0)).toBeGreaterThan(25);
  });

  it('is never before anything was seen', () => {
    const freshness = new MirrorFreshness({ height: 5, connected: true }, { height: -1 }, () => START);
    expect(freshness.currentAt()).toBe(0);
    expect(() => {
      freshness.assertFresh();
    }).toThrow(expect.objectContaining({ code: 'MIRROR_BEHIND' }) as Error);
  });

  it('forbids tokens and keys after a stall, and permits them again afterwards', () => {
    const { peer, mirror, freshness, later } = setting();
    later(0);
    peer.height = 11;
    later(11);
    expect(() => {
      freshness.assertFresh();
    }).toThrow(expect.objectContaining({ code: 'MIRROR_BEHIND' }) as Error);
    mirror.height = 11;
    expect(() => {
      freshness.assertFresh();
    }).not.toThrow();
  });
});
