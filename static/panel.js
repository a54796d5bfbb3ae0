/* Comfort only: everything here also works without it.
   Shortcuts of single letters work outside fields, and can be turned off (WCAG 2.1.4). */
"use strict";

(() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  /* Copy buttons */
  for (const button of all("[data-copy]")) {
    if (!navigator.clipboard) break;
    button.hidden = false;
    const word = one("span", button);
    const usual = word.textContent;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
      word.textContent = button.dataset.done;
      setTimeout(() => { word.textContent = usual; }, 2000);
    });
  }

  for (const button of all("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  /* On a phone the main menu is wider than the screen: where one is, is in sight */
  one(".nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });

  /* The menu closes on Escape and on a click elsewhere */
  document.addEventListener("click", (event) => {
    for (const menu of all("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  /* A filter acts as soon as it is chosen */
  for (const form of all("form.filters")) {
    for (const select of all("select", form)) {
      select.addEventListener("change", () => form.requestSubmit());
    }
  }

  /* Lists: j and k move, Enter opens */
  const links = () => all("[data-list] a.line, [data-list] a.row-link");
  const holder = (link) => link.closest("tr") || link;
  let at = -1;
  const move = (step) => {
    const lines = links();
    if (!lines.length) return;
    if (lines[at]) holder(lines[at]).classList.remove("at");
    at = Math.min(Math.max(at + step, 0), lines.length - 1);
    holder(lines[at]).classList.add("at");
    lines[at].focus();
    holder(lines[at]).scrollIntoView({ block: "nearest" });
  };

  /* What carries data-key="v" is pressed, followed or focused by that key */
  const press = (key) => {
    const target = one(`[data-key="${CSS.escape(key)}"]:not([disabled])`);
    if (!target || !target.getClientRects().length) return false;
    if (target.matches("input, textarea, select")) target.focus();
    else if (target.matches("details")) { target.open = true; one("input, textarea, select, button", target)?.focus(); }
    else target.click();
    return true;
  };

  const actions = {
    "/": () => (one("#q") || one("#quick")).focus(),
    j: () => move(1),
    k: () => move(-1),
    "?": () => one("#keys")?.showModal(),
  };
  const lettersWork = one("[data-keys]")?.dataset.keys === "on";

  document.addEventListener("keydown", (event) => {
    const field = event.target.closest("input, textarea, select, [contenteditable]");
    const typing = field && !field.matches("[type=radio], [type=checkbox]");
    if (event.key === "Escape") {
      for (const menu of all("details.menu[open]")) { menu.open = false; one("summary", menu).focus(); }
      if (typing) field.blur();
      return;
    }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && field?.form) {
      event.preventDefault();
      field.form.requestSubmit();
      return;
    }
    if (!lettersWork || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (one("dialog[open]") && event.key !== "Escape") return;
    if (press(event.key)) { event.preventDefault(); return; }
    const action = actions[event.key];
    if (action) { event.preventDefault(); action(); }
  });

  /* Who else is here, and what is new: asked while the page is in sight; nothing moves by itself. */
  const pulse = one("[data-pulse]");
  async function ask() {
    if (document.hidden) return;
    const answer = await fetch(pulse.dataset.pulse).catch(() => null);
    if (!answer?.ok || !answer.headers.get("content-type")?.includes("json")) return;
    const { others = "", news } = await answer.json();
    const link = one("[data-news]", pulse), who = one("[data-others]", pulse);
    if (who && who.textContent !== others) who.textContent = others;
    link.hidden = !news;
    if (link.textContent !== news) link.textContent = news;
  }
  if (pulse) {
    setInterval(ask, 20000);
    document.addEventListener("visibilitychange", ask);
  }

  /* Errors: the first wrong field gets the focus, also when the browser ignores autofocus */
  one("[aria-invalid='true']")?.focus();
})();
