/** The page's markup: text, splitter, forms and preview in the order of the keyboard. */
export const page = `
<main id="panes">
  <section id="text" aria-label="Text"></section>
  <div id="splitter" role="separator" tabindex="0" aria-controls="text"
    aria-label="Size of the text" aria-valuemin="20" aria-valuemax="85"></div>
  <section id="preview" aria-label="Forms and preview"></section>
</main>
<p id="tab-mode" class="status" role="status" hidden></p>
<p id="status" class="status" role="status" hidden></p>
`;
