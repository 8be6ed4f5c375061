import { describe, expect, test } from '@jest/globals';
import { parseLeases } from '../../../../src/sources/dhclient/lease-file.js';
import { address, config, lease, link } from '../../../../src/testing/builders.js';
import { encode } from '../../../../src/trace/json.js';
import { createRedactor } from '../../../../src/trace/redact/redact.js';
import { emptyHeader } from '../empty-header.js';

/** The options of dhcp-options(5), each with the kind of value that it has. */
const options: Readonly<Record<string, string>> = {
  text: `bootfile-name domain-name extensions-path-name host-name merit-dump nis-domain nisplus-domain root-path tftp-server-name uap-servers
    vendor-class-identifier user-class wpad-url nds-tree-name nds-context nwip-domain pxe-client-id pcode tcode tz-name fqdn.fqdn fqdn.hostname
    fqdn.domainname netbios-scope default-url domain-search v4-portparams unknown-250 site-option-space vendor.secret`,
  hex: `dhcp-client-identifier agent.circuit-id agent.remote-id agent.link-selection vendor-encapsulated-options dhcp-parameter-request-list
    vivco vivso dhcp6.client-id dhcp6.server-id dhcp6.user-class dhcp6.vendor-class dhcp6.vendor-opts dhcp6.interface-id dhcp6.auth-token`,
  ip: `routers domain-name-servers ntp-servers time-servers log-servers cookie-servers lpr-servers impress-servers resource-location-servers
    swap-server netbios-name-servers netbios-dd-server nis-servers nisplus-servers smtp-server pop-server nntp-server www-server finger-server
    irc-server streettalk-server mobile-ip-home-agent slp-directory-agent font-servers x-display-manager static-routes dhcp-server-identifier
    broadcast-address subnet-selection dhcp6.name-servers dhcp6.sntp-servers dhcp6.nis-servers dhcp6.sip-servers-addresses`,
};
const named = (kind: string): readonly string[] => (options[kind] ?? '').split(/\s+/);

let count = 0;
const secrets: string[] = [];
const secret = (text: (nth: number) => string): string => {
  count += 1;
  const made = text(count);
  secrets.push(made);
  return made;
};
const word = (): string => secret(nth => `zq${nth.toString(36)}kv`);
const ip = (): string => secret(nth => (nth % 2 === 0 ? `203.0.${nth % 200}.77` : `2001:db8:77${nth.toString(16)}::5`));
const mac = (): string => secret(nth => `52:54:00:9a:bc:${(nth % 256).toString(16).padStart(2, '0')}`);
const hexOf = (text: string, between: string): string =>
  Buffer.from(text).toString('hex').match(/../g)?.join(between) ?? '';
const octalOf = (text: string): string => [...Buffer.from(text)].map(byte => `\\${byte.toString(8)}`).join('');

/** A lease with a secret in every option, as it is, in hexadecimal and in octal escapes, by the real parser. */
const leased = (): readonly unknown[] => {
  const lines = [
    ...named('text').map(name => `option ${name} "${word()}.${word()}/${word()}";`),
    ...named('text').map(name => `option ${name}-escaped "${octalOf(word())}";`),
    ...named('hex').map(name => `option ${name} ${hexOf(word(), ':')};`),
    ...named('ip').map(name => `option ${name} ${ip()};`),
    `option rfc3442-classless-static-routes 24,10,77,1,${secret(() => '10,88,99,33').replace(/^10,/, '10,')};`,
  ];
  const text = `lease {\n  interface "${word()}";\n  fixed-address 192.0.2.5;\n  ${lines.join('\n  ')}\n  renew 1 2026/11/23 22:30:13;\n  rebind 1 2026/11/23 22:31:00;\n  expire 1 2026/11/23 22:32:09;\n}\n`;
  return parseLeases(text, 0).leases;
};

const describedLink = (): string =>
  JSON.stringify({
    Index: 3,
    Name: word(),
    AlternativeNames: [word()],
    HardwareAddress: [0x52, 0x54, 0, 0x9a, 0xbc, 0xfe],
    DNS: [{ Family: 2, Address: [203, 0, 113, 99] }],
    NTP: [{ Server: `${word()}.example` }],
    SearchDomains: [{ Domain: word() }],
    NetworkFile: `/etc/systemd/network/${word()}.network`,
    Vendor: word(),
    DHCPv4Client: {
      ClientIdentifier: [...Buffer.from(word())],
      PrivateOptions: [{ PrivateOptionData: [...Buffer.from(word())] }],
    },
  });

/** Every kind of line, with a secret wherever there is a text. */
const lines = (): readonly string[] => {
  const name = word();
  const glob = word();
  const script = `10-${word()}.sh`;
  const directory = `/srv/${word()}/routable.d`;
  const place = (path: string) => ({ path, kind: 'file', uid: 0, mode: 0o755, size: 9 });
  const listing = [
    {
      directory,
      way: { places: [place(directory)], end: place(directory) },
      entries: [{ name: script, places: [place(`${directory}/${script}`)], end: place(`/opt/${word()}/${word()}`) }],
    },
  ];
  const world = {
    ...emptyHeader.start,
    kernel: { ...emptyHeader.start.kernel, links: new Map([[2, link(2, name)]]) },
    leases: { ...emptyHeader.start.leases, recorded: leased() },
  };
  return [
    encode({
      ...emptyHeader,
      start: world,
      scriptDir: directory,
      extensions: [word()],
      known: [
        { ask: `list ${directory}`, answer: listing },
        { ask: `call org.freedesktop.hostname1 / Get ["${word()}"]`, answer: [word()] },
      ],
    }),
    {
      input: {
        kind: 'config',
        config: config({
          network: {
            links: [`${glob}*`, `!${word()}`],
            routingPolicyRules: [`${glob}?`],
            dhClientLeaseFiles: [`/var/${word()}/*`],
          },
          extensions: { load: [`/opt/${word()}.mjs`] },
        }),
      },
    },
    {
      input: {
        kind: 'kernel-dump',
        afterLoss: false,
        links: [{ ...link(2, name), alternativeNames: [word(), `wl\udce4${word()}`] }, link(3, `${glob}7`)],
        addresses: [
          { ...address(2, `${ip()}/24`.replace(/^2001.*/, '203.0.113.4/24')), label: `${name}:${word()}`, peer: ip() },
        ],
      },
    },
    {
      input: {
        kind: 'kernel',
        changes: [
          {
            what: 'route',
            ifindex: 2,
            ours: false,
            change: { action: 'added', route: `${ip()} via ${ip()} dev ${name} table ${word()}` },
          },
        ],
      },
    },
    { input: { kind: 'networkd-link', ifindex: 2, changed: { OperationalState: 'routable', [word()]: word() } } },
    {
      input: {
        kind: 'leases',
        leases: [
          ...leased(),
          lease('192.0.2.9', { hostname: word(), domain: `${word()}.${word()}`, search: [word()], link: name }),
        ],
        now: 5,
      },
    },
    { input: { kind: 'source', name: word(), state: { is: 'lost', why: `${word()}: cannot be read: ${word()}` } } },
    {
      input: {
        kind: 'fault',
        fault: {
          kind: 'fault',
          severity: 'warn',
          code: word(),
          message: `${word()}\u001b[31m ${mac()}`,
          cause: { message: word(), stack: word() },
        },
      },
    },
    {
      input: {
        kind: 'extension',
        extension: word(),
        ifindex: 0,
        payload: {
          [word()]: [word(), { url: `https://${word()}:${word()}@${word()}.example/${word()}?q=${word()}#${word()}` }],
        },
      },
    },
    { ask: `list ${directory}`, answer: listing },
    {
      ask: `read /run/systemd/netif/leases/2`,
      answer: `# private\nADDRESS=${ip()}\nHOSTNAME=${word()}\nDOMAINNAME=${word()}\nROOT_PATH=/srv/${word()}\nCLIENTID=${hexOf(word(), '')}\nVENDOR_SPECIFIC=${hexOf(word(), '')}\nOPTION_224=${hexOf(word(), '')}\n`,
    },
    {
      ask: 'read /run/udev/data/n2',
      answer: `I:123\nE:ID_SERIAL=${word()}\nE:ID_NET_NAME_MAC=${word()}\nE:ID_MODEL_FROM_DATABASE=${word()} ${word()}\nE:ID_PATH=pci-${word()}\n`,
    },
    { ask: 'call org.freedesktop.network1 /org/freedesktop/network1/link/_32 Describe []', answer: [describedLink()] },
    {
      ask: `call org.freedesktop.resolve1 /org/freedesktop/resolve1 SetLinkDomains [2,[["${word()}.${word()}",false]]]`,
      error: { message: `${word()} refused`, code: word(), errorName: `org.${word()}.Error` },
    },
    { ask: `run 4 ${directory}/${script}`, id: 9 },
    { to: 9, answer: { kind: 'output', stream: 'stdout', line: `${word()} ${ip()}` } },
    { to: 9, answer: { kind: 'failed', error: word() } },
    {
      ask: 'apply x',
      answer: [
        null,
        { code: 'EEXIST', errno: 17, message: `${word()}: File exists`, unknown: new Uint8Array(Buffer.from(word())) },
      ],
    },
  ].map((line, nth) => (typeof line === 'string' ? line : encode({ at: nth, ...line })));
};

describe('a redacted trace', () => {
  test('holds no secret, in whatever place and form it stood', () => {
    const all = lines();
    const { learn, hide } = createRedactor();
    all.forEach(learn);
    const text = all.map(hide).join('\n');
    const forms = (one: string): readonly string[] => [
      one,
      hexOf(one, ''),
      hexOf(one, ':'),
      octalOf(one),
      octalOf(one).replaceAll('\\', '\\\\'),
      [...Buffer.from(one)].join(','),
      Buffer.from(one).toString('base64'),
    ];
    expect(secrets.length).toBeGreaterThan(200);
    expect(
      secrets.filter(
        one => !forms(one).some(form => all.join('\n').includes(form)) && !one.includes(':') && !one.includes('.'),
      ),
    ).toEqual([]);
    expect(secrets.flatMap(one => forms(one).filter(form => text.includes(form)))).toEqual([]);
  });

  test('keeps what is known to be harmless, and what belongs together', () => {
    const { hide } = createRedactor();
    const one = encode({
      at: 1.5,
      input: {
        kind: 'networkd-link',
        ifindex: 2,
        changed: { OperationalState: 'degraded-carrier', AdministrativeState: 'configuring' },
      },
    });
    expect(hide(one)).toBe(one);
    const call = encode({
      at: 2,
      ask: 'call org.freedesktop.network1 /org/freedesktop/network1/link/_32 Get ["alpha.example"]',
      answer: ['alpha', 'alpha.example', 60, true],
    });
    expect(hide(call)).toBe(
      '{"at":2,"ask":"call org.freedesktop.network1 /org/freedesktop/network1/link/_32 Get [\\"w1.w2\\"]","answer":["w1","w1.w2",60,true]}',
    );
  });

  test('patterns choose the same links, by whichever of them, and scripts keep their order', () => {
    const { learn, hide } = createRedactor();
    const entry = (name: string) => ({ name, places: [] });
    const all = [
      encode({
        at: 1,
        ask: 'list /a',
        answer: [{ directory: '/a', entries: ['20-zeta', '10-routable', '10-omega', 'x.bak'].map(entry) }],
      }),
      encode({ at: 2, input: { kind: 'kernel-dump', links: [link(2, 'acme0'), link(3, 'acme0.5'), link(4, 'lo')] } }),
      encode({
        at: 3,
        input: { kind: 'config', config: { network: { links: ['acme*', '!*.5'], routingPolicyRules: ['acme?'] } } },
      }),
    ];
    all.forEach(learn);
    expect(all.map(line => JSON.parse(hide(line)) as unknown)).toMatchObject([
      {
        answer: [
          {
            entries: [{ name: 's000006' }, { name: 's000004' }, { name: 's000003' }, { name: 's000007~' }].map(
              ({ name }) => ({
                name: expect.stringMatching(/^s0+\d~?$/) as unknown as string,
                ...(name.endsWith('~') ? { name: expect.stringMatching(/~$/) as unknown as string } : {}),
              }),
            ),
          },
        ],
      },
      { input: { links: [{ name: 'link1.p1.p3.' }, { name: 'link2.p1.p2.' }, { name: 'lo' }] } },
      { input: { config: { network: { links: ['*.p1.*', '!*.p2.*'], routingPolicyRules: ['*.p3.*'] } } } },
    ]);
    const [listing] = all.map(
      line => JSON.parse(hide(line)) as { answer: readonly { entries: readonly { name: string }[] }[] },
    );
    const [z, routable, omega] = listing!.answer[0]!.entries.map(({ name }) => name);
    expect([z, routable, omega].sort()).toEqual([omega, routable, z]);
  });

  test.each([
    ['in what a script has written', (deep: string) => JSON.stringify({ at: 1, to: 3, answer: { line: deep } })],
    ['in a text of JSON', (deep: string) => JSON.stringify({ at: 1, ask: 'x', answer: `{"secret":${deep}}` })],
    ['in the line itself', (deep: string) => `{"at":1,"answer":${deep}}`],
  ])('brackets in one another, ever so many, are no reason to end: %s', (_, line) => {
    const redactor = createRedactor();
    const deep = line(`${'['.repeat(4000)}"zqsecret"${']'.repeat(4000)}`);
    redactor.learn(deep);
    expect(redactor.hide(deep)).toMatch(/^\{"at":1/);
    expect(redactor.hide(deep)).not.toContain('zqsecret');
  });

  test('a line that is no JSON is left out', () => {
    expect(createRedactor().hide('{"at":1,"inp')).toBe('');
  });
});
