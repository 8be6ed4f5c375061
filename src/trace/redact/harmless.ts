/**
 * Words that identify nobody: of the format, the kernel, networkd, D-Bus, dhcp-options(5), standard paths and our
 * messages.
 */
const words = new Set(
  `
    aborted absent accept access account acquired acted action actions activated activation add added addr address addresses addresstype admin
    administrative adv after again agent aging alias aliases all allmulti alone already alternative always an and anew announce another answer answers any
    anycast append applied apply arch architecture are arg args arp array ask asked assistance at attached attempts auth authorization auto autoconfigure
    back backlog base bcms be because before began begin begins begun behaviour behind being belongs big bigint bin bind blackhole block blocks body bond
    bool boolean boot bootfile bootp bound bpf bridge broadcast broken broker bus busctl busy by bytes cache call came can cannot carrier carrierstate cause
    change changed changes character characters check chmod choose chooses chown circuit class classless client clientid clock close closed code codel
    collisions come commit completed compressed conf config configuration configure configured configures configuring conflict conflicts connect connected
    connection consume contents context continues cookie could count counts crc create created current cut daemon damaged data database datagram date dbus
    dd dead debounce debug default defect defend deferred degraded delegated delete deleted denied departed depref describe described description desired
    destination detail details detection dev device dgram dh dhc dhclient dhcp dhcpoffer dhcpv did digits dir directories directory disconnected discovery
    dispatcher display dns do does domain domainname domains done dormant dotd down dport drain driver dropped dst dump duplicate duration during eacces
    each eaddrinuse eaddrnotavail eafnosupport eagain earlier ebadf ebtables ebusy econnrefused econnreset editors eexist einval eio eisdir elapsed eloop
    else emfile emit empty enable enametoolong encap encapsulated encapsulation end ended ends enetdown enetunreach enfile enobufs enodev enoent enoexec
    enomem enospc enotconn enotdir enotsup enough enrich enslaved ensure entries entry env environment enxio eopnotsupp eperm epipe epoch erange erofs errno
    error errors esrch etc ether ethernet etimedout etxtbsy event events every everything exclude executable executed exist exit exited expected expire
    expired expires export extension extensions extra fail failed fails failure failures false family faster fatal fault faults feature features fifo file
    filename files filter finger first fixed flag flags flow flowlabel font for foreign format forwarding found fq fqdn frame freedesktop from full fwmark
    fwmask garbage gateway generator generators generic get give given global go gone goto granted gre greeting gro group groups gso gw had handled happens
    hardware has have hd header heard heartbeat held hex hidden hold holds hop hoplimit host hostname hostnamed hotplug how hsr ia iaaddr iaprefix iay id
    identifier ieee ien if iface ifb ifindex ignore iif ila impress in includes incomplete index inet infiniband info init initialized inner input inputs
    install instead interactive interface interfaces interpreter interrupted interval introspectable ioam ip ipip ipproto ipv irc is it its itself join
    joined joins js json keep keepalive kept kernel key kind known knows label labels lacks large last later latin layer leads lease leasefile leases leave
    leaves left leftovers len length less letters level lft lib life lifetime lifetimes like limit line lines linger link linkdown linked links list listed
    listen listing lists ll lo load loader local localhost location lock locked log login logind looked looking looks lookup loopback loss lost lower lowpan
    lpr mac machine macvlan made main malformed manage managed manager managers manufacturer many map mark mask master match max may mdev mean meant medium
    member memory merge merit message messages met meta metric metrics middle millis milliseconds min missed missing mixed mobile mode model more most
    mounted mpls ms mss mtu multi multicast multipath na name named names namespace nd nds near needs neither net netbios netdev netif netlink netmask netns
    network networkd networkmanager networks never new newer newest next nexthop nexthops nhid nis nisp nisplus nntp no nobody node noexec nohandler non
    nonce none noqueue nor not nothing now ns ntp nul null num number numbers nwip object objects obstacles of off offer offline offload offset oif ok old
    on once one ones online onlink only open oper operational operstate option optional options opts or order org origin oro other otherhost others our ours
    out output over overdue overrun overruns own owned owner owners package packet packets pairs parallel parameter parent partial passes path paths payload
    pcode pd peer pending per perform permanent permission persistent pervasive pfifo physical pid pipe place places plateau platform pointtopoint policy
    polkit pop port ports ppp pref prefered preference preferred prefix prefixes prefixlen prefixlength preflen prefsrc prepare present previous priority
    prism proc process processes product prog program progress prohibit promisc promiscuity promote propagate properties property protinfo proto protocol
    push put pv pxe qdisc question queue queues radiotap ran range rapid raw rawip read reading readonly ready realm realms reason reassembly rebind
    rebinding received reconfigure record recorded refresh refusal refused regular relay release released reload remote removed rename renamed renew renewal
    renewed renewing replace reply request requested required rerun reset resolve resolved resource restart resume return revert rfc root rotate routable
    route router routers routes routing row rpl rt rtnetlink rule rules run running runs rx said same say says sb sbin scheduler scope script scripts search
    sec seconds section see seen seg segments segs selected selection self send sender sent serial server servers service serving session set setup several
    severity share shift should sigabrt sighup sigint sigkill signal signals signature sigpipe sigsegv sigterm since single sip sit site size sizes skipped
    slave sleep slip slot slp smtp snapshot sntp so socket solicitation some somebody something soon source sources space specific sport src ss staged
    standing stands start started starting starts startup state statement states static station statistics stats status stderr stdout step still stop
    stopped stops stream streettalk string style styles subnet subnetmask subnets subscribe subscribed such supplier suppress suppressor sure suspend swap
    switches symbolic system systemd ta table tables taken takes tap target task tcode tcp tell tells temporary tentative testing text tftp than that the
    their them then there these they this those threw throughput throw time timed timeout timeouts timer times timesyncd timezone title to told too tos
    trace trailer transient trap tree trees tried trigger trim true trying tso ttl tun tunnel two tx txq type tz uap udev udp uevent uid uidrange unable
    undefined undone unexpected unicast unique unit units unix unknown unless unmanaged unnamed unreachable unread unreadable unresolved unsafe until
    unwritten up updated upper upstream uptime url use used user using usr uuid valid value values var variable variables vendor version veth via virtual
    vivco vivso vlan void vrf vti vxlan wait waited waiting walk wall wanted wants warm warn was watch way we weight went were what when where which while
    who whole why will window wireguard with withdrawn within without wlan word world would wpad writable write written wrong wrote www xdp xfrm yes you
    your
  `
    .split(/\s+/)
    .filter(word => word.length > 1),
);

/** `OperationalState` → `Operational`, `State`; `network1` → `network`, `1`; a piece that is neither is left over. */
const PARTS = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d{1,2}(?!\d)|[^]/g;

/** May anybody read this word of letters and digits? */
export const isHarmless = (word: string): boolean =>
  /^(?:[a-zA-Z]|[tT][12])$/.test(word) ||
  words.has(word.toLowerCase()) ||
  (word.match(PARTS) ?? []).every((part, nth) => words.has(part.toLowerCase()) || (nth > 0 && /^\d+$/.test(part)));
