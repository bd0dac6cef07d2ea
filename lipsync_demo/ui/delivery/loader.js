// Loads Gradio from one file instead of sixty: each module becomes a blob, and an import map leads
// to it from wherever it is named. What is not in that file is fetched as Gradio does it.
(async ({ entry, bundle, modules, sheets }) => {
  const TRIED = "lipsync-plain";
  const assets = new URL("assets/", document.baseURI).href;
  const plain = () => import(assets + entry);
  const parsed = new Promise((done) => {
    if (document.readyState !== "loading") done();
    else document.addEventListener("DOMContentLoaded", done);
  });
  const remembered = () => {
    try {
      return sessionStorage.getItem(TRIED);
    } catch {
      return null;
    }
  };
  if (!HTMLScriptElement.supports?.("importmap") || remembered()) return plain();

  const fetched = fetch(assets + bundle).then((answer) => {
    if (!answer.ok) throw new Error(answer.statusText);
    return answer.text();
  });
  let parts;
  try {
    parts = (await fetched).split("\0");
  } catch {
    return plain();
  }
  await parsed;

  window.gradioAssets = assets;
  const imports = { "gradio/": assets };
  for (let at = 0; at < parts.length; at += 2) {
    const blob = new Blob([parts[at + 1]], { type: "text/javascript" });
    imports[assets + parts[at]] = imports[`gradio/${parts[at]}`] = URL.createObjectURL(blob);
  }
  const map = document.createElement("script");
  map.type = "importmap";
  map.textContent = JSON.stringify({ imports });
  document.head.append(map);

  // Gradio adds no second link to a file: these, which load nothing, keep it from fetching what
  // is in the bundles.
  const links = document.createDocumentFragment();
  const theme = new URL(`theme.css?v=${window.gradio_config?.theme_hash}`, document.baseURI).href;
  for (const name of [...modules, ...sheets, theme]) {
    const link = document.createElement("link");
    link.rel = name.endsWith(".js") ? "bundled" : "stylesheet";
    link.disabled = true;
    link.href = new URL(name, assets).href;
    links.append(link);
  }
  document.head.append(links);

  try {
    await import(assets + entry);
  } catch (error) {
    // A module may not run from a blob here: the page comes once more, as Gradio would load it.
    try {
      sessionStorage.setItem(TRIED, String(error));
      location.reload();
    } catch {
      throw error;
    }
  }
})
