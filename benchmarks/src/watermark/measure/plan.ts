import { type AttackGroup, attacksOn, type Medium, type ReadyMade } from '@maker-registry/watermark';
import { BLIND_64_CONTENTS, BLIND_CONTENTS, RIVAGAN_CONTENTS } from '../limits';
import { type MeasuredContent } from './measure-content';
import { type ContentTask } from './tasks';

/** Attacks that peers go through too: those of the published comparison. */
export const PEER_ATTACKS = [
  ...['jpeg-90', 'jpeg-75', 'jpeg-50', 'jpeg-30', 'resize-75', 'resize-50', 'resize-50-and-back'],
  ...[
    'crop-keep-90',
    'crop-keep-50',
    'rotate-2',
    'brightness-120',
    'noise-10',
    'blur-3',
    'jpeg-75-resize-75',
  ],
] as const;

/** What reaches the sound of a film: the rest changes pictures only, which the scheme without sound is measured on. */
const SOUND_GROUPS: readonly AttackGroup[] = ['compression', 'temporal', 'combined'];

/** Every attack on every content, by each of our schemes of the medium that can mark. */
export function ourTasks(
  medium: Medium,
  schemes: readonly ReadyMade[],
  contents: readonly MeasuredContent[],
  only?: readonly string[],
): ContentTask[] {
  // What happens to nothing is measured anyway.
  const attacks = attacksOn(medium).filter(
    ({ name, group }) => group !== 'none' && (only?.includes(name) ?? true),
  );
  const namesFor = ({ document }: ReadyMade): string[] =>
    attacks
      .filter(({ group }) => !('audio' in document.params) || SOUND_GROUPS.includes(group))
      .map(({ name }) => name);
  return schemes
    .filter(({ scheme }) => scheme.medium === medium && scheme.embed !== undefined)
    .flatMap((ready) => {
      const names = namesFor(ready);
      return contents.map((content) => ({
        kind: 'content' as const,
        contestant: ready.name,
        content,
        attacks: names,
      }));
    });
}

/** The peers' share: the same contents and the same attacks, where their time allows. */
export function peerTasks(
  contents: readonly MeasuredContent[],
  areaOf: ReadonlyMap<string, number>,
  rivaGanArea: number,
): ContentTask[] {
  const small = contents.filter(({ id }) => (areaOf.get(id) ?? 0) <= rivaGanArea);
  const shares: readonly (readonly [string, readonly MeasuredContent[]])[] = [
    ['dwtDct', contents],
    ['dwtDctSvd', contents],
    ['blind_watermark', spread(contents, BLIND_CONTENTS)],
    ['blind_watermark-64', spread(contents, BLIND_64_CONTENTS)],
    ['rivaGan', spread(small, RIVAGAN_CONTENTS)],
  ];
  // By content, so that an interrupted run has something of every peer.
  return contents.flatMap((content) =>
    shares
      .filter(([, given]) => given.includes(content))
      .map(([contestant]) => ({ kind: 'content' as const, contestant, content, attacks: PEER_ATTACKS })),
  );
}

/** So many of a list, evenly spread. */
export function spread<Item>(items: readonly Item[], count: number): Item[] {
  if (items.length <= count) return [...items];
  return Array.from({ length: count }, (_, at) => items[Math.floor((at * items.length) / count)]).filter(
    (item): item is Item => item !== undefined,
  );
}
