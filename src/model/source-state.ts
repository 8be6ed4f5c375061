/** How a source is doing; the service manager's STATUS= and `status` are read from this. */
export interface SourceState {
  readonly is: 'starting' | 'waiting' | 'serving' | 'lost';
  readonly why: string;
}
