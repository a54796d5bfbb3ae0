// The chat page: draws what the server says again after each change, and sends what people do.
"use strict";

const chat = document.querySelector("main.chat");
const find = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// Times in the reader's own zone.
function showTimes(root) {
  const short = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const long = new Intl.DateTimeFormat(document.documentElement.lang, { day: "numeric", month: "long" });
  const full = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "full", timeStyle: "medium" });
  for (const time of all("time[data-time]", root)) {
    const date = new Date(time.dataset.time * 1000);
    time.textContent = short.format(date);
    time.title = full.format(date);
  }
  for (const time of all("time[data-day]", root)) {
    time.textContent = long.format(new Date(time.dataset.day * 1000));
  }
}

// Keep the elements that did not change, so that nothing moves under the hand.
function reconcile(target, html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  showTimes(fresh.content);
  const old = new Map([...target.children].map((child) => [child.dataset.key, child]));
  let place = target.firstElementChild;
  for (const child of [...fresh.content.children]) {
    const known = old.get(child.dataset.key);
    const same = known && known.dataset.changed === child.dataset.changed;
    const kept = same ? known : child;
    if (known && !same && find("details[open]", known)) find("details", child).open = true;
    if (kept === place) {
      place = place.nextElementSibling;
    } else {
      target.insertBefore(kept, place);
    }
    if (same) old.delete(child.dataset.key);
  }
  for (const gone of old.values()) gone.remove();
}

function replace(target, html) {
  if (target.dataset.html === html) return;
  target.dataset.html = html;
  target.innerHTML = html;
  showTimes(target);
}

// A dot beside each chat whose last word has not been seen in this browser.
function showUnread(here) {
  for (const dot of all("[data-unread]")) {
    const key = `seen ${dot.dataset.unread}`;
    if (dot.dataset.unread === here && !document.hidden) localStorage.setItem(key, dot.dataset.last);
    dot.hidden = localStorage.getItem(key) === dot.dataset.last;
  }
}

function toast(text) {
  const note = document.createElement("p");
  note.textContent = text;
  find(".toasts").append(note);
  setTimeout(() => note.remove(), 4500);
}

if (chat) startChat();
else startList();
showTimes(document);

function listen(draw) {
  const source = new EventSource("/events");
  source.onmessage = draw;
  source.onopen = draw;
}

function startList() {
  const people = find("[data-part=sidebar]");
  if (!people) return;
  listen(async () => {
    const page = await (await fetch("/")).text();
    const fresh = new DOMParser().parseFromString(page, "text/html");
    replace(people, find("[data-part=sidebar]", fresh).innerHTML);
    showUnread("");
  });
}

function startChat() {
  const { base, deeds } = chat.dataset;
  const log = find(".messages");
  const composer = find(".composer");
  const input = find("textarea", composer);
  const above = find(".above", composer);
  const toggle = find("[data-toggle]", composer);
  let state = { edit: null, reply: null, files: null };
  let noticesSeen = null;
  let hidden = false;
  let lastKeyboard = "";
  let drawing = null;
  let again = false;
  let actionTimer = 0;
  const pressed = new Map();

  const atBottom = () => log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  const toBottom = () => { log.scrollTop = log.scrollHeight; };

  // Drawing

  async function draw() {
    if (drawing) { again = true; return drawing; }
    drawing = (async () => {
      do {
        again = false;
        await drawOnce();
      } while (again);
    })().finally(() => { drawing = null; });
    return drawing;
  }

  async function drawOnce() {
    const answer = await fetch(`${base}/parts?here=${encodeURIComponent(base)}`);
    if (!answer.ok) return;
    const { parts, notices, action_left: left, presses } = await answer.json();
    const follow = atBottom();
    reconcile(log, parts.messages);
    for (const name of ["pinned", "bottom", "status", "sidebar"]) {
      replace(find(`[data-part=${name}]`), parts[name]);
    }
    showUnread(base);
    drawKeyboard(parts.keyboard);
    const waiting = find("[data-part=bottom]").children.length > 0;
    composer.hidden = waiting;
    drawBlock(find("[data-part=bottom] [data-deed=unblock]") !== null);
    showNotices(notices);
    for (const [press, button] of pressed) {
      if (!presses.includes(press)) {
        button.removeAttribute("aria-busy");
        pressed.delete(press);
      }
    }
    clearTimeout(actionTimer);
    if (left > 0) actionTimer = setTimeout(draw, left * 1000 + 50);
    if (follow) toBottom();
  }

  function drawBlock(blocked) {
    const button = find("header [data-block]");
    button.dataset.deed = blocked ? "unblock" : "block";
    find("span", button).textContent = blocked ? button.dataset.unblock : button.dataset.block;
  }

  function drawKeyboard(html) {
    const part = find("[data-part=keyboard]");
    if (html !== lastKeyboard) hidden = false;
    lastKeyboard = html;
    replace(part, html);
    const keys = find(".keyboard", part);
    part.hidden = hidden;
    toggle.hidden = !keys;
    toggle.setAttribute("aria-pressed", String(!hidden));
    const holder = find("[data-placeholder]", part);
    if (!state.files) input.placeholder = (holder && holder.dataset.placeholder) || input.dataset.message;
  }

  function showNotices(notices) {
    const fresh = noticesSeen === null ? [] : notices.filter((notice) => notice.date > noticesSeen);
    noticesSeen = notices.reduce((latest, notice) => Math.max(latest, notice.date), noticesSeen || 0);
    for (const notice of fresh) {
      if (notice.alert) {
        find(".alert p").textContent = notice.text;
        if (!find(".alert").open) find(".alert").showModal();
      } else {
        toast(notice.text);
      }
    }
  }

  // Deeds

  async function deed(name, body = {}) {
    const form = body instanceof FormData;
    const answer = await fetch(`${deeds}/${name}`, {
      method: "POST",
      body: form ? body : JSON.stringify(body),
      headers: form ? {} : { "Content-Type": "application/json" },
    }).catch(() => null);
    if (!answer) { toast(chat.dataset.lost); return null; }
    const result = await answer.json();
    if (!answer.ok) { toast(result.error); return null; }
    await draw();
    return result.result;
  }

  async function send() {
    const text = input.value.trim();
    const sent = state;
    const { edit, reply, files } = sent;
    if (!text && !files) return;
    // Empty at once, so that what is typed meanwhile is the next message.
    input.value = "";
    forget();
    let done;
    if (files) {
      done = await sendFiles(files, text);
    } else if (edit) {
      done = await deed("edit", { message_id: edit, text });
    } else {
      done = await deed("text", reply ? { text, reply_to: reply } : { text });
    }
    if (done === null && !input.value) {
      input.value = text;
      state = sent;
    }
    toBottom();
  }

  function sendFiles({ list, as }, caption) {
    const form = new FormData();
    form.append("caption", caption);
    if (as === "document") form.append("as_files", "1");
    list.forEach((file, number) => form.append(`file${number}`, file, file.name));
    return deed(list.length > 1 ? "album" : as, form);
  }

  function remember(change, label) {
    state = { edit: null, reply: null, files: null, ...change };
    find(".above-text", above).textContent = label;
    above.hidden = false;
    input.placeholder = state.files ? input.dataset.caption : input.dataset.message;
    input.focus();
    grow();
  }

  function forget() {
    state = { edit: null, reply: null, files: null };
    find(".above-text", above).textContent = "";
    above.hidden = true;
    input.placeholder = input.dataset.message;
    grow();
  }

  function cancel() {
    if (state.edit) input.value = "";
    forget();
  }

  function grow() {
    input.style.height = "";
    input.style.height = `${input.scrollHeight + 2}px`;
  }

  function closeMenus(except) {
    for (const menu of all("details.menu[open]")) {
      if (menu !== except) menu.open = false;
    }
  }

  async function press(button) {
    const message = button.closest("[data-id]");
    button.setAttribute("aria-busy", "true");
    const { row, column } = button.dataset;
    const result = await deed("press", { message_id: message.dataset.id, row, column });
    if (result && result.callback) pressed.set(result.callback, button);
    else button.removeAttribute("aria-busy");
    draw();
  }

  // Listening

  const clicks = {
    deed: (b) => deed(b.dataset.deed, JSON.parse(b.dataset.body || "{}")).then(toBottom),
    command: (b) => deed("text", { text: b.dataset.command }).then(toBottom),
    key: (b) => deed("press", { button: b.dataset.key, below: true }).then(toBottom),
    row: press,
    copy: (b) => { navigator.clipboard?.writeText(b.dataset.copy); toast(chat.dataset.copied); },
    edit: (b) => { input.value = b.dataset.text; remember({ edit: b.dataset.edit }, `✎ ${b.dataset.text}`); },
    reply: (b) => remember({ reply: b.dataset.reply }, `↩ ${snippet(b)}`),
    delete: async (b) => { for (const id of b.dataset.delete.split(" ")) await deed("delete", { message_id: id }); },
    cancel,
    toggle: () => { hidden = !hidden; drawKeyboard(lastKeyboard); },
  };

  const snippet = (button) => find(".text", button.closest("article"))?.textContent.slice(0, 80) || "…";

  document.addEventListener("click", (event) => {
    const spoiler = event.target.closest(".spoiler");
    if (spoiler) spoiler.classList.add("shown");
    const button = event.target.closest("button");
    const name = button && Object.keys(clicks).find((key) => key in button.dataset);
    closeMenus(name ? null : event.target.closest("details.menu"));
    if (name) clicks[name](button);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { closeMenus(null); cancel(); }
    if (event.key === "Enter" && event.target.classList.contains("spoiler")) event.target.classList.add("shown");
  });

  composer.addEventListener("submit", (event) => { event.preventDefault(); send(); });
  input.addEventListener("input", grow);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); send(); }
  });

  for (const chooser of all("input[type=file]", composer)) {
    chooser.addEventListener("change", () => {
      const list = [...chooser.files];
      chooser.value = "";
      closeMenus(null);
      if (list.length) remember({ files: { list, as: chooser.dataset.as } }, `📎 ${list.map((file) => file.name).join(", ")}`);
    });
  }

  find("[data-change]").addEventListener("change", async (event) => {
    await fetch(`/sandbox/api/people/${chat.dataset.person}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ [event.target.dataset.change]: event.target.value }),
    });
    location.reload();
  });

  log.addEventListener("load", () => { if (atBottom()) toBottom(); }, true);
  toBottom();
  draw().then(toBottom);
  listen(draw);
}
