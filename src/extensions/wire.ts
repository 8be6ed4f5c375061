import { defer, map } from 'rxjs';
import { type Contexts, oneContext, type Owner } from '../model/contexts.js';
import type { Input } from '../model/input.js';
import type { Sink, Source, Stage } from '../model/flow.js';
import type { Step } from '../model/world.js';
import type { Extension, ExtensionSink, ExtensionSource } from './extension.js';
import { guardedSink } from './guarded-sink.js';
import { subscribedAs } from './subscribed-as.js';
import { field, isObject, isText } from '../model/values/unknown.js';

/** What of a broker is made of extensions, in their order. */
export interface Wired {
  readonly stages: readonly { readonly name: string; readonly stage: Stage }[];
  readonly sinks: readonly Sink[];
  readonly sources: readonly Source[];
  readonly routes: boolean;
}

/** JavaScript may pass on anything; what is no step must not reach the sinks. */
const asStep = (step: Step): Step => {
  const isNumbered = ['id', 'at'].every(name => typeof field(step, name) === 'number');
  if (isNumbered && isText(field(field(step, 'event'), 'kind'))) return step;
  throw new TypeError('expected the stage to pass on steps, as they came or of derive(step, event)');
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

/** The parts of an extension as they are, but each runs as its own, and what the daemon does with them as the daemon's. */
const owned = (contexts: Contexts, { name, stages = [], sinks = [], sources = [] }: Extension) => {
  const owner: Owner = { name };
  const entering = <T>() => subscribedAs<T>(contexts, owner);
  const leaving = <T>() => subscribedAs<T>(contexts, undefined);
  return {
    stages: stages.map(
      (stage): Stage =>
        step$ =>
          defer(() => stage(step$.pipe(leaving()))).pipe(entering()),
    ),
    sinks: sinks.map(
      (sink): ExtensionSink =>
        ({ step$, world$ }, report) =>
          defer(() =>
            sink({ step$: step$.pipe(leaving()), world$: world$.pipe(leaving()) }, fault =>
              contexts.run(undefined, () => report(fault)),
            ),
          ).pipe(entering()),
    ),
    sources: sources.map(
      (source): ExtensionSource =>
        config$ =>
          defer(() => source(config$.pipe(leaving()))).pipe(entering()),
    ),
  };
};

/** Extensions as parts of a broker: none of them can end it, and `contexts` tell what each of them begins. */
export const wireExtensions = (extensions: readonly Extension[], contexts = oneContext): Wired => {
  const all = extensions.map(extension => ({ name: extension.name, ...owned(contexts, extension) }));
  return {
    stages: all.flatMap(({ name, stages }) => stages.map(stage => ({ name, stage: checked(stage) }))),
    sinks: all.flatMap(({ name, sinks }) => sinks.map(sink => guardedSink(name, sink))),
    sources: all.flatMap(({ name, sources }) => sources.map(source => sourceOf(name, source))),
    routes: extensions.some(({ routes = false }) => routes),
  };
};
