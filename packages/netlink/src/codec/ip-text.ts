/** Addresses as text, straight from a message: dotted decimal, IPv6 in the canonical form of RFC 5952, and those of hardware. */

// Few pieces to join: this is what the decoder does most.
const octets = Array.from({ length: 256 }, (_, n) => String(n));
const octetsAndDot = octets.map(octet => `${octet}.`);
const lengths = octets.map(octet => `/${octet}`);

// Texts that live for a moment only are what makes the garbage collector run: neighbours in a list share the first half
// of their addresses, and many routes share a gateway.
let half = 0;
let halfText = '0.0.';
const recent = octets.map(() => 0);
const recentTexts = octets.map(() => '0.0.0.0');

/** Four bytes at `at` as dotted decimal. */
export function ipv4Text(view: DataView, at: number): string {
  // Signed: the interpreter allocates larger numbers.
  const bits = view.getInt32(at);
  if (bits >>> 16 !== half) {
    half = bits >>> 16;
    halfText = (octetsAndDot[half >>> 8] ?? '') + (octetsAndDot[half & 255] ?? '');
  }
  return halfText + (octetsAndDot[(bits >>> 8) & 255] ?? '') + (octets[bits & 255] ?? '');
}

/** As ipv4Text, for addresses that come again and again. */
export function repeatedIpv4Text(view: DataView, at: number): string {
  const bits = view.getInt32(at);
  const slot = bits & 255;
  if (recent[slot] !== bits) {
    recent[slot] = bits;
    recentTexts[slot] = ipv4Text(view, at);
  }
  return recentTexts[slot] ?? '';
}

/** `address/length`, the length from one byte. */
export function prefixText(address: string, length: number): string {
  return address + (lengths[length] ?? '');
}

/** Sixteen bytes at `at` as RFC 5952 text: lower case, the first longest run of two or more zero groups shortened. */
export function ipv6Text(view: DataView, at: number): string {
  let runAt = -1;
  let runLength = 1;
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (i + length < 8 && view.getUint16(at + 2 * (i + length)) === 0) length++;
    if (length > runLength) {
      runAt = i;
      runLength = length;
    }
    i += length;
  }
  // RFC 5952 section 5: IPv4-mapped addresses (::ffff:0:0/96) show their last 32 bits in dotted decimal.
  if (runAt === 0 && runLength === 5 && view.getUint16(at + 10) === 0xffff) return `::ffff:${ipv4Text(view, at + 12)}`;
  let text = '';
  for (let i = 0; i < 8; i++) {
    if (i === runAt) {
      text += '::';
      i += runLength - 1;
    } else {
      text += (text === '' || text.endsWith('::') ? '' : ':') + view.getUint16(at + 2 * i).toString(16);
    }
  }
  return text;
}

const hex = octets.map((_, n) => n.toString(16).padStart(2, '0'));

/** So many bytes at `at` as a hardware address: `02:00:5e:10:00:01`. */
export function macText(view: DataView, at: number, length: number): string {
  let text = '';
  for (let i = 0; i < length; i++) text += (i > 0 ? ':' : '') + (hex[view.getUint8(at + i)] ?? '');
  return text;
}
