/** One channel of samples in rows, real-valued. */
export interface Plane {
  readonly samples: Float32Array;
  readonly width: number;
  readonly height: number;
}

export function emptyPlane(width: number, height: number): Plane {
  return { samples: new Float32Array(width * height), width, height };
}
