import { describe, expect, test } from '@jest/globals';
import { manageForeign } from '../../../../../src/commands/checks/networkd-conf/networkd-conf-parse.js';

const of = (...texts: readonly string[]) => manageForeign(texts.map((text, nth) => ({ path: String(nth), text })));
const yes = { isManaged: true, by: undefined };

describe('manageForeign', () => {
  test('unset, or set elsewhere, is yes', () => {
    expect(of()).toEqual({ rules: yes, routes: yes });
    expect(
      of('ManageForeignRoutes=no\n[DHCPv4]\nManageForeignRoutes=no\n[Network]\n#ManageForeignRoutes=no\n'),
    ).toEqual({
      rules: yes,
      routes: yes,
    });
  });

  test('what is set last holds, and the file that set it is named', () => {
    expect(
      of(
        '[Network]\nManageForeignRoutingPolicyRules=no\nManageForeignRoutes=no\n',
        '[Network]\nManageForeignRoutes=no\nManageForeignRoutes=yes\n',
        '[Network]\nSpeedMeter=no\n',
      ),
    ).toEqual({ rules: { isManaged: false, by: '0' }, routes: { isManaged: true, by: '1' } });
  });

  test.each(['1', 'yes', 'y', 'TRUE', 't', 'on'])('%s is yes', word => {
    expect(of(`[Network]\nManageForeignRoutes=${word}`).routes).toEqual({ isManaged: true, by: '0' });
  });
  test.each(['0', 'no', 'N', 'false', 'f', 'Off'])('%s is no', word => {
    expect(of(`[Network]\nManageForeignRoutes=${word}`).routes).toEqual({ isManaged: false, by: '0' });
  });
  test.each(['', 'maybe', 'no no'])('"%s" is no truth value and sets nothing', word => {
    expect(of(`[Network]\nManageForeignRoutes=no\nManageForeignRoutes=${word}\n`).routes).toEqual({
      isManaged: false,
      by: '0',
    });
  });

  test('space around words, comments and continued lines are as in systemd.syntax(7)', () => {
    expect(of('  [Network]  \n\tManageForeignRoutes =  no \n').routes.isManaged).toBe(false);
    expect(of('[Network]\nManageForeignRoutes=\\\n# no, yes\n no\n').routes.isManaged).toBe(false);
    expect(of('[Network]\n; a comment does not go on \\\nManageForeignRoutes=no\n').routes.isManaged).toBe(false);
    expect(of('[Network]\nRouteTable=a:1 \\\nManageForeignRoutes=no\n').routes.isManaged).toBe(true);
    expect(of('[Network]\nRouteTable=\\\\\nManageForeignRoutes=no\n').routes.isManaged).toBe(false);
  });
});
