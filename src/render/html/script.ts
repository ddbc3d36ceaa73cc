/**
 * The page's script, for readers who allow it: plain JavaScript for browsers, allowed by its hash. It reads the page and sends no request.
 */
export const pageScript = `"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const all = (query, root = document) => [...root.querySelectorAll(query)];
  for (const one of all("[data-script]")) one.hidden = false;
  const rows = all(".steps>li").map((row) => ({ row, text: row.textContent.toLowerCase(), action: row.dataset.action, address: row.dataset.address }));
  const filter = byId("filter");
  const toggles = all("[data-toggle]");
  const picture = document.querySelector(".picture");

  const theme = byId("theme");
  if (theme) {
    theme.hidden = false;
    theme.addEventListener("click", () => {
      const root = document.documentElement;
      const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = isDark ? "light" : "dark";
    });
  }

  const apply = (isFromUser) => {
    if (!filter) return;
    const words = filter.value.toLowerCase().split(/\\s+/).filter(Boolean);
    const off = new Set(toggles.filter((one) => one.getAttribute("aria-pressed") === "false").map((one) => one.dataset.toggle));
    let count = 0;
    for (const { row, text, action } of rows) {
      const isShown = !off.has(action) && words.every((word) => text.includes(word));
      row.hidden = !isShown;
      if (isShown) count++;
    }
    byId("shown").textContent = count + " of " + rows.length + " shown";
    if (!isFromUser) return;
    const state = new URLSearchParams();
    if (filter.value) state.set("q", filter.value);
    if (off.size > 0) state.set("hide", [...off].join(","));
    history.replaceState(null, "", state.size > 0 ? "#" + state : location.pathname + location.search);
  };
  const restore = () => {
    if (!filter || (location.hash && !location.hash.includes("="))) return;
    const state = new URLSearchParams(location.hash.slice(1));
    filter.value = state.get("q") ?? "";
    const off = new Set((state.get("hide") ?? "").split(","));
    for (const one of toggles) one.setAttribute("aria-pressed", String(!off.has(one.dataset.toggle)));
    apply(false);
  };
  if (filter) {
    filter.addEventListener("input", () => apply(true));
    for (const one of toggles)
      one.addEventListener("click", () => {
        one.setAttribute("aria-pressed", String(one.getAttribute("aria-pressed") === "false"));
        apply(true);
      });
    addEventListener("hashchange", restore);
    addEventListener("keydown", (event) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "")) return;
      event.preventDefault();
      filter.focus();
    });
    filter.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      filter.value = "";
      apply(true);
    });
    restore();
  }

  const drawn = new Map();
  for (const node of picture ? all("[data-a]", picture) : [])
    for (const address of node.dataset.a.split(" ")) drawn.set(address, [...(drawn.get(address) ?? []), node]);
  const listed = new Map(rows.map(({ row, address }) => [address, row]));
  const light = (addresses) => {
    for (const one of all(".lit")) one.classList.remove("lit");
    for (const address of addresses) {
      listed.get(address)?.classList.add("lit");
      for (const node of drawn.get(address) ?? []) if (node.tagName !== "path") node.classList.add("lit");
    }
  };
  for (const { row, address } of rows) {
    row.addEventListener("mouseenter", () => light([address]));
    row.addEventListener("focusin", () => light([address]));
  }
  const nodeOf = (event) => event.target.closest("[data-a],[data-flow]");
  const lightNode = (node) => {
    light(node.dataset.a ? node.dataset.a.split(" ") : []);
    if (node.dataset.flow === undefined) return;
    const group = node.parentElement;
    for (const part of all('[data-flow="' + node.dataset.flow + '"]', group)) part.classList.add("lit");
  };
  picture?.addEventListener("mouseover", (event) => {
    const node = nodeOf(event);
    if (node) lightNode(node);
  });
  picture?.addEventListener("click", (event) => {
    const row = nodeOf(event)?.dataset.a?.split(" ").map((address) => listed.get(address)).find(Boolean);
    if (!row) return;
    row.hidden = false;
    row.querySelector("details").open = true;
    row.scrollIntoView({ block: "center" });
    row.querySelector("summary").focus({ preventScroll: true });
  });
  for (const button of all("[data-show]"))
    button.addEventListener("click", () => {
      picture.dataset.state = button.dataset.show;
      for (const one of all("[data-show]")) one.setAttribute("aria-pressed", String(one === button));
    });

  const json = async () => {
    const { dataset, textContent } = byId("data");
    if (dataset.packed === undefined) return textContent;
    const bytes = Uint8Array.from(atob(textContent), (letter) => letter.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  };
  const raw = byId("raw-details");
  if (raw) {
    raw.hidden = false;
    raw.addEventListener("toggle", async () => {
      const text = byId("raw-text");
      if (raw.open && !text.textContent) text.textContent = JSON.stringify(JSON.parse(await json()), null, 2);
    });
  }
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = all(".steps details:not([open])");
    for (const one of opened) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of opened) one.open = false;
  });
  document.documentElement.dataset.ready = "";
})();`;
