// Keeps an open page true: asks now and then whether there is news, and puts in what is new without a reload, without
// moving the focus, and without a word for screen readers but in the one polite region. The page is whole without it.

(() => {
  const every = 30_000;
  const longest = 600_000;
  const patience = 120_000;
  /** Time to the next question; longer with each that fails. */
  let wait = every;
  let timer = 0;
  let asked = Date.now();
  let answered = Date.now();
  let asking = false;

  /** Someone is at work in there: it is left alone until the next time. */
  function inUse(part) {
    const selection = getSelection();
    const selected = selection !== null && !selection.isCollapsed && selection.containsNode(part, true);
    return selected || (part.contains(document.activeElement) && document.activeElement !== document.body);
  }

  function sayWhetherOld() {
    const until = Date.parse(document.querySelector('meta[name="valid-until"]')?.content ?? "");
    const lost = document.getElementById("lost");
    if (lost !== null) lost.hidden = !(Date.now() - answered > patience || Date.now() > until);
  }

  /** The region that is read aloud stays the same element, and is touched only if its words are others. */
  function renewNow(fresh) {
    const said = document.getElementById("said");
    const next = fresh.getElementById("said");
    if (said !== null && next !== null && said.innerHTML !== next.innerHTML && !inUse(said)) {
      said.replaceChildren(...next.childNodes);
    }
    const lost = document.getElementById("lost");
    if (lost === null) return;
    // What is hidden is not read aloud, so its time may be renewed.
    lost.hidden = true;
    const old = fresh.getElementById("lost");
    if (old !== null && old.innerHTML !== lost.innerHTML) lost.replaceChildren(...old.childNodes);
  }

  /** Every other part of the page by its id: changed, added, taken out. */
  function renewParts(fresh) {
    const parts = [...fresh.querySelectorAll("[data-part]")];
    const kept = new Set(parts.map(({ id }) => id));
    for (const old of document.querySelectorAll("[data-part]")) if (!kept.has(old.id) && !inUse(old)) old.remove();
    let before = document.getElementById("now");
    for (const part of parts) {
      const old = document.getElementById(part.id);
      for (const open of old?.querySelectorAll("details[open]") ?? []) {
        const same = [...part.querySelectorAll("details")].find(({ id }) => id === open.id);
        if (same !== undefined) same.open = true;
      }
      if (old === null) before?.after(part);
      else if (old.outerHTML !== part.outerHTML && !inUse(old)) old.replaceWith(part);
      before = document.getElementById(part.id) ?? before;
    }
  }

  function renew(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    if (fresh.getElementById("now") === null) return;
    document.title = fresh.title;
    document.body.className = fresh.body.className;
    const until = document.querySelector('meta[name="valid-until"]');
    if (until !== null) until.content = fresh.querySelector('meta[name="valid-until"]')?.content ?? "";
    renewNow(fresh);
    renewParts(fresh);
  }

  async function ask() {
    asking = true;
    asked = Date.now();
    let atLeast = 0;
    try {
      // The browser itself sends the tag of what it has, and gives us that again if there is nothing new.
      const answer = await fetch(location.pathname, { cache: "no-cache", signal: AbortSignal.timeout(20_000) });
      atLeast = 1000 * (Number(answer.headers.get("retry-after")) || 0);
      if (!answer.ok) throw new Error(String(answer.status));
      renew(await answer.text());
      answered = Date.now();
      wait = every;
    } catch {
      wait = Math.min(longest, wait * 2);
    }
    asking = false;
    sayWhetherOld();
    plan(Math.max(wait, atLeast));
  }

  /** Not all at once: what many readers ask is spread by half. */
  function plan(time) {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(ask, time * (0.75 + Math.random() / 2));
  }

  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (document.hidden || asking) return;
    if (Date.now() - asked >= wait) ask();
    else plan(wait);
  });
  sayWhetherOld();
  plan(wait);
})();
