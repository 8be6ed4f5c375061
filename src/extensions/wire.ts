import { defer, map } from 'rxjs';
import type { Input } from '../model/input.js';
import type { Sink, Source, Stage } from '../model/flow.js';
import type { Step } from '../model/world.js';
import type { Extension, ExtensionSource } from './extension.js';
import { guardedSink } from './guarded-sink.js';

/** What of a broker is made of extensions, in their order. */
export interface Wired {
  readonly stages: readonly { readonly name: string; readonly stage: Stage }[];
  readonly sinks: readonly Sink[];
  readonly sources: readonly Source[];
  readonly routes: boolean;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** JavaScript may pass on anything; what is no step must not reach the sinks. */
const asStep = (value: Step): Step => {
  const given: unknown = value;
  const event: unknown = isObject(given) ? Reflect.get(given, 'event') : undefined;
  if (isObject(event) && typeof Reflect.get(event, 'kind') === 'string' && typeof value.id === 'number') return value;
  throw new TypeError('expected the stage to pass on steps { id, event, world }');
};

const checked =
  (stage: Stage): Stage =>
  source =>
    stage(source).pipe(map(asStep));

const sourceOf = (name: string, source: ExtensionSource): Source => ({
  name: `extension ${name}`,
  inputs: config$ =>
    defer(() => source(config$)).pipe(
      map((given): Input => {
        const said: unknown = given;
        if (!isObject(said)) throw new TypeError(`expected { payload, ifindex }, found ${String(said)}`);
        const ifindex: unknown = Reflect.get(said, 'ifindex') ?? 0;
        if (typeof ifindex !== 'number' || !Number.isInteger(ifindex) || ifindex < 0)
          throw new TypeError(`expected ifindex to be a whole number, found ${String(ifindex)}`);
        return { kind: 'extension', extension: name, ifindex, payload: Reflect.get(said, 'payload') };
      }),
    ),
});

/** Extensions as parts of a broker: none of them can end it. */
export const wireExtensions = (extensions: readonly Extension[]): Wired => ({
  stages: extensions.flatMap(({ name, stages = [] }) => stages.map(stage => ({ name, stage: checked(stage) }))),
  sinks: extensions.flatMap(({ name, sinks = [] }) => sinks.map(sink => guardedSink(name, sink))),
  sources: extensions.flatMap(({ name, sources = [] }) => sources.map(source => sourceOf(name, source))),
  routes: extensions.some(({ routes = false }) => routes),
});
