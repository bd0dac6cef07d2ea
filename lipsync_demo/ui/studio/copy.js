// The button of a listing copies its text.
document.addEventListener("click", ({ target }) => {
  const listing = target.closest?.("[data-copy-code]")?.parentElement;
  if (listing) navigator.clipboard?.writeText(listing.querySelector("pre").textContent);
});
