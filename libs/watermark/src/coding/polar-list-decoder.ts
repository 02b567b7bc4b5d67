/** Looked up once: in the sandbox of a test, a look-up for every soft value costs more than the work. */
const { abs, min } = Math;

/** One path of the decoder: what it has decided and what it still needs of the tree above the next input. */
interface Path {
  /** Sum of the reliabilities that the decisions went against: smaller is likelier. */
  metric: number;
  /** Soft values of the node in hand at each depth from 1 on, one depth after the other. */
  readonly soft: Float64Array;
  /** Decided code bits of the left node at each depth. */
  readonly left: Uint8Array;
  readonly message: Uint8Array;
}

interface Fork {
  readonly parent: number;
  readonly bit: number;
  readonly metric: number;
}

/** See PolarCode.decode. `carries[i]` is 1 where input i is a message bit. */
export function decodePolarList(
  channel: Float64Array | Float32Array,
  carries: Uint8Array,
  listSize: number,
): Uint8Array[] {
  const messageBits = carries.reduce((sum, bit) => sum + bit, 0);
  let paths: Path[] = [
    {
      metric: 0,
      soft: new Float64Array(channel.length),
      left: new Uint8Array(channel.length),
      message: new Uint8Array(messageBits),
    },
  ];
  const scratch = new Uint8Array(2 * channel.length);
  let next = 0;
  for (let input = 0; input < channel.length; input += 1) {
    for (const path of paths) descend(path, channel, input);
    if (carries[input] === 0) {
      for (const path of paths) path.metric += penalty(leafOf(path), 0);
      for (const path of paths) ascend(path, input, 0, scratch);
      continue;
    }
    const forks = bestForks(paths, listSize);
    paths = applyForks(paths, forks);
    for (const [index, fork] of forks.entries()) {
      paths[index].metric = fork.metric;
      paths[index].message[next] = fork.bit;
      ascend(paths[index], input, fork.bit, scratch);
    }
    next += 1;
  }
  return paths
    .map((path, index) => ({ path, index }))
    .sort((a, b) => a.path.metric - b.path.metric || a.index - b.index)
    .map(({ path }) => path.message);
}

/** Depth d > 0 has `length >> d` values, kept from `length >> d` on: 1 for the leaf, 2 and 3 above it, and so on. */
function leafOf(path: Path): number {
  return path.soft[1];
}

function penalty(soft: number, bit: number): number {
  return soft < 0 === (bit === 1) ? 0 : abs(soft);
}

/** Computes the soft value of one input from the nearest ancestor that is new: right nodes first, then left ones down. */
function descend(path: Path, channel: Float64Array | Float32Array, input: number): void {
  const length = channel.length;
  // The node to enter from the left or right: a right one wherever the input's trailing zeros end.
  let size = input === 0 ? length / 2 : input & -input;
  if (input !== 0) {
    enterRight(path, channel, size);
    size /= 2;
  }
  for (; size >= 1; size /= 2) enterLeft(path, channel, size);
}

function enterLeft(path: Path, channel: Float64Array | Float32Array, size: number): void {
  const { soft } = path;
  const above = 2 * size === channel.length ? channel : soft;
  const from = above === channel ? 0 : 2 * size;
  for (let index = 0; index < size; index += 1) {
    const a = above[from + index];
    const b = above[from + size + index];
    const smaller = min(abs(a), abs(b));
    soft[size + index] = a < 0 === b < 0 ? smaller : -smaller;
  }
}

function enterRight(path: Path, channel: Float64Array | Float32Array, size: number): void {
  const { soft, left } = path;
  const above = 2 * size === channel.length ? channel : soft;
  const from = above === channel ? 0 : 2 * size;
  for (let index = 0; index < size; index += 1) {
    const a = above[from + index];
    soft[size + index] = above[from + size + index] + (left[size + index] === 0 ? a : -a);
  }
}

/** Carries a decided input up: finished right nodes join with their left ones until a left node is complete. */
function ascend(path: Path, input: number, bit: number, scratch: Uint8Array): void {
  const { left } = path;
  scratch[0] = bit;
  let size = 1;
  for (let rest = input; (rest & 1) === 1; rest >>= 1) {
    for (let index = size - 1; index >= 0; index -= 1) {
      scratch[size + index] = scratch[index];
      scratch[index] ^= left[size + index];
    }
    size *= 2;
  }
  if (size < left.length) for (let index = 0; index < size; index += 1) left[size + index] = scratch[index];
}

/** The likeliest continuations, at most `listSize`; ties go to the earlier path and to 0. */
function bestForks(paths: readonly Path[], listSize: number): Fork[] {
  const forks = paths.flatMap((path, parent) =>
    [0, 1].map((bit) => ({ parent, bit, metric: path.metric + penalty(leafOf(path), bit) })),
  );
  return forks.sort((a, b) => a.metric - b.metric || a.parent - b.parent || a.bit - b.bit).slice(0, listSize);
}

/** One path for each fork: a parent goes on in its first fork and is copied for its second. */
function applyForks(paths: readonly Path[], forks: readonly Fork[]): Path[] {
  const used = new Set<number>();
  const copies = forks.map(({ parent }) => {
    const path = paths[parent];
    if (!used.has(parent)) {
      used.add(parent);
      return path;
    }
    return {
      metric: path.metric,
      soft: Float64Array.from(path.soft),
      left: Uint8Array.from(path.left),
      message: Uint8Array.from(path.message),
    };
  });
  return copies;
}
