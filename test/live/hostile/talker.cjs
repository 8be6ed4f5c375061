// A program of user systemd-network that takes networkd's name while networkd does not run, and speaks of ever more links that there
// are not, and ever more states of one that there is. Arguments: the directory of dbus-next, the ifindex of a link, how many words.
const { setTimeout: wait } = require('node:timers/promises');
const [, , library, ifindex, words] = process.argv;
const { Message, MessageType, Variant, sessionBus } = require(library);
const name = 'org.freedesktop.network1';
const pathOf = index => `/org/freedesktop/network1/link/_3${String(index).charCodeAt(0) - 48}${String(index).slice(1)}`;
const bus = sessionBus({ busAddress: 'unix:socket=/run/dbus/system_bus_socket' });
const many = Array.from({ length: 10_000 }, (_, n) => n + 1000);
const states = of => Object.fromEntries(of.map(each => [each, new Variant('s', 'routable')]));
const own = ['CarrierState', 'OperationalState', 'OnlineState', 'AdministrativeState'];
const answer = (to, signature, body) => bus.send(Message.newMethodReturn(to, signature, body));
const tell = (index, changed) =>
  bus.send(
    new Message({
      type: MessageType.SIGNAL,
      path: pathOf(index),
      interface: 'org.freedesktop.DBus.Properties',
      member: 'PropertiesChanged',
      signature: 'sa{sv}as',
      body: [`${name}.Link`, changed, []],
    }),
  );
const talk = async () => {
  for (let n = 0; n < Number(words); n += 1) {
    tell(many[n % many.length], { OperationalState: new Variant('s', n % 2 ? 'off' : 'carrier') });
    tell(Number(ifindex), states(Array.from({ length: 8 }, (_, nth) => `P${n}x${nth}`)));
    if (n % 100 === 0) await wait(1);
  }
  tell(Number(ifindex), { OperationalState: new Variant('s', 'off') });
  console.log('talked');
};
bus.on('message', message => {
  if (message.type !== MessageType.METHOD_CALL) return;
  if (message.member === 'ListLinks')
    answer(message, 'a(iso)', [
      [[Number(ifindex), 'eth0', pathOf(ifindex)], ...many.map(n => [n, `l${n}`, pathOf(n)])],
    ]);
  else if (message.member === 'GetAll') answer(message, 'a{sv}', [states(own)]);
  else bus.send(Message.newError(message, 'org.freedesktop.DBus.Error.UnknownMethod', 'not by me'));
});
bus.requestName(name, 0).then(() => setTimeout(talk, 3000));
