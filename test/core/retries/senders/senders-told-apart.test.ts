import { expect, test } from "vitest";
import { schedules, variantsOf } from "../../../../src/core/retries/senders/classes.ts";
import { classOf } from "../../../../src/core/retries/senders/classify.ts";

test.each([
  ["mail-qv1-f54.google.com", "google"],
  ["mail-am6eur05on2081.outbound.protection.outlook.com.", "microsoft365"],
  ["a8-31.smtp-out.amazonses.com", "amazonses"],
  ["a4-2.smtp-out.eu-west-1.amazonses.com", "amazonses"],
  ["O1.em.outbound-mail.sendgrid.net", "sendgrid"],
  ["m204-12.mailgun.net", "mailgun"],
  ["sonic313-20.consmr.mail.ne1.yahoo.com", "yahoo"],
  ["eu-smtp-delivery-1.mimecast.com", "mimecast"],
  ["mx0b-0123abcd.pphosted.com", "proofpoint"],
  ["dispatch1-us1.ppe-hosted.com", "proofpoint-essentials"],
  ["esa1.hc1234-56.iphmx.com", "cisco"],
  ["out1-smtp.messagingengine.com", "fastmail"],
  ["mout.gmx.net", "gmx"],
])("%s is %s by its name, confirmed or said in HELO", (name, senderClass) => {
  expect(classOf({ confirmedName: name })).toEqual({ senderClass, by: "name" });
  expect(classOf({ helo: name })).toEqual({ senderClass, by: "helo" });
});

test.each([
  [
    "from a.test (a.test [192.0.2.1]) by mx.test (Postfix) with ESMTPS id 4Dk0Xx1 for <b@example.org>; Mon, 1 Jan",
    "postfix",
  ],
  ["by mx.test (Postfix, from userid 1000) id 9D2C4; Mon, 1 Jan", "postfix"],
  [
    "from [192.0.2.1] (helo=a.test) by mx.test with esmtpsa (TLS1.3) (Exim 4.96) (envelope-from <a@a.test>) id 1pABCd-0001Zz-2k; Mon",
    "exim",
  ],
  ["from a.test (a.test [192.0.2.1]) by mx.test (8.17.1/8.17.1) with ESMTPS id 31ABCDEF012345; Mon, 1 Jan", "sendmail"],
  ["(qmail 12345 invoked by uid 89); 1 Jan 2024 10:00:00 -0000", "qmail"],
  ["from a.test by mx.test (OpenSMTPD) with ESMTPSA id 0123abcd (TLSv1.3)", "opensmtpd"],
  [
    "from a.test (192.0.2.1) by mx.test (192.0.2.2) with Microsoft SMTP Server (version=TLS1_2, cipher=X) id 15.1.2507.6",
    "exchange",
  ],
  ["from a.test by AM6PR05MB1.eurprd05.prod.outlook.com ([::1]) with Microsoft SMTP Server id 15.20.1", "microsoft365"],
  [
    "from pps.filterd (m0.ppops.net [127.0.0.1]) by m0.ppops.net (8.17.1/8.17.1) with ESMTP id 31ABCDEF012345",
    "proofpoint",
  ],
  ["from a.test by mx.test (Haraka/3.0.1) with ESMTPSA id 1", "haraka"],
  ["from a.test by mx.test (KumoMTA 192.0.2.9) with ESMTP id 1", "kumomta"],
  ["from a.test by mx.test (PowerMTA(TM) v4.5r11) id h1; Mon", "powermta"],
  ["from a.test by mx.test (Lotus Domino Release 9.0.1) with ESMTP id 1", "domino"],
  ["from a.test ([192.0.2.1]) by mx.test with ESMTP/TLS/ECDHE-RSA-AES256-GCM-SHA384; 01 Jan 2024", "cisco"],
  ["by mx.test with local id 0000000000061A80.00000000659293A0.00001234", "courier"],
])("software in a Received header: %s", (received, senderClass) => {
  expect(classOf({ received })).toEqual({ senderClass, by: "software" });
  expect(classOf({ received: `Received: ${received.replaceAll(" ", "\r\n\t")}` }).senderClass).toBe(senderClass);
});

test("a confirmed name counts before HELO, and HELO before the header", () => {
  const marks = { confirmedName: "mout.gmx.net", helo: "mail-a1.google.com", received: "by a.test (Postfix) id 1" };
  expect(classOf(marks).senderClass).toBe("gmx");
  expect(classOf({ helo: marks.helo, received: marks.received }).senderClass).toBe("google");
  expect(classOf({ ...marks, confirmedName: "mx.example.org", helo: "mx.example.org" }).senderClass).toBe("postfix");
});

test("names that only look like a provider's are not the provider's", () => {
  for (const name of [
    "mail-a1.google.com.example.org",
    "google.com.test",
    "notmessagingengine.com",
    "mail-.evil.test",
  ]) {
    expect(classOf({ confirmedName: name }).senderClass).toBe("unknown");
  }
});

test("nonsense of any length is unknown, and takes no time", () => {
  expect(classOf({})).toEqual({ senderClass: "unknown", by: "nothing" });
  expect(classOf({ helo: "a".repeat(1_000_000), received: "by (8.".repeat(200_000) }).senderClass).toBe("unknown");
});

test("what can be told apart has a schedule", () => {
  const told = [
    "google",
    "kumomta",
    "barracuda",
    "brevo",
    "salesforce",
    "mandrill",
    "courier",
    "sendmail",
    "proofpoint",
  ];
  for (const name of told) expect(variantsOf(name)).toBeDefined();
  expect(Object.keys(schedules).length).toBeGreaterThan(55);
});
