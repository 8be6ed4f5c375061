import { describe, expect, test } from '@jest/globals';
import { catchError, delay, throwError } from 'rxjs';
import { nameOwner } from '../../../src/operators/name-owner.js';
import type { Call, Signal } from '../../../src/system/bus/bus.js';
import { type Answer, fakeConnection, ownerChanged } from '../../../src/fakes/fake-bus.js';
import { marbles } from '../../../src/testing/marbles.js';

const NAME = 'org.freedesktop.network1';
const owners = { a: ':1.4', b: ':1.9', u: undefined };
const ownedBy =
  (owner: string): Answer =>
  () => [owner];
const noOwner: Answer = () => ({ errorName: 'org.freedesktop.DBus.Error.NameHasNoOwner' });
const signals: Record<string, Signal> = {
  g: ownerChanged(':1.4', ''),
  c: ownerChanged('', ':1.9'),
  f: ownerChanged(':1.4', ':1.66', ':1.66'),
  i: { ...ownerChanged(':1.4', ':1.66'), interface: 'org.example' },
  o: { ...ownerChanged(':1.4', ':1.66'), body: ['org.example', ':1.4', ':1.66'] },
};

describe('nameOwner', () => {
  test(
    'tells who owns the name now, and then each change',
    marbles(({ hot, expectObservable }) => {
      const signal$ = hot('---g--c--|', signals);
      const expected = '   a--u--b--|';
      expectObservable(nameOwner(fakeConnection(signal$, ownedBy(':1.4')), NAME)).toBe(expected, owners);
    }),
  );

  test(
    'a name that nobody owns is waited for',
    marbles(({ hot, expectObservable }) => {
      const signal$ = hot('------c--', signals);
      const expected = '   u-----b--';
      expectObservable(nameOwner(fakeConnection(signal$, noOwner), NAME)).toBe(expected, owners);
    }),
  );

  test(
    'believes nobody but the bus, and hears of no other name',
    marbles(({ hot, expectObservable }) => {
      const signal$ = hot('---f--i--o--', signals);
      const expected = '   a-----------';
      expectObservable(nameOwner(fakeConnection(signal$, ownedBy(':1.4')), NAME)).toBe(expected, owners);
    }),
  );

  test(
    'a change that comes before the answer is told once',
    marbles(({ hot, expectObservable }) => {
      const signal$ = hot('-c------', signals);
      const expected = '   -b------';
      const connection = fakeConnection(signal$, ownedBy(':1.9'), answered$ => answered$.pipe(delay(2)));
      expectObservable(nameOwner(connection, NAME)).toBe(expected, owners);
    }),
  );

  test('asks the bus to tell of changes before it asks who it is now', () => {
    const asked: string[] = [];
    marbles(({ hot, expectObservable }) => {
      const answer = ({ member, body = [] }: Call) => {
        asked.push(`${member} ${String(body[0])}`);
        return [':1.4'];
      };
      const connection = fakeConnection(hot('-'), answer, (answered$, { member, body }) => {
        if (member === 'AddMatch') asked.push(`AddMatch ${String(body?.[0])}`);
        return answered$;
      });
      expectObservable(nameOwner(connection, NAME)).toBe('a', owners);
    })();
    expect(asked).toEqual([expect.stringMatching(`^AddMatch .*arg0='${NAME}'$`), `GetNameOwner ${NAME}`]);
  });

  test(
    'a bus that does not answer is waited for; unsubscribing unsubscribes from it',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const signal$ = hot<Signal>('-');
      const subs = '       ^---!';
      expectObservable(
        nameOwner(
          fakeConnection(signal$, () => undefined),
          NAME,
        ),
        subs,
      ).toBe('-');
      expectSubscriptions(signal$.subscriptions).toBe(subs);
    }),
  );

  test(
    'any other refusal, and the loss of the bus, are errors',
    marbles(({ hot, expectObservable }) => {
      const refused = fakeConnection(hot('-'), () => ({ errorName: 'org.freedesktop.DBus.Error.LimitsExceeded' }));
      const refused$ = nameOwner(refused, NAME).pipe(
        catchError((error: unknown) => throwError(() => new Error(String(error)))),
      );
      expectObservable(refused$).toBe('#', owners, new Error('Error: org.freedesktop.DBus.Error.LimitsExceeded'));
      expectObservable(nameOwner(fakeConnection(hot('---#'), ownedBy(':1.4')), NAME)).toBe('a--#', owners);
    }),
  );
});
