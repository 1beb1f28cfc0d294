import { expect, test } from "vitest";
import { domainOf, hostOf, networkOf } from "../../../collectors/lookout/marks.ts";

test.each([
  ["192.0.2.7", "192.0.2"],
  ["::ffff:192.0.2.7", "192.0.2"],
  ["2001:db8:0:1::7", "2001:db8:0"],
  ["2001:DB8::7", "2001:db8:0"],
  ["::1", "0:0:0"],
  ["fe80::1%eth0", "fe80:0:0"],
  ["unknown", ""],
  ["", ""],
])("the network of %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test.each([
  ["192.0.2.7", "192.0.2.7"],
  ["::ffff:192.0.2.7", "192.0.2.7"],
  ["2001:db8:0:1::7", "2001:db8:0:1"],
  ["2001:0DB8:0:1:ffff::8", "2001:db8:0:1"],
  ["::1", "0:0:0:0"],
  ["", ""],
])("the host of %s: whoever has a /64 is one, whatever address in it is taken", (address, host) => {
  expect(hostOf(address)).toBe(host);
});

test.each([
  ["mail-ab1-f45.one.example.org", "example.org"],
  ["MX.Example.ORG.", "example.org"],
  ["mx1.firm.co.uk", "firm.co.uk"],
  ["mx1.firm.at", "firm.at"],
  ["localhost", ""],
  ["[192.0.2.7]", ""],
  ["192.0.2.7", ""],
  ["bad name.test", ""],
  ["", ""],
])("the domain of %s", (host, domain) => {
  expect(domainOf(host)).toBe(domain);
});
