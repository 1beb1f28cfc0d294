import { expect, test } from "vitest";
import health from "../../../src/publishers/health/index.ts";
import { blindReport, outageReport } from "../../support/report.ts";
import { openSite } from "../../support/site.ts";

test("ready only with a report from a mail server that can be seen; healthy always", async () => {
  const { web, publish } = await openSite([health]);
  const ready = async () => {
    expect((await web.inject("/-/healthy")).statusCode).toBe(200);
    const { statusCode, body, headers } = await web.inject("/-/ready");
    expect(headers["content-type"]).toBe("text/plain; charset=utf-8");
    return [statusCode, body];
  };
  expect(await ready()).toEqual([503, "Not ready: mailtide has no report yet.\n"]);
  publish(outageReport());
  expect(await ready()).toEqual([200, "mailtide is ready.\n"]);
  publish(blindReport());
  const [code, why] = await ready();
  expect(code).toBe(503);
  expect(why).toContain("cannot see the mail server. It cannot read a log.");
  publish(outageReport());
  expect((await ready())[0]).toBe(200);
  await web.close();
});
