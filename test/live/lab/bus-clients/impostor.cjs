// A program of user systemd-network that takes networkd's name while networkd does not run, and says what it likes.
// Arguments: the directory of dbus-next, the link's ifindex, and the values of its states, one signal each.
const [, , library, ifindex, ...values] = process.argv;
const { Message, MessageType, Variant, sessionBus } = require(library);
const name = 'org.freedesktop.network1';
const path = `/org/freedesktop/network1/link/_3${ifindex}`;
const properties = ['CarrierState', 'OperationalState', 'OnlineState', 'AdministrativeState'];
const statesOf = value => Object.fromEntries(properties.map(each => [each, new Variant('s', value)]));
const bus = sessionBus({ busAddress: 'unix:socket=/run/dbus/system_bus_socket' });
const answer = (to, signature, body) => bus.send(Message.newMethodReturn(to, signature, body));
const tell = value =>
  bus.send(
    new Message({
      type: MessageType.SIGNAL,
      path,
      interface: 'org.freedesktop.DBus.Properties',
      member: 'PropertiesChanged',
      signature: 'sa{sv}as',
      body: [`${name}.Link`, statesOf(value), []],
    }),
  );
bus.on('message', message => {
  if (message.type !== MessageType.METHOD_CALL) return;
  if (message.member === 'ListLinks') answer(message, 'a(iso)', [[[Number(ifindex), 'eth0', path]]]);
  else if (message.member === 'GetAll') {
    const isLink = message.path === path;
    answer(message, 'a{sv}', [isLink ? statesOf(values[0]) : { OperationalState: new Variant('s', values[0]) }]);
    if (isLink) values.slice(1).forEach(tell);
  } else bus.send(Message.newError(message, 'org.freedesktop.DBus.Error.UnknownMethod', 'not by me'));
});
bus.requestName(name, 0).then(() => console.log('owner'));
