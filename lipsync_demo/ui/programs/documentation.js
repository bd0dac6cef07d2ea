// Opens the documentation that Gradio makes: it does so for its own button only, not for an address.
() => {
  const button = document.querySelector("footer button.show-api");
  if (button === null) return;
  // What the address asks for counts as open already, so the button would close it.
  if (new URLSearchParams(location.search).get("view") === "api") button.click();
  button.click();
};
