/** A document that was not written, and why. */
export interface BulkFailure {
  readonly id: string;
  /** HTTP status of this one operation; 0 when no answer came for it. */
  readonly status: number;
  readonly type: string;
  readonly reason: string;
}
