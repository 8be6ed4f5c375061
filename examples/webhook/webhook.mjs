// @ts-check
/** Where to post to. */
const url = 'http://127.0.0.1:8080/network';

/**
 * An extension that posts every new operational state of a link to a webhook: `{"link":"ens33","state":"routable"}`. The
 * posts of one link follow one another; one that fails is tried three times more, then a fault says so.
 *
 * @param {(body: string) => import('rxjs').ObservableInput<unknown>} post
 * @returns {import('network-event-broker').ExtensionModule}
 */
export const webhook =
  post =>
  ({ rxjs, operators, events, defineExtension }) => {
    const { catchError, defer, EMPTY, filter, retry, timer } = rxjs;
    const { concatMapByKey, joinKey, joinSteps } = operators;

    return defineExtension({
      name: 'webhook',
      sinks: [
        ({ step$ }, report) =>
          step$.pipe(
            filter(({ event }) => events.isLinkState(event) && 'OperationalState' in event.changed),
            concatMapByKey(
              ({ event }) => ('ifindex' in event ? event.ifindex : 0),
              ({ event }) => {
                if (!events.isLinkState(event)) return EMPTY;
                const body = JSON.stringify({ link: event.name, state: event.changed['OperationalState'] });
                return defer(() => post(body)).pipe(
                  retry({ count: 3, delay: (_, nth) => timer(1000 * 2 ** (nth - 1)) }),
                  catchError(error => {
                    report(events.fault('warn', 'webhook-failed', `${body} was not posted: ${error.message}`));
                    return EMPTY;
                  }),
                );
              },
              { limit: 64, joinKey, join: joinSteps, onJoined: () => undefined },
            ),
          ),
      ],
    });
  };

export default webhook(async body => {
  const headers = { 'content-type': 'application/json' };
  const { status } = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(10_000) });
  if (status >= 300) throw new Error(`expected a status below 300, found ${status}`);
});
